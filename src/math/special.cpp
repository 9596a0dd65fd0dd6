#include <rapport/math/special.hpp>

#include <rapport/math/policy.hpp>

#include "special_values.hpp"

#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace rapport::math {
namespace {

// From this argument on, six terms of Stirling's series are exact to 1e-17.
constexpr double stirling_from = 16;
// Up to this many factors a product is both faster and more accurate than Stirling's series.
constexpr double longest_product = 32;

// Stirling's series: ln G(z) = (z - 1/2) ln z - z + ln(2 pi) / 2 + sum of c_k / z^(2k - 1), with
// c_k = B_2k / (2k (2k - 1)), Abramowitz and Stegun 6.1.40.
constexpr double stirling_coefficients[] = {1. / 12,    -1. / 360, 1. / 1260,
                                            -1. / 1680, 1. / 1188, -691. / 360360};

// The difference of the series' sums at z + y and z, as (w - u) times a polynomial in w = 1/(z+y)
// and u = 1/z: keeps its relative accuracy for any y.
double stirling_sum_step(double z, double y) noexcept {
  const double u = 1 / z;
  const double w = 1 / (z + y);
  double homogeneous = 1;  // the sum of u^i w^(n-i) over i in [0, n]
  double power = 1;        // w^n
  double sum = 0;
  for (const double c : stirling_coefficients) {
    sum += c * homogeneous;
    power *= w;
    homogeneous = u * homogeneous + power;
    power *= w;
    homogeneous = u * homogeneous + power;
  }
  return -y * u * w * sum;
}

// ln G(z + y) - ln G(z) for z >= stirling_from.
double log_rising_large(double z, double y) noexcept {
  return (z - 0.5) * std::log1p(y / z) + y * (std::log(z + y) - 1) + stirling_sum_step(z, y);
}

// ln of r (r + 1) ... (r + n - 1), n a whole number.
double log_product(double r, double n) noexcept {
  double sum = 0;
  double product = 1;
  for (double i = 0; i < n; ++i) {
    product *= r + i;
    if (product > 1e250 || product < 1e-250) {
      sum += std::log(product);
      product = 1;
    }
  }
  return sum + std::log(product);
}

// The sum of ln(1 + a / (b + i)) over whole i in [0, n), as ln(1 + q) with a running q of positive
// parts: exact to rounding even where every a / (b + i) is tiny.
double log_product_of_odds(double a, double b, double n) noexcept {
  double sum = 0;
  double q = 0;
  for (double i = 0; i < n; ++i) {
    const double odds = a / (b + i);
    q += odds + q * odds;
    if (q > 1e150) {
      sum += std::log1p(q);
      q = 0;
    }
  }
  return sum + std::log1p(q);
}

// ln(1 + w) - w for w >= 0.
double log1p_minus(double w) noexcept {
  if (w > 0.1) return std::log1p(w) - w;
  double power = w;
  double sum = 0;
  for (double k = 2; k < 40; ++k) {
    power *= -w;
    const double next = sum + power / k;
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

// ln G(z + m) G(z + a) / (G(z + m + a) G(z)) for z >= stirling_from. Symmetric in a and m; with the
// smaller one as `a`, no part is larger than the result.
double log_beta_shift_large(double a, double z, double m) noexcept {
  if (a > m) std::swap(a, m);
  const double halves = std::log1p(a / (z + m)) - std::log1p(a / z);
  return z * log1p_minus(a / z) - (z + m) * log1p_minus(a / (z + m)) + halves / 2 -
         a * std::log1p(m / (z + a)) + (stirling_sum_step(z, m) - stirling_sum_step(z + a, m));
}

}  // namespace

double log_sum_exp(std::span<const double> values) noexcept {
  const auto largest = std::max_element(values.begin(), values.end());
  if (largest == values.end()) return -std::numeric_limits<double>::infinity();
  if (std::isinf(*largest)) return *largest;
  double sum = 0;
  for (const double v : values) sum += std::exp(v - *largest);
  return *largest + std::log(sum);
}

double log_gamma(double z) noexcept { return boost::math::lgamma(z, Policy()); }

double log_rising(double r, double x) noexcept {
  if (!(r > 0 && x >= 0)) return nan;
  const bool whole = x == std::floor(x);
  if (whole && x <= longest_product) return log_product(r, x);
  if (r >= stirling_from) return log_rising_large(r, x);
  if (whole)
    return log_product(r, stirling_from) + log_rising_large(r + stirling_from, x - stirling_from);
  // G(r + x) / G(r) = G(r + n + x) / G(r + n) over the product of (r + i + x) / (r + i).
  return log_rising_large(r + stirling_from, x) - log_product_of_odds(x, r, stirling_from);
}

double log_beta_shift(double a, double b, double x) noexcept {
  if (!(a > 0 && b > 0 && x >= 0)) return nan;
  const bool whole = x == std::floor(x);
  if (whole && x <= longest_product) return -log_product_of_odds(a, b, x);
  if (b >= stirling_from) return log_beta_shift_large(a, b, x);
  if (whole) {
    return log_beta_shift_large(a, b + stirling_from, x - stirling_from) -
           log_product_of_odds(a, b, stirling_from);
  }
  return log_beta_shift_large(a, b + stirling_from, x) +
         log_product_of_odds(a, b + x, stirling_from) - log_product_of_odds(a, b, stirling_from);
}

}  // namespace rapport::math
