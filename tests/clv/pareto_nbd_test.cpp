#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/simulate.hpp>

#include <gtest/gtest.h>

#include "support/bases.hpp"
#include "support/beta_geometric.hpp"
#include "support/data.hpp"
#include "support/derivatives.hpp"
#include "support/reference.hpp"
#include "support/simulated_base.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

static_assert(RepeatBuyingModel<ParetoNbd>);

using Column = std::vector<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();

// Estimates on CDNOW as published, a period being a week: Fader, Hardie and Lee (2005).
const ParetoNbd cdnow({.r = .553, .alpha = 10.578, .s = .606, .beta = 11.669});

void expect_close(double value, double expected, double tolerance = 1e-10) {
  EXPECT_NEAR(value, expected, tolerance * std::abs(expected));
}

TEST(ParetoNbd, HasAClosedFormWhereBothScalesAreOne) {
  // alpha = beta = 1, r = s = 1, x = 1: L = (1 + T)^-3 + 1 / 3 ((1 + t_x)^-3 - (1 + T)^-3).
  const ParetoNbd model({.r = 1, .alpha = 1, .s = 1, .beta = 1});
  const double active = 1. / 64;
  const double dropped = (1. / 8 - 1. / 64) / 3;
  const CustomerHistory c{.frequency = 1, .recency = 1, .age = 3};
  expect_close(model.log_likelihood(c), std::log(active + dropped), 1e-15);
  expect_close(model.probability_alive(c), active / (active + dropped), 1e-15);
  expect_close(model.log_odds_dropped(c), std::log(dropped / active), 1e-15);
  // Active: rate Gamma(2, 4); dropped out at u: Gamma(2, 1 + u), with u's density ~ (1 + u)^-4.
  const double later = 2 * (1. / 16 - 1. / 256) / 4 / (active + dropped);
  expect_close(model.purchase_rate(c), 2. / 4 * active / (active + dropped) + later, 1e-14);
  expect_close(model.dropout_rate(c), 1. / 4 * active / (active + dropped) + later, 1e-14);
}

TEST(ParetoNbd, MatchesValuesOfCdnow) {
  // Design notes "golden", section 3.3: 40 digits.
  const struct {
    CustomerHistory c;
    double purchases, alive, log_likelihood;
  } rows[] = {{{0, 0, 38.86}, .1070814682, .2952866046, -.5210462941},
              {{1, 1.71, 38.86}, .1710929806, .1680023267, -4.450194334},
              {{2, 30.43, 38.86}, 1.455123193, .8691675592, -9.554283245},
              {{7, 29.43, 38.86}, 3.71225138, .7495014077, -21.59464322}};
  for (const auto& [c, purchases, alive, log_likelihood] : rows) {
    SCOPED_TRACE(c.frequency);
    expect_close(cdnow.expected_purchases(c, 39), purchases, 1e-9);
    expect_close(cdnow.probability_alive(c), alive, 1e-9);
    expect_close(cdnow.log_likelihood(c), log_likelihood, 1e-9);
  }
}

