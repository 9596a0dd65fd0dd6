#include <rapport/clv/repeat_buying.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace rapport::clv {
namespace {

TEST(CustomerHistory, KnowsWhatCanHaveHappened) {
  EXPECT_TRUE(valid({.frequency = 0, .recency = 0, .age = 0}));
  EXPECT_TRUE(valid({.frequency = 2, .recency = 30.43, .age = 38.86}));
  EXPECT_TRUE(valid({.frequency = 3, .recency = 39, .age = 39}));

  EXPECT_FALSE(valid({.frequency = 0, .recency = 1, .age = 2}));
  EXPECT_FALSE(valid({.frequency = 1, .recency = 0, .age = 2}));
  EXPECT_FALSE(valid({.frequency = 1.5, .recency = 1, .age = 2}));
  EXPECT_FALSE(valid({.frequency = 1e17, .recency = 1, .age = 2}));
  EXPECT_FALSE(valid({.frequency = 1, .recency = 3, .age = 2}));
  EXPECT_FALSE(valid({.frequency = -1, .recency = 0, .age = 2}));
  EXPECT_FALSE(valid({.frequency = 1, .recency = -1, .age = 2}));
  EXPECT_FALSE(valid({.frequency = std::nan(""), .recency = 0, .age = 2}));
  EXPECT_FALSE(valid({.frequency = 1, .recency = std::nan(""), .age = 2}));
  EXPECT_FALSE(valid({.frequency = 1, .recency = 1, .age = INFINITY}));
}

static_assert(!RepeatBuyingModel<CustomerHistory>);

}  // namespace
}  // namespace rapport::clv
