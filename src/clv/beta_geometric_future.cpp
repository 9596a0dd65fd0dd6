#include <rapport/clv/beta_geometric_future.hpp>

#include <rapport/core/check.hpp>
#include <rapport/math/policy.hpp>
#include <rapport/math/quadrature.hpp>
#include <rapport/math/special.hpp>

#include "special_values.hpp"

#include <boost/math/special_functions/beta.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace rapport::clv {
namespace {

constexpr const char* beta_geometric_future_place = "BetaGeometricFuture";

// A series of this many terms costs as much as a rule over the beta law.
constexpr double longest_series = 2000;
// exp(-largest_normal_exponent) is still a normal double.
constexpr double largest_normal_exponent = 650;

// -- Mean number of purchases ----------------------------------------------------------------

// Where the terms of the series in expected_by_series() end, roughly: far in the right tail of N.
double series_length(double shape, double odds) noexcept {
  return shape * odds + 12 * std::sqrt(shape * odds * (1 + odds)) + 40 * (1 + odds);
}

// S(t) = sum over n of P(N = n) W_n, where W_n = sum over i < n of (b)_i / (a + b)_i.
double expected_by_series(const BetaGeometricFuture::Params& k, double odds) noexcept {
  const double z = odds / (1 + odds);
  double probability = std::exp(-k.shape * std::log1p(odds));  // P(N = n)
  double survival = 1;                                         // (b)_n / (a + b)_n
  double purchases = 0;                                        // W_n
  double sum = 0;
  for (double n = 0;; ++n) {
    const double ratio = z * (k.shape + n) / (n + 1);
    probability *= ratio;
    purchases += survival;
    survival *= (k.b + n) / (k.a + k.b + n);
    const double term = probability * purchases;
    sum += term;
    // Later ratios are smaller, and W_n grows more slowly than n: the rest is below a geometric
    // series of the ratio (n + 2) / (n + 1) times this one.
    const double next = ratio * (n + 2) / (n + 1);
    if (next < 1 && term * next <= negligible * sum * (1 - next)) return sum;
  }
}

// S(t) = E[(1 - (1 + p t / rate)^-shape) / p] over the beta law of p.
double expected_by_rule(const BetaGeometricFuture::Params& k, double odds) {
  double sum = 0;
  for (const auto& [p, weight] : math::beta_rule(k.a, k.b, std::max(1.0, k.shape) * odds)) {
    const double g = p > 0 ? -std::expm1(-k.shape * std::log1p(p * odds)) / p : k.shape * odds;
    sum += weight * g;
  }
  return sum;
}

// -- Who is active still -----------------------------------------------------------------------

// The sum over n of P(N = n) (b)_n / (a + b)_n.
double alive_by_series(const BetaGeometricFuture::Params& k, double odds) noexcept {
  const double z = odds / (1 + odds);
  double term = std::exp(-k.shape * std::log1p(odds));
  double sum = term;
  for (double n = 0;; ++n) {
    const double ratio = z * (k.shape + n) / (n + 1);
    term *= ratio * ((k.b + n) / (k.a + k.b + n));
    sum += term;
    // Survival only falls; the ratio does or, below z, tends to it.
    const double next = std::max(ratio, z);
    if (next < 1 && term * next <= negligible * sum * (1 - next)) return sum;
  }
}

// E[(1 + p t / rate)^-shape] over the beta law of p.
double alive_by_rule(const BetaGeometricFuture::Params& k, double odds) {
  double sum = 0;
  for (const auto& [p, weight] : math::beta_rule(k.a, k.b, std::max(1.0, k.shape) * odds)) {
    sum += weight * std::exp(-k.shape * std::log1p(p * odds));
  }
  return sum;
}

// -- Purchases per period --------------------------------------------------------------------

// In w = ln(1 + u / rate) the mean purchases per unit of w, discounted at time u, are
//
//   shape exp(w - delta u) E[(1 + p u / rate)^-(shape + 1)],
//
// an entire function of w but for discounting that is doubly exponential: few nodes suffice. The
// expectation is 2F1(shape + 1, a; a + b; -u / rate), which by Pfaff's transformations (Abramowitz
// and Stegun 15.3.4, 15.3.5) is exp(-power w) F(z), where F(z) = 2F1(first, second; a + b; z) has
// positive terms and z = 1 - exp(-w).
//
// F comes from its series about 0 while that is short; further out from its Taylor series about the
// end of the panel before, whose coefficients follow from the hypergeometric equation; and where
// neither serves, the expectation comes from a rule over the beta law.
class Intensity {
 public:
  Intensity(const BetaGeometricFuture::Params& params, double delta)
      : params_(params), delta_(delta) {
    const double slack = params.a + (params.b - params.shape) - 1;
    // A slack just below 0 makes all terms but the first negative, and their sum small.
    falling_ = slack < 0 && !(slack > -1 && -slack * params.a < 0.5 * (params.a + params.b));
    power_ = first_ = falling_ ? params.shape + 1 : params.a;
    second_ = falling_ ? params.b : slack;
    third_ = params.a + params.b;
    order_ = params.shape + 2 - params.a;
    // Beside F the equation has a solution (1 - z)^(shape + 1 - a). Rounding lets it in; for larger
    // exponents its Taylor terms would be large and cancel.
    continues_ = falling_ || params.shape + 1 - params.a <= 7;
  }