TEST(ParetoNbd, MatchesValuesThatPeersTestWith) {
  // The same section; parameters of BTYD's and lifetimes' tests.
  const ParetoNbd btyd({.r = .5534, .alpha = 10.5802, .s = .6061, .beta = 11.6562});
  expect_close(btyd.probability_alive({26, 30.86, 31}), .997917766551907, 1e-12);
  expect_close(btyd.probability_alive({26, 216. / 7, 31}), .997873275575271, 1e-12);
  expect_close(btyd.expected_purchases({26, 216. / 7, 31}, 52), 25.4537786344585);
  expect_close(btyd.expected_purchases(52), 1.47306699190199);
  const double later[] = {.705906954424963, .144174535345281, .0224971834118253,
                          .00309149995376517};
  for (int i = 0; i < 4; ++i) {
    SCOPED_TRACE(i);
    expect_close(btyd.expected_purchases({10. + 5 * i, 20, 39}, 52), later[i]);
  }

  const ParetoNbd model({.r = .55, .alpha = 10.56, .s = .61, .beta = 11.64});
  const double expected[] = {0,           .05077820617, .09916088423, .1454250652, .1897992992,
                             .2324746582, .2736127368,  .3133515937,  .3518102436, .3890921095};
  for (int t = 0; t < 10; ++t) expect_close(model.expected_purchases(1. * t), expected[t], 1e-9);
  expect_close(model.probability_of_purchases(10, 2), 1.89370759668251e-9);
  expect_close(model.probability_of_purchases(0, 39), .59593806959792);
  const double of_thirty[] = {.001889941473,  .001332276544,  .0009432439749, .0006702499122,
                              .0004777460972, .0003414425343, .0002445943922, .0001755737048,
                              .000126256431,  .00009093734799};
  for (unsigned n = 11; n <= 20; ++n) {
    SCOPED_TRACE(n);
    expect_close(model.probability_of_purchases(n, 30), of_thirty[n - 11], 1e-9);
  }
  expect_close(model.expected_purchases({10, 35, 39}, 2), .388411723242249);
  const double of_25[] = {.13442143,   .144511504,  .149364682,  .149138912,
                          .144330817,  .13573562,   .124348744,  .111233909,
                          .0973927605, .0836663255, .0706832393, .0588529113,
                          .0483909281, .0393609573, .0317200398, .0253590066};
  for (int x = 5; x <= 20; ++x) {
    SCOPED_TRACE(x);
    expect_close(model.expected_purchases({1. * x, 25, 39}, 2), of_25[x - 5], 1e-8);
  }
  expect_close(model.log_likelihood({3, 4, 6}), -8.05311593004679, 1e-13);
  expect_close(model.probability_alive({10, 35, 39}), .923198219144015, 1e-12);
  expect_close(model.probability_alive({0, 0, 39}), .292403101109227, 1e-12);
}

TEST(ParetoNbd, MatchesDiscountedPurchasesAsPublished) {
  // Fader, Hardie and Lee (2005, JMR): 15 % a year is 0.0027 a week. Values: "golden" 3.3.
  const ParetoNbd master({.r = .5629966, .alpha = 12.5590370, .s = .4081095, .beta = 10.5148048});
  expect_close(master.discounted_purchases({7, 35, 77.86}, .0027), 1.86418332807133);
  expect_close(master.discounted_purchases({4, 38, 77.86}, .0027), 4.553073, 1e-6);
  const double of_30[] = {2.19915545, 2.84353441, 2.86712839, 2.44541008, 1.84050192,
                          1.26241647, .809618119, .494803619, .292024702, .167927509};
  for (int x = 1; x <= 10; ++x) {
    SCOPED_TRACE(x);
    expect_close(master.discounted_purchases({1. * x, 30, 77.86}, .0027), of_30[x - 1], 1e-8);
  }
  expect_close(master.discounted_purchases({14, 77, 77.86}, .0027), 35.477816, 1e-7);
  expect_close(master.discounted_purchases({0, 0, 77.86}, .0027), .364755928, 1e-8);
  expect_close(master.discounted_purchases({}, .0027), 5.2102476821, 1e-10);
  expect_close(master.discounted_purchases({7, 35, 77.86}, 52, .0027), .37065733589614);
  expect_close(master.discounted_purchases({7, 35, 77.86}, 104, .0027), .64614736224985);
  // s < 1: without a discount the mean is infinite.
  EXPECT_TRUE(std::isnan(master.discounted_purchases({7, 35, 77.86}, 0)));

  // Large delta (beta + T), where the confluent function of peers breaks down.
  const ParetoNbd slow({.r = .8835, .alpha = 25.604, .s = .5035, .beta = 127.5049});
  expect_close(slow.discounted_purchases({3, 100, 140}, std::log(1.07) / 52), 9.3329685420522);
  expect_close(slow.discounted_purchases({3, 100, 140}, .07), .283547715333032);
  const ParetoNbd slower({.r = .9, .alpha = 25, .s = 3, .beta = 5000});
  expect_close(slower.discounted_purchases({3, 100, 140}, .07), .321428501377235);
}

