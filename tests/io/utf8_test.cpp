#include <rapport/io/utf8.hpp>

#include "support/csv_reference.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rapport::io {
namespace {

std::string bytes_of(unsigned code) {
  const auto byte = [](unsigned value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F))};
  if (code < 0x10000) {
    return {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))};
  }
  return {byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F)),
          byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))};
}

TEST(Utf8, TakesEveryCodePointButSurrogatesAndNul) {
  for (unsigned code = 0; code <= 0x10FFFF; ++code) {
    const std::string text = bytes_of(code);
    const bool good = code != 0 && (code < 0xD800 || code > 0xDFFF);
    ASSERT_EQ(first_malformed(text) == text.size(), good) << code;
  }
}

// Table 3-7 leaves out far more than it takes: all texts of one to three bytes that begin with a
// byte above 127, and of four with every second and the edges of the third and fourth.
TEST(Utf8, RefusesEverySequenceThatTheTableDoesNotHave) {
  const auto expect_same = [](const std::string& text) {
    ASSERT_EQ(first_malformed(text) == text.size(), tests::is_text(text))
        << testing::PrintToString(text);
  };
  for (unsigned a = 0x80; a <= 0xFF; ++a) {
    expect_same({static_cast<char>(a)});
    for (unsigned b = 0; b <= 0xFF; ++b) {
      expect_same({static_cast<char>(a), static_cast<char>(b)});
      for (unsigned c = 0; c <= 0xFF; c += a < 0xE0 ? 17 : 1) {
        expect_same({static_cast<char>(a), static_cast<char>(b), static_cast<char>(c)});
      }
      if (a < 0xF0) continue;
      for (const unsigned c : {0x7FU, 0x80U, 0xBFU, 0xC0U}) {
        for (const unsigned d : {0x00U, 0x7FU, 0x80U, 0xBFU, 0xC0U, 0xFFU}) {
          expect_same({static_cast<char>(a), static_cast<char>(b), static_cast<char>(c),
                       static_cast<char>(d)});
        }
      }
    }
  }
}

TEST(Utf8, SaysWhereItBreaks) {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'x');
    text[at] = '\x80';
    EXPECT_EQ(first_malformed(text), at);
    text[at] = '\0';
    EXPECT_EQ(first_malformed(text), at);
  }
  EXPECT_EQ(first_malformed("na\xC3\xAFve"), 6U);
}

TEST(Excerpt, HoldsNoControlCharactersAndIsShort) {
  EXPECT_EQ(excerpt("a\x1B[31m\tb\xC2\x85\xFF"), "a?[31m?b??");
  EXPECT_EQ(excerpt("\xDB\xB1\xDB\xB2", 3), "\xDB\xB1...");
  EXPECT_EQ(excerpt(std::string(100, 'x')), std::string(40, 'x').append("..."));
}

}  // namespace
}  // namespace rapport::io
