#ifndef RAPPORT_MATH_JET_HPP
#define RAPPORT_MATH_JET_HPP

/// \file
/// Exact first and second derivatives by forward differentiation: numbers that carry their gradient
/// and Hessian through a formula written once.
///
///   const auto r = Jet<2>::positive(0.5, 0); // the variables are ln r and ln alpha
///   const auto alpha = Jet<2>::positive(4, 1);
///   const Jet<2> ll = log_rising(r, x) - (r + x) * log(alpha + t) + r * log(alpha);
///
/// Each operation costs some K^2 multiplications: for formulas of a row, with K up to 8 or so. A
/// kernel that sums over many rows with hand-made derivatives is several times as fast.
///
/// Boost.Math's autodiff keeps all mixed powers up to the order of each variable, 3^K numbers where
/// (K + 1) (K + 2) / 2 are asked for.

#include <rapport/math/polygamma.hpp>
#include <rapport/math/special.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace rapport::math {

/// A value with its first and second derivatives with respect to K variables. Sums of jets are sums
/// of functions, so that it also adds up a likelihood.
template <std::size_t K>
struct Jet {
  double value = 0;
  std::array<double, K> gradient{};
  /// The upper half of the Hessian, row by row: second(i, j) finds a place.
  std::array<double, K*(K + 1) / 2> hessian{};

  constexpr Jet() = default;
  /// A constant.
  constexpr Jet(double constant) noexcept : value(constant) {}  // NOLINT: a constant is a jet

  /// Variable i itself.
  [[nodiscard]] static constexpr Jet variable(double value, std::size_t i) noexcept {
    Jet result(value);
    result.gradient[i] = 1;
    return result;
  }

  /// A positive parameter of which variable i is the logarithm.
  [[nodiscard]] static constexpr Jet positive(double parameter, std::size_t i) noexcept {
    Jet result(parameter);
    result.gradient[i] = parameter;
    result.second(i, i) = parameter;
    return result;
  }

  /// The second derivative by variables i and j. \pre i <= j < K.
  [[nodiscard]] constexpr double& second(std::size_t i, std::size_t j) noexcept {
    return hessian[i * K - i * (i + 1) / 2 + j];
  }
  [[nodiscard]] constexpr double second(std::size_t i, std::size_t j) const noexcept {
    return hessian[i * K - i * (i + 1) / 2 + j];
  }

  constexpr Jet& operator+=(const Jet& other) noexcept { return add(1, other); }
  constexpr Jet& operator-=(const Jet& other) noexcept { return add(-1, other); }
  constexpr Jet& operator*=(double factor) noexcept {
    value *= factor;
    for (double& g : gradient) g *= factor;
    for (double& h : hessian) h *= factor;
    return *this;
  }

  /// Adds factor x other.
  constexpr Jet& add(double factor, const Jet& other) noexcept {
    value += factor * other.value;
    for (std::size_t i = 0; i < K; ++i) gradient[i] += factor * other.gradient[i];
    for (std::size_t i = 0; i < hessian.size(); ++i) hessian[i] += factor * other.hessian[i];
    return *this;
  }

  friend constexpr Jet operator+(Jet a, const Jet& b) noexcept { return a += b; }
  friend constexpr Jet operator-(Jet a, const Jet& b) noexcept { return a -= b; }
  friend constexpr Jet operator-(Jet a) noexcept { return a *= -1; }
  friend constexpr Jet operator*(Jet a, double factor) noexcept { return a *= factor; }
  friend constexpr Jet operator*(double factor, Jet a) noexcept { return a *= factor; }
  friend constexpr Jet operator/(Jet a, double divisor) noexcept { return a *= 1 / divisor; }
  friend constexpr Jet operator*(const Jet& a, const Jet& b) noexcept {
    Jet result(a.value * b.value);
    for (std::size_t i = 0, place = 0; i < K; ++i) {
      result.gradient[i] = a.value * b.gradient[i] + b.value * a.gradient[i];
      for (std::size_t j = i; j < K; ++j, ++place) {
        result.hessian[place] = a.value * b.hessian[place] + b.value * a.hessian[place] +
                                a.gradient[i] * b.gradient[j] + a.gradient[j] * b.gradient[i];
      }
    }
    return result;
  }
  friend constexpr Jet operator/(const Jet& a, const Jet& b) noexcept {
    const double inverse = 1 / b.value;
    Jet result = a * chain(b, inverse, -inverse * inverse, 2 * inverse * inverse * inverse);
    result.value = a.value / b.value;
    return result;
  }

