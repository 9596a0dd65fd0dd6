#include <rapport/clv/mbg_nbd.hpp>

#include "support/beta_geometric.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::clv {
namespace {

static_assert(RepeatBuyingModel<MbgNbd>);

// The CDNOW estimates that Platzer and Reutterer (2016) report; a period is a week.
const MbgNbd cdnow({.r = 0.525, .alpha = 6.183, .a = 0.891, .b = 1.614});

// Point values at 40 digits.
TEST(MbgNbd, MatchesFortyDigits) {
  EXPECT_NEAR(cdnow.expected_purchases(1), .0530847952637, 1e-13);
  EXPECT_NEAR(cdnow.expected_purchases(39), 1.1829536656, 1e-10);
  EXPECT_NEAR(cdnow.expected_purchases(78), 1.80475757755, 1e-11);
  EXPECT_NEAR(cdnow.expected_purchases({2, 30.43, 38.86}, 39), 1.26296062326737, 1e-13);
  EXPECT_NEAR(cdnow.probability_alive({2, 30.43, 38.86}), .706202265118487, 1e-14);
  EXPECT_NEAR(cdnow.probability_alive({0, 0, 38.86}), .389735080918763, 1e-14);
  EXPECT_NEAR(cdnow.expected_purchases({0, 0, 38.86}, 39), .1540127467, 1e-10);
  EXPECT_NEAR(cdnow.probability_alive({1, 1.71, 38.86}), .1708364843, 1e-10);
  EXPECT_NEAR(cdnow.expected_purchases({1, 1.71, 38.86}, 39), .1888365414, 1e-10);
  EXPECT_NEAR(cdnow.probability_alive({7, 29.43, 38.86}), .6227238142, 1e-10);
  EXPECT_NEAR(cdnow.expected_purchases({7, 29.43, 38.86}, 39), 3.167572432, 1e-9);
  // Hardie's note 027.
  const MbgNbd note({.r = .25, .alpha = 4, .a = .8, .b = 2.5});
  EXPECT_NEAR(note.log_likelihood({0, 0, 40}), -.41792826204498, 1e-14);
  EXPECT_NEAR(note.log_likelihood({200, 38, 40}) / 100.786909760991, 1, 1e-12);
}

TEST(MbgNbd, DoubtsWhoeverBoughtOnce) {
  EXPECT_DOUBLE_EQ(cdnow.probability_alive({0, 0, 0}), 1.614 / (0.891 + 1.614));
  EXPECT_GT(cdnow.probability_alive({0, 0, 10}), cdnow.probability_alive({0, 0, 20}));
  EXPECT_LT(cdnow.probability_alive({0, 0, 1e6}), 1e-2);
}

TEST(MbgNbd, KeepsTheDigitsOfAYoungCustomersLikelihood) {
  // ln(1 - b / (a + b) (1 - (1 + T / alpha)^-r)) with T / alpha = 1e-10: -b / (a + b) r 1e-10, less
  // its square's share.
  const double first = 1.614 / 2.505 * 0.525 * 1e-10;
  EXPECT_NEAR(cdnow.log_likelihood({0, 0, 6.183e-10}) / -first, 1, 1e-9);
  EXPECT_EQ(cdnow.log_likelihood({0, 0, 0}), 0);
}

TEST(MbgNbd, LikelihoodOfSilenceIsTheProbabilityOfNoPurchase) {
  for (const double age : {1e-6, 1.0, 38.86, 1e4}) {
    EXPECT_NEAR(cdnow.log_likelihood({0, 0, age}),
                std::log(cdnow.probability_of_no_purchase({}, age)), 1e-14);
  }
}

TEST(MbgNbd, AddsUpOverCdnowAsPublished) {
  RAPPORT_REQUIRE_DATA();
  const MbgNbd model({.r = .5248432, .alpha = 6.183086, .a = .8913594, .b = 1.614002});
  tests::expect_cdnow_sums(
      model,
      {.log_likelihood = -9582.135716, .purchases = 1576.728248, .probability_alive = .448721});
}

TEST(MbgNbdReference, EveryRowOfTheTable) {
  RAPPORT_REQUIRE_DATA();
  tests::expect_every_row<MbgNbd>("reference_mbg_nbd.csv");
}

TEST(MbgNbd, RejectsParametersThatAreNotPositive) {
  EXPECT_THROW(MbgNbd({.r = 0, .alpha = 1, .a = 1, .b = 1}), std::domain_error);
  EXPECT_THROW(MbgNbd({.r = 1, .alpha = 0, .a = 1, .b = 1}), std::domain_error);
  EXPECT_THROW(MbgNbd({.r = 1, .alpha = 1, .a = -1, .b = 1}), std::domain_error);
  EXPECT_THROW(MbgNbd({.r = 1, .alpha = 1, .a = 1, .b = std::nan("")}), std::domain_error);
  EXPECT_THROW(MbgNbd({.r = 1, .alpha = 1, .a = 1, .b = INFINITY}), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
