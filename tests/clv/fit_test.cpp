#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/fit.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>

#include <gtest/gtest.h>

#include "support/bases.hpp"
#include "support/data.hpp"
#include "support/simulated_base.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <type_traits>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;

using tests::Base;
using tests::cdnow;
using tests::summarise;

void expect_fit(const FitReport& fit, double log_likelihood, const Column& parameters,
                const Column& errors = {}) {
  EXPECT_EQ(fit.status, FitStatus::converged) << fit.message;
  EXPECT_NEAR(fit.log_likelihood, log_likelihood, 1e-5);
  EXPECT_LT(fit.gradient_norm, 1e-6 * fit.customers);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    EXPECT_NEAR(fit.parameters[i] / parameters[i], 1, 1e-4) << fit.names[i];
  }
  const Column standard_errors = fit.standard_errors();
  for (std::size_t i = 0; i < errors.size(); ++i) {
    EXPECT_NEAR(standard_errors[i] / errors[i], 1, 1e-3) << fit.names[i];
  }
}

// Published or recomputed maxima: design notes "golden", sections 1.1 to 1.4. All from
// independent likelihoods (numpy and scipy).
TEST(Fit, MatchesTheCdnowSample) {
  RAPPORT_REQUIRE_DATA();
  const Base base = cdnow();
  const auto bg = fit<BgNbd>(base.histories());
  expect_fit(bg, -9582.429207, {.2425945, 4.413602, .7929221, 2.425907},
             {.012557, .37822, .18573, .70541});
  EXPECT_EQ(bg.customers, 2357);
  EXPECT_EQ(bg.period, weeks);
  expect_fit(fit<MbgNbd>(base.histories()), -9582.135716, {.5248432, 6.183086, .8913594, 1.614002},
             {.083268, .69562, .15479, .53749});
  const auto spend = fit<GammaGamma>(base.spends());
  expect_fit(spend, -4055.917695, {6.249572, 3.744225, 15.44352}, {1.19, .29013, 4.1594});
  EXPECT_EQ(spend.customers, 946);
  EXPECT_EQ(spend.left_out, 1411);
}

TEST(Fit, MatchesTheRoundedCdnowSample) {
  RAPPORT_REQUIRE_DATA();
  const Base base = cdnow("cdnow_summary_rounded.csv");
  expect_fit(fit<BgNbd>(base.histories()), -9582.425561, {.2425929, 4.413532, .7928863, 2.425754});
  expect_fit(fit<MbgNbd>(base.histories()), -9582.132685, {.524838, 6.182992, .8913562, 1.613999});
  expect_fit(fit<GammaGamma>(base.spends()), -4055.923244, {6.248802, 3.744589, 15.44775});
}

TEST(Fit, MatchesTheCdnowMaster) {
  RAPPORT_REQUIRE_DATA();
  const Base base = summarise("cdnow_transactions.csv", "1997-09-30");
  const auto bg = fit<BgNbd>(base.histories(), {.threads = 2});
  expect_fit(bg, -95368.443933, {.251624, 4.788943, .7234336, 2.161088},
             {.004202, .13125, .053929, .19859});
  EXPECT_EQ(bg.customers, 23570);
  EXPECT_EQ(bg.patterns, 8685U);
  expect_fit(fit<MbgNbd>(base.histories()), -95336.958320, {.6371397, 7.31029, .8074742, 1.228394},
             {.036207, .29326, .037612, .11194});
  const auto spend = fit<GammaGamma>(base.spends());
  expect_fit(spend, -40763.476261, {6.27536, 3.62445, 14.98369}, {.39969, .090552, 1.344});
  EXPECT_EQ(spend.customers, 9450);
}

TEST(Fit, MatchesTheGroceryCustomers) {
  RAPPORT_REQUIRE_DATA();
  const Base base = summarise("grocery_transactions.csv", "2006-12-31");
  expect_fit(fit<BgNbd>(base.histories()), -15836.566231, {.3486459, 2.581671, .5038454, 3.644385});
  expect_fit(fit<MbgNbd>(base.histories()), -15781.939375,
             {1.256921, 6.039143, .3682766, .7157636});
}

