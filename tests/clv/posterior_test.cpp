#include <rapport/clv/posterior.hpp>

#include <rapport/clv/pareto_nbd_hb.hpp>

#include "support/posterior.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace rapport::clv::posterior {
namespace {

const ParetoNbd truth({.r = 0.553, .alpha = 10.578, .s = 0.606, .beta = 11.669});

TEST(PosteriorSummary, IsMedianQuantilesMeanAndDeviation) {
  // 1, ..., 100 of one parameter: median 50.5, type-7 quantiles 5.95 and 95.05.
  Draws draws{{"x"}, 2, 50, {}};
  for (int i = 0; i < 100; ++i) draws.values.push_back(1 + (i * 37) % 100);
  const auto found = summarise(draws, 0.90);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].name, "x");
  EXPECT_NEAR(found[0].estimate.value, 50.5, 1e-12);
  EXPECT_NEAR(found[0].estimate.low, 5.95, 1e-12);
  EXPECT_NEAR(found[0].estimate.high, 95.05, 1e-12);
  EXPECT_EQ(found[0].estimate.n, 100u);
  EXPECT_NEAR(found[0].mean, 50.5, 1e-12);
  EXPECT_NEAR(found[0].standard_deviation, 29.011491975882016, 1e-12);
  EXPECT_GT(found[0].bulk_ess, 0);
}

TEST(PosteriorStatus, NamesTheParameterThatIsWorstOff) {
  const auto columns = tests::simulate_base(truth, 30, 1, 1).columns;
  const auto found =
      sample(ParetoNbdPrior{}, columns.histories(), {.chains = 2, .warmup = 0, .draws = 10});
  EXPECT_EQ(found.report.status, Status::not_converged);
  EXPECT_NE(found.report.message.find("not settled"), std::string::npos);
  EXPECT_NE(found.report.message.find("R-hat"), std::string::npos);
  EXPECT_EQ(to_text(found.report.status), "not_converged");
  EXPECT_EQ(to_text(Status::converged), "converged");
  EXPECT_EQ(to_text(Status::too_little_data), "too_little_data");
}

TEST(PosteriorOptions, AreRefusedByName) {
  const auto message = [](const Options& options) {
    try {
      check(options);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message({}), "");
  EXPECT_EQ(message({.chains = 0}), "posterior::sample: chains must be in [1, 1024]");
  EXPECT_NE(message({.warmup = -1}), "");
  EXPECT_NE(message({.draws = 3}), "");
  EXPECT_NE(message({.thin = 0}), "");
  EXPECT_NE(message({.forecast_draws = 0}), "");
  EXPECT_NE(message({.level = 1}), "");
  EXPECT_NE(message({.draws = 2'000'000'000, .thin = 100}), "");
}

TEST(PosteriorMemory, DoesNotGrowWithTheNumberOfDraws) {
  const Options few{.draws = 1000};
  const Options many{.draws = 1'000'000};
  EXPECT_EQ(customer_bytes(few), customer_bytes(many));
  EXPECT_LT(customer_bytes(many), 2048u);  // 400 counts of 4 bytes, sums and states of four chains
  EXPECT_LT(customer_bytes({.draws = 10}), customer_bytes(few));
}

TEST(PosteriorWatch, HearsAHostThatWantsToStop) {
  const auto columns = tests::simulate_base(truth, 10, 1, 1).columns;
  std::stop_source source;
  int reports = 0;
  Options options{.chains = 1, .warmup = 20, .draws = 20};
  options.watch.stop = source.get_token();
  options.watch.on_progress = [&](const core::Progress&) {
    if (++reports == 3) source.request_stop();
  };
  EXPECT_THROW((void)sample(ParetoNbdPrior{}, columns.histories(), options), core::Cancelled);
  EXPECT_EQ(reports, 3);
}

TEST(PosteriorSeed, MakesOtherDraws) {
  const auto columns = tests::simulate_base(truth, 10, 1, 1).columns;
  const Options one{.chains = 2, .warmup = 10, .draws = 10, .seed = 1};
  Options two = one;
  two.seed = 2;
  const auto first = sample(ParetoNbdPrior{}, columns.histories(), one);
  EXPECT_NE(first.draws.values, sample(ParetoNbdPrior{}, columns.histories(), two).draws.values);
  // Chains differ too.
  EXPECT_NE(first.draws.of(0)[9], first.draws.of(0)[19]);
}

}  // namespace
}  // namespace rapport::clv::posterior
