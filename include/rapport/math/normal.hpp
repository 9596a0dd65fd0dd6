#ifndef RAPPORT_MATH_NORMAL_HPP
#define RAPPORT_MATH_NORMAL_HPP

/// \file
/// The standard normal law, as intervals need it.

namespace rapport::math {

/// The z with P(Z <= z) = p. Relative error about 1e-15.
/// \throws std::domain_error unless p is in (0, 1).
[[nodiscard]] double normal_quantile(double p);

/// How many standard errors to either side of an estimate an interval of that level reaches: 1.645
/// for 0.90.
/// \throws std::domain_error unless level is in (0, 1).
[[nodiscard]] double two_sided_quantile(double level);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_NORMAL_HPP
