#include <rapport/clv/pareto_nbd_varying.hpp>

#include <gtest/gtest.h>

#include "support/apparel.hpp"
#include "support/seasons.hpp"

#include <cmath>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

using tests::Apparel;
using tests::Seasons;

const ParetoNbdVarying seasonal({.r = 0.9,
                                 .alpha = 8,
                                 .s = 0.7,
                                 .beta = 6,
                                 .purchase = {{"season", "kind"}, {0.6, -0.3}},
                                 .dropout = {{"season", "kind"}, {-0.8, 0.4}}});

const Apparel& apparel() {
  static const Apparel data(true);
  return data;
}

const VaryingHistories& apparel_histories() {
  static const VaryingHistories data = apparel().varying();
  return data;
}

const std::vector<std::string> all_names = {"high_season", "gender", "channel"};

ParetoNbdVarying golden_model() {
  return ParetoNbdVarying({.r = 1.8,
                           .alpha = 90,
                           .s = 0.6,
                           .beta = 50,
                           .purchase = {all_names, {0.5, 0.3, 0.6}},
                           .dropout = {all_names, {0.1, -0.6, 0.8}}});
}

TEST(ParetoNbdVarying, ReproducesTheGoldenLogLikelihoods) {
  RAPPORT_REQUIRE_DATA();
  const auto& data = apparel_histories();
  const struct {
    ParetoNbdVarying model;
    double total;
    std::vector<double> rows;
  } cases[] = {{ParetoNbdVarying({std::exp(-1),
                                  1,
                                  std::exp(1.23),
                                  std::exp(2.344),
                                  {all_names, {0.456, 0.567, 0.678}},
                                  {all_names, {0.123, 0.234, 0.345}}}),
                -8243.1412100647,
                {-32.8065587100311, -20.6553608750812, -.5064252991228, -13.1009713209588,
                 -27.9237304345249}},
               {golden_model(),
                -5763.8245435207,
                {-25.0682377490608, -10.6626072345739, -1.2859665121853, -6.7428970019878,
                 -18.6602594938991}}};
  const int ids[] = {1, 10, 100, 101, 2};
  for (const auto& [model, total, rows] : cases) {
    double sum = 0;
    for (std::size_t row = 0; row < data.size(); ++row) sum += model.log_likelihood(data, row);
    EXPECT_NEAR(sum, total, 1e-9);
    EXPECT_NEAR(log_likelihood_derivatives(model, data).value, total, 1e-9);
    for (std::size_t i = 0; i < 5; ++i) {
      SCOPED_TRACE(ids[i]);
      EXPECT_NEAR(model.log_likelihood(data, apparel().row(ids[i])), rows[i], 1e-12);
    }
  }
}

TEST(ParetoNbdVarying, ReproducesTheGoldenPredictions) {
  RAPPORT_REQUIRE_DATA();
  const auto& data = apparel_histories();
  const ParetoNbdVarying model = golden_model();
  const struct {
    int id;
    double alive, expected, discounted_1, discounted_2;
  } rows[] = {
      {1, .94046074225482, 3.54800570172445, .344819388183074, 3.20848959425376},
      {10, .98533857541558, 2.09840318159851, .199351609387979, 1.89589709758530},
      {100, .35316204798232, .35625944391436, .033845208645696, .32187867976356},
      {101, .32462582763986, .58377383383910, .057097646372438, .52804332778289},
      {2, .92174264293438, 2.99610843587443, .284635023350220, 2.70696944106712},
  };
  for (const auto& [id, alive, expected, discounted_1, discounted_2] : rows) {
    SCOPED_TRACE(id);
    const std::size_t row = apparel().row(id);
    EXPECT_NEAR(model.probability_alive(data, row) / alive, 1, 1e-13);
    EXPECT_NEAR(std::exp(model.log_probability_alive(data, row)) / alive, 1, 1e-13);
    EXPECT_NEAR(model.expected_purchases(data, row, 104) / expected, 1, 1e-13);
    EXPECT_NEAR(model.discounted_purchases(data, row, 104, 0.1) / discounted_1, 1, 1e-13);
    EXPECT_NEAR(model.discounted_purchases(data, row, 104, 0.002) / discounted_2, 1, 1e-13);
  }
  EXPECT_NEAR(model.expected_purchases(data, apparel().row(1), 10), .341437136553733, 1e-13);
  EXPECT_NEAR(model.expected_purchases(data, apparel().row(100), 10), .033395677249001, 1e-13);
  double alive = 0, expected = 0, discounted_1 = 0, discounted_2 = 0;
  for (std::size_t row = 0; row < data.size(); ++row) {
    alive += model.probability_alive(data, row);
    expected += model.expected_purchases(data, row, 104);
    discounted_1 += model.discounted_purchases(data, row, 104, 0.1);
    discounted_2 += model.discounted_purchases(data, row, 104, 0.002);
  }
  EXPECT_NEAR(alive, 294.033303765727, 1e-10);
  EXPECT_NEAR(expected, 822.019733772228, 1e-10);
  EXPECT_NEAR(discounted_1, 79.660568464618, 1e-10);
  EXPECT_NEAR(discounted_2, 743.269478857, 1e-8);
}

