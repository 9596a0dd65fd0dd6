#include <rapport/evaluation/model_comparison.hpp>

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/split.hpp>
#include <rapport/io/transactions.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <cmath>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace rapport::evaluation {
namespace {

// A fit of so many free parameters with that likelihood.
clv::FitReport report(double log_likelihood, std::size_t parameters, clv::FitStatus status) {
  clv::FitReport fit;
  fit.parameters.assign(parameters, 1);
  fit.log_likelihood = log_likelihood;
  fit.status = status;
  fit.customers = 100;
  return fit;
}

TEST(ModelComparison, WeighsUsableFitsByAkaike) {
  const std::vector<Candidate> candidates = {
      {.name = "one", .fit = report(-100, 2, clv::FitStatus::converged)},
      {.name = "two", .fit = report(-98, 4, clv::FitStatus::converged)},
      {.name = "three", .fit = report(-97, 4, clv::FitStatus::converged), .seconds = 1.5},
      {.name = "four", .fit = report(-50, 4, clv::FitStatus::not_identified)}};
  const Comparison comparison = compare(candidates);
  ASSERT_EQ(comparison.fits.size(), 4U);
  EXPECT_TRUE(comparison.errors.empty());
  // AIC 204, 204, 202: weights 1 : 1 : e.
  EXPECT_NEAR(comparison.fits[0].akaike_weight, 1 / (2 + std::exp(1)), 1e-15);
  EXPECT_NEAR(comparison.fits[2].akaike_weight, std::exp(1) / (2 + std::exp(1)), 1e-15);
  EXPECT_TRUE(std::isnan(comparison.fits[3].akaike_weight));
  EXPECT_EQ(comparison.fits[1].aic, 204);
  EXPECT_NEAR(comparison.fits[1].bic, 4 * std::log(100) + 196, 1e-12);
  EXPECT_EQ(comparison.fits[2].seconds, 1.5);
}

TEST(ModelComparison, RefusesLikelihoodsOfDifferentCustomers) {
  std::vector<Candidate> candidates = {
      {.name = "one", .fit = report(-100, 2, clv::FitStatus::converged)},
      {.name = "two", .fit = report(-98, 4, clv::FitStatus::converged)}};
  candidates[1].fit->customers = 99;
  EXPECT_THROW((void)compare(candidates), std::invalid_argument);
}

TEST(ModelComparison, TakesForecastsOfAHostsOwn) {
  const std::vector<double> x = {1, 2}, t_x = {1, 2}, age = {4, 4}, actual = {1, 2};
  const clv::Histories histories({.frequency = x, .recency = t_x, .age = age}, core::weeks);
  const std::vector<Candidate> candidates = {{.name = "own", .forecast = {1, 2}},
                                             {.name = "silent"}};
  const Comparison comparison = compare(candidates, histories, actual, {.horizon = core::weeks(2)});
  EXPECT_TRUE(comparison.fits.empty());
  ASSERT_EQ(comparison.errors.size(), 4U);  // and three rules
  EXPECT_EQ(comparison.errors[0].name, "own");
  EXPECT_EQ(comparison.errors[0].errors.mean_absolute_error.value, 0);
  EXPECT_TRUE(comparison.errors[0].rule.empty());
  EXPECT_FALSE(comparison.errors[1].rule.empty());
  EXPECT_THROW((void)compare(candidates, histories, std::vector<double>{1}), std::invalid_argument);
}

TEST(ModelComparison, CountsEachCustomerOfARow) {
  const std::vector<double> x = {1, 2, 0}, t_x = {1, 2, 0}, age = {4, 4, 4}, actual = {1, 3, 0};
  const std::vector<double> customers = {3, 1, 0};
  const std::vector<Candidate> grouped = {{.name = "own", .forecast = {1, 2, 9}}};
  const Comparison of_rows =
      compare(grouped, clv::Histories({x, t_x, age, customers}, core::weeks), actual);
  const std::vector<Candidate> apart = {{.name = "own", .forecast = {1, 1, 1, 2}}};
  const std::vector<double> each_x = {1, 1, 1, 2}, each_t_x = {1, 1, 1, 2}, each_age(4, 4);
  const Comparison of_customers =
      compare(apart, clv::Histories({each_x, each_t_x, each_age}, core::weeks),
              std::vector<double>{1, 1, 1, 3});
  ASSERT_EQ(of_rows.errors.size(), of_customers.errors.size());
  for (std::size_t i = 0; i < of_rows.errors.size(); ++i) {
    const ForecastErrors& a = of_rows.errors[i].errors;
    const ForecastErrors& b = of_customers.errors[i].errors;
    EXPECT_EQ(a.customers, 4U);
    EXPECT_EQ(a.forecast, b.forecast);
    EXPECT_EQ(a.root_mean_squared_error.value, b.root_mean_squared_error.value);
    EXPECT_EQ(a.gini.value, b.gini.value);
  }
}

TEST(ModelComparison, OfNobodyHasNoNumbers) {
  const clv::Histories nobody({}, core::weeks);
  const auto fit = clv::fit<clv::BgNbd>(nobody);
  const std::vector<Candidate> candidates = {candidate(fit, nobody, core::weeks(39))};
  const Comparison comparison = compare(candidates, nobody, {});
  EXPECT_FALSE(comparison.fits[0].usable);
  EXPECT_EQ(comparison.errors[0].errors.customers, 0U);
  EXPECT_FALSE(to_text(comparison).empty());
}

// The golden facts 1.1 and 2.1 in one call, beside the rules of thumb.
TEST(ModelComparison, OfCdnowIsOneCall) {
  RAPPORT_REQUIRE_DATA();
  const record::Ledger ledger =
      io::read_transactions(tests::data_file("cdnow_sample_transactions.csv"), {});
  const clv::Split split =
      clv::split(ledger, {.as_of = core::as_of("1997-09-30"), .last = core::as_of("1998-06-30")});
  const clv::Histories histories = split.calibration.histories();
  const std::vector<Candidate> candidates = {
      candidate(clv::fit<clv::BgNbd>(histories), histories, split.horizon),
      candidate(clv::fit<clv::MbgNbd>(histories), histories, split.horizon, 2)};
  const Comparison comparison =
      compare(candidates, histories, split.holdout_frequency,
              {.horizon = split.horizon, .recent = split.recent_frequency});
  ASSERT_EQ(comparison.fits.size(), 2U);
  EXPECT_NEAR(comparison.fits[0].log_likelihood, -9582.429207, 1e-5);
  EXPECT_NEAR(comparison.fits[1].log_likelihood, -9582.135716, 1e-5);
  EXPECT_EQ(comparison.fits[1].free_parameters, 4U);
  ASSERT_EQ(comparison.errors.size(), 6U);
  EXPECT_EQ(comparison.errors[0].name, clv::BgNbd::name);
  EXPECT_NEAR(comparison.errors[0].errors.mean_absolute_error.value, .785454, 1e-5);
  EXPECT_NEAR(comparison.errors[1].errors.mean_absolute_error.value, .764779, 1e-5);
  // What a model has to beat: the same customers, no model.
  for (std::size_t rule = 2; rule < 6; ++rule) {
    EXPECT_GT(comparison.errors[rule].errors.root_mean_squared_error.value,
              comparison.errors[1].errors.root_mean_squared_error.value);
  }
  const std::string text = to_text(comparison);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  EXPECT_NE(text.find("MBG/NBD"), std::string::npos);
  EXPECT_NE(text.find("by 2,357 customers"), std::string::npos);
}

// Money: counts of MBG/NBD times the mean of Gamma-Gamma, against what was spent.
TEST(ModelComparison, ComparesMoneyToo) {
  RAPPORT_REQUIRE_DATA();
  const record::Ledger ledger =
      io::read_transactions(tests::data_file("cdnow_sample_transactions.csv"), {});
  const clv::Split split =
      clv::split(ledger, {.as_of = core::as_of("1997-09-30"), .last = core::as_of("1998-06-30")});
  const clv::Histories histories = split.calibration.histories();
  Candidate money = candidate(clv::fit<clv::MbgNbd>(histories), histories, split.horizon);
  money.name = "MBG/NBD x Gamma-Gamma";
  const auto spend = clv::forecast_spend(clv::fit<clv::GammaGamma>(split.calibration.spends()),
                                         split.calibration.spends());
  for (std::size_t i = 0; i < money.forecast.size(); ++i) money.forecast[i] *= spend.value[i];
  const Comparison comparison =
      compare(std::vector<Candidate>{money},
              spend_baselines(histories, split.calibration.monetary_value,
                              {.horizon = split.horizon, .recent = split.recent_spend}),
              split.holdout_spend);
  ASSERT_EQ(comparison.errors.size(), 5U);
  for (std::size_t rule = 1; rule < 5; ++rule) {
    EXPECT_GT(comparison.errors[rule].errors.root_mean_squared_error.value,
              comparison.errors[0].errors.root_mean_squared_error.value);
  }
}

}  // namespace
}  // namespace rapport::evaluation
