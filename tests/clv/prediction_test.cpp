#include <rapport/clv/prediction.hpp>

#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>

#include <gtest/gtest.h>

#include "support/simulated_base.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace rapport::clv {
namespace {

// One coin thrown twice: 1/4, 1/2, 1/4.
TEST(CountLaw, HasItsQuantilesByHand) {
  const CountLaw law{{0.25, 0.5, 0.25}, 0};
  EXPECT_EQ(law.quantile(0.25), 0);
  EXPECT_EQ(law.quantile(0.26), 1);
  EXPECT_EQ(law.quantile(0.75), 1);
  EXPECT_EQ(law.quantile(0.76), 2);
  const auto interval = count_interval(law, 1, 0.5);
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 1);
  EXPECT_EQ(interval.value, 1);
  EXPECT_EQ(interval.covers, core::Covers::prediction);
  EXPECT_EQ(count_interval(law, 1, 0.49).low, 1);
  EXPECT_THROW((void)count_interval(law, 1, 1), std::domain_error);
}

TEST(CountLaw, EndsWhereTheRestDoesNotMatter) {
  const auto geometric = [](unsigned n) { return std::ldexp(1.0, -static_cast<int>(n) - 1); };
  const CountLaw law = count_law(geometric, 1e-3);
  EXPECT_EQ(law.probability.size(), 10);
  EXPECT_EQ(law.beyond, std::ldexp(1.0, -10));
  // Sums that rounding keeps from 1 end behind the bulk; heavy laws at the limit, and say so.
  const CountLaw rounded = count_law([&](unsigned n) { return 0.99 * geometric(n); }, 1e-4);
  EXPECT_LT(rounded.probability.size(), 40);
  EXPECT_NEAR(rounded.beyond, 0.01, 1e-6);
  const CountLaw heavy = count_law([](unsigned n) { return 0.5 / (n + 1) / (n + 2); }, 1e-4, 100);
  EXPECT_EQ(heavy.probability.size(), 100);
  EXPECT_EQ(heavy.quantile(0.6), INFINITY);
}

// One purchase for certain, worth s with P(S <= s) = I(p, q; s / (s + gamma)): p = q = 1 makes that
// s / (s + gamma). Two equal chances of none and one: half of it.
TEST(SpendInterval, HasItsQuantilesByHand) {
  const CountLaw one{{0, 1}, 0}, perhaps{{0.5, 0.5}, 0};
  const std::vector<PurchaseAndSpendLaw> certain = {{&one, {1, 1, 10}}};
  const std::vector<PurchaseAndSpendLaw> half = {{&perhaps, {1, 1, 10}}};
  EXPECT_NEAR(spend_cdf(certain, 10), 0.5, 1e-15);
  EXPECT_NEAR(spend_cdf(half, 10), 0.75, 1e-15);
  const auto interval = spend_interval(certain, NAN, 0.90);
  EXPECT_NEAR(interval.low / (10. / 19), 1, 1e-6);
  EXPECT_NEAR(interval.high / (10 * 19.), 1, 1e-6);
  EXPECT_EQ(interval.status, core::Status::undefined);  // an infinite mean, yet quantiles
  const auto often_none = spend_interval(half, 5, 0.90);
  EXPECT_EQ(often_none.low, 0);
  EXPECT_NEAR(often_none.high / 90, 1, 1e-6);  // P(S <= s) = 1/2 + 1/2 s / (s + 10) = 0.95
}

// Made when first asked for: each test is a process of its own.
const tests::SimulatedBase& base() {
  static const tests::SimulatedBase made(tests::cdnow_mbg_nbd, 3000, 17);
  return made;
}
const Fit<MbgNbd>& fitted() {
  static const Fit<MbgNbd> made = fit<MbgNbd>(base().histories());
  return made;
}

