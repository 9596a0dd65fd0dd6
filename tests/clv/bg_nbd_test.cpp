#include <rapport/clv/bg_nbd.hpp>

#include "support/beta_geometric.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::clv {
namespace {

static_assert(RepeatBuyingModel<BgNbd>);

// The CDNOW estimates that Fader, Hardie and Lee (2005) report; a period is a week.
const BgNbd cdnow({.r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426});

// The point values are computed at 40 digits, and agree with the digits that the paper and its
// spreadsheet print.
TEST(R59_CustomerValue, BgNbdExpectsWhatThePaperExpects) {
  EXPECT_NEAR(cdnow.expected_purchases({2, 30.43, 38.86}, 39), 1.22602817476714, 1e-13);
  EXPECT_NEAR(cdnow.probability_alive({2, 30.43, 38.86}), 0.726578570080673, 1e-14);
}

TEST(BgNbd, MatchesFortyDigitsForNewCustomers) {
  constexpr struct {
    double t, expected;
  } rows[] = {{0.1429, .007828347516}, {1, .05326789117}, {3, .1508652309},
              {31.8571, 1.041996061},  {32, 1.045243328}, {78, 1.860519058},
              {39, 1.19672319332}};
  for (const auto& [t, expected] : rows) {
    EXPECT_NEAR(cdnow.expected_purchases(t), expected, 6e-10 * expected);
  }
  EXPECT_NEAR(cdnow.probability_of_purchases(10, 2) / 1.07868964036915e-7, 1, 1e-13);
  EXPECT_NEAR(cdnow.probability_of_purchases(0, 39), .573786352096009, 1e-14);
  constexpr double from_eleven[] = {.001999521447,  .00151702363,   .001163315007,  .0009003147896,
                                    .0007023637659, .0005517902426, .0004361912809, .0003467171396,
                                    .0002769612648, .000222226048};
  for (unsigned i = 0; i < 10; ++i) {
    EXPECT_NEAR(cdnow.probability_of_purchases(11 + i, 30) / from_eleven[i], 1, 1e-9);
  }
}

TEST(BgNbd, MatchesFortyDigitsForEachHistory) {
  constexpr struct {
    CustomerHistory c;
    double expected, alive, log_likelihood;
  } rows[] = {{{0, 0, 38.86}, .195098052, 1, -.5547132764},
              {{1, 1.71, 38.86}, .2031869871, .2121009854, -4.469093275},
              {{7, 29.43, 38.86}, 3.337053275, .6417563459, -21.86327627}};
  for (const auto& row : rows) {
    EXPECT_NEAR(cdnow.expected_purchases(row.c, 39) / row.expected, 1, 5e-10);
    EXPECT_NEAR(cdnow.probability_alive(row.c) / row.alive, 1, 5e-10);
    EXPECT_NEAR(cdnow.log_likelihood(row.c) / row.log_likelihood, 1, 5e-10);
  }
  // Customers of the paper's spreadsheet (figure 1 prints four decimals).
  EXPECT_NEAR(cdnow.log_likelihood({2, 30.43, 38.86}), -9.45860631, 5e-9);
  EXPECT_NEAR(cdnow.log_likelihood({0, 0, 27}), -.47688078, 5e-9);
  EXPECT_NEAR(cdnow.log_likelihood({4, 26.57, 27}), -14.12693963, 5e-9);
}

TEST(BgNbd, MatchesFortyDigitsForDiscountedPurchases) {
  EXPECT_NEAR(cdnow.discounted_purchases({2, 30.43, 38.86}, 0.0027) / 5.1563798261535, 1, 1e-12);
  EXPECT_NEAR(cdnow.discounted_purchases({26, 30.86, 31}, 0.0027) / 70.906486525552, 1, 1e-12);
  EXPECT_NEAR(cdnow.discounted_purchases({0, 0, 38.86}, 0.0027) / 1.0157019311179, 1, 1e-12);
  EXPECT_NEAR(cdnow.discounted_purchases({7, 35, 77.86}, 0.0027) / .6765157367352, 1, 1e-12);
}

TEST(BgNbd, HoldsForHundredsOfPurchases) {
  EXPECT_NEAR(cdnow.log_likelihood({1000, 10, 100}) / 3225.14298368282, 1, 1e-13);
  EXPECT_NEAR(cdnow.log_likelihood({500, 199, 200}) / -59.941095750292, 1, 1e-12);
  EXPECT_NEAR(cdnow.expected_purchases({500, 199, 200}, 52) / 114.021724831052, 1, 1e-12);
  EXPECT_NEAR(cdnow.expected_purchases({1000, 364, 365}, 365) / 730.231309117261, 1, 1e-12);
  // 8.28e-858 is no double; its log is.
  EXPECT_EQ(cdnow.probability_alive({1000, 10, 100}), 0);
  EXPECT_NEAR(cdnow.log_probability_alive({1000, 10, 100}), std::log(8.28) - 858 * std::log(10.),
              1e-3);
  EXPECT_EQ(cdnow.expected_purchases({1000, 10, 100}, 39), 0);
}

TEST(BgNbd, MatchesOtherPublishedParameters) {
  const BgNbd vignette({.r = .2425982, .alpha = 4.4136842, .a = .7929899, .b = 2.4261667});
  EXPECT_NEAR(vignette.expected_purchases(52), 1.44400480103593, 1e-13);
  EXPECT_NEAR(vignette.expected_purchases({26, 216. / 7, 31}, 52), 25.7565377465056, 1e-11);
  EXPECT_NEAR(vignette.probability_alive({26, 216. / 7, 31}), .968852151048746, 1e-13);
  constexpr double increasing_frequency[] = {.347460245626244, .0428339541953395,
                                             .00415898573811437, .000358370440126415};
  for (int i = 0; i < 4; ++i) {
    EXPECT_NEAR(vignette.expected_purchases({10 + 5. * i, 20, 39}, 52) / increasing_frequency[i], 1,
                1e-12);
  }
  // Hardie's note 027.
  const BgNbd note({.r = .25, .alpha = 4, .a = .8, .b = 2.5});
  EXPECT_NEAR(note.log_likelihood({0, 0, 40}), -.599473818199593, 1e-14);
  EXPECT_NEAR(note.log_likelihood({200, 38, 40}) / 100.795693092706, 1, 1e-12);
}

TEST(BgNbd, HasNoPolesAtAOfOneNorAtAPlusBOfOne) {
  const BgNbd a_one({.r = .25, .alpha = 4, .a = 1, .b = 2.5});
  EXPECT_NEAR(a_one.expected_purchases(52), 1.41529361670494, 1e-13);
  EXPECT_NEAR(a_one.expected_purchases({2, 30, 39}, 52), 1.39311388238761, 1e-13);
  const BgNbd sum_one({.r = .25, .alpha = 4, .a = .4, .b = .6});
  EXPECT_NEAR(sum_one.expected_purchases(52), 1.4435877934142, 1e-12);
}

TEST(BgNbd, AnswersWhereOtherPackagesBroke) {
  // lifetimes issue 302 (a negative 2F1 for a + b < 1), pull request 206 and issue 332.
  const BgNbd small({.r = .11, .alpha = 2.24, .a = .31, .b = .50});
  EXPECT_NEAR(small.expected_purchases({0, 0, 1}, 30), .564588615532785, 1e-13);
  const BgNbd tiny({.r = .5458741247391189,
                    .alpha = 13.409316394557274,
                    .a = .0009994943799344323,
                    .b = .03899022143378801});
  EXPECT_NEAR(tiny.expected_purchases({0, 0, 30}, 30), .373999899478898, 1e-13);
  EXPECT_NEAR(tiny.expected_purchases({5, 20, 30}, 30), 3.82731981144485, 1e-12);
  const BgNbd daily({.r = .10, .alpha = 50.16, .a = .40, .b = .81});
  EXPECT_NEAR(daily.probability_alive({1, 1, 1000}), .0679671146409525, 1e-14);
  EXPECT_NEAR(daily.log_probability_alive({500, 1, 1000}),
              std::log(6.35395656740137) - 654 * std::log(10.), 1e-10);
  EXPECT_NEAR(daily.probability_alive({1000, 999, 1000}), .998963709777723, 1e-13);
}

TEST(BgNbd, WhoeverBoughtOnceIsActiveForCertain) {
  EXPECT_EQ(cdnow.probability_alive({0, 0, 1e6}), 1);
  EXPECT_EQ(cdnow.log_probability_alive({0, 0, 1e6}), 0);
}

TEST(BgNbd, AddsUpOverCdnowAsPublished) {
  RAPPORT_REQUIRE_DATA();
  const BgNbd model({.r = .2425945, .alpha = 4.413602, .a = .7929221, .b = 2.425907});
  tests::expect_cdnow_sums(
      model,
      {.log_likelihood = -9582.429207, .purchases = 1653.408627, .probability_alive = .813440});
}

TEST(BgNbdReference, EveryRowOfTheTable) {
  RAPPORT_REQUIRE_DATA();
  tests::expect_every_row<BgNbd>("reference_bg_nbd.csv");
}

TEST(BgNbd, RejectsParametersThatAreNotPositive) {
  EXPECT_THROW(BgNbd({.r = 0, .alpha = 1, .a = 1, .b = 1}), std::domain_error);
  EXPECT_THROW(BgNbd({.r = 1, .alpha = 0, .a = 1, .b = 1}), std::domain_error);
  EXPECT_THROW(BgNbd({.r = 1, .alpha = 1, .a = -1, .b = 1}), std::domain_error);
  EXPECT_THROW(BgNbd({.r = 1, .alpha = 1, .a = 1, .b = std::nan("")}), std::domain_error);
  EXPECT_THROW(BgNbd({.r = 1, .alpha = 1, .a = 1, .b = INFINITY}), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
