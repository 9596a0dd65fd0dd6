#include <rapport/clv/forecast.hpp>
#include <rapport/clv/pareto_nbd_sarmanov.hpp>
#include <rapport/clv/simulate.hpp>
#include <rapport/clv/uncertainty.hpp>

#include <gtest/gtest.h>

#include "support/bases.hpp"
#include "support/data.hpp"
#include "support/derivatives.hpp"
#include "support/simulated_base.hpp"

#include <cmath>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

static_assert(RepeatBuyingModel<ParetoNbdSarmanov>);

using Column = std::vector<double>;

void expect_close(double value, double expected, double tolerance = 1e-10) {
  EXPECT_NEAR(value, expected, tolerance * std::abs(expected));
}

ParetoNbdSarmanov cdnow(double dependence) {
  return ParetoNbdSarmanov(
      {.r = .553, .alpha = 10.578, .s = .606, .beta = 11.669, .dependence = dependence});
}

// The model with that m in place of its share of the limit.
ParetoNbdSarmanov with_m(double r, double alpha, double s, double beta, double m) {
  const double limit = ParetoNbdSarmanov({r, alpha, s, beta, m < 0 ? -1. : 1.}).m();
  return ParetoNbdSarmanov({r, alpha, s, beta, std::abs(m / limit) * (m < 0 ? -1 : 1)});
}

double sum_over(const ParetoNbdSarmanov& model, const tests::Base& base) {
  double sum = 0;
  for (std::size_t i = 0; i < base.age.size(); ++i) {
    sum += model.log_likelihood({base.frequency[i], base.recency[i], base.age[i]});
  }
  return sum;
}

const CustomerHistory histories[] = {{0, 0, 38.86},     {1, 1.71, 38.86}, {2, 30.43, 38.86},
                                     {7, 38.86, 38.86}, {26, 30.86, 31},  {40, 3, 37}};

TEST(ParetoNbdSarmanov, LimitsItsStrengthWhereTheDensityWouldBeNegative) {
  // L_a = 1 / 2, L_b = 1 / 4: from -1 / max(1/8, 3/8) to 1 / max(3/8, 1/8).
  const ParetoNbdSarmanov::Params p{1, 1, 2, 1, 0};
  const auto m = [&](double dependence) {
    auto moved = p;
    moved.dependence = dependence;
    return ParetoNbdSarmanov(moved).m();
  };
  expect_close(m(1), 8. / 3, 1e-14);
  expect_close(m(.5), 4. / 3, 1e-14);
  expect_close(m(-1), -8. / 3, 1e-14);
  EXPECT_EQ(m(0), 0);
  // Cor = m sqrt(r s) L_a L_b / ((1 + alpha) (1 + beta)).
  expect_close(ParetoNbdSarmanov({1, 1, 2, 1, 1}).correlation(), 8. / 3 * std::sqrt(2) / 8 / 4,
               1e-14);
}

TEST(ParetoNbdSarmanov, IsTheParetoNbdWithoutDependence) {
  const ParetoNbd plain({.r = .553, .alpha = 10.578, .s = .606, .beta = 11.669});
  const ParetoNbdSarmanov model = cdnow(0);
  for (const auto& c : histories) {
    EXPECT_EQ(model.log_likelihood(c), plain.log_likelihood(c));
    expect_close(model.log_probability_alive(c), plain.log_probability_alive(c), 1e-13);
    EXPECT_EQ(model.expected_purchases(c, 39), plain.expected_purchases(c, 39));
    EXPECT_EQ(model.probability_of_purchases(c, 3, 39), plain.probability_of_purchases(c, 3, 39));
    EXPECT_EQ(model.discounted_purchases(c, .01), plain.discounted_purchases(c, .01));
    EXPECT_EQ(model.purchase_rate(c), plain.purchase_rate(c));
  }
}

TEST(ParetoNbdSarmanov, MatchesTheLikelihoodsOfClvTools) {
  // Design notes "golden", section 1.1 and 1.4: CLVTools 0.12.1, confirmed.
  RAPPORT_REQUIRE_DATA();
  const ParetoNbdSarmanov sample =
      with_m(.5431831365, 10.1001423488, .5088482502, 9.1791199907, 20.53515);
  EXPECT_NEAR(sum_over(sample, tests::cdnow()), -9591.765907238, 2e-6);
  EXPECT_NEAR(sample.correlation(), .0861198560, 1e-7);
  // Cor -.0009947 is printed with four digits.
  const double per_m = with_m(1.4704880, 48.5545689, .2461867, 11.2051845, -1).correlation();
  const ParetoNbdSarmanov apparel =
      with_m(1.4704880, 48.5545689, .2461867, 11.2051845, .0009947 / per_m);
  EXPECT_NEAR(sum_over(apparel, tests::summarise("apparel_transactions.csv", "2006-12-31")),
              -5850.820191026, 1e-3);
}

