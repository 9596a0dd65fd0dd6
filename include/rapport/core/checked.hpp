#ifndef RAPPORT_CORE_CHECKED_HPP
#define RAPPORT_CORE_CHECKED_HPP

/// \file
/// Whole numbers that are added and never wrap: sums of minor units that nothing has proved small.

#include <cstdint>
#include <string_view>

namespace rapport::core {

/// Throws std::overflow_error `PLACE: the sum leaves 64 bits`.
[[noreturn]] void throw_overflow(std::string_view place);

/// `sum` becomes sum + value; unchanged if that is refused.
/// \throws std::overflow_error that names `place` if the result leaves 64 bits.
inline void add_checked(std::int64_t& sum, std::int64_t value, std::string_view place) {
  std::int64_t result = 0;
  if (__builtin_add_overflow(sum, value, &result)) throw_overflow(place);
  sum = result;
}

/// `sum` becomes sum - value; unchanged if that is refused.
/// \throws std::overflow_error that names `place` if the result leaves 64 bits.
inline void subtract_checked(std::int64_t& sum, std::int64_t value, std::string_view place) {
  std::int64_t result = 0;
  if (__builtin_sub_overflow(sum, value, &result)) throw_overflow(place);
  sum = result;
}

}  // namespace rapport::core

#endif  // RAPPORT_CORE_CHECKED_HPP
