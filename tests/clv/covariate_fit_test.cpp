#include <rapport/clv/covariate_fit.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

// A positive parameter and two coefficients, whose errors are independent.
CovariateReport report() {
  CovariateReport made;
  made.names = {"r", "purchase.gender", "both.club"};
  made.parameters = {0.5, -0.25, 2};
  made.coordinates = {Coordinate::logarithm, Coordinate::linear, Coordinate::linear};
  made.working_covariance = {0.04, 0, 0, 0, 0.01, 0, 0, 0, 0.09};
  made.status = FitStatus::converged;
  made.customers = 100;
  return made;
}

TEST(CovariateFit, GivesAParameterTheIntervalOfTheReport) {
  const CovariateReport made = report();
  const auto r =
      delta_estimate(made, Quantity::positive, [](std::span<const double> p) { return p[0]; });
  EXPECT_EQ(r.value, 0.5);
  EXPECT_NEAR(r.low, made.estimate("r").low, 1e-6);
  EXPECT_NEAR(r.high, made.estimate("r").high, 1e-6);
}

TEST(CovariateFit, AddsTheVariancesOfWhatAQuantityDependsOn) {
  // ln q = ln r + gender + club: variances 0.04 + 0.01 + 0.09.
  const auto q = delta_estimate(report(), Quantity::positive, [](std::span<const double> p) {
    return p[0] * std::exp(p[1] + p[2]);
  });
  const double reach = 1.6448536269514722 * std::sqrt(0.14);
  EXPECT_NEAR(std::log(q.high / q.value), reach, 1e-6);
  EXPECT_NEAR(std::log(q.value / q.low), reach, 1e-6);
}

TEST(CovariateFit, KeepsProbabilitiesWithinTheirBounds) {
  const auto p = delta_estimate(report(), Quantity::probability, [](std::span<const double> q) {
    return 1 / (1 + std::exp(-3 * q[2]));
  });
  EXPECT_GT(p.low, 0);
  EXPECT_LT(p.low, p.value);
  EXPECT_GT(p.high, p.value);
  EXPECT_LT(p.high, 1);
}

TEST(CovariateFit, HasNoIntervalWithoutAUsableFit) {
  CovariateReport unusable = report();
  unusable.status = FitStatus::not_identified;
  const auto r =
      delta_estimate(unusable, Quantity::positive, [](std::span<const double> p) { return p[0]; });
  EXPECT_EQ(r.value, 0.5);
  EXPECT_TRUE(std::isnan(r.low));
}

TEST(CovariateFit, FindsCoefficientsOfOneProcessAndOfBoth) {
  const CovariateReport made = report();
  EXPECT_EQ(coefficient_index(made, "purchase", "gender"), 1U);
  EXPECT_EQ(coefficient_index(made, "purchase", "club"), 2U);
  EXPECT_EQ(coefficient_index(made, "dropout", "club"), 2U);
  EXPECT_THROW((void)coefficient_index(made, "dropout", "gender"), std::invalid_argument);
  const Coefficients both =
      coefficients_at(made, "purchase", {"club", "gender"}, std::vector<double>{1, 2, 3});
  EXPECT_EQ(both.names, (std::vector<std::string>{"club", "gender"}));
  EXPECT_EQ(both.values, (std::vector<double>{3, 2}));
}

}  // namespace
}  // namespace rapport::clv
