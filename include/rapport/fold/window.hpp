#ifndef RAPPORT_FOLD_WINDOW_HPP
#define RAPPORT_FOLD_WINDOW_HPP

/// \file
/// Which days of a ledger a fold takes in.

#include <rapport/core/time.hpp>
#include <rapport/fold/entry.hpp>

#include <limits>

namespace rapport::fold {

/// The days [begin, end) of the ledger's zone; by default all of them.
struct Window {
  DayNumber begin = std::numeric_limits<DayNumber>::min();
  DayNumber end = std::numeric_limits<DayNumber>::max();

  friend constexpr bool operator==(const Window&, const Window&) = default;
};

/// Everything up to the midnight that follows the last day that counts.
[[nodiscard]] constexpr Window until(core::AsOf as_of) noexcept {
  return {.end = day_number(as_of.day()) + 1};
}

/// From that day on, up to the midnight that follows the last day that counts.
[[nodiscard]] constexpr Window between(core::Day first, core::AsOf last) noexcept {
  return {.begin = day_number(first), .end = day_number(last.day()) + 1};
}

/// The days after `as_of`, up to the midnight that follows `last`: a hold-out.
[[nodiscard]] constexpr Window after(core::AsOf as_of, core::AsOf last) noexcept {
  return {.begin = day_number(as_of.day()) + 1, .end = day_number(last.day()) + 1};
}

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_WINDOW_HPP
