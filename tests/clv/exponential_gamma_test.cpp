#include <rapport/clv/exponential_gamma.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
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

}  // namespace
}  // namespace rapport::clv
