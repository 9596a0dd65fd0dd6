#include <rapport/evaluation/forecast_errors.hpp>

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/cnbd_k.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/split.hpp>
#include <rapport/io/transactions.hpp>
#include <rapport/math/random.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

namespace rapport::evaluation {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(ForecastErrors, OfFourCustomersAreThoseByHand) {
  const std::vector<double> forecast = {1, 2, 3, 6};
  const std::vector<double> actual = {0, 3, 3, 2};
  const ForecastErrors errors = forecast_errors(forecast, actual);
  EXPECT_EQ(errors.customers, 4U);
  EXPECT_EQ(errors.left_out, 0U);
  EXPECT_EQ(errors.total_bias(), 4);
  EXPECT_EQ(errors.relative_bias(), 0.5);
  EXPECT_EQ(errors.bias.value, 1);  // of 1, -1, 0, 4
  // Their sample variance is 14 / 3, its root divided by 2 the standard error.
  EXPECT_NEAR(errors.bias.high - 1, 1.6448536269514722 * std::sqrt(14.0 / 3) / 2, 1e-14);
  EXPECT_EQ(errors.mean_absolute_error.value, 1.5);
  EXPECT_DOUBLE_EQ(errors.root_mean_squared_error.value, std::sqrt(4.5));
  const double logs =
      std::pow(std::log(2), 2) + std::pow(std::log(4.0 / 3), 2) + std::pow(std::log(7.0 / 3), 2);
  EXPECT_NEAR(errors.mean_squared_log_error.value, logs / 4, 1e-15);
  // Deviations -2 -1 0 3 and -2 1 1 0: 3 / sqrt(14 x 6).
  EXPECT_NEAR(errors.correlation.value, 3 / std::sqrt(84.0), 1e-15);
  // Sums of rank x value: 23 in the order of the forecasts, 4 + 10.5 + 10.5 = 25 in its own order,
  // 20 in none.
  EXPECT_NEAR(errors.gini.value, 0.6, 1e-15);
  EXPECT_EQ(errors.gini.level, 0.90);
  EXPECT_EQ(errors.gini.n, 4U);
}

// 2.1 of the golden facts: 39 weeks of hold-out of CDNOW's 2357 customers.
TEST(ForecastErrors, OfModelsOnCdnowAreAsRecomputed) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("cdnow_summary.csv"));
  const auto x = table.numbers("frequency");
  const auto t_x = table.numbers("recency");
  const auto age = table.numbers("T");
  const auto actual = table.numbers("holdout_frequency");
  const auto expect = [&](const auto& model, double sum, double mae, double rmse,
                          double correlation, double msle, const std::vector<double>& by_x) {
    std::vector<double> forecast;
    for (std::size_t i = 0; i < x.size(); ++i) {
      forecast.push_back(model.expected_purchases({x[i], t_x[i], age[i]}, 39));
    }
    const ForecastErrors errors = forecast_errors(forecast, actual);
    // The estimates are given to seven digits.
    EXPECT_NEAR(errors.forecast, sum, 1e-3);
    EXPECT_EQ(errors.actual, 1882);
    EXPECT_NEAR(errors.mean_absolute_error.value, mae, 1e-6);
    EXPECT_NEAR(errors.root_mean_squared_error.value, rmse, 1e-6);
    EXPECT_NEAR(errors.correlation.value, correlation, 1e-6);
    EXPECT_NEAR(errors.mean_squared_log_error.value, msle, 1e-6);
    const auto groups = calibration_by_frequency(x, forecast, actual);
    ASSERT_EQ(groups.size(), 8U);
    const double customers[] = {1411, 439, 214, 100, 62, 38, 29, 64};
    const double came[] = {.236712,  .697039,  1.392523, 1.56,
                           2.532258, 2.947368, 3.862069, 6.359375};
    for (std::size_t k = 0; k < 8; ++k) {
      SCOPED_TRACE(k);
      EXPECT_EQ(groups[k].customers, customers[k]);
      EXPECT_EQ(groups[k].least, k);
      EXPECT_NEAR(groups[k].actual.value, came[k], 5e-7);
      EXPECT_NEAR(groups[k].forecast, by_x[k], 2e-6);
    }
  };
  {
    SCOPED_TRACE("BG/NBD");
    expect(clv::BgNbd({.r = .2425945, .alpha = 4.413602, .a = .7929221, .b = 2.425907}),
           1653.408627, .785454, 1.607982, .625647, .234269,
           {.225087, .523131, 1.044134, 1.520279, 2.163866, 2.653846, 3.504042, 6.157190});
  }
  {
    SCOPED_TRACE("MBG/NBD");
    expect(clv::MbgNbd({.r = .5248432, .alpha = 6.183086, .a = .8913594, .b = 1.614002}),
           1576.728248, .764779, 1.607183, .627253, .231435,
           {.185161, .551358, 1.048952, 1.492933, 2.104308, 2.563553, 3.360821, 5.848509});
  }
  {
    SCOPED_TRACE("Pareto/NBD");
    expect(clv::ParetoNbd({.r = .5532771, .alpha = 10.57768, .s = .6062401, .beta = 11.66874}),
           1665.513202, .754523, 1.602848, .630223, .237737,
           {.138447, .599471, 1.195837, 1.713843, 2.398308, 2.907208, 3.818559, 6.403067});
  }
}

