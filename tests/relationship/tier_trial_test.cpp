#include <rapport/math/normal.hpp>
#include <rapport/math/random.hpp>
#include <rapport/relationship/tier_trial.hpp>

#include "support/scored_base.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace rapport::relationship {
namespace {

using tests::ScoredBase;
// Daily scores of mean 0.60, at the threshold: the worst case. A stationary Gaussian chain with
// lag-one correlation rho changes sides of its mean on a day with probability acos(rho) / pi, so
// that this rho makes 42.5 changes a year with one threshold; the spread of 0.0436 then makes 3.60
// with two thresholds and a stay, by scripts/reference/tier_changes.cpp.
ScoredBase noisy_base(std::size_t customers) {
  const double rho = std::cos(std::numbers::pi * 42.5 / 365.2425);
  constexpr double spread = 0.0436;
  ScoredBase base;
  for (std::size_t customer = 0; customer < customers; ++customer) {
    math::RandomStream stream(35, customer);
    const auto draw = [&] { return math::normal_quantile(math::draw_uniform(stream)); };
    double x = draw();
    std::vector<ScoreOn> scores;
    for (DayNumber day = 0; day <= 365; ++day) {
      scores.push_back({day, to_micro(std::clamp(0.60 + spread * x, 0.0, 1.0))});
      x = rho * x + std::sqrt(1 - rho * rho) * draw();
    }
    base.add(scores);
  }
  return base;
}

const TierPolicy one_threshold({{.name = "near", .enter = 600'000, .leave = 600'000},
                                {.name = "far"}});
const TierPolicy two_thresholds(
    {{.name = "near", .enter = 600'000, .leave = 520'000, .minimum_stay = 30}, {.name = "far"}});

TEST(R35_NearAndFar, TwoThresholdsAndAStayCalmANoisyIndexAtTheThreshold) {
  const ScoredBase base = noisy_base(1500);
  const std::vector<TierPolicy> policies = {one_threshold, two_thresholds};
  const auto trials = simulate_policies(policies, base.series(), 0.90, 2);
  ASSERT_EQ(trials.size(), 2U);
  // Four standard errors of the simulation to either side; 0.12 and 0.05 changes a year here.
  const auto expect_about = [](const TierTrial& trial, double expected) {
    const core::Estimate& rate = trial.changes_per_year;
    const double error = (rate.high - rate.value) / math::two_sided_quantile(0.90);
    EXPECT_NEAR(rate.value, expected, 4 * error);
    EXPECT_LT(error, 0.01 * expected + 0.05) << "else this says little";
  };
  expect_about(trials[0], 42.5);
  expect_about(trials[1], 3.6);
  EXPECT_NEAR(trials[0].customer_years, 1500 * 365 / 365.2425, 1e-9);
  EXPECT_NEAR(trials[0].tiers[0].share_of_time, 0.5, 0.02);
  EXPECT_GT(trials[1].tiers[0].mean_stay_days, 10 * trials[0].tiers[0].mean_stay_days);
}

TEST(TierTrial, CountsByHand) {
  ScoredBase base;
  base.add({{.day = 0}, {10, 700'000}, {20, 100'000}, {50, 100'000}, {60, 700'000}, {.day = 70}});
  base.add({{0, 100'000}, {30, 100'000}});
  base.add({});
  base.add({{5, 700'000}});
  const TierTrial trial = simulate_policy(two_thresholds, base.series());
  // The first one: unknown for 10 days, near until day 50 (a stay of 30 days put day 20 off), far
  // for 10 days, near for 10 days, unknown.
  EXPECT_EQ(trial.customers, 4U);
  EXPECT_EQ(trial.placed, 3U);
  EXPECT_EQ(trial.nearer, 1U);
  EXPECT_EQ(trial.farther, 1U);
  EXPECT_EQ(trial.to_unknown, 1U);
  EXPECT_EQ(trial.changes(), 3U);
  EXPECT_EQ(trial.customer_years, 100 / 365.2425);
  EXPECT_NEAR(trial.changes_per_year.value, 3 / (100 / 365.2425), 1e-12);
  EXPECT_EQ(trial.tiers[0].entered, 3U);
  EXPECT_EQ(trial.tiers[0].departed, 2U);
  EXPECT_EQ(trial.tiers[0].days, 50U);
  EXPECT_EQ(trial.tiers[0].mean_stay_days, 25);
  EXPECT_EQ(trial.tiers[1].entered, 2U);
  EXPECT_EQ(trial.tiers[1].departed, 1U);
  EXPECT_EQ(trial.tiers[1].days, 40U);
  EXPECT_EQ(trial.tiers[1].mean_stay_days, 40) << "10 days that ended, 30 that did not";
  EXPECT_EQ(trial.unknown.days, 10U);
  EXPECT_EQ(trial.unknown.share_of_time, 0.1);
  EXPECT_EQ(trial.unknown.departed, 1U);
}

TEST(TierTrial, TheIntervalTakesCustomersAsTheUnits) {
  // Three customers over 10 days each with 0, 1 and 2 changes: the standard error of their mean is
  // 1 / sqrt(3) changes in 10 days.
  ScoredBase base;
  base.add({{0, 0}, {5, 0}, {10, 0}});
  base.add({{0, 0}, {5, one}, {10, one}});
  base.add({{0, 0}, {5, one}, {10, 0}});
  const core::Estimate rate = simulate_policy(one_threshold, base.series()).changes_per_year;
  EXPECT_NEAR(rate.value, 36.52425, 1e-12);
  EXPECT_NEAR(rate.high - rate.value, 1.6448536269514727 * 36.52425 / std::sqrt(3), 1e-10);
  EXPECT_NEAR(rate.value - rate.low, rate.high - rate.value, 1e-12);
  EXPECT_EQ(rate.n, 3U);
}

TEST(TierTrial, WithoutTimeItAbstains) {
  const TierTrial none = simulate_policy(one_threshold, ScoreSeries{});
  EXPECT_FALSE(none.changes_per_year.usable());
  EXPECT_TRUE(std::isnan(none.changes_per_year.value));
  EXPECT_TRUE(std::isnan(none.tiers[0].share_of_time));
  EXPECT_TRUE(std::isnan(none.tiers[0].mean_stay_days));
  ScoredBase single;
  single.add({{0, 0}, {10, one}});
  const core::Estimate rate = simulate_policy(one_threshold, single.series()).changes_per_year;
  EXPECT_TRUE(rate.usable());
  EXPECT_TRUE(std::isnan(rate.low)) << "one customer shows no spread";
}

TEST(TierTrial, GivesTheSameBytesForAnyNumberOfThreads) {
  const ScoredBase base = noisy_base(60);
  const TierTrial alone = simulate_policy(two_thresholds, base.series());
  const TierTrial threads = simulate_policy(two_thresholds, base.series(), 0.90, 4);
  EXPECT_EQ(alone.changes_per_year.value, threads.changes_per_year.value);
  EXPECT_EQ(alone.changes_per_year.high, threads.changes_per_year.high);
  EXPECT_EQ(alone.changes(), threads.changes());
  EXPECT_EQ(alone.tiers[0].mean_stay_days, threads.tiers[0].mean_stay_days);
}

TEST(TierTrial, CountsWhatTheStatesCount) {
  const ScoredBase base = noisy_base(60);
  std::uint64_t changes = 0;
  for (const TierState& state : tiers_of(two_thresholds, base.series())) changes += state.changes;
  const TierTrial trial = simulate_policy(two_thresholds, base.series());
  EXPECT_EQ(changes, trial.changes() + trial.placed);
  EXPECT_EQ(trial.tiers[0].entered + trial.tiers[1].entered + trial.unknown.entered, changes);
}

TEST(TierTrial, RefusesALevelOrASeriesWithoutMeaning) {
  EXPECT_THROW((void)simulate_policy(one_threshold, ScoreSeries{}, 1), std::domain_error);
  const std::vector<DayNumber> days = {1};
  EXPECT_THROW((void)simulate_policy(one_threshold, {.days = days}), std::invalid_argument);
}

}  // namespace
}  // namespace rapport::relationship
