#include <rapport/clv/pareto_nbd_hb.hpp>

#include <rapport/clv/fit.hpp>

#include "support/data.hpp"
#include "support/posterior.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

using posterior::Options;

// CDNOW's estimates (Fader and Hardie 2005); a period is a week.
const ParetoNbd cdnow({.r = 0.553, .alpha = 10.578, .s = 0.606, .beta = 11.669});

TEST(DrawCustomer, HasTheClosedFormsMeansForAnyParameters) {
  // P(alive), the mean purchase rate and the mean dropout rate are known exactly: 10,000 draws
  // meet each within 4 of their own standard errors. All four ways to draw the time of dropping
  // out are taken, and both powers below, near and above 1.
  const ParetoNbd models[] = {
      cdnow,
      ParetoNbd({.r = 0.5, .alpha = 0.01, .s = 0.5, .beta = 0.02}),
      ParetoNbd({.r = 0.5, .alpha = 0.02, .s = 3, .beta = 0.001}),
      ParetoNbd({.r = 1, .alpha = 500, .s = 4, .beta = 1}),
      ParetoNbd({.r = 5, .alpha = 2, .s = 60, .beta = 800}),
  };
  const CustomerHistory histories[] = {{0, 0, 39},   {1, 1.7, 39}, {2, 30.4, 38.9},
                                       {26, 10, 31}, {3, 5, 5},    {0, 0, 0}};
  constexpr int count = 10'000;
  for (std::size_t m = 0; m < std::size(models); ++m) {
    for (std::size_t h = 0; h < std::size(histories); ++h) {
      const ParetoNbd& model = models[m];
      const CustomerHistory& c = histories[h];
      SCOPED_TRACE(testing::Message() << "model " << m << ", history " << h);
      math::RandomStream stream(6, m * 100 + h);
      double alive = 0, rate = 0, rate_squares = 0, dropout = 0, dropout_squares = 0;
      for (int i = 0; i < count; ++i) {
        const ParetoNbdCustomer drawn = draw_customer(model, c, stream);
        alive += drawn.lifetime > c.age ? 1 : 0;
        ASSERT_GE(drawn.lifetime, c.recency);
        rate += drawn.rate;
        rate_squares += drawn.rate * drawn.rate;
        dropout += drawn.dropout;
        dropout_squares += drawn.dropout * drawn.dropout;
      }
      const auto expect_mean = [&](double sum, double squares, double wanted) {
        const double mean = sum / count;
        EXPECT_NEAR(mean, wanted, 4 * std::sqrt((squares / count - mean * mean) / count) + 1e-12);
      };
      const double p = model.probability_alive(c);
      EXPECT_NEAR(alive / count, p, 4 * std::sqrt(p * (1 - p) / count) + 1e-4);
      expect_mean(rate, rate_squares, model.purchase_rate(c));
      expect_mean(dropout, dropout_squares, model.dropout_rate(c));
    }
  }
}