TEST(ParetoNbdSarmanov, SumsProbabilitiesToOneAndThemToTheMean) {
  for (const double dependence : {-1., -.3, .6, 1.}) {
    const ParetoNbdSarmanov model = cdnow(dependence);
    for (const auto& c : histories) {
      SCOPED_TRACE(testing::Message() << dependence << ' ' << c.frequency);
      double all = 0, mean = 0;
      for (unsigned n = 0; n < 400; ++n) {
        const double p = model.probability_of_purchases(c, n, 20);
        ASSERT_GE(p, 0);
        all += p;
        mean += n * p;
      }
      EXPECT_NEAR(all, 1, 1e-11);
      EXPECT_NEAR(mean, model.expected_purchases(c, 20), 1e-9);
      expect_close(model.discounted_purchases(c, 20, 0), model.expected_purchases(c, 20), 1e-11);
      expect_close(model.expected_purchases(c, 5) + model.expected_purchases(c, 5, 20),
                   model.expected_purchases(c, 20), 1e-11);
      expect_close(model.probability_alive(c, 0), model.probability_alive(c), 1e-11);
    }
  }
}

TEST(ParetoNbdSarmanov, KeepsTheMarginsWhateverTheDependence) {
  for (const double dependence : {-1., .4, 1.}) {
    const ParetoNbdSarmanov model = cdnow(dependence);
    expect_close(model.purchase_rate({}), .553 / 10.578, 1e-13);
    expect_close(model.dropout_rate({}), .606 / 11.669, 1e-13);
    EXPECT_EQ(model.log_likelihood({}), 0);
    EXPECT_EQ(model.probability_alive({}), 1);
  }
}

TEST(ParetoNbdSarmanov, KeenBuyersLeaveSoonerWithPositiveDependence) {
  const CustomerHistory keen{12, 20, 39};
  EXPECT_GT(cdnow(1).dropout_rate(keen), cdnow(0).dropout_rate(keen));
  EXPECT_LT(cdnow(-1).dropout_rate(keen), cdnow(0).dropout_rate(keen));
  EXPECT_LT(cdnow(1).probability_alive(keen), cdnow(-1).probability_alive(keen));
}

TEST(ParetoNbdSarmanov, DoesNotUnderflowForManyPurchases) {
  // CLVTools exponentiates each likelihood.
  for (const double dependence : {-1., 1.}) {
    const ParetoNbdSarmanov model = cdnow(dependence);
    for (const double x : {200., 1000., 10000.}) {
      for (const double t_x : {100., 364.9, 365.}) {
        const CustomerHistory c{x, t_x, 365};
        ASSERT_TRUE(std::isfinite(model.log_likelihood(c))) << x << ' ' << t_x;
        ASSERT_TRUE(std::isfinite(model.log_probability_alive(c)));
        ASSERT_GE(model.expected_purchases(c, 52), 0);
      }
    }
  }
}

TEST(ParetoNbdSarmanov, RejectsParametersOutOfTheirDomain) {
  EXPECT_THROW(cdnow(1.0000001), std::domain_error);
  EXPECT_THROW(cdnow(-2), std::domain_error);
  EXPECT_THROW(cdnow(std::nan("")), std::domain_error);
  EXPECT_THROW(ParetoNbdSarmanov({0, 1, 1, 1, 0}), std::domain_error);
  EXPECT_THROW((void)cdnow(.5).expected_purchases({2, 30, 39}, -1), std::domain_error);
}

TEST(ParetoNbdSarmanovDerivatives, MatchDifferencesAt150Digits) {
  const tests::Table table(tests::kept_file("clv/reference/pareto_nbd_sarmanov_derivatives.csv"));
  ASSERT_EQ(table.rows(), 9U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto model = tests::model_of_row<ParetoNbdSarmanov>(table, row);
    const CustomerHistory c = tests::history_of_row(table, row);
    expect_close(model.log_likelihood(c), table.number(row, "ll"), 1e-12);
    tests::expect_derivatives(log_likelihood_derivatives(model, tests::patterns_of(c)), table, row,
                              tests::parameter_names<ParetoNbdSarmanov>(), 1 + c.frequency);
  }
}

