#ifndef RAPPORT_SRC_IO_PLAIN_FIELDS_HPP
#define RAPPORT_SRC_IO_PLAIN_FIELDS_HPP

/// \file
/// Fields as most files write them, read eight bytes at a time. Whatever is not of that form is
/// left to the readers of any form, so what is read here is what those would read.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace rapport::io::detail {

/// The number that 1 to 8 digits write; nothing for any other text.
[[nodiscard]] inline std::optional<std::uint32_t> few_digits(std::string_view text) noexcept {
  if (text.empty() || text.size() > 8) return std::nullopt;
  // The first digit in the lowest byte, then all of them moved up behind zeros. Reads that overlap
  // agree, and none is beyond the text.
  constexpr std::uint64_t zeros = 0x3030303030303030;
  const std::size_t size = text.size();
  const auto byte = [&](std::size_t i) {
    return std::uint64_t{static_cast<unsigned char>(text[i])};
  };
  std::uint64_t digits = 0;
  if (size >= 4) {
    const auto four_from = [&](std::size_t i) {
      return byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24;
    };
    digits = four_from(0) | four_from(size - 4) << 8 * (size - 4);
  } else {
    digits = byte(0) | byte(size / 2) << 8 * (size / 2) | byte(size - 1) << 8 * (size - 1);
  }
  if (size < 8) digits = digits << 8 * (8 - size) | zeros >> 8 * size;
  constexpr std::uint64_t high_halves = 0xF0F0F0F0F0F0F0F0;
  if ((digits & high_halves) != zeros) return std::nullopt;
  if (((digits + 0x0606060606060606) & high_halves) != zeros) return std::nullopt;
  digits -= zeros;
  digits = digits * 10 + (digits >> 8);  // pairs, in every second byte
  constexpr std::uint64_t mask = 0x000000FF000000FF;
  digits = ((digits & mask) * (100 + (std::uint64_t{1'000'000} << 32)) +
            ((digits >> 16) & mask) * (1 + (std::uint64_t{10'000} << 32))) >>
           32;
  return static_cast<std::uint32_t>(digits);
}

/// A customer key that is a whole number of up to 16 digits, as canonical_integer reads it.
[[nodiscard]] inline std::optional<std::int64_t> plain_key(std::string_view text) noexcept {
  if (text.size() > 16 || text.empty() || (text.front() == '0' && text.size() > 1)) {
    return std::nullopt;
  }
  const std::size_t high_size = text.size() > 8 ? text.size() - 8 : 0;
  const auto low = few_digits(text.substr(high_size));
  if (!low) return std::nullopt;
  if (high_size == 0) return *low;
  const auto high = few_digits(text.substr(0, high_size));
  if (!high) return std::nullopt;
  return std::int64_t{*high} * 100'000'000 + *low;
}

/// An amount of up to 8 digits, the decimal mark, and as many digits as the currency has, as
/// parse_minor reads it.
class PlainAmount {
 public:
  PlainAmount(int decimals, char mark)
      : decimals_(static_cast<std::size_t>(decimals)), mark_(mark) {}

  [[nodiscard]] std::optional<std::int64_t> operator()(std::string_view text) const noexcept {
    const bool negative = !text.empty() && text.front() == '-';
    if (negative) text.remove_prefix(1);
    if (decimals_ == 0 || text.size() < decimals_ + 2) return std::nullopt;
    const std::size_t mark = text.size() - decimals_ - 1;
    if (text[mark] != mark_) return std::nullopt;
    const auto whole = few_digits(text.substr(0, mark));
    if (!whole) return std::nullopt;
    std::int64_t minor = *whole;
    for (const char digit : text.substr(mark + 1)) {
      if (digit < '0' || digit > '9') return std::nullopt;
      minor = 10 * minor + (digit - '0');
    }
    return negative ? -minor : minor;
  }

 private:
  std::size_t decimals_;
  char mark_;
};

/// What texts of ten bytes, as days are, were read to be: a file has few different ones.
class ReadDays {
 public:
  [[nodiscard]] std::optional<std::int64_t> find(std::string_view text) const noexcept {
    if (text.size() != text_size) return std::nullopt;
    const Text key = text_of(text);
    const Place& place = places_[place_of(key)];
    if (place.text.head != key.head || place.text.tail != key.tail) return std::nullopt;
    return place.seconds;
  }

  void keep(std::string_view text, std::int64_t seconds) noexcept {
    if (text.size() != text_size) return;
    const Text key = text_of(text);
    places_[place_of(key)] = {key, seconds};
  }

 private:
  static constexpr std::size_t text_size = 10;
  static constexpr int place_bits = 11;

  struct Text {
    std::uint64_t head = 0;
    std::uint16_t tail = 0;  // no text of ten bytes that was read as a day ends with two NULs
  };
  struct Place {
    Text text;
    std::int64_t seconds = 0;
  };

  [[nodiscard]] static Text text_of(std::string_view text) noexcept {
    Text key;
    std::memcpy(&key.head, text.data(), sizeof key.head);
    std::memcpy(&key.tail, text.data() + sizeof key.head, sizeof key.tail);
    return key;
  }
  [[nodiscard]] static std::size_t place_of(const Text& key) noexcept {
    return static_cast<std::size_t>(
        ((key.head ^ std::uint64_t{key.tail} << 13) * 0x9e3779b97f4a7c15) >> (64 - place_bits));
  }

  std::array<Place, std::size_t{1} << place_bits> places_{};
};

}  // namespace rapport::io::detail

#endif  // RAPPORT_SRC_IO_PLAIN_FIELDS_HPP
