#include <rapport/clv/beta_geometric_future.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace rapport::clv {
namespace {

using Params = BetaGeometricFuture::Params;

// scripts/reference/beta_geometric_future.py: quadrature at 40 digits, sums at 60.
constexpr struct {
  const char* name;
  Params law;
  double discounted_1, discounted_52;  // delta 0.0027
  double discounted_1000;              // delta 0.1
  double ever_270, ever_1;             // delta 0.0027 and 1e-6
  double one_in_39, seven_in_39, forty_in_200;
} reference_rows[] = {
    {"CDNOW, new customer",
     {0.243, 4.414, 0.793, 2.426},
     0.053196819367614711,
     1.3657115636747399,
     0.38971262358268679,
     3.6478096301374227,
     48.278631577465435,
     0.19939528083591145,
     0.0086954288041552611,
     0.00042486660955041924},
    {"CDNOW, 2 purchases in 38.86 weeks",
     {2.243, 43.274, 0.793, 4.426},
     0.051470765868946599,
     2.0114779540514999,
     0.47108607410835851,
     7.0967959123560688,
     108.4392184231987,
     0.32937791904384944,
     0.0082752536522312935,
     0.00013063346444130499},
    {"26 purchases in 31 weeks",
     {26.243, 35.414, 0.793, 28.426},
     0.73243295474018615,
     24.999087917647386,
     6.308818843912754,
     73.181279037272153,
     890.13613353358556,
     0.027139920739074694,
     0.019444589080760357,
     0.0058505100498584233},
    {"a = 1",
     {2.5, 45.0, 1.0, 4.5},
     0.055092484571593257,
     2.0459208348252361,
     0.49382685258003355,
     6.236223539935422,
     39.361056916308242,
     0.34311043091468314,
     0.008221658166954647,
     9.9630789080035999e-5},
    {"a + b = 1",
     {0.25, 4.0, 0.4, 0.6},
     0.058957605774178737,
     1.363305510336149,
     0.39529858031456224,
     4.5104238975553385,
     531.68095668077372,
     0.25422760476251287,
     0.0075198230604409318,
     0.00059516766189068236},
    {"a tiny",
     {0.4, 8.0, 0.001, 1.7},
     0.049930083336347711,
     2.4229455009941432,
     0.49970170867386403,
     18.46099237254858,
     49458.585554917195,
     0.16366681438587673,
     0.018368558851100668,
     0.0027722941592792749},
    {"large shape, few survivals",
     {80.0, 400.0, 1.4, 6.0},
     0.1959793207752886,
     5.0167552611197302,
     1.4988436928849359,
     8.8635235380821894,
     15.637038829907609,
     0.19245318483671303,
     0.073991188974490006,
     0.0040327883541165447},
    {"a thousand purchases",
     {1000.5, 106.0, 2.0, 1002.5},
     9.3381554976486198,
     310.36745093617904,
     80.33467517682785,
     643.23924226902409,
     1002.585357627041,
     0.001991040318566451,
     0.0019557494198959102,
     0.0017758405250208312},
    {"tiny rate",
     {0.05, 0.0001, 0.6, 2.0},
     12.818560738927747,
     65.194945679822152,
     30.304703282618624,
     133.82093842377527,
     3202.8119419969764,
     0.12974080332289567,
     0.013482096179194334,
     0.0010100677874846497},
    {"b tiny",
     {0.6, 5.0, 0.5, 0.001},
     0.10351983174625516,
     0.75002187250734526,
     0.39299551968185114,
     0.87908296566282067,
     1.8928220180948658,
     0.72762029750042965,
     3.8113773512459085e-5,
     2.4496589544200664e-6},
    {"a large",
     {1.5, 20.0, 40.0, 90.0},
     0.073484943786663946,
     1.8147126411850731,
     0.55717550166165236,
     2.7024689941587356,
     3.3072531081776663,
     0.38244343538742119,
     0.0066079906212257739,
     7.3354276142134515e-8},
    {"a large, nearly certain to drop",
     {30.0, 20.0, 900.0, 2.0},
     0.76880948292523726,
     1.0003579341814054,
     0.93756902764565603,
     1.0003579341814054,
     1.0022240013762149,
     0.9977827050997706,
     9.1230575498121201e-15,
     1.9383721977138425e-68},
};

TEST(BetaGeometricFuture, DiscountsAsQuadratureAtFortyDigits) {
  for (const auto& row : reference_rows) {
    SCOPED_TRACE(row.name);
    const BetaGeometricFuture future(row.law);
    EXPECT_NEAR(future.discounted(1, 0.0027) / row.discounted_1, 1, 1e-12);
    EXPECT_NEAR(future.discounted(52, 0.0027) / row.discounted_52, 1, 1e-12);
    EXPECT_NEAR(future.discounted(1000, 0.1) / row.discounted_1000, 1, 1e-12);
    EXPECT_NEAR(future.discounted(0.0027) / row.ever_270, 1, 1e-12);
    EXPECT_NEAR(future.discounted(1e-6) / row.ever_1, 1, 1e-12);
  }
}

TEST(BetaGeometricFuture, CountsAsTheSumAtSixtyDigits) {
  for (const auto& row : reference_rows) {
    SCOPED_TRACE(row.name);
    const BetaGeometricFuture future(row.law);
    EXPECT_NEAR(future.probability_of_purchases(1, 39) / row.one_in_39, 1, 1e-11);
    EXPECT_NEAR(future.probability_of_purchases(7, 39) / row.seven_in_39, 1, 1e-11);
    EXPECT_NEAR(future.probability_of_purchases(40, 200) / row.forty_in_200, 1, 1e-11);
  }
}

TEST(BetaGeometricFuture, ByHandForAnExponentialRateAndAUniformDropout) {
  // shape = rate = a = b = 1, t = 1: P(N = n) = 2^-(n + 1), survival after n purchases 1 / (n + 1).
  const BetaGeometricFuture future({.shape = 1, .rate = 1, .a = 1, .b = 1});
  EXPECT_DOUBLE_EQ(future.none(1), 0.5);
  EXPECT_DOUBLE_EQ(future.probability_of_purchases(0, 1), 0.5);
  EXPECT_DOUBLE_EQ(future.probability_of_purchases(1, 1), 0.5 * 0.25 + 0.5 * 0.5);
  // The sum of 2^-(n + 1) / (n + 1) is ln 2.
  EXPECT_DOUBLE_EQ(future.expected(1), std::log(2.));
  EXPECT_DOUBLE_EQ(future.purchase_rate(0), 1);
}

TEST(BetaGeometricFuture, NothingHappensInNoTime) {
  for (const auto& row : reference_rows) {
    const BetaGeometricFuture future(row.law);
    EXPECT_EQ(future.expected(0), 0);
    EXPECT_EQ(future.discounted(0, 0.1), 0);
    EXPECT_EQ(future.none(0), 1);
    EXPECT_EQ(future.probability_of_purchases(0, 0), 1);
    EXPECT_EQ(future.probability_of_purchases(3, 0), 0);
    // shape / rate purchases per period at first, to the order of the step.
    EXPECT_NEAR(future.expected(1e-14) / (1e-14 * row.law.shape / row.law.rate), 1, 1e-9);
  }
}

TEST(BetaGeometricFuture, ActiveAtATimeByHand) {
  // shape = rate = a = b = 1, t = 1: the mean of 1 / (1 + p) over uniform p.
  const BetaGeometricFuture future({.shape = 1, .rate = 1, .a = 1, .b = 1});
  EXPECT_DOUBLE_EQ(future.alive(1), std::log(2.));
  EXPECT_EQ(future.alive(0), 1);
}

TEST(BetaGeometricFuture, ActiveAtATimeIsTheRateWithOnePurchaseLess) {
  // Both are Gauss' 2F1, which the rate of purchases comes to by other ways.
  for (const auto& row : reference_rows) {
    SCOPED_TRACE(row.name);
    auto more = row.law;
    more.shape += 1;
    for (const double t : {1e-9, 1.0, 39.0, 1000.0, 1e6}) {
      const double rate = BetaGeometricFuture(row.law).purchase_rate(t);
      const double alive = BetaGeometricFuture(more).alive(t);
      EXPECT_NEAR(rate / (alive * row.law.shape / row.law.rate), 1, 1e-12) << t;
    }
  }
}

TEST(BetaGeometricFuture, MeansOfIntervalsAddUp) {
  for (const auto& row : reference_rows) {
    SCOPED_TRACE(row.name);
    const BetaGeometricFuture future(row.law);
    const double sum = future.expected(0, 7) + future.expected(7, 60) + future.expected(60, 1e4);
    EXPECT_NEAR(sum / future.expected(1e4), 1, 2e-12);
    EXPECT_EQ(future.expected(7, 7), 0);
    EXPECT_EQ(future.expected(0, 7), future.expected(7));
    // Where a difference of two means would have no digit left.
    EXPECT_NEAR(future.expected(64, 64 + 0x1p-30) / (0x1p-30 * future.purchase_rate(64)), 1, 1e-9);
  }
}

TEST(BetaGeometricFuture, CountsAddUpToOneAndToTheMean) {
  for (const auto& row : reference_rows) {
    if (row.law.shape / row.law.rate > 50) continue;  // too many counts to add up
    SCOPED_TRACE(row.name);
    const BetaGeometricFuture future(row.law);
    double total = 0;
    double mean = 0;
    for (unsigned n = 0; n < 3000; ++n) {
      const double probability = future.probability_of_purchases(n, 20);
      total += probability;
      mean += n * probability;
    }
    EXPECT_NEAR(total, 1, 1e-12);
    EXPECT_NEAR(mean / future.expected(20), 1, 1e-11);
  }
}

TEST(BetaGeometricFuture, NoneIsTheProbabilityOfNoPurchase) {
  for (const auto& row : reference_rows) {
    const BetaGeometricFuture future(row.law);
    EXPECT_EQ(future.none(39), future.probability_of_purchases(0, 39));
  }
}

TEST(BetaGeometricFuture, AVanishingDiscountLeavesTheMean) {
  // Two methods but for heavy buyers: panels over time against the sum over counts or the rule over
  // dropout.
  for (const auto& row : reference_rows) {
    const BetaGeometricFuture future(row.law);
    for (const double t : {0.01, 1.0, 52.0, 1000.0, 1e5}) {
      SCOPED_TRACE(testing::Message() << row.name << ", t " << t);
      EXPECT_EQ(future.discounted(t, 0), future.expected(t));
      EXPECT_NEAR(future.discounted(t, 1e-30) / future.expected(t), 1, 2e-13);
    }
  }
}

TEST(BetaGeometricFuture, ALongHorizonIsForEver) {
  for (const auto& row : reference_rows) {
    SCOPED_TRACE(row.name);
    const BetaGeometricFuture future(row.law);
    EXPECT_NEAR(future.discounted(1e5, 0.0027) / future.discounted(0.0027), 1, 1e-12);
    EXPECT_NEAR(future.discounted(1e9, 0.0027) / future.discounted(0.0027), 1, 1e-12);
  }
}

TEST(BetaGeometricFuture, ForEverIsFiniteOnlyWithAAboveOne) {
  const BetaGeometricFuture finite({.shape = 2, .rate = 10, .a = 3, .b = 4});
  EXPECT_DOUBLE_EQ(finite.expected_ever(), 3);  // E[1 / p] = (a + b - 1) / (a - 1)
  EXPECT_EQ(finite.discounted(0), finite.expected_ever());
  EXPECT_NEAR(finite.expected(1e9), 3, 1e-9);
  EXPECT_NEAR(finite.discounted(1e-12), 3, 1e-9);

  const BetaGeometricFuture infinite({.shape = 2, .rate = 10, .a = 1, .b = 4});
  EXPECT_TRUE(std::isnan(infinite.expected_ever()));
  EXPECT_TRUE(std::isnan(infinite.discounted(0)));
  EXPECT_TRUE(std::isfinite(infinite.discounted(1e-12)));
}

TEST(BetaGeometricFuture, PurchaseRateIsTheSlopeOfTheMean) {
  for (const auto& row : reference_rows) {
    for (const double t : {1.0, 52.0}) {
      SCOPED_TRACE(testing::Message() << row.name << ", t " << t);
      const BetaGeometricFuture future(row.law);
      const double h = t / 1000;
      // Central difference of the fourth order: its error is of the order of 1e-12.
      const double slope = (8 * (future.expected(t + h) - future.expected(t - h)) -
                            (future.expected(t + 2 * h) - future.expected(t - 2 * h))) /
                           (12 * h);
      EXPECT_NEAR(slope, future.purchase_rate(t), 1e-8 * row.law.shape / row.law.rate);
    }
  }
}

TEST(BetaGeometricFuture, UnitOfTimeDoesNotMatter) {
  for (const auto& row : reference_rows) {
    SCOPED_TRACE(row.name);
    Params in_days = row.law;
    in_days.rate *= 7;
    const BetaGeometricFuture weeks(row.law);
    const BetaGeometricFuture days(in_days);
    EXPECT_NEAR(days.expected(7 * 39) / weeks.expected(39), 1, 1e-13);
    EXPECT_NEAR(days.discounted(7 * 39, 0.01 / 7) / weeks.discounted(39, 0.01), 1, 1e-13);
    EXPECT_NEAR(days.discounted(0.01 / 7) / weeks.discounted(0.01), 1, 1e-13);
  }
}

TEST(BetaGeometricFuture, CrossesThePolesOfThePublishedFormSmoothly) {
  // a = 1, and a + b = 1, in steps of 1e-12: the values move by about that, never by a jump.
  for (const Params at : {Params{0.25, 4, 1, 2.5}, Params{3.25, 44, 1, 5.5},
                          Params{0.25, 4, 0.4, 0.6}, Params{0.25, 4, 0.999, 0.001}}) {
    double last[3] = {};
    for (int i = -20; i <= 20; ++i) {
      Params near = at;
      near.a += 1e-12 * i;
      const BetaGeometricFuture future(near);
      const double now[3] = {future.expected(52), future.discounted(52, 0.0027),
                             future.discounted(0.0027)};
      for (int k = 0; k < 3; ++k) {
        if (i > -20) {
          EXPECT_NEAR(now[k], last[k], 2e-11 * last[k]);
        }
        last[k] = now[k];
      }
    }
  }
}

TEST(BetaGeometricFuture, MethodsMeetWhereOneTakesOver) {
  // Long horizons leave the series for the rule: growth stays monotone and smooth across.
  for (const auto& row : reference_rows) {
    SCOPED_TRACE(row.name);
    const BetaGeometricFuture future(row.law);
    double last = future.expected(row.law.rate);
    double last_discounted = future.discounted(row.law.rate, 1e-9);
    for (double t = 1.1 * row.law.rate; t < 200 * row.law.rate; t *= 1.1) {
      const double now = future.expected(t);
      const double now_discounted = future.discounted(t, 1e-9);
      ASSERT_GE(now, last * (1 - 1e-13));
      ASSERT_GE(now_discounted, last_discounted * (1 - 1e-13));
      ASSERT_LE(now_discounted, now * (1 + 1e-13));
      ASSERT_NEAR(future.discounted(t, 1e-300) / now, 1, 3e-13);
      last = now;
      last_discounted = now_discounted;
    }
  }
}

TEST(BetaGeometricFuture, StaysFiniteAtTheEnds) {
  constexpr double sizes[] = {1e-6, 1e-2, 1, 1e3};
  for (const double shape : sizes) {
    for (const double rate : sizes) {
      for (const double a : sizes) {
        for (const double b : sizes) {
          const BetaGeometricFuture future({.shape = shape, .rate = rate, .a = a, .b = b});
          SCOPED_TRACE(testing::Message() << shape << ' ' << rate << ' ' << a << ' ' << b);
          const double mean = future.expected(52);
          ASSERT_TRUE(std::isfinite(mean) && mean > 0) << mean;
          ASSERT_LE(mean, 52 * shape / rate * (1 + 1e-13));
          const double discounted = future.discounted(52, 0.01);
          ASSERT_TRUE(discounted > 0 && discounted <= mean * (1 + 1e-13)) << discounted;
          ASSERT_GE(discounted, mean * std::exp(-0.52) * (1 - 1e-13));
        }
      }
    }
  }
}

TEST(BetaGeometricFuture, RejectsTimesAndRatesBelowZero) {
  const BetaGeometricFuture future({.shape = 1, .rate = 1, .a = 1, .b = 1});
  EXPECT_THROW((void)future.expected(-1), std::domain_error);
  EXPECT_THROW((void)future.expected(std::numeric_limits<double>::infinity()), std::domain_error);
  EXPECT_THROW((void)future.none(-1), std::domain_error);
  EXPECT_THROW((void)future.probability_of_purchases(1, -1), std::domain_error);
  EXPECT_THROW((void)future.alive(-1), std::domain_error);
  EXPECT_THROW((void)future.expected(-1, 1), std::domain_error);
  EXPECT_THROW((void)future.expected(2, 1), std::domain_error);
  EXPECT_THROW((void)future.expected(0, INFINITY), std::domain_error);
  EXPECT_THROW((void)future.purchase_rate(std::nan("")), std::domain_error);
  EXPECT_THROW((void)future.discounted(1, -0.1), std::domain_error);
  EXPECT_THROW((void)future.discounted(-1, 0.1), std::domain_error);
  EXPECT_THROW((void)future.discounted(-0.1), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
