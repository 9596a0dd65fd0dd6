#include <rapport/clv/forecast.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"
#include "support/simulated_base.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace rapport::clv {
namespace {

// Made when first asked for: each test is a process of its own.
const tests::SimulatedBase& base() {
  static const tests::SimulatedBase made(tests::cdnow_mbg_nbd, 3000, 5);
  return made;
}
const Fit<MbgNbd>& fitted() {
  static const Fit<MbgNbd> made = fit<MbgNbd>(base().histories());
  return made;
}

TEST(Forecast, IsWhatTheModelSaysOfEachHistory) {
  ASSERT_TRUE(fitted().usable()) << fitted().message;
  const ForecastOptions options = {.horizon = core::weeks(39), .annual_discount = 0.15};
  const Forecast result = forecast(fitted(), base().histories(), options);
  const MbgNbd model = fitted().model();
  const double delta = options.annual_discount.continuous_per(core::weeks);
  for (std::size_t i = 0; i < base().age.size(); i += 97) {
    const CustomerHistory c = base().histories()[i];
    EXPECT_EQ(result.probability_alive.value[i], model.probability_alive(c));
    EXPECT_EQ(result.expected_purchases.value[i], model.expected_purchases(c, 39));
    EXPECT_EQ(result.discounted_purchases.value[i], model.discounted_purchases(c, 39, delta));
    for (const auto* column : {&result.probability_alive, &result.expected_purchases}) {
      EXPECT_LT(column->low[i], column->value[i]);
      EXPECT_GT(column->high[i], column->value[i]);
      EXPECT_EQ(column->status[i], core::Status::estimated);
    }
  }
}

TEST(Forecast, TotalIsTheSumOfWeightedRows) {
  std::vector<double> weights(base().age.size());
  std::iota(weights.begin(), weights.end(), 0.0);
  weights[7] = std::nan("");
  const Forecast result = forecast(fitted(), base().histories(), {}, weights);
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (i != 7) sum += weights[i] * result.discounted_purchases.value[i];
  }
  EXPECT_NEAR(result.total.value / sum, 1, 1e-12);
  EXPECT_LT(result.total.low, result.total.value);
  EXPECT_GT(result.total.high, result.total.value);
  // Errors of customers move together, since they share the parameters, but not in step.
  double widths = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (i != 7) {
      widths +=
          weights[i] * (result.discounted_purchases.high[i] - result.discounted_purchases.value[i]);
    }
  }
  EXPECT_LT(result.total.high - result.total.value, widths);
}

TEST(Forecast, IsTheSameBytesForAnyNumberOfThreads) {
  const Forecast one = forecast(fitted(), base().histories(), {.threads = 1});
  for (const int threads : {2, 8}) {
    const Forecast many = forecast(fitted(), base().histories(), {.threads = threads});
    EXPECT_EQ(many.discounted_purchases.value, one.discounted_purchases.value);
    EXPECT_EQ(many.discounted_purchases.high, one.discounted_purchases.high);
    EXPECT_EQ(many.total.value, one.total.value);
    EXPECT_EQ(many.total.low, one.total.low);
  }
}

TEST(Forecast, DoesNotDependOnTheUnitOfTime) {
  tests::SimulatedBase in_days = base();
  for (double& t : in_days.recency) t *= 7;
  for (double& t : in_days.age) t *= 7;
  const auto daily = fit<MbgNbd>(in_days.histories(core::days));
  const Forecast a = forecast(fitted(), base().histories(), {.horizon = core::weeks(52)});
  const Forecast b = forecast(daily, in_days.histories(core::days), {.horizon = core::weeks(52)});
  for (std::size_t i = 0; i < base().age.size(); i += 101) {
    EXPECT_NEAR(a.discounted_purchases.value[i] / b.discounted_purchases.value[i], 1, 1e-7);
    EXPECT_NEAR(a.probability_alive.low[i] / b.probability_alive.low[i], 1, 1e-5);
  }
}

