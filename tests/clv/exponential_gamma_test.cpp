#include <rapport/clv/exponential_gamma.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

TEST(ExponentialGamma, ByHand) {
  const ExponentialGamma model({.r = 2, .alpha = 3});
  EXPECT_NEAR(model.survival(3), 0.25, 1e-15);
  EXPECT_NEAR(model.retention_rate(1), 9. / 16, 1e-15);
  EXPECT_NEAR(std::exp(model.log_pmf(1)), 7. / 16, 1e-15);
  EXPECT_NEAR(model.dropout_rate(1), 0.5, 1e-15);
  EXPECT_NEAR(model.expected_residual_time(1), 4, 1e-14);  // (alpha + t) / (r - 1)
  EXPECT_NEAR(std::exp(model.log_conditional_survival(0.5, 1.75)), 4. / 9, 1e-15);
}

TEST(ExponentialGamma, TimeToComeMatchesQuadrature) {
  // The integral of exp(-0.02 u) (7.7 / (7.7 + u))^0.7 by mpmath at 40 digits.
  const ExponentialGamma model({.r = 0.7, .alpha = 4.2});
  EXPECT_NEAR(model.discounted_residual_time(3.5, 0.02) / 18.17873398675231081, 1, 1e-12);
  EXPECT_TRUE(std::isnan(model.expected_residual_time(3.5)));
  EXPECT_GT(model.discounted_residual_time(3.5, 1e-6), 700);
  EXPECT_THROW((void)model.expected_residual_time(-1), std::domain_error);
  EXPECT_THROW((void)model.discounted_residual_time(1, -0.1), std::domain_error);
}

TEST(ExponentialGamma, ShortPeriodsTurnRenewalsIntoTime) {
  // With a period cut into 10,000, discounted renewals are time in such parts: their sum differs
  // from the integral by half a part or so.
  const double parts = 1e4;
  const ExponentialGamma whole({.r = 1.4, .alpha = 5}), cut({.r = 1.4, .alpha = 5 * parts});
  const double d = std::expm1(0.1 / parts);
  EXPECT_NEAR(cut.discounted_residual_lifetime(1, d) / parts,
              whole.discounted_residual_time(0, 0.1), 1 / parts);
}

TEST(ExponentialGamma, SimulatedTimesFollowTheLaw) {
  const ExponentialGamma model({.r = 2, .alpha = 3});
  double alive = 0;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    math::RandomStream stream(1, i);
    alive += draw_time(model, stream) > 1.5 ? 1 : 0;
  }
  EXPECT_NEAR(alive / 4000, 4. / 9, 4 * std::sqrt(20. / 81 / 4000));
}

Durations durations(const std::vector<double>& duration, const std::vector<double>& churned) {
  return Durations({.duration = duration, .churned = churned});
}

TEST(ExponentialGamma, LikelihoodOfMomentsIsDensityAndSurvival) {
  const ExponentialGamma model({.r = 2, .alpha = 3});
  // f(t) = r alpha^r / (alpha + t)^(r + 1).
  EXPECT_NEAR(log_likelihood_derivatives(model, durations({1}, {1})).value, std::log(2. * 9 / 64),
              1e-15);
  EXPECT_NEAR(log_likelihood_derivatives(model, durations({3}, {0})).value, std::log(.25), 1e-15);
  // Derivatives by ln r and ln alpha, by hand: at t = 1, r ln(3/4) + 1 and r / 4 - 3 / 4.
  const auto at = log_likelihood_derivatives(model, durations({1}, {1}));
  EXPECT_NEAR(at.gradient[0], 1 + 2 * std::log(.75), 1e-15);
  EXPECT_NEAR(at.gradient[1], 2 * .25 - .75, 1e-15);
  EXPECT_NEAR(at.hessian[0], 2 * std::log(.75), 1e-15);
  EXPECT_NEAR(at.hessian[1], .5, 1e-15);
  EXPECT_NEAR(at.hessian[3], -3 * .75 * .25, 1e-15);
}

TEST(ExponentialGammaSlow, FitToMomentsFindsTheParametersAgain) {
  const ExponentialGamma model({.r = 1.2, .alpha = 5});
  std::vector<double> duration, churned;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    math::RandomStream stream(3, i);
    const double time = draw_time(model, stream);
    const double seen = 4 + static_cast<double>(i % 9);
    duration.push_back(std::min(time, seen));
    churned.push_back(time <= seen ? 1 : 0);
  }
  const auto fit = clv::fit<ExponentialGamma>(durations(duration, churned));
  ASSERT_EQ(fit.status, FitStatus::converged) << fit.message;
  EXPECT_NEAR(fit.params.r, 1.2, 3 * fit.standard_errors()[0]);
  EXPECT_NEAR(fit.params.alpha, 5, 3 * fit.standard_errors()[1]);
}

TEST(ExponentialGamma, FitToMomentsEndsHonestly) {
  using enum FitStatus;
  EXPECT_EQ(clv::fit<ExponentialGamma>(durations({}, {})).status, too_little_data);
  EXPECT_EQ(clv::fit<ExponentialGamma>(durations({1, 2}, {0, 0})).status, too_little_data);
  // All leave at the same moment: no law of falling hazards does that.
  const auto alike = clv::fit<ExponentialGamma>(durations({2, 2, 2}, {1, 1, 1}));
  EXPECT_EQ(alike.status, not_identified);
  EXPECT_NEAR(alike.parameters[1] / alike.parameters[0], 2, 1e-4);
  EXPECT_NE(alike.message.find("r and alpha run to infinity together"), std::string::npos)
      << alike.message;
}

}  // namespace
}  // namespace rapport::clv
