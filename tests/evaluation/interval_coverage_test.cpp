#include <rapport/evaluation/interval_coverage.hpp>

#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/math/random.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rapport::evaluation {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(IntervalCoverage, CountsWhatFellWhere) {
  core::EstimateColumn intervals;
  intervals.resize(6);
  intervals.level = 0.8;
  intervals.low = {0, 1, 2, 3, nan, 0};
  intervals.high = {1, 1, 4, 9, nan, 2};
  const IntervalCoverage coverage =
      interval_coverage(intervals, std::vector<double>{1, 1, 1, 10, 3, nan});
  EXPECT_EQ(coverage.within, 2U);
  EXPECT_EQ(coverage.below, 1U);
  EXPECT_EQ(coverage.above, 1U);
  EXPECT_EQ(coverage.left_out, 2U);
  EXPECT_EQ(coverage.mean_width, 2.25);
  EXPECT_EQ(coverage.share.value, 0.5);
  EXPECT_EQ(coverage.level, 0.8);
  EXPECT_EQ(to_text(coverage),
            "held 2 of 4 (50.0 %, 15.0 to 85.0 %; promised 80 %), 1 below, 1 above, width 2.25");
  EXPECT_THROW((void)interval_coverage(intervals, std::vector<double>{1}), std::invalid_argument);
}

TEST(IntervalCoverage, OfNobodySaysNothing) {
  const IntervalCoverage coverage = interval_coverage({}, {});
  EXPECT_TRUE(std::isnan(coverage.mean_width));
  EXPECT_TRUE(std::isnan(coverage.share.value));
}

TEST(TransformHistogram, SpreadsEachCustomerOverItsStep) {
  // The first fills [0, 1/2], the second all of [0, 1], the third stands at 1/4.
  const auto bins = transform_histogram(std::vector<double>{0, 0, 0.25, nan},
                                        std::vector<double>{0.5, 1, 0.25, 1}, 4);
  ASSERT_EQ(bins.size(), 4U);
  EXPECT_NEAR(bins[0], (0.5 + 0.25 + 1) / 3, 1e-15);
  EXPECT_NEAR(bins[1], (0.5 + 0.25) / 3, 1e-15);
  EXPECT_NEAR(bins[2], 0.25 / 3, 1e-15);
  EXPECT_NEAR(bins[3], 0.25 / 3, 1e-15);
}

TEST(TransformHistogram, RejectsWhatIsNoLaw) {
  const std::vector<double> half = {0.5}, more = {1.1}, less = {0.4}, two = {0, 0};
  EXPECT_THROW((void)transform_histogram(half, less), std::domain_error);
  EXPECT_THROW((void)transform_histogram(half, more), std::domain_error);
  EXPECT_THROW((void)transform_histogram(std::vector<double>{-0.1}, half), std::domain_error);
  EXPECT_THROW((void)transform_histogram(half, two), std::invalid_argument);
  EXPECT_THROW((void)transform_histogram(less, half, 0), std::domain_error);
  EXPECT_TRUE(std::isnan(transform_histogram({}, {})[0]));
  EXPECT_NO_THROW((void)transform_histogram(half, std::vector<double>{1 + 1e-12}));
}

// 4,000 new customers of a known model over 30 weeks: each tenth of the histogram holds a tenth,
// and errs by less than 0.5 % (a customer's spread over the bins errs by less than that of one
// bin). Told by a model whose customers buy twice as fast, it is not flat.
TEST(TransformHistogram, IsFlatWhereTheModelIsRightAndNotWhereItIsNot) {
  const clv::MbgNbd model({.r = 0.8, .alpha = 2, .a = 0.8, .b = 3});
  const clv::MbgNbd faster({.r = 0.8, .alpha = 1, .a = 0.8, .b = 3});
  const auto histogram = [&](const clv::MbgNbd& told) {
    std::vector<double> cdf = {0};  // of fewer than n
    std::vector<double> below, up_to;
    for (std::uint64_t i = 0; i < 4000; ++i) {
      math::RandomStream stream(7, i);
      const std::size_t count = draw_purchases(model, 30, stream).size();
      while (cdf.size() < count + 2) {
        cdf.push_back(cdf.back() +
                      told.probability_of_purchases(static_cast<unsigned>(cdf.size() - 1), 30));
      }
      below.push_back(cdf[count]);
      up_to.push_back(cdf[count + 1]);
    }
    return transform_histogram(below, up_to);
  };
  double most = 0;
  for (const double share : histogram(model)) EXPECT_NEAR(share, 0.1, 4 * 0.005);
  for (const double share : histogram(faster)) most = std::max(most, std::abs(share - 0.1));
  EXPECT_GT(most, 4 * 0.005);
}

}  // namespace
}  // namespace rapport::evaluation
