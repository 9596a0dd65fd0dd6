#include <rapport/math/beta.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::math {
namespace {

TEST(R19_BetaPosterior, OneKeptPromiseSaysLessThanEighteenOfTwenty) {
  const Proportion many = BetaPosterior(18, 2).interval(0.90);
  EXPECT_NEAR(many.value, 0.864, 5e-4);
  EXPECT_NEAR(many.low, 0.729, 5e-4);
  EXPECT_NEAR(many.high, 0.960, 5e-4);
  const Proportion one = BetaPosterior(1, 0).interval(0.90);
  EXPECT_NEAR(one.value, 0.667, 5e-4);
  EXPECT_NEAR(one.low, 0.224, 5e-4);
  EXPECT_NEAR(one.high, 0.975, 5e-4);
  EXPECT_GT(many.low, one.low);
}

TEST(BetaPosterior, QuantilesOfSimpleLawsAreClosedForms) {
  for (const double p : {0.001, 0.05, 0.5, 0.95, 0.999}) {
    EXPECT_NEAR(BetaPosterior(0, 0).quantile(p), p, 1e-15);             // uniform
    EXPECT_NEAR(BetaPosterior(1, 0).quantile(p), std::sqrt(p), 1e-15);  // F = x^2
    EXPECT_NEAR(BetaPosterior(0, 4).quantile(p), 1 - std::pow(1 - p, 0.2), 1e-15);
    EXPECT_NEAR(BetaPosterior(9, 0).quantile(p), std::pow(p, 0.1), 1e-15);
  }
  // The binomial identity: for Beta(19, 3) P(X <= x) is the chance of 19 or more of 21.
  const double x = BetaPosterior(18, 2).quantile(0.05);
  const double tail =
      210 * std::pow(x, 19) * std::pow(1 - x, 2) + 21 * std::pow(x, 20) * (1 - x) + std::pow(x, 21);
  EXPECT_NEAR(tail, 0.05, 1e-14);
}

TEST(BetaPosterior, TheTwoSidesMirrorEachOther) {
  const Proportion kept = BetaPosterior(7, 3, {2, 5}).interval(0.9);
  const Proportion missed = BetaPosterior(3, 7, {5, 2}).interval(0.9);
  EXPECT_NEAR(kept.low, 1 - missed.high, 1e-15);
  EXPECT_NEAR(kept.value, 1 - missed.value, 1e-15);
}

TEST(BetaPosterior, ManyCountsNarrowToTheirShare) {
  const Proportion p = BetaPosterior(8e8, 2e8).interval(0.9);
  EXPECT_NEAR(p.value, 0.8, 1e-9);
  // A normal law by then: 1.645 standard errors.
  EXPECT_NEAR((p.high - p.low) / 2, 1.6448536 * std::sqrt(0.16 / 1e9), 1e-9);
}

TEST(BetaCdf, IsAPowerWhereOneParameterIsOneAndUndoesTheQuantile) {
  EXPECT_NEAR(beta_cdf(0.3, 4, 1), std::pow(0.3, 4), 1e-16);
  EXPECT_NEAR(beta_cdf(0.3, 1, 4), 1 - std::pow(0.7, 4), 1e-15);
  EXPECT_NEAR(beta_cdf(BetaPosterior(18, 2).quantile(0.05), 19, 3), 0.05, 1e-14);
  EXPECT_EQ(beta_cdf(0, 2, 3), 0);
  EXPECT_EQ(beta_cdf(1, 2, 3), 1);
  EXPECT_TRUE(std::isnan(beta_cdf(1.5, 2, 3)));
}

TEST(BetaPosterior, RejectsWhatCannotBeCounted) {
  EXPECT_THROW(BetaPosterior(-1, 0), std::domain_error);
  EXPECT_THROW(BetaPosterior(1, std::nan("")), std::domain_error);
  EXPECT_THROW(BetaPosterior(1, 1, {.a = 0, .b = 1}), std::domain_error);
  EXPECT_THROW(BetaPosterior(1, 1, {.a = 1, .b = INFINITY}), std::domain_error);
  EXPECT_THROW((void)BetaPosterior(1, 1).interval(1), std::domain_error);
  EXPECT_THROW((void)BetaPosterior(1, 1).quantile(1.5), std::domain_error);
}

}  // namespace
}  // namespace rapport::math
