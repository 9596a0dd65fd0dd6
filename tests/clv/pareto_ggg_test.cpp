#include <rapport/clv/pareto_ggg.hpp>

#include "support/data.hpp"
#include "support/posterior.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

using posterior::Options;

// Medians that Platzer and Reutterer's vignette prints for the grocery data; a period is a week.
const ParetoGgg grocery(
    {.t = 1.695, .gamma = .373, .r = .948, .alpha = 5.243, .s = .432, .beta = 4.348});

TEST(ParetoGgg, SimulatesIntervalsAsRegularAsItsCustomersAre) {
  // With k near 100 for all and nobody leaving, intervals are 1 / lambda within a tenth or so.
  const ParetoGgg regular({.t = 1e8, .gamma = 1e6, .r = 1e8, .alpha = 2e8, .s = 1e-9, .beta = 1e6});
  math::RandomStream stream(3);
  const auto times = draw_purchases(regular, 400, stream);
  ASSERT_NEAR(static_cast<double>(times.size()), 200, 6);
  double squares = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    squares += (times[i] - times[i - 1] - 2) * (times[i] - times[i - 1] - 2);
  }
  // Variance of Gamma(k, k lambda): 1 / (k lambda^2) = .04.
  EXPECT_NEAR(squares / static_cast<double>(times.size() - 1), .04, .015);
}

TEST(ParetoGgg, RejectsParametersThatAreNotPositive) {
  const auto with = [](double ParetoGgg::Params::*which, double value) {
    ParetoGgg::Params params = grocery.params();
    params.*which = value;
    return params;
  };
  for (const auto which :
       {&ParetoGgg::Params::t, &ParetoGgg::Params::gamma, &ParetoGgg::Params::r,
        &ParetoGgg::Params::alpha, &ParetoGgg::Params::s, &ParetoGgg::Params::beta}) {
    for (const double value : {0.0, -1.0, double{NAN}, double{INFINITY}}) {
      EXPECT_THROW(ParetoGgg{with(which, value)}, std::domain_error);
    }
  }
}

TEST(ParetoGggSlow, MatchesPublishedMediansOnGrocery) {
  RAPPORT_REQUIRE_DATA();
  // 1.3 and 2.2 of the golden values (P): t 1.695 gamma .373 r .948 alpha 5.243 s .432 beta 4.348;
  // 3815 purchases in the 52 weeks to come, of which 3389 came.
  const auto columns = tests::grocery_columns();
  ASSERT_EQ(columns.frequency.size(), 1525u);
  const auto found = posterior::sample(ParetoGggPrior{}, columns.regular_histories(),
                                       {.chains = 2, .warmup = 500, .draws = 700, .threads = 2});
  const double published[] = {1.695, .373, .948, 5.243, .432, 4.348};
  for (std::size_t i = 0; i < 6; ++i) {
    const auto& parameter = found.report.parameters[i];
    SCOPED_TRACE(parameter.name);
    EXPECT_EQ(parameter.name, ParetoGgg::parameter_names[i]);
    EXPECT_NEAR(parameter.estimate.value, published[i], parameter.standard_deviation);
    EXPECT_LT(parameter.r_hat, 1.2);
  }
  EXPECT_NEAR(found.customers.total.value, 3815, 80);
  // These households buy more regularly than at random.
  double regularity = 0;
  for (const double k : found.customers.regularity) regularity += k / 1525;
  EXPECT_NEAR(regularity, 1.695 / .373, .5);
}

TEST(ParetoGggSlow, FindsParametersAgain) {
  // A peer's own test: t 4.5 gamma 1.5 r .9 alpha 5 s .8 beta 12.
  const ParetoGgg truth({.t = 4.5, .gamma = 1.5, .r = .9, .alpha = 5, .s = .8, .beta = 12});
  const double values[] = {4.5, 1.5, .9, 5, .8, 12};
  tests::HistoryColumns columns;
  for (std::size_t i = 0; i < 600; ++i) {
    math::RandomStream stream(21, i);
    columns.add(draw_purchases(truth, 52, stream), 52);
  }
  const auto found = posterior::sample(ParetoGggPrior{}, columns.regular_histories(),
                                       {.chains = 2, .warmup = 250, .draws = 350, .threads = 2});
  for (std::size_t i = 0; i < 6; ++i) {
    const auto& parameter = found.report.parameters[i];
    SCOPED_TRACE(parameter.name);
    EXPECT_NEAR(parameter.estimate.value, values[i], 3.5 * parameter.standard_deviation);
    EXPECT_LT(parameter.standard_deviation, .6 * values[i]);
  }
}

