#ifndef RAPPORT_CORE_WIDE_HPP
#define RAPPORT_CORE_WIDE_HPP

/// \file
/// 128-bit integers, for sums and products that 64 bits may not hold.

namespace rapport::core {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

}  // namespace rapport::core

#endif  // RAPPORT_CORE_WIDE_HPP
