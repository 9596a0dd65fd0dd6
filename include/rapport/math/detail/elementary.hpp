#ifndef RAPPORT_MATH_DETAIL_ELEMENTARY_HPP
#define RAPPORT_MATH_DETAIL_ELEMENTARY_HPP

/// \file
/// Exponential and logarithm as plain arithmetic without branches: a loop over an array of them is
/// vectorised by the compiler, and gives the same bits as one call after the other. Two to four
/// times as fast as the C library in such loops; a little less accurate, and for moderate arguments
/// only.

#include <bit>
#include <cstdint>
#include <numbers>

namespace rapport::math {

// ln 2 in two parts: the first has 32 bits, so that whole multiples of it are exact.
inline constexpr double ln2_head = 0x1.62e42feep-1;
inline constexpr double ln2_tail = 0x1.a39ef35793c76p-33;

/// e^y for |y| <= 700. Relative error below 3e-16.
[[nodiscard]] inline double exp_moderate(double y) noexcept {
  // y = n ln 2 + rest. Adding 1.5 * 2^52 rounds to a whole number, which then stands in the lowest
  // bits; shifted to those of the exponent, it multiplies by 2^n.
  constexpr double shift = 0x1.8p52;
  const double shifted = y * std::numbers::log2e + shift;
  const double n = shifted - shift;
  const double rest = (y - n * ln2_head) - n * ln2_tail;
  // Taylor's series up to rest^13 / 13!, |rest| < 0.35, in pairs that are summed at once.
  const double q = rest * rest;
  const double q2 = q * q;
  const double low = (1 + rest) + q * (1. / 2 + rest * (1. / 6));
  const double middle = (1. / 24 + rest * (1. / 120)) + q * (1. / 720 + rest * (1. / 5040));
  const double high =
      (1. / 40320 + rest * (1. / 362880)) + q * (1. / 3628800 + rest * (1. / 39916800));
  const double last = 1. / 479001600 + rest * (1. / 6227020800);
  const double series = low + q2 * (middle + q2 * (high + q2 * last));
  const std::uint64_t exponent = std::bit_cast<std::uint64_t>(shifted) << 52;
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(series) + exponent);
}

/// ln y for normal y > 0. Error below 3e-16 of the larger of |ln y| and |y - 1|.
[[nodiscard]] inline double log_moderate(double y) noexcept {
  // y = 2^n m with m in [sqrt(1/2), sqrt(2)); n comes out as the lowest bits of 2^52 + n + 1023.
  constexpr auto least = std::bit_cast<std::uint64_t>(0x1.6a09e667f3bcdp-1);
  constexpr auto one = std::bit_cast<std::uint64_t>(1.0);
  constexpr auto mantissa = (std::uint64_t{1} << 52) - 1;
  constexpr auto count = std::bit_cast<std::uint64_t>(0x1p52);
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(y) + (one - least);
  const double n = std::bit_cast<double>(bits >> 52 | count) - (0x1p52 + 1023);
  const double m = std::bit_cast<double>((bits & mantissa) + least);
  // ln m = 2 artanh s, |s| < 0.172, by its series up to s^21.
  const double s = (m - 1) / (m + 1);
  const double q = s * s;
  const double q2 = q * q;
  const double first = 1. / 3 + q * (1. / 5) + q2 * (1. / 7 + q * (1. / 9));
  const double second = 1. / 11 + q * (1. / 13) + q2 * (1. / 15 + q * (1. / 17));
  const double third = 1. / 19 + q * (1. / 21);
  const double q4 = q2 * q2;
  const double series = first + q4 * (second + q4 * third);
  return n * ln2_head + (n * ln2_tail + (2 * s + 2 * s * (q * series)));
}

/// ln(1 + t) for t >= 0 such that 1 + t is finite. Relative error below 5e-16.
[[nodiscard]] inline double log1p_moderate(double t) noexcept {
  const double y = 1 + t;
  return log_moderate(y) + (t - (y - 1)) / y;  // the second part is what rounding 1 + t lost
}

}  // namespace rapport::math

#endif  // RAPPORT_MATH_DETAIL_ELEMENTARY_HPP