  // True if F can go on from panel to panel without a look at 0.
  [[nodiscard]] bool continues() const noexcept { return continues_; }

  // The integrand at each node of the rule over [low, high] in w. Panels are asked for in order.
  template <std::size_t N>
  std::array<double, N> operator()(double low, double high) {
    std::array<double, N> w, rises, result;
    for (std::size_t i = 0; i < N; ++i) {
      w[i] = low + (high - low) * math::gauss_legendre<N>[i].at;
      rises[i] = std::expm1(w[i]);
    }
    double power = power_;
    const double length = series_length_to(high);
    const bool fits = power_ * high < largest_normal_exponent;
    if (fits && (high <= always_series || length < 400)) {
      result = by_series(rises, high);
    } else if (continues_from(low, high)) {
      result = by_continuation(w, low, high);
    } else if (fits && length < longest_series) {
      result = by_series(rises, high);
    } else {
      result = by_rule(rises, high);
      power = 0;
    }
    for (std::size_t i = 0; i < N; ++i) {
      result[i] *= params_.shape *
                   std::exp(log_scale_ + w[i] * (1 - power) - delta_ * params_.rate * rises[i]);
    }
    return result;
  }

  // Up to this w the series about 0 needs at most some 160 terms. From ln 2 on a Taylor series goes
  // away from the singularity at 0.
  static constexpr double always_series = 1.5;
  static constexpr double first_centre = 0.6931471805599453;

 private:
  // Near 0 the equation's other solution is z^(1 - a - b): as above, its Taylor terms must not be
  // large, for large b only further out.
  [[nodiscard]] bool continues_from(double low, double high) const noexcept {
    const double rest = std::exp(-low);
    return continues_ && centre_known_ && third_ * (rest - std::exp(-high)) <= 4 * (1 - rest);
  }

  // Roughly the number of terms of the series about 0: they fall like z^n, and where F is finite at
  // 1 also like a power of n.
  [[nodiscard]] double series_length_to(double w) const noexcept {
    if (falling_) return series_length(params_.shape + 1, std::expm1(w));
    const double geometric = 40 * std::exp(w);
    return order_ > 2 ? std::min(geometric, 20 + (1 + second_) * std::pow(1e17, 1 / order_))
                      : geometric;
  }

