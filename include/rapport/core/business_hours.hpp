#ifndef RAPPORT_CORE_BUSINESS_HOURS_HPP
#define RAPPORT_CORE_BUSINESS_HOURS_HPP

/// \file
/// When a business is open, and arithmetic in its working time: what is due "within four business
/// hours", and how many of them passed until it was done.
///
///     const BusinessHours office(BusinessHours::Week()
///                                    .on({Monday, Tuesday, Wednesday, Thursday, Friday},
///                                        {{9h, 17h}}),
///                                holidays, io::read_zone("Europe/Berlin"));
///     promise.due_at = office.add(promise.stamp.at, 4h);

#include <rapport/core/time.hpp>
#include <rapport/core/zone.hpp>

#include <array>
#include <chrono>
#include <initializer_list>
#include <vector>

namespace rapport::core {

/// Opening hours by weekday, holidays and a zone: an immutable value. A week begins on no
/// particular day, so weeks from Saturday to Wednesday need nothing special.
///
/// All calls take O(days walked) time; instants outside the years -32767 to 32767 are refused with
/// std::domain_error.
class BusinessHours {
 public:
  /// Open from `open` up to `close`, both since local midnight; 24h is the next midnight. A shift
  /// through the night is two intervals, on two days. Where clocks change in between, the interval
  /// is as much shorter or longer; times shown twice are the first of the two.
  struct Interval {
    std::chrono::minutes open, close;

    friend bool operator==(const Interval&, const Interval&) = default;
  };

  /// The intervals of each weekday, in ascending order; a day without any is closed.
  struct Week {
    std::array<std::vector<Interval>, 7> days = {};  ///< Sunday first, as weekday::c_encoding()

    /// The same week with these hours on these days.
    [[nodiscard]] Week on(std::initializer_list<std::chrono::weekday> weekdays,
                          const std::vector<Interval>& hours) const;

    friend bool operator==(const Week&, const Week&) = default;
  };

  /// `holidays`: closed days, in any order.
  /// \throws std::invalid_argument that names the weekday if an interval is empty, leaves the day,
  /// or begins before the one before it ended; and if no day of the week is open.
  explicit BusinessHours(Week week, std::vector<Day> holidays = {}, Zone zone = {});

  /// The first instant at which `working` has passed since `from`: Friday 16:30 and one hour of a
  /// week of 9:00 to 17:00 is Monday 9:30; Friday 16:00 and one hour is Friday 17:00. `from` itself
  /// for no time at all.
  /// \throws std::domain_error if `working` is negative; std::overflow_error if the calendar ends
  /// before.
  [[nodiscard]] Instant add(Instant from, std::chrono::seconds working) const;

  /// The working time in [begin, end); negative if end is before begin. What add() added.
  [[nodiscard]] std::chrono::seconds working_time_between(Instant begin, Instant end) const;

  /// The first instant at or after `from` at which the business is open: `from` if it is then.
  /// \throws std::overflow_error if the calendar ends before.
  [[nodiscard]] Instant next_opening(Instant from) const;

  [[nodiscard]] bool is_open(Instant at) const { return next_opening(at) == at; }

  [[nodiscard]] const Week& week() const noexcept { return week_; }
  /// In ascending order, each once.
  [[nodiscard]] const std::vector<Day>& holidays() const noexcept { return holidays_; }
  [[nodiscard]] const Zone& zone() const noexcept { return zone_; }

  friend bool operator==(const BusinessHours&, const BusinessHours&) = default;

 private:
  template <class Visit>
  void visit_openings(Instant from, const Visit& visit) const;

  Week week_;
  std::vector<Day> holidays_;
  Zone zone_;
};

}  // namespace rapport::core

namespace rapport {

using core::BusinessHours;

}  // namespace rapport

#endif  // RAPPORT_CORE_BUSINESS_HOURS_HPP
