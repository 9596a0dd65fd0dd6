#include <rapport/clv/ggompertz_nbd.hpp>

#include <gtest/gtest.h>

#include "support/bases.hpp"
#include "support/derivatives.hpp"
#include "support/reference.hpp"
#include "support/simulated_base.hpp"

#include <rapport/clv/forecast.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

static_assert(RepeatBuyingModel<GgompertzNbd>);

using Column = std::vector<double>;

// Bemmaor and Glady (2012), table 2, on CDNOW; and hazards that grow and that fall.
const GgompertzNbd cdnow({.r = 0.553, .alpha = 10.578, .b = 0.0002, .s = 0.603, .beta = 0.0026});
const GgompertzNbd growing({.r = 1, .alpha = 10, .b = 0.05, .s = 0.5, .beta = 2});
const GgompertzNbd falling({.r = 1, .alpha = 10, .b = 0.05, .s = 0.5, .beta = 0.5});
const GgompertzNbd sudden({.r = 0.6, .alpha = 11, .b = 0.4, .s = 1.5, .beta = 20000});
const GgompertzNbd* const models[] = {&cdnow, &growing, &falling, &sudden};

constexpr CustomerHistory histories[] = {{0, 0, 38.86},     {1, 1.71, 38.86}, {2, 30.43, 38.86},
                                         {7, 29.43, 38.86}, {26, 30.86, 31},  {0, 0, 0},
                                         {4, 12, 12},       {3000, 20, 38.86}};

// "golden" 3.4: 40-digit quadrature and an independent package, which agree to about 10 digits.
TEST(GgompertzNbd, MatchesRecomputedValues) {
  constexpr CustomerHistory of_cdnow{2, 30.43, 38.86}, of_others{2, 30, 39};
  const struct {
    const GgompertzNbd& model;
    CustomerHistory customer;
    double log_likelihood, alive, conditional, expected, none, one, two;
  } rows[] = {
      {cdnow, of_cdnow, -9.50619605196817, .872656234748096, 1.46632068699318, 1.25551464742207,
       .583587140650, .167467851847, .0845223146857},
      {growing, of_others, -9.12137155831952, .776239626279549, 1.22260858137942, 2.89968628509862,
       .308249911456, .183743115025, .125753471645},
      {falling, of_others, -9.636591751572, .720497430733748, 1.07887474406371, 2.06165974685915,
       .431456612321, .188702252605, .110064446208},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.log_likelihood);
    EXPECT_NEAR(row.model.log_likelihood(row.customer) / row.log_likelihood, 1, 1e-12);
    EXPECT_NEAR(row.model.probability_alive(row.customer) / row.alive, 1, 1e-12);
    EXPECT_NEAR(row.model.expected_purchases(row.customer, 39) / row.conditional, 1, 1e-12);
    EXPECT_NEAR(row.model.expected_purchases(39) / row.expected, 1, 1e-12);
    EXPECT_NEAR(row.model.probability_of_purchases(0, 39) / row.none, 1, 1e-10);
    EXPECT_NEAR(row.model.probability_of_purchases(1, 39) / row.one, 1, 1e-10);
    EXPECT_NEAR(row.model.probability_of_purchases(2, 39) / row.two, 1, 1e-10);
  }
}

TEST(GgompertzNbd, ByHandForOneExponentialLifetime) {
  // beta = 1 and s large are lifetimes that end at rate b s for everybody; with r = alpha = 1 and
  // b s = 1, no purchase in (0, 1] is exp(-1) / 2 + the integral of exp(-y) / (1 + y).
  const GgompertzNbd model({.r = 1, .alpha = 1, .b = 0.25, .s = 4, .beta = 1});
  const double integral = 0.46342199266310457;  // e (E1(1) - E1(2)), 16 digits
  EXPECT_NEAR(model.log_likelihood({0, 0, 1}), std::log(std::exp(-1.) / 2 + integral), 1e-14);
  EXPECT_DOUBLE_EQ(model.expected_purchases(1), -std::expm1(-1));
  EXPECT_DOUBLE_EQ(model.probability_alive({3, 1, 1}), 1);
  EXPECT_DOUBLE_EQ(model.probability_alive({3, 1, 1}, 2), std::exp(-2));
  EXPECT_NEAR(model.dropout_rate({3, 1, 1}), 1, 1e-15);
}

TEST(GgompertzNbd, DerivativesAgreeWithThoseAtSixtyDigits) {
  const tests::Table table(tests::kept_file("clv/reference/ggompertz_nbd_derivatives.csv"));
  ASSERT_EQ(table.rows(), 12U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto model = tests::model_of_row<GgompertzNbd>(table, row);
    const CustomerHistory c = tests::history_of_row(table, row);
    const double value = table.number(row, "ll");
    EXPECT_NEAR(model.log_likelihood(c), value, 1e-12 * std::abs(value)) << row;
    tests::expect_derivatives(log_likelihood_derivatives(model, tests::patterns_of(c)), table, row,
                              tests::parameter_names<GgompertzNbd>(), 1 + c.frequency);
  }
}

