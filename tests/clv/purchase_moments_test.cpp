#include <rapport/clv/purchase_moments.hpp>

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/pareto_nbd_sarmanov.hpp>
#include <rapport/clv/simulate.hpp>

#include <gtest/gtest.h>

#include "support/simulated_base.hpp"

#include <cmath>
#include <stdexcept>

namespace rapport::clv {
namespace {

TEST(StieltjesIntegral, IsExactForPolynomialsAndConvergesForSmoothFunctions) {
  const auto square = [](double u) { return u * u; };
  const auto cube = [](double u) { return u * u * u; };
  // The integral of u^2 3 u^2 over (0, 2].
  EXPECT_NEAR(stieltjes_integral(square, cube, 2, 1e-12), 3 * 32. / 5, 1e-13);
  const auto log = [](double u) { return std::log1p(u); };
  const auto falls = [](double u) { return 1 / (1 + u); };
  EXPECT_NEAR(stieltjes_integral(falls, log, 30, 1e-10), 1 - 1 / 31., 1e-9);
}

// Without discounting the sum is the count, whose law the model gives in another way.
template <class Model>
void expect_moments_of_the_count(const Model& model) {
  for (const CustomerHistory c :
       {CustomerHistory{0, 0, 0}, {0, 0, 38}, {2, 30.43, 38.86}, {26, 30.86, 31}, {7, 3, 38}}) {
    for (const double t : {0.5, 39.0, 300.0}) {
      SCOPED_TRACE(std::to_string(c.frequency) + " purchases, " + std::to_string(t) + " weeks");
      const PurchaseMoments moments = purchase_moments(model, c, t, 0);
      double mean = 0, factorial = 0, left = 1;
      for (unsigned n = 0; n < 4000 && left > 1e-14; ++n) {
        const double p = model.probability_of_purchases(c, n, t);
        mean += n * p;
        factorial += n * (n - 1.0) * p;
        left -= p;
      }
      EXPECT_NEAR(moments.mean / mean, 1, 1e-7);
      EXPECT_NEAR(moments.squares / mean, 1, 1e-7);
      EXPECT_NEAR(2 * moments.pairs / factorial, 1, 1e-6);
      EXPECT_NEAR(moments.variance() / (factorial + mean - mean * mean), 1, 1e-6);
    }
  }
}

TEST(PurchaseMoments, AreThoseOfTheCountWithoutDiscounting) {
  expect_moments_of_the_count(tests::cdnow_bg_nbd);
  expect_moments_of_the_count(tests::cdnow_mbg_nbd);
  expect_moments_of_the_count(ParetoNbd({.r = 0.553, .alpha = 10.578, .s = 0.606, .beta = 11.669}));
  expect_moments_of_the_count(Nbd({.r = 0.385, .alpha = 12.07}));
  expect_moments_of_the_count(
      GgompertzNbd({.r = 0.553, .alpha = 10.578, .b = 0.02, .s = 0.6, .beta = 2}));
  expect_moments_of_the_count(
      ParetoNbdSarmanov({.r = 0.529, .alpha = 9.847, .s = 0.494, .beta = 9.172, .dependence = 1}));
}

// The closed form, and the integral that it is the difference of.
TEST(PurchaseMoments, DoNotMindHowSmallTheDiscountIs) {
  const CustomerHistory c{2, 30.43, 38.86};
  const double t = 39;
  const double above = 1.0001e-3 / t, below = 0.9999e-3 / t;
  const auto a = purchase_moments(tests::cdnow_bg_nbd, c, t, above);
  const auto b = purchase_moments(tests::cdnow_bg_nbd, c, t, below);
  const auto none = purchase_moments(tests::cdnow_bg_nbd, c, t, 0);
  const auto middle = purchase_moments(tests::cdnow_bg_nbd, c, t, below / 2);
  EXPECT_NEAR(a.pairs / b.pairs, 1, 1e-6);
  EXPECT_NEAR((none.pairs + b.pairs) / (2 * middle.pairs), 1, 1e-6);
}

// New customers drawn from the model, each purchase discounted.
TEST(PurchaseMoments, AreThoseOfSimulatedCustomers) {
  const double t = 52, delta = 0.02;
  const int customers = 40'000;
  const std::vector<double> ages(customers, t);
  const CustomerValues times = simulate_purchases(tests::cdnow_bg_nbd, ages, 23);
  double mean = 0, square = 0, fourth = 0;
  for (std::size_t i = 0; i < ages.size(); ++i) {
    double sum = 0;
    for (const double u : times.of(i)) sum += std::exp(-delta * u);
    mean += sum / customers;
    square += sum * sum / customers;
    fourth += sum * sum * sum * sum / customers;
  }
  const PurchaseMoments moments = purchase_moments(tests::cdnow_bg_nbd, {}, t, delta);
  EXPECT_NEAR(mean, moments.mean, 4 * std::sqrt(moments.variance() / customers));
  EXPECT_NEAR(square, moments.variance() + moments.mean * moments.mean,
              4 * std::sqrt((fourth - square * square) / customers));
}

// A purchase worth Z, one for certain: the variance of Z, whatever it is made of.
TEST(PurchaseMoments, AddTheVarianceOfAmountsByHand) {
  const PurchaseMoments one{.mean = 1, .squares = 1, .pairs = 0};
  EXPECT_EQ(one.variance(), 0);
  EXPECT_EQ(one.variance(13, 9, 3), 4);  // E[Z^2] = 13, E[Z] = 3
  // Two for certain, of one customer: amounts that are wholly the customer's own count twice.
  const PurchaseMoments two{.mean = 2, .squares = 2, .pairs = 1};
  EXPECT_EQ(two.variance(13, 13, 3), 16);
  EXPECT_EQ(two.variance(13, 9, 3), 8);
}

TEST(PurchaseMoments, OfNoTimeAreNone) {
  const PurchaseMoments none = purchase_moments(tests::cdnow_bg_nbd, {2, 3, 4}, 0, 0.1);
  EXPECT_EQ(none.mean, 0);
  EXPECT_EQ(none.variance(), 0);
  EXPECT_THROW((void)purchase_moments(tests::cdnow_bg_nbd, {}, -1, 0), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