// 2.2 of the golden facts: 52 weeks of hold-out of 1,525 grocery customers, at estimates of 1.3.
TEST(ForecastErrors, OfModelsOnGroceriesAreAsRecomputed) {
  RAPPORT_REQUIRE_DATA();
  const record::Ledger ledger =
      io::read_transactions(tests::data_file("grocery_transactions.csv"), {});
  const clv::Split split =
      clv::split(ledger, {.as_of = core::as_of("2006-12-31"), .last = core::as_of("2007-12-30")});
  const clv::Histories histories = split.calibration.histories();
  ASSERT_EQ(histories.size(), 1525U);
  const auto errors_of = [&](const auto& model) {
    std::vector<double> forecast;
    for (std::size_t i = 0; i < histories.size(); ++i) {
      forecast.push_back(model.expected_purchases(histories[i], 52));
    }
    return forecast_errors(forecast, split.holdout_frequency);
  };
  const clv::ParetoNbd pareto({.r = .7864368, .alpha = 5.679041, .s = .3862391, .beta = 5.717788});
  const ForecastErrors of_pareto = errors_of(pareto);
  EXPECT_EQ(of_pareto.actual, 3389);
  EXPECT_NEAR(of_pareto.forecast, 3990.7322, 2e-3);
  EXPECT_NEAR(of_pareto.mean_absolute_error.value, 1.507892, 2e-6);
  double alive = 0;
  for (std::size_t i = 0; i < histories.size(); ++i)
    alive += pareto.probability_alive(histories[i]);
  EXPECT_NEAR(alive / 1525, .429022, 1e-6);
  const ForecastErrors of_bg =
      errors_of(clv::BgNbd({.r = .3486459, .alpha = 2.581671, .a = .5038454, .b = 3.644385}));
  EXPECT_NEAR(of_bg.forecast, 3996.4089, 2e-3);
  EXPECT_NEAR(of_bg.mean_absolute_error.value, 1.577410, 2e-6);
  // Nobody leaves the NBD, so it expects nearly twice as much.
  const ForecastErrors of_nbd = errors_of(clv::Nbd({.r = .4203203, .alpha = 5.245119}));
  EXPECT_NEAR(of_nbd.forecast, 6354.7456, 2e-3);
  EXPECT_NEAR(of_nbd.mean_absolute_error.value, 2.609204, 2e-6);
  // BTYDplus approximates what MBG/CNBD-2 expects: 3,970 in all, 1.431 off a customer. What it
  // expects exactly is nearer to what came.
  const ForecastErrors of_regular = errors_of(
      clv::MbgCnbdK({.r = 1.329175, .alpha = 2.812551, .a = .424709, .b = .7900287, .k = 2}));
  EXPECT_LT(of_regular.forecast, 3970);
  EXPECT_GT(of_regular.forecast, 3389);
  EXPECT_LT(of_regular.mean_absolute_error.value, 1.431);
}

// Customers whose values are Poisson counts around what was forecast.
struct Base {
  std::vector<double> forecast, actual;
  Base(std::size_t customers, std::uint64_t seed) {
    math::RandomStream stream(seed);
    for (std::size_t i = 0; i < customers; ++i) {
      const double mean = math::draw_gamma(stream, 0.5, 0.5);
      double time = math::draw_exponential(stream);
      double count = 0;
      for (; time < mean; time += math::draw_exponential(stream)) ++count;
      forecast.push_back(mean);
      actual.push_back(count);
    }
  }
};

