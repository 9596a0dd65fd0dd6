#include <rapport/clv/mbg_nbd_varying.hpp>

#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/simulate.hpp>

#include <gtest/gtest.h>

#include "support/apparel.hpp"
#include "support/seasons.hpp"
#include "support/varying_derivatives.hpp"

#include <cmath>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

using tests::Seasons;

const MbgNbdVarying seasonal({.r = 0.9,
                              .alpha = 8,
                              .a = 0.7,
                              .b = 2.5,
                              .purchase = {{"season", "kind"}, {0.6, -0.3}},
                              .dropout = {{"season", "kind"}, {-0.8, 0.4}}});

TEST(MbgNbdVarying, AgreesWithACaseByHand) {
  // One repeat purchase at 1.5 of 3 weeks; the season is on in the second week alone. With
  // r = 1 all is rational in the two multipliers u = e^0.5 and v = e^-1.
  const Seasons data({0, 1, 0}, {{3, {1.5}}});
  const MbgNbdVarying model({.r = 1,
                             .alpha = 2,
                             .a = 1,
                             .b = 3,
                             .purchase = {{"season"}, {0.5}},
                             .dropout = {{"season"}, {-1}}});
  const double u = std::exp(0.5);
  const double v = std::exp(-1.0);
  const double at_last = 2 + 1 + u / 2;
  const double at_end = 2 + 2 + u;
  const double odds = v / 4;
  const double active = 1 / (at_end * at_end);
  const double dropped = odds / (at_last * at_last);
  const double likelihood = 2 * u * 0.75 / (1 + odds) * (active + dropped);
  EXPECT_NEAR(model.log_likelihood(data.histories(), 0), std::log(likelihood), 1e-14);
  EXPECT_NEAR(model.probability_alive(data.histories(), 0), active / (active + dropped), 1e-15);
}

TEST(MbgNbdVarying, MatchesFiftyDigitDerivatives) {
  tests::expect_reference_derivatives<MbgNbdVarying>("mbg_nbd");
}

TEST(MbgNbdVarying, WithoutCoefficientsIsThePlainModel) {
  const Seasons data = Seasons::usual();
  const MbgNbdVarying model(
      {.r = 0.9, .alpha = 8, .a = 0.7, .b = 2.5, .purchase = {}, .dropout = {}});
  const MbgNbdVarying zero({.r = 0.9,
                            .alpha = 8,
                            .a = 0.7,
                            .b = 2.5,
                            .purchase = {{"season", "kind"}, {0, 0}},
                            .dropout = {{"season", "kind"}, {0, 0}}});
  const MbgNbd plain({.r = 0.9, .alpha = 8, .a = 0.7, .b = 2.5});
  for (std::size_t row = 0; row < data.size(); ++row) {
    SCOPED_TRACE(row);
    const auto& d = data.histories();
    const CustomerHistory c = d.history(row);
    for (const auto* each : {&model, &zero}) {
      EXPECT_NEAR(each->log_likelihood(d, row), plain.log_likelihood(c), 1e-13);
      EXPECT_NEAR(each->probability_alive(d, row), plain.probability_alive(c), 1e-14);
      EXPECT_NEAR(each->expected_purchases(d, row, 7.5) / plain.expected_purchases(c, 7.5), 1,
                  1e-12);
      EXPECT_NEAR(
          each->discounted_purchases(d, row, 7.5, 0.03) / plain.discounted_purchases(c, 7.5, 0.03),
          1, 1e-11);
      EXPECT_NEAR(each->probability_of_no_purchase(d, row, 7.5),
                  plain.probability_of_no_purchase(c, 7.5), 1e-14);
    }
  }
}