TEST(ParetoNbdSarmanovFit, EndsOnTheBoundaryOfTheCdnowSample) {
  // "golden" 1.1; CLVTools stops at -9591.765907.
  RAPPORT_REQUIRE_DATA();
  const auto fitted = fit<ParetoNbdSarmanov>(tests::cdnow().histories());
  EXPECT_EQ(fitted.status, FitStatus::at_boundary) << fitted.message;
  EXPECT_TRUE(fitted.usable());
  EXPECT_NEAR(fitted.log_likelihood, -9591.665759, 1e-5);
  const double expected[] = {.528785, 9.847229, .494234, 9.172228};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(fitted.parameters[i] / expected[i], 1, 5e-4);
  EXPECT_EQ(fitted.params.dependence, 1);
  EXPECT_NEAR(fitted.model().m(), 21.10942, 1e-2);
  EXPECT_NEAR(fitted.model().correlation(), .0882926, 1e-4);
  EXPECT_NE(fitted.message.find("dependence"), std::string::npos);
  EXPECT_TRUE(fitted.held.at(4));
  for (const double e : fitted.standard_errors()) EXPECT_TRUE(std::isfinite(e));
  EXPECT_EQ(fitted.standard_errors()[4], 0);
}

TEST(ParetoNbdSarmanovFit, IsNoWorseThanIndependenceOnApparel) {
  // CLVTools ends at -5850.8202, below its own fit without dependence, -5848.0978.
  RAPPORT_REQUIRE_DATA();
  const tests::Base base = tests::summarise("apparel_transactions.csv", "2006-12-31");
  const auto fitted = fit<ParetoNbdSarmanov>(base.histories());
  EXPECT_EQ(fitted.status, FitStatus::at_boundary) << fitted.message;
  EXPECT_NEAR(fitted.log_likelihood, -5848.026426, 1e-5);
  EXPECT_GT(fitted.log_likelihood, fit<ParetoNbd>(base.histories()).log_likelihood);
  EXPECT_NEAR(fitted.model().m(), 34.75865, 1e-2);
  EXPECT_NEAR(fitted.model().correlation(), .01293346, 1e-5);
  EXPECT_LT(fitted.gradient_norm, 1e-4);
  // Intervals need neighbours that are models too.
  const Neighbourhood<ParetoNbdSarmanov> near(fitted);
  const auto purchases = near.positive([](const ParetoNbdSarmanov& model) {
    return model.expected_purchases({6, 93, 104}, 52);
  });
  EXPECT_LT(purchases.low, purchases.value);
  EXPECT_GT(purchases.high, purchases.value);
}

TEST(ParetoNbdSarmanovFit, RecoversTheParametersOfASimulation) {
  // Rates of order one a period, where dependence is told well.
  const Column truth{1.2, 1.5, .8, 6, -.6};
  const tests::SimulatedBase base(ParetoNbdSarmanov({1.2, 1.5, .8, 6, -.6}), 20000, 1);
  const auto fitted = fit<ParetoNbdSarmanov>(base.histories(), {.threads = 2});
  ASSERT_TRUE(fitted.usable()) << fitted.message;
  const Column errors = fitted.standard_errors();
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(fitted.parameters[i], truth[i], 3 * errors[i]) << fitted.names[i];
  }
}

TEST(ParetoNbdSarmanov, SimulatesWhatItExpects) {
  for (const double dependence : {-.9, .9}) {
    const ParetoNbdSarmanov model({1.2, 1.5, .8, 6, dependence});
    const Column ages(40000, 20);
    const CustomerValues times = simulate_purchases(model, ages, 9);
    double mean = 0, squares = 0, none = 0;
    for (std::size_t i = 0; i < ages.size(); ++i) {
      const double n = static_cast<double>(times.of(i).size());
      mean += n / 40000;
      squares += n * n / 40000;
      none += (n == 0 ? 1. : 0.) / 40000;
    }
    const double error = std::sqrt((squares - mean * mean) / 40000);
    EXPECT_NEAR(mean, model.expected_purchases(20), 4 * error);
    EXPECT_NEAR(none, model.probability_of_purchases(0, 20), 4 * std::sqrt(.25 / 40000));
  }
}

