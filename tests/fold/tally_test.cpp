#include <rapport/fold/tally.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace rapport::fold {
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
  EXPECT_EQ(tally.most(), 3U);
  EXPECT_EQ(tally, tally_of({1, 2, 3, 3, 3}));
  EXPECT_EQ(Tally<int>().most(), 0U);
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

}  // namespace
}  // namespace rapport::fold