TEST(GgompertzNbd, ValueOfTheDerivativesIsTheLikelihood) {
  for (const GgompertzNbd* model : models) {
    for (const CustomerHistory& c : histories) {
      SCOPED_TRACE(c.frequency);
      const double value = model->log_likelihood(c);
      const Column x{c.frequency}, t_x{c.recency}, t{c.age};
      const Patterns one(Histories({x, t_x, t}, weeks));
      EXPECT_NEAR(log_likelihood_derivatives(*model, one).value, value,
                  1e-13 * std::max(1.0, std::abs(value)));
    }
  }
}

TEST(GgompertzNbd, DerivativesAreTheSameBytesForAnyNumberOfThreads) {
  const tests::SimulatedBase base(growing, 9000, 3);
  const Patterns patterns(base.histories());
  const auto one = log_likelihood_derivatives(growing, patterns, 1);
  const auto two = log_likelihood_derivatives(growing, patterns, 2);
  EXPECT_EQ(one.value, two.value);
  EXPECT_EQ(one.gradient, two.gradient);
  EXPECT_EQ(one.hessian, two.hessian);
}

TEST(GgompertzNbd, CountsToComeAddUpToOneAndToTheMean) {
  for (const GgompertzNbd* model : models) {
    for (const CustomerHistory& c : histories) {
      if (c.frequency > 30) continue;  // too many counts to add up
      SCOPED_TRACE(c.frequency);
      double total = 0;
      double mean = 0;
      for (unsigned n = 0; n < 400; ++n) {
        const double probability = model->probability_of_purchases(c, n, 20);
        total += probability;
        mean += n * probability;
      }
      EXPECT_NEAR(total, 1, 1e-12);
      EXPECT_NEAR(mean, model->expected_purchases(c, 20), 1e-11 * model->expected_purchases(c, 20));
    }
  }
}

TEST(GgompertzNbd, NoRepeatPurchaseIsTheProbabilityOfNone) {
  for (const GgompertzNbd* model : models) {
    for (const double t : {1e-9, 1.0, 39.0, 2000.0}) {
      EXPECT_NEAR(std::exp(model->log_likelihood({0, 0, t})), model->probability_of_purchases(0, t),
                  1e-14);
    }
    // Young customers tell little, to the last digit: the likelihood falls by r / alpha a week.
    const auto& k = model->params();
    EXPECT_NEAR(model->log_likelihood({0, 0, 1e-12}) / (-1e-12 * k.r / k.alpha), 1, 1e-11);
  }
}

TEST(GgompertzNbd, RatesAreTheMeansThatTheLikelihoodHas) {
  // The mean of a parameter whose law is Gamma(r, alpha) is r / alpha times the likelihood with
  // r + 1 over that with r; and of eta, the hazard at T being eta b exp(b T), likewise.
  for (const GgompertzNbd* model : models) {
    const auto& [r, alpha, b, s, beta] = model->params();
    const GgompertzNbd faster({r + 1, alpha, b, s, beta});
    const GgompertzNbd shorter({r, alpha, b, s + 1, beta});
    for (const CustomerHistory& c : histories) {
      SCOPED_TRACE(c.frequency);
      const double here = model->log_likelihood(c);
      const double rate = r / alpha * std::exp(faster.log_likelihood(c) - here);
      const double hazard =
          b * std::exp(b * c.age) * s / beta * std::exp(shorter.log_likelihood(c) - here);
      // The difference of two likelihoods of thousands of nats has an ulp of these.
      const double tolerance = 1e-12 + 1e-15 * std::abs(here);
      EXPECT_NEAR(model->purchase_rate(c) / rate, 1, tolerance);
      EXPECT_NEAR(model->dropout_rate(c) / hazard, 1, tolerance);
    }
  }
}

TEST(GgompertzNbd, IntervalsAndDiscountingAgreeWithTheMean) {
  for (const GgompertzNbd* model : models) {
    for (const CustomerHistory& c : histories) {
      SCOPED_TRACE(c.frequency);
      const double mean = model->expected_purchases(c, 52);
      EXPECT_NEAR(model->expected_purchases(c, 0, 13) + model->expected_purchases(c, 13, 52), mean,
                  1e-12 * mean);
      EXPECT_EQ(model->discounted_purchases(c, 52, 0), mean);
      EXPECT_LE(model->discounted_purchases(c, 52, 0.0027), mean);
      EXPECT_GE(model->discounted_purchases(c, 52, 0.0027), mean * std::exp(-52 * 0.0027));
      // Every lifetime ends: the mean of all purchases is finite.
      EXPECT_GE(model->discounted_purchases(c, 0), mean);
      EXPECT_TRUE(std::isfinite(model->discounted_purchases(c, 0)));
    }
  }
}

