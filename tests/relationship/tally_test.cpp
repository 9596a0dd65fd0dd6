#include <rapport/relationship/tally.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace rapport::relationship {
namespace {

Tally<int> tally_of(const std::vector<int>& keys) {
  Tally<int> tally;
  for (const int key : keys) tally.add(key);
  return tally;
}

TEST(Tally, CountsInTheOrderOfKeys) {
  const Tally<int> tally = tally_of({3, 1, 3, 2, 3});
  ASSERT_EQ(tally.counts().size(), 3U);
  EXPECT_EQ(tally.counts()[0].key, 1);
  EXPECT_EQ(tally.counts()[2].count, 3U);
  EXPECT_EQ(tally.total(), 5U);
  EXPECT_EQ(tally, tally_of({1, 2, 3, 3, 3}));
}

TEST(Tally, MergesAndUnmergesExactly) {
  Tally<int> tally = tally_of({1, 1, 2});
  const Tally<int> other = tally_of({2, 3});
  tally.merge(other);
  EXPECT_EQ(tally, tally_of({1, 1, 2, 2, 3}));
  tally.unmerge(other);
  EXPECT_EQ(tally, tally_of({1, 1, 2})) << "no empty counts stay behind";
  tally.merge(tally_of({}));
  EXPECT_EQ(tally.total(), 3U);
  tally.add(9, 0);
  EXPECT_EQ(tally.counts().size(), 2U);
}

TEST(Tally, AHabitIsTheMostFrequentWithEnoughSupport) {
  const HabitRule rule{.least_events = 4, .least_share = 0.5};
  const Habit<int> usual = habit(tally_of({7, 7, 7, 5}), rule);
  EXPECT_TRUE(usual.usable());
  EXPECT_EQ(usual.value, 7);
  EXPECT_EQ(usual.support, 3U);
  EXPECT_EQ(usual.of, 4U);
  EXPECT_FALSE(habit(tally_of({7, 7, 7}), rule).usable()) << "too few occasions";
  EXPECT_FALSE(habit(tally_of({7, 7, 5, 4, 3}), rule).usable()) << "nothing is usual";
  EXPECT_EQ(habit(tally_of({7, 7, 5, 5}), rule).value, 5) << "of equals the least";
  EXPECT_FALSE(habit(Tally<int>(), {.least_events = 0}).usable());
}

}  // namespace
}  // namespace rapport::relationship
