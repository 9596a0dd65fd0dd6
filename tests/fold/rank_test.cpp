#include <rapport/fold/rank.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace rapport::fold {
namespace {

TEST(Ranks, EqualValuesShareARank) {
  const std::vector<double> values = {5, 1, 5, 9};
  EXPECT_EQ(ranks(values), (std::vector<double>{2.5, 1, 2.5, 4}));
  EXPECT_EQ(ranks(values, Ties::least), (std::vector<double>{2, 1, 2, 4}));
  EXPECT_EQ(ranks(values, Ties::most), (std::vector<double>{3, 1, 3, 4}));
}

TEST(Ranks, NaNHasNone) {
  const auto result = ranks(std::vector<double>{2, std::nan(""), 1});
  EXPECT_EQ(result[0], 2);
  EXPECT_TRUE(std::isnan(result[1]));
  EXPECT_EQ(result[2], 1);
  EXPECT_TRUE(ranks({}).empty());
}

}  // namespace
}  // namespace rapport::fold