TEST(ParetoNbdSarmanovFit, HoldsDependenceWhereAsked) {
  const tests::SimulatedBase base(ParetoNbd({.8, 6, .6, 12}), 3000, 4);
  const auto plain = fit<ParetoNbd>(base.histories());
  const auto held = fit<ParetoNbdSarmanov>(
      base.histories(), {.start = {.5, 5, .5, 5, 0}, .held = {false, false, false, false, true}});
  ASSERT_EQ(held.status, FitStatus::converged) << held.message;
  expect_close(held.log_likelihood, plain.log_likelihood, 1e-12);
  EXPECT_EQ(held.params.dependence, 0);
}

// The exposures -ln L_a and -ln L_b: where they are equal, another end of the density begins to
// limit a positive dependence.
double exposure_of(double shape, double rate) { return shape * std::log1p(1 / rate); }

// Along the corner of the limit the likelihood rises for ever, as beta runs to 0. A search across
// the corner sticks in it, on smooth slopes to both sides.
TEST(ParetoNbdSarmanovFit, SaysThatParametersRunAwayAlongACornerOfTheLimit) {
  const Column frequency{10000, 1, 2, 2, 1, 0, 1, 2, 1, 2, 0, 1, 0, 6, 0, 7, 2, 0, 1, 2, 2, 1,
                         2,     2, 9, 2, 1, 0, 0, 1, 1, 1, 3, 0, 0, 1, 8, 0, 0, 0, 0, 1, 2};
  const Column recency{1.1571428571428573,
                       8.7589306341493902,
                       25.254288760046425,
                       2.8772935195024156,
                       0.84257193919753715,
                       0,
                       0.49311242365904018,
                       46.171567538906061,
                       5.105356634568472,
                       13.953566875444057,
                       0,
                       15.503946625076438,
                       0,
                       41.426434859184802,
                       0,
                       22.502341580438259,
                       6.2823948829456162,
                       0,
                       4.9371542193238067,
                       28.946854184700904,
                       13.13362079252958,
                       6.0358540329053119,
                       19.948525355722062,
                       12.990298182742766,
                       41.431432156806501,
                       3.3302683996600968,
                       22.127753156968616,
                       0,
                       0,
                       44.005208328024366,
                       7.3768852432634153,
                       3.6088965038552354,
                       9.503155587103894,
                       0,
                       0,
                       2.7367813218571317,
                       40.721207872283948,
                       0,
                       0,
                       0,
                       0,
                       15.337177057058609,
                       42.820697361180002};
  Column age{9,   281, 252, 52,  36,  59,  76,  337, 282, 334, 80,  249, 87,  316, 217,
             203, 51,  114, 338, 248, 278, 130, 220, 184, 298, 169, 265, 176, 8,   338,
             163, 57,  130, 15,  148, 54,  352, 167, 16,  347, 9,   134, 334};
  for (double& days : age) days /= 7;
  const Histories rows({.frequency = frequency, .recency = recency, .age = age}, core::weeks);
  const auto fitted = fit<ParetoNbdSarmanov>(rows);
  EXPECT_EQ(fitted.status, FitStatus::not_identified) << fitted.message;
  EXPECT_NE(fitted.message.find("beta"), std::string::npos) << fitted.message;
  // Where a search across the corner ends.
  EXPECT_GT(fitted.log_likelihood, 80316.19);
}

// Parameters held leave less to search, in the corner too.
TEST(ParetoNbdSarmanovFit, FindsTheCornerOfTheLimitWithAnythingHeld) {
  std::mt19937_64 engine(112);
  const tests::Base base = tests::awkward_base(112, engine);
  const auto free = fit<ParetoNbdSarmanov>(base.histories());
  for (std::size_t held = 0; held < 5; ++held) {
    SCOPED_TRACE(held);
    std::vector<bool> flags(5, false);
    flags[held] = true;
    const auto fitted =
        fit<ParetoNbdSarmanov>(base.histories(), {.start = free.parameters, .held = flags});
    ASSERT_TRUE(fitted.usable()) << fitted.message;
    EXPECT_EQ(fitted.parameters[held], free.parameters[held]);
    EXPECT_EQ(fitted.held_by_choice(), flags);
    expect_close(fitted.log_likelihood, free.log_likelihood, 1e-12);
    const auto& p = fitted.params;
    EXPECT_NEAR(exposure_of(p.r, p.alpha) / exposure_of(p.s, p.beta), 1, 1e-9);
    EXPECT_NE(fitted.message.find("tied"), std::string::npos) << fitted.message;
  }
}

}  // namespace
}  // namespace rapport::clv