TEST(MbgNbdVarying, ConstantCovariatesMultiplyAlphaAndA) {
  const Seasons data = Seasons::usual();
  const MbgNbdVarying model({.r = 0.9,
                             .alpha = 8,
                             .a = 0.7,
                             .b = 2.5,
                             .purchase = {{"kind"}, {0.5}},
                             .dropout = {{"kind"}, {-0.75}}});
  for (std::size_t row = 0; row < data.size(); ++row) {
    SCOPED_TRACE(row);
    const double kind = data.kind(row);
    const MbgNbd plain({.r = 0.9,
                        .alpha = 8 * std::exp(-0.5 * kind),
                        .a = 0.7 * std::exp(-0.75 * kind),
                        .b = 2.5});
    const auto& d = data.histories();
    const CustomerHistory c = d.history(row);
    EXPECT_NEAR(model.log_likelihood(d, row), plain.log_likelihood(c), 1e-13);
    EXPECT_NEAR(model.probability_alive(d, row), plain.probability_alive(c), 1e-14);
    EXPECT_NEAR(model.expected_purchases(d, row, 7) / plain.expected_purchases(c, 7), 1, 1e-12);
    EXPECT_NEAR(
        model.discounted_purchases(d, row, 7, 0.03) / plain.discounted_purchases(c, 7, 0.03), 1,
        1e-11);
  }
}

TEST(MbgNbdVarying, ChangingOddsThatHardlyChangeAgreeWithTheClosedForm) {
  // The scheme for changing odds beside the plain future: a coefficient too small to matter, yet
  // enough to take the other way.
  const Seasons data = Seasons::usual();
  const MbgNbdVarying model({.r = 0.9,
                             .alpha = 8,
                             .a = 0.7,
                             .b = 2.5,
                             .purchase = {{"season"}, {0.6}},
                             .dropout = {{"season"}, {1e-14}}});
  const MbgNbdVarying constant(
      {.r = 0.9, .alpha = 8, .a = 0.7, .b = 2.5, .purchase = {{"season"}, {0.6}}, .dropout = {}});
  const auto& d = data.histories();
  for (std::size_t row = 0; row < data.size(); ++row) {
    SCOPED_TRACE(row);
    for (const double t : {0.01, 1.0, 7.5}) {
      EXPECT_NEAR(model.expected_purchases(d, row, t) / constant.expected_purchases(d, row, t), 1,
                  1e-11);
    }
    EXPECT_EQ(model.expected_purchases(d, row, 0), 0);
  }
}

TEST(MbgNbdVarying, ExpectationsAddUpAndDiscountsVanish) {
  const Seasons data = Seasons::usual();
  const auto& d = data.histories();
  for (std::size_t row = 0; row < data.size(); ++row) {
    SCOPED_TRACE(row);
    EXPECT_EQ(seasonal.expected_purchases(d, row, 0), 0);
    EXPECT_NEAR(
        seasonal.discounted_purchases(d, row, 7, 1e-12) / seasonal.expected_purchases(d, row, 7), 1,
        1e-10);
    double before = seasonal.probability_alive(d, row);
    EXPECT_NEAR(seasonal.probability_alive(d, row, 0), before, 1e-15);
    for (double t = 0.5; t <= 7.5; t += 0.5) {
      const double now = seasonal.probability_alive(d, row, t);
      EXPECT_LT(now, before);
      EXPECT_LE(seasonal.probability_of_no_purchase(d, row, t), 1);
      before = now;
    }
  }
}