TEST(ParetoNbd, MatchesTheApparelCustomersOfClvTools) {
  const ParetoNbd model({.r = 1.4489768, .alpha = 48.6360845, .s = .5612598, .beta = 46.8843633});
  const CustomerHistory first{6, 653. / 7, 104};
  expect_close(model.probability_alive(first), .946847847038118, 1e-12);
  expect_close(model.expected_purchases(first, 1450. / 7), 7.3256573499599);
  expect_close(model.discounted_purchases(first, std::log(1.1)), .46765601993382);
  expect_close(model.discounted_purchases(first, .1), .446426012408222);
  const CustomerHistory silent{0, 0, 104};
  expect_close(model.probability_alive(silent), .278468594040638, 1e-12);
  expect_close(model.expected_purchases(silent, 1450. / 7), .419090134455499);
  expect_close(model.discounted_purchases(silent, std::log(1.1)), .026753916394146);
}

TEST(ParetoNbd, NeedsNoBranchForAlphaAgainstBetaNorForSOfOne) {
  const ParetoNbd equal({.r = .55, .alpha = 11, .s = .61, .beta = 11});
  expect_close(equal.log_likelihood({2, 30, 39}), -9.58441144487278, 1e-14);
  expect_close(equal.probability_alive({2, 30, 39}), .855897369340666, 1e-13);
  expect_close(equal.expected_purchases({2, 30, 39}, 52), 1.79389417101501, 1e-12);
  const ParetoNbd below({.r = .8, .alpha = 5, .s = .4, .beta = 20});
  expect_close(below.log_likelihood({3, 20, 39}), -11.6669164738872, 1e-14);
  const ParetoNbd above({.r = .8, .alpha = 20, .s = .4, .beta = 5});
  expect_close(above.log_likelihood({3, 20, 39}), -12.0982028048609, 1e-14);
  const ParetoNbd one({.r = .55, .alpha = 10.56, .s = 1, .beta = 11.64});
  expect_close(one.expected_purchases(52), 1.02989432395707, 1e-12);
  expect_close(one.expected_purchases({2, 30, 39}, 52), 1.43320367051992, 1e-12);
  // Across both, in steps of 1e-12: what moves is of the order of the step.
  for (int step = -20; step <= 20; ++step) {
    const ParetoNbd near({.r = .55, .alpha = 11 + step * 1e-12, .s = .61, .beta = 11});
    expect_close(near.log_likelihood({2, 30, 39}), -9.58441144487278, 1e-13);
    expect_close(near.probability_alive({2, 30, 39}), .855897369340666, 1e-12);
    const ParetoNbd s_near({.r = .55, .alpha = 10.56, .s = 1 + step * 1e-12, .beta = 11.64});
    expect_close(s_near.expected_purchases(52), 1.02989432395707, 1e-10);
  }
}

// Histories at which published implementations answer NaN, 0 or an error: "golden" 3.3.
TEST(ParetoNbd, DoesNotUnderflowAt133Purchases) {
  const ParetoNbd model({.r = .55, .alpha = 10.58, .s = .61, .beta = 11.67});
  expect_close(model.expected_purchases({132, 200, 200}, 10), 6.20605178896293);
  expect_close(model.expected_purchases({133, 200, 200}, 10), 6.2528722475745);
  expect_close(model.log_likelihood({132, 200, 200}), -196.3824468537578, 1e-13);
  expect_close(model.log_likelihood({133, 200, 200}), -196.8453525494514, 1e-13);
  expect_close(model.log_likelihood({1000, 364, 365}), -24.0064194734387, 1e-12);
  expect_close(model.probability_alive({1000, 300, 365}), 3.90973685919993e-80);
}

