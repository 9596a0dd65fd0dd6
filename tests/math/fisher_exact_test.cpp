#include <rapport/math/fisher_exact.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

namespace rapport::math {
namespace {

TEST(FisherExact, NineOfTenThenOneOfTen) {
  // At most 1 of the 10 hits among the later 10: C(10,0) C(10,10) + C(10,1) C(10,9) = 101 ways.
  EXPECT_NEAR(fisher_exact_fall(9, 10, 1, 10) / (101.0 / 184756), 1, 1e-12);
}

TEST(FisherExact, TheLadyTastingTea) {
  // Fisher (1935): 3 of 4 and 1 of 4; (1 * 1 + 4 * 4) of C(8,4) = 70 ways.
  EXPECT_NEAR(fisher_exact_fall(3, 4, 1, 4), 17.0 / 70, 1e-14);
}

TEST(FisherExact, WithinEachTableTheTailsOverlapInTheTableAlone) {
  // P(X <= x) + P(X >= x) - P(X = x) = 1, and P(X >= x) is the fall of the misses.
  for (std::uint64_t later = 0; later <= 12; ++later) {
    const std::uint64_t earlier = 12 - later, n1 = 15, n2 = 13;
    const double below = fisher_exact_fall(earlier, n1, later, n2);
    const double above = fisher_exact_fall(n1 - earlier, n1, n2 - later, n2);
    const double less = later == 0 ? 0 : fisher_exact_fall(earlier + 1, n1, later - 1, n2);
    EXPECT_NEAR(less + above, 1, 1e-12) << later;
    EXPECT_GT(below, less);
  }
}

TEST(FisherExact, SaysNothingWithoutEvidence) {
  EXPECT_NEAR(fisher_exact_fall(5, 10, 0, 0), 1, 1e-12);
  EXPECT_NEAR(fisher_exact_fall(0, 0, 0, 10), 1, 1e-12);
  EXPECT_NEAR(fisher_exact_fall(0, 10, 0, 10), 1, 1e-12);
  EXPECT_NEAR(fisher_exact_fall(10, 10, 10, 10), 1, 1e-12);
}

TEST(FisherExact, RejectsCountsAboveTheirTotals) {
  EXPECT_THROW((void)fisher_exact_fall(2, 1, 0, 1), std::invalid_argument);
  EXPECT_THROW((void)fisher_exact_fall(0, 1, 2, 1), std::invalid_argument);
}

}  // namespace
}  // namespace rapport::math
