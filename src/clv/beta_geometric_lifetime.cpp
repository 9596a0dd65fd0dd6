#include <rapport/clv/beta_geometric_lifetime.hpp>

#include <rapport/math/polygamma.hpp>
#include <rapport/math/quadrature.hpp>

#include <cmath>
#include <limits>

namespace rapport::clv {
namespace {

// A sum of this many terms costs as much as a rule over the beta law.
constexpr double most_purchases_summed = 256;

// (1 - (b + 1)_m / (a + b)_m) / (a - 1).
double falling_share(double a, double b, double m) noexcept {
  const double excess = a - 1;
  if (std::abs(excess) > 0.5) {
    const double y = excess > 0 ? math::log_beta_shift(excess, b + 1, m)
                                : -math::log_beta_shift(-excess, a + b, m);
    return -std::expm1(y) / excess;
  }
  // The slope of ln (b + 1)_m / (b + 1 + e)_m between e = 0 and a - 1: the nearest pole is at
  // e = -b - 1, so eight nodes are exact.
  const double slope = math::integrate<8>(
      0, 1, [&](double share) { return math::digamma_shift(b + 1 + share * excess, m); });
  const double y = -excess * slope;
  return y == 0 ? slope : slope * (std::expm1(y) / y);
}

// 2F1(1, a; c; -w) = E 1 / (1 + w p) over p ~ Beta(a, c - a), by Gauss' continued fraction (DLMF
// 15.7.5), whose elements are positive here: nothing cancels in Lentz's products. NaN if it is
// long.
double mean_reciprocal(double a, double c, double w) noexcept {
  constexpr int longest = 400;
  double fraction = 1;  // 1 + e_1 / (1 + e_2 / (1 + ...)), whose reciprocal is asked for
  double above = 1;     // ratio of successive numerators of its convergents
  double below = 0;     // and of denominators, inverted
  double level = c;
  for (int k = 1; k < longest; ++k, ++level) {
    const int pairs = k / 2;
    const auto half = static_cast<double>(pairs);
    double element = w * a / c;
    if (k > 1) {
      const double top = k % 2 == 1 ? (a + half) * (c - 1 + half) : half * (c - a + (half - 1));
      element = w * (top / ((level - 1) * level));
    }
    below = 1 / (1 + element * below);
    above = 1 + element / above;
    const double change = above * below;
    fraction *= change;
    // Convergents lie by turns above and below the limit.
    if (std::abs(change - 1) < 1e-16) return 1 / fraction;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

double BetaGeometricLifetime::expected(double m) const noexcept {
  return m > 0 ? b_ * falling_share(a_, b_, m) : 0;
}

double BetaGeometricLifetime::discounted(double m, double d) const {
  if (d == 0) return expected(m);
  if (m <= most_purchases_summed) {
    double term = 1;
    double sum = 0;
    for (double k = 0; k < m; ++k) {
      term *= (b_ + k) / (a_ + b_ + k) / (1 + d);
      sum += term;
    }
    return sum;
  }
  // The sum of (1 - theta)^k / (1 + d)^k is (1 - theta) / (d + theta) (1 - its last term). The
  // factor 1 - theta turns the law into Beta(a, b + 1).
  const double log_discount = std::log1p(d);
  if (m * log_discount > 42) return discounted(d);
  double sum = 0;
  for (const auto& [theta, weight] : math::beta_rule(a_, b_ + 1, m)) {
    sum += weight * -std::expm1(m * (std::log1p(-theta) - log_discount)) / (d + theta);
  }
  return b_ / (a_ + b_) * sum;
}

double BetaGeometricLifetime::discounted(double d) const {
  if (d == 0) return expected_ever();
  const double mean = mean_reciprocal(a_, a_ + b_ + 1, 1 / d);
  if (mean > 0) return b_ / (a_ + b_) * mean / d;
  double sum = 0;
  for (const auto& [theta, weight] : math::beta_rule(a_, b_ + 1, 1 / d)) {
    sum += weight / (1 + theta / d);
  }
  return b_ / (a_ + b_) * sum / d;
}

}  // namespace rapport::clv