TEST(ParetoNbdVarying, FitsTheGoldenAnchor) {
  RAPPORT_REQUIRE_DATA();
  const auto fit = fit_varying<ParetoNbdVarying>(
      apparel_histories(), {.purchase = all_names, .dropout = {"gender", "channel"}});
  EXPECT_EQ(fit.status, FitStatus::converged) << fit.message;
  EXPECT_NEAR(fit.log_likelihood, -5753.325734, 1e-5);
  const double golden[] = {2.117349, 123.0067, .809382,  59.71560, .719545,
                           .265179,  .621749,  -.581431, .613759};
  const char* names[] = {"r",
                         "alpha",
                         "s",
                         "beta",
                         "purchase.high_season",
                         "purchase.gender",
                         "purchase.channel",
                         "dropout.gender",
                         "dropout.channel"};
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_EQ(fit.names[i], names[i]);
    EXPECT_NEAR(fit.parameters[i] / golden[i], 1, 5e-4) << names[i];
  }
  const ParetoNbdVarying model = fit.model();
  double expected = 0, alive = 0;
  for (std::size_t row = 0; row < apparel_histories().size(); ++row) {
    expected += model.expected_purchases(apparel_histories(), row, 1450.0 / 7);
    alive += model.probability_alive(apparel_histories(), row);
  }
  EXPECT_NEAR(expected, 1269.4587, 0.02);
  EXPECT_NEAR(alive / 600, .457797, 1e-5);
}

TEST(ParetoNbdVarying, FitsTheGoldenPurchaseCovariatesAlone) {
  RAPPORT_REQUIRE_DATA();
  const auto fit =
      fit_varying<ParetoNbdVarying>(apparel_histories(), {.purchase = all_names, .dropout = {}});
  EXPECT_EQ(fit.status, FitStatus::converged) << fit.message;
  EXPECT_NEAR(fit.log_likelihood, -5760.236252, 1e-5);
  const double golden[] = {2.127699, 124.3738, .681570, 47.39360, .718496, .360050, .525041};
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_NEAR(fit.parameters[i] / golden[i], 1, 5e-4) << fit.names[i];
  }
}

TEST(ParetoNbdVaryingSlow, NamesTheCoefficientThatASeparationSendsToMinusInfinity) {
  RAPPORT_REQUIRE_DATA();
  const auto fit = fit_varying<ParetoNbdVarying>(apparel_histories(),
                                                 {.purchase = all_names, .dropout = all_names});
  EXPECT_EQ(fit.status, FitStatus::not_identified);
  EXPECT_FALSE(fit.usable());
  EXPECT_NE(fit.message.find("dropout.high_season runs to minus infinity"), std::string::npos)
      << fit.message;
  EXPECT_NEAR(fit.log_likelihood, -5752.6232, 1e-4);
}

// Of the static covariates in golden.md 1.4: gender and channel do not change over time.
TEST(ParetoNbdVarying, ConstantCovariatesGiveTheGoldenFitWithStaticOnes) {
  RAPPORT_REQUIRE_DATA();
  const auto plain = fit_varying<ParetoNbdVarying>(apparel_histories(), {});
  EXPECT_TRUE(plain.usable()) << plain.message;
  EXPECT_NEAR(plain.log_likelihood, -5848.097827, 1e-5);
  const auto fit = fit_varying<ParetoNbdVarying>(
      apparel_histories(), {.purchase = {"gender", "channel"}, .dropout = {"gender", "channel"}});
  ASSERT_TRUE(fit.usable()) << fit.message;
  EXPECT_NEAR(fit.log_likelihood, -5821.062686, 1e-5);
  const double golden[] = {1.838967, 92.96295, .591304,  49.51309,
                           .286135,  .623930,  -.641868, .789759};
  const double errors[] = {.3457, 16.9749, .2603, 36.1445, .1041, .1049, .2956, .3058};
  const auto standard_errors = fit.standard_errors();
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_NEAR(fit.parameters[i] / golden[i], 1, 5e-4) << fit.names[i];
    EXPECT_NEAR(standard_errors[i] / errors[i], 1, 2e-3) << fit.names[i];
  }
}

