#include <rapport/math/rank_correlation.hpp>

#include <rapport/fold/rank.hpp>
#include <rapport/math/normal.hpp>
#include <rapport/math/random.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::math {
namespace {

TEST(RankCorrelation, OfTenRowsByHand) {
  // Neighbours swapped: the squared differences of ranks sum to 10, so r = 1 - 6 * 10 / 990.
  const std::vector<double> x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const std::vector<double> y = {2, 1, 4, 3, 6, 5, 8, 7, 10, 9};
  const core::Estimate r = rank_correlation(x, y);
  EXPECT_EQ(r.status, core::Status::estimated);
  EXPECT_EQ(r.n, 10U);
  EXPECT_NEAR(r.value, 1 - 60.0 / 990, 1e-15);
  const double half = 1.6448536269514722 * std::sqrt((1 + r.value * r.value / 2) / 7);
  EXPECT_NEAR(r.low, std::tanh(std::atanh(r.value) - half), 1e-14);
  EXPECT_NEAR(r.high, std::tanh(std::atanh(r.value) + half), 1e-14);
}

TEST(RankCorrelation, TurnsItsSignWithAColumnAndReachesTheEnds) {
  std::vector<double> x, y, falling;
  for (int i = 1; i <= 20; ++i) {
    x.push_back(i);
    y.push_back(1 + (7 * i) % 20);  // another order of 1 to 20
    falling.push_back(21 - i);
  }
  EXPECT_EQ(rank_correlation(x, x).value, 1);
  EXPECT_EQ(rank_correlation(x, falling).value, -1);
  const core::Estimate r = rank_correlation(x, y), turned = rank_correlation(falling, y);
  EXPECT_NEAR(r.value, -turned.value, 1e-15);
  EXPECT_NEAR(r.low, -turned.high, 1e-15);
}

TEST(RankCorrelation, AbstainsOnFewRowsAndIsUndefinedWithoutSpread) {
  const std::vector<double> nine = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(rank_correlation(nine, nine).status, core::Status::abstained);
  const std::vector<double> equal(12, 6.5);
  EXPECT_EQ(rank_correlation(equal, equal).status, core::Status::undefined);
  EXPECT_TRUE(std::isnan(rank_correlation(equal, equal).value));
  EXPECT_THROW((void)rank_correlation(nine, equal), std::invalid_argument);
  EXPECT_THROW((void)rank_correlation(nine, nine, 1), std::domain_error);
}

TEST(RankCorrelation, NinetyPercentIntervalsHoldTheTruthInAboutNinetyPercentOfRuns) {
  // Two normal columns of correlation rho have the rank correlation 6 / pi asin(rho / 2).
  constexpr double rho = 0.5;
  constexpr int runs = 2000;
  const double truth = 6 / 3.141592653589793 * std::asin(rho / 2);
  int held = 0;
  for (int run = 0; run < runs; ++run) {
    RandomStream stream(20260101, static_cast<std::uint64_t>(run));
    std::vector<double> x, y;
    for (int i = 0; i < 50; ++i) {
      const double a = normal_quantile(draw_uniform(stream));
      const double b = normal_quantile(draw_uniform(stream));
      x.push_back(a);
      y.push_back(rho * a + std::sqrt(1 - rho * rho) * b);
    }
    const core::Estimate r = rank_correlation(fold::ranks(x), fold::ranks(y));
    held += r.low <= truth && truth <= r.high;
  }
  EXPECT_GE(held, runs * 87 / 100);
  EXPECT_LE(held, runs * 93 / 100);
}

}  // namespace
}  // namespace rapport::math