TEST(Fit, MatchesTheApparelCustomers) {
  RAPPORT_REQUIRE_DATA();
  const Base base = summarise("apparel_transactions.csv", "2006-12-31");
  expect_fit(fit<BgNbd>(base.histories()), -5857.019749, {.6073113, 20.95675, 1.275562, 8.86095});
  expect_fit(fit<MbgNbd>(base.histories()), -5848.045278, {1.89138, 45.8272, .6023689, 1.582371});
}

TEST(Fit, MatchesTheApparelSpending) {
  RAPPORT_REQUIRE_DATA();
  const auto spend = fit<GammaGamma>(summarise("apparel_transactions.csv", "2006-12-31").spends());
  expect_fit(spend, -1670.663044, {3.099038, 5.653693, 56.5042});
  EXPECT_NEAR(spend.model().population_mean(), 37.627892, 1e-4);
  // Split after 40 weeks.
  const auto split = fit<GammaGamma>(summarise("apparel_transactions.csv", "2005-10-09").spends());
  expect_fit(split, -1276.727460, {3.675257, 4.629912, 36.11078});
}

TEST(Fit, MatchesTheSimulatedExampleInDays) {
  RAPPORT_REQUIRE_DATA();
  Base base = summarise("example_transactions.csv", "2014-12-31");
  for (double& t : base.recency) t = std::round(t * 7);
  for (double& t : base.age) t = std::round(t * 7);
  expect_fit(fit<BgNbd>(base.histories(days)), -39248.626121,
             {.16385089, 1.86428033, 1.85034314, 3.18105899});
  expect_fit(fit<MbgNbd>(base.histories(days)), -38856.812265,
             {1.112927, 7.774478, 1.892198, 2.109985});
}

constexpr BgNbd::Params true_params = {.r = 0.8, .alpha = 6, .a = 0.9, .b = 2.5};
constexpr GammaGamma::Params true_spending = {.p = 6, .q = 4, .gamma = 15};

template <class Model>
Base simulated(const Model& model, std::size_t customers, std::uint64_t seed) {
  const tests::SimulatedBase base(model, customers, seed);
  return {base.frequency, base.recency, base.age,
          base.mean_amounts(GammaGamma(true_spending), seed)};
}

Base simulated(std::size_t customers, std::uint64_t seed) {
  return simulated(BgNbd(true_params), customers, seed);
}

void expect_recovered(const FitReport& fit, const Column& truth) {
  ASSERT_TRUE(fit.usable()) << fit.message;
  const Column errors = fit.standard_errors();
  for (std::size_t i = 0; i < truth.size(); ++i) {
    EXPECT_NEAR(fit.parameters[i], truth[i], 3 * errors[i]) << fit.names[i];
  }
}

TEST(Fit, RecoversTheParametersOfASimulatedBgNbd) {
  expect_recovered(fit<BgNbd>(simulated(20000, 1).histories(), {.threads = 2}), {0.8, 6, 0.9, 2.5});
}

TEST(Fit, RecoversTheParametersOfASimulatedMbgNbd) {
  const MbgNbd model({.r = 0.8, .alpha = 6, .a = 0.9, .b = 2.5});
  expect_recovered(fit<MbgNbd>(simulated(model, 20000, 1).histories(), {.threads = 2}),
                   {0.8, 6, 0.9, 2.5});
}

TEST(Fit, RecoversTheParametersOfSimulatedSpending) {
  expect_recovered(fit<GammaGamma>(simulated(20000, 1).spends()), {6, 4, 15});
}

