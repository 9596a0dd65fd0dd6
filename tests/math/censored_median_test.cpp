#include <rapport/math/censored_median.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace rapport::math {
namespace {

TEST(CensoredMedian, WithoutOpenOnesIsTheSampleMedian) {
  EXPECT_EQ(censored_median({{3}, {1}, {2}}), 2);
  EXPECT_EQ(censored_median({{4}, {1}, {2}, {3}}), 2.5);
  EXPECT_EQ(censored_median({{7}}), 7);
  EXPECT_EQ(censored_median({{2}, {2}, {2}, {9}}), 2);
  std::vector<Duration> many;
  for (int i = 1; i <= 100; ++i) many.push_back({static_cast<double>((37 * i) % 101)});
  EXPECT_EQ(censored_median(many), 50.5);
}

TEST(CensoredMedian, OpenOnesCountForAsLongAsTheyWereSeen) {
  // By hand: 4/5 last beyond 1; 2 is open, so of 3 that remain 2 last beyond 3: 8/15; then 4/15.
  EXPECT_EQ(censored_median({{1}, {2, false}, {3}, {4}, {5}}), 4);
  EXPECT_EQ(censored_median({{1}, {3}, {4}, {5}, {2, false}}), 4) << "order does not matter";
  EXPECT_EQ(censored_median({{2, false}, {2}}), 2) << "what is open at 2 was there at 2";
}

TEST(CensoredMedian, IsNotKnownWhileMostAreOpen) {
  EXPECT_TRUE(std::isnan(censored_median({})));
  EXPECT_TRUE(std::isnan(censored_median({{1}, {5, false}, {5, false}})));
  EXPECT_TRUE(std::isnan(censored_median({{5, false}})));
}

// Remission under 6-MP in weeks, Freireich et al. (1963), the textbook case: median 23.
TEST(CensoredMedian, OfThePublishedRemissionTimesIsTwentyThreeWeeks) {
  EXPECT_EQ(
      censored_median({{6},         {6},         {6},         {6, false}, {7},         {9, false},
                       {10},        {10, false}, {11, false}, {13},       {16},        {17, false},
                       {19, false}, {20, false}, {22},        {23},       {25, false}, {32, false},
                       {32, false}, {34, false}, {35, false}}),
      23);
}

}  // namespace
}  // namespace rapport::math
