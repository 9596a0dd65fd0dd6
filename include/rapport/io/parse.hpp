#ifndef RAPPORT_IO_PARSE_HPP
#define RAPPORT_IO_PARSE_HPP

/// \file
/// Texts turned into amounts, instants and numbers: exactly or not at all, in every locale the
/// same. Spaces and TABs around the text are ignored.

#include <rapport/core/money.hpp>
#include <rapport/core/refusals.hpp>
#include <rapport/core/time.hpp>
#include <rapport/core/zone.hpp>
#include <rapport/io/dialect.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace rapport::io {

/// A value, or the reason why the text is none.
template <class T>
struct Parsed {
  T value{};
  std::optional<core::Reason> refused = {};

  [[nodiscard]] explicit operator bool() const noexcept { return !refused; }
};

/// Whole minor units written as a decimal number: `12.34` is 1234 of USD, `.5` is 50, `-3` and
/// `+3` are ±300. Never by way of a double.
///
/// Refused: bad_amount for anything else, and so for exponents ("1e3"), "nan", "inf", "0x10",
/// "(5)" and currency signs; inexact_amount if decimals that the currency does not have are not
/// zeros ("12.340" is fine, "12.345" is not); amount_overflow beyond 64 bits. Groups, where the
/// dialect has a mark for them, are of three digits.
[[nodiscard]] Parsed<std::int64_t> parse_minor(std::string_view text,
                                               const core::Currency& currency,
                                               const Dialect& dialect = {});

/// An instant written as ISO 8601: `1997-09-30` or `19970930`, then, if anything, `T` or a space
/// and `12:30`, `12:30:59` or `12:30:59.25` (or without the colons), then, if anything, `Z`,
/// `+03:30`, `+0330` or `+03`. Years are 0000 to 9999.
///
/// Without an offset it is a local time of `zone`; a day alone is its first instant there.
/// Fractions of a second are cut off. `24:00` is the midnight at the end of the day. Second 60 is
/// read as the second after it, and only where a leap second can be: before midnight UTC at the
/// end of June or December. Anything else is refused as bad_date.
[[nodiscard]] Parsed<core::Instant> parse_instant(std::string_view text,
                                                  const core::Zone& zone = {},
                                                  const Dialect& dialect = {});

/// A number, with or without exponent, as the nearest double. Refused as bad_amount: anything
/// else, "nan", "inf", hexadecimal forms, and what is too large for a double or, not being zero,
/// too small.
[[nodiscard]] Parsed<double> parse_number(std::string_view text, const Dialect& dialect = {});

}  // namespace rapport::io

#endif  // RAPPORT_IO_PARSE_HPP
