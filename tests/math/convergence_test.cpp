#include <rapport/math/convergence.hpp>

#include <rapport/math/variates.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::math {
namespace {

// Chains x' = rho x + noise of variance 1 in the long run, started there.
std::vector<double> chains(int count, int length, double rho, std::uint64_t seed = 1) {
  RandomStream stream(seed);
  std::vector<double> draws;
  for (int chain = 0; chain < count; ++chain) {
    double x = draw_normal(stream);
    for (int i = 0; i < length; ++i) {
      draws.push_back(x);
      x = rho * x + std::sqrt(1 - rho * rho) * draw_normal(stream);
    }
  }
  return draws;
}

TEST(Convergence, OfIndependentDrawsCountsEachOfThem) {
  const auto found = convergence(chains(4, 1000, 0), 4);
  EXPECT_LT(found.r_hat, 1.005);
  EXPECT_NEAR(found.bulk_ess, 4000, 400);
  EXPECT_NEAR(found.tail_ess, 4000, 600);
}

TEST(Convergence, OfAnAutoregressionMatchesTheory) {
  // Independent draws with the same error of the mean: n (1 - rho) / (1 + rho) = 8000 / 9.
  const auto found = convergence(chains(4, 2000, 0.8), 4);
  EXPECT_LT(found.r_hat, 1.01);
  EXPECT_NEAR(found.bulk_ess, 8000.0 / 9, 150);
  EXPECT_GT(found.tail_ess, 700);
}

TEST(Convergence, OfAlternatingDrawsIsWorthMoreThanTheirNumberWithinReason) {
  const auto found = convergence(chains(4, 1000, -0.9), 4);
  EXPECT_GT(found.bulk_ess, 4000);
  EXPECT_LE(found.bulk_ess, 4000 * std::log10(4000) * (1 + 1e-12));
}

TEST(Convergence, SeesAChainApart) {
  auto draws = chains(4, 500, 0);
  for (int i = 0; i < 500; ++i) draws[static_cast<std::size_t>(i)] += 1;
  EXPECT_GT(convergence(draws, 4).r_hat, 1.05);
}

TEST(Convergence, SeesAChainThatVariesMoreThanTheOthers) {
  // Same mean: plain R-hat does not see it, the folded one does.
  auto draws = chains(4, 500, 0);
  for (int i = 0; i < 500; ++i) draws[static_cast<std::size_t>(i)] *= 4;
  EXPECT_GT(convergence(draws, 4).r_hat, 1.05);
}

TEST(Convergence, SeesADriftInOneChain) {
  auto draws = chains(1, 1000, 0);
  for (int i = 0; i < 1000; ++i) draws[static_cast<std::size_t>(i)] += 0.003 * i;
  EXPECT_GT(convergence(draws, 1).r_hat, 1.3);
}

TEST(Convergence, DoesNotCareForMonotoneTransformations) {
  const auto draws = chains(4, 500, 0.5);
  auto cubes = draws;
  for (double& x : cubes) x = std::exp(3 * x);
  EXPECT_DOUBLE_EQ(convergence(draws, 4).bulk_ess, convergence(cubes, 4).bulk_ess);
}

TEST(Convergence, IsNotANumberWhereNothingCanBeTold) {
  const auto silent = [](const std::vector<double>& draws, int count) {
    const auto found = convergence(draws, count);
    return std::isnan(found.r_hat) && std::isnan(found.bulk_ess) && std::isnan(found.tail_ess);
  };
  EXPECT_TRUE(silent(std::vector<double>(100, 3.0), 4));
  EXPECT_TRUE(silent({1, 2, 3, 4, 5, 6}, 2));
  EXPECT_TRUE(silent({1, 2, 3, 4, INFINITY, 6, 7, 8}, 1));
  EXPECT_TRUE(silent({}, 1));
}

TEST(Convergence, RejectsChainsOfUnequalLength) {
  EXPECT_THROW((void)convergence(std::vector<double>(10), 4), std::invalid_argument);
  EXPECT_THROW((void)convergence(std::vector<double>(10), 0), std::invalid_argument);
}

}  // namespace
}  // namespace rapport::math
