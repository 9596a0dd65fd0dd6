#include <rapport/clv/varying_fit.hpp>

#include <rapport/clv/mbg_nbd_varying.hpp>
#include <rapport/clv/pareto_nbd_varying.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

// Three customers of ten weeks, in which it is season every other week.
VaryingHistories ten_weeks() {
  static const std::vector<double> first = {0, 0, 0}, age = {10, 10, 10},
                                   purchases = {1.5, 3.5, 7.5, 2.5};
  static const std::vector<std::size_t> begin = {0, 3, 4, 4};
  static const std::vector<double> season = [] {
    std::vector<double> values;
    for (int i = 0; i < 3 * 12; ++i) values.push_back(i % 12 % 2);
    return values;
  }();
  return {{.first_purchase = first,
           .age = age,
           .begin = begin,
           .purchases = purchases,
           .names = {"season"},
           .values = {season}},
          core::weeks};
}

TEST(VaryingFit, GivesAnyQuantityOfTheModelItsInterval) {
  VaryingFit<MbgNbdVarying> fit;
  fit.names = {"r", "alpha", "a", "b", "purchase.season"};
  fit.parameters = {0.5, 6, 0.9, 1.6, 0.4};
  fit.coordinates.assign(4, Coordinate::logarithm);
  fit.coordinates.push_back(Coordinate::linear);
  fit.working_covariance.assign(25, 0);
  fit.working_covariance[24] = 0.04;
  fit.status = FitStatus::converged;
  fit.params = {.r = 0.5, .alpha = 6, .a = 0.9, .b = 1.6, .purchase = {{"season"}, {0.4}}};
  const auto lift = estimate_of(fit, Quantity::positive, [](const MbgNbdVarying& model) {
    return std::exp(model.params().purchase.values[0]);
  });
  EXPECT_NEAR(lift.value, std::exp(0.4), 1e-15);
  EXPECT_NEAR(std::log(lift.high / lift.value), 1.6448536269514722 * 0.2, 1e-6);
  const VaryingHistories data = ten_weeks();
  const auto bought = estimate_of(fit, Quantity::positive, [&](const MbgNbdVarying& model) {
    return model.expected_purchases(data, 0, 2);
  });
  EXPECT_LT(bought.low, bought.value);
  EXPECT_GT(bought.high, bought.value);
}

TEST(VaryingFit, RefusesNamesThatCannotBe) {
  const VaryingHistories data = ten_weeks();
  const auto fit = [&](const CovariateNames& names, const CovariateOptions& options = {}) {
    (void)fit_varying<ParetoNbdVarying>(data, names, options);
  };
  EXPECT_THROW(fit({.purchase = {"weather"}}), std::invalid_argument);
  EXPECT_THROW(fit({.purchase = {"season", "season"}}), std::invalid_argument);
  EXPECT_THROW(fit({.purchase = {"season"}}, {.equal = {"season"}}), std::invalid_argument);
  EXPECT_THROW(fit({.purchase = {"season"}}, {.purchase_penalty = -1}), std::domain_error);
}

TEST(VaryingFit, OfThreeCustomersEndsWithAStatus) {
  const auto fit = fit_varying<MbgNbdVarying>(ten_weeks(), {.purchase = {"season"}});
  EXPECT_FALSE(fit.message.empty());
  for (const double p : fit.parameters) EXPECT_TRUE(std::isfinite(p));
  EXPECT_TRUE(std::isfinite(fit.log_likelihood));
}

}  // namespace
}  // namespace rapport::clv