TEST(Fit, IsTheSameBytesForAnyThreadsAndAnyOrderOfRows) {
  const Base base = simulated(30000, 2);
  std::vector<std::size_t> order(base.age.size());
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(3));
  Base shuffled;
  for (const std::size_t i : order) {
    shuffled.add(base.frequency[i], base.recency[i], base.age[i]);
    shuffled.monetary_value.push_back(base.monetary_value[i]);
  }
  const auto bytes = [](const FitReport& f) {
    Column all = f.parameters;
    all.insert(all.end(), f.working_covariance.begin(), f.working_covariance.end());
    all.insert(all.end(), {f.log_likelihood, f.gradient_norm, 1.0 * f.iterations});
    return all;
  };
  const Column expected = bytes(fit<BgNbd>(base.histories()));
  EXPECT_EQ(bytes(fit<BgNbd>(base.histories(), {.threads = 2})), expected);
  EXPECT_EQ(bytes(fit<BgNbd>(shuffled.histories(), {.threads = 8})), expected);
  EXPECT_EQ(bytes(fit<GammaGamma>(shuffled.spends(), {.threads = 2})),
            bytes(fit<GammaGamma>(base.spends())));
}

TEST(Fit, CountsARowOfThreeCustomersAsThreeRows) {
  Base counted = simulated(300, 4);
  Base repeated;
  for (std::size_t i = 0; i < 300; ++i) {
    counted.customers.push_back(static_cast<double>(i % 4));
    for (std::size_t copy = 0; copy < i % 4; ++copy) {
      repeated.add(counted.frequency[i], counted.recency[i], counted.age[i]);
      repeated.monetary_value.push_back(counted.monetary_value[i]);
    }
  }
  const auto a = fit<MbgNbd>(counted.histories());
  const auto b = fit<MbgNbd>(repeated.histories());
  EXPECT_EQ(a.parameters, b.parameters);
  EXPECT_EQ(a.log_likelihood, b.log_likelihood);
  EXPECT_EQ(a.customers, b.customers);
  EXPECT_EQ(a.patterns, b.patterns);
  EXPECT_EQ(fit<GammaGamma>(counted.spends()).parameters,
            fit<GammaGamma>(repeated.spends()).parameters);
}

TEST(Fit, ScalesAlphaWithTheUnitOfTimeAndGammaWithTheCurrency) {
  const Base in_weeks = simulated(3000, 5);
  Base in_days = in_weeks;
  for (double& t : in_days.recency) t *= 7;
  for (double& t : in_days.age) t *= 7;
  for (double& z : in_days.monetary_value) z *= 100;
  const auto a = fit<BgNbd>(in_weeks.histories());
  const auto b = fit<BgNbd>(in_days.histories(days));
  EXPECT_NEAR(b.params.r / a.params.r, 1, 1e-8);
  EXPECT_NEAR(b.params.alpha / a.params.alpha, 7, 1e-7);
  EXPECT_NEAR(b.params.a / a.params.a, 1, 1e-7);
  EXPECT_NEAR(b.estimate("alpha").low / a.estimate("alpha").low, 7, 1e-6);
  double purchases = 0;
  for (const double x : in_weeks.frequency) purchases += x;
  EXPECT_NEAR(b.log_likelihood, a.log_likelihood - purchases * std::log(7), 1e-7);
  const auto c = fit<GammaGamma>(in_weeks.spends());
  const auto d = fit<GammaGamma>(in_days.spends());
  EXPECT_NEAR(d.params.gamma / c.params.gamma, 100, 1e-6);
  EXPECT_NEAR(d.params.q / c.params.q, 1, 1e-8);
}

TEST(Fit, ReportsWhatFollowsFromTheCovariance) {
  const auto fitted = fit<BgNbd>(simulated(2000, 6).histories());
  ASSERT_TRUE(fitted.usable());
  const auto covariance = fitted.covariance();
  const auto errors = fitted.standard_errors();
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(covariance[i * 5], errors[i] * errors[i], 1e-12 * covariance[i * 5]);
    for (std::size_t j = 0; j < 4; ++j) EXPECT_EQ(covariance[i * 4 + j], covariance[j * 4 + i]);
  }
  const auto r = fitted.estimate("r", 0.95);
  // exp(1.959964 s) with s the standard error of ln r.
  const double factor = std::exp(1.9599639845400545 * errors[0] / fitted.params.r);
  EXPECT_NEAR(r.high / r.value, factor, 1e-12);
  EXPECT_NEAR(r.value / r.low, factor, 1e-12);
  EXPECT_EQ(r.covers, core::Covers::parameter);
  EXPECT_EQ(fitted.aic(), 8 - 2 * fitted.log_likelihood);
  EXPECT_NEAR(fitted.bic(), 4 * std::log(2000) - 2 * fitted.log_likelihood, 1e-9);
  EXPECT_THROW((void)fitted.estimate("s"), std::invalid_argument);
  EXPECT_THROW((void)fitted.estimate(4), std::out_of_range);
  EXPECT_THROW((void)fitted.estimate("r", 1), std::domain_error);
}

