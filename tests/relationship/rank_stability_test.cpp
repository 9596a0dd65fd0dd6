#include <rapport/fold/rank.hpp>
#include <rapport/math/random.hpp>
#include <rapport/relationship/micro.hpp>
#include <rapport/relationship/rank_stability.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

namespace rapport::relationship {
namespace {

using Column = std::vector<double>;
using Columns = std::vector<Column>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

RankStability stability(const Columns& columns, const std::vector<double>& weights,
                        const RankStabilityOptions& options = {}) {
  return rank_stability(std::vector<std::span<const double>>(columns.begin(), columns.end()),
                        weights, options);
}

Columns random_columns(std::size_t n, std::size_t k) {
  math::RandomStream stream(35);
  Columns columns(k, Column(n));
  for (Column& column : columns) {
    for (double& value : column) value = math::draw_uniform(stream);
  }
  return columns;
}

TEST(R34_RankStability, IsTheShareOfDrawnWeightsThatKeepACustomerInTheTopDecile) {
  // Of ten customers one is in the top decile. The first scores w, the second 0.4, the others 0.
  // With concentration 2 the weights (1/2, 1/2) are drawn from Dirichlet(1, 1), so w is uniform:
  // the first is in the top whenever w > 0.4.
  Columns columns(2, Column(10, 0.0));
  columns[0][0] = 1;
  columns[0][1] = columns[1][1] = 0.4;
  const RankStability result =
      stability(columns, {0.5, 0.5}, {.concentration = 2, .draws = 10'000});
  EXPECT_EQ(result.top_size, 1u);
  EXPECT_EQ(result.in_top[0], 1);
  // Four standard errors of a share of 10,000 draws.
  EXPECT_NEAR(result.share_in_top[0], 0.6, 4 * std::sqrt(0.24 / 10'000));
  EXPECT_NEAR(result.share_in_top[1], 0.4, 4 * std::sqrt(0.24 / 10'000));
  EXPECT_EQ(result.share_in_top[2], 0);
  EXPECT_EQ(result.kept, result.share_in_top[0]);
}

TEST(RankStability, FollowsTheConcentration) {
  // With concentration 2 c and weights (1/2, 1/2), w has the law Beta(c, c). For c = 2 that is
  // P(w > 0.4) = 1 - 3 * 0.4^2 + 2 * 0.4^3 = 0.648; for c = 3, 1 - 10 * 0.4^3 + 15 * 0.4^4 - 6 *
  // 0.4^5 = 0.68256.
  for (const auto& [concentration, expected] : {std::pair{4.0, 0.648}, {6.0, 0.68256}}) {
    const RankStability result =
        stability({{1, 0.4}, {0, 0.4}}, {0.5, 0.5},
                  {.concentration = concentration, .top_share = 0.5, .draws = 20'000});
    EXPECT_NEAR(result.share_in_top[0], expected, 4 * std::sqrt(0.23 / 20'000));
  }
}

TEST(RankStability, IsCertainForThoseWhoAreBestOrWorstInEverything) {
  Columns columns = random_columns(50, 3);
  for (Column& column : columns) {
    column[7] = 1;
    column[9] = 0;
  }
  const RankStability result = stability(columns, {0.5, 0.3, 0.2}, {.concentration = 1});
  EXPECT_EQ(result.share_in_top[7], 1);
  EXPECT_EQ(result.share_in_top[9], 0);
}

TEST(RankStability, IsThatOfTheStatedWeightsWhereTheyAreSure) {
  const RankStability result =
      stability(random_columns(500, 3), {0.5, 0.3, 0.2}, {.concentration = 1e12, .draws = 50});
  EXPECT_EQ(result.top_size, 50u);
  for (std::size_t i = 0; i < 500; ++i) EXPECT_EQ(result.share_in_top[i], result.in_top[i]);
  EXPECT_EQ(result.kept, 1);
  EXPECT_NEAR(result.mean_rank_correlation, 1, 1e-9);
}

TEST(RankStability, FallsAsTheWeightsBecomeLessSure) {
  double kept = 1;
  double correlated = 1;
  for (const double concentration : {1000.0, 100.0, 10.0, 1.0}) {
    const RankStability result = stability(random_columns(500, 4), {0.4, 0.3, 0.2, 0.1},
                                           {.concentration = concentration, .draws = 200});
    EXPECT_LT(result.kept, kept);
    EXPECT_LT(result.mean_rank_correlation, correlated);
    EXPECT_LE(result.least_rank_correlation, result.mean_rank_correlation);
    kept = result.kept;
    correlated = result.mean_rank_correlation;
  }
}

TEST(RankStability, FillsTheTopInEveryDraw) {
  // Without ties each draw has exactly as many customers in the top as the share asks for.
  const RankStability result = stability(random_columns(200, 4), {0.4, 0.3, 0.2, 0.1},
                                         {.concentration = 20, .top_share = 0.25, .draws = 64});
  const double total = std::accumulate(result.share_in_top.begin(), result.share_in_top.end(), 0.0);
  // A tie in millionths of a score now and then.
  EXPECT_GE(total, 50);
  EXPECT_LE(total, 50.1);
}

TEST(RankStability, KeepsTiesTogether) {
  // Ten customers, one in the top decile, but three share the highest score.
  const RankStability result =
      stability({{0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}}, {1.0}, {.draws = 10});
  EXPECT_EQ(result.top_size, 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(result.share_in_top[i], 1);
  EXPECT_EQ(result.share_in_top[3], 0);
}

TEST(RankStability, RoundsTheSizeOfTheTopUpButNotForRounding) {
  // 0.1 * 30 is a hair above 3 in doubles; 0.1 * 31 asks for four.
  for (const auto& [n, size] : {std::pair<std::size_t, std::uint64_t>{30, 3}, {31, 4}, {1, 1}}) {
    Column column(n);
    for (std::size_t i = 0; i < n; ++i) column[i] = static_cast<double>(i) / 100;
    EXPECT_EQ(stability({column}, {1.0}, {.draws = 1}).top_size, size) << n;
  }
}

TEST(RankStability, LeavesUnknownIndicatorsOutAndScalesTheOthers) {
  // The first knows only the second indicator, 0.7: its score is 0.7 with any weights. The second
  // has 0.6 in both. The third knows nothing.
  const RankStability result = stability({{nan, 0.6, nan}, {0.7, 0.6, nan}}, {0.75, 0.25},
                                         {.concentration = 4, .top_share = 0.5, .draws = 100});
  EXPECT_EQ(result.scored, 2u);
  EXPECT_EQ(result.share_in_top[0], 1);
  EXPECT_EQ(result.share_in_top[1], 0);
  EXPECT_TRUE(std::isnan(result.share_in_top[2]));
  EXPECT_EQ(result.in_top[2], 0);
}

TEST(RankStability, LeavesOutWhoeverIsKnownTooLittle) {
  const RankStability result = stability({{nan, 0.6, 0.2}, {0.7, 0.6, nan}}, {0.75, 0.25},
                                         {.draws = 10, .minimum_coverage = 0.5});
  EXPECT_EQ(result.scored, 2u);
  EXPECT_TRUE(std::isnan(result.share_in_top[0]));
  EXPECT_EQ(result.share_in_top[1], 1);
  const RankStability nobody = stability({{nan}, {0.7}}, {1.0, 0.0}, {.draws = 10});
  EXPECT_EQ(nobody.scored, 0u);
  EXPECT_TRUE(std::isnan(nobody.kept));
  EXPECT_TRUE(std::isnan(nobody.mean_rank_correlation));
}

TEST(RankStability, LeavesAWeightOfZeroAtZero) {
  const RankStability result = stability({{0.2, 0.1}, {0, 1}}, {1.0, 0.0},
                                         {.concentration = 1, .top_share = 0.5, .draws = 100});
  EXPECT_EQ(result.share_in_top[0], 1);
  EXPECT_NEAR(result.mean_rank_correlation, 1, 1e-15);
}

TEST(RankStability, IsTheSameBytesForAnyNumberOfThreads) {
  const Columns columns = random_columns(300, 4);
  const RankStability one = stability(columns, {0.4, 0.3, 0.2, 0.1}, {.draws = 100});
  for (const int threads : {2, 3, 7}) {
    const RankStability many =
        stability(columns, {0.4, 0.3, 0.2, 0.1}, {.draws = 100, .threads = threads});
    EXPECT_EQ(many.share_in_top, one.share_in_top);
    EXPECT_EQ(many.mean_rank_correlation, one.mean_rank_correlation);
    EXPECT_EQ(many.kept, one.kept);
  }
}

TEST(RankStability, FollowsTheCustomersThroughAnyOrder) {
  Columns columns = random_columns(300, 3);
  columns[1][5] = nan;
  const RankStability result = stability(columns, {0.5, 0.3, 0.2}, {.draws = 50});
  for (Column& column : columns) std::reverse(column.begin(), column.end());
  RankStability turned = stability(columns, {0.5, 0.3, 0.2}, {.draws = 50});
  std::reverse(turned.share_in_top.begin(), turned.share_in_top.end());
  EXPECT_EQ(turned.share_in_top, result.share_in_top);
}

TEST(RankStability, CorrelatesRanksAsSpearmanDid) {
  // One draw, done again here; with few customers ranks are sorted, with many they are counted.
  for (const std::size_t n : {60u, 100'000u}) {
    SCOPED_TRACE(n);
    const Columns columns = random_columns(n, 2);
    const std::vector<double> weights = {0.6, 0.4};
    const RankStability result =
        stability(columns, weights, {.concentration = 10, .draws = 1, .seed = 9});
    math::RandomStream stream(9, 0);
    const std::vector<double> drawn = math::draw_dirichlet(stream, std::vector{6.0, 4.0});
    const auto ranks = [&](const std::vector<double>& w) {
      Column scores(n);
      for (std::size_t i = 0; i < n; ++i) {
        scores[i] = to_micro(w[0] * columns[0][i]) + to_micro(w[1] * columns[1][i]);
      }
      return fold::ranks(scores);
    };
    const std::vector<double> a = ranks(weights);
    const std::vector<double> b = ranks(drawn);
    const double mean = (static_cast<double>(n) + 1) / 2;
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < n; ++i) {
      ab += (a[i] - mean) * (b[i] - mean);
      aa += (a[i] - mean) * (a[i] - mean);
      bb += (b[i] - mean) * (b[i] - mean);
    }
    EXPECT_NEAR(result.mean_rank_correlation, ab / std::sqrt(aa * bb), 1e-12);
    EXPECT_EQ(result.least_rank_correlation, result.mean_rank_correlation);
  }
}

TEST(RankStability, HasNoCorrelationWhereAllScoresAreEqual) {
  const RankStability result = stability({{0.5, 0.5, 0.5}}, {1.0}, {.draws = 5});
  EXPECT_TRUE(std::isnan(result.mean_rank_correlation));
  EXPECT_EQ(result.top_size, 3u);
}

TEST(RankStability, RejectsWhatMakesNoSense) {
  EXPECT_THROW((void)stability({}, {}), std::invalid_argument);
  EXPECT_THROW((void)stability({{0.5}}, {0.5, 0.5}), std::invalid_argument);
  EXPECT_THROW((void)stability({{0.5}, {0.5, 0.5}}, {0.5, 0.5}), std::invalid_argument);
  EXPECT_THROW((void)stability({{0.5}, {0.5}}, {0.5, 0.6}), std::invalid_argument);
  EXPECT_THROW((void)stability({{0.5}, {0.5}}, {1.5, -0.5}), std::domain_error);
  EXPECT_THROW((void)stability({{1.5}}, {1.0}), std::domain_error);
  EXPECT_THROW((void)stability({{0.5}}, {1.0}, {.concentration = 0}), std::domain_error);
  EXPECT_THROW((void)stability({{0.5}}, {1.0}, {.top_share = 0}), std::domain_error);
  EXPECT_THROW((void)stability({{0.5}}, {1.0}, {.top_share = 1.1}), std::domain_error);
  EXPECT_THROW((void)stability({{0.5}}, {1.0}, {.draws = 0}), std::domain_error);
  EXPECT_THROW((void)stability({{0.5}}, {1.0}, {.minimum_coverage = 2}), std::domain_error);
}

}  // namespace
}  // namespace rapport::relationship
