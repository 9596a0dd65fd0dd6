#ifndef RAPPORT_SRC_CLV_POWER_INTEGRAL_HPP
#define RAPPORT_SRC_CLV_POWER_INTEGRAL_HPP

/// \file
/// The integral behind the Pareto/NBD: over the unseen time at which a customer dropped out.
///
///   integral over u in [low, high] of
///       ((alpha + u) / (alpha + low))^-p ((beta + u) / (beta + low))^-q du
///
/// With c the smaller of alpha and beta, and v = ln((c + u) / (c + low)), one factor is exactly
/// exponential and the integral is (c + low) times
///
///   J = integral over v in [0, length] of exp(-rate v) (1 - share + share e^v)^-power.
///
/// The log of that integrand is concave, and its only singularities have an imaginary part of pi:
/// a Gauss-Legendre rule on a panel or two gives it to rounding, whatever the parameters. All terms
/// are positive, so nothing cancels.

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace rapport::clv {

/// exp(-rate v) (1 - share + share e^v)^-power, for v >= 0; share in (0, 1].
struct FallingIntegrand {
  double rate, power, share;
};

/// The nodes of a Gauss-Legendre rule over one panel, and the integrand there.
struct PanelNodes {
  static constexpr std::size_t most = 24;

  std::size_t size;
  double v[most];       ///< from the begin of the panel
  double log_g[most];   ///< ln of 1 - share + share e^v
  double weight[most];  ///< of the rule, times width and integrand: their sum is the integral

  [[nodiscard]] double sum() const noexcept {
    double even = 0;
    double odd = 0;
    for (std::size_t i = 0; i < size; i += 2) {
      even += weight[i];
      odd += weight[i + 1];
    }
    return even + odd;
  }
};

/// The rule of `size` nodes (6, 8, 10, 12, 16 or 24) over v in [0, width], times `height`. The same
/// bits on every processor of a kind, whether it works on two numbers at once or on four.
void place_nodes(PanelNodes& nodes, std::size_t size, double width, double height,
                 const FallingIntegrand& integrand) noexcept;

/// A rule of so many nodes gives J to 1e-15 in one panel up to these limits: `fall` is length times
/// the steepest slope of the integrand's log. See docs/models/pareto_nbd.md.
struct SingleRule {
  std::size_t size;
  double fall, length;
};
inline constexpr SingleRule single_rules[] = {
    {6, 1, 0.25}, {8, 2.9, 0.75}, {10, 5.8, 1}, {12, 9.5, 1.5}, {16, 20, 3}};

/// The nodes of the first rule that serves, or 0 if more panels are needed.
[[nodiscard]] inline std::size_t single_rule(double fall, double length) noexcept {
  for (const SingleRule& rule : single_rules) {
    if (fall <= rule.fall && length <= rule.length) return rule.size;
  }
  return 0;
}

/// J for many customers at once, up to `most`: in arrays, so that processors work on several.
struct PowerIntegrals {
  static constexpr std::size_t most = 8;

  double length[most], rate[most], power[most], share[most];
  double result[most];
};

/// The rule of `size` nodes over v in [0, length], for all of them.
void integrate(PowerIntegrals& integrals, std::size_t size) noexcept;

/// J, see above. A small value, made for one customer.
class PowerIntegral {
 public:
  /// The integral with exponents p of (alpha + u) and q of (beta + u), both >= 0, over u in
  /// [low, low + idle]; alpha, beta > 0.
  PowerIntegral(double alpha, double p, double beta, double q, double low, double idle) noexcept
      : alpha_is_smaller_(alpha <= beta) {
    const double c = std::min(alpha, beta);
    const double other = std::max(alpha, beta);
    scale_ = c + low;
    growth_ = (c + (low + idle)) / scale_;
    integrand_ = {.rate = (alpha_is_smaller_ ? p : q) - 1,
                  .power = alpha_is_smaller_ ? q : p,
                  .share = scale_ / (other + low)};
    // The log of the integrand is concave: its steepest slope is at one of the ends.
    const double end_share = scale_ * growth_ / (other + (low + idle));
    steepest_ = std::abs(integrand_.rate) + integrand_.power * end_share;
  }

  /// True if v is the logarithm of (alpha + u) / (alpha + low), false if that of beta.
  [[nodiscard]] bool alpha_is_smaller() const noexcept { return alpha_is_smaller_; }

  /// What J is to be multiplied with: c + low.
  [[nodiscard]] double scale() const noexcept { return scale_; }

  /// J. `length`, the end of v, is ln((c + high) / (c + low)): the caller knows it already.
  [[nodiscard]] double operator()(double length) const noexcept {
    double sum = 0;
    visit(length, [&sum](const PanelNodes& nodes, double, double) { return sum += nodes.sum(); });
    return sum;
  }

  /// Calls visitor(PanelNodes, v at the begin of the panel, ln g there) for every panel, in order;
  /// it returns the sum of all weights so far.
  template <class Visitor>
  void visit(double length, Visitor&& visitor) const noexcept {
    PanelNodes nodes;
    if (const std::size_t size = single_rule(length * steepest_, length)) {
      place_nodes(nodes, size, length, 1, integrand_);
      visitor(nodes, 0.0, 0.0);
    } else {
      visit_many(nodes, length, visitor);
    }
  }

 private:
  // Panels of at most 3 in v, over which the integrand falls by at most exp(-48), until what is
  // left is lost in rounding.
  template <class Visitor>
  void visit_many(PanelNodes& nodes, double length, Visitor&& visitor) const noexcept {
    auto [rate, power, share] = integrand_;
    double v = 0;
    double log_g = 0;
    double log_height = 0;
    for (;;) {
      const auto reach = [&, share = share](double widest) {
        const double slope =
            std::abs(integrand_.rate) + integrand_.power * std::min(1.0, share * std::exp(widest));
        return std::min(widest, 48 / slope);
      };
      const double width = std::min(length - v, std::max(reach(1), reach(3)));
      place_nodes(nodes, 24, width, std::exp(log_height), {rate, power, share});
      const double sum = visitor(nodes, v, log_g);
      if (!(v + width < length)) return;
      const double growth = std::exp(width);
      const double g = 1 - share + share * growth;
      log_height -= rate * width + power * std::log(g);
      log_g += std::log(g);
      share *= growth / g;
      v += width;
      // The log being concave, the rest is below the exponential that touches it here.
      const double slope = rate + power * share;
      if (slope > 0 && std::exp(log_height) <= 1e-17 * slope * sum) return;
    }
  }

  FallingIntegrand integrand_;
  double scale_, growth_, steepest_;
  bool alpha_is_smaller_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_POWER_INTEGRAL_HPP
