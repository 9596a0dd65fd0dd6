#include <rapport/clv/covariate_forecast.hpp>

#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/mbg_nbd_varying.hpp>

#include <gtest/gtest.h>

#include "support/seasons.hpp"

#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

using tests::Seasons;

const MbgNbdVarying truth({.r = 0.9,
                           .alpha = 8,
                           .a = 0.7,
                           .b = 2.5,
                           .purchase = {{"season", "kind"}, {0.6, -0.3}},
                           .dropout = {{"season"}, {-0.8}}});

TEST(CovariateForecast, OfVaryingCovariatesHasEachValueInItsInterval) {
  const auto base = Seasons::simulated(truth, 250, 40, 52);
  const auto& data = base.histories();
  const auto fit =
      fit_varying<MbgNbdVarying>(data, {.purchase = {"season", "kind"}, .dropout = {"season"}});
  ASSERT_TRUE(fit.usable()) << fit.message;
  const ForecastOptions options{.horizon = core::weeks(6)};
  const Forecast result = forecast(fit, data, options);
  double sum = 0;
  for (std::size_t row = 0; row < data.size(); ++row) {
    EXPECT_EQ(result.probability_alive.value[row], fit.model().probability_alive(data, row));
    EXPECT_EQ(result.expected_purchases.value[row], fit.model().expected_purchases(data, row, 6));
    for (const auto* column :
         {&result.probability_alive, &result.expected_purchases, &result.discounted_purchases}) {
      EXPECT_LT(column->low[row], column->value[row]);
      EXPECT_GT(column->high[row], column->value[row]);
    }
    sum += result.discounted_purchases.value[row];
  }
  EXPECT_NEAR(result.total.value, sum, 1e-9 * sum);
  EXPECT_LT(result.total.low, sum);
  EXPECT_GT(result.total.high, sum);
  EXPECT_THROW((void)forecast(fit, data, {.horizon = core::weeks(60)}), std::domain_error);
  const std::vector<double> wrong = {1};
  EXPECT_THROW((void)forecast(fit, data, options, wrong), std::invalid_argument);
  const std::vector<double> none(data.size(), 0);
  EXPECT_EQ(forecast(fit, data, options, none).total.value, 0);
}

TEST(CovariateForecast, OfConstantCovariatesWithoutAnyIsThePlainForecast) {
  const auto base = Seasons::simulated(truth, 400, 40, 52);
  std::vector<double> frequency, recency, age;
  for (std::size_t row = 0; row < base.size(); ++row) {
    const CustomerHistory c = base.histories().history(row);
    frequency.push_back(c.frequency);
    recency.push_back(c.recency);
    age.push_back(c.age);
  }
  const Histories histories({frequency, recency, age, {}}, core::weeks);
  const auto plain = fit<MbgNbd>(histories);
  const auto with = fit_with_covariates<MbgNbd>(histories, {});
  ASSERT_TRUE(with.usable()) << with.message;
  const Forecast expected = forecast(plain, histories);
  const Forecast result = forecast(with, histories, CovariateSets{});
  for (std::size_t row = 0; row < base.size(); ++row) {
    EXPECT_NEAR(result.expected_purchases.value[row] / expected.expected_purchases.value[row], 1,
                1e-6);
    // One-sided and central differences: three digits of the width.
    EXPECT_NEAR(result.expected_purchases.high[row] / expected.expected_purchases.high[row], 1,
                1e-3);
    EXPECT_NEAR(result.probability_alive.low[row], expected.probability_alive.low[row], 1e-3);
  }
  EXPECT_NEAR(result.total.high / expected.total.high, 1, 1e-3);
}

}  // namespace
}  // namespace rapport::clv
