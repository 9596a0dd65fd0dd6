#include <rapport/math/fisher_exact.hpp>

#include <gtest/gtest.h>

#include <cstdint>
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

TEST(FisherExact, MatchesSumsOfWholeNumbers) {
  // Python: sum of comb(n2, x) * comb(n1, hits - x) over comb(n1 + n2, hits) as a Fraction.
  constexpr struct {
    std::uint64_t earlier, earlier_total, later, later_total;
    double p_value, tolerance;
  } rows[] = {
      {45, 60, 30, 58, 0.007242770033669936, 1e-13},
      {300, 500, 250, 500, 0.0009135038235329013, 1e-12},
      {499, 500, 300, 499, 1.9155189314380328e-69, 1e-12},
      // Log-gammas of thousands lose four digits in their differences.
      {600, 1000, 550, 1000, 0.013317768855220501, 1e-10},
      {9000, 20000, 100, 300, 2.8946380330871926e-05, 1e-9},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.p_value);
    const double p = fisher_exact_fall(row.earlier, row.earlier_total, row.later, row.later_total);
    EXPECT_NEAR(p / row.p_value, 1, row.tolerance);
  }
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
