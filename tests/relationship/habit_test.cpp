#include <rapport/relationship/habit.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace rapport::relationship {
namespace {

fold::Tally<int> tally_of(const std::vector<int>& keys) {
  fold::Tally<int> tally;
  for (const int key : keys) tally.add(key);
  return tally;
}

TEST(Habit, IsTheMostFrequentWithEnoughSupport) {
  const HabitRule rule{.least_events = 4, .least_share = 0.5};
  const Habit<int> usual = habit(tally_of({7, 7, 7, 5}), rule);
  EXPECT_TRUE(usual.usable());
  EXPECT_EQ(usual.value, 7);
  EXPECT_EQ(usual.support, 3U);
  EXPECT_EQ(usual.of, 4U);
  EXPECT_FALSE(habit(tally_of({7, 7, 7}), rule).usable()) << "too few occasions";
  EXPECT_FALSE(habit(tally_of({7, 7, 5, 4, 3}), rule).usable()) << "nothing is usual";
  EXPECT_EQ(habit(tally_of({7, 7, 5, 5}), rule).value, 5) << "of equals the least";
  EXPECT_FALSE(habit(fold::Tally<int>(), {.least_events = 0}).usable());
}

}  // namespace
}  // namespace rapport::relationship
