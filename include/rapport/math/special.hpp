#ifndef RAPPORT_MATH_SPECIAL_HPP
#define RAPPORT_MATH_SPECIAL_HPP

/// \file
/// Special functions in log space, in the forms the models need: differences of log-gammas as
/// such, because lnG(r + x) - lnG(r) loses every digit when r is large.
///
/// Accuracy is against 60-digit values (scripts/reference/special.py) over the stated domains.
/// Arguments outside a domain give NaN.

#include <cmath>
#include <span>

namespace rapport::math {

/// ln(1 + e^y) without overflow; y itself where e^-y vanishes. Accurate to 2 ulp.
[[nodiscard]] inline double log1p_exp(double y) noexcept {
  return y > 0 ? y + std::log1p(std::exp(-y)) : std::log1p(std::exp(y));
}

/// ln(1 - e^y) for y <= 0, without the cancellation near either end; -infinity for y = 0.
[[nodiscard]] inline double log1m_exp(double y) noexcept {
  return y > -0.7 ? std::log(-std::expm1(y)) : std::log1p(-std::exp(y));
}

/// 1 / (1 + e^y): the probability whose log odds are -y. Keeps its relative accuracy down to the
/// smallest double; 0 beyond.
[[nodiscard]] inline double complement_of_log_odds(double y) noexcept {
  return y > 0 ? std::exp(-y) / (1 + std::exp(-y)) : 1 / (1 + std::exp(y));
}

/// ln(e^x + e^y) without overflow; -infinity if both are.
[[nodiscard]] inline double log_sum_exp(double x, double y) noexcept {
  const double larger = x > y ? x : y;
  const double smaller = x > y ? y : x;
  return std::isinf(larger) ? larger : larger + std::log1p(std::exp(smaller - larger));
}

/// ln of the sum of e^v over all values; -infinity if there are none.
[[nodiscard]] double log_sum_exp(std::span<const double> values) noexcept;

/// ln G(z) for z > 0. Relative error below 1e-15, or absolute near z = 1 and z = 2.
[[nodiscard]] double log_gamma(double z) noexcept;

/// The log of the rising factorial, ln G(r + x) - ln G(r), for r > 0, x >= 0, without the
/// cancellation. Error below 4e-16 (1 + |result|) for whole x up to 32 and a few times that
/// elsewhere, for r and x up to 1e15.
[[nodiscard]] double log_rising(double r, double x) noexcept;

/// ln B(a, b + x) - ln B(a, b), for a, b > 0, x >= 0: for whole x the log-probability of x
/// survivals in a row when the chance to drop out has a Beta(a, b) law. Relative error below
/// 1e-14, also where the result is tiny because b is large.
[[nodiscard]] double log_beta_shift(double a, double b, double x) noexcept;

}  // namespace rapport::math

#endif  // RAPPORT_MATH_SPECIAL_HPP