TEST(Fit, NamesAAndBWhereNobodyDropsOut) {
  const BgNbd faithful({.r = 0.8, .alpha = 6, .a = 1e-9, .b = 1});
  const auto bg = fit<BgNbd>(simulated(faithful, 5000, 7).histories());
  EXPECT_EQ(bg.status, FitStatus::not_identified);
  EXPECT_FALSE(bg.usable());
  EXPECT_NE(bg.message.find("b"), std::string::npos);
  EXPECT_NE(bg.message.find("infinity"), std::string::npos) << bg.message;
  EXPECT_TRUE(std::isnan(bg.standard_errors()[0]));
  EXPECT_EQ(bg.estimate("r").status, core::Status::abstained);
  EXPECT_NEAR(bg.params.r, 0.8, 0.1);
  // Nearly nobody drops out.
  EXPECT_LT(bg.params.a / bg.params.b, 1e-3);
}

TEST(Fit, SaysThatOneTimersSayNothing) {
  const Base base{{0, 0, 0}, {0, 0, 0}, {10, 20, 30}};
  const auto bg = fit<BgNbd>(base.histories());
  EXPECT_EQ(bg.status, FitStatus::too_little_data);
  EXPECT_NE(bg.message.find("no customer has a repeat purchase"), std::string::npos);
  EXPECT_NEAR(bg.log_likelihood, 0, 1e-6);
  const auto nobody = fit<MbgNbd>(Base{}.histories());
  EXPECT_EQ(nobody.status, FitStatus::too_little_data);
  EXPECT_EQ(nobody.message, "there are no customers");
  EXPECT_NO_THROW((void)nobody.model());
  EXPECT_TRUE(std::isnan(nobody.bic()));
  EXPECT_EQ(fit<GammaGamma>(Spends({})).status, FitStatus::too_little_data);
}

TEST(Fit, SaysThatEqualMeansHideTheirSpread) {
  Base base;
  for (int i = 0; i < 50; ++i) {
    base.frequency.push_back(1 + i % 5);
    base.monetary_value.push_back(10);
  }
  const auto spend = fit<GammaGamma>(base.spends());
  EXPECT_EQ(spend.status, FitStatus::not_identified);
  EXPECT_NE(spend.message.find("infinity"), std::string::npos) << spend.message;
}

TEST(Fit, StopsOnRequestAndReportsItsIterations) {
  std::stop_source stop;
  int calls = 0;
  FitOptions options;
  options.watch.on_progress = [&](const core::Progress& progress) {
    EXPECT_EQ(progress.stage, "fit BG/NBD");
    if (++calls == 2) stop.request_stop();
  };
  options.watch.stop = stop.get_token();
  const auto bg = fit<BgNbd>(simulated(500, 8).histories(), options);
  EXPECT_EQ(bg.status, FitStatus::cancelled);
  EXPECT_FALSE(bg.usable());
  EXPECT_EQ(calls, 2);
}

TEST(Fit, SaysWhenIterationsRunOut) {
  const auto bg = fit<BgNbd>(simulated(500, 8).histories(), {.max_iterations = 1});
  EXPECT_EQ(bg.status, FitStatus::iteration_limit);
  EXPECT_TRUE(std::isfinite(bg.log_likelihood));
}

