#include <rapport/io/parse.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <string>
#include <system_error>

namespace rapport::io {
namespace {

using core::Reason;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string_view trim(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// A trimmed text in ASCII digits and marks, whatever digits the dialect allows.
class Plain {
 public:
  Plain(std::string_view text, const Dialect& dialect)
      : text_(trim(text)), group_mark_(dialect.group_mark) {
    const bool foreign = dialect.digits == Digits::native &&
                         std::any_of(text_.begin(), text_.end(),
                                     [](char c) { return static_cast<unsigned char>(c) > 0x7F; });
    if (!foreign) return;
    // U+066C says by itself that it parts groups.
    if (group_mark_ == Dialect::none) group_mark_ = '\'';
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const auto lead = static_cast<unsigned char>(text_[i]);
      const unsigned next = i + 1 < text_.size() ? static_cast<unsigned char>(text_[i + 1]) : 0U;
      if (lead == 0xD9 && next >= 0xA0 && next <= 0xA9) {  // U+0660 to U+0669
        folded_ += static_cast<char>('0' + (next - 0xA0));
      } else if (lead == 0xDB && next >= 0xB0 && next <= 0xB9) {  // U+06F0 to U+06F9
        folded_ += static_cast<char>('0' + (next - 0xB0));
      } else if (lead == 0xD9 && next == 0xAB) {
        folded_ += dialect.decimal_mark;
      } else if (lead == 0xD9 && next == 0xAC) {
        folded_ += group_mark_;
      } else {
        folded_ += text_[i];
        continue;
      }
      ++i;
    }
    text_ = folded_;
  }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;

  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] char group_mark() const noexcept { return group_mark_; }

