#include <rapport/core/format.hpp>

#include <gtest/gtest.h>

#include <clocale>
#include <cmath>
#include <limits>

namespace rapport::core {
namespace {

TEST(Format, RoundsToTheDecimalsAskedFor) {
  EXPECT_EQ(fixed_text(12.3, 2), "12.30");
  EXPECT_EQ(fixed_text(-0.001, 2), "0.00");
  EXPECT_EQ(fixed_text(-1.5, 0), "-2");
  EXPECT_EQ(fixed_text(std::nan(""), 2), "nan");
  EXPECT_EQ(fixed_text(-std::numeric_limits<double>::infinity(), 2), "-inf");
  EXPECT_EQ(fixed_text(std::numeric_limits<double>::max(), 1).size(), 311U);
}

TEST(Format, GroupsThousands) {
  EXPECT_EQ(grouped_text(1234567.891, 2), "1,234,567.89");
  EXPECT_EQ(grouped_text(-999.0, 0), "-999");
  EXPECT_EQ(grouped_text(-1000.0, 0), "-1,000");
  EXPECT_EQ(grouped_text(std::int64_t{-123456}), "-123,456");
  EXPECT_EQ(grouped_text(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
  EXPECT_EQ(grouped_text(std::nan(""), 2), "nan");
}

TEST(Format, PadsByCharactersNotBytes) {
  EXPECT_EQ(padded("ab", 4), "ab  ");
  EXPECT_EQ(padded("ab", -4), "  ab");
  EXPECT_EQ(padded("مش", 4), "مش  ");
  EXPECT_EQ(padded("longer", 3), "longer");
}

TEST(Format, IsTheSameInEveryLocale) {
  const char* before = std::setlocale(LC_ALL, nullptr);
  const std::string kept = before == nullptr ? "C" : before;
  for (const char* locale : {"de_DE.UTF-8", "fa_IR.UTF-8", "C"}) {
    if (std::setlocale(LC_ALL, locale) == nullptr) continue;  // not on this machine
    EXPECT_EQ(grouped_text(1234.5, 2), "1,234.50") << locale;
  }
  std::setlocale(LC_ALL, kept.c_str());
}

}  // namespace
}  // namespace rapport::core