TEST(ParetoNbd, DoesNotOverflowWhereA0Does) {
  const ParetoNbd model({.r = 10.465, .alpha = .00798565181, .s = 3.0516, .beta = 2.820});
  expect_close(model.probability_alive({40, 5, 6}), .00188512818736, 1e-9);
  expect_close(model.probability_alive({50, 1, 37}), 1.41714429129e-96, 1e-9);
  expect_close(model.probability_alive({50, 4, 37}), 6.7329748718e-60, 1e-9);
  EXPECT_TRUE(std::isfinite(model.log_probability_alive({400, 1, 3700})));
  EXPECT_EQ(model.probability_alive({400, 1, 3700}), 0);
}

TEST(ParetoNbd, AnswersTheCustomersWhoseLikelihoodWasNaN) {
  const ParetoNbd model({.r = .5143, .alpha = 2.8845, .s = .2856, .beta = 14.1087});
  expect_close(model.probability_alive({221, 103.42857, 103.57143}), .999596052318, 1e-11);
  expect_close(model.probability_alive({254, 97.14286, 97.28571}), .999558226123, 1e-11);
  expect_close(model.probability_alive({161, 94.71429, 98}), .749487752258, 1e-11);
  expect_close(model.probability_alive({204, 98.57143, 99.42857}), .994255079638, 1e-11);
  expect_close(model.log_likelihood({254, 97.14286, 97.28571}), -19.6232922175118, 1e-13);
}

TEST(ParetoNbd, AnswersForThousandsOfPurchasesAndAnyScale) {
  for (const double x : {0., 1., 30., 3000., 1e6}) {
    for (const double alpha : {1e-6, 1., 1e6}) {
      for (const double beta : {1e-6, 1., 1e6}) {
        for (const double shape : {1e-4, 1., 1e4}) {
          for (const double t_x : {1e-9, 3., 364.99, 365.}) {
            const CustomerHistory c{x, x > 0 ? t_x : 0, 365};
            SCOPED_TRACE(testing::Message()
                         << x << ' ' << alpha << ' ' << beta << ' ' << shape << ' ' << t_x);
            const ParetoNbd model({shape, alpha, shape, beta});
            ASSERT_TRUE(std::isfinite(model.log_likelihood(c)));
            const double alive = model.probability_alive(c);
            ASSERT_TRUE(alive >= 0 && alive <= 1);
            ASSERT_LE(model.log_probability_alive(c), 0);
            ASSERT_TRUE(std::isfinite(model.purchase_rate(c)) && model.purchase_rate(c) > 0);
            ASSERT_TRUE(std::isfinite(model.dropout_rate(c)) && model.dropout_rate(c) > 0);
            ASSERT_GE(model.expected_purchases(c, 52), 0);
          }
        }
      }
    }
  }
}

TEST(ParetoNbd, WhoeverBoughtOnTheLastDayIsActive) {
  EXPECT_EQ(cdnow.probability_alive({5, 39, 39}), 1);
  EXPECT_EQ(cdnow.log_odds_dropped({5, 39, 39}), -infinity);
  EXPECT_EQ(cdnow.probability_alive({0, 0, 0}), 1);
  EXPECT_EQ(cdnow.log_likelihood({0, 0, 0}), 0);
  EXPECT_EQ(cdnow.expected_purchases({5, 39, 39}, 0), 0);
}

TEST(ParetoNbd, ProbabilityAliveFallsWithEveryWeekOfSilence) {
  for (int week = 20; week < 200; ++week) {
    EXPECT_GT(cdnow.probability_alive({4, 20, 1. * week}),
              cdnow.probability_alive({4, 20, 1. * week + 1}));
  }
}