TEST(ParetoGgg, MissesARegularCustomerSooner) {
  // Both bought ten times in 40 weeks and are silent for 8: one every fourth week, one in bursts.
  tests::HistoryColumns columns;
  for (std::size_t i = 0; i < 60; ++i) {
    math::RandomStream stream(7, i);
    columns.add(draw_purchases(grocery, 48, stream), 48);
  }
  std::vector<double> steady, bursts;
  for (int i = 1; i <= 10; ++i) {
    steady.push_back(4 * i);
    bursts.push_back(i < 6 ? 0.2 * i : 40 - 0.2 * (10 - i));
  }
  columns.add(steady, 48);
  columns.add(bursts, 48);
  const auto found = posterior::sample(
      ParetoGggPrior{}, columns.regular_histories(),
      {.chains = 2, .warmup = 100, .draws = 100, .forecast_draws = 50, .threads = 2});
  EXPECT_GT(found.customers.regularity[60], 3 * found.customers.regularity[61]);
  EXPECT_LT(found.customers.probability_alive.value[60],
            found.customers.probability_alive.value[61]);
}

TEST(ParetoGgg, LeavesNoTraceOfThreadsAndOrder) {
  const auto base = tests::simulate_base(grocery, 30, 10, 5);
  tests::expect_no_trace_of_threads_and_order(
      base.columns, {.chains = 3, .warmup = 20, .draws = 20, .forecast_draws = 30},
      [](const auto& columns, const Options& options) {
        return posterior::sample(ParetoGggPrior{}, columns.regular_histories(), options);
      });
}

TEST(ParetoGgg, AnswersPoorData) {
  tests::expect_an_answer_to_poor_data([](const auto& columns, const Options& options) {
    return posterior::sample(ParetoGggPrior{}, columns.regular_histories(), options);
  });
}

TEST(ParetoGgg, NeedsTimesBetweenPurchases) {
  const auto columns = tests::simulate_base(grocery, 3, 1, 5).columns;
  EXPECT_THROW((void)posterior::sample(ParetoGggPrior{}, columns.histories()),
               std::invalid_argument);
  EXPECT_THROW(
      (void)posterior::sample(ParetoGggPrior{.gamma = {-1, 1}}, columns.regular_histories()),
      std::domain_error);
  EXPECT_EQ(posterior::sample(ParetoGggPrior{}, Histories({}, core::weeks)).report.status,
            posterior::Status::too_little_data);
}

// As for the hierarchical Pareto/NBD: simulation-based calibration.
TEST(ParetoGggSlow, IsCalibratedBySimulation) {
  // Shape 20 and these rates: means 5, 2, 1, 5, 1, 10.
  constexpr double rates[] = {4, 10, 20, 4, 20, 2};
  const ParetoGggPrior prior{{20, 4}, {20, 10}, {20, 20}, {20, 4}, {20, 20}, {20, 2}};
  constexpr int replications = 120;
  std::vector<std::vector<double>> ranks(6);
  double inside = 0, customers = 0;
  for (std::uint64_t seed = 0; seed < replications; ++seed) {
    math::RandomStream stream(97, seed);
    double values[6];
    for (std::size_t i = 0; i < 6; ++i) values[i] = math::draw_gamma(stream, 20, rates[i]);
    const ParetoGgg truth({values[0], values[1], values[2], values[3], values[4], values[5]});
    const auto base = tests::simulate_base(truth, 20, 15, seed);
    const auto found = posterior::sample(prior, base.columns.regular_histories(),
                                         {.chains = 1,
                                          .warmup = 80,
                                          .draws = 50,
                                          .thin = 6,
                                          .seed = seed,
                                          .horizon = core::weeks(15),
                                          .forecast_draws = 50});
    for (std::size_t i = 0; i < 6; ++i) {
      ranks[i].push_back(tests::rank_among(found.draws.of(i), values[i]));
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
  for (std::size_t i = 0; i < 6; ++i) {
    tests::expect_uniform(ranks[i], std::string(ParetoGgg::parameter_names[i]));
  }
  EXPECT_NEAR(inside / replications, 0.90, 0.09);  // standard error .027
  EXPECT_GT(customers / (20.0 * replications), 0.89);
}

}  // namespace
}  // namespace rapport::clv
