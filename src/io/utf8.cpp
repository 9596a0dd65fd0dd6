#include <rapport/io/utf8.hpp>

#include <cstdint>
#include <cstring>

namespace rapport::io {
namespace {

// Bytes of the well-formed sequence that begins at `i`, or 0.
std::size_t sequence_at(std::string_view text, std::size_t i) noexcept {
  const auto byte = [&](std::size_t k) {
    return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U;
  };
  const auto in = [&](std::size_t k, unsigned low, unsigned high) {
    return byte(k) >= low && byte(k) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return in(1, 0x80, 0xBF) ? 2 : 0;
  if (first < 0xF0) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return in(1, low, high) && in(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first > 0xF4) return 0;
  const unsigned low = first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
  return in(1, low, high) && in(2, 0x80, 0xBF) && in(3, 0x80, 0xBF) ? 4 : 0;
}

// True if the eight bytes are all in [1, 127].
bool plain(const char* bytes) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return ((word | (word - ones)) & highs) == 0;
}

}  // namespace

std::size_t first_malformed(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < text.size()) {
    if (text.size() - i >= 8 && plain(text.data() + i)) {
      i += 8;
      continue;
    }
    const std::size_t length = sequence_at(text, i);
    if (length == 0 || text[i] == '\0') return i;
    i += length;
  }
  return text.size();
}

std::string excerpt(std::string_view text, std::size_t limit) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_at(text, i);
    const auto first = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are control characters too.
    const bool control =
        first < 0x20 || first == 0x7F ||
        (first == 0xC2 && length == 2 && static_cast<unsigned char>(text[i + 1]) < 0xA0);
    const std::string_view shown = length == 0 || control ? "?" : text.substr(i, length);
    if (result.size() + shown.size() > limit) return result + "...";
    result += shown;
    i += length == 0 ? 1 : length;
  }
  return result;
}

}  // namespace rapport::io