TEST(ParetoNbd, UnitOfTimeChangesNoAnswer) {
  const ParetoNbd in_days({.r = .553, .alpha = 7 * 10.578, .s = .606, .beta = 7 * 11.669});
  const CustomerHistory weekly{2, 30.43, 38.86};
  const CustomerHistory daily{2, 7 * 30.43, 7 * 38.86};
  expect_close(in_days.probability_alive(daily), cdnow.probability_alive(weekly), 1e-14);
  expect_close(in_days.log_likelihood(daily), cdnow.log_likelihood(weekly) - 2 * std::log(7),
               1e-14);
  expect_close(7 * in_days.purchase_rate(daily), cdnow.purchase_rate(weekly), 1e-14);
  expect_close(7 * in_days.dropout_rate(daily), cdnow.dropout_rate(weekly), 1e-14);
}

TEST(ParetoNbd, MeanRatesOfANewCustomerAreThoseOfThePopulation) {
  expect_close(cdnow.purchase_rate({}), .553 / 10.578, 1e-15);
  expect_close(cdnow.dropout_rate({}), .606 / 11.669, 1e-15);
  // The chance of each count, times the mean rate given that count at that age, is the mean rate.
  double rate = 0;
  for (unsigned n = 0; n < 400; ++n) {
    // The last of n purchases in (0, 20] is not known: take the law of t_x by a fine rule.
    if (n == 0) {
      rate += cdnow.purchase_rate({0, 0, 20}) * std::exp(cdnow.log_likelihood({0, 0, 20}));
      continue;
    }
    const int steps = 400;
    for (int i = 0; i < steps; ++i) {
      const double t_x = 20 * (i + .5) / steps;
      // Times of the n - 1 others are uniform on (0, t_x): t_x^(n - 1) / (n - 1)! orders of them.
      const double log_density =
          cdnow.log_likelihood({1. * n, t_x, 20}) + (n - 1.) * std::log(t_x) - std::lgamma(1. * n);
      rate += cdnow.purchase_rate({1. * n, t_x, 20}) * std::exp(log_density) * 20 / steps;
    }
    if (n > 60) break;
  }
  EXPECT_NEAR(rate, .553 / 10.578, 1e-6);
}

TEST(ParetoNbd, AddsUpOverCdnowAsPublished) {
  RAPPORT_REQUIRE_DATA();
  const ParetoNbd model({.r = .5532771, .alpha = 10.57768, .s = .6062401, .beta = 11.66874});
  tests::expect_cdnow_sums(
      model,
      {.log_likelihood = -9594.976179, .purchases = 1665.513202, .probability_alive = .446277});
}

TEST(ParetoNbd, ForecastsTheHoldoutOfCdnowAsRecomputed) {
  // "golden" 2.1, at the estimates above: 39 weeks, by the number of repeat purchases before.
  RAPPORT_REQUIRE_DATA();
  const ParetoNbd model({.r = .5532771, .alpha = 10.57768, .s = .6062401, .beta = 11.66874});
  const tests::Table table(tests::data_file("cdnow_summary.csv"));
  const double n = static_cast<double>(table.rows());
  double absolute = 0, squared = 0, logs = 0;
  double sums[8] = {}, customers[8] = {};
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const double x = table.number(i, "frequency");
    const double expected =
        model.expected_purchases({x, table.number(i, "recency"), table.number(i, "T")}, 39);
    const double actual = table.number(i, "holdout_frequency");
    absolute += std::abs(expected - actual) / n;
    squared += (expected - actual) * (expected - actual) / n;
    logs += std::pow(std::log1p(expected) - std::log1p(actual), 2) / n;
    const auto bin = static_cast<std::size_t>(std::min(x, 7.));
    sums[bin] += expected;
    ++customers[bin];
  }
  EXPECT_NEAR(absolute, .754523, 1e-6);
  EXPECT_NEAR(std::sqrt(squared), 1.602848, 1e-6);
  EXPECT_NEAR(logs, .237737, 1e-6);
  const double means[] = {.138447,  .599471,  1.195837, 1.713843,
                          2.398308, 2.907208, 3.818559, 6.403067};
  for (std::size_t bin = 0; bin < 8; ++bin) {
    EXPECT_NEAR(sums[bin] / customers[bin], means[bin], 2e-6) << bin;
  }
}

