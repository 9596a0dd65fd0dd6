#ifndef RAPPORT_FOLD_DAY_CUT_HPP
#define RAPPORT_FOLD_DAY_CUT_HPP

/// \file
/// Where days are cut in a ledger: from its 32-bit times to day numbers of its zone, fast.

#include <rapport/core/zone.hpp>
#include <rapport/fold/entry.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace rapport::fold {

/// The days of one zone over the times of one ledger. A day begins when clocks first show its
/// midnight, so day numbers never fall while time goes on, not even where clocks are put back
/// over a midnight: the minutes shown twice then belong to the later day.
class DayCut {
 public:
  DayCut(const core::Zone& zone, core::Instant epoch);

  /// True if one offset holds for all times: then only_offset() answers for all of them.
  [[nodiscard]] bool one_offset() const noexcept { return pieces_.size() == 1; }

  /// The day of `time` seconds after the epoch.
  [[nodiscard]] DayNumber day(std::uint32_t time) const noexcept {
    std::size_t i = at_slot_[time >> slot_bits];
    while (time > pieces_[i].last) ++i;
    return pieces_[i].day(time);
  }

  /// Times from `first` to `last` at one offset from UTC.
  struct Piece {
    std::uint32_t last;
    std::uint32_t shift;  // seconds from the midnight of base_day to the epoch, less than a day
    DayNumber base_day;
    DayNumber least_day;  // the day that has begun already

    [[nodiscard]] DayNumber day(std::uint32_t time) const noexcept {
      return std::max(least_day, day_unless_put_back(time));
    }
    [[nodiscard]] DayNumber day_unless_put_back(std::uint32_t time) const noexcept {
      return base_day +
             static_cast<DayNumber>((std::uint64_t{time} + shift) / std::uint64_t{86'400});
    }
  };

  /// \pre one_offset().
  [[nodiscard]] const Piece& only_offset() const noexcept { return pieces_.front(); }

  /// The first time of the day: 0 if it began before the epoch, 2^32 if it begins too late for a
  /// ledger. time < begin_of(d) if and only if day(time) < d.
  [[nodiscard]] std::uint64_t begin_of(DayNumber day) const noexcept;

 private:
  // A table of 2^20 seconds (12 days) a slot leads to the piece, or to one just before it.
  static constexpr int slot_bits = 20;

  std::vector<Piece> pieces_;
  std::vector<std::uint32_t> at_slot_;
};

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_DAY_CUT_HPP
