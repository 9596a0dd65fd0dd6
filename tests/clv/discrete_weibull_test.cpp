#include <rapport/clv/discrete_weibull.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;

Retention segment(const char* column, std::size_t rows) {
  const tests::Table table(tests::data_file("retention_two_segments.csv"));
  Column t = table.numbers("t"), alive = table.numbers(column);
  t.resize(rows), alive.resize(rows);
  return Retention(CohortColumns{.t = t, .alive = alive});
}

TEST(DiscreteWeibull, ByHand) {
  const DiscreteWeibull model({.theta = 0.5, .c = 2});
  EXPECT_NEAR(model.survival(2), 1. / 16, 1e-16);
  EXPECT_NEAR(model.retention_rate(2), 1. / 8, 1e-15);
  EXPECT_NEAR(std::exp(model.log_pmf(2)), 0.5 - 1. / 16, 1e-15);
}

// Margin 100 a period, retention rate 0.8, discount rate 0.1: worth 366.67 with a payment now,
// 266.67 from the next period on.
TEST(R59_ContractValue, MarginAndRetentionRate) {
  const DiscreteWeibull constant({.theta = 0.2, .c = 1});
  EXPECT_NEAR(100 * constant.discounted_lifetime(0.1), 366.67, 0.005);
  EXPECT_NEAR(100 * constant.discounted_residual_lifetime(1, 0.1) / 1.1, 266.67, 0.005);
  EXPECT_NEAR(constant.discounted_lifetime(0.1), 1.1 / (1.1 - 0.8), 1e-14);
  EXPECT_NEAR(constant.expected_residual_lifetime(7), 0.8 / 0.2, 1e-13);
}

// Design notes "golden", section 1.7.
TEST(DiscreteWeibull, FitsThePublishedSegments) {
  RAPPORT_REQUIRE_DATA();
  const auto expect = [](const char* column, std::size_t rows, double ll, double theta, double c) {
    SCOPED_TRACE(testing::Message() << column << ", " << rows << " rows");
    const Retention data = segment(column, rows);
    const auto fit = clv::fit<DiscreteWeibull>(data);
    EXPECT_EQ(fit.status, FitStatus::converged) << fit.message;
    EXPECT_NEAR(fit.log_likelihood, ll, 1e-5);
    EXPECT_NEAR(fit.params.theta / theta, 1, 1e-6);
    EXPECT_NEAR(fit.params.c / c, 1, 1e-6);
    // The covariance is that of ln theta: the inverse of the Hessian there.
    const auto at = log_likelihood_derivatives(fit.model(), data);
    const double determinant = at.hessian[0] * at.hessian[3] - at.hessian[1] * at.hessian[1];
    EXPECT_NEAR(fit.working_covariance[0] / (-at.hessian[3] / determinant), 1, 1e-6);
    EXPECT_NEAR(fit.working_covariance[1] / (at.hessian[1] / determinant), 1, 1e-6);
  };
  expect("regular", 8, -1688.520240, .3811805, .5715703);
  expect("high_end", 8, -1619.926471, .1500288, .7688419);
  expect("regular", 5, -1404.008175, .3738617, .6358574);
  expect("high_end", 5, -1226.548850, .1384412, .9101428);
}

TEST(DiscreteWeibull, TakesAStartAndHoldsAParameter) {
  RAPPORT_REQUIRE_DATA();
  const auto held =
      clv::fit<DiscreteWeibull>(segment("regular", 5), {.start = {.3, 1}, .held = {false, true}});
  EXPECT_EQ(held.status, FitStatus::converged) << held.message;
  EXPECT_EQ(held.params.c, 1);
  // Held at c = 1 it is the geometric law, whose estimate is the share of renewals not made.
  EXPECT_NEAR(held.params.theta, (1000. - 326) / (1000 + 631 + 468 + 382), 1e-10);
  EXPECT_THROW((void)clv::fit<DiscreteWeibull>(segment("regular", 5), {.start = {1.2, 1}}),
               std::domain_error);
}

TEST(DiscreteWeibull, ThetaStaysBelowOne) {
  // All but one leave at the first renewal, that one stays for ever.
  const Column t = {0, 1, 2, 50}, alive = {1e15, 1, 1, 1};
  const auto fit = clv::fit<DiscreteWeibull>(Retention(CohortColumns{.t = t, .alive = alive}));
  EXPECT_LT(fit.params.theta, 1);
  EXPECT_TRUE(std::isfinite(fit.log_likelihood));
  (void)fit.model();
}

}  // namespace
}  // namespace rapport::clv
