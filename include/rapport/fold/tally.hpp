#ifndef RAPPORT_FOLD_TALLY_HPP
#define RAPPORT_FOLD_TALLY_HPP

/// \file
/// How often each of a few things occurred.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

namespace rapport::fold {

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
  /// The greatest count; 0 if there are none.
  [[nodiscard]] std::uint32_t most() const noexcept {
    std::uint32_t most = 0;
    for (const Count& count : counts_) most = std::max(most, count.count);
    return most;
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

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_TALLY_HPP
