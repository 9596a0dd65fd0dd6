#include <rapport/clv/simulate.hpp>

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

const BgNbd bg({.r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426});
const MbgNbd mbg({.r = 0.525, .alpha = 6.183, .a = 0.891, .b = 1.614});
const GammaGamma spend({.p = 6.25, .q = 3.74, .gamma = 15.44});

// Ages as a cohort of twelve weeks has them.
std::vector<double> cohort(std::size_t customers) {
  std::vector<double> ages(customers);
  for (std::size_t i = 0; i < customers; ++i) ages[i] = 27 + static_cast<double>(i % 84) / 7;
  return ages;
}

TEST(SimulatePurchases, GivesTimesInOrderWithinTheAge) {
  const auto ages = cohort(500);
  const CustomerValues purchases = simulate_purchases(bg, ages, 1);
  ASSERT_EQ(purchases.customers(), ages.size());
  for (std::size_t i = 0; i < ages.size(); ++i) {
    const auto times = purchases.of(i);
    EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
    if (!times.empty()) {
      EXPECT_GT(times.front(), 0);
      EXPECT_LE(times.back(), ages[i]);
    }
    EXPECT_TRUE(valid(history_at(times, ages[i])));
  }
}

TEST(SimulatePurchases, IsTheSameForAnyNumberOfThreadsAndOfCustomers) {
  const auto ages = cohort(5000);
  const CustomerValues one = simulate_purchases(mbg, ages, 11);
  const CustomerValues three = simulate_purchases(mbg, ages, 11, Threads(3));
  EXPECT_EQ(one.begin, three.begin);
  EXPECT_EQ(one.values, three.values);

  const CustomerValues few = simulate_purchases(mbg, std::span(ages).first(700), 11);
  EXPECT_TRUE(std::equal(few.begin.begin(), few.begin.end(), one.begin.begin()));
  EXPECT_TRUE(std::equal(few.values.begin(), few.values.end(), one.values.begin()));
}

TEST(SimulatePurchases, AnotherSeedMakesOtherCustomers) {
  const auto ages = cohort(100);
  EXPECT_NE(simulate_purchases(bg, ages, 1).values, simulate_purchases(bg, ages, 2).values);
}

// The counts of a large cohort against the model's own law of them: mean and shares of customers
// with 0, 1 and 2 purchases within four standard errors, for a fixed seed.
template <class Model>
void expect_counts_of(const Model& model) {
  const std::size_t n = 100'000;
  const double age = 39;
  const CustomerValues purchases = simulate_purchases(model, std::vector<double>(n, age), 2026);
  double sum = 0;
  double squares = 0;
  double shares[3] = {};
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t count = purchases.of(i).size();
    sum += static_cast<double>(count);
    squares += static_cast<double>(count * count);
    if (count < 3) shares[count] += 1. / static_cast<double>(n);
  }
  const double mean = sum / static_cast<double>(n);
  const double variance = squares / static_cast<double>(n) - mean * mean;
  EXPECT_NEAR(mean, model.expected_purchases(age),
              4 * std::sqrt(variance / static_cast<double>(n)));
  for (unsigned count = 0; count < 3; ++count) {
    const double share = model.probability_of_purchases(count, age);
    EXPECT_NEAR(shares[count], share, 4 * std::sqrt(share * (1 - share) / static_cast<double>(n)));
  }
}

TEST(SimulatePurchases, CountsAsBgNbdSays) { expect_counts_of(bg); }
TEST(SimulatePurchases, CountsAsMbgNbdSays) { expect_counts_of(mbg); }

