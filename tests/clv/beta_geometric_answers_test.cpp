// Identities that hold in both models which answer through BetaGeometricAnswers.

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>

#include <gtest/gtest.h>

#include "support/simulated_base.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace rapport::clv {
namespace {

template <class Model>
const Model& cdnow_model() {
  if constexpr (std::is_same_v<Model, BgNbd>) {
    return tests::cdnow_bg_nbd;
  } else {
    return tests::cdnow_mbg_nbd;
  }
}

template <class Model>
class BetaGeometricAnswersOf : public testing::Test {};

class Names {
 public:
  template <class Model>
  static std::string GetName(int) {
    return std::is_same_v<Model, BgNbd> ? "BgNbd" : "MbgNbd";
  }
};

using Models = testing::Types<BgNbd, MbgNbd>;
TYPED_TEST_SUITE(BetaGeometricAnswersOf, Models, Names);

// Histories as a cohort has them: bought once, once more, often, and in a burst.
constexpr CustomerHistory histories[] = {
    {0, 0, 38.86}, {1, 1.71, 38.86}, {2, 30.43, 38.86}, {7, 29.43, 38.86}, {26, 30.86, 31}};

TYPED_TEST(BetaGeometricAnswersOf, CountsToComeAddUpToOneAndToTheMean) {
  const TypeParam& cdnow = cdnow_model<TypeParam>();
  for (const CustomerHistory& c : histories) {
    SCOPED_TRACE(c.frequency);
    double total = 0;
    double mean = 0;
    for (unsigned n = 0; n < 2000; ++n) {
      const double probability = cdnow.probability_of_purchases(c, n, 39);
      total += probability;
      mean += n * probability;
    }
    EXPECT_NEAR(total, 1, 1e-12);
    EXPECT_NEAR(mean / cdnow.expected_purchases(c, 39), 1, 1e-11);
  }
}

TYPED_TEST(BetaGeometricAnswersOf, ChurnRiskIsTheProbabilityOfNoPurchase) {
  const TypeParam& cdnow = cdnow_model<TypeParam>();
  for (const CustomerHistory& c : histories) {
    SCOPED_TRACE(c.frequency);
    for (const double t : {0.0, 1.0, 39.0, 1000.0}) {
      EXPECT_DOUBLE_EQ(cdnow.probability_of_no_purchase(c, t),
                       cdnow.probability_of_purchases(c, 0, t));
    }
    // Certain over no time; all but those who dropped out buy again some day.
    EXPECT_DOUBLE_EQ(cdnow.probability_of_no_purchase(c, 0), 1);
    EXPECT_GE(cdnow.probability_of_no_purchase(c, 1e9), 1 - cdnow.probability_alive(c) - 1e-15);
  }
}

TYPED_TEST(BetaGeometricAnswersOf, LogOfProbabilityAliveIsItsLog) {
  const TypeParam& cdnow = cdnow_model<TypeParam>();
  for (const CustomerHistory& c : histories) {
    EXPECT_NEAR(std::exp(cdnow.log_probability_alive(c)), cdnow.probability_alive(c), 1e-15);
  }
}

TYPED_TEST(BetaGeometricAnswersOf, ProbabilityAliveFallsWithEveryWeekOfSilence) {
  const TypeParam& cdnow = cdnow_model<TypeParam>();
  for (int week = 20; week < 200; ++week) {
    EXPECT_GT(cdnow.probability_alive({.frequency = 4, .recency = 20, .age = 1.0 * week}),
              cdnow.probability_alive({.frequency = 4, .recency = 20, .age = 1.0 * week + 1}));
  }
}

TYPED_TEST(BetaGeometricAnswersOf, DiscountingOnlyTakesAway) {
  const TypeParam& cdnow = cdnow_model<TypeParam>();
  for (const CustomerHistory& c : histories) {
    SCOPED_TRACE(c.frequency);
    const double mean = cdnow.expected_purchases(c, 52);
    const double discounted = cdnow.discounted_purchases(c, 52, 0.0027);
    EXPECT_EQ(cdnow.discounted_purchases(c, 52, 0), mean);
    EXPECT_LE(discounted, mean);
    EXPECT_GE(discounted, mean * std::exp(-52 * 0.0027));
    EXPECT_NEAR(cdnow.discounted_purchases(c, 1e6, 0.0027) / cdnow.discounted_purchases(c, 0.0027),
                1, 1e-12);
    EXPECT_TRUE(std::isnan(cdnow.discounted_purchases(c, 0))) << "a < 1: infinite";
  }
}

TYPED_TEST(BetaGeometricAnswersOf, WhoIsActiveNowMayNotBeLater) {
  const TypeParam& cdnow = cdnow_model<TypeParam>();
  for (const CustomerHistory& c : histories) {
    SCOPED_TRACE(c.frequency);
    EXPECT_EQ(cdnow.probability_alive(c, 0), cdnow.probability_alive(c));
    for (const double t : {1.0, 39.0, 1000.0}) {
      EXPECT_LT(cdnow.probability_alive(c, t), cdnow.probability_alive(c));
    }
  }
}

TYPED_TEST(BetaGeometricAnswersOf, IntervalsOfTheFutureAddUp) {
  const TypeParam& cdnow = cdnow_model<TypeParam>();
  for (const CustomerHistory& c : histories) {
    SCOPED_TRACE(c.frequency);
    EXPECT_NEAR((cdnow.expected_purchases(c, 13) + cdnow.expected_purchases(c, 13, 39)) /
                    cdnow.expected_purchases(c, 39),
                1, 1e-12);
  }
}

TYPED_TEST(BetaGeometricAnswersOf, RatesAreTheMeansThatTheLikelihoodHas) {
  // The mean of a parameter whose law is Gamma(r, alpha) is r / alpha times the likelihood with
  // r + 1 over that with r; of Beta(a, b) likewise.
  const TypeParam& cdnow = cdnow_model<TypeParam>();
  const auto& [r, alpha, a, b] = cdnow.params();
  const TypeParam faster({.r = r + 1, .alpha = alpha, .a = a, .b = b});
  const TypeParam looser({.r = r, .alpha = alpha, .a = a + 1, .b = b});
  for (const CustomerHistory& c : histories) {
    SCOPED_TRACE(c.frequency);
    const double here = cdnow.log_likelihood(c);
    EXPECT_NEAR(cdnow.purchase_rate(c) / (r / alpha * std::exp(faster.log_likelihood(c) - here)), 1,
                1e-12);
    EXPECT_NEAR(cdnow.dropout_rate(c) / (a / (a + b) * std::exp(looser.log_likelihood(c) - here)),
                1, 1e-12);
  }
}

TYPED_TEST(BetaGeometricAnswersOf, UnitOfTimeScalesOnlyTheDensity) {
  const TypeParam& cdnow = cdnow_model<TypeParam>();
  auto params = cdnow.params();
  params.alpha *= 7;
  const TypeParam in_days(params);
  for (const CustomerHistory& c : histories) {
    SCOPED_TRACE(c.frequency);
    const CustomerHistory days{c.frequency, 7 * c.recency, 7 * c.age};
    EXPECT_NEAR(in_days.probability_alive(days), cdnow.probability_alive(c), 1e-13);
    EXPECT_NEAR(in_days.expected_purchases(days, 7 * 39) / cdnow.expected_purchases(c, 39), 1,
                1e-12);
    EXPECT_NEAR(in_days.log_likelihood(days) + c.frequency * std::log(7.), cdnow.log_likelihood(c),
                1e-11);
  }
}

TYPED_TEST(BetaGeometricAnswersOf, ANewCustomerIsOneWithAnEmptyHistory) {
  const TypeParam& cdnow = cdnow_model<TypeParam>();
  EXPECT_EQ(cdnow.expected_purchases(39), cdnow.expected_purchases(CustomerHistory{}, 39));
  EXPECT_EQ(cdnow.probability_of_purchases(2, 39),
            cdnow.probability_of_purchases(CustomerHistory{}, 2, 39));
  EXPECT_NEAR(cdnow.log_likelihood({}), 0, 1e-16);
}

TYPED_TEST(BetaGeometricAnswersOf, HistoriesOfAnyLengthGiveFiniteAnswers) {
  const TypeParam& cdnow = cdnow_model<TypeParam>();
  for (const double x : {0.0, 1.0, 300.0, 5000.0}) {
    for (const double share : {1e-9, 0.5, 1.0}) {
      for (const double age : {1e-3, 1.0, 40.0, 1e4}) {
        const CustomerHistory c{x, x > 0 ? share * age : 0, age};
        SCOPED_TRACE(testing::Message() << x << ' ' << c.recency << ' ' << age);
        ASSERT_TRUE(std::isfinite(cdnow.log_likelihood(c)));
        const double alive = cdnow.probability_alive(c);
        ASSERT_TRUE(alive >= 0 && alive <= 1);
        ASSERT_TRUE(std::isfinite(cdnow.log_probability_alive(c)));
        ASSERT_TRUE(std::isfinite(cdnow.expected_purchases(c, 52)));
        ASSERT_TRUE(std::isfinite(cdnow.discounted_purchases(c, 0.0027)));
        ASSERT_TRUE(std::isfinite(cdnow.probability_of_purchases(c, 3, 52)));
      }
    }
  }
}

TYPED_TEST(BetaGeometricAnswersOf, RejectsHorizonsAndRatesBelowZero) {
  const TypeParam& cdnow = cdnow_model<TypeParam>();
  const CustomerHistory c{2, 30.43, 38.86};
  EXPECT_THROW((void)cdnow.expected_purchases(c, -1), std::domain_error);
  EXPECT_THROW((void)cdnow.probability_of_no_purchase(c, std::nan("")), std::domain_error);
  EXPECT_THROW((void)cdnow.discounted_purchases(c, 1, -0.1), std::domain_error);
  EXPECT_THROW((void)cdnow.discounted_purchases(c, -0.1), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
