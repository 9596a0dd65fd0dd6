#include <rapport/math/rate.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::math {
namespace {

double poisson_cdf(int k, double mean) {
  double sum = 0, term = std::exp(-mean);
  for (int i = 0; i <= k; term *= mean / ++i) sum += term;
  return sum;
}

double binomial_cdf(int k, int n, double p) {
  double sum = 0;
  for (int i = 0; i <= k; ++i) {
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(i + 1) - std::lgamma(n - i + 1) +
                    i * std::log(p) + (n - i) * std::log1p(-p));
  }
  return sum;
}

TEST(PoissonRate, BoundsLeaveTheSameTailOnBothSides) {
  const Rate rate = poisson_rate({.count = 7, .exposure = 2}, 0.90);
  EXPECT_EQ(rate.value, 3.5);
  EXPECT_NEAR(poisson_cdf(7, 2 * rate.high), 0.05, 1e-13);
  EXPECT_NEAR(1 - poisson_cdf(6, 2 * rate.low), 0.05, 1e-13);
}

TEST(PoissonRate, NothingCountedIsBoundedByTheLogarithmOfTheTail) {
  const Rate rate = poisson_rate({.count = 0, .exposure = 10}, 0.90);
  EXPECT_EQ(rate.low, 0);
  EXPECT_NEAR(rate.high, -std::log(0.05) / 10, 1e-15);
}

TEST(RateRatio, BoundsAreThoseOfTheBinomialShare) {
  // 12 in 100 days, then 3 in 50: half the rate.
  const Rate ratio = rate_ratio({12, 100}, {3, 50}, 0.90);
  EXPECT_EQ(ratio.value, 0.5);
  const auto share = [](double r) { return r * 50 / (100 + r * 50); };
  EXPECT_NEAR(binomial_cdf(3, 15, share(ratio.high)), 0.05, 1e-12);
  EXPECT_NEAR(1 - binomial_cdf(2, 15, share(ratio.low)), 0.05, 1e-12);
}

TEST(RateRatio, TurnsOverWithItsArguments) {
  const Rate there = rate_ratio({12, 100}, {3, 50}, 0.90);
  const Rate back = rate_ratio({3, 50}, {12, 100}, 0.90);
  EXPECT_NEAR(there.low * back.high, 1, 1e-13);
  EXPECT_NEAR(there.high * back.low, 1, 1e-13);
}

TEST(RateRatio, IsOpenWhereNothingWasCounted) {
  EXPECT_EQ(rate_ratio({5, 1}, {0, 1}, 0.9).low, 0);
  EXPECT_EQ(rate_ratio({5, 1}, {0, 1}, 0.9).value, 0);
  EXPECT_LT(rate_ratio({5, 1}, {0, 1}, 0.9).high, 1);
  EXPECT_TRUE(std::isinf(rate_ratio({0, 1}, {5, 1}, 0.9).high));
  EXPECT_TRUE(std::isinf(rate_ratio({0, 1}, {5, 1}, 0.9).value));
  EXPECT_TRUE(std::isnan(rate_ratio({0, 1}, {0, 1}, 0.9).value));
}

TEST(PredictedCount, LeavesAtMostTheTailOnEitherSide) {
  // All but Poisson with mean 7.
  const Rate poisson = predicted_count(7, 7, 0.90);
  EXPECT_LE(poisson_cdf(static_cast<int>(poisson.low) - 1, 7), 0.05);
  EXPECT_GT(poisson_cdf(static_cast<int>(poisson.low), 7), 0.05);
  EXPECT_GE(poisson_cdf(static_cast<int>(poisson.high), 7), 0.95);
  EXPECT_LT(poisson_cdf(static_cast<int>(poisson.high) - 1, 7), 0.95);
  // Mean 3 and variance 12 are geometric: P(count <= k) = 1 - 0.75^(k + 1).
  const Rate geometric = predicted_count(3, 12, 0.90);
  EXPECT_EQ(geometric.low, 0);
  EXPECT_EQ(geometric.high, 10) << "0.75^11 is 0.042, 0.75^10 is 0.056";
  EXPECT_EQ(predicted_count(3, 3 + 1e-14, 0.9).high, predicted_count(3, 3 + 1e-6, 0.9).high);
  EXPECT_EQ(predicted_count(0, 0, 0.9).high, 0);
  EXPECT_NEAR(predicted_count(1e6, 1e6, 0.9).high, 1e6 + 1645, 2);
}

TEST(Rate, RejectsExposuresAndLevelsWithoutMeaning) {
  EXPECT_THROW((void)poisson_rate({1, 0}, 0.9), std::domain_error);
  EXPECT_THROW((void)predicted_count(-1, 1, 0.9), std::domain_error);
  EXPECT_THROW((void)predicted_count(2, 1, 0.9), std::domain_error);
  EXPECT_THROW((void)predicted_count(2, 3, 0), std::domain_error);
  EXPECT_THROW((void)poisson_rate({1, 1}, 1), std::domain_error);
  EXPECT_THROW((void)rate_ratio({1, 1}, {1, INFINITY}, 0.9), std::domain_error);
  EXPECT_THROW((void)rate_ratio({1, -1}, {1, 1}, 0.9), std::domain_error);
  EXPECT_THROW((void)rate_ratio({1, 1}, {1, 1}, std::nan("")), std::domain_error);
}

}  // namespace
}  // namespace rapport::math