  template <std::size_t N>
  std::array<double, N> by_series(const std::array<double, N>& rises, double high) noexcept {
    std::array<double, N> z, sum, term;
    for (std::size_t i = 0; i < N; ++i) z[i] = rises[i] / (1 + rises[i]);
    sum.fill(1);
    term.fill(1);
    const double end = -std::expm1(-high);
    double end_term = 1;
    double value = 1;
    double slope = 0;  // z F'(z)
    for (double n = 0;; ++n) {
      const double ratio = (first_ + n) * (second_ + n) / ((third_ + n) * (n + 1));
      for (std::size_t i = 0; i < N; ++i) {
        term[i] *= ratio * z[i];
        sum[i] += term[i];
      }
      end_term *= ratio * end;
      value += end_term;
      slope += (n + 1) * end_term;
      // What is left is below a geometric series, or one of a power of n.
      const double next = std::max(ratio, 1.0) * end;
      double left = next < 1 ? next / (1 - next) : std::numeric_limits<double>::infinity();
      if (!falling_ && order_ > 2) left = std::min(left, n + 1);
      if (!(std::abs(end_term) * left > negligible * value)) break;
    }
    log_scale_ = 0;
    log_value_ = std::log(value);
    log_slope_ = slope / (end * value);
    centre_known_ = high >= first_centre;
    return sum;
  }

  // With centre z0 = 1 - exp(-low), in y = (z - z0) / (z_high - z0), over the value at z0.
  template <std::size_t N>
  std::array<double, N> by_continuation(const std::array<double, N>& w, double low,
                                        double high) noexcept {
    const double rest = std::exp(-low);  // 1 - z0
    const double centre = -std::expm1(-low);
    const double tilt = (first_ + second_ + 1) * centre - third_;
    const double reach = -std::expm1(low - high);  // (z_high - z0) / rest, below 1
    std::array<double, N> y, sum, power;
    double before = 1;                        // coefficient of y^n
    double last = log_slope_ * rest * reach;  // of y^(n + 1)
    for (std::size_t i = 0; i < N; ++i) {
      y[i] = std::expm1(low - w[i]) / -reach;
      sum[i] = before + last * y[i];
      power[i] = y[i];
    }
    double value = before + last;
    double slope = last;
    for (double n = 0;; ++n) {
      const double next = (((centre - rest) * n + tilt) * reach * last +
                           (first_ + n) * (second_ + n) / (n + 1) * rest * reach * reach * before) /
                          ((n + 2) * centre);
      for (std::size_t i = 0; i < N; ++i) {
        power[i] *= y[i];
        sum[i] += next * power[i];
      }
      value += next;
      slope += (n + 2) * next;
      // What is left is below a geometric series, once the terms fall.
      const double falls = std::abs(last) - std::abs(next);
      if (falls > 0 && next * next < negligible * value * falls) break;
      if (!(std::isfinite(value) && n < 4 * longest_series)) break;
      before = last;
      last = next;
    }
    log_scale_ = log_value_;
    log_value_ += std::log(value);
    log_slope_ = slope / (value * rest * reach);
    return sum;
  }

  template <std::size_t N>
  std::array<double, N> by_rule(const std::array<double, N>& rises, double high) {
    if (rule_.empty() || high > rule_end_) {
      rule_end_ = 2 * high;
      rule_ = math::beta_rule(params_.a, params_.b, (params_.shape + 1) * std::expm1(rule_end_));
    }
    centre_known_ = false;
    log_scale_ = 0;
    std::array<double, N> sum{};
    for (const auto& [p, weight] : rule_) {
      for (std::size_t i = 0; i < N; ++i) {
        sum[i] += weight * std::exp(-(params_.shape + 1) * std::log1p(p * rises[i]));
      }
    }
    return sum;
  }

