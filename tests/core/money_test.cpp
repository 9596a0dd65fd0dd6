#include <rapport/core/money.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace rapport::core {
namespace {

constexpr auto most = std::numeric_limits<std::int64_t>::max();
constexpr auto least = std::numeric_limits<std::int64_t>::min();
const Currency usd("USD");

TEST(Currency, KnowsTheDecimalsOfIso4217) {
  EXPECT_EQ(Currency("USD").decimals(), 2);
  EXPECT_EQ(Currency("JPY").decimals(), 0);
  EXPECT_EQ(Currency("KWD").decimals(), 3);
  EXPECT_EQ(Currency("CLF").decimals(), 4);
  EXPECT_EQ(Currency("IRR").decimals(), 0);
  EXPECT_EQ(Currency("KWD").minor_per_major(), 1000);
}

TEST(Currency, RefusesCodesItDoesNotKnowUnlessToldTheirDecimals) {
  for (const char* code : {"", "US", "usd", "USDX", "QQQ", "U D", "SD "}) {
    SCOPED_TRACE(code);
    EXPECT_THROW(Currency{code}, std::invalid_argument);
  }
  EXPECT_EQ(Currency("PTS", 1).decimals(), 1);
  EXPECT_THROW(Currency("PTS", 7), std::invalid_argument);
  EXPECT_THROW(Currency("pts", 1), std::invalid_argument);
}

TEST(Money, AddsExactly) {
  EXPECT_EQ(Money(1, usd) + Money(2, usd), Money(3, usd));
  EXPECT_EQ(Money(1, usd) - Money(2, usd), Money(-1, usd));
  EXPECT_EQ(Money(-7, usd) * 3, Money(-21, usd));
  EXPECT_LT(Money(-7, usd), Money(3, usd));
  EXPECT_EQ(Money(1999, usd).major(), 19.99);
}

TEST(Money, NeverWraps) {
  Money money(most, usd);
  EXPECT_THROW(money += Money(1, usd), std::overflow_error);
  EXPECT_EQ(money, Money(most, usd)) << "a failed sum leaves the amount as it was";
  EXPECT_THROW(Money(least, usd) - Money(1, usd), std::overflow_error);
  EXPECT_THROW(Money(least, usd) * -1, std::overflow_error);
}

TEST(Money, NeverMixesCurrencies) {
  const Money euro(1, Currency("EUR"));
  EXPECT_THROW(Money(1, usd) + euro, std::invalid_argument);
  EXPECT_THROW((void)(Money(1, usd) < euro), std::invalid_argument);
  EXPECT_NE(Money(1, usd), euro);
}

TEST(Money, PrintsAllItsDecimals) {
  EXPECT_EQ(to_text(Money(1234, usd)), "12.34 USD");
  EXPECT_EQ(to_text(Money(-5, usd)), "-0.05 USD");
  EXPECT_EQ(to_text(Money(7, Currency("JPY"))), "7 JPY");
  EXPECT_EQ(decimal_text(least, 2), "-92233720368547758.08");
  EXPECT_EQ(decimal_text(0, 3), "0.000");
}

}  // namespace
}  // namespace rapport::core