// What the model expects of each history's next 39 weeks, against what then happens.
template <class Model>
void expect_forecasts_of(const Model& model) {
  const std::size_t n = 50'000;
  const double age = 30;
  const double horizon = 39;
  const CustomerValues purchases =
      simulate_purchases(model, std::vector<double>(n, age + horizon), 7);
  double expected = 0, bought = 0, squares = 0, silent = 0, expected_silent = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto times = purchases.of(i);
    const CustomerHistory c = history_at(times, age);
    const double more = static_cast<double>(times.size()) - c.frequency;
    const double forecast = model.expected_purchases(c, horizon);
    bought += more;
    expected += forecast;
    squares += (more - forecast) * (more - forecast);
    silent += more == 0 ? 1 : 0;
    expected_silent += model.probability_of_no_purchase(c, horizon);
  }
  EXPECT_NEAR(bought, expected, 4 * std::sqrt(squares));
  EXPECT_NEAR(silent, expected_silent, 4 * std::sqrt(static_cast<double>(n)) / 2);
}

TEST(SimulatePurchases, ContinuesAsBgNbdForecasts) { expect_forecasts_of(bg); }
TEST(SimulatePurchases, ContinuesAsMbgNbdForecasts) { expect_forecasts_of(mbg); }

TEST(SimulateSpends, HasTheMeanOfTheModel) {
  const std::size_t n = 100'000;
  const CustomerValues amounts = simulate_spends(spend, std::vector<std::size_t>(n, 2), 2026);
  ASSERT_EQ(amounts.values.size(), 2 * n);
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double mean = (amounts.of(i)[0] + amounts.of(i)[1]) / 2;
    sum += mean;
    squares += mean * mean;
  }
  const double mean = sum / static_cast<double>(n);
  const double variance = squares / static_cast<double>(n) - mean * mean;
  EXPECT_NEAR(mean, spend.population_mean(), 4 * std::sqrt(variance / static_cast<double>(n)));
  // Var(zbar) = E Var + Var E with nu ~ Gamma(q, gamma): p / x and p^2 times moments of 1 / nu.
  const double first = 15.44 / 2.74;
  const double second = 15.44 * 15.44 / (2.74 * 1.74);
  const double law = 6.25 / 2 * second + 6.25 * 6.25 * (second - first * first);
  EXPECT_NEAR(variance / law, 1, 0.1);  // heavy tail: the fourth moment does not exist
}

TEST(SimulateSpends, IsTheSameForAnyNumberOfThreads) {
  std::vector<std::size_t> counts(3000);
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = i % 5;
  EXPECT_EQ(simulate_spends(spend, counts, 5).values,
            simulate_spends(spend, counts, 5, Threads(2)).values);
}

TEST(Simulate, TheFirstCustomersOfASeedAreFrozen) {
  // Seen on x86-64 with glibc; the tolerance is for other mathematical libraries.
  const CustomerValues times = simulate_purchases(mbg, std::vector<double>(20, 39), 1);
  double sum = 0;
  for (const double t : times.values) sum += t;
  EXPECT_EQ(times.values.size(), 30u);
  EXPECT_NEAR(sum, 501.9478864997742, 1e-9);

  const CustomerValues amounts = simulate_spends(spend, std::vector<std::size_t>(3, 2), 1);
  constexpr double frozen[] = {14.797280146068886, 13.669646100651697, 9.6671944446608702,
                               8.0322246470517129, 15.303956040450165, 9.0221130567044767};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(amounts.values[i], frozen[i], 1e-10);
}

TEST(Simulate, AHistoryCountsWhatWasSeenByThen) {
  const std::vector<double> times = {1, 4, 9};
  EXPECT_EQ(history_at(times, 0.5), (CustomerHistory{0, 0, 0.5}));
  EXPECT_EQ(history_at(times, 4), (CustomerHistory{2, 4, 4}));
  EXPECT_EQ(history_at(times, 100), (CustomerHistory{3, 9, 100}));
  EXPECT_EQ(history_at({}, 10), (CustomerHistory{0, 0, 10}));
}

TEST(Simulate, RejectsAnAgeBelowZero) {
  EXPECT_THROW((void)simulate_purchases(bg, std::vector<double>{1, -1}, 1), std::domain_error);
  EXPECT_EQ(simulate_purchases(bg, {}, 1).customers(), 0u);
}

}  // namespace
}  // namespace rapport::clv
