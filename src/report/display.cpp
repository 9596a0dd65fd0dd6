#include "display.hpp"

#include <cstddef>
#include <cstdint>

namespace rapport::report {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// The code point at `i` and the bytes that it takes; no bytes where it is malformed.
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;
};

CodePoint code_point(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const std::uint32_t first = byte(i);
  const std::size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (bytes == 1) return {first, 1};
  if (first < 0xC2 || first > 0xF4 || text.size() - i < bytes) return {};
  std::uint32_t value = first & (0x7FU >> bytes);
  for (std::size_t k = 1; k < bytes; ++k) {
    if ((byte(i + k) & 0xC0U) != 0x80) return {};
    value = value << 6U | (byte(i + k) & 0x3FU);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[bytes] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {};
  return {value, bytes};
}

bool is_control(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

// Embeddings, overrides, isolates and marks of direction.
bool is_direction(std::uint32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

std::string isolated(std::string_view text) {
  std::string clean;
  bool ascii = true;
  for (std::size_t i = 0; i < text.size();) {
    const auto [value, bytes] = code_point(text, i);
    if (bytes == 0) {
      clean += replacement;
      ascii = false;
      ++i;
      continue;
    }
    if (is_control(value)) {
      clean += ' ';
    } else if (!is_direction(value)) {
      clean += text.substr(i, bytes);
      ascii = ascii && bytes == 1;
    }
    i += bytes;
  }
  return ascii ? clean : "\xE2\x81\xA8" + clean + "\xE2\x81\xA9";
}

}  // namespace rapport::report
