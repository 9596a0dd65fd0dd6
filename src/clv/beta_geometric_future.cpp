#include <rapport/clv/beta_geometric_future.hpp>

#include <rapport/core/check.hpp>
#include <rapport/math/policy.hpp>
#include <rapport/math/quadrature.hpp>
#include <rapport/math/special.hpp>

#include <boost/math/special_functions/beta.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace rapport::clv {
namespace {

using Params = BetaGeometricFuture::Params;

constexpr const char* kPlace = "BetaGeometricFuture";

// A series of this many terms costs as much as a rule over the beta law.
constexpr double kLongestSeries = 2000;
// exp(-kLargestExponent) is still a normal double.
constexpr double kLargestExponent = 650;
// What is smaller than the sum by this factor no longer changes it.
constexpr double kNegligible = 1e-17;

// -- Mean number of purchases ----------------------------------------------------------------

// Where the terms of the series in expected_by_series() end, roughly: far in the right tail of N.
double series_length(double shape, double odds) noexcept {
  return shape * odds + 12 * std::sqrt(shape * odds * (1 + odds)) + 40 * (1 + odds);
}

// S(t) = sum over n of P(N = n) W_n, where W_n = sum over i < n of (b)_i / (a + b)_i.
double expected_by_series(const Params& k, double odds) noexcept {
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
    if (next < 1 && term * next < kNegligible * sum * (1 - next)) return sum;
  }
}