TEST(Fit, HoldsWhatItIsToldToHold) {
  const tests::SimulatedBase base(tests::cdnow_mbg_nbd, 2000, 11);
  const Histories histories = base.histories();
  const auto free = fit<MbgNbd>(histories);
  FitOptions options{.start = free.parameters, .held = {false, false, true, false}};
  const auto same = fit<MbgNbd>(histories, options);
  ASSERT_TRUE(same.usable());
  EXPECT_NEAR(same.log_likelihood, free.log_likelihood, 1e-7);
  EXPECT_EQ(same.parameters[2], free.parameters[2]);
  EXPECT_EQ(same.standard_errors()[2], 0);
  EXPECT_LT(same.standard_errors()[3], free.standard_errors()[3]);
  EXPECT_EQ(same.free_parameters(), 3U);
  EXPECT_NEAR(same.aic(), free.aic() - 2, 1e-6);

  options.start[2] *= 2;
  const auto worse = fit<MbgNbd>(histories, options);
  ASSERT_TRUE(worse.usable());
  EXPECT_EQ(worse.parameters[2], options.start[2]);
  EXPECT_LT(worse.log_likelihood, free.log_likelihood);

  options.held = {true, true, true, true};
  const auto nothing = fit<MbgNbd>(histories, options);
  EXPECT_EQ(nothing.parameters, options.start);
  EXPECT_EQ(nothing.free_parameters(), 0U);
  EXPECT_LT(nothing.log_likelihood, worse.log_likelihood);

  EXPECT_THROW((void)fit<MbgNbd>(histories, {.held = {true, false, false, false}}),
               std::invalid_argument);
}

TEST(Fit, ReachesTheSameMaximumFromAGivenStart) {
  const Base base = simulated(2000, 9);
  const auto plain = fit<BgNbd>(base.histories());
  const auto started = fit<BgNbd>(base.histories(), {.start = {5, 0.1, 10, 0.1}});
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(started.parameters[i] / plain.parameters[i], 1, 1e-7);
  }
  EXPECT_THROW((void)fit<BgNbd>(base.histories(), {.start = {1, 2}}), std::invalid_argument);
  EXPECT_THROW((void)fit<BgNbd>(base.histories(), {.start = {1, 2, -1, 1}}), std::domain_error);
}

// 80,000 customers with as many patterns: most of the search is over a sixteenth of them.
TEST(Fit, OfManyPatternsEndsWhereASearchOverAllOfThemEnds) {
  const Base base = simulated(80000, 12);
  const Patterns patterns(base.histories(), 2);
  ASSERT_GT(patterns.size(), 50000U);
  const auto found = fit<BgNbd>(patterns, {.threads = 2});
  ASSERT_TRUE(found.usable()) << found.message;
  EXPECT_LE(found.passes, 5);
  EXPECT_LT(found.passes, found.evaluations);
  EXPECT_EQ(found.patterns, patterns.size());
  // The gradient over all is zero: less than one customer's worth of rounding for each of them.
  const auto there = log_likelihood_derivatives(found.model(), patterns);
  for (const double slope : there.gradient) EXPECT_NEAR(slope, 0, 1e-6);
  EXPECT_EQ(there.value, found.log_likelihood);
  const auto again = fit<BgNbd>(patterns, {.start = {5, 0.1, 10, 0.1}});
  ASSERT_TRUE(again.usable()) << again.message;
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(again.parameters[i] / found.parameters[i], 1, 1e-9);
  }
  EXPECT_EQ(fit<BgNbd>(patterns, {.threads = 1}).parameters, found.parameters);
}

TEST(Fit, OfFewPatternsGoesOverAllOfThemEachTime) {
  const auto found = fit<BgNbd>(simulated(2000, 9).histories());
  EXPECT_EQ(found.passes, found.evaluations);
}

// Parameters would run on through all iterations, from every start.
TEST(Fit, DoesNotSearchLongWhereThereIsTooLittle) {
  const Column none(20, 0), age(20, 30);
  const auto fitted =
      fit<BgNbd>(Histories({.frequency = none, .recency = none, .age = age}, weeks));
  EXPECT_EQ(fitted.status, FitStatus::too_little_data);
  EXPECT_LE(fitted.iterations, 30);
}

}  // namespace
}  // namespace rapport::clv