  /// f(u) for a function of one variable, from f and its derivatives f1 and f2 at u.value.
  [[nodiscard]] friend constexpr Jet chain(const Jet& u, double f, double f1, double f2) noexcept {
    Jet result(f);
    for (std::size_t i = 0, place = 0; i < K; ++i) {
      result.gradient[i] = f1 * u.gradient[i];
      for (std::size_t j = i; j < K; ++j, ++place) {
        result.hessian[place] = f1 * u.hessian[place] + f2 * u.gradient[i] * u.gradient[j];
      }
    }
    return result;
  }

  [[nodiscard]] friend Jet log(const Jet& u) noexcept {
    return chain(u, std::log(u.value), 1 / u.value, -1 / (u.value * u.value));
  }
  [[nodiscard]] friend Jet log1p(const Jet& u) noexcept {
    const double slope = 1 / (1 + u.value);
    return chain(u, std::log1p(u.value), slope, -slope * slope);
  }
  [[nodiscard]] friend Jet exp(const Jet& u) noexcept {
    const double e = std::exp(u.value);
    return chain(u, e, e, e);
  }
  [[nodiscard]] friend Jet expm1(const Jet& u) noexcept {
    const double e = std::exp(u.value);
    return chain(u, std::expm1(u.value), e, e);
  }
  [[nodiscard]] friend Jet sqrt(const Jet& u) noexcept {
    const double root = std::sqrt(u.value);
    return chain(u, root, 0.5 / root, -0.25 / (root * u.value));
  }
  /// u^power for a constant power.
  [[nodiscard]] friend Jet pow(const Jet& u, double power) noexcept {
    const double p = std::pow(u.value, power);
    return chain(u, p, power * p / u.value, power * (power - 1) * p / (u.value * u.value));
  }
  /// ln(1 + e^u), see math/special.hpp.
  [[nodiscard]] friend Jet log1p_exp(const Jet& u) noexcept {
    const double share = complement_of_log_odds(-u.value);
    return chain(u, math::log1p_exp(u.value), share, share * complement_of_log_odds(u.value));
  }
  /// ln(e^u + e^v).
  [[nodiscard]] friend Jet log_sum_exp(const Jet& u, const Jet& v) noexcept {
    return u.value > v.value ? u + log1p_exp(v - u) : v + log1p_exp(u - v);
  }
  /// ln G(u).
  [[nodiscard]] friend Jet log_gamma(const Jet& u) noexcept {
    return chain(u, math::log_gamma(u.value), digamma(u.value), trigamma(u.value));
  }
  /// ln G(u + n) - ln G(u) for a constant n >= 0, without the cancellation.
  [[nodiscard]] friend Jet log_rising(const Jet& u, double n) noexcept {
    return chain(u, math::log_rising(u.value, n), digamma_shift(u.value, n),
                 trigamma_shift(u.value, n));
  }
  /// ln B(a, b + n) - ln B(a, b) for a constant n >= 0, without the cancellation.
  [[nodiscard]] friend Jet log_beta_shift(const Jet& a, const Jet& b, double n) noexcept {
    const double by_a = -digamma_shift(a.value + b.value, n);
    const double by_b = digamma_mixed_shift(b.value, a.value, n);
    const double aa = -trigamma_shift(a.value + b.value, n);  // also by a and b
    const double bb = trigamma_mixed_shift(b.value, a.value, n);
    Jet result(math::log_beta_shift(a.value, b.value, n));
    for (std::size_t i = 0, place = 0; i < K; ++i) {
      const double da = a.gradient[i];
      const double db = b.gradient[i];
      result.gradient[i] = by_a * da + by_b * db;
      for (std::size_t j = i; j < K; ++j, ++place) {
        result.hessian[place] = by_a * a.hessian[place] + by_b * b.hessian[place] +
                                aa * (da + db) * a.gradient[j] +
                                (aa * da + bb * db) * b.gradient[j];
      }
    }
    return result;
  }
};

}  // namespace rapport::math

#endif  // RAPPORT_MATH_JET_HPP
