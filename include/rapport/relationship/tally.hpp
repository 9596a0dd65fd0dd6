#ifndef RAPPORT_RELATIONSHIP_TALLY_HPP
#define RAPPORT_RELATIONSHIP_TALLY_HPP

/// \file
/// How often each of a few things occurred, and which of them is a habit.

#include <rapport/core/estimate.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

namespace rapport::relationship {

/// Counts of the keys that occurred, by ascending key. For the handful of channels or categories
/// that one customer uses: adding is linear in their number.
template <std::totally_ordered Key>
class Tally {
 public:
  struct Count {
    Key key{};
    std::uint32_t count = 0;

    friend constexpr bool operator==(const Count&, const Count&) = default;
  };

  void add(const Key& key, std::uint32_t times = 1) {
    if (times > 0) place_of(key)->count += times;
  }
  void merge(const Tally& other) {
    for (const Count& count : other.counts_) add(count.key, count.count);
  }
  /// \pre every occurrence of `part` is among these.
  void unmerge(const Tally& part) {
    for (const Count& count : part.counts_) {
      const auto at = place_of(count.key);
      at->count -= count.count;
      if (at->count == 0) counts_.erase(at);
    }
  }

  [[nodiscard]] std::span<const Count> counts() const noexcept { return counts_; }
  [[nodiscard]] std::uint32_t total() const noexcept {
    std::uint32_t sum = 0;
    for (const Count& count : counts_) sum += count.count;
    return sum;
  }

  friend bool operator==(const Tally&, const Tally&) = default;

 private:
  auto place_of(const Key& key) {
    auto at = std::ranges::lower_bound(counts_, key, {}, &Count::key);
    if (at == counts_.end() || at->key != key) at = counts_.insert(at, Count{key, 0});
    return at;
  }

  std::vector<Count> counts_;
};

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
[[nodiscard]] Habit<Key> habit(const Tally<Key>& tally, const HabitRule& rule = {}) {
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

#endif  // RAPPORT_RELATIONSHIP_TALLY_HPP
