#include <rapport/core/format.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace rapport::core {
namespace {

// Commas into the digits of the whole part.
std::string grouped(std::string text) {
  const std::size_t first = !text.empty() && text.front() == '-' ? 1 : 0;
  std::size_t end = std::min(text.find('.'), text.size());
  while (end > first + 3) text.insert(end -= 3, 1, ',');
  return text;
}

}  // namespace

std::string fixed_text(double value, int decimals) {
  if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  // The largest double has 309 digits before the point.
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, std::clamp(decimals, 0, 60))
                       .ptr;
  std::string text(buffer.data(), end);
  if (text.front() == '-' && text.find_first_not_of("-0.") == std::string::npos) text.erase(0, 1);
  return text;
}

std::string grouped_text(double value, int decimals) {
  std::string text = fixed_text(value, decimals);
  return std::isfinite(value) ? grouped(std::move(text)) : text;
}

std::string grouped_text(std::int64_t value) { return grouped(std::to_string(value)); }
std::string grouped_text(std::uint64_t value) { return grouped(std::to_string(value)); }

std::string padded(std::string_view text, int width) {
  const auto characters = std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  });
  std::string result(text);
  const auto missing = std::abs(width) - characters;
  if (missing > 0) {
    result.insert(width < 0 ? 0 : result.size(), static_cast<std::size_t>(missing), ' ');
  }
  return result;
}

}  // namespace rapport::core