TEST(ParetoNbdVarying, AgreesWithACaseByHand) {
  // No repeat purchase in two weeks, of which the second is in season. With r = s = 1 and no effect
  // on dropping out the integral is elementary: 1 / ((beta + y)^2 (alpha + a y)) in each week.
  const Seasons data({0, 1}, {{2, {}}});
  const double a = std::exp(0.5);
  const ParetoNbdVarying model(
      {.r = 1, .alpha = 3, .s = 1, .beta = 2, .purchase = {{"season"}, {0.5}}, .dropout = {}});
  // int dy / ((B + y)^2 (A + a y)) = [-1 / ((A - a B) (B + y)) - a / (A - a B)^2
  //                                   ln((B + y) / (A + a y))].
  const auto integral = [](double big_a, double rate, double big_b) {
    const double gap = big_a - rate * big_b;
    const auto at = [&](double y) {
      return -1 / (gap * (big_b + y)) -
             rate / (gap * gap) * std::log((big_b + y) / (big_a + rate * y));
    };
    return at(1) - at(0);
  };
  const double active = 1 / ((4 + a) * 4);
  const double dropped = integral(3, 1, 2) + integral(4, a, 3);
  EXPECT_NEAR(model.log_likelihood(data.histories(), 0), std::log(3 * 2 * (active + dropped)),
              1e-14);
  EXPECT_NEAR(model.probability_alive(data.histories(), 0), active / (active + dropped), 1e-14);
}

TEST(ParetoNbdVarying, EqualCoefficientsAndPenaltiesAreKept) {
  const auto data = Seasons::simulated(seasonal, 400, 40, 52);
  const CovariateNames names{.purchase = {"season", "kind"}, .dropout = {"season", "kind"}};
  const auto free = fit_varying<ParetoNbdVarying>(data.histories(), names);
  const auto equal = fit_varying<ParetoNbdVarying>(data.histories(), names, {.equal = {"kind"}});
  ASSERT_TRUE(equal.usable()) << equal.message;
  EXPECT_EQ(equal.params.purchase.values[1], equal.params.dropout.values[1]);
  EXPECT_EQ(equal.names[5], "both.kind");
  EXPECT_EQ(equal.parameters.size(), 7U);
  EXPECT_LE(equal.log_likelihood, free.log_likelihood + 1e-9);
  const auto next = estimate_of(equal, Quantity::positive, [&](const ParetoNbdVarying& m) {
    return m.expected_purchases(data.histories(), 3, 5);
  });
  EXPECT_EQ(next.value, equal.model().expected_purchases(data.histories(), 3, 5));
  EXPECT_LT(0, next.low);
  EXPECT_LT(next.low, next.value);
  EXPECT_LT(next.value, next.high);
  const auto small = fit_varying<ParetoNbdVarying>(
      data.histories(), names, {.purchase_penalty = 0.1, .dropout_penalty = 10});
  ASSERT_TRUE(small.usable()) << small.message;
  EXPECT_LT(std::abs(small.params.dropout.values[0]), 0.01);
  EXPECT_LE(small.log_likelihood, free.log_likelihood + 1e-9);
  double penalty = 0;
  for (const double c : small.params.purchase.values) penalty += 0.1 * c * c;
  for (const double c : small.params.dropout.values) penalty += 10 * c * c;
  EXPECT_NEAR(small.objective, -small.log_likelihood / 400 + penalty, 1e-12);
  EXPECT_NEAR(log_likelihood_derivatives(small.model(), data.histories()).value,
              small.log_likelihood, 1e-9);
}

TEST(ParetoNbdVarying, TroubleIsAStatusThatNamesIt) {
  const auto data = Seasons::simulated(seasonal, 200, 40, 52);
  // Nobody at all, and nobody who came back.
  const auto none = fit_varying<ParetoNbdVarying>(Seasons({0, 1}, {}).histories(), {});
  EXPECT_EQ(none.status, FitStatus::too_little_data);
  const auto once = fit_varying<ParetoNbdVarying>(
      Seasons({0, 1, 0}, {{2, {}}, {2, {}, 1}}).histories(), {.purchase = {"kind"}, .dropout = {}});
  EXPECT_EQ(once.status, FitStatus::too_little_data);
  // A covariate that never changes says nothing.
  const Seasons flat({1, 1, 1, 1}, {{3, {1, 2}}, {3, {2.5}, 1}, {2, {}}, {3, {0.5}, 1}});
  const auto constant =
      fit_varying<ParetoNbdVarying>(flat.histories(), {.purchase = {"season"}, .dropout = {}});
  EXPECT_FALSE(constant.usable());
  EXPECT_EQ(constant.parameters[4], 0);
  const auto stopped = fit_varying<ParetoNbdVarying>(
      data.histories(), {.purchase = {"season"}, .dropout = {}}, {.max_iterations = 1});
  EXPECT_EQ(stopped.status, FitStatus::iteration_limit);
  EXPECT_THROW(
      (void)fit_varying<ParetoNbdVarying>(data.histories(), {.purchase = {"x"}, .dropout = {}}),
      std::invalid_argument);
  EXPECT_THROW((void)fit_varying<ParetoNbdVarying>(
                   data.histories(), {.purchase = {"season", "season"}, .dropout = {}}),
               std::invalid_argument);
  EXPECT_THROW(
      (void)fit_varying<ParetoNbdVarying>(data.histories(), {.purchase = {"season"}, .dropout = {}},
                                          {.equal = {"season"}}),
      std::invalid_argument);
  EXPECT_THROW(
      (void)fit_varying<ParetoNbdVarying>(data.histories(), {.purchase = {"season"}, .dropout = {}},
                                          {.purchase_penalty = -1}),
      std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