 private:
  std::string_view text_;
  std::string folded_;
  char group_mark_;
};

// Reads from the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool done() const noexcept { return rest_.empty(); }
  [[nodiscard]] bool at(char c) const noexcept { return !rest_.empty() && rest_.front() == c; }
  [[nodiscard]] bool at_digit() const noexcept { return !rest_.empty() && is_digit(rest_.front()); }
  char take() noexcept {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  bool take(char c) noexcept {
    if (!at(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Exactly so many digits.
  std::optional<unsigned> digits(std::size_t count) noexcept {
    if (rest_.size() < count) return std::nullopt;
    unsigned number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return std::nullopt;
      number = 10 * number + static_cast<unsigned>(rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return number;
  }

 private:
  std::string_view rest_;
};

// A whole number growing digit by digit.
class Magnitude {
 public:
  void push(char digit) noexcept {
    overflow_ |= __builtin_mul_overflow(value_, std::uint64_t{10}, &value_);
    overflow_ |= __builtin_add_overflow(value_, static_cast<std::uint64_t>(digit - '0'), &value_);
  }
  [[nodiscard]] std::optional<std::int64_t> with_sign(bool negative) const noexcept {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (overflow_ || value_ > most + (negative ? 1 : 0)) return std::nullopt;
    return static_cast<std::int64_t>(negative ? 0 - value_ : value_);
  }

 private:
  std::uint64_t value_ = 0;
  bool overflow_ = false;
};

// Digits before the decimal mark, in groups of three where there is a mark between them. False if
// the groups are wrong; `any` says whether there were digits.
template <class Push>
bool take_whole(Cursor& cursor, char group_mark, bool& any, const Push& push) {
  std::size_t group = 0;
  bool grouped = false;
  for (;;) {
    if (cursor.at_digit()) {
      push(cursor.take());
      ++group;
      any = true;
    } else if (group_mark != Dialect::none && cursor.take(group_mark)) {
      if (group == 0 || group > 3 || (grouped && group != 3)) return false;
      grouped = true;
      group = 0;
    } else {
      return !grouped || group == 3;
    }
  }
}

struct Clock {
  std::chrono::seconds since_midnight;
  bool leap_second;
};

// hh:mm[:ss[.f]] or hhmm[ss[.f]]
std::optional<Clock> take_clock(Cursor& cursor) noexcept {
  const auto hour = cursor.digits(2);
  const bool colons = cursor.take(':');
  const auto minute = cursor.digits(2);
  if (!hour || !minute || *hour > 24 || *minute > 59) return std::nullopt;
  unsigned second = 0;
  bool fraction = false;
  if (colons ? cursor.take(':') : cursor.at_digit()) {
    const auto seconds = cursor.digits(2);
    if (!seconds || *seconds > 60) return std::nullopt;
    second = *seconds;
    if (cursor.take('.') || cursor.take(',')) {
      if (!cursor.at_digit()) return std::nullopt;
      while (cursor.at_digit()) fraction |= cursor.take() != '0';
    }
  }
  if (*hour == 24 && (*minute != 0 || second != 0 || fraction)) return std::nullopt;
  return Clock{
      std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{second},
      second == 60};
}

// +hh, +hhmm or +hh:mm, of either sign.
std::optional<std::chrono::seconds> take_offset(Cursor& cursor) noexcept {
  const bool west = cursor.at('-');
  if (!west && !cursor.at('+')) return std::nullopt;
  cursor.take();
  const auto hours = cursor.digits(2);
  if (!hours || *hours > 23) return std::nullopt;
  unsigned minutes = 0;
  if (cursor.take(':') || cursor.at_digit()) {
    const auto digits = cursor.digits(2);
    if (!digits || *digits > 59) return std::nullopt;
    minutes = *digits;
  }
  const std::chrono::seconds size = std::chrono::hours{*hours} + std::chrono::minutes{minutes};
  return west ? -size : size;
}

bool may_follow_a_leap_second(core::Instant instant) noexcept {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  return instant == day && date.day() == std::chrono::day{1} &&
         (date.month() == std::chrono::January || date.month() == std::chrono::July);
}

std::optional<core::Instant> instant_of(std::string_view text, const core::Zone& zone) {
  Cursor cursor(text);
  const auto year = cursor.digits(4);
  const bool dashes = cursor.take('-');
  const auto month = cursor.digits(2);
  if (!year || !month || dashes != cursor.take('-')) return std::nullopt;
  const auto day = cursor.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{*month}, std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  const core::Day midnight{date};
  if (cursor.done()) return zone.begin_of(midnight);

  if (!cursor.take('T') && !cursor.take('t') && !cursor.take(' ')) return std::nullopt;
  const auto clock = take_clock(cursor);
  if (!clock) return std::nullopt;
  const std::chrono::seconds local = midnight.time_since_epoch() + clock->since_midnight;
  std::optional<core::Instant> instant;
  if (cursor.done()) {
    instant = zone.instant_of(std::chrono::local_seconds{local});
  } else {
    cursor.take(' ');
    if (cursor.take('Z') || cursor.take('z')) {
      instant = core::Instant{local};
    } else if (const auto offset = take_offset(cursor)) {
      instant = core::Instant{local - *offset};
    }
    if (!cursor.done()) return std::nullopt;
  }
  if (instant && clock->leap_second && !may_follow_a_leap_second(*instant)) return std::nullopt;
  return instant;
}

}  // namespace

Parsed<std::int64_t> parse_minor(std::string_view text, const core::Currency& currency,
                                 const Dialect& dialect) {
  const Plain plain(text, dialect);
  Cursor cursor(plain.text());
  const bool negative = cursor.take('-');
  if (!negative) cursor.take('+');
  Magnitude magnitude;
  bool any = false;
  const bool whole =
      take_whole(cursor, plain.group_mark(), any, [&](char digit) { magnitude.push(digit); });
  if (!whole) return {0, Reason::bad_amount};
  int places = 0;
  bool inexact = false;
  if (cursor.take(dialect.decimal_mark)) {
    while (cursor.at_digit()) {
      const char digit = cursor.take();
      any = true;
      if (places == currency.decimals()) {
        inexact |= digit != '0';
      } else {
        magnitude.push(digit);
        ++places;
      }
    }
  }
  if (!any || !cursor.done()) return {0, Reason::bad_amount};
  for (; places < currency.decimals(); ++places) magnitude.push('0');
  const auto minor = magnitude.with_sign(negative);
  if (!minor) return {0, Reason::amount_overflow};
  if (inexact) return {0, Reason::inexact_amount};
  return {*minor};
}

Parsed<core::Instant> parse_instant(std::string_view text, const core::Zone& zone,
                                    const Dialect& dialect) {
  const Plain plain(text, dialect);
  if (const auto instant = instant_of(plain.text(), zone)) return {*instant};
  return {{}, Reason::bad_date};
}

Parsed<double> parse_number(std::string_view text, const Dialect& dialect) {
  const Plain plain(text, dialect);
  // The same number with a point and without groups, as from_chars reads it.
  std::string number;
  Cursor cursor(plain.text());
  if (cursor.take('-')) {
    number += '-';
  } else {
    cursor.take('+');
  }
  bool any = false;
  const auto append = [&](char digit) { number += digit; };
  if (!take_whole(cursor, plain.group_mark(), any, append)) return {0, Reason::bad_amount};
  if (cursor.take(dialect.decimal_mark)) {
    number += '.';
    for (; cursor.at_digit(); any = true) append(cursor.take());
  }
  if (any && (cursor.at('e') || cursor.at('E'))) {
    number += cursor.take();
    if (cursor.at('+') || cursor.at('-')) number += cursor.take();
    any = cursor.at_digit();
    while (cursor.at_digit()) append(cursor.take());
  }
  if (!any || !cursor.done()) return {0, Reason::bad_amount};
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size()) return {0, Reason::bad_amount};
  return {value};
}

}  // namespace rapport::io