TEST(Forecast, AbstainsWhereThereIsNoModel) {
  const std::vector<double> zeros(3, 0.0), ages(3, 10.0);
  const Histories once({.frequency = zeros, .recency = zeros, .age = ages}, core::weeks);
  const auto none = fit<MbgNbd>(once);
  ASSERT_EQ(none.status, FitStatus::too_little_data);
  const Forecast result = forecast(none, once);
  EXPECT_EQ(result.probability_alive.status[0], core::Status::abstained);
  EXPECT_TRUE(std::isnan(result.expected_purchases.value[2]));
  EXPECT_FALSE(result.total.usable());
}

TEST(Forecast, OfAFewCustomersAbstainsUnlessTheFitConverged) {
  FitReport report = fitted();
  for (const auto status : {FitStatus::not_identified, FitStatus::iteration_limit}) {
    report.status = status;
    report.customers = fewest_customers;
    EXPECT_TRUE(predicts(report));
    report.customers = fewest_customers - 1;
    EXPECT_FALSE(predicts(report));
  }
  report.status = FitStatus::converged;
  EXPECT_TRUE(predicts(report));
  for (const auto status : {FitStatus::too_little_data, FitStatus::numeric_failure}) {
    report.status = status;
    report.customers = 1e6;
    EXPECT_FALSE(predicts(report));
  }
}

TEST(Forecast, RejectsOtherUnitsSizesAndHorizons) {
  EXPECT_THROW((void)forecast(fitted(), base().histories(core::days)), std::invalid_argument);
  EXPECT_THROW((void)forecast(fitted(), base().histories(), {}, std::vector<double>(2)),
               std::invalid_argument);
  EXPECT_THROW((void)forecast(fitted(), base().histories(), {.horizon = core::weeks(-1)}),
               std::domain_error);
}

TEST(Forecast, StopsWhenTheHostAsksItTo) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW((void)forecast(fitted(), base().histories(), {.watch = {.stop = stop.get_token()}}),
               core::Cancelled);
}

TEST(ForecastSpend, GivesSilentRowsTheMeanOfAllAndSaysSo) {
  const std::vector<double> means = base().mean_amounts(tests::cdnow_gamma_gamma, 3);
  const Spends spends({.frequency = base().frequency, .monetary_value = means});
  const auto spend_fit = fit<GammaGamma>(spends);
  ASSERT_TRUE(spend_fit.usable()) << spend_fit.message;
  const core::EstimateColumn column = forecast_spend(spend_fit, spends, 0.90, 2);
  const GammaGamma model = spend_fit.model();
  for (std::size_t i = 0; i < means.size(); ++i) {
    const bool silent = base().frequency[i] == 0;
    ASSERT_EQ(column.status[i], silent ? core::Status::prior : core::Status::estimated);
    ASSERT_EQ(column.value[i], silent ? model.population_mean()
                                      : model.expected_spend(base().frequency[i], means[i]));
    ASSERT_LT(column.low[i], column.value[i]);
  }
  std::vector<double> weights(means.size(), 2.0);
  const core::Estimate total = total_spend(spend_fit, spends, weights);
  EXPECT_NEAR(total.value / (2 * std::accumulate(column.value.begin(), column.value.end(), 0.0)), 1,
              1e-12);
  EXPECT_LT(total.low, total.value);
}