TEST(CountPredictor, HoldsAtLeastTheProbabilityAskedForAndNoWiderThanNeeded) {
  const CountPredictor<MbgNbd> predictor(fitted(), 0.8);
  for (const CustomerHistory c : {CustomerHistory{0, 0, 30}, {3, 25, 30}, {40, 29, 30}}) {
    SCOPED_TRACE(c.frequency);
    const auto interval = predictor.count(c, 26);
    const auto law = predictor.law(c, 26);
    double below = 0, above = law.beyond;
    for (std::size_t n = 0; n < law.probability.size(); ++n) {
      if (static_cast<double>(n) < interval.low) below += law.probability[n];
      if (static_cast<double>(n) > interval.high) above += law.probability[n];
    }
    EXPECT_LE(below, 0.1);
    EXPECT_LE(above, 0.1);
    EXPECT_GT(below + law.probability[static_cast<std::size_t>(interval.low)], 0.1 - 1e-12);
    EXPECT_GT(above + law.probability[static_cast<std::size_t>(interval.high)], 0.1);
    EXPECT_EQ(interval.value, fitted().model().expected_purchases(c, 26));
  }
}

// With hundreds of customers behind it the parameters matter more than with thousands.
TEST(CountPredictor, IsWiderWhereTheParametersAreUncertain) {
  Fit<MbgNbd> certain = fitted();
  certain.working_covariance.assign(16, 0.0);
  Fit<MbgNbd> doubtful = fitted();
  for (double& c : doubtful.working_covariance) c *= 30;
  const CustomerHistory c{12, 29, 30};
  const auto narrow = CountPredictor<MbgNbd>(certain).law(c, 52);
  const auto wide = CountPredictor<MbgNbd>(doubtful).law(c, 52);
  const auto spread = [](const CountLaw& law) {
    double mean = 0, square = 0;
    for (std::size_t n = 0; n < law.probability.size(); ++n) {
      const auto count = static_cast<double>(n);
      mean += count * law.probability[n];
      square += count * count * law.probability[n];
    }
    return square - mean * mean;
  };
  EXPECT_GT(spread(wide), 1.01 * spread(narrow));
}

TEST(CountPredictor, OfNoTimeIsNothing) {
  const auto none = CountPredictor<MbgNbd>(fitted()).count({3, 25, 30}, 0);
  EXPECT_EQ(none.low, 0);
  EXPECT_EQ(none.high, 0);
  EXPECT_EQ(none.value, 0);
}

TEST(CountPredictor, OfManyRowsIsThatOfEach) {
  const auto column = predict_counts(fitted(), base().histories(), core::weeks(13), 0.90, 2);
  const CountPredictor<MbgNbd> predictor(fitted());
  for (std::size_t i = 0; i < column.size(); i += 211) {
    const auto one = predictor.count(base().histories()[i], 13);
    EXPECT_EQ(column.value[i], one.value);
    EXPECT_EQ(column.low[i], one.low);
    EXPECT_EQ(column.high[i], one.high);
  }
  EXPECT_EQ(column.covers, core::Covers::prediction);
  EXPECT_THROW((void)predict_counts(fitted(), base().histories(core::days), core::weeks(1)),
               std::invalid_argument);
  EXPECT_THROW((void)predict_counts(fitted(), base().histories(), core::weeks(-1)),
               std::domain_error);
  EXPECT_THROW((void)CountPredictor<MbgNbd>(fitted(), 0), std::domain_error);
}

TEST(CountPredictor, ServesModelsOfOpportunitiesToo) {
  Fit<BgBb> bg_bb;
  bg_bb.params = {.alpha = 1.2, .beta = 0.75, .gamma = 0.66, .delta = 2.78};
  bg_bb.parameters = {1.2, 0.75, 0.66, 2.78};
  bg_bb.working_covariance.assign(16, 0.0);
  bg_bb.status = FitStatus::converged;
  const auto interval = CountPredictor<BgBb>(bg_bb).count({3, 5, 6}, 6);
  EXPECT_EQ(interval.low, 0);
  EXPECT_GE(interval.high, 4);
  EXPECT_LE(interval.high, 6);
  EXPECT_EQ(interval.value, bg_bb.model().expected_purchases({3, 5, 6}, 6));
}

