#ifndef RAPPORT_TESTS_SUPPORT_DAYS_HPP
#define RAPPORT_TESTS_SUPPORT_DAYS_HPP

/// \file
/// Days of a story, counted from its first: a leap year's 1 January, so that 60 days later it is
/// 1 March.

#include <rapport/core/time.hpp>
#include <rapport/record/stamp.hpp>

#include <chrono>

namespace rapport::tests {

inline constexpr core::Day first_day{std::chrono::year{2024} / 1 / 1};

[[nodiscard]] constexpr core::Day on(int day) { return first_day + std::chrono::days{day}; }

/// What is seen by the end of that day.
[[nodiscard]] constexpr record::PointInTime as_of_day(int day) {
  return {.as_of = core::AsOf(on(day))};
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_DAYS_HPP
