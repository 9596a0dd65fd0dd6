#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/cnbd_k.hpp>
#include <rapport/clv/forecast.hpp>
#include <rapport/clv/prediction.hpp>
#include <rapport/clv/simulate.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

// Donors over six years, as those of Fader, Hardie and Shang (2010), with five years to come.
struct DonorBase {
  static constexpr std::size_t customers = 4000;
  std::vector<double> frequency, recency, opportunities, later;

  DonorBase() : opportunities(customers, 6) {
    const BgBb model({.alpha = 1.204, .beta = 0.750, .gamma = 0.657, .delta = 2.783});
    const std::vector<double> all(customers, 11);
    const CustomerValues bought = simulate_purchases(model, all, 8);
    for (std::size_t i = 0; i < customers; ++i) {
      const OpportunityHistory c = opportunity_history_at(bought.of(i), 6);
      frequency.push_back(c.frequency);
      recency.push_back(c.recency);
      later.push_back(opportunity_history_at(bought.of(i), 11).frequency - c.frequency);
    }
  }
  [[nodiscard]] Opportunities histories() const {
    return Opportunities(
        {.frequency = frequency, .recency = recency, .opportunities = opportunities});
  }
};
const DonorBase donor_base;
const Fit<BgBb> donor_fit = fit<BgBb>(donor_base.histories());
const ForecastOptions five_years = {.horizon = core::years(5)};

TEST(OpportunityForecast, IsWhatTheModelSaysOfEachHistory) {
  ASSERT_TRUE(donor_fit.usable()) << donor_fit.message;
  const auto histories = donor_base.histories();
  const Forecast result = forecast(donor_fit, histories, core::years(1), five_years);
  const BgBb model = donor_fit.model();
  double total = 0;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    const OpportunityHistory c = histories[i];
    EXPECT_EQ(result.probability_alive.value[i], model.probability_alive(c));
    EXPECT_EQ(result.expected_purchases.value[i], model.expected_purchases(c, 5));
    EXPECT_NEAR(result.discounted_purchases.value[i], model.discounted_purchases(c, 5, 0.1), 1e-13);
    total += result.discounted_purchases.value[i];
    for (const auto* column :
         {&result.probability_alive, &result.expected_purchases, &result.discounted_purchases}) {
      EXPECT_LT(column->low[i], column->value[i]);
      EXPECT_GT(column->high[i], column->value[i]);
    }
  }
  EXPECT_NEAR(result.total.value / total, 1, 1e-12);
  EXPECT_EQ(result.total.n, histories.size());
}

// A quarter's opportunities: the yearly rate is spread over four of them.
TEST(OpportunityForecast, DiscountsByTheTimeBetweenOpportunities) {
  const Forecast result = forecast(donor_fit, donor_base.histories(), core::months(3), five_years);
  const double d = std::pow(1.1, 0.25) - 1;
  EXPECT_NEAR(result.discounted_purchases.value[5] /
                  donor_fit.model().discounted_purchases(donor_base.histories()[5], 20, d),
              1, 1e-12);
}

TEST(OpportunityForecast, IsTheSameBytesForAnyNumberOfThreads) {
  const auto with_threads = [](int threads) {
    ForecastOptions options = five_years;
    options.threads = threads;
    return forecast(donor_fit, donor_base.histories(), core::years(1), options);
  };
  const Forecast one = with_threads(1), many = with_threads(3);
  EXPECT_EQ(one.discounted_purchases.high, many.discounted_purchases.high);
  EXPECT_EQ(one.total.low, many.total.low);
}

TEST(OpportunityForecast, RejectsWhatMakesNoSense) {
  const auto histories = donor_base.histories();
  // 52 weeks are a little less than the year to the next opportunity.
  EXPECT_THROW((void)forecast(donor_fit, histories, core::years(1)), std::domain_error);
  EXPECT_THROW((void)forecast(donor_fit, histories, core::years(0), five_years), std::domain_error);
  EXPECT_THROW((void)forecast(donor_fit, histories, core::years(1), {.horizon = core::years(-1)}),
               std::domain_error);
  EXPECT_THROW((void)forecast(donor_fit, histories, core::years(1),
                              {.horizon = core::years(std::numeric_limits<double>::infinity())}),
               std::domain_error);
  EXPECT_THROW(
      (void)forecast(donor_fit, histories, core::years(1), five_years, std::vector<double>{1}),
      std::invalid_argument);
  Fit<BgBb> lost = donor_fit;
  lost.status = FitStatus::too_little_data;
  EXPECT_EQ(forecast(lost, histories, core::years(1), five_years).total.status,
            core::Status::abstained);
}

TEST(WholeSteps, AreCountedToOnePartInAMillion) {
  EXPECT_EQ(whole_steps(core::weeks(52), core::weeks(13), "here"), 4);
  EXPECT_EQ(whole_steps(core::years(1), core::months(1), "here"), 12);
  EXPECT_EQ(whole_steps(core::years(0), core::months(1), "here"), 0);
  EXPECT_THROW((void)whole_steps(core::weeks(50), core::weeks(13), "here"), std::domain_error);
  EXPECT_THROW((void)whole_steps(core::weeks(NAN), core::weeks(13), "here"), std::domain_error);
  EXPECT_THROW((void)whole_steps(core::weeks(-13), core::weeks(13), "here"), std::domain_error);
}

// What each donor went on to give: at least as often within the interval as it says.
TEST(PredictCounts, OfOpportunitiesHoldWhatComes) {
  const auto column = predict_counts(donor_fit, donor_base.histories(), 5, 0.90, 2);
  const CountPredictor<BgBb> predictor(donor_fit);
  double held = 0, promised = 0;
  for (std::size_t i = 0; i < column.size(); ++i) {
    held += donor_base.later[i] >= column.low[i] && donor_base.later[i] <= column.high[i];
  }
  for (std::size_t i = 0; i < column.size(); i += 10) {
    const CountLaw law = predictor.law(donor_base.histories()[i], 5);
    for (auto n = static_cast<std::size_t>(column.low[i]);
         n < law.probability.size() && static_cast<double>(n) <= column.high[i]; ++n) {
      promised += law.probability[n] * 10;
    }
  }
  const auto customers = static_cast<double>(column.size());
  EXPECT_GT(promised / customers, 0.9);
  EXPECT_NEAR(held / customers, promised / customers, 4 * std::sqrt(0.1 * 0.9 / customers));
  EXPECT_THROW((void)predict_counts(donor_fit, donor_base.histories(), 1.5), std::domain_error);
}

// Regular buyers: a narrower interval than the same customers have without a rhythm.
TEST(PredictCounts, KnowTheRhythmOfRegularBuyers) {
  const auto held_fit = [](double k) {
    Fit<MbgCnbdK> known;
    known.params = {.r = 8, .alpha = 8 * k, .a = 0.3, .b = 6, .k = k};
    known.parameters = {8, 8 * k, 0.3, 6, k};
    known.working_covariance.assign(25, 0.0);
    known.status = FitStatus::converged;
    return known;
  };
  const std::vector<double> x = {20}, t_x = {60}, age = {61};
  const Histories histories({.frequency = x, .recency = t_x, .age = age}, core::weeks);
  const auto regular = predict_counts(held_fit(6), histories, core::weeks(30));
  const auto random = predict_counts(held_fit(1), histories, core::weeks(30));
  EXPECT_LT(regular.high[0] - regular.low[0], random.high[0] - random.low[0]);
  EXPECT_GT(regular.low[0], 0);
  EXPECT_LT(regular.low[0], regular.value[0]);
}

}  // namespace
}  // namespace rapport::clv
