#include <rapport/fold/cuts.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace rapport::fold {
namespace {

TEST(Cuts, LowerBoundsBelongToTheBinAbove) {
  const Cuts cuts({10, 20});
  EXPECT_EQ(cuts.bins(), 3);
  EXPECT_EQ(cuts(9.99), 1);
  EXPECT_EQ(cuts(10), 2);
  EXPECT_EQ(cuts(20), 3);
  EXPECT_EQ(cuts(std::nan("")), 0);
  EXPECT_EQ(Cuts()(7), 1);
}

TEST(Cuts, EqualBoundsLeaveBinsEmptyAndSaySo) {
  const std::vector<double> values = {1, 1, 1, 1, 1, 1, 1, 2, 3, 4};
  const Cuts cuts = quantile_cuts(values, 5);
  const auto scores = cuts(values);
  EXPECT_EQ(scores, (std::vector<Score>{4, 4, 4, 4, 4, 4, 4, 4, 5, 5}));
  EXPECT_EQ(bins_used(scores, 5), 2);
  EXPECT_EQ(count_scores(scores, 5), (std::vector<std::uint64_t>{0, 0, 0, 0, 8, 2}));
}

TEST(Cuts, NothingToCutIsOneBinForAll) {
  EXPECT_EQ(quantile_cuts({}, 5).bins(), 1);
  EXPECT_EQ(quantile_cuts(std::vector<double>{std::nan("")}, 5).bins(), 1);
  EXPECT_EQ(bins_used({}, 5), 0);
}

TEST(Cuts, RejectBoundsThatDoNotAscend) {
  EXPECT_THROW(Cuts({2, 1}), std::invalid_argument);
  EXPECT_THROW(Cuts({1, std::nan("")}), std::invalid_argument);
  EXPECT_THROW(Cuts(std::vector<double>(255)), std::invalid_argument);
  EXPECT_THROW((void)quantile_cuts({}, 0), std::domain_error);
  EXPECT_THROW((void)quantile_cuts({}, 256), std::domain_error);
}

RC_GTEST_PROP(Cuts, ScoresAscendWithValuesAndDoNotDependOnOrderOrScale,
              (const std::vector<std::uint16_t>& numbers)) {
  std::vector<double> values(numbers.begin(), numbers.end());
  for (double& value : values) value = std::floor(std::sqrt(value));  // so that many are equal
  const int bins = *rc::gen::inRange(2, 12);
  const auto scores = quantile_cuts(values, bins)(values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) {
      if (values[i] == values[j]) RC_ASSERT(scores[i] == scores[j]);
      if (values[i] < values[j]) RC_ASSERT(scores[i] <= scores[j]);
    }
  }
  std::vector<double> hundredfold = values;
  for (double& value : hundredfold) value *= 100;
  RC_ASSERT(quantile_cuts(hundredfold, bins)(hundredfold) == scores);
  std::vector<double> backward(values.rbegin(), values.rend());
  RC_ASSERT(quantile_cuts(backward, bins) == quantile_cuts(values, bins));
}

TEST(Cuts, MovedRowsLieBetweenOldAndNewBounds) {
  const std::vector<double> values = {1, 2, 3, 4, 5, std::nan("")};
  EXPECT_EQ(moved_between(values, Cuts({2, 4}), Cuts({3, 4})), (std::vector<std::uint32_t>{1}));
  EXPECT_TRUE(moved_between(values, Cuts({2, 4}), Cuts({2, 4})).empty());
}

}  // namespace
}  // namespace rapport::fold