TEST(GgompertzNbd, ChanceToBeActiveIsOddsAndFallsInSilence) {
  for (const GgompertzNbd* model : models) {
    for (const CustomerHistory& c : histories) {
      EXPECT_NEAR(std::exp(model->log_probability_alive(c)), model->probability_alive(c), 1e-15);
      EXPECT_EQ(model->probability_alive(c, 0), model->probability_alive(c));
      EXPECT_LE(model->probability_alive(c, 5), model->probability_alive(c));
    }
    for (int week = 20; week < 100; ++week) {
      EXPECT_GT(model->log_probability_alive({4, 20, 1.0 * week}),
                model->log_probability_alive({4, 20, 1.0 * week + 1}));
    }
    // Far below the smallest double the log is right still: one purchase more moves it on evenly.
    const double many = model->log_probability_alive({3000, 20, 200});
    EXPECT_LT(many, -1000);
    EXPECT_NEAR(model->log_probability_alive({3002, 20, 200}) - many,
                2 * (model->log_probability_alive({3001, 20, 200}) - many), 0.01);
    EXPECT_EQ(model->probability_alive({3000, 20, 200}), 0);
  }
}

TEST(GgompertzNbd, TendsToTheParetoNbd) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("reference_pareto_nbd.csv"));
  for (std::size_t i = 0; i < table.rows(); ++i) {
    // The growth b T and b t must not show: 1000 periods ahead.
    const double b = 1e-17;
    const double beta = table.number(i, "beta") * b;
    const GgompertzNbd model(
        {table.number(i, "r"), table.number(i, "alpha"), b, table.number(i, "s"), beta});
    const CustomerHistory c{table.number(i, "x"), table.number(i, "t_x"), table.number(i, "T")};
    tests::expect_cell(table, i, "ll", model.log_likelihood(c), 1e-12);
    tests::expect_cell(table, i, "p_alive", model.probability_alive(c), 1e-12);
    tests::expect_cell(table, i, "log_p_alive", model.log_probability_alive(c), 1e-12);
    tests::expect_cell(table, i, "ce_39", model.expected_purchases(c, 39), 1e-10);
    tests::expect_cell(table, i, "ce_1000", model.expected_purchases(c, 1000), 1e-10);
    tests::expect_cell(table, i, "dert_1", model.discounted_purchases(c, 0.0027), 1e-10);
    tests::expect_cell(table, i, "ue_1000", model.expected_purchases(1000), 1e-10);
  }
}

TEST(GgompertzNbd, NoStepWhereBetaPassesOneAndWhereGrowthVanishes) {
  const CustomerHistory c{2, 30, 39};
  const auto of_beta = [&](double beta) {
    return GgompertzNbd({1, 10, 0.05, 0.5, beta}).expected_purchases(c, 39);
  };
  const double slope = (of_beta(1 + 1e-4) - of_beta(1 - 1e-4)) / 2e-4;
  for (double step = -1e-11; step < 1.1e-11; step += 1e-12) {
    EXPECT_NEAR(of_beta(1 + step), of_beta(1) + slope * step, 2e-15);
  }
  double before = GgompertzNbd({1, 10, 1e-4, 0.5, 1e-3}).log_likelihood(c);
  for (double b = 1e-5; b > 1e-200; b /= 10) {
    const double now = GgompertzNbd({1, 10, b, 0.5, 10 * b}).log_likelihood(c);
    EXPECT_NEAR(now, before, 1000 * b + 1e-14);
    before = now;
  }
}

TEST(GgompertzNbd, UnitOfTimeScalesOnlyTheDensity) {
  const auto& k = growing.params();
  const GgompertzNbd in_days({k.r, 7 * k.alpha, k.b / 7, k.s, k.beta});
  for (const CustomerHistory& c : histories) {
    SCOPED_TRACE(c.frequency);
    const CustomerHistory days{c.frequency, 7 * c.recency, 7 * c.age};
    EXPECT_NEAR(in_days.log_probability_alive(days), growing.log_probability_alive(c),
                1e-12 * (1 + c.frequency));
    EXPECT_NEAR(in_days.expected_purchases(days, 7 * 39.), growing.expected_purchases(c, 39),
                1e-12 * growing.expected_purchases(c, 39) * (1 + c.frequency));
    EXPECT_NEAR(in_days.log_likelihood(days) + c.frequency * std::log(7.),
                growing.log_likelihood(c), 1e-14 * (10 + 10 * c.frequency));
  }
}

