#include <rapport/core/check.hpp>
#include <rapport/core/time.hpp>

#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace rapport::core {
namespace {

[[noreturn]] void throw_no_day(std::string_view text) {
  throw std::invalid_argument("as_of: \"" + std::string(text) +
                              "\" is not a day of the form YYYY-MM-DD");
}

}  // namespace

Period period(std::string_view name) {
  for (const Period p : {days, weeks, months, years}) {
    if (p.name() == name) return p;
  }
  throw std::invalid_argument("period: \"" + std::string(name) +
                              "\" is not day, week, month or year");
}

std::string to_text(TimeSpan span) {
  std::string text = to_text(span.count());
  text.append(" ").append(span.unit().name());
  if (span.count() != 1) text += 's';
  return text;
}

AnnualRate::AnnualRate(double effective) : effective_(effective) {
  if (!(std::isfinite(effective) && effective > -1)) {
    throw_domain_error("AnnualRate", "effective", effective, "finite and > -1");
  }
}

double AnnualRate::continuous_per(Period period) const noexcept {
  return std::log1p(effective_) * (period.days() / years.days());
}

void AsOf::throw_no_date(Day day) {
  throw_domain_error("AsOf", "day number", static_cast<double>(day.time_since_epoch().count()),
                     "a date of the years -32767 to 32767");
}

AsOf as_of(std::string_view iso_day) {
  const auto digits = [&](std::size_t begin, std::size_t end) {
    int number = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (iso_day[i] < '0' || iso_day[i] > '9') throw_no_day(iso_day);
      number = 10 * number + (iso_day[i] - '0');
    }
    return number;
  };
  if (iso_day.size() != 10 || iso_day[4] != '-' || iso_day[7] != '-') throw_no_day(iso_day);
  const std::chrono::year_month_day date{std::chrono::year{digits(0, 4)},
                                         std::chrono::month{static_cast<unsigned>(digits(5, 7))},
                                         std::chrono::day{static_cast<unsigned>(digits(8, 10))}};
  if (!date.ok()) throw_no_day(iso_day);
  return AsOf(Day{date});
}

std::string to_text(Day day) {
  const std::chrono::year_month_day date{day};
  char buffer[32];
  const int size =
      std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02u", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return {buffer, static_cast<std::size_t>(size)};
}

std::string to_text(Instant instant) {
  const Day day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::hh_mm_ss time{instant - day};
  char buffer[16];
  const int size = std::snprintf(
      buffer, sizeof buffer, "T%02d:%02d:%02dZ", static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return to_text(day).append(buffer, static_cast<std::size_t>(size));
}

}  // namespace rapport::core
