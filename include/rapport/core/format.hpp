#ifndef RAPPORT_CORE_FORMAT_HPP
#define RAPPORT_CORE_FORMAT_HPP

/// \file
/// Numbers as people read them, the same in every locale.

#include <cstdint>
#include <string>
#include <string_view>

namespace rapport::core {

/// `value` rounded to so many decimals: `12.30` for 12.3 with 2. `nan` and `inf` as such; never
/// `-0.00`.
[[nodiscard]] std::string fixed_text(double value, int decimals);

/// The same with the whole part in groups of three: `1,234,567.89`.
[[nodiscard]] std::string grouped_text(double value, int decimals);

/// `1,234,567`.
[[nodiscard]] std::string grouped_text(std::int64_t value);
[[nodiscard]] std::string grouped_text(std::uint64_t value);

/// `text` with spaces to its right, or to its left where `width` is negative, up to that many
/// characters (code points of UTF-8). Longer texts stay whole.
[[nodiscard]] std::string padded(std::string_view text, int width);

}  // namespace rapport::core

#endif  // RAPPORT_CORE_FORMAT_HPP