// p x + q <= 1: the formula as such would give a negative amount.
TEST(ForecastSpend, SaysWhereTheMeanIsInfiniteAndNeverGivesANegativeOne) {
  Fit<GammaGamma> heavy;
  heavy.params = {.p = 0.2, .q = 0.5, .gamma = 10};
  heavy.parameters = {0.2, 0.5, 10};
  heavy.names = {"p", "q", "gamma"};
  heavy.coordinates.assign(3, Coordinate::logarithm);
  heavy.working_covariance = {0.01, 0, 0, 0, 0.01, 0, 0, 0, 0.01};
  heavy.status = FitStatus::converged;
  heavy.customers = 100;
  const std::vector<double> x{0, 1, 2, 3, 40}, mean{0, 30, 30, 30, 30};
  const Spends spends({.frequency = x, .monetary_value = mean});
  const core::EstimateColumn column = forecast_spend(heavy, spends);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(column.status[i], core::Status::undefined) << x[i];
    EXPECT_TRUE(std::isnan(column.value[i]) && std::isnan(column.low[i])) << x[i];
  }
  for (std::size_t i = 3; i < x.size(); ++i) {
    EXPECT_EQ(column.status[i], core::Status::estimated) << x[i];
    EXPECT_GT(column.value[i], 0);
    EXPECT_GT(column.low[i], 0);
  }
  const std::vector<double> weights(x.size(), 1.0);
  const core::Estimate total = total_spend(heavy, spends, weights);
  EXPECT_EQ(total.status, core::Status::undefined);
  EXPECT_TRUE(std::isnan(total.value));
}

// Simulated bases from known parameters: an interval of 90 % holds the truth in 90 % of them.
TEST(Forecast, IntervalsCoverTheTruthAsOftenAsTheySay) {
  const CustomerHistory c{2, 20, 35};
  const MbgNbd truth = tests::cdnow_mbg_nbd;
  const double alive = truth.probability_alive(c);
  const double purchases = truth.expected_purchases(c, 52);
  constexpr int bases = 200;
  int covered_alive = 0, covered_purchases = 0, fits = 0;
  for (int seed = 0; seed < bases; ++seed) {
    const tests::SimulatedBase simulated(truth, 1500, 1000 + static_cast<std::uint64_t>(seed));
    const auto each = fit<MbgNbd>(simulated.histories());
    if (!each.usable()) continue;
    ++fits;
    const std::vector<double> x{c.frequency}, t_x{c.recency}, age{c.age};
    const Forecast result =
        forecast(each, Histories({.frequency = x, .recency = t_x, .age = age}, core::weeks));
    const auto holds = [](const core::EstimateColumn& column, double value) {
      return column.low[0] <= value && value <= column.high[0] ? 1 : 0;
    };
    covered_alive += holds(result.probability_alive, alive);
    covered_purchases += holds(result.expected_purchases, purchases);
  }
  EXPECT_GE(fits, bases * 95 / 100);
  // Three binomial standard errors of 200 trials at 0.9 are 6.4 points.
  EXPECT_NEAR(covered_alive, 0.9 * fits, 0.064 * fits);
  EXPECT_NEAR(covered_purchases, 0.9 * fits, 0.064 * fits);
}

TEST(Forecast, OfCdnowIsThePublishedHoldoutForecast) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table cdnow(tests::data_file("cdnow_summary.csv"));
  const auto x = cdnow.numbers("frequency"), t_x = cdnow.numbers("recency"),
             age = cdnow.numbers("T");
  const Histories histories({.frequency = x, .recency = t_x, .age = age}, core::weeks);
  const auto actual = cdnow.numbers("holdout_frequency");
  const ForecastOptions options = {.horizon = core::weeks(39), .annual_discount = 0};
  const auto check = [&](const Forecast& result, double total, double mean_alive, double mae) {
    EXPECT_NEAR(result.total.value / total, 1, 1e-5);
    double alive = 0, error = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
      alive += result.probability_alive.value[i];
      error += std::abs(result.expected_purchases.value[i] - actual[i]);
    }
    EXPECT_NEAR(alive / static_cast<double>(actual.size()), mean_alive, 1e-5);
    EXPECT_NEAR(error / static_cast<double>(actual.size()), mae, 1e-5);
  };
  check(forecast(fit<BgNbd>(histories), histories, options), 1653.408627, .813440, .785454);
  check(forecast(fit<MbgNbd>(histories), histories, options), 1576.728248, .448721, .764779);
  EXPECT_EQ(std::accumulate(actual.begin(), actual.end(), 0.0), 1882);
}

}  // namespace
}  // namespace rapport::clv
