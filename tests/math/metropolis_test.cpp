#include <rapport/math/metropolis.hpp>

#include <rapport/math/convergence.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rapport::math {
namespace {

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// A coordinate's draws after warm-up.
std::vector<double> draws_of(LearningMetropolis chain, std::size_t coordinate, int warmup = 1000,
                             int count = 4000) {
  for (int i = 0; i < warmup; ++i) chain.learn();
  std::vector<double> draws;
  for (int i = 0; i < count; ++i) {
    chain.step();
    draws.push_back(chain.state()[coordinate]);
  }
  return draws;
}

// Variances 1 and 10000, correlation 0.99.
double narrow_normal(std::span<const double> x) {
  const double a = x[0] - 5;
  const double b = (x[1] + 300) / 100;
  return -0.5 * (a * a - 2 * 0.99 * a * b + b * b) / (1 - 0.99 * 0.99);
}

TEST(LearningMetropolis, DrawsANormalLawNearlyIndependently) {
  const LearningMetropolis chain(narrow_normal, {0, 0}, 0.1, RandomStream(4));
  for (const std::size_t coordinate : {0u, 1u}) {
    const double scale = coordinate == 0 ? 1 : 100;
    const auto draws = draws_of(chain, coordinate);
    EXPECT_NEAR(mean_of(draws), coordinate == 0 ? 5 : -300, 0.08 * scale);
    auto squares = draws;
    for (double& x : squares) x = (x - mean_of(draws)) * (x - mean_of(draws));
    EXPECT_NEAR(mean_of(squares), scale * scale, 0.12 * scale * scale);
    EXPECT_GT(convergence(draws, 1).bulk_ess, 1500);
  }
}

TEST(LearningMetropolis, FollowsABentRidgeWithALongTail) {
  // ln of an exponential variate a, and b = a^2 / 4 plus a narrow normal: E b = E a^2 / 4, with
  // E a^2 = gamma^2 + pi^2 / 6.
  const auto density = [](std::span<const double> x) {
    const double off = (x[1] - x[0] * x[0] / 4) / 0.2;
    return x[0] - std::exp(x[0]) - 0.5 * off * off;
  };
  const LearningMetropolis chain(density, {0, 0}, 0.1, RandomStream(9));
  const double second = 0.5772156649 * 0.5772156649 + 1.6449340668;
  EXPECT_NEAR(mean_of(draws_of(chain, 0)), -0.5772156649, 0.12);
  EXPECT_NEAR(mean_of(draws_of(chain, 1)), second / 4, 0.12);
}

TEST(LearningMetropolis, NeverGoesWhereTheDensityIsZeroOrNotANumber) {
  const auto density = [](std::span<const double> x) {
    if (x[0] < 0) return -std::numeric_limits<double>::infinity();
    return x[0] > 1 ? std::nan("") : 0.0;
  };
  for (const double x : draws_of({density, {0.5}, 1, RandomStream(2)}, 0)) {
    EXPECT_GE(x, 0);
    EXPECT_LE(x, 1);
  }
}

TEST(LearningMetropolis, ACopyContinuesAlike) {
  LearningMetropolis chain(narrow_normal, {0, 0}, 0.1, RandomStream(4));
  for (int i = 0; i < 300; ++i) chain.learn();
  LearningMetropolis copy = chain;
  for (int i = 0; i < 20; ++i) {
    chain.step();
    copy.step();
    EXPECT_EQ(chain.state()[1], copy.state()[1]);
    EXPECT_EQ(chain.log_density(), narrow_normal(chain.state()));
  }
}

TEST(LearningMetropolis, NeedsHardlyAnyWarmUpWhereItKnowsWhatToExpect) {
  LearningMetropolis chain(narrow_normal, {0, 0}, 0.1, RandomStream(4));
  chain.expect(std::vector<double>{5, -300}, std::vector<double>{1, 99, 99, 10'000});
  const auto draws = draws_of(chain, 1, 10, 2000);
  EXPECT_NEAR(mean_of(draws), -300, 10);
  EXPECT_GT(convergence(draws, 1).bulk_ess, 1000);
}

TEST(LearningMetropolis, KeepsToTheLawWhateverItExpects) {
  // Proposals that are off in place, width and direction cost time, not correctness.
  LearningMetropolis chain(narrow_normal, {0, 0}, 0.1, RandomStream(4));
  chain.expect(std::vector<double>{3, -100}, std::vector<double>{9, 0, 0, 10'000});
  const auto draws = draws_of(chain, 0, 0, 8000);
  EXPECT_NEAR(mean_of(draws), 5, 0.2);
  auto squares = draws;
  for (double& x : squares) x = (x - 5) * (x - 5);
  EXPECT_NEAR(mean_of(squares), 1, 0.25);
}

TEST(LearningMetropolis, RefusesExpectationsOfAnotherSize) {
  LearningMetropolis chain(narrow_normal, {0, 0}, 0.1, RandomStream(4));
  const std::vector<double> one = {1}, two = {1, 2}, four = {1, 0, 0, 1};
  EXPECT_THROW(chain.expect(one, four), std::invalid_argument);
  EXPECT_THROW(chain.expect(two, one), std::invalid_argument);
  EXPECT_THROW(chain.expect(two, two), std::invalid_argument);
  EXPECT_NO_THROW(chain.expect(two, std::vector<double>{1, 2, 2, 1}));  // not definite: unheeded
}

TEST(LearningMetropolis, RejectsAStartThatCannotBe) {
  EXPECT_THROW(LearningMetropolis(narrow_normal, {}, 1, RandomStream(1)), std::invalid_argument);
  EXPECT_THROW(LearningMetropolis(narrow_normal, {0, 0}, 0, RandomStream(1)), std::domain_error);
  EXPECT_THROW(LearningMetropolis(narrow_normal, {0, INFINITY}, 1, RandomStream(1)),
               std::domain_error);
}

}  // namespace
}  // namespace rapport::math
