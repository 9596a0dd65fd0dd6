#include <rapport/clv/resampling.hpp>

#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/sbg.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace rapport::clv {
namespace {

static_assert(Resamplable<Patterns>);
static_assert(Resamplable<SpendPatterns>);
static_assert(Resamplable<OpportunityPatterns>);
static_assert(Resamplable<Retention>);
static_assert(!Resamplable<Histories>);

const std::vector<double> x = {0, 0, 2, 2, 5};
const std::vector<double> t_x = {0, 0, 3, 8, 9};
const std::vector<double> t = {10, 12, 10, 10, 12};
const Patterns patterns(Histories({.frequency = x, .recency = t_x, .age = t}, core::weeks));

TEST(Resampling, KeepsRowsAndTakesNewCounts) {
  const Patterns other = with_counts(patterns, std::vector<double>{3, 0, 1, 0, 2});
  EXPECT_EQ(other.customers(), 6);
  EXPECT_EQ(other.purchases(), 2 + 10);
  ASSERT_EQ(other.size(), 3);
  EXPECT_EQ(other[0], patterns[0]);
  EXPECT_EQ(other[1], patterns[2]);
  EXPECT_EQ(other[2], patterns[4]);
  EXPECT_EQ(other.period(), core::weeks);
}

TEST(Resampling, OfTheVeryCountsIsTheSameBase) {
  const Patterns same = with_counts(patterns, patterns.count());
  EXPECT_TRUE(std::ranges::equal(same.recency(), patterns.recency()));
  EXPECT_TRUE(std::ranges::equal(same.count(), patterns.count()));
}

TEST(Resampling, KeepsTheLogarithmsOfIntervalsOfEachCustomer) {
  const std::vector<double> logs = {0, 0, 2 * std::log(1.5) - 0.3, 2 * std::log(4) - 1, 2.5};
  const Patterns known(Histories(
      {.frequency = x, .recency = t_x, .age = t, .sum_log_intervals = logs}, core::weeks));
  const Patterns same = with_counts(known, known.count());
  EXPECT_TRUE(std::ranges::equal(same.sum_log_intervals(), known.sum_log_intervals()));
  EXPECT_TRUE(with_counts(patterns, patterns.count()).sum_log_intervals().empty());
}

TEST(Resampling, DrawsAsManyCustomersAsThereAre) {
  double of_first = 0;
  constexpr int draws = 4000;
  for (int i = 0; i < draws; ++i) {
    math::RandomStream stream(11, static_cast<std::uint64_t>(i));
    const Patterns again = resample(patterns, stream);
    ASSERT_EQ(again.customers(), 5);
    if (again[0] == patterns[0]) of_first += again.count()[0];
  }
  // Binomial (5, 1/5) each: mean 1, variance 0.8.
  EXPECT_NEAR(of_first / draws, 1, 4 * std::sqrt(0.8 / draws));
}

TEST(Resampling, OfSpendsKnowsTheFrequencyOfEachRow) {
  const std::vector<double> n = {1, 1, 4}, mean = {20, 30, 25};
  const SpendPatterns spends(Spends({.frequency = n, .monetary_value = mean}));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(frequency_of_row(spends, i), n[i]);
  const SpendPatterns other = with_counts(spends, std::vector<double>{0, 7, 1});
  EXPECT_EQ(other.customers(), 8);
  EXPECT_EQ(other.mean()[0], 30);
  EXPECT_EQ(frequency_of_row(other, 1), 4);
  const GammaGamma model({.p = 6.25, .q = 3.74, .gamma = 15.44});
  EXPECT_EQ(log_likelihood_of_row(model, spends, 2), model.log_likelihood(4, 25));
}

TEST(Resampling, RowsAddUpToTheLikelihoodOfTheBase) {
  const BgNbd model({.r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426});
  double sum = 0;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    sum += patterns.count()[i] * log_likelihood_of_row(model, patterns, i);
  }
  EXPECT_NEAR(sum, log_likelihood_derivatives(model, patterns).value, 1e-12);
}

TEST(Resampling, RejectsOtherSizesAndCounts) {
  EXPECT_THROW((void)with_counts(patterns, std::vector<double>{1}), std::invalid_argument);
  EXPECT_THROW((void)with_counts(patterns, std::vector<double>{1, 1, 1, 1, 0.5}),
               std::domain_error);
}

TEST(Resampling, TakesOpportunitiesAndContracts) {
  const std::vector<double> bought = {0, 1, 3}, last = {0, 2, 4}, n = {6, 6, 4}, count = {5, 2, 1};
  const OpportunityPatterns donors(Opportunities({bought, last, n, count}));
  const BgBb chances({.alpha = 1.2, .beta = .75, .gamma = .66, .delta = 2.78});
  double sum = 0;
  for (std::size_t i = 0; i < donors.size(); ++i) {
    sum += donors.count()[i] * log_likelihood_of_row(chances, donors, i);
  }
  EXPECT_NEAR(log_likelihood_derivatives(chances, donors).value, sum, 1e-13);
  // Ascending by opportunities: the one with four comes first.
  EXPECT_EQ(with_counts(donors, std::vector<double>{0, 4, 1}).purchases(), 1);

  // Two cohorts, of which one was first seen after two renewals.
  const std::vector<double> renewals = {0, 1, 3, 2, 3}, alive = {20, 14, 9, 11, 10},
                            cohort = {1, 1, 1, 2, 2};
  const Retention contracts(CohortColumns{.t = renewals, .alive = alive, .cohort = cohort});
  const Sbg sbg({.alpha = .7, .beta = 1.2});
  sum = 0;
  for (std::size_t i = 0; i < contracts.size(); ++i) {
    sum += contracts.count()[i] * log_likelihood_of_row(sbg, contracts, i);
  }
  EXPECT_NEAR(log_likelihood(sbg, contracts), sum, 1e-13);
  math::RandomStream stream(1);
  EXPECT_EQ(resample(contracts, stream).customers(), 31);
}

}  // namespace
}  // namespace rapport::clv
