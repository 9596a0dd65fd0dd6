#include <rapport/core/discount.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <type_traits>

namespace rapport::core {
namespace {

// A number is no rate, a weekly rate is no yearly one, and a yearly one says so by its type.
static_assert(!std::is_convertible_v<double, DiscountRate>);
static_assert(!std::is_convertible_v<int, DiscountRate>);
static_assert(!std::is_constructible_v<DiscountRate, double>);
static_assert(!std::is_convertible_v<DiscountRate, AnnualRate>);
static_assert(!std::is_convertible_v<DiscountRate, double>);
static_assert(std::is_convertible_v<AnnualRate, DiscountRate>);

TEST(DiscountRate, OfTenPercentAYearTurnsAHundredAndTenIntoAHundred) {
  const auto rate = DiscountRate::effective(0.10, years);
  EXPECT_NEAR(110 * std::exp(-rate.continuous_per(years)), 100, 1e-12);
  EXPECT_NEAR(rate.effective_per(years), 0.10, 1e-15);
  EXPECT_NEAR(std::pow(1 + rate.effective_per(weeks), 365.2425 / 7), 1.10, 1e-12);
}

TEST(DiscountRate, IsTheVeryNumberInItsOwnUnit) {
  EXPECT_EQ(DiscountRate::continuous(0.002, weeks).continuous_per(weeks), 0.002);
  EXPECT_EQ(DiscountRate::continuous(0.7, years).continuous_per(years), 0.7);
}

TEST(DiscountRate, PerWeekIsSevenTimesThatPerDay) {
  const auto rate = DiscountRate::continuous(0.014, weeks);
  EXPECT_NEAR(rate.continuous_per(days), 0.002, 1e-18);
}

TEST(DiscountRate, OfAnAnnualRateIsThatRate) {
  const AnnualRate annual = 0.15;
  for (const Period period : {days, weeks, months, years}) {
    EXPECT_NEAR(DiscountRate(annual).continuous_per(period) / annual.continuous_per(period), 1,
                1e-15);
  }
}

TEST(DiscountRate, RejectsRatesThatTakeMoreThanAll) {
  EXPECT_THROW((void)DiscountRate::effective(-1, years), std::domain_error);
  EXPECT_THROW((void)DiscountRate::effective(NAN, years), std::domain_error);
  EXPECT_THROW((void)DiscountRate::continuous(INFINITY, weeks), std::domain_error);
}

}  // namespace
}  // namespace rapport::core
