#include <rapport/math/normal.hpp>
#include <rapport/math/random.hpp>
#include <rapport/math/special.hpp>
#include <rapport/relationship/estimated_weights.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::relationship {
namespace {

using Column = std::vector<double>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Customers with a name an indicator; owns the columns that samples refer to.
struct Customers {
  std::vector<std::string> names;
  std::vector<Column> indicators;
  Column outcome;

  [[nodiscard]] OutcomeSample sample() const {
    return {names,
            {indicators.begin(), indicators.end()},
            outcome,
            as_of("2024-03-31"),
            as_of("2024-04-01").day(),
            as_of("2024-09-30").day()};
  }
};

/// The 80 customers of scripts/reference/estimated_weights.py.
Customers eighty() {
  Customers customers{{"length", "depth"}, {{}, {}}, {}};
  for (int i = 0; i < 80; ++i) {
    customers.indicators[0].push_back(i * 7 % 16 / 16.);
    customers.indicators[1].push_back(i * 13 % 32 / 32.);
    customers.outcome.push_back(i * 37 % 101 < 25 + 3 * (i * 7 % 16) + i * 13 % 32 / 2 ? 1 : 0);
  }
  return customers;
}

/// Customers whose outcomes follow the coefficients, the first of them the intercept.
Customers simulated(std::size_t n, const std::vector<double>& truth, std::uint64_t stream_number) {
  Customers customers;
  for (std::size_t j = 1; j < truth.size(); ++j) customers.names.push_back("x" + std::to_string(j));
  customers.indicators.resize(customers.names.size());
  math::RandomStream stream(34, stream_number);
  for (std::size_t i = 0; i < n; ++i) {
    double log_odds = truth[0];
    for (std::size_t j = 0; j < customers.indicators.size(); ++j) {
      const double x = math::draw_uniform(stream);
      customers.indicators[j].push_back(x);
      log_odds += truth[j + 1] * x;
    }
    const double chance = math::complement_of_log_odds(-log_odds);
    customers.outcome.push_back(math::draw_uniform(stream) < chance ? 1 : 0);
  }
  return customers;
}

TEST(EstimatedWeights, OfOneYesOrNoIndicatorAreTheLogOddsRatio) {
  // Of 100 without it 30 stayed, of 100 with it 60: a table of four counts.
  Customers customers{{"has_it"}, {{}}, {}};
  for (int i = 0; i < 200; ++i) {
    customers.indicators[0].push_back(i < 100 ? 0 : 1);
    customers.outcome.push_back(i < 30 || i >= 140 ? 1 : 0);
  }
  const EstimatedWeights result = estimate_weights(customers.sample(), {.ridge = 1e-9});
  ASSERT_EQ(result.status, EstimatedWeightsStatus::estimated);
  const double ratio = std::log(60. / 40) - std::log(30. / 70);
  const double error = std::sqrt(1. / 30 + 1. / 70 + 1. / 60 + 1. / 40);
  const core::Estimate& coefficient = result.indicators[0].coefficient;
  EXPECT_NEAR(result.intercept.value, std::log(30. / 70), 1e-9);
  EXPECT_NEAR(coefficient.value, ratio, 1e-9);
  EXPECT_NEAR(coefficient.low, ratio - 1.6448536269514727 * error, 1e-9);
  EXPECT_NEAR(coefficient.high, ratio + 1.6448536269514727 * error, 1e-9);
  EXPECT_EQ(result.indicators[0].weight.value, 1);
  EXPECT_NEAR(result.null_log_likelihood, 90 * std::log(0.45) + 110 * std::log(0.55), 1e-12);
  EXPECT_NEAR(result.log_likelihood,
              30 * std::log(.3) + 70 * std::log(.7) + 60 * std::log(.6) + 40 * std::log(.4), 1e-9);
}

TEST(EstimatedWeights, MatchFortyDigitReference) {
  // scripts/reference/estimated_weights.py: mpmath's root finder on the score equations.
  const EstimatedWeights result = estimate_weights(eighty().sample());
  ASSERT_TRUE(result.usable()) << result.message;
  EXPECT_TRUE(result.converged);
  EXPECT_EQ(result.n, 80u);
  EXPECT_EQ(result.events, 44u);
  const core::Estimate* estimates[] = {&result.intercept, &result.indicators[0].coefficient,
                                       &result.indicators[1].coefficient};
  const double values[] = {-1.2179446362241357, 2.7108705952464095, 0.37970078409578744};
  const double errors[] = {0.58051361136674958, 0.89341285412980919, 0.83799379366790322};
  for (std::size_t i = 0; i < 3; ++i) {
    SCOPED_TRACE(i);
    // Newton's last step is below 1e-10.
    EXPECT_NEAR(estimates[i]->value, values[i], 1e-10);
    EXPECT_NEAR(estimates[i]->high - estimates[i]->low, 2 * 1.6448536269514727 * errors[i], 1e-10);
  }
  EXPECT_NEAR(result.log_likelihood, -49.37887956888642, 1e-11);
  const double total = values[1] + values[2];
  EXPECT_NEAR(result.indicators[0].weight.value, values[1] / total, 1e-10);
  EXPECT_NEAR(result.indicators[1].weight.value, values[2] / total, 1e-10);
}

TEST(R34_EstimatedWeights, PrintThatTheIntervalOfAWeightCoversZero) {
  const EstimatedWeights result = estimate_weights(eighty().sample());
  EXPECT_FALSE(result.indicators[0].covers_zero);
  EXPECT_TRUE(result.indicators[1].covers_zero);
  EXPECT_GT(result.indicators[0].weight.low, 0);
  EXPECT_EQ(result.indicators[1].weight.low, 0);
  const std::string text = to_text(result);
  const std::string length =
      text.substr(text.find("\nlength"), text.find("\ndepth") - text.find("\nlength"));
  const std::string depth = text.substr(text.find("\ndepth"));
  EXPECT_EQ(length.find("interval covers 0"), std::string::npos) << text;
  EXPECT_NE(depth.find("interval covers 0"), std::string::npos) << text;
  EXPECT_NE(text.find("indicators as of 2024-03-31, outcome from 2024-04-01 to 2024-09-30\n"
                      "80 customers, 44 with the outcome; left out: 0 with an unknown indicator"),
            std::string::npos)
      << text;
}

TEST(R34_EstimatedWeights, RejectAnOutcomeThatTheIndicatorsHaveSeen) {
  const Customers customers = eighty();
  OutcomeSample sample = customers.sample();
  sample.outcome_first = sample.as_of.day();
  try {
    (void)estimate_weights(sample);
    FAIL() << "accepted";
  } catch (const std::invalid_argument& e) {
    EXPECT_STREQ(
        e.what(),
        "estimate_weights: the outcome's window begins on 2024-03-31, but must begin after "
        "the indicators' as-of day 2024-03-31: they would have seen what they are to "
        "foretell");
  }
}

TEST(EstimatedWeights, OfNegativeCoefficientsAreZeroAndSaySo) {
  const Customers customers = simulated(2000, {0, 2, 1, -2}, 1);
  const EstimatedWeights result = estimate_weights(customers.sample());
  ASSERT_TRUE(result.usable());
  EXPECT_TRUE(result.indicators[2].set_to_zero);
  EXPECT_FALSE(result.indicators[2].covers_zero);
  EXPECT_EQ(result.indicators[2].weight.value, 0);
  EXPECT_EQ(result.indicators[2].weight.low, 0);
  EXPECT_EQ(result.indicators[2].weight.high, 0);
  EXPECT_NEAR(result.indicators[0].weight.value + result.indicators[1].weight.value, 1, 1e-15);
  EXPECT_NE(to_text(result).find("negative: weight set to 0"), std::string::npos);
}

TEST(EstimatedWeights, HaveIntervalsAroundThemThatNarrowWithTheCustomers) {
  double width = 1;
  for (const std::size_t n : {500u, 2000u, 8000u}) {
    const EstimatedWeights result = estimate_weights(simulated(n, {-1.5, 2, 1.2, 0.8}, n).sample());
    ASSERT_TRUE(result.usable());
    double widest = 0;
    for (const EstimatedWeight& indicator : result.indicators) {
      EXPECT_LE(indicator.weight.low, indicator.weight.value);
      EXPECT_LE(indicator.weight.value, indicator.weight.high);
      widest = std::max(widest, indicator.weight.high - indicator.weight.low);
    }
    EXPECT_LT(widest, width);
    width = widest;
  }
}

TEST(EstimatedWeights, LeaveOutRowsThatAreNotKnownAndCountThem) {
  Customers customers = eighty();
  const EstimatedWeights before = estimate_weights(customers.sample());
  for (const auto& [length, depth, outcome] :
       {std::array{nan, 0.5, 1.}, {0.5, nan, 0.}, {nan, nan, nan}, {0.25, 0.75, nan}}) {
    customers.indicators[0].push_back(length);
    customers.indicators[1].push_back(depth);
    customers.outcome.push_back(outcome);
  }
  const EstimatedWeights after = estimate_weights(customers.sample());
  EXPECT_EQ(after.n, 80u);
  EXPECT_EQ(after.unknown_indicator, 3u);
  EXPECT_EQ(after.unknown_outcome, 1u);
  EXPECT_EQ(after.indicators[0].weight.value, before.indicators[0].weight.value);
}

TEST(EstimatedWeights, AbstainBelowTenEventsAnIndicator) {
  Customers customers = simulated(200, {0, 1, 1}, 2);
  std::fill(customers.outcome.begin(), customers.outcome.end(), 0.0);
  std::fill_n(customers.outcome.begin(), 19, 1.0);
  const EstimatedWeights few = estimate_weights(customers.sample());
  EXPECT_EQ(few.status, EstimatedWeightsStatus::too_few_events);
  EXPECT_EQ(few.message, "the rarer outcome happened 19 times, but 2 indicators need 20");
  EXPECT_EQ(few.indicators[0].weight.status, core::Status::abstained);
  EXPECT_TRUE(std::isnan(few.indicators[0].coefficient.value));
  EXPECT_NE(to_text(few).find("too_few_events: the rarer outcome"), std::string::npos);
  // The rarer of the two is meant, and 20 are enough.
  for (double& y : customers.outcome) y = 1 - y;
  EXPECT_EQ(estimate_weights(customers.sample()).status, EstimatedWeightsStatus::too_few_events);
  customers.outcome[100] = 0;
  EXPECT_NE(estimate_weights(customers.sample()).status, EstimatedWeightsStatus::too_few_events);
  for (Column* column : {&customers.outcome, &customers.indicators[0], &customers.indicators[1]}) {
    column->clear();
  }
  EXPECT_EQ(estimate_weights(customers.sample()).status, EstimatedWeightsStatus::too_few_events);
}

TEST(EstimatedWeights, AbstainForAnIndicatorThatIsTheSameEverywhere) {
  Customers customers = eighty();
  customers.indicators[1].assign(80, 0.5);
  const EstimatedWeights result = estimate_weights(customers.sample());
  EXPECT_EQ(result.status, EstimatedWeightsStatus::constant_indicator);
  EXPECT_EQ(result.message, "depth is the same in all rows: it can tell nothing");
}

TEST(EstimatedWeights, AbstainWhereTheIndicatorsForetellEverything) {
  Customers customers = eighty();
  for (std::size_t i = 0; i < 80; ++i)
    customers.outcome[i] = customers.indicators[0][i] > 0.45 ? 1 : 0;
  const EstimatedWeights result = estimate_weights(customers.sample());
  EXPECT_EQ(result.status, EstimatedWeightsStatus::separated);
  EXPECT_TRUE(std::isnan(result.indicators[0].weight.value));
}

TEST(EstimatedWeights, DoNotExistWhereNothingIsPositive) {
  const EstimatedWeights result = estimate_weights(simulated(2000, {1, -2, -1}, 3).sample());
  EXPECT_EQ(result.status, EstimatedWeightsStatus::nothing_positive);
  EXPECT_TRUE(result.indicators[0].coefficient.usable());
  EXPECT_EQ(result.indicators[0].weight.status, core::Status::abstained);
  EXPECT_NE(to_text(result).find("negative: weight set to 0"), std::string::npos);
}

TEST(EstimatedWeights, FollowTheUnitOfAnIndicator) {
  // Half the indicator, twice the coefficient: with next to no ridge.
  Customers customers = eighty();
  const EstimatedWeights whole = estimate_weights(customers.sample(), {.ridge = 1e-9});
  for (double& value : customers.indicators[0]) value /= 2;
  const EstimatedWeights half = estimate_weights(customers.sample(), {.ridge = 1e-9});
  EXPECT_NEAR(half.indicators[0].coefficient.value, 2 * whole.indicators[0].coefficient.value,
              1e-7);
  EXPECT_NEAR(half.log_likelihood, whole.log_likelihood, 1e-7);
}

TEST(EstimatedWeights, AreTheSameBytesForAnyNumberOfThreads) {
  const Customers customers = simulated(20'000, {-1, 1, 0.5}, 4);
  const EstimatedWeights one = estimate_weights(customers.sample());
  for (const int threads : {2, 5}) {
    const EstimatedWeights many = estimate_weights(customers.sample(), {.threads = threads});
    for (std::size_t j = 0; j < 2; ++j) {
      EXPECT_EQ(many.indicators[j].coefficient.value, one.indicators[j].coefficient.value);
      EXPECT_EQ(many.indicators[j].coefficient.low, one.indicators[j].coefficient.low);
      EXPECT_EQ(many.indicators[j].weight.low, one.indicators[j].weight.low);
      EXPECT_EQ(many.indicators[j].weight.high, one.indicators[j].weight.high);
    }
    EXPECT_EQ(many.log_likelihood, one.log_likelihood);
  }
}

TEST(EstimatedWeights, RejectSamplesThatMakeNoSense) {
  const Customers customers = eighty();
  OutcomeSample sample = customers.sample();
  sample.outcome_last = sample.outcome_first - std::chrono::days(1);
  EXPECT_THROW((void)estimate_weights(sample), std::invalid_argument);
  sample = customers.sample();
  sample.indicators.clear();
  sample.names.clear();
  EXPECT_THROW((void)estimate_weights(sample), std::invalid_argument);
  sample = customers.sample();
  sample.names.pop_back();
  EXPECT_THROW((void)estimate_weights(sample), std::invalid_argument);
  sample = customers.sample();
  sample.indicators[1] = sample.indicators[1].first(79);
  EXPECT_THROW((void)estimate_weights(sample), std::invalid_argument);
  Customers wrong = eighty();
  wrong.indicators[1][7] = 1.5;
  EXPECT_THROW((void)estimate_weights(wrong.sample()), std::domain_error);
  wrong = eighty();
  wrong.outcome[7] = 0.5;
  EXPECT_THROW((void)estimate_weights(wrong.sample()), std::domain_error);
}

TEST(EstimatedWeights, RejectOptionsOutOfRange) {
  const Customers customers = eighty();
  const OutcomeSample sample = customers.sample();
  EXPECT_THROW((void)estimate_weights(sample, {.ridge = 0}), std::domain_error);
  EXPECT_THROW((void)estimate_weights(sample, {.level = 1}), std::domain_error);
  EXPECT_THROW((void)estimate_weights(sample, {.draws = 99}), std::domain_error);
  EXPECT_THROW((void)estimate_weights(sample, {.max_iterations = 0}), std::domain_error);
}

// Shares of samples whose interval holds the truth.
struct Coverage {
  std::vector<double> coefficient, weight;
};

Coverage coverage(std::size_t n, const std::vector<double>& truth, int samples) {
  const std::size_t k = truth.size() - 1;
  double total = 0;
  for (std::size_t j = 1; j <= k; ++j) total += std::max(truth[j], 0.0);
  Coverage result{std::vector<double>(k, 0.0), std::vector<double>(k, 0.0)};
  const auto holds = [](const core::Estimate& e, double value) {
    return e.low <= value && value <= e.high ? 1. : 0.;
  };
  for (int i = 0; i < samples; ++i) {
    const Customers customers = simulated(n, truth, 1000 + static_cast<std::uint64_t>(i));
    const EstimatedWeights weights = estimate_weights(
        customers.sample(), {.draws = 2000, .seed = static_cast<std::uint64_t>(i)});
    for (std::size_t j = 0; j < k; ++j) {
      result.coefficient[j] += holds(weights.indicators[j].coefficient, truth[j + 1]) / samples;
      result.weight[j] +=
          holds(weights.indicators[j].weight, std::max(truth[j + 1], 0.0) / total) / samples;
    }
  }
  return result;
}

// 1,000 samples: the standard error of a share near 0.90 is 0.0095, so 0.87 and 0.93 are three
// away.
TEST(EstimatedWeightsSlow, HaveIntervalsThatCoverTheTruthAsOftenAsTheySay) {
  for (const std::size_t n : {400u, 1500u}) {
    SCOPED_TRACE(n);
    const Coverage share = coverage(n, {-1.5, 2, 1.2, 0.8}, 1000);
    for (std::size_t j = 0; j < 3; ++j) {
      SCOPED_TRACE(j);
      EXPECT_GE(share.coefficient[j], 0.87);
      EXPECT_LE(share.coefficient[j], 0.93);
      EXPECT_GE(share.weight[j], 0.87);
      EXPECT_LE(share.weight[j], 0.93);
    }
  }
}

TEST(EstimatedWeightsSlow, CoverAWeightThatIsTrulyZeroOnOneSideOnly) {
  const Coverage share = coverage(1500, {-1, 2, 1, 0}, 1000);
  for (std::size_t j = 0; j < 3; ++j) {
    SCOPED_TRACE(j);
    EXPECT_GE(share.coefficient[j], 0.87);
    EXPECT_LE(share.coefficient[j], 0.93);
    EXPECT_GE(share.weight[j], 0.87);
    EXPECT_LE(share.weight[j], j == 2 ? 0.97 : 0.93);
  }
}

}  // namespace
}  // namespace rapport::relationship