  BetaGeometricFuture::Params params_;
  double delta_;
  double power_, first_, second_, third_;
  double order_;  // the terms of F at 1 fall like n^-order, unless F is falling_
  bool falling_, continues_;
  bool centre_known_ = false;             // the next two are
  double log_value_ = 0, log_slope_ = 0;  // ln F at the end of the last panel, its derivative by z
  double log_scale_ = 0;                  // what the last sums are to be multiplied with
  std::vector<math::Node> rule_;
  double rule_end_ = 0;
};

struct Panel {
  double integral;
  double first, last;  // the integrand at the first node and the last one
};

template <std::size_t N>
Panel integrate_panel(Intensity& intensity, double low, double high) {
  const auto values = intensity.template operator()<N>(low, high);
  double sum = 0;
  for (std::size_t i = 0; i < N; ++i) sum += math::gauss_legendre<N>[i].weight * values[i];
  return {(high - low) * sum, values.front(), values.back()};
}

// The integral of the intensity over (0, t] in panels of w, each short enough for its rule.
double discounted_by_panels(const BetaGeometricFuture::Params& k, double t, double delta) {
  Intensity intensity(k, delta);
  const double end = std::log1p(t / k.rate);
  // With many purchases behind and few survivals, the intensity falls like a power of w + knee.
  const double knee = (k.a + k.b) / (k.shape + 1);
  // How fast the log of the purchases per period falls with time. It does so ever more slowly, the
  // rate being a mixture of functions whose logs are convex: a slope seen once bounds all later.
  double fall = (k.shape + 1) * k.a / ((k.a + k.b) * k.rate);

  double sum = 0;
  double low = 0;
  while (low < end) {
    // The end of a panel no wider than `widest`, over which w + knee grows by no more than
    // `growth` of itself, and the integrand falls by no more than exp(-decay).
    const double per_w = k.rate * std::exp(low) * (delta + fall);
    const auto reach = [&](double widest, double growth, double decay) {
      const double width = std::min(widest, std::log1p(decay / per_w));
      return low + (knee < 1 ? std::min(width, growth * (low + knee)) : width);
    };
    double widest = 3;
    if (intensity.continues()) {
      widest = low < Intensity::first_centre ? Intensity::always_series - low : 1;
    }
    const double short_end = std::min(end, reach(std::min(widest, 1.0), 0.45, 2));
    const double long_end = std::min(end, reach(widest, 2, 10));
    const bool eight = short_end - low >= 0.6 * (long_end - low);
    const double high = eight ? short_end : long_end;
    const Panel panel = eight ? integrate_panel<8>(intensity, low, high)
                              : integrate_panel<16>(intensity, low, high);
    sum += panel.integral;
    // With a > 1 the integrand, once it falls, falls for good.
    if (high == end || !(panel.last > 0) ||
        (k.a > 1 && panel.last < panel.first && panel.integral < negligible * sum)) {
      return sum;
    }
    const double margin =
        (eight ? math::gauss_legendre<8>.front().at : math::gauss_legendre<16>.front().at) *
        (high - low);
    const double w_first = low + margin;
    const double w_last = high - margin;
    const double time = k.rate * (std::expm1(w_last) - std::expm1(w_first));
    const double seen = (std::log(panel.first / panel.last) + (w_last - w_first)) / time - delta;
    fall = std::clamp(seen, 0.0, fall);
    low = high;
  }
  return sum;
}

}  // namespace

double BetaGeometricFuture::alive(double t) const {
  core::check_not_negative_finite(t, beta_geometric_future_place, "t");
  const double odds = t / params_.rate;
  const bool fits = series_length(params_.shape, odds) < longest_series &&
                    params_.shape * std::log1p(odds) < largest_normal_exponent;
  return fits ? alive_by_series(params_, odds) : alive_by_rule(params_, odds);
}

double BetaGeometricFuture::none(double t) const {
  core::check_not_negative_finite(t, beta_geometric_future_place, "t");
  return std::exp(-params_.shape * std::log1p(t / params_.rate));
}

double BetaGeometricFuture::probability_of_purchases(unsigned n, double t) const {
  if (n == 0) return none(t);
  core::check_not_negative_finite(t, beta_geometric_future_place, "t");
  if (t == 0) return 0;
  const auto& [shape, rate, a, b] = params_;
  const double z = t / (rate + t);
  const double complement = rate / (rate + t);
  // P(N = n) and P(N >= n), the latter from the tail that is not lost to rounding.
  const double exactly =
      z < 0.5 ? boost::math::ibeta_derivative(n, shape, z, math::Policy()) * z * complement / n
              : boost::math::ibeta_derivative(shape, n, complement, math::Policy()) * z *
                    complement / n;
  const double at_least = z < 0.5 ? boost::math::ibeta(n, shape, z, math::Policy())
                                  : boost::math::ibetac(shape, n, complement, math::Policy());
  // Bought n times and is active still; or bought at least n times, had it been possible, and
  // dropped out after the n-th.
  const double survived = std::exp(math::log_beta_shift(a, b, n));
  const double dropped = std::exp(math::log_beta_shift(a, b, n - 1.0)) * a / (a + b + (n - 1.0));
  return survived * exactly + dropped * at_least;
}

