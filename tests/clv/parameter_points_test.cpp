#include <rapport/clv/parameter_points.hpp>

#include <rapport/clv/mbg_nbd.hpp>

#include <gtest/gtest.h>

#include "support/simulated_base.hpp"

#include <cmath>

namespace rapport::clv {
namespace {

// Made when first asked for: each test is a process of its own.
const tests::SimulatedBase& base() {
  static const tests::SimulatedBase made(tests::cdnow_mbg_nbd, 3000, 17);
  return made;
}
const Fit<MbgNbd>& fitted() {
  static const Fit<MbgNbd> made = fit<MbgNbd>(base().histories());
  return made;
}

TEST(ParameterPoints, HaveTheMeanAndCovarianceOfTheEstimate) {
  ASSERT_TRUE(fitted().usable()) << fitted().message;
  const auto models = parameter_points(fitted());
  ASSERT_EQ(models.size(), 8);
  double mean = 0, variance = 0, covariance = 0;
  for (const MbgNbd& m : models) {
    const double a = std::log(m.params().a / fitted().params.a);
    const double b = std::log(m.params().b / fitted().params.b);
    mean += a / 8;
    variance += a * a / 8;
    covariance += a * b / 8;
  }
  EXPECT_NEAR(mean, 0, 1e-12);
  EXPECT_NEAR(variance / fitted().working_covariance[10], 1, 1e-10);
  EXPECT_NEAR(covariance / fitted().working_covariance[11], 1, 1e-10);
}

TEST(ParameterPoints, LeaveHeldParametersAndUnusableFitsWhereTheyAre) {
  FitOptions options{.start = fitted().parameters, .held = {false, true, false, false}};
  const auto held = fit<MbgNbd>(base().histories(), options);
  ASSERT_TRUE(held.usable()) << held.message;
  const auto models = parameter_points(held);
  EXPECT_EQ(models.size(), 6);
  EXPECT_EQ(uncertain_parameters(held), 3);
  for (const MbgNbd& m : models) EXPECT_EQ(m.params().alpha, fitted().params.alpha);
  Fit<MbgNbd> unusable = fitted();
  unusable.status = FitStatus::not_identified;
  EXPECT_EQ(parameter_points(unusable).size(), 1);
}

TEST(CovarianceRoot, TimesItselfIsTheCovariance) {
  const auto root = covariance_root(std::vector<double>{4, 2, 2, 10}, 2);
  EXPECT_EQ(root, (std::vector<double>{2, 0, 1, 3}));
  // Twice the same, and nothing: of rank one.
  const auto tied = covariance_root(std::vector<double>{4, 8, 0, 8, 16, 0, 0, 0, 0}, 3);
  EXPECT_EQ(tied, (std::vector<double>{2, 0, 0, 4, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(covariance_root(std::vector<double>{1, 2, 2, 1}, 2).empty());
  EXPECT_TRUE(covariance_root(std::vector<double>{0, 2, 2, 1}, 2).empty());
  EXPECT_TRUE(covariance_root(std::vector<double>{NAN, 0, 0, 1}, 2).empty());
}

}  // namespace
}  // namespace rapport::clv
