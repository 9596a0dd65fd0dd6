#ifndef RAPPORT_MATH_CHI_SQUARED_HPP
#define RAPPORT_MATH_CHI_SQUARED_HPP

/// \file
/// The chi-squared law, as tests of fit need it.

namespace rapport::math {

/// The probability that a chi-squared variable with `degrees` > 0 of freedom exceeds `value` >= 0:
/// the p-value of a test of fit. Relative error below 1e-13 as far as it does not underflow; NaN
/// outside the domain.
[[nodiscard]] double chi_squared_tail(double value, double degrees) noexcept;

}  // namespace rapport::math

#endif  // RAPPORT_MATH_CHI_SQUARED_HPP