TEST(ParetoNbdReference, EveryRowOfTheTable) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("reference_pareto_nbd.csv"));
  ASSERT_EQ(table.rows(), 180U);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const ParetoNbd model({.r = table.number(i, "r"),
                           .alpha = table.number(i, "alpha"),
                           .s = table.number(i, "s"),
                           .beta = table.number(i, "beta")});
    const CustomerHistory c{table.number(i, "x"), table.number(i, "t_x"), table.number(i, "T")};
    tests::expect_cell(table, i, "ll", model.log_likelihood(c), 1e-12);
    tests::expect_cell(table, i, "p_alive", model.probability_alive(c), 1e-12);
    tests::expect_cell(table, i, "log_p_alive", model.log_probability_alive(c), 1e-12);
    for (const double t : {1.0, 39.0, 1000.0}) {
      const std::string suffix = std::to_string(static_cast<int>(t));
      tests::expect_cell(table, i, "ce_" + suffix, model.expected_purchases(c, t), 1e-10);
      tests::expect_cell(table, i, "ue_" + suffix, model.expected_purchases(t), 1e-10);
    }
    tests::expect_cell(table, i, "dert_1", model.discounted_purchases(c, .0027), 1e-10);
    tests::expect_cell(table, i, "dert_2", model.discounted_purchases(c, .1), 1e-10);
  }
}

TEST(ParetoNbd, RejectsParametersThatAreNotPositive) {
  EXPECT_THROW(ParetoNbd({.r = 0, .alpha = 1, .s = 1, .beta = 1}), std::domain_error);
  EXPECT_THROW(ParetoNbd({.r = 1, .alpha = -1, .s = 1, .beta = 1}), std::domain_error);
  EXPECT_THROW(ParetoNbd({.r = 1, .alpha = 1, .s = std::nan(""), .beta = 1}), std::domain_error);
  EXPECT_THROW(ParetoNbd({.r = 1, .alpha = 1, .s = 1, .beta = infinity}), std::domain_error);
  EXPECT_THROW((void)cdnow.expected_purchases({2, 30, 39}, -1), std::domain_error);
  EXPECT_THROW((void)cdnow.discounted_purchases({2, 30, 39}, -.1), std::domain_error);
}

// -- Derivatives -------------------------------------------------------------------------------

TEST(ParetoNbdDerivatives, MatchDifferencesAt150Digits) {
  const tests::Table table(tests::kept_file("clv/reference/pareto_nbd_derivatives.csv"));
  ASSERT_EQ(table.rows(), 14U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto model = tests::model_of_row<ParetoNbd>(table, row);
    const CustomerHistory c = tests::history_of_row(table, row);
    // A single row without purchases is precise to the last digits, however small.
    tests::expect_derivatives(log_likelihood_derivatives(model, tests::patterns_of(c)), table, row,
                              tests::parameter_names<ParetoNbd>(), c.frequency);
  }
}

TEST(ParetoNbdDerivatives, AddUpOverCustomersForAnyNumberOfThreads) {
  const tests::SimulatedBase base(cdnow, 20000, 3);
  const Patterns patterns(base.histories());
  const auto one = log_likelihood_derivatives(cdnow, patterns, 1);
  const auto two = log_likelihood_derivatives(cdnow, patterns, 2);
  EXPECT_EQ(one.value, two.value);
  EXPECT_EQ(one.gradient, two.gradient);
  EXPECT_EQ(one.hessian, two.hessian);
  double sum = 0;
  for (std::size_t i = 0; i < base.age.size(); ++i) {
    sum += cdnow.log_likelihood({base.frequency[i], base.recency[i], base.age[i]});
  }
  expect_close(one.value, sum, 1e-12);
}

