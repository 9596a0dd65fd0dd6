#include <rapport/core/business_hours.hpp>

#include <rapport/core/check.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace rapport::core {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 7> weekday_names = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

// Between them day numbers are calendar dates, and local times are far from overflow.
constexpr Day first_day{std::chrono::year::min() / std::chrono::January / 2};
constexpr Day last_day{std::chrono::year::max() / std::chrono::December / 30};

void check_instant(Instant at) {
  if (at >= first_day && at < last_day) return;
  throw_domain_error("BusinessHours", "instant", static_cast<double>(at.time_since_epoch().count()),
                     "a date of the years -32767 to 32767");
}

[[noreturn]] void throw_no_end(Instant from) {
  throw std::overflow_error("BusinessHours: too little working time after " + to_text(from) +
                            " before the calendar ends");
}

void check_weekday(std::size_t weekday, const std::vector<BusinessHours::Interval>& hours) {
  minutes closed_since{0};
  for (const auto& [open, close] : hours) {
    if (open >= closed_since && open < close && close <= minutes{24 * 60}) {
      closed_since = close;
      continue;
    }
    throw std::invalid_argument("BusinessHours: on " + std::string(weekday_names[weekday]) +
                                " the hours from minute " + std::to_string(open.count()) + " to " +
                                std::to_string(close.count()) +
                                " are not within the day, after those before them");
  }
}

}  // namespace

BusinessHours::Week BusinessHours::Week::on(std::initializer_list<std::chrono::weekday> weekdays,
                                            const std::vector<Interval>& hours) const {
  Week week = *this;
  for (const std::chrono::weekday weekday : weekdays) {
    if (!weekday.ok()) throw std::invalid_argument("BusinessHours: no such day of the week");
    week.days[weekday.c_encoding()] = hours;
  }
  return week;
}

BusinessHours::BusinessHours(Week week, std::vector<Day> holidays, Zone zone)
    : week_(std::move(week)), holidays_(std::move(holidays)), zone_(std::move(zone)) {
  for (std::size_t i = 0; i < week_.days.size(); ++i) check_weekday(i, week_.days[i]);
  if (std::all_of(week_.days.begin(), week_.days.end(),
                  [](const auto& day) { return day.empty(); })) {
    throw std::invalid_argument("BusinessHours: no day of the week is open");
  }
  std::sort(holidays_.begin(), holidays_.end());
  holidays_.erase(std::unique(holidays_.begin(), holidays_.end()), holidays_.end());
}

// Calls visit(begin, end) for each stretch of open time after `from`, in order, until it says
// false or the calendar ends.
template <class Visit>
void BusinessHours::visit_openings(Instant from, const Visit& visit) const {
  check_instant(from);
  auto holiday = std::lower_bound(holidays_.begin(), holidays_.end(), zone_.day_of(from));
  for (Day day = zone_.day_of(from); day < last_day; day += std::chrono::days{1}) {
    if (holiday != holidays_.end() && *holiday == day) {
      ++holiday;
      continue;
    }
    const std::chrono::local_seconds midnight{day.time_since_epoch()};
    for (const auto& [open, close] : week_.days[std::chrono::weekday{day}.c_encoding()]) {
      const Instant begin = std::max(from, zone_.instant_of(midnight + open));
      const Instant end = zone_.instant_of(midnight + close);
      if (begin < end && !visit(begin, end)) return;
    }
  }
}

Instant BusinessHours::add(Instant from, seconds working) const {
  if (working < seconds{0}) {
    throw_domain_error("BusinessHours", "working", static_cast<double>(working.count()), ">= 0");
  }
  check_instant(from);
  Instant done = from;
  seconds left = working;
  if (left == seconds{0}) return done;
  visit_openings(from, [&](Instant begin, Instant end) {
    done = begin + std::min(left, end - begin);
    left -= done - begin;
    return left > seconds{0};
  });
  if (left > seconds{0}) throw_no_end(from);
  return done;
}

seconds BusinessHours::working_time_between(Instant begin, Instant end) const {
  if (end < begin) return -working_time_between(end, begin);
  check_instant(end);
  seconds worked{0};
  visit_openings(begin, [&](Instant open, Instant close) {
    if (open < end) worked += std::min(close, end) - open;
    return close < end;
  });
  return worked;
}

Instant BusinessHours::next_opening(Instant from) const {
  Instant opening = Instant::max();
  visit_openings(from, [&](Instant begin, Instant) {
    opening = begin;
    return false;
  });
  if (opening == Instant::max()) throw_no_end(from);
  return opening;
}

}  // namespace rapport::core
