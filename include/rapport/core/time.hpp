#ifndef RAPPORT_CORE_TIME_HPP
#define RAPPORT_CORE_TIME_HPP

/// \file
/// Instants, days, units of time and rates per unit of time.
///
/// The unit of time travels with the number: a horizon is `weeks(52)`, never 52, and a yearly
/// discount rate is an AnnualRate that only gives a rate per period when it is told the period.
/// The library never reads a clock: every call that depends on a date names its AsOf.

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace rapport::core {

/// A point in time, UTC, in whole seconds.
using Instant = std::chrono::sys_seconds;

/// A calendar day (Gregorian), without a time zone.
using Day = std::chrono::sys_days;

class TimeSpan;

/// A unit in which times are given: a day, a week of 7 days, a month of 365.2425 / 12 days, a year
/// of 365.2425 days. It is a unit only; it merges no purchases and follows no calendar.
class Period {
 public:
  enum class Unit : std::uint8_t { day, week, month, year };

  constexpr explicit Period(Unit unit) noexcept : unit_(unit) {}

  [[nodiscard]] constexpr Unit unit() const noexcept { return unit_; }

  /// Length in days, > 0.
  [[nodiscard]] constexpr double days() const noexcept {
    switch (unit_) {
      case Unit::week: return 7;
      case Unit::month: return 365.2425 / 12;
      case Unit::year: return 365.2425;
      case Unit::day: break;
    }
    return 1;
  }

  /// "day", "week", "month" or "year".
  [[nodiscard]] constexpr std::string_view name() const noexcept {
    switch (unit_) {
      case Unit::week: return "week";
      case Unit::month: return "month";
      case Unit::year: return "year";
      case Unit::day: break;
    }
    return "day";
  }

  /// A span of `count` such units: `weeks(52)`.
  [[nodiscard]] constexpr TimeSpan operator()(double count) const noexcept;

  friend constexpr bool operator==(Period, Period) = default;

 private:
  Unit unit_;
};

inline constexpr Period days{Period::Unit::day};
inline constexpr Period weeks{Period::Unit::week};
inline constexpr Period months{Period::Unit::month};
inline constexpr Period years{Period::Unit::year};

/// The period of that name ("day", "week", "month", "year").
/// \throws std::invalid_argument for any other text.
[[nodiscard]] Period period(std::string_view name);

/// A length of time that knows its unit.
class TimeSpan {
 public:
  constexpr TimeSpan(double count, Period unit) noexcept : count_(count), unit_(unit) {}

  [[nodiscard]] constexpr double count() const noexcept { return count_; }
  [[nodiscard]] constexpr Period unit() const noexcept { return unit_; }

  /// The same length counted in another unit; the very count if the unit is the same.
  [[nodiscard]] constexpr double in(Period other) const noexcept {
    return other == unit_ ? count_ : count_ * unit_.days() / other.days();
  }

 private:
  double count_;
  Period unit_;
};

constexpr TimeSpan Period::operator()(double count) const noexcept { return {count, *this}; }

/// "52 weeks", "1 day", "1.5 months".
[[nodiscard]] std::string to_text(TimeSpan span);

/// An effective yearly discount rate: 0.10 turns 110 in a year into 100 today. It converts from a
/// bare number, since the type says the unit, and turns into a rate per period only by name.
class AnnualRate {
 public:
  /// \throws std::domain_error unless `effective` is finite and > -1.
  // Implicit on purpose: `.annual_discount = 0.10` names the unit already.
  AnnualRate(double effective);  // NOLINT(google-explicit-constructor)

  [[nodiscard]] double effective() const noexcept { return effective_; }

  /// The continuous rate delta per `period`: a payment t periods away is worth exp(-delta t).
  [[nodiscard]] double continuous_per(Period period) const noexcept;

 private:
  double effective_;
};

/// The last day that counts, inclusive: windows end at the midnight that follows it.
class AsOf {
 public:
  /// \throws std::domain_error for a day that no calendar date of std::chrono names, such as
  /// Day::max(): day numbers around it would overflow.
  constexpr explicit AsOf(Day day) : day_(day) {
    using std::chrono::year;
    if (day < Day{year::min() / 1 / 1} || day > Day{year::max() / 12 / 31}) throw_no_date(day);
  }
  [[nodiscard]] constexpr Day day() const noexcept { return day_; }
  friend constexpr auto operator<=>(AsOf, AsOf) = default;

 private:
  [[noreturn]] static void throw_no_date(Day day);

  Day day_;
};

/// The day written `YYYY-MM-DD`.
/// \throws std::invalid_argument that quotes the text if it is no such day.
[[nodiscard]] AsOf as_of(std::string_view iso_day);
[[nodiscard]] constexpr AsOf as_of(Day day) { return AsOf(day); }

/// `1997-09-30`; years outside 0 to 9999 carry a sign.
[[nodiscard]] std::string to_text(Day day);
/// `1997-09-30T12:00:00Z`.
[[nodiscard]] std::string to_text(Instant instant);

}  // namespace rapport::core

namespace rapport {

using core::AnnualRate;
using core::as_of;
using core::AsOf;
using core::days;
using core::months;
using core::Period;
using core::TimeSpan;
using core::to_text;
using core::weeks;
using core::years;

}  // namespace rapport

#endif  // RAPPORT_CORE_TIME_HPP
