#include <rapport/fold/quantiles.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

namespace rapport::fold {
namespace {

const double nan = std::nan("");

// The definition, over a sorted copy.
double by_sorting(std::vector<double> values, double p) {
  std::sort(values.begin(), values.end());
  const double place = static_cast<double>(values.size() - 1) * p;
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], place - std::floor(place));
}

TEST(Quantiles, AreLinearBetweenTheValuesAround) {
  const std::vector<double> values = {40, 10, 30, 20};
  EXPECT_EQ(quantiles(values, std::vector<double>{0, 0.5, 0.9, 1}),
            (std::vector<double>{10, 25, 37, 40}));
}

TEST(Quantiles, AgreeWithSortingForEveryKindOfColumn) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  const std::vector<double> at = {0.99, 0, 0.25, 0.5, 0.5001, 1, 1.0 / 3};
  for (int kind = 0; kind < 5; ++kind) {
    for (const std::size_t size : {1U, 2U, 7U, 1000U, 300'000U}) {
      SCOPED_TRACE(testing::Message() << "kind " << kind << ", size " << size);
      std::vector<double> values(size);
      for (double& value : values) {
        switch (kind) {
          case 0: value = normal(random); break;
          case 1: value = static_cast<double>(random() % 20); break;
          case 2: value = std::exp(20 * normal(random)) * (random() % 2 == 0 ? 1 : -1); break;
          case 3: value = random() % 3 == 0 ? -0.0 : 0.0; break;
          default: value = static_cast<double>(random() % 1'000'000) - 500'000;
        }
      }
      if (kind == 4) values.back() = 1e300;
      const auto found = quantiles(values, at, 2);
      for (std::size_t i = 0; i < at.size(); ++i) {
        EXPECT_EQ(found[i], by_sorting(values, at[i])) << at[i];
      }
      EXPECT_EQ(found, quantiles(values, at));
    }
  }
}

TEST(Quantiles, EqualPartsHaveExactPlaces) {
  std::vector<double> values(11);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i * i);
  EXPECT_EQ(equal_parts(values, 5), (std::vector<double>{4, 16, 36, 64}));
  EXPECT_EQ(equal_parts(values, 4).at(0), 4 + 0.5 * (9 - 4));
  EXPECT_TRUE(equal_parts(values, 1).empty());
}

TEST(Quantiles, LeaveNaNAsideAndAnswerNaNForNothing) {
  EXPECT_EQ(equal_parts(std::vector<double>{nan, 3, nan, 1}, 2), (std::vector<double>{2}));
  EXPECT_TRUE(std::isnan(equal_parts(std::vector<double>{nan}, 2).front()));
  EXPECT_TRUE(std::isnan(quantiles({}, std::vector<double>{0.5}).front()));
}

TEST(Quantiles, RejectWhatHasNoPlace) {
  EXPECT_THROW((void)quantiles({}, std::vector<double>{1.5}), std::domain_error);
  EXPECT_THROW((void)quantiles({}, std::vector<double>{nan}), std::domain_error);
  EXPECT_THROW((void)equal_parts({}, 0), std::domain_error);
  EXPECT_THROW(
      (void)equal_parts(std::vector<double>{1, std::numeric_limits<double>::infinity()}, 2),
      std::domain_error);
}

}  // namespace
}  // namespace rapport::fold
