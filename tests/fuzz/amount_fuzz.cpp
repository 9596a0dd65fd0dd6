/// \file
/// Amounts and numbers: what is taken reads back as the same, and what one dialect takes as a
/// plain decimal, every one does. The first byte chooses decimals and dialect.

#include <rapport/io/parse.hpp>

#include "fuzz/require.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapport;
  if (size < 1) return 0;
  const core::Currency currency("XXA", data[0] % 7);
  io::Dialect dialect;
  if ((data[0] & 0x80U) != 0) dialect.digits = io::Digits::native;
  if ((data[0] & 0x40U) != 0) dialect.decimal_mark = ',';
  if ((data[0] & 0x20U) != 0) dialect.group_mark = (data[0] & 0x40U) != 0 ? '.' : ',';
  const std::string_view text = fuzz::text_of(data + 1, size - 1);

  if (const auto minor = io::parse_minor(text, currency, dialect)) {
    std::string printed = core::decimal_text(minor.value, currency.decimals());
    const auto again = io::parse_minor(printed, currency);
    fuzz::require(!again.refused && again.value == minor.value, "amounts read back");
    const auto number = io::parse_number(text, dialect);
    fuzz::require(!number.refused, "an amount is a number");
    // Both are the nearest double of nearly the same decimal.
    const double expected = static_cast<double>(minor.value) / std::pow(10, currency.decimals());
    fuzz::require(std::abs(number.value - expected) <= 1e-15 * std::abs(expected),
                  "amount and number agree");
  }
  if (const auto number = io::parse_number(text, dialect)) {
    fuzz::require(std::isfinite(number.value), "numbers are finite");
    char printed[32];
    const auto end = std::to_chars(printed, printed + sizeof printed, number.value).ptr;
    const auto again = io::parse_number({printed, static_cast<std::size_t>(end - printed)});
    fuzz::require(!again.refused && std::bit_cast<std::uint64_t>(again.value) ==
                                        std::bit_cast<std::uint64_t>(number.value),
                  "numbers read back");
  }
  return 0;
}
