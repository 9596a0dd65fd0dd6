#include <rapport/clv/mbg_nbd_varying.hpp>

#include <gtest/gtest.h>

#include "support/apparel.hpp"
#include "support/seasons.hpp"

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

TEST(MbgNbdVarying, ExpectsOfSimulatedCustomersWhatComes) {
  const auto data = Seasons::simulated(seasonal, 4000, 40, 52);
  const auto actual = data.purchases_after();
  double expected = 0, bought = 0, squares = 0;
  for (std::size_t row = 0; row < data.size(); ++row) {
    expected += seasonal.expected_purchases(data.histories(), row, 12);
    bought += actual[row];
    squares += actual[row] * actual[row];
  }
  // A sum of independent counts has a variance below the sum of their squares.
  EXPECT_NEAR(expected, bought, 3 * std::sqrt(squares));
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

}  // namespace
}  // namespace rapport::clv
