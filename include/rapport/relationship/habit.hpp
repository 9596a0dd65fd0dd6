#ifndef RAPPORT_RELATIONSHIP_HABIT_HPP
#define RAPPORT_RELATIONSHIP_HABIT_HPP

/// \file
/// What somebody usually does, with the support that it has.

#include <rapport/core/estimate.hpp>
#include <rapport/fold/tally.hpp>

#include <concepts>
#include <cstdint>

namespace rapport::relationship {

/// From when on something is a habit.
struct HabitRule {
  std::uint32_t least_events = 5;  ///< fewer say nothing
  double least_share = 0.5;        ///< of the events, in [0, 1]
};

/// What somebody usually does, with its support: so many `of` so many times. Abstained where there
/// were too few occasions, or nothing is usual; support and occasions are told all the same.
template <class T>
struct Habit {
  T value{};
  std::uint32_t support = 0;
  std::uint32_t of = 0;
  core::Status status = core::Status::abstained;

  [[nodiscard]] bool usable() const noexcept { return status == core::Status::known; }

  friend bool operator==(const Habit&, const Habit&) = default;
};

/// The most frequent key; of equally frequent ones the least.
template <std::totally_ordered Key>
[[nodiscard]] Habit<Key> habit(const fold::Tally<Key>& tally, const HabitRule& rule = {}) {
  Habit<Key> most;
  most.of = tally.total();
  for (const auto& [key, count] : tally.counts()) {
    if (count <= most.support) continue;
    most.value = key;
    most.support = count;
  }
  if (most.of > 0 && most.of >= rule.least_events && most.support >= rule.least_share * most.of) {
    most.status = core::Status::known;
  }
  return most;
}

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_HABIT_HPP