double BetaGeometricFuture::expected(double t) const {
  core::check_not_negative_finite(t, beta_geometric_future_place, "t");
  if (t == 0) return 0;
  const auto& [shape, rate, a, b] = params_;
  const double odds = t / rate;
  const double length = series_length(shape, odds);
  // With many purchases behind, the panels' series are short where this one is long.
  if (length > 250 && shape > 10 && a < 10) return discounted_by_panels(params_, t, 0);
  const bool fits = length < longest_series && shape * std::log1p(odds) < largest_normal_exponent;
  return fits ? expected_by_series(params_, odds) : expected_by_rule(params_, odds);
}

double BetaGeometricFuture::expected(double from, double to) const {
  core::check_not_negative_finite(from, beta_geometric_future_place, "from");
  core::check_not_negative_finite(to, beta_geometric_future_place, "to");
  if (!(from <= to))
    core::throw_domain_error(beta_geometric_future_place, "to", to, "no earlier than from");
  if (from == 0) return expected(to);
  // Purchases per period fall: the ratio at the ends bounds that within.
  const double knee = (params_.a + params_.b) / (params_.shape + 1);
  double sum = 0;
  double low = from;
  double w_low = std::log1p(low / params_.rate);
  double rate_low = purchase_rate(low);
  while (low < to) {
    double high = to;
    for (;;) {
      const double w_high = std::log1p(high / params_.rate);
      const double rate_high = purchase_rate(high);
      if (w_high - w_low <= std::min(1.0, w_low + knee) && rate_high >= 2e-3 * rate_low) {
        w_low = w_high;
        rate_low = rate_high;
        break;
      }
      high = low + (high - low) / 4;
    }
    sum += math::integrate<16>(low, high, [this](double t) { return purchase_rate(t); });
    low = high;
  }
  return sum;
}

double BetaGeometricFuture::expected_ever() const noexcept {
  const auto& [shape, rate, a, b] = params_;
  return a > 1 ? 1 + b / (a - 1) : std::numeric_limits<double>::quiet_NaN();
}

// With a chance p to drop out, n purchases have the chance (1 - p)^(n - 1) p, and the mean of
// n (n - 1) / 2 is (1 - p) / p^2.
double BetaGeometricFuture::pairs_ever() const noexcept {
  const auto& [shape, rate, a, b] = params_;
  return a > 2 ? b / (a - 1) * ((a - 1 + b) / (a - 2)) : std::numeric_limits<double>::quiet_NaN();
}

double BetaGeometricFuture::purchase_rate(double t) const {
  core::check_not_negative_finite(t, beta_geometric_future_place, "t");
  const double w = std::log1p(t / params_.rate);
  // A panel without width: every node is at w. The intensity is per unit of w.
  Intensity intensity(params_, 0);
  return intensity.operator()<8>(w, w).front() / (params_.rate + t);
}

double BetaGeometricFuture::discounted(double t, double delta) const {
  core::check_not_negative_finite(t, beta_geometric_future_place, "t");
  core::check_not_negative_finite(delta, beta_geometric_future_place, "delta");
  if (delta == 0) return expected(t);
  if (t == 0) return 0;
  // Purchases later than this weigh less than rounding, however many: their rate only falls.
  return discounted_by_panels(params_, std::min(t, 42 / delta), delta);
}

double BetaGeometricFuture::discounted(double delta) const {
  core::check_not_negative_finite(delta, beta_geometric_future_place, "delta");
  if (delta == 0) return expected_ever();
  return discounted_by_panels(params_, 42 / delta, delta);
}

}  // namespace rapport::clv
