#ifndef RAPPORT_IO_DETAIL_SCAN_HPP
#define RAPPORT_IO_DETAIL_SCAN_HPP

/// \file
/// The search for the few bytes that matter in CSV, 64 bytes at a time.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace rapport::io::detail {

/// What stands in a block of 64 bytes, bit i for byte i.
struct BlockMasks {
  std::uint64_t structural;  ///< delimiter, quote, CR or LF
  std::uint64_t suspect;     ///< NUL or not ASCII: the row must be checked as UTF-8
};

/// The readable form, which every faster one must equal.
[[nodiscard]] inline BlockMasks classify_bytewise(const char* block, char delimiter) noexcept {
  BlockMasks masks{0, 0};
  for (unsigned i = 0; i < 64; ++i) {
    const char c = block[i];
    const bool structural = c == delimiter || c == '"' || c == '\n' || c == '\r';
    masks.structural |= std::uint64_t{structural} << i;
    masks.suspect |= std::uint64_t{static_cast<signed char>(c) <= 0} << i;
  }
  return masks;
}

#if defined(__SSE2__)
[[nodiscard]] inline BlockMasks classify(const char* block, char delimiter) noexcept {
  const __m128i delimiters = _mm_set1_epi8(delimiter), quotes = _mm_set1_epi8('"'),
                feeds = _mm_set1_epi8('\n'), returns = _mm_set1_epi8('\r'), ones = _mm_set1_epi8(1);
  BlockMasks masks{0, 0};
  for (unsigned i = 0; i < 64; i += 16) {
    __m128i bytes;
    std::memcpy(&bytes, block + i, sizeof bytes);
    const __m128i structural =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, delimiters), _mm_cmpeq_epi8(bytes, quotes)),
                     _mm_or_si128(_mm_cmpeq_epi8(bytes, feeds), _mm_cmpeq_epi8(bytes, returns)));
    const auto bits = [](__m128i mask) {
      return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(mask))};
    };
    masks.structural |= bits(structural) << i;
    masks.suspect |= bits(_mm_cmplt_epi8(bytes, ones)) << i;  // signed: NUL and above 127
  }
  return masks;
}
#else
[[nodiscard]] inline BlockMasks classify(const char* block, char delimiter) noexcept {
  return classify_bytewise(block, delimiter);
}
#endif

/// Walks over the structural bytes of a text.
class Scanner {
 public:
  Scanner(std::string_view text, char delimiter) noexcept : text_(text), delimiter_(delimiter) {
    seek(0);
  }

  /// The next structural byte searched for is the first one at or after `position`.
  void seek(std::size_t position) noexcept {
    base_ = position;
    suspect_end_ = position;
    load();
  }

  /// The position of the next structural byte, or the size of the text.
  [[nodiscard]] std::size_t next() noexcept {
    while (structural_ == 0) {
      if (text_.size() - base_ <= 64) return text_.size();
      base_ += 64;
      load();
    }
    const auto bit = static_cast<std::size_t>(std::countr_zero(structural_));
    structural_ &= structural_ - 1;
    return base_ + bit;
  }

  /// True if there may be a suspect byte between `position` and what was walked over since.
  [[nodiscard]] bool suspect_since(std::size_t position) const noexcept {
    return suspect_end_ > position;
  }

 private:
  void load() noexcept {
    BlockMasks masks{};
    const std::size_t left = text_.size() - base_;
    if (left >= 64) {
      masks = classify(text_.data() + base_, delimiter_);
    } else {
      char padded[64];
      std::memset(padded, 'a', sizeof padded);
      if (left > 0) std::memcpy(padded, text_.data() + base_, left);
      masks = classify(padded, delimiter_);
    }
    structural_ = masks.structural;
    if (masks.suspect != 0) {
      suspect_end_ = base_ + 64 - static_cast<std::size_t>(std::countl_zero(masks.suspect));
    }
  }

  std::string_view text_;
  char delimiter_;
  std::size_t base_ = 0;
  std::uint64_t structural_ = 0;
  std::size_t suspect_end_ = 0;  // just after the last suspect byte of the blocks loaded
};

}  // namespace rapport::io::detail

#endif  // RAPPORT_IO_DETAIL_SCAN_HPP