TEST(CountPredictor, KeepsToWhatTheFitAllows) {
  Fit<MbgNbd> fit = fitted();
  fit.status = FitStatus::not_identified;
  const auto value = CountPredictor<MbgNbd>(fit).count({3, 25, 30}, 10);
  EXPECT_TRUE(std::isfinite(value.value) && std::isnan(value.low));
  fit.status = FitStatus::too_little_data;
  EXPECT_EQ(CountPredictor<MbgNbd>(fit).count({3, 25, 30}, 10).status, core::Status::abstained);
}

struct Future {
  std::vector<double> counts, spends;
};

// What each customer of the base goes on to do: the same draw, observed for longer.
Future future_of(const tests::SimulatedBase& seen, const MbgNbd& model, std::uint64_t seed,
                 double t, const GammaGamma& amounts) {
  std::vector<double> later = seen.age;
  for (double& age : later) age += t;
  const CustomerValues times = simulate_purchases(model, later, seed);
  Future future;
  for (std::size_t i = 0; i < later.size(); ++i) {
    const double total = history_at(times.of(i), later[i]).frequency;
    future.counts.push_back(total - seen.frequency[i]);
    // Amounts of purchases seen and to come, of one customer.
    math::RandomStream stream(seed + 1, i, 1);
    const auto all = draw_spends(amounts, static_cast<std::size_t>(total), stream);
    future.spends.push_back(std::accumulate(
        all.begin() + static_cast<std::ptrdiff_t>(seen.frequency[i]), all.end(), 0.0));
  }
  return future;
}

// 3,000 customers of a known model, fitted on what was seen of them: the interval holds what each
// went on to buy, and spend, at least as often as it says; for money, which is continuous beyond
// 0, not much more often where the lower end is above 0.
TEST(PredictionSlow, IntervalsHoldWhatCustomersGoOnToDo) {
  constexpr std::uint64_t seed = 17;
  const double t = 39;
  const auto amounts_seen = [&] {
    std::vector<double> means;
    for (std::size_t i = 0; i < base().frequency.size(); ++i) {
      math::RandomStream stream(seed + 1, i, 1);
      const auto seen = draw_spends(tests::cdnow_gamma_gamma,
                                    static_cast<std::size_t>(base().frequency[i]), stream);
      means.push_back(seen.empty() ? NAN
                                   : std::accumulate(seen.begin(), seen.end(), 0.0) /
                                         static_cast<double>(seen.size()));
    }
    return means;
  }();
  const auto spend =
      fit<GammaGamma>(Spends({.frequency = base().frequency, .monetary_value = amounts_seen}));
  ASSERT_TRUE(spend.usable()) << spend.message;
  const Future future = future_of(base(), tests::cdnow_mbg_nbd, seed, t, tests::cdnow_gamma_gamma);
  for (const double level : {0.5, 0.9}) {
    SCOPED_TRACE(level);
    const CountPredictor<MbgNbd> predictor(fitted(), level);
    double held = 0, promised = 0, held_money = 0, money_rows = 0;
    for (std::size_t i = 0; i < base().frequency.size(); ++i) {
      const CustomerHistory c = base().histories()[i];
      const auto interval = predictor.count(c, t);
      held += future.counts[i] >= interval.low && future.counts[i] <= interval.high;
      const CountLaw law = predictor.law(c, t);
      for (auto n = static_cast<std::size_t>(interval.low);
           n < law.probability.size() && static_cast<double>(n) <= interval.high; ++n) {
        promised += law.probability[n];
      }
      if (i % 10 != 0) continue;
      const double zbar = base().frequency[i] > 0 ? amounts_seen[i] : 0;
      const auto money = predictor.spend(c, t, spend, base().frequency[i], zbar);
      held_money += future.spends[i] >= money.low && future.spends[i] <= money.high;
      ++money_rows;
    }
    const auto n = static_cast<double>(base().frequency.size());
    const double error = 4 * std::sqrt(0.25 / n);
    EXPECT_GE(held / n, level - error);
    EXPECT_NEAR(held / n, promised / n, error);
    EXPECT_GE(held_money / money_rows, level - 4 * std::sqrt(level * (1 - level) / money_rows));
  }
}

}  // namespace
}  // namespace rapport::clv