TEST(ForecastErrors, AreTheSameBytesForEveryOrderOfRows) {
  Base base(500, 1);
  const ForecastErrors errors = forecast_errors(base.forecast, base.actual);
  std::vector<std::size_t> order(base.forecast.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::reverse(order.begin(), order.end());
  std::rotate(order.begin(), order.begin() + 123, order.end());
  Base other = base;
  for (std::size_t i = 0; i < order.size(); ++i) {
    other.forecast[i] = base.forecast[order[i]];
    other.actual[i] = base.actual[order[i]];
  }
  const ForecastErrors again = forecast_errors(other.forecast, other.actual);
  const auto same = [](const core::Estimate& a, const core::Estimate& b) {
    EXPECT_EQ(a.value, b.value);
    EXPECT_EQ(a.low, b.low);
    EXPECT_EQ(a.high, b.high);
  };
  EXPECT_EQ(errors.forecast, again.forecast);
  EXPECT_EQ(errors.decile_error, again.decile_error);
  same(errors.bias, again.bias);
  same(errors.correlation, again.correlation);
  same(errors.gini, again.gini);
}

// The definition in arXiv:1912.07753 and its authors' code: the sum of the cumulative shares of the
// total, customers by falling forecast. It lacks a term 1 / n on both sides of the ratio.
TEST(ForecastErrors, HaveTheGiniCoefficientOfTheLorenzCurve) {
  const Base base(2000, 2);
  const auto raw = [&](const std::vector<double>& key) {
    std::vector<std::size_t> order(key.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t i, std::size_t j) { return key[i] > key[j]; });
    const auto n = static_cast<double>(key.size());
    const double total = std::accumulate(base.actual.begin(), base.actual.end(), 0.0);
    double gained = 0, sum = 0;
    for (const std::size_t i : order) sum += gained += base.actual[i] / total;
    return 2 * sum / n - 1 - 1 / n;
  };
  const ForecastErrors errors = forecast_errors(base.forecast, base.actual);
  EXPECT_NEAR(errors.gini.value, raw(base.forecast) / raw(base.actual), 1e-12);
}

TEST(ForecastErrors, OfARightOrderHaveGiniOneOfAWrongOneMinusOneAndOfNoneZero) {
  const std::vector<double> actual = {0, 1, 1, 5, 9};
  const std::vector<double> same(5, 2.0);
  EXPECT_NEAR(forecast_errors(actual, actual).gini.value, 1, 1e-15);
  EXPECT_NEAR(forecast_errors(std::vector<double>{0, -1, -1, -5, -9}, actual).gini.value, -1,
              1e-15);
  EXPECT_NEAR(forecast_errors(same, actual).gini.value, 0, 1e-15);
  EXPECT_EQ(forecast_errors(actual, same).gini.status, core::Status::undefined);
  EXPECT_EQ(forecast_errors(actual, same).correlation.status, core::Status::undefined);
  const std::vector<double> tenths(5, 0.1);  // their mean is not quite 0.1
  EXPECT_EQ(forecast_errors(tenths, actual).correlation.status, core::Status::undefined);
  EXPECT_EQ(forecast_errors(actual, actual).decile_error, 0);
}

TEST(ForecastErrors, LeaveOutWhatIsNotKnownAndAbstainWithoutCustomers) {
  const std::vector<double> forecast = {1, nan, 3, 4};
  const std::vector<double> actual = {1, 1, nan, 2};
  const ForecastErrors errors = forecast_errors(forecast, actual);
  EXPECT_EQ(errors.customers, 2U);
  EXPECT_EQ(errors.left_out, 2U);
  EXPECT_EQ(errors.mean_absolute_error.value, 1);
  const ForecastErrors none = forecast_errors({}, {});
  for (const core::Estimate& each :
       {none.bias, none.mean_absolute_error, none.gini, none.root_mean_squared_error,
        none.mean_squared_log_error, none.correlation}) {
    EXPECT_EQ(each.status, core::Status::abstained);
    EXPECT_TRUE(std::isnan(each.value));
  }
  const ForecastErrors one = forecast_errors(std::vector<double>{2}, std::vector<double>{1});
  EXPECT_EQ(one.bias.value, 1);
  EXPECT_TRUE(std::isnan(one.bias.low));
  // Money that came back: no logarithm, but all the rest.
  const ForecastErrors money =
      forecast_errors(std::vector<double>{1, 2, 3}, std::vector<double>{-5, 2, 9});
  EXPECT_EQ(money.mean_squared_log_error.status, core::Status::undefined);
  EXPECT_TRUE(money.correlation.usable());
}

TEST(ForecastErrors, RejectWhatIsNoForecast) {
  const std::vector<double> one = {1}, two = {1, 2}, endless = {infinity};
  EXPECT_THROW((void)forecast_errors(one, two), std::invalid_argument);
  EXPECT_THROW((void)forecast_errors(endless, one), std::domain_error);
  EXPECT_THROW((void)forecast_errors(one, endless), std::domain_error);
  EXPECT_THROW((void)forecast_errors(one, one, 1), std::domain_error);
  EXPECT_THROW((void)probability_errors(two, two), std::domain_error);
  EXPECT_THROW((void)probability_errors(one, two), std::invalid_argument);
  EXPECT_THROW((void)calibration_by_forecast(one, one, 0), std::domain_error);
  EXPECT_THROW((void)calibration_by_frequency(one, one, one, -1), std::domain_error);
  EXPECT_THROW((void)calibration_by_frequency(one, two, one), std::invalid_argument);
}