TEST(ParetoNbdHbSlow, AgreesWithMaximumLikelihoodOnCdnow) {
  RAPPORT_REQUIRE_DATA();
  // 1.1 of the golden values: estimates .5533, 10.578, .6062, 11.669 with standard errors .0476,
  // .8427, .187, 6.21; 1665.5 purchases expected in 39 weeks, mean P(alive) .4463. The posterior of
  // s and beta is skewed to the right, with medians somewhat above.
  const auto columns = tests::cdnow_columns();
  const auto found = posterior::sample(ParetoNbdPrior{}, columns.histories(),
                                       {.chains = 2,
                                        .warmup = 400,
                                        .horizon = core::weeks(39),
                                        .forecast_draws = 200,
                                        .threads = 2});
  EXPECT_TRUE(found.report.usable()) << found.report.message;
  // A fifth of the draws and more is effective for the centre. The tails of s and beta are long:
  // usable() asks for 200 there.
  for (const auto& parameter : found.report.parameters) {
    EXPECT_GT(parameter.bulk_ess, 400) << parameter.name;
  }
  const double estimates[] = {.5533, 10.578, .6062, 11.669};
  const double errors[] = {.0476, .8427, .187, 6.21};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& parameter = found.report.parameters[i];
    SCOPED_TRACE(parameter.name);
    EXPECT_NEAR(parameter.estimate.value, estimates[i], 0.5 * errors[i]);
    EXPECT_LT(parameter.estimate.low, estimates[i]);
    EXPECT_GT(parameter.estimate.high, estimates[i]);
  }
  double alive = 0;
  for (const double p : found.customers.probability_alive.value) alive += p / 2357;
  EXPECT_NEAR(alive, .4463, .02);
  EXPECT_NEAR(found.customers.total.value, 1640, 60);
  EXPECT_LT(found.customers.total.low, 1882);  // what they did buy is inside, all but
  EXPECT_GT(found.customers.total.high, 1800);
  EXPECT_EQ(found.customers.total.covers, core::Covers::prediction);
  // Customer 1: two purchases, the last one 30 weeks after the first, of 39: 1.4552 expected at the
  // paper's estimates.
  EXPECT_NEAR(found.customers.expected_purchases.value[0], 1.4552, .1);
  EXPECT_EQ(found.customers.purchases.low[0], 0);
  EXPECT_GE(found.customers.purchases.high[0], 3);
  EXPECT_NEAR(found.customers.purchase_rate[0], cdnow.purchase_rate({2, 30.43, 38.86}), .005);
}

TEST(ParetoNbdHbSlow, MatchesPublishedMediansOnGrocery) {
  RAPPORT_REQUIRE_DATA();
  // Platzer's vignette (P): r .78, alpha 5.65, s .36, beta 4.81; 4018 purchases in the 52 weeks to
  // come. Its chains were short; a tenth of a posterior standard deviation is not asked for.
  const auto columns = tests::grocery_columns();
  ASSERT_EQ(columns.frequency.size(), 1525u);
  const auto found = posterior::sample(
      ParetoNbdPrior{}, columns.histories(),
      {.chains = 2, .warmup = 200, .draws = 400, .forecast_draws = 200, .threads = 2});
  EXPECT_TRUE(found.report.usable()) << found.report.message;
  const double published[] = {.78, 5.65, .36, 4.81};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& parameter = found.report.parameters[i];
    SCOPED_TRACE(parameter.name);
    EXPECT_NEAR(parameter.estimate.value, published[i], 0.5 * parameter.standard_deviation);
  }
  EXPECT_NEAR(found.customers.total.value, 4018, 80);
}

TEST(ParetoNbdHb, LeavesNoTraceOfThreadsAndOrder) {
  const auto base = tests::simulate_base(cdnow, 40, 10, 5);
  tests::expect_no_trace_of_threads_and_order(
      base.columns, {.chains = 3, .warmup = 60, .draws = 40, .forecast_draws = 30},
      [](const auto& columns, const Options& options) {
        return posterior::sample(ParetoNbdPrior{}, columns.histories(), options);
      });
}

TEST(ParetoNbdHb, RowsThatStandForManyCustomersAreThoseCustomers) {
  const std::vector<double> x = {2, 0}, t_x = {10, 0}, age = {30, 30}, customers = {2, 3};
  const std::vector<double> xs = {0, 2, 0, 2, 0}, ts = {0, 10, 0, 10, 0}, ages(5, 30.0);
  const Options options{.chains = 2, .warmup = 60, .draws = 40, .forecast_draws = 20};
  const auto counted = posterior::sample(ParetoNbdPrior{},
                                         Histories({x, t_x, age, customers}, core::weeks), options);
  const auto plain =
      posterior::sample(ParetoNbdPrior{}, Histories({xs, ts, ages}, core::weeks), options);
  EXPECT_EQ(counted.draws.values, plain.draws.values);
  EXPECT_EQ(counted.customers.total.high, plain.customers.total.high);
  EXPECT_EQ(counted.customers.purchases.high[0], plain.customers.purchases.high[1]);
  EXPECT_EQ(counted.customers.probability_alive.low[1], plain.customers.probability_alive.low[0]);
}

