#ifndef RAPPORT_SRC_MATH_SPECIAL_VALUES_HPP
#define RAPPORT_SRC_MATH_SPECIAL_VALUES_HPP

/// \file
/// Values that many bodies of this folder name.

#include <limits>

namespace rapport::math {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace rapport::math

#endif
