#include <rapport/math/proportion.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::math {
namespace {

TEST(Wilson, ThirtyOfTwoHundred) {
  const Proportion p = wilson(30, 200, 0.95);
  EXPECT_EQ(p.value, 0.15);
  // Roots of (p - 0.15)^2 = z^2 p (1 - p) / 200 with z = 1.959963984540054, to 15 digits.
  EXPECT_NEAR(p.low, 0.1071, 5e-5);
  EXPECT_NEAR(p.high, 0.2061, 5e-5);
  for (const double bound : {p.low, p.high}) {
    const double z = 1.959963984540054;
    EXPECT_NEAR((bound - 0.15) * (bound - 0.15), z * z * bound * (1 - bound) / 200, 1e-15);
  }
}

TEST(Wilson, EndsAreReachedExactlyAndMirrorEachOther) {
  EXPECT_EQ(wilson(0, 10, 0.9).low, 0);
  EXPECT_GT(wilson(0, 10, 0.9).high, 0.1);
  EXPECT_EQ(wilson(10, 10, 0.9).high, 1);
  EXPECT_NEAR(wilson(3, 10, 0.9).low, 1 - wilson(7, 10, 0.9).high, 1e-15);
}

TEST(Wilson, NothingCountedIsNoProportion) { EXPECT_TRUE(std::isnan(wilson(0, 0, 0.9).value)); }

TEST(Newcombe, MatchesTheExampleOfItsPaper) {
  // Table II of the paper, method 10: 56/70 less 48/80, and the extremes 9/10 less 3/10 and 10/10
  // less 0/10, at 95 %.
  const Proportion a = newcombe({56, 70}, {48, 80}, 0.95);
  EXPECT_NEAR(a.value, 0.2, 1e-15);
  EXPECT_NEAR(a.low, 0.0524, 5e-5);
  EXPECT_NEAR(a.high, 0.3339, 5e-5);
  const Proportion b = newcombe({9, 10}, {3, 10}, 0.95);
  EXPECT_NEAR(b.low, 0.1705, 5e-5);
  EXPECT_NEAR(b.high, 0.8090, 5e-5);
  const Proportion c = newcombe({10, 10}, {0, 10}, 0.95);
  EXPECT_NEAR(c.low, 0.6075, 5e-5);
  EXPECT_EQ(c.high, 1);
}

TEST(Newcombe, MirrorsWhereTheTwoChangePlaces) {
  const Proportion there = newcombe({30, 200}, {7, 90}, 0.9);
  const Proportion back = newcombe({7, 90}, {30, 200}, 0.9);
  EXPECT_EQ(there.low, -back.high);
  EXPECT_EQ(there.high, -back.low);
}

TEST(Newcombe, NothingCountedOnOneSideIsNoDifference) {
  EXPECT_TRUE(std::isnan(newcombe({0, 0}, {1, 2}, 0.9).low));
}

TEST(Wilson, WeightedAlikeIsTheCount) {
  const Proportion counted = wilson(30, 200, 0.95);
  const Proportion weighted = wilson_weighted(0.15, 200, 0.95);
  EXPECT_EQ(weighted.low, counted.low);
  EXPECT_EQ(weighted.high, counted.high);
  EXPECT_LT(wilson_weighted(0.15, 99.5, 0.95).low, counted.low);
  EXPECT_EQ(wilson_weighted(0, 2.5, 0.9).low, 0);
  EXPECT_EQ(wilson_weighted(1, 2.5, 0.9).high, 1);
}

TEST(Wilson, RejectsWhatCannotBe) {
  EXPECT_THROW((void)wilson_weighted(1.5, 10, 0.9), std::domain_error);
  EXPECT_THROW((void)wilson_weighted(0.5, 0, 0.9), std::domain_error);
  EXPECT_THROW((void)wilson(2, 1, 0.9), std::invalid_argument);
  EXPECT_THROW((void)newcombe({1, 2}, {2, 1}, 0.9), std::invalid_argument);
  EXPECT_THROW((void)wilson(1, 2, 1), std::domain_error);
  EXPECT_THROW((void)wilson(1, 2, std::nan("")), std::domain_error);
}

TEST(Proportion, IsPublishedWithItsCasesAndAbstainedWithoutAny) {
  const core::Estimate share = to_estimate(wilson(3, 4, 0.9), 4, 0.9);
  EXPECT_EQ(share.status, core::Status::estimated);
  EXPECT_EQ(share.value, 0.75);
  EXPECT_LT(share.low, share.value);
  EXPECT_GT(share.high, share.value);
  EXPECT_EQ(share.n, 4U);
  EXPECT_FALSE(to_estimate(wilson(0, 0, 0.9), 0, 0.9).usable());
}

}  // namespace
}  // namespace rapport::math