// -- Many at once ------------------------------------------------------------------------------

// The sum in arrays against the model's own, customer by customer: to the rounding of the terms.
TEST(ParetoNbdBatch, IsTheSumOverCustomers) {
  std::mt19937_64 engine(17);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (int round = 0; round < 200; ++round) {
    const auto any = [&](double spread) { return std::exp(spread * (2 * uniform(engine) - 1)); };
    const ParetoNbd model({any(4), 30 * any(round % 3), any(4), 30 * any(round % 5)});
    Column x, t_x, t;
    for (int i = 0; i < 400; ++i) {
      x.push_back(std::floor(uniform(engine) * (i % 20 == 0 ? 3000 : 12)));
      t.push_back(1 + std::floor(700 * uniform(engine)));
      t_x.push_back(x.back() == 0 ? 0 : i % 7 == 0 ? t.back() : t.back() * uniform(engine));
    }
    double sum = 0, terms = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double value = model.log_likelihood({x[i], t_x[i], t[i]});
      sum += value;
      terms += std::abs(value) + x[i] * std::log(t[i] + model.params().alpha);
    }
    const Patterns patterns(Histories({x, t_x, t}, weeks));
    ASSERT_NEAR(log_likelihood(model, patterns), sum, 4e-15 * terms) << round;
    ASSERT_EQ(log_likelihood(model, patterns, 2), log_likelihood(model, patterns));
    ASSERT_NEAR(log_likelihood_derivatives(model, patterns).value, sum, 4e-15 * terms) << round;
  }
  EXPECT_EQ(log_likelihood(cdnow, Patterns(Histories({{}, {}, {}}, weeks))), 0);
}

// -- Fits --------------------------------------------------------------------------------------

void expect_fit(const FitReport& fit, double log_likelihood, const Column& parameters,
                const Column& errors = {}) {
  EXPECT_EQ(fit.status, FitStatus::converged) << fit.message;
  EXPECT_NEAR(fit.log_likelihood, log_likelihood, 1e-5);
  // s and beta lie along a flat ridge.
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    EXPECT_NEAR(fit.parameters[i] / parameters[i], 1, i < 2 ? 1e-4 : 5e-4) << fit.names[i];
  }
  const Column standard_errors = fit.standard_errors();
  for (std::size_t i = 0; i < errors.size(); ++i) {
    EXPECT_NEAR(standard_errors[i] / errors[i], 1, 1e-3) << fit.names[i];
  }
}

// "golden" 1.1 to 1.4: recomputed by independent likelihoods.
TEST(ParetoNbdFit, MatchesTheCdnowSample) {
  RAPPORT_REQUIRE_DATA();
  const tests::Base base = tests::cdnow();
  const auto fitted = fit<ParetoNbd>(base.histories());
  expect_fit(fitted, -9594.976179, {.5532771, 10.57768, .6062401, 11.66874},
             {.047628, .84272, .18728, 6.211});
  EXPECT_EQ(fitted.customers, 2357);
  EXPECT_EQ(fitted.period, weeks);
  expect_fit(fit<ParetoNbd>(tests::cdnow("cdnow_summary_rounded.csv").histories()), -9594.973930,
             {.5532755, 10.57761, .6062136, 11.66791});
}

TEST(ParetoNbdFit, MatchesTheCdnowMaster) {
  RAPPORT_REQUIRE_DATA();
  const tests::Base base = tests::summarise("cdnow_transactions.csv", "1997-09-30");
  expect_fit(fit<ParetoNbd>(base.histories(), {.threads = 2}), -95415.118617,
             {.59742, 11.58566, .5221854, 8.827752}, {.017372, .29676, .04634, 1.4742});
}

