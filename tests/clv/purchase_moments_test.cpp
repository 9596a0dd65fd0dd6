#include <rapport/clv/purchase_moments.hpp>

#include <rapport/clv/beta_geometric_future.hpp>
#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/cnbd_k.hpp>
#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/lifetime_future.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/pareto_nbd_sarmanov.hpp>
#include <rapport/clv/simulate.hpp>

#include <gtest/gtest.h>

#include "support/simulated_base.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace rapport::clv {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

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

const BgCnbdK regular_bg({.r = 0.959, .alpha = 5.129, .a = 0.523, .b = 2.785, .k = 3});
const MbgCnbdK regular_mbg({.r = 1.329, .alpha = 2.813, .a = 0.425, .b = 0.79, .k = 2});

TEST(PurchaseMoments, OfRegularBuyersAreThoseOfTheCountWithoutDiscounting) {
  const auto expect_moments = [](const auto& model) {
    for (const CustomerHistory c :
         {CustomerHistory{0, 0, 0}, {0, 0, 38}, {2, 30.43, 38.86}, {26, 30.86, 31}, {7, 3, 38}}) {
      for (const double t : {0.5, 39.0, 120.0}) {
        SCOPED_TRACE(std::to_string(c.frequency) + " purchases, " + std::to_string(t) + " weeks");
        double mean = 0, factorial = 0;
        for (unsigned n = 1; n < 1500; ++n) {
          const double p = model.probability_of_purchases(c, n, t);
          mean += n * p;
          factorial += n * (n - 1.0) * p;
        }
        const PurchaseMoments moments = purchase_moments(model, c, t, 0);
        EXPECT_NEAR(moments.mean / mean, 1, 1e-10);
        EXPECT_NEAR(moments.squares / mean, 1, 1e-10);
        EXPECT_NEAR(2 * moments.pairs / factorial, 1, 1e-9);
        EXPECT_NEAR(moments.variance() / (factorial + mean - mean * mean), 1, 1e-9);
      }
    }
  };
  expect_moments(regular_bg);
  expect_moments(regular_mbg);
  expect_moments(MbgCnbdK({.r = 5, .alpha = 1.5, .a = 0.8, .b = 2.5, .k = 12}));
}

