#ifndef RAPPORT_SRC_CLV_POWER_INTEGRAL_HPP
#define RAPPORT_SRC_CLV_POWER_INTEGRAL_HPP

/// \file
/// The integral behind the Pareto/NBD: over the unseen time at which a customer dropped out.
///
///   integral over u in [low, high] of ((alpha + u) / (alpha + low))^-p ((beta + u) / (beta +
///   low))^-q
///
/// With c the smaller of alpha and beta, and v = ln((c + u) / (c + low)), one factor is exactly
/// exponential and the integral is (c + low) times
///
///   J = integral over v in [0, length] of exp(-rate v) (1 - share + share e^v)^-power.
///
/// The log of that integrand is concave, and its only singularities have an imaginary part of pi:
/// a Gauss-Legendre rule on a panel or two gives it to rounding, whatever the parameters. All terms
/// are positive, so nothing cancels.

#include <rapport/math/quadrature.hpp>

#include "../math/elementary.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace rapport::clv {

/// The nodes of one panel: J is the sum of `weight` over the nodes of all panels.
template <std::size_t N>
struct PanelNodes {
  std::array<double, N> weight;  ///< of the rule, times width and integrand
  std::array<double, N> v;       ///< from the begin of the panel
  std::array<double, N> log_g;   ///< ln of 1 - share + share e^v
};

/// J, see above; each panel's nodes are told to a visitor. A small value, made for one customer.
class PowerIntegral {
 public:
  /// The integrals in terms of the exponents p of (alpha + u) and q of (beta + u), both >= 0, over
  /// u in [low, low + idle]; alpha, beta > 0.
  PowerIntegral(double alpha, double p, double beta, double q, double low, double idle) noexcept
      : alpha_is_smaller_(alpha <= beta) {
    const double c = std::min(alpha, beta);
    const double other = std::max(alpha, beta);
    rate_ = (alpha_is_smaller_ ? p : q) - 1;
    power_ = alpha_is_smaller_ ? q : p;
    scale_ = c + low;
    share_ = (c + low) / (other + low);
    growth_ = 1 + idle / (c + low);
  }

  /// True if v is the logarithm of (alpha + u) / (alpha + low), false if that of beta.
  [[nodiscard]] bool alpha_is_smaller() const noexcept { return alpha_is_smaller_; }

  /// What J is to be multiplied with: c + low.
  [[nodiscard]] double scale() const noexcept { return scale_; }

  /// J. `length`, the end of v, is ln((c + high) / (c + low)): the caller knows it already.
  [[nodiscard]] double operator()(double length) const noexcept {
    double sum = 0;
    visit(length, [&sum](const auto& nodes, double, double) {
      double panel = 0;
      for (const double w : nodes.weight) panel += w;
      sum += panel;
      return sum;
    });
    return sum;
  }

  /// Calls visitor(PanelNodes<N>, v at the begin of the panel, ln g there) for every panel, in
  /// order; it returns the sum of all weights so far.
  template <class Visitor>
  void visit(double length, Visitor&& visitor) const noexcept {
    // The steepest slope of the integrand's log, which is concave, is at one of the ends.
    const double end_share = share_ * growth_ / (1 + share_ * (growth_ - 1));
    const double fall = length * (std::abs(rate_) + power_ * end_share);
    // Relative error of these rules below 1e-15: docs/models/pareto_nbd.md.
    if (fall <= 2.9 && length <= 0.75) {
      visitor(panel<8>(length, 1, share_), 0.0, 0.0);
    } else if (fall <= 9.5 && length <= 1.5) {
      visitor(panel<12>(length, 1, share_), 0.0, 0.0);
    } else if (fall <= 20 && length <= 3) {
      visitor(panel<16>(length, 1, share_), 0.0, 0.0);
    } else {
      visit_many(length, visitor);
    }
  }

 private:
  // Panels of at most 3 in v, over which the integrand falls by at most exp(-48), until what is
  // left is lost in rounding.
  template <class Visitor>
  void visit_many(double length, Visitor&& visitor) const noexcept {
    double v = 0;
    double log_g = 0;
    double share = share_;
    double log_height = 0;
    for (;;) {
      const auto reach = [&](double widest) {
        const double slope = std::abs(rate_) + power_ * std::min(1.0, share * std::exp(widest));
        return std::min(widest, 48 / slope);
      };
      const double width = std::min(length - v, std::max(reach(1), reach(3)));
      const double sum = visitor(panel<24>(width, std::exp(log_height), share), v, log_g);
      if (!(v + width < length)) return;
      const double growth = std::exp(width);
      const double g = 1 - share + share * growth;
      log_height -= rate_ * width + power_ * std::log(g);
      log_g += std::log(g);
      share *= growth / g;
      v += width;
      // The log being concave, the rest is below the exponential that touches it here.
      const double slope = rate_ + power_ * share;
      if (slope > 0 && std::exp(log_height) <= 1e-17 * slope * sum) return;
    }
  }

  template <std::size_t N>
  [[nodiscard]] PanelNodes<N> panel(double width, double height, double share) const noexcept {
    PanelNodes<N> nodes;
    const double rest = 1 - share;
    for (std::size_t i = 0; i < N; ++i) {
      nodes.v[i] = width * math::gauss_legendre<N>[i].at;
    }
    for (std::size_t i = 0; i < N; ++i) {
      nodes.log_g[i] = math::log_moderate(rest + share * math::exp_moderate(nodes.v[i]));
    }
    for (std::size_t i = 0; i < N; ++i) {
      nodes.weight[i] = math::exp_moderate(-rate_ * nodes.v[i] - power_ * nodes.log_g[i]);
    }
    for (std::size_t i = 0; i < N; ++i) {
      nodes.weight[i] *= width * height * math::gauss_legendre<N>[i].weight;
    }
    return nodes;
  }

  double rate_, power_, scale_, share_, growth_;
  bool alpha_is_smaller_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_POWER_INTEGRAL_HPP