// -- Fits --------------------------------------------------------------------------------------

// "golden" 1.1 and 1.4: both bases are best served by the limit, the Pareto/NBD, whose maximum is
// -9594.976179 and -5848.097827.
TEST(GgompertzNbdFit, SaysThatCdnowAndApparelAreOfTheParetoNbd) {
  RAPPORT_REQUIRE_DATA();
  const auto sample = fit<GgompertzNbd>(tests::cdnow().histories());
  EXPECT_EQ(sample.status, FitStatus::not_identified) << sample.message;
  EXPECT_NE(sample.message.find("b and beta run to 0 together"), std::string::npos)
      << sample.message;
  EXPECT_NE(sample.message.find("Pareto/NBD"), std::string::npos);
  EXPECT_NEAR(sample.log_likelihood, -9594.976179, 1e-4);
  EXPECT_NEAR(sample.params.r / .5532771, 1, 5e-4);
  EXPECT_NEAR(sample.params.alpha / 10.57768, 1, 5e-4);
  EXPECT_NEAR(sample.params.s / .6062401, 1, 2e-3);
  EXPECT_NEAR(sample.params.beta / sample.params.b / 11.66874, 1, 2e-3);

  const auto apparel =
      fit<GgompertzNbd>(tests::summarise("apparel_transactions.csv", "2006-12-31").histories());
  EXPECT_EQ(apparel.status, FitStatus::not_identified) << apparel.message;
  EXPECT_NEAR(apparel.log_likelihood, -5848.097827, 1e-4);
  EXPECT_NEAR(apparel.params.r / 1.448939, 1, 1e-3);
  EXPECT_NEAR(apparel.params.beta / apparel.params.b / 46.88212, 1, 5e-3);
}

TEST(GgompertzNbdFitSlow, FindsItsParametersAgain) {
  // Hazards that grow within the time seen: else b is not identified.
  const GgompertzNbd truth({.r = 0.9, .alpha = 2, .b = 0.2, .s = 0.8, .beta = 25});
  const tests::SimulatedBase base(truth, 20000, 5);
  const auto found = fit<GgompertzNbd>(base.histories(), {.threads = 2});
  ASSERT_TRUE(found.usable()) << found.message;
  const auto errors = found.standard_errors();
  const double expected[] = {0.9, 2, 0.2, 0.8, 25};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(found.parameters[i], expected[i], 3 * errors[i]) << found.names[i];
  }
}

TEST(GgompertzNbdFit, SaysWhatSmallDataCannotTell) {
  const auto fit_of = [](Column x, Column t_x, Column t) {
    return fit<GgompertzNbd>(Histories({.frequency = x, .recency = t_x, .age = t}, weeks));
  };
  const auto nobody = fit_of({}, {}, {});
  EXPECT_EQ(nobody.status, FitStatus::too_little_data);
  const auto one_timers = fit_of({0, 0, 0}, {0, 0, 0}, {39, 30, 12});
  EXPECT_EQ(one_timers.status, FitStatus::too_little_data);
  const auto equal = fit_of({4, 4, 4, 4}, {20, 20, 20, 20}, {40, 40, 40, 40});
  EXPECT_EQ(equal.status, FitStatus::not_identified) << equal.message;
  const auto one = fit_of({10000}, {20}, {39});
  EXPECT_EQ(one.status, FitStatus::not_identified) << one.message;
  for (const auto* found : {&nobody, &one_timers, &equal, &one}) {
    EXPECT_TRUE(std::isfinite(found->log_likelihood));
    EXPECT_NO_THROW((void)found->model());
  }
}

TEST(GgompertzNbdFitSlow, ForecastsWithIntervals) {
  const GgompertzNbd truth({.r = 0.9, .alpha = 2, .b = 0.2, .s = 0.8, .beta = 25});
  const tests::SimulatedBase base(truth, 1500, 8);
  const Histories all = base.histories();
  const auto found = fit<GgompertzNbd>(all);
  ASSERT_TRUE(found.usable()) << found.message;
  const Forecast forecast = clv::forecast(found, all);
  EXPECT_GT(forecast.total.value, forecast.total.low);
  EXPECT_LT(forecast.total.value, forecast.total.high);
}

TEST(GgompertzNbd, RejectsParametersThatAreNotPositive) {
  for (std::size_t i = 0; i < 5; ++i) {
    for (const double bad : {0.0, -1.0, std::nan(""), double{INFINITY}}) {
      Column parameters(5, 1);
      parameters[i] = bad;
      EXPECT_THROW(GgompertzNbd(params_of<GgompertzNbd>(parameters)), std::domain_error);
    }
  }
}

}  // namespace
}  // namespace rapport::clv
