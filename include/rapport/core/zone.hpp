#ifndef RAPPORT_CORE_ZONE_HPP
#define RAPPORT_CORE_ZONE_HPP

/// \file
/// A time zone as a value: from when on which offset from UTC holds. It decides on which day an
/// instant falls, and so where a day, and a window that ends with it, is cut.
///
/// The zones of the tz database are read by `io::read_zone`; this header knows no files.

#include <rapport/core/time.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::core {

/// An immutable value, cheap to copy. The default is UTC.
class Zone {
 public:
  /// From `since` on, local time is UTC + `offset`.
  struct Change {
    Instant since;
    std::chrono::seconds offset;

    friend bool operator==(const Change&, const Change&) = default;
  };

  Zone();

  /// A zone of one offset for ever: `Zone::fixed(3h + 30min)`.
  /// \throws std::invalid_argument if the offset is a day or more.
  [[nodiscard]] static Zone fixed(std::chrono::seconds offset);

  /// A zone by its changes, ordered by `since`; before the first, `initial` holds.
  /// \throws std::invalid_argument if they are not strictly ascending or an offset is a day or
  /// more.
  Zone(std::string name, std::chrono::seconds initial, std::vector<Change> changes);

  [[nodiscard]] const std::string& name() const noexcept { return rules_->name; }
  [[nodiscard]] std::chrono::seconds initial_offset() const noexcept { return rules_->initial; }
  [[nodiscard]] const std::vector<Change>& changes() const noexcept { return rules_->changes; }
  [[nodiscard]] bool is_utc() const noexcept {
    return rules_->changes.empty() && rules_->initial == std::chrono::seconds{0};
  }

  [[nodiscard]] std::chrono::seconds offset_at(Instant instant) const noexcept;

  /// The day on which the instant falls here.
  [[nodiscard]] Day day_of(Instant instant) const noexcept {
    return std::chrono::floor<std::chrono::days>(instant + offset_at(instant));
  }

  /// The instant at which clocks here first show that local time. Where they skip it, the instant
  /// of the jump.
  [[nodiscard]] Instant instant_of(std::chrono::local_seconds local) const noexcept;

  /// The first instant of the day here.
  [[nodiscard]] Instant begin_of(Day day) const noexcept {
    return instant_of(std::chrono::local_seconds{day.time_since_epoch()});
  }

  /// Zones of one name and the same changes are equal.
  friend bool operator==(const Zone& a, const Zone& b) noexcept {
    return a.rules_ == b.rules_ || *a.rules_ == *b.rules_;
  }

 private:
  struct Rules {
    std::string name;
    std::chrono::seconds initial;
    std::vector<Change> changes;

    friend bool operator==(const Rules&, const Rules&) = default;
  };

  std::shared_ptr<const Rules> rules_;
};

}  // namespace rapport::core

namespace rapport {

using core::Zone;

}  // namespace rapport

#endif  // RAPPORT_CORE_ZONE_HPP