TEST(ParetoNbdFit, MatchesTheGroceryCustomers) {
  RAPPORT_REQUIRE_DATA();
  const tests::Base base = tests::summarise("grocery_transactions.csv", "2006-12-31");
  const auto fitted = fit<ParetoNbd>(base.histories());
  expect_fit(fitted, -15782.392138, {.7864368, 5.679041, .3862391, 5.717788});
  // "golden" 2.2.
  const ParetoNbd model = fitted.model();
  double purchases = 0;
  for (std::size_t i = 0; i < base.age.size(); ++i) {
    purchases += model.expected_purchases({base.frequency[i], base.recency[i], base.age[i]}, 52);
  }
  EXPECT_NEAR(purchases, 3990.7322, .05);
  const double expected[] = {.44841143, .36269839, .21708709, .10867477, .04887733};
  for (int x = 1; x <= 5; ++x) {
    EXPECT_NEAR(model.expected_purchases({1. * x, 12, 52}, 52) / expected[x - 1], 1, 2e-4);
  }
}

TEST(ParetoNbdFit, MatchesTheApparelCustomers) {
  RAPPORT_REQUIRE_DATA();
  const tests::Base base = tests::summarise("apparel_transactions.csv", "2006-12-31");
  const auto fitted = fit<ParetoNbd>(base.histories());
  expect_fit(fitted, -5848.097827, {1.448939, 48.63488, .5612511, 46.88212},
             {.2434282, 7.4891816, .2710479, 35.6114114});
  EXPECT_NEAR(fitted.aic(), 11704.1957, 1e-4);
  EXPECT_NEAR(fitted.bic(), 11721.7834, 1e-4);
}

TEST(ParetoNbdFit, RecoversTheParametersOfASimulation) {
  const Column truth{.8, 6, .6, 12};
  const tests::SimulatedBase base(ParetoNbd({.8, 6, .6, 12}), 20000, 1);
  const auto fitted = fit<ParetoNbd>(base.histories(), {.threads = 2});
  ASSERT_TRUE(fitted.usable()) << fitted.message;
  const Column errors = fitted.standard_errors();
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(fitted.parameters[i], truth[i], 3 * errors[i]) << fitted.names[i];
  }
}

TEST(ParetoNbdFit, NamesSAndBetaWhereNobodyDropsOut) {
  const tests::SimulatedBase base(ParetoNbd({.8, 6, 1e-9, 1}), 5000, 7);
  const auto fitted = fit<ParetoNbd>(base.histories());
  EXPECT_EQ(fitted.status, FitStatus::not_identified);
  EXPECT_FALSE(fitted.usable());
  EXPECT_TRUE(fitted.message.find("s") == 0 || fitted.message.find("beta") == 0) << fitted.message;
  EXPECT_NEAR(fitted.params.r, .8, .1);
}

TEST(ParetoNbdFit, SaysThatOneTimersSayNothing) {
  const Column x{0, 0, 0}, t{10, 20, 30};
  const auto fitted = fit<ParetoNbd>(Histories({x, x, t}, weeks));
  EXPECT_EQ(fitted.status, FitStatus::too_little_data);
  EXPECT_EQ(fit<ParetoNbd>(Histories({{}, {}, {}}, weeks)).status, FitStatus::too_little_data);
}

TEST(ParetoNbdFit, StartsWithAHundredThousandCustomersAndHundredsOfPurchases) {
  // Peers' likelihoods are not finite at their own starting values here.
  const tests::SimulatedBase base(ParetoNbd({.5, .5, .5, 12}), 100000, 11);
  const auto fitted = fit<ParetoNbd>(base.histories(), {.threads = 2});
  ASSERT_TRUE(fitted.usable()) << fitted.message;
  EXPECT_NEAR(fitted.params.r, .5, .02);
}

}  // namespace
}  // namespace rapport::clv
