#include <rapport/churn/risk.hpp>

#include <gtest/gtest.h>

#include "support/simulated_base.hpp"

#include <cmath>
#include <stdexcept>

namespace rapport::churn {
namespace {

TEST(R24_Risk, OfACustomerUnderTheCdnowParametersIsThePublishedOne) {
  // P(alive) of x = 2, t_x = 30.43, T = 38.86: Fader, Hardie and Lee (2005).
  EXPECT_NEAR(tests::cdnow_bg_nbd.probability_alive({2, 30.43, 38.86}), 0.7266, 5e-5);
}

const tests::SimulatedBase base(tests::cdnow_mbg_nbd, 3000, 5);
const clv::Fit<clv::MbgNbd> fitted = clv::fit<clv::MbgNbd>(base.histories());

TEST(Risk, FallsWithTheHorizonFromOneToTheChanceOfBeingGone) {
  ASSERT_TRUE(fitted.usable()) << fitted.message;
  const clv::MbgNbd model = fitted.model();
  std::vector<double> before(base.age.size(), 1.0);
  for (const double weeks : {0.0, 1.0, 4.0, 13.0, 52.0, 5200.0}) {
    const auto risk = no_purchase_risk(fitted, base.histories(), {.horizon = core::weeks(weeks)});
    for (std::size_t i = 0; i < before.size(); ++i) {
      ASSERT_LE(risk.value[i], before[i] + 1e-15);
      ASSERT_TRUE(weeks > 0 || risk.value[i] > 1 - 1e-15) << "nothing is bought in no time";
      ASSERT_GE(risk.value[i], 1 - model.probability_alive(base.histories()[i]) - 1e-15);
      ASSERT_LE(risk.low[i], risk.value[i]);
      ASSERT_GE(risk.high[i], risk.value[i]);
    }
    before = risk.value;
  }
}

TEST(Risk, SilenceIsWorseForWhoBoughtOften) {
  // R60: a weekly buyer silent for five weeks is at greater risk than a rare one.
  const std::vector<double> x = {30, 2}, t_x = {30, 30}, age = {35, 35};
  const clv::Histories two({.frequency = x, .recency = t_x, .age = age}, core::weeks);
  const auto alive = [&](std::size_t i) { return fitted.model().probability_alive(two[i]); };
  EXPECT_LT(alive(0), alive(1));
}

TEST(Risk, IsTheSameBytesForAnyNumberOfThreads) {
  const auto one = no_purchase_risk(fitted, base.histories(), {.threads = 1});
  const auto many = no_purchase_risk(fitted, base.histories(), {.threads = 8});
  EXPECT_EQ(one.value, many.value);
  EXPECT_EQ(one.high, many.high);
}

TEST(Risk, TotalsAgreeWithWhatCustomersThenDo) {
  // Simulated on: of those observed for 30 weeks, how many buy nothing in the 26 that follow?
  std::vector<double> ages(20'000, 56.0);
  const auto times = clv::simulate_purchases(tests::cdnow_mbg_nbd, ages, 9);
  std::vector<double> x, t_x, age(ages.size(), 30.0);
  double silent = 0;
  for (std::size_t i = 0; i < ages.size(); ++i) {
    const auto c = clv::history_at(times.of(i), 30);
    x.push_back(c.frequency);
    t_x.push_back(c.recency);
    silent += static_cast<double>(times.of(i).size()) == c.frequency ? 1 : 0;
  }
  const clv::Histories histories({.frequency = x, .recency = t_x, .age = age}, core::weeks);
  const auto fit = clv::fit<clv::MbgNbd>(histories);
  const auto risk = no_purchase_risk(fit, histories, {.horizon = core::weeks(26)});
  double expected = 0, variance = 0;
  for (const double p : risk.value) {
    expected += p;
    variance += p * (1 - p);
  }
  EXPECT_NEAR(silent, expected, 4 * std::sqrt(variance));
}

TEST(Risk, AbstainsWithoutAModelAndRejectsOtherUnits) {
  const std::vector<double> zeros(3, 0.0), ages(3, 10.0);
  const clv::Histories once({.frequency = zeros, .recency = zeros, .age = ages}, core::weeks);
  const auto risk = no_purchase_risk(clv::fit<clv::MbgNbd>(once), once);
  EXPECT_EQ(risk.status[0], core::Status::abstained);
  EXPECT_THROW((void)no_purchase_risk(fitted, base.histories(core::days)), std::invalid_argument);
  EXPECT_THROW((void)no_purchase_risk(fitted, base.histories(), {.horizon = core::weeks(-1)}),
               std::domain_error);
}

}  // namespace
}  // namespace rapport::churn