// k = 1 is a steady rate: another density of pairs, another integral.
TEST(PurchaseMoments, OfRegularBuyersWithOneStageAreThoseOfSteadyOnes) {
  const auto expect_same = [](const auto& regular, const auto& steady) {
    for (const CustomerHistory c :
         {CustomerHistory{0, 0, 0}, {0, 0, 38}, {2, 30.43, 38.86}, {26, 30.86, 31}, {7, 3, 38}}) {
      for (const double t : {0.5, 39.0, 300.0, infinity}) {
        for (const double delta : {0.003, 0.1}) {
          SCOPED_TRACE(std::to_string(c.frequency) + " purchases, " + std::to_string(t) +
                       " weeks at " + std::to_string(delta));
          const auto of_regular = purchase_moments(regular, c, t, delta);
          const auto of_steady = purchase_moments(steady, c, t, delta);
          EXPECT_NEAR(of_regular.mean / of_steady.mean, 1, 1e-10);
          EXPECT_NEAR(of_regular.squares / of_steady.squares, 1, 1e-10);
          EXPECT_NEAR(of_regular.pairs / of_steady.pairs, 1, 1e-10);
        }
      }
    }
  };
  const auto& bg = tests::cdnow_bg_nbd.params();
  expect_same(BgCnbdK({bg.r, bg.alpha, bg.a, bg.b, 1}), tests::cdnow_bg_nbd);
  const auto& mbg = tests::cdnow_mbg_nbd.params();
  expect_same(MbgCnbdK({mbg.r, mbg.alpha, mbg.a, mbg.b, 1}), tests::cdnow_mbg_nbd);
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
template <class Model>
void expect_moments_of_simulated_customers(const Model& model) {
  const double t = 52, delta = 0.02;
  const int customers = 40'000;
  const std::vector<double> ages(customers, t);
  const CustomerValues times = simulate_purchases(model, ages, 23);
  double mean = 0, square = 0, fourth = 0;
  for (std::size_t i = 0; i < ages.size(); ++i) {
    double sum = 0;
    for (const double u : times.of(i)) sum += std::exp(-delta * u);
    mean += sum / customers;
    square += sum * sum / customers;
    fourth += sum * sum * sum * sum / customers;
  }
  const PurchaseMoments moments = purchase_moments(model, {}, t, delta);
  EXPECT_NEAR(mean, moments.mean, 4 * std::sqrt(moments.variance() / customers));
  EXPECT_NEAR(square, moments.variance() + moments.mean * moments.mean,
              4 * std::sqrt((fourth - square * square) / customers));
}

TEST(PurchaseMoments, AreThoseOfSimulatedCustomers) {
  expect_moments_of_simulated_customers(tests::cdnow_bg_nbd);
  expect_moments_of_simulated_customers(regular_bg);
  expect_moments_of_simulated_customers(regular_mbg);
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

const ParetoNbd short_lived({.r = 0.553, .alpha = 10.578, .s = 3.606, .beta = 11.669});

// What comes after 2,000 weeks at 2 % a week is worth e^-40.
TEST(PurchaseMoments, OverAllTimeAreTheLimitOfLongHorizons) {
  const auto expect_limit = [](const auto& model) {
    for (const CustomerHistory c : {CustomerHistory{0, 0, 38}, {2, 30.43, 38.86}, {7, 3, 38}}) {
      const auto ever = purchase_moments(model, c, infinity, 0.02);
      const auto far = purchase_moments(model, c, 2000, 0.02);
      EXPECT_NEAR(ever.mean / far.mean, 1, 1e-10);
      EXPECT_NEAR(ever.squares / far.squares, 1, 1e-10);
      EXPECT_NEAR(ever.pairs / far.pairs, 1, 1e-9);
    }
  };
  expect_limit(tests::cdnow_bg_nbd);
  expect_limit(tests::cdnow_mbg_nbd);
  expect_limit(regular_bg);
  expect_limit(regular_mbg);
  expect_limit(short_lived);
  expect_limit(Nbd({.r = 0.385, .alpha = 12.07}));
  expect_limit(GgompertzNbd({.r = 0.553, .alpha = 10.578, .b = 0.02, .s = 0.6, .beta = 2}));
}

// A discount that vanishes, against what is known without one.
TEST(PurchaseMoments, OverAllTimeAreFiniteWithoutDiscountWhereLivesAreShortEnough) {
  const CustomerHistory c{2, 30.43, 38.86};
  const auto expect_continuous = [&](const auto& model) {
    const auto none = purchase_moments(model, c, infinity, 0);
    const auto tiny = purchase_moments(model, c, infinity, 1e-6);
    EXPECT_NEAR(tiny.mean / none.mean, 1, 1e-3);
    EXPECT_NEAR(tiny.pairs / none.pairs, 1, 2e-3);
    EXPECT_GT(none.variance(), 0);
  };
  expect_continuous(short_lived);
  expect_continuous(BgNbd({.r = 0.243, .alpha = 4.414, .a = 4.5, .b = 2.426}));
  expect_continuous(BgCnbdK({.r = 0.959, .alpha = 5.129, .a = 4.5, .b = 2.785, .k = 3}));
  expect_continuous(GgompertzNbd({.r = 0.553, .alpha = 10.578, .b = 0.02, .s = 2.6, .beta = 2}));
  expect_continuous(
      ParetoNbdSarmanov({.r = 0.529, .alpha = 9.847, .s = 4.5, .beta = 9.172, .dependence = 0.5}));
  // a = 0.793: not even a mean; a = 1.5: a mean, no variance.
  EXPECT_TRUE(std::isnan(purchase_moments(tests::cdnow_bg_nbd, c, infinity, 0).mean));
  const auto heavy =
      purchase_moments(BgNbd({.r = 0.243, .alpha = 4.414, .a = 1.5, .b = 2.4}), c, infinity, 0);
  EXPECT_TRUE(std::isfinite(heavy.mean) && std::isnan(heavy.pairs));
  EXPECT_TRUE(std::isnan(purchase_moments(Nbd({.r = 1, .alpha = 12}), c, infinity, 0).mean));
}

// Pairs of n purchases are n (n - 1) / 2; here n is geometric with p ~ Beta(3, 2), of which
// b (a + b - 1) / ((a - 1) (a - 2)) = 2 * 4 / (2 * 1).
TEST(PurchaseMoments, CountPairsForEverByHand) {
  EXPECT_EQ(BetaGeometricFuture({1, 1, 3, 2}).pairs_ever(), 4);
  // Half the mean square of a lifetime of Pareto's kind, 10 * 10 / (2 * 1), times 2 * 3 / 5^2.
  EXPECT_NEAR(
      LifetimeFuture<ParetoLifetime>({.shape = 2, .rate = 5, .lifetime = {3, 10}}).pairs_ever(),
      50 * 6 / 25., 1e-13);
  // beta = 1: exponential hazard b s, half the mean square of whose lifetime is 1 / (b s)^2.
  EXPECT_NEAR(LifetimeFuture<GompertzLifetime>({.shape = 2, .rate = 5, .lifetime = {0.1, 2, 1}})
                  .pairs_ever(),
              25 * 6 / 25., 1e-12);
}

const BgBb donors({.alpha = 1.204, .beta = 0.750, .gamma = 0.657, .delta = 2.783});

// All that can happen on six opportunities, one by one: the law of the count.
TEST(PurchaseMoments, OnOpportunitiesAreThoseOfTheCount) {
  for (const OpportunityHistory c :
       {OpportunityHistory{0, 0, 0}, {0, 0, 6}, {4, 5, 6}, {6, 6, 6}}) {
    for (const double m : {1., 2., 6., 90.}) {
      const auto moments = purchase_moments(donors, c, m, 0);
      double mean = 0, pairs = 0;
      for (unsigned k = 0; k <= m; ++k) {
        const double p = donors.probability_of_purchases(c, k, m);
        mean += k * p;
        pairs += k * (k - 1.) / 2 * p;
      }
      EXPECT_NEAR(moments.mean / mean, 1, 1e-9);
      EXPECT_NEAR(moments.squares / mean, 1, 1e-9);
      EXPECT_NEAR(moments.pairs, pairs, 1e-9 * pairs);
    }
  }
}

// m = 2 and d = 1 by hand: a pair is worth 1/2 1/4.
TEST(PurchaseMoments, OnTwoOpportunitiesByHand) {
  const auto moments =
      purchase_moments(BgBb({.alpha = 1, .beta = 1, .gamma = 1, .delta = 1}), {}, 2, 1);
  // E[p] = 1/2, E[p^2] = 1/3; active at the first with 1/2, at the second with 1/3.
  EXPECT_NEAR(moments.mean, 0.5 * (0.5 / 2 + 1. / 3 / 4), 1e-14);
  EXPECT_NEAR(moments.squares, 0.5 * (0.5 / 4 + 1. / 3 / 16), 1e-14);
  EXPECT_NEAR(moments.pairs, 1. / 3 * (1. / 3 / 8), 1e-14);
}

TEST(PurchaseMoments, OnOpportunitiesForEverAreTheLimit) {
  const OpportunityHistory c{4, 5, 6};
  const auto ever = purchase_moments(donors, c, infinity, 0.1);
  const auto far = purchase_moments(donors, c, 500, 0.1);
  EXPECT_NEAR(ever.mean / far.mean, 1, 1e-12);
  EXPECT_NEAR(ever.pairs / far.pairs, 1, 1e-12);
  EXPECT_TRUE(std::isnan(purchase_moments(donors, c, infinity, 0).mean));
  const BgBb leaving({.alpha = 1.2, .beta = 0.75, .gamma = 4, .delta = 2.8});
  EXPECT_NEAR(
      purchase_moments(leaving, c, infinity, 0).pairs / purchase_moments(leaving, c, 1e7, 0).pairs,
      1, 1e-9);
  EXPECT_THROW((void)purchase_moments(donors, c, 1.5, 0), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
