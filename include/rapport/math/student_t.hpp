#ifndef RAPPORT_MATH_STUDENT_T_HPP
#define RAPPORT_MATH_STUDENT_T_HPP

/// \file
/// Student's t law, as intervals of means need it.

namespace rapport::math {

/// How many standard errors to either side of a mean an interval of that level reaches with so
/// many degrees of freedom, which need not be whole: 2.228 for 0.95 and 10. Relative error about
/// 1e-13.
/// \throws std::domain_error unless level is in (0, 1) and degrees is > 0; infinity is the normal
/// law.
[[nodiscard]] double two_sided_t_quantile(double level, double degrees);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_STUDENT_T_HPP
