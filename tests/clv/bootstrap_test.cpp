#include <rapport/clv/bootstrap.hpp>

#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/cnbd_k.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/pareto_nbd_sarmanov.hpp>
#include <rapport/clv/profile_likelihood.hpp>

#include <gtest/gtest.h>

#include "support/bases.hpp"
#include "support/simulated_base.hpp"

#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>

namespace rapport::clv {
namespace {

std::vector<double> one_to(int n) {
  std::vector<double> values(static_cast<std::size_t>(n));
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

// 99 values: the 5th and the 95th leave 5 % on either side.
TEST(BootstrapInterval, IsTwoOrderStatisticsByHand) {
  const auto percentile = bootstrap_interval(50, one_to(99), 0.90, BootstrapInterval::percentile);
  EXPECT_NEAR(percentile.low, 5, 1e-12);
  EXPECT_NEAR(percentile.high, 95, 1e-12);
  EXPECT_EQ(percentile.value, 50);
  EXPECT_EQ(percentile.n, 99);
  EXPECT_EQ(percentile.status, core::Status::estimated);
  // Nothing to correct: the estimate is their median, and there is no skewness.
  const auto accelerated = bootstrap_interval(50, one_to(99), 0.90, BootstrapInterval::accelerated);
  EXPECT_NEAR(accelerated.low, 5, 1e-9);
  EXPECT_NEAR(accelerated.high, 95, 1e-9);
  // Mirrored: in ratios where all is positive, in differences elsewhere.
  const auto ratio = bootstrap_interval(50, one_to(99), 0.90, BootstrapInterval::basic);
  EXPECT_NEAR(ratio.low, 2500. / 95, 1e-9);
  EXPECT_NEAR(ratio.high, 2500. / 5, 1e-9);
  auto shifted = one_to(99);
  for (double& v : shifted) v -= 50;
  const auto difference = bootstrap_interval(10, shifted, 0.90, BootstrapInterval::basic);
  EXPECT_NEAR(difference.low, 20 - 45, 1e-9);
  EXPECT_NEAR(difference.high, 20 + 45, 1e-9);
}

// Efron (1987), eq. (2.3), in 15 digits: z0 from 449.5 of 999 below, a = 1 / (6 sqrt(6)).
TEST(BootstrapInterval, IsCorrectedForBiasAndSkewness) {
  const std::vector<double> influences = {2, -1, -1}, customers = {1, 1, 1};
  const auto interval = bootstrap_interval(450, one_to(999), 0.90, BootstrapInterval::accelerated,
                                           influences, customers);
  EXPECT_NEAR(interval.low, 43.9998712419412, 1e-9);
  EXPECT_NEAR(interval.high, 941.604554249051, 1e-9);
}

TEST(BootstrapInterval, CountsWhatRanOutAsExtreme) {
  auto values = one_to(99);
  for (std::size_t i = 90; i < 99; ++i) values[i] = INFINITY;
  const auto interval = bootstrap_interval(50, values, 0.90, BootstrapInterval::percentile);
  EXPECT_NEAR(interval.low, 5, 1e-12);
  EXPECT_EQ(interval.high, INFINITY);
}

TEST(BootstrapInterval, HasNoEndsIfManyReplicatesFailed) {
  auto values = one_to(100);
  for (std::size_t i = 0; i < 10; ++i) values[i] = NAN;
  EXPECT_TRUE(
      std::isfinite(bootstrap_interval(50, values, 0.90, BootstrapInterval::percentile).low));
  values[10] = NAN;
  const auto lost = bootstrap_interval(50, values, 0.90, BootstrapInterval::percentile);
  EXPECT_EQ(lost.value, 50);
  EXPECT_EQ(lost.n, 89);
  EXPECT_TRUE(std::isnan(lost.low) && std::isnan(lost.high));
}

TEST(BootstrapInterval, HasNoEndsBeyondItsReplicates) {
  const auto interval = bootstrap_interval(5, one_to(9), 0.90, BootstrapInterval::percentile);
  EXPECT_TRUE(std::isnan(interval.low) && std::isnan(interval.high));
  EXPECT_EQ(bootstrap_interval(NAN, one_to(9), 0.5, BootstrapInterval::basic).status,
            core::Status::undefined);
  EXPECT_THROW((void)bootstrap_interval(5, one_to(9), 0, BootstrapInterval::basic),
               std::domain_error);
}

// Made when first asked for: each test is a process of its own.
const tests::FittedBase& shared() {
  static const tests::FittedBase made(2000, 7);
  return made;
}

TEST(Bootstrap, AgreesWithTheDeltaMethodInLargeSamples) {
  const auto trials = bootstrap(shared().fitted, shared().patterns, {.replicates = 199, .seed = 5});
  EXPECT_GE(trials.count(FitStatus::converged), 193);
  const auto year = [](const MbgNbd& m) { return m.expected_purchases(52.0); };
  const auto wald = Neighbourhood<MbgNbd>(shared().fitted).positive(year);
  for (const auto kind :
       {BootstrapInterval::percentile, BootstrapInterval::basic, BootstrapInterval::accelerated}) {
    SCOPED_TRACE(to_text(kind));
    const auto interval = trials.estimate(year, 0.90, kind);
    EXPECT_EQ(interval.value, wald.value);
    // 199 replicates place an end to a tenth of the width or so.
    EXPECT_NEAR(interval.low, wald.low, 0.2 * (wald.high - wald.low));
    EXPECT_NEAR(interval.high, wald.high, 0.2 * (wald.high - wald.low));
  }
  const auto r = trials.estimate("r");
  EXPECT_EQ(r.value, shared().fitted.params.r);
  EXPECT_LT(r.low, r.value);
  EXPECT_GT(r.high, r.value);
}

TEST(Bootstrap, IsTheSameBytesForAnyNumberOfThreadsAndAPrefixOfMoreReplicates) {
  const auto one =
      bootstrap(shared().fitted, shared().patterns, {.replicates = 20, .seed = 9, .threads = 1});
  const auto many =
      bootstrap(shared().fitted, shared().patterns, {.replicates = 33, .seed = 9, .threads = 3});
  const auto other = bootstrap(shared().fitted, shared().patterns, {.replicates = 20, .seed = 10});
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(one.params()[i].alpha, many.params()[i].alpha);
    EXPECT_EQ(one.params()[i].b, many.params()[i].b);
    EXPECT_NE(one.params()[i].b, other.params()[i].b);
  }
}

TEST(Bootstrap, ServesSpendModelsToo) {
  const std::vector<double> means = shared().base.mean_amounts(tests::cdnow_gamma_gamma, 3);
  const SpendPatterns spends(
      Spends({.frequency = shared().base.frequency, .monetary_value = means}));
  const auto spend = fit<GammaGamma>(spends);
  const auto trials = bootstrap(spend, spends, {.replicates = 99, .seed = 2});
  const auto mean = trials.estimate([](const GammaGamma& m) { return m.population_mean(); });
  const auto wald = Neighbourhood<GammaGamma>(spend).positive(
      [](const GammaGamma& m) { return m.population_mean(); });
  EXPECT_NEAR(mean.low, wald.low, 0.3 * (wald.high - wald.low));
  EXPECT_NEAR(mean.high, wald.high, 0.3 * (wald.high - wald.low));
}

TEST(Bootstrap, LeavesAHeldParameterWhereItIs) {
  std::vector<double> logs;
  for (std::size_t i = 0; i < shared().base.frequency.size(); ++i) {
    const double x = shared().base.frequency[i];
    logs.push_back(x > 0 ? x * std::log(shared().base.recency[i] / x) - 0.2 * x : 0);
  }
  const Patterns with_intervals(Histories({.frequency = shared().base.frequency,
                                           .recency = shared().base.recency,
                                           .age = shared().base.age,
                                           .sum_log_intervals = logs},
                                          core::weeks));
  const auto regular = fit<MbgCnbdK>(with_intervals);
  ASSERT_TRUE(regular.usable()) << regular.message;
  const auto trials = bootstrap(regular, with_intervals, {.replicates = 19, .seed = 3});
  for (const auto& p : trials.params()) EXPECT_EQ(p.k, regular.params.k);
  EXPECT_GT(trials.count(FitStatus::converged), 17);
}

// The strongest dependence is a boundary, which other customers may leave; s was asked to stay.
TEST(Bootstrap, LetsGoOfABoundaryButNotOfAHeldParameter) {
  std::mt19937_64 engine(32);
  const tests::Base buyers = tests::awkward_base(32, engine);
  const Patterns rows(buyers.histories());
  const auto start = fit<ParetoNbdSarmanov>(rows).parameters;
  const auto at_limit =
      fit<ParetoNbdSarmanov>(rows, {.start = start, .held = {false, false, true, false, false}});
  ASSERT_EQ(at_limit.status, FitStatus::at_boundary) << at_limit.message;
  EXPECT_EQ(at_limit.held, (std::vector<bool>{false, false, true, false, true}));
  EXPECT_EQ(at_limit.held_by_choice(), (std::vector<bool>{false, false, true, false, false}));
  int left = 0;
  const auto trials = bootstrap(at_limit, rows, {.replicates = 20, .seed = 1});
  for (const auto& p : trials.params()) {
    EXPECT_EQ(p.s, start[2]);
    if (std::abs(p.dependence) < 1) ++left;
  }
  EXPECT_GT(left, 0);
  EXPECT_LT(left, 20);
  // So in a profile: far from the estimate of alpha the dependence is another.
  const auto far = held_fit(at_limit, rows, 1)(3 * at_limit.params.alpha, at_limit.parameters);
  EXPECT_EQ(far.parameters[2], start[2]);
  EXPECT_LT(std::abs(far.parameters[4]), 1);
}

TEST(Bootstrap, ServesModelsOfOpportunitiesToo) {
  const BgBb truth({.alpha = 1.2, .beta = 0.75, .gamma = 0.66, .delta = 2.78});
  std::vector<double> x, t_x, n(600, 6.0);
  for (std::size_t i = 0; i < n.size(); ++i) {
    math::RandomStream stream(4, i);
    const auto times = draw_purchases(truth, 6, stream);
    x.push_back(static_cast<double>(times.size()));
    t_x.push_back(times.empty() ? 0 : static_cast<double>(times.back()));
  }
  const OpportunityPatterns six(
      Opportunities({.frequency = x, .recency = t_x, .opportunities = n}));
  const auto bg_bb = fit<BgBb>(six);
  ASSERT_TRUE(bg_bb.usable()) << bg_bb.message;
  const auto trials = bootstrap(bg_bb, six, {.replicates = 99, .seed = 1});
  const auto six_more = [](const BgBb& m) { return m.expected_purchases(6.0); };
  const auto interval = trials.estimate(six_more);
  const auto wald = Neighbourhood<BgBb>(bg_bb).positive(six_more);
  EXPECT_NEAR(interval.low, wald.low, 0.35 * (wald.high - wald.low));
  EXPECT_NEAR(interval.high, wald.high, 0.35 * (wald.high - wald.low));
}

// A base so loyal that b runs to infinity in nearly every replicate: they count, and say so.
TEST(Bootstrap, CountsRefitsByStatus) {
  std::vector<double> x, t_x, t;
  for (int i = 0; i < 300; ++i) {
    x.push_back(3 + i % 9);
    t.push_back(40);
    t_x.push_back(40 - 0.1 * (i % 5));
  }
  const Patterns loyal(Histories({.frequency = x, .recency = t_x, .age = t}, core::weeks));
  const auto lost = fit<BgNbd>(loyal);
  const auto trials = bootstrap(lost, loyal, {.replicates = 39, .seed = 3});
  EXPECT_EQ(trials.statuses().size(), 39);
  EXPECT_GT(trials.count(FitStatus::not_identified), 30);
  const auto rate = trials.estimate([](const BgNbd& m) { return m.params().r / m.params().alpha; },
                                    0.90, BootstrapInterval::percentile);
  EXPECT_LT(rate.low, rate.high);
  EXPECT_EQ(rate.n, 39);
}

TEST(Bootstrap, AbstainsWithoutAModel) {
  const Patterns nobody(Histories({}, core::weeks));
  const auto none = fit<MbgNbd>(nobody);
  const auto trials = bootstrap(none, nobody, {.replicates = 3});
  EXPECT_EQ(trials.count(FitStatus::too_little_data), 3);
  EXPECT_EQ(trials.estimate("r").status, core::Status::abstained);
}

TEST(Bootstrap, RejectsWhatMakesNoSense) {
  EXPECT_THROW((void)bootstrap(shared().fitted, shared().patterns, {.replicates = 0}),
               std::invalid_argument);
  const auto trials = bootstrap(shared().fitted, shared().patterns, {.replicates = 2});
  EXPECT_THROW((void)trials.estimate("s"), std::invalid_argument);
  EXPECT_THROW((void)trials.estimate("r", 1), std::domain_error);
}

TEST(Bootstrap, StopsWhenTheHostAsksItTo) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(
      (void)bootstrap(shared().fitted, shared().patterns, {.watch = {.stop = stop.get_token()}}),
      core::Cancelled);
}

}  // namespace
}  // namespace rapport::clv
