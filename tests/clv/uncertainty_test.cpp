#include <rapport/clv/uncertainty.hpp>

#include <gtest/gtest.h>

#include "support/simulated_base.hpp"

#include <cmath>

namespace rapport::clv {
namespace {

// Made when first asked for: each test is a process of its own.
const tests::SimulatedBase& base() {
  static const tests::SimulatedBase made(tests::cdnow_mbg_nbd, 4000, 11);
  return made;
}
const Fit<MbgNbd>& fitted() {
  static const Fit<MbgNbd> made = fit<MbgNbd>(base().histories());
  return made;
}

TEST(Uncertainty, OfAParameterIsThatOfItsFit) {
  ASSERT_TRUE(fitted().usable()) << fitted().message;
  const Neighbourhood<MbgNbd> models(fitted(), 0.95);
  const core::Estimate through_models =
      models.positive([](const MbgNbd& m) { return m.params().alpha; });
  const core::Estimate of_fit = fitted().estimate("alpha", 0.95);
  EXPECT_EQ(through_models.value, of_fit.value);
  EXPECT_NEAR(through_models.low / of_fit.low, 1, 1e-9);
  EXPECT_NEAR(through_models.high / of_fit.high, 1, 1e-9);
  EXPECT_EQ(through_models.level, 0.95);
  EXPECT_EQ(through_models.covers, core::Covers::parameter);
}

// The mean purchase rate r / alpha, whose variance is a line by hand.
TEST(Uncertainty, FollowsTheDeltaMethodByHand) {
  const Neighbourhood<MbgNbd> models(fitted());
  const core::Estimate rate =
      models.positive([](const MbgNbd& m) { return m.params().r / m.params().alpha; });
  const auto& c = fitted().working_covariance;
  const double error = std::sqrt(c[0] + c[5] - 2 * c[1]);
  EXPECT_NEAR(std::log(rate.high / rate.value), 1.6448536269514727 * error, 1e-6 * error);
}

TEST(Uncertainty, OfAProbabilityStaysBetweenZeroAndOne) {
  const Neighbourhood<MbgNbd> models(fitted());
  for (const CustomerHistory c :
       {CustomerHistory{0, 0, 38}, {50, 1, 38}, {400, 20, 38}, {9, 38, 38}}) {
    const core::Estimate alive =
        models.probability(models.centre().probability_alive(c),
                           [&](const MbgNbd& m) { return m.log_probability_alive(c); });
    EXPECT_LE(0, alive.low);
    EXPECT_LE(alive.low, alive.value);
    EXPECT_LE(alive.value, alive.high);
    EXPECT_LE(alive.high, 1);
  }
}

TEST(Uncertainty, OfWhatIsCertainIsNone) {
  const Fit<BgNbd> bg = fit<BgNbd>(base().histories());
  const Neighbourhood<BgNbd> models(bg);
  const CustomerHistory once{0, 0, 30};
  const core::Estimate alive =
      models.probability(models.centre().probability_alive(once),
                         [&](const BgNbd& m) { return m.log_probability_alive(once); });
  EXPECT_EQ(alive.low, 1);
  EXPECT_EQ(alive.value, 1);
  EXPECT_EQ(alive.high, 1);
  const core::Estimate nothing = models.positive([](const BgNbd&) { return 0.0; });
  EXPECT_EQ(nothing.low, 0);
  EXPECT_EQ(nothing.high, 0);
}

TEST(Uncertainty, LogOddsKeepTheirDigitsAtBothEnds) {
  EXPECT_NEAR(log_odds(std::log(0.25)), std::log(1.0 / 3), 1e-15);
  EXPECT_NEAR(log_odds(-1e-20), std::log(1e20), 1e-12);
  EXPECT_EQ(log_odds(-2000), -2000);
  EXPECT_EQ(log_odds(0), INFINITY);
}

TEST(Uncertainty, IsUnknownWithoutAUsableFit) {
  Fit<MbgNbd> unusable = fitted();
  unusable.status = FitStatus::not_identified;
  const core::Estimate rate =
      Neighbourhood<MbgNbd>(unusable).positive([](const MbgNbd& m) { return m.params().r; });
  EXPECT_EQ(rate.value, fitted().parameters[0]);
  EXPECT_TRUE(std::isnan(rate.low) && std::isnan(rate.high));
  EXPECT_EQ(rate.status, core::Status::estimated);
}

TEST(Uncertainty, RejectsALevelThatIsNoProbability) {
  EXPECT_THROW(Neighbourhood<MbgNbd>(fitted(), 1), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
