#ifndef RAPPORT_SRC_RELATIONSHIP_SPECIAL_VALUES_HPP
#define RAPPORT_SRC_RELATIONSHIP_SPECIAL_VALUES_HPP

/// \file
/// Values that many bodies of this folder name.

#include <limits>

namespace rapport::relationship {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace rapport::relationship

#endif
