#ifndef RAPPORT_SRC_CLV_SPECIAL_VALUES_HPP
#define RAPPORT_SRC_CLV_SPECIAL_VALUES_HPP

/// \file
/// Values that many bodies of this folder name.

#include <limits>

namespace rapport::clv {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// What is smaller than a sum by this factor no longer changes it.
inline constexpr double negligible = 1e-17;

}  // namespace rapport::clv

#endif