TEST(MbgNbdVarying, SimulatedNewCustomersBuyAsExpected) {
  // 200,000 customers: errors of the means are some 0.004.
  const Seasons data({0, 0, 0.5, 1, 1, 0, 0, 2, 0, 0, 1, 1}, {{0, {}}});
  const auto& d = data.histories();
  constexpr double horizon = 11.5;
  constexpr int customers = 200000;
  double bought = 0, squares = 0, none = 0, worth = 0;
  for (int i = 0; i < customers; ++i) {
    math::RandomStream stream(7, static_cast<std::uint64_t>(i));
    const auto times = draw_purchases(seasonal, d, 0, horizon, stream);
    const auto n = static_cast<double>(times.size());
    bought += n;
    squares += n * n;
    none += times.empty();
    for (const double time : times) worth += std::exp(-0.1 * time);
  }
  const double mean = bought / customers;
  const double error = std::sqrt((squares / customers - mean * mean) / customers);
  EXPECT_NEAR(mean, seasonal.expected_purchases(d, 0, horizon), 3 * error);
  EXPECT_NEAR(worth / customers, seasonal.discounted_purchases(d, 0, horizon, 0.1), 3 * error);
  EXPECT_NEAR(none / customers, seasonal.probability_of_no_purchase(d, 0, horizon), 0.0035);
}

TEST(MbgNbdVaryingSlow, FindsTheParametersOfASimulation) {
  const auto data = Seasons::simulated(seasonal, 20000, 40, 52);
  const auto fit = fit_varying<MbgNbdVarying>(
      data.histories(), {.purchase = {"season", "kind"}, .dropout = {"season", "kind"}},
      {.threads = 2});
  ASSERT_TRUE(fit.usable()) << fit.message;
  const double truth[] = {0.9, 8, 0.7, 2.5, 0.6, -0.3, -0.8, 0.4};
  const auto errors = fit.standard_errors();
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_NEAR(fit.parameters[i], truth[i], 3 * errors[i]) << fit.names[i];
  }
  // What is expected of the time ahead is what comes, and where.
  const auto actual = data.purchases_after();
  double expected = 0, bought = 0, squares = 0;
  for (std::size_t row = 0; row < data.size(); ++row) {
    expected += fit.model().expected_purchases(data.histories(), row, 12);
    bought += actual[row];
    squares += actual[row] * actual[row];
  }
  EXPECT_NEAR(expected, bought, 3 * std::sqrt(squares) + 0.01 * bought);
}

TEST(MbgNbdVarying, FitsTheApparelDataInSeconds) {
  RAPPORT_REQUIRE_DATA();
  const tests::Apparel apparel(true);
  const auto data = apparel.varying();
  const auto plain = fit_varying<MbgNbdVarying>(data, {});
  EXPECT_NEAR(plain.log_likelihood, -5848.045278, 1e-5);  // golden.md 1.4
  const auto fit = fit_varying<MbgNbdVarying>(
      data, {.purchase = {"high_season", "gender", "channel"}, .dropout = {"gender", "channel"}});
  ASSERT_TRUE(fit.usable()) << fit.message;
  // As far above the plain model as Pareto/NBD's anchor in golden.md is: season matters here too.
  EXPECT_NEAR(fit.log_likelihood, -5753.73, 0.01);
}

TEST(MbgNbdVarying, RejectsWhatIsNoModel) {
  const MbgNbdVarying::Params good{1, 1, 1, 1, {{"x"}, {0}}, {}};
  EXPECT_NO_THROW(MbgNbdVarying{good});
  auto bad = good;
  bad.b = 0;
  EXPECT_THROW(MbgNbdVarying{bad}, std::domain_error);
  bad = good;
  bad.purchase.values = {std::nan("")};
  EXPECT_THROW(MbgNbdVarying{bad}, std::domain_error);
  bad = good;
  bad.dropout.values = {1};
  EXPECT_THROW(MbgNbdVarying{bad}, std::invalid_argument);
  const Seasons data = Seasons::usual();
  EXPECT_THROW((void)MbgNbdVarying(good).log_likelihood(data.histories(), 0),
               std::invalid_argument);
  EXPECT_THROW((void)seasonal.expected_purchases(data.histories(), 0, -1), std::domain_error);
  EXPECT_THROW((void)seasonal.expected_purchases(data.histories(), 0, 1e6), std::domain_error);
  EXPECT_THROW((void)seasonal.discounted_purchases(data.histories(), 0, 1, -1), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