// Against the same statistic of a very large base of the same kind: 90 % intervals should hold it
// in 90 % of 400 bases, and a share of 400 is itself uncertain by 1.5 %. Long tails make asymptotic
// intervals a little too short: 87 to 89 % here, and with 400 customers 83 % for the correlation,
// 86 % for the root mean square, 89 to 91 % for the others.
TEST(ForecastErrors, HaveIntervalsThatHoldTheTruthAsOftenAsTheySay) {
  const Base large(400'000, 3);
  const ForecastErrors truth = forecast_errors(large.forecast, large.actual);
  int mae = 0, rmse = 0, correlation = 0, gini = 0, bias = 0;
  constexpr int bases = 400;
  for (int i = 0; i < bases; ++i) {
    const Base base(2000, 100 + static_cast<std::uint64_t>(i));
    const ForecastErrors e = forecast_errors(base.forecast, base.actual);
    const auto holds = [](const core::Estimate& estimate, double value) {
      return estimate.low <= value && value <= estimate.high;
    };
    bias += holds(e.bias, 0);
    mae += holds(e.mean_absolute_error, truth.mean_absolute_error.value);
    rmse += holds(e.root_mean_squared_error, truth.root_mean_squared_error.value);
    correlation += holds(e.correlation, truth.correlation.value);
    gini += holds(e.gini, truth.gini.value);
  }
  for (const int held : {bias, mae, rmse, correlation, gini}) {
    EXPECT_GE(held, 0.84 * bases);
    EXPECT_LE(held, 0.95 * bases);
  }
}

TEST(ProbabilityErrors, OfFiveCustomersAreThoseByHand) {
  const std::vector<double> p = {0.9, 0.5, 0.5, 0.2, 0.1};
  const std::vector<double> came = {3, 1, 0, 0, 1};
  const ProbabilityErrors errors = probability_errors(p, came);
  EXPECT_DOUBLE_EQ(errors.expected, 2.2);
  EXPECT_EQ(errors.actual, 3);
  EXPECT_NEAR(errors.brier.value, (0.01 + 0.25 + 0.25 + 0.04 + 0.81) / 5, 1e-15);
  EXPECT_DOUBLE_EQ(errors.accuracy.value, 3.0 / 5);
  EXPECT_DOUBLE_EQ(errors.sensitivity, 1.5 / 3);
  EXPECT_DOUBLE_EQ(errors.specificity, 1.5 / 2);
  // Of the six pairs: 0.9 wins both, 0.5 ties one and wins one, 0.1 loses both.
  EXPECT_NEAR(errors.area_under_curve.value, 3.5 / 6, 1e-15);
}

TEST(ProbabilityErrors, OfOneOutcomeAloneHaveNoCurve) {
  const std::vector<double> p = {0.9, 0.5};
  const ProbabilityErrors nobody = probability_errors(p, std::vector<double>{0, 0});
  EXPECT_EQ(nobody.area_under_curve.status, core::Status::undefined);
  EXPECT_TRUE(std::isnan(nobody.sensitivity));
  EXPECT_EQ(probability_errors({}, {}).brier.status, core::Status::abstained);
}

TEST(Calibration, KeepsEqualForecastsTogether) {
  const std::vector<double> forecast = {1, 1, 1, 1, 1, 1, 2, 3, 4, 5};
  const std::vector<double> actual = {0, 1, 2, 0, 1, 2, 2, 4, 4, 6};
  const auto groups = calibration_by_forecast(forecast, actual, 5);
  ASSERT_EQ(groups.size(), 3U);  // the six in the second, two in the fourth, two in the fifth
  EXPECT_EQ(groups[0].customers, 6U);
  EXPECT_EQ(groups[0].least, 1);
  EXPECT_EQ(groups[0].most, 1);
  EXPECT_EQ(groups[0].actual.value, 1);
  EXPECT_EQ(groups[1].customers, 2U);
  EXPECT_EQ(groups[1].forecast, 2.5);
  EXPECT_EQ(groups[2].actual.value, 5);
  EXPECT_EQ(to_text(groups).substr(0, 30), "      from        to  customer");
}

TEST(Calibration, MakesTenthsOfEqualSizeAndLeavesNobodyOut) {
  const Base base(1003, 4);
  std::uint64_t customers = 0;
  double last = -1;
  const auto groups = calibration_by_forecast(base.forecast, base.actual);
  ASSERT_EQ(groups.size(), 10U);
  for (const CalibrationGroup& group : groups) {
    EXPECT_GE(group.customers, 100U);
    EXPECT_LE(group.customers, 101U);
    EXPECT_GT(group.least, last);
    last = group.most;
    customers += group.customers;
  }
  EXPECT_EQ(customers, 1003U);
}

}  // namespace
}  // namespace rapport::evaluation