// S(t) = E[(1 - (1 + p t / rate)^-shape) / p] over the beta law of p.
double expected_by_rule(const Params& k, double odds) {
  double sum = 0;
  for (const auto& [p, weight] : math::beta_rule(k.a, k.b, std::max(1.0, k.shape) * odds)) {
    const double g = p > 0 ? -std::expm1(-k.shape * std::log1p(p * odds)) / p : k.shape * odds;
    sum += weight * g;
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
// and Stegun 15.3.4, 15.3.5) is exp(-power w) 2F1(first, second; a + b; 1 - exp(-w)) with positive
// terms.
class Intensity {
 public:
  Intensity(const Params& params, double delta) : params_(params), delta_(delta) {
    const double slack = params.a + (params.b - params.shape) - 1;
    if (slack >= 0) {
      power_ = first_ = params.a;
      second_ = slack;
    } else {
      power_ = first_ = params.shape + 1;
      second_ = params.b;
    }
  }

  // The integrand at each node of the rule over [low, high] in w.
  template <std::size_t N>
  std::array<double, N> operator()(double low, double high) {
    std::array<double, N> w, rises, exponent;
    for (std::size_t i = 0; i < N; ++i) {
      w[i] = low + (high - low) * math::gauss_legendre<N>[i].at;
      rises[i] = std::expm1(w[i]);
      exponent[i] = w[i] - delta_ * params_.rate * rises[i];
    }
    if (series_serves(high)) {
      std::array<double, N> z;
      for (std::size_t i = 0; i < N; ++i) z[i] = rises[i] / (1 + rises[i]);
      std::array<double, N> result = series(z, -std::expm1(-high));
      for (std::size_t i = 0; i < N; ++i) {
        result[i] *= params_.shape * std::exp(exponent[i] - power_ * w[i]);
      }
      return result;
    }
    std::array<double, N> result{};
    for (const auto& [p, weight] : rule(high)) {
      for (std::size_t i = 0; i < N; ++i) {
        result[i] += weight * std::exp(-(params_.shape + 1) * std::log1p(p * rises[i]));
      }
    }
    for (std::size_t i = 0; i < N; ++i) result[i] *= params_.shape * std::exp(exponent[i]);
    return result;
  }

 private:
  [[nodiscard]] bool series_serves(double w) const noexcept {
    const double length =
        first_ == params_.a ? 40 * std::exp(w) : series_length(params_.shape + 1, std::expm1(w));
    return length < kLongestSeries && power_ * w < kLargestExponent;
  }

  // 2F1(first, second; a + b; z) for all z at once: they share the coefficients.
  template <std::size_t N>
  [[nodiscard]] std::array<double, N> series(const std::array<double, N>& z,
                                             double largest_z) const noexcept {
    const double third = params_.a + params_.b;
    std::array<double, N> sum, term;
    sum.fill(1);
    term.fill(1);
    double largest_term = 1;
    double largest_sum = 1;
    for (double n = 0;; ++n) {
      const double ratio = (first_ + n) * (second_ + n) / ((third + n) * (n + 1));
      for (std::size_t i = 0; i < N; ++i) {
        term[i] *= ratio * z[i];
        sum[i] += term[i];
      }
      largest_term *= ratio * largest_z;
      largest_sum += largest_term;
      const double next = std::max(ratio, 1.0) * largest_z;
      if (next < 1 && largest_term * next < kNegligible * largest_sum * (1 - next)) return sum;
    }
  }

  // One rule over the beta law serves all panels up to the w it was made for.
  const std::vector<math::Node>& rule(double w) {
    if (rule_.empty() || w > rule_w_) {
      rule_w_ = w;
      rule_ = math::beta_rule(params_.a, params_.b, (params_.shape + 1) * std::expm1(w));
    }
    return rule_;
  }

  Params params_;
  double delta_;
  double power_, first_, second_;
  std::vector<math::Node> rule_;
  double rule_w_ = 0;
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
double discounted_by_panels(const Params& k, double t, double delta) {
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
    if (end <= reach(1, 0.45, 2)) return sum + integrate_panel<8>(intensity, low, end).integral;

    const double high = std::min(end, reach(3, 2, 10));
    const Panel panel = integrate_panel<16>(intensity, low, high);
    sum += panel.integral;
    // With a > 1 the integrand, once it falls, falls for good.
    if (!(panel.last > 0) ||
        (k.a > 1 && panel.last < panel.first && panel.integral < kNegligible * sum)) {
      return sum;
    }
    const double w_first = low + (high - low) * math::gauss_legendre<16>.front().at;
    const double w_last = low + (high - low) * math::gauss_legendre<16>.back().at;
    const double time = k.rate * (std::expm1(w_last) - std::expm1(w_first));
    const double seen = (std::log(panel.first / panel.last) + (w_last - w_first)) / time - delta;
    fall = std::clamp(seen, 0.0, fall);
    low = high;
  }
  return sum;
}

}  // namespace

double BetaGeometricFuture::none(double t) const {
  core::check_not_negative_finite(t, kPlace, "t");
  return std::exp(-params_.shape * std::log1p(t / params_.rate));
}

double BetaGeometricFuture::probability_of_purchases(unsigned n, double t) const {
  if (n == 0) return none(t);
  core::check_not_negative_finite(t, kPlace, "t");
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
  core::check_not_negative_finite(t, kPlace, "t");
  if (t == 0) return 0;
  const double odds = t / params_.rate;
  const bool short_series = series_length(params_.shape, odds) < kLongestSeries &&
                            params_.shape * std::log1p(odds) < kLargestExponent;
  return short_series ? expected_by_series(params_, odds) : expected_by_rule(params_, odds);
}

double BetaGeometricFuture::expected_ever() const noexcept {
  const auto& [shape, rate, a, b] = params_;
  return a > 1 ? 1 + b / (a - 1) : std::numeric_limits<double>::quiet_NaN();
}

double BetaGeometricFuture::purchase_rate(double t) const {
  core::check_not_negative_finite(t, kPlace, "t");
  const double w = std::log1p(t / params_.rate);
  // A panel without width: every node is at w. The intensity is per unit of w.
  Intensity intensity(params_, 0);
  return intensity.operator()<8>(w, w).front() / (params_.rate + t);
}

double BetaGeometricFuture::discounted(double t, double delta) const {
  core::check_not_negative_finite(t, kPlace, "t");
  core::check_not_negative_finite(delta, kPlace, "delta");
  if (delta == 0) return expected(t);
  if (t == 0) return 0;
  // Purchases later than this weigh less than rounding, however many: their rate only falls.
  return discounted_by_panels(params_, std::min(t, 42 / delta), delta);
}

double BetaGeometricFuture::discounted(double delta) const {
  core::check_not_negative_finite(delta, kPlace, "delta");
  if (delta == 0) return expected_ever();
  return discounted_by_panels(params_, 42 / delta, delta);
}

}  // namespace rapport::clv