TEST(ParetoNbdHb, AnswersPoorData) {
  tests::expect_an_answer_to_poor_data([](const auto& columns, const Options& options) {
    return posterior::sample(ParetoNbdPrior{}, columns.histories(), options);
  });
}

TEST(ParetoNbdHb, SaysThatThereAreNoCustomers) {
  const auto found = posterior::sample(ParetoNbdPrior{}, Histories({}, core::weeks));
  EXPECT_EQ(found.report.status, posterior::Status::too_little_data);
  EXPECT_FALSE(found.report.usable());
  const std::vector<double> zero = {0}, age = {3};
  const auto nobody =
      posterior::sample(ParetoNbdPrior{}, Histories({zero, zero, age, zero}, core::weeks));
  EXPECT_EQ(nobody.report.status, posterior::Status::too_little_data);
  EXPECT_FALSE(nobody.customers.probability_alive[0].usable());
}

TEST(ParetoNbdHb, RejectsPriorsAndOptionsThatMakeNoSense) {
  const auto columns = tests::simulate_base(cdnow, 3, 1, 5).columns;
  const auto histories = columns.histories();
  EXPECT_THROW((void)posterior::sample(ParetoNbdPrior{.s = {0, 1}}, histories), std::domain_error);
  EXPECT_THROW((void)posterior::sample(ParetoNbdPrior{.beta = {1, NAN}}, histories),
               std::domain_error);
  EXPECT_THROW((void)posterior::sample(ParetoNbdPrior{}, histories, {.chains = 0}),
               std::invalid_argument);
  EXPECT_THROW((void)posterior::sample(ParetoNbdPrior{}, histories, {.horizon = core::weeks(-1)}),
               std::domain_error);
}

// Parameters drawn from a prior, customers from those: where the truth stands among the draws of
// the posterior is uniform if, and only if, these are of the right law. S. Talts et al. (2018),
// Validating Bayesian Inference Algorithms with Simulation-Based Calibration, arXiv:1804.06788.
TEST(ParetoNbdHbSlow, IsCalibratedBySimulation) {
  const GammaPrior about_one{20, 20}, about_ten{20, 2};
  const ParetoNbdPrior prior{about_one, about_ten, about_one, about_ten};
  constexpr int replications = 200;
  std::vector<std::vector<double>> ranks(5);
  double inside = 0, customers = 0;
  for (std::uint64_t seed = 0; seed < replications; ++seed) {
    math::RandomStream stream(99, seed);
    const ParetoNbd truth({.r = math::draw_gamma(stream, 20, 20),
                           .alpha = math::draw_gamma(stream, 20, 2),
                           .s = math::draw_gamma(stream, 20, 20),
                           .beta = math::draw_gamma(stream, 20, 2)});
    const auto base = tests::simulate_base(truth, 40, 26, seed);
    const auto found = posterior::sample(prior, base.columns.histories(),
                                         {.chains = 1,
                                          .warmup = 150,
                                          .draws = 100,
                                          .seed = seed,
                                          .horizon = core::weeks(26),
                                          .forecast_draws = 100});
    const double parameters[] = {truth.params().r, truth.params().alpha, truth.params().s,
                                 truth.params().beta};
    for (std::size_t i = 0; i < 4; ++i) {
      ranks[i].push_back(tests::rank_among(found.draws.of(i), parameters[i]));
    }
    inside +=
        base.total() >= found.customers.total.low && base.total() <= found.customers.total.high ? 1
                                                                                                : 0;
    for (std::size_t i = 0; i < base.later.size(); ++i) {
      customers += base.later[i] >= found.customers.purchases.low[i] &&
                           base.later[i] <= found.customers.purchases.high[i]
                       ? 1
                       : 0;
    }
  }
  for (std::size_t i = 0; i < 4; ++i) {
    tests::expect_uniform(ranks[i], std::string(ParetoNbd::parameter_names[i]));
  }
  // Standard error of a share of 200: .021.
  EXPECT_NEAR(inside / replications, 0.90, 0.07);
  // Counts are whole numbers: their intervals hold at least what they promise.
  EXPECT_GT(customers / (40.0 * replications), 0.895);
}

}  // namespace
}  // namespace rapport::clv
