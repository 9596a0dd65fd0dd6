#ifndef RAPPORT_MATH_POLYGAMMA_HPP
#define RAPPORT_MATH_POLYGAMMA_HPP

/// \file
/// Differences of the digamma and trigamma functions as such: the derivatives of
/// log(Gamma(z + n) / Gamma(z)), which the likelihoods of counts are made of.
///
/// The difference of two rounded function values loses all digits where n is small against z.
/// Here the recurrence psi(z + 1) = psi(z) + 1 / z (DLMF 5.5.2) moves z up to 16, term by term,
/// and the difference of the two asymptotic series (DLMF 5.11.2, 5.15.8) has its common factor
/// taken out: every part is proportional to n. About ten divisions for small z.

namespace rapport::math {

/// psi(z + n) - psi(z) for finite z > 0 and n >= 0: positive, 0 if n is 0, sum of 1 / (z + j) for
/// j = 0 .. n - 1 where n is an integer. Relative error below 1e-14.
[[nodiscard]] double digamma_shift(double z, double n) noexcept;

/// psi'(z + n) - psi'(z) for finite z > 0 and n >= 0: negative, 0 if n is 0, minus the sum of
/// 1 / (z + j)^2 for j = 0 .. n - 1 where n is an integer. Relative error below 1e-14.
[[nodiscard]] double trigamma_shift(double z, double n) noexcept;

/// psi(z + n) - psi(z) - psi(z + m + n) + psi(z + m) for finite z > 0 and m, n >= 0, and the same
/// of psi': the mixed differences that the derivatives of log(B(a, b + n) / B(a, b)) are. Symmetric
/// in m and n; the smaller is the step, so that nothing is lost however small it is. A larger one
/// far below z loses z / max(m, n) times 1e-16.
[[nodiscard]] double digamma_mixed_shift(double z, double m, double n) noexcept;
[[nodiscard]] double trigamma_mixed_shift(double z, double m, double n) noexcept;

/// psi(z), the derivative of log Gamma, for finite z > 0. Relative error below 1e-14, or absolute
/// near its zero at 1.46.
[[nodiscard]] double digamma(double z) noexcept;

/// psi'(z), the second derivative of log Gamma, for finite z > 0. Relative error below 1e-14.
[[nodiscard]] double trigamma(double z) noexcept;

}  // namespace rapport::math

#endif  // RAPPORT_MATH_POLYGAMMA_HPP
