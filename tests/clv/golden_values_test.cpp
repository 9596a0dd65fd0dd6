// Values of the design notes "golden" that no model's own test holds: each names its row.

#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/pareto_nbd_sarmanov.hpp>

#include <gtest/gtest.h>

#include "support/bases.hpp"
#include "support/data.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;

void expect_row(std::string_view row, double value, double golden, double relative) {
  EXPECT_NEAR(value / golden, 1, relative) << row << ": " << value << " against " << golden;
}

// -- 1.1, CDNOW ----------------------------------------------------------------------------------

TEST(GoldenValues, NbdOnCdnowAsCountsHasTheWholeConstant) {
  RAPPORT_REQUIRE_DATA();
  const tests::Base base = tests::cdnow();
  const Nbd model({.r = .3847662, .alpha = 12.07202});
  double sum = 0;
  for (std::size_t i = 0; i < base.age.size(); ++i) {
    const double x = base.frequency[i];
    sum += model.log_likelihood({x, base.recency[i], base.age[i]}) + x * std::log(base.age[i]) -
           std::lgamma(x + 1);
  }
  EXPECT_NEAR(sum, -3193.058675, 1e-5);
}

TEST(GoldenValues, GammaGammaOnCdnowAsTotalsDiffersByTheLogsOfCounts) {
  RAPPORT_REQUIRE_DATA();
  const tests::Base base = tests::cdnow();
  const GammaGamma model({.p = 6.249572, .q = 3.744225, .gamma = 15.44352});
  double totals = 0, logs = 0;
  for (std::size_t i = 0; i < base.age.size(); ++i) {
    const double x = base.frequency[i];
    if (x == 0) continue;
    // The density of the total is that of the mean over x.
    totals += model.log_likelihood(x, base.monetary_value[i]) - std::log(x);
    logs += std::log(x);
  }
  EXPECT_NEAR(totals, -4659.290238, 1e-5);
  EXPECT_NEAR(logs, 603.3725431, 1e-6);
}

TEST(GoldenValues, BgNbdOfCustomersOfTheSpreadsheet) {
  constexpr std::array<CustomerHistory, 5> customers = {
      {{2, 30.43, 38.86}, {1, 1.71, 38.86}, {0, 0, 38.86}, {0, 0, 27}, {4, 26.57, 27}}};
  struct Row {
    const char* estimates;
    BgNbd::Params params;
    double log_likelihoods[5];
    double tolerance;  // of the parameters' printed digits
  };
  const Row rows[] = {
      {"of rounded data",
       {.2425929, 4.413532, .7928863, 2.425754},
       {-9.45970103, -4.47043859, -.55380706, -.47610397, -14.12837871},
       1e-6},
      {"of exact weeks",
       {.2425945, 4.413602, .7929221, 2.425907},
       {-9.45969227, -4.47045066, -.55380726, -.4761038, -14.12837555},
       1e-6},
      {"as published",
       {.243, 4.414, .793, 2.426},
       {-9.45860631, -4.46909328, -.55471328, -.47688078, -14.12693963},
       1e-8},
  };
  for (const Row& row : rows) {
    const BgNbd model(row.params);
    for (std::size_t i = 0; i < customers.size(); ++i) {
      EXPECT_NEAR(model.log_likelihood(customers[i]), row.log_likelihoods[i], row.tolerance)
          << row.estimates << ", customer " << i + 1;
    }
  }
}

// 3.1, at the maximum of 1.1, where the published spreadsheet is.
TEST(GoldenValues, BgNbdExpectsOfNewCustomersWhatTheSpreadsheetDoes) {
  const BgNbd model({.r = .2425945, .alpha = 4.413602, .a = .7929221, .b = 2.425907});
  const double times[] = {.1429, 1, 3, 31.8571, 32, 78};
  const double expected[] = {.00781599971, .0531842868, .150630826,
                             1.04048904,   1.04373194,  1.85795819};
  for (std::size_t i = 0; i < 6; ++i) {
    SCOPED_TRACE(times[i]);
    expect_row("E(X(t))", model.expected_purchases(times[i]), expected[i], 1e-6);
  }
}

// -- 1.4, apparel --------------------------------------------------------------------------------

TEST(GoldenValues, ParetoNbdOnApparelHasItsHessianAndCovariance) {
  RAPPORT_REQUIRE_DATA();
  const tests::Base base = tests::summarise("apparel_transactions.csv", "2006-12-31");
  const auto fitted = fit<ParetoNbd>(base.histories());
  ASSERT_TRUE(fitted.usable()) << fitted.message;
  const auto d = log_likelihood_derivatives(fitted.model(), Patterns(base.histories()));
  constexpr double hessian[] = {433.22658, -388.22026, -117.48760, 86.38645,  402.65104,
                                78.92603,  -57.69810,  117.95191,  -78.20295, 53.99615};
  constexpr double covariance[] = {.05925727,  1.7049763,  -.01786467, -3.472616, 56.0878415,
                                   -.43375972, -82.963756, .07346698,  9.366245,  1268.172624};
  for (std::size_t i = 0, place = 0; i < 4; ++i) {
    for (std::size_t j = i; j < 4; ++j, ++place) {
      SCOPED_TRACE(testing::Message() << fitted.names[i] << " and " << fitted.names[j]);
      expect_row("Hessian", -d.hessian[4 * i + j], hessian[place], 1e-4);
      expect_row("covariance",
                 fitted.working_covariance[4 * i + j] * fitted.parameters[i] * fitted.parameters[j],
                 covariance[place], 1e-3);
    }
  }
}

TEST(GoldenValues, ParetoNbdSarmanovOnApparelIsBetterThanPublished) {
  RAPPORT_REQUIRE_DATA();
  const tests::Base base = tests::summarise("apparel_transactions.csv", "2006-12-31");
  const auto fitted = fit<ParetoNbdSarmanov>(base.histories());
  EXPECT_TRUE(fitted.usable()) << fitted.message;
  EXPECT_NEAR(fitted.log_likelihood, -5848.026426, 1e-5);
  const double golden[] = {1.441304, 48.28201, .547896, 45.49227};
  for (std::size_t i = 0; i < 4; ++i) {
    expect_row(fitted.names[i], fitted.parameters[i], golden[i], 5e-4);
  }
  expect_row("m", fitted.model().m(), 34.75865, 1e-3);
  expect_row("correlation", fitted.model().correlation(), .01293346, 1e-3);
}

// -- 1.5 and 2.2 ---------------------------------------------------------------------------------

TEST(GoldenValues, BgNbdExpectsThePurchasesOfThirtyDays) {
  const BgNbd model({.r = .16385089, .alpha = 1.86428033, .a = 1.85034314, .b = 3.18105899});
  const struct {
    CustomerHistory customer;
    double expected;
  } rows[] = {{{0, 0, 298}, .0160530083},
              {{0, 0, 224}, .0211710611},
              {{6, 142, 292}, .0304613122},
              {{0, 0, 147}, .0316861548},
              {{2, 9, 183}, .0016067604}};
  for (const auto& [c, expected] : rows) {
    SCOPED_TRACE(testing::Message() << c.frequency << ", " << c.recency << ", " << c.age);
    expect_row("in 30 days", model.expected_purchases(c, 30), expected, 1e-7);
  }
}

TEST(GoldenValues, GroceryCustomersOneToFive) {
  const ParetoNbd pareto({.r = .7864368, .alpha = 5.679041, .s = .3862391, .beta = 5.717788});
  const Nbd nbd({.r = .4203203, .alpha = 5.245119});
  const double purchases[] = {.44841143, .36269839, .21708709, .10867477, .04887733};
  const double alive[] = {.31857352, .16520268, .07276524, .02881622, .01072055};
  const double without_end[] = {1.290, 2.199, 3.107, 4.015, 4.924};  // to the digits printed
  for (std::size_t i = 0; i < 5; ++i) {
    const CustomerHistory c{1.0 + static_cast<double>(i), 12, 52};
    SCOPED_TRACE(testing::Message() << "customer " << i + 1);
    expect_row("CET(52)", pareto.expected_purchases(c, 52), purchases[i], 2e-6);
    expect_row("P(alive)", pareto.probability_alive(c), alive[i], 2e-6);
    EXPECT_NEAR(nbd.expected_purchases(c, 52), without_end[i], 6e-4) << "NBD";
  }
}

// -- 2.3, donations ------------------------------------------------------------------------------

const BgBb giving({.alpha = 1.203522, .beta = .7497164, .gamma = .6567183, .delta = 2.783443});

TEST(GoldenValues, DonorsByGiftsInCalibration) {
  const double golden[] = {3454.8823, 1888.6545, 1348.8824, 1113.3785,
                           1017.9223, 1027.1659, 1253.1140};
  for (unsigned x = 0; x <= 6; ++x) {
    SCOPED_TRACE(x);
    expect_row("customers", 11104 * giving.probability_of_purchases(x, 6), golden[x], 1e-6);
  }
}

// The hold-out of five years by what was given before: what came, and what was expected.
TEST(GoldenValues, DonorsInTheHoldOut) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("donations_summary.csv"));
  struct Class {
    double customers = 0, actual = 0, expected = 0;
  };
  std::array<Class, 7> by_gifts, by_recency;
  Class all;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const OpportunityHistory c{table.number(row, "frequency"), table.number(row, "recency"),
                               table.number(row, "periods")};
    const double customers = table.number(row, "customers");
    for (Class* of : {&by_gifts[static_cast<std::size_t>(c.frequency)],
                      &by_recency[static_cast<std::size_t>(c.recency)], &all}) {
      of->customers += customers;
      of->actual += table.number(row, "holdout_transactions");
      of->expected += customers * giving.expected_purchases(c, 5);
    }
  }
  EXPECT_EQ(all.actual, 13260);
  expect_row("sum of CET(5)", all.expected, 12884.1566, 1e-6);
  const double actual[] = {.1743649, .4328031, .8125874, 1.389862, 2.061776, 2.642521, 3.534497};
  // The vignette of BTYD, at its own estimates.
  const double gifts[] = {.07286318, .3248841, .7089417, 1.333666, 2.031203, 2.784482, 3.752500};
  const double recency[] = {.07286318, .0856939, .1798423, .4041111, .8510811, 1.726323, 3.027190};
  for (std::size_t i = 0; i < 7; ++i) {
    SCOPED_TRACE(i);
    expect_row("actual by gifts", by_gifts[i].actual / by_gifts[i].customers, actual[i], 1e-6);
    expect_row("expected by gifts", by_gifts[i].expected / by_gifts[i].customers, gifts[i], 5e-5);
    expect_row("expected by recency", by_recency[i].expected / by_recency[i].customers, recency[i],
               5e-5);
  }
}

TEST(GoldenValues, DonationsExpectedOfEachYear) {
  const double golden[] = {5535.833, 4717.059, 4147.621, 3724.665, 3395.888, 3131.647,
                           2913.778, 2730.482, 2573.731, 2437.854, 2318.727};
  for (int year = 0; year < 11; ++year) {
    SCOPED_TRACE(1996 + year);
    const double gifts = giving.expected_purchases(year + 1) - giving.expected_purchases(year);
    expect_row("gifts", 11104 * gifts, golden[year], 5e-5);
  }
}

// -- 3.3, Pareto/NBD -----------------------------------------------------------------------------

TEST(GoldenValues, ParetoNbdAtTheLastPurchase) {
  const ParetoNbd model({.r = .55, .alpha = 10.56, .s = .61, .beta = 11.64});
  expect_row("log-likelihood", model.log_likelihood({5, 39, 39}), -17.7045746308491, 1e-13);
  EXPECT_EQ(model.probability_alive({5, 39, 39}), 1);
}

TEST(GoldenValues, ParetoNbdDiscountedByRecency) {
  const ParetoNbd master({.r = .5629966, .alpha = 12.5590370, .s = .4081095, .beta = 10.5148048});
  const struct {
    double x, t_x, expected;
  } rows[] = {{4, 70, 10.65167},
              {4, 77, 11.118449},
              {4, 72, 10.804744},
              {6, 72, 15.5035951},
              {1, 35, 2.4692891}};
  for (const auto& [x, t_x, expected] : rows) {
    SCOPED_TRACE(testing::Message() << x << ", " << t_x);
    expect_row("DERT", master.discounted_purchases({x, t_x, 77.86}, .0027), expected, 1e-7);
  }
  const ParetoNbd apparel({.r = 1.4489768, .alpha = 48.6360845, .s = .5612598, .beta = 46.8843633});
  expect_row("id 100, DERT(.1)", apparel.discounted_purchases({0, 0, 104}, .1), .0255393787378846,
             1e-12);
}

// The integral that peers call A0, where theirs overflows: the odds of having dropped out are
// s / (r + s + x) (alpha + T)^(r + x) (beta + T)^s A0.
TEST(GoldenValues, ParetoNbdIntegralsThatOverflowElsewhere) {
  const ParetoNbd::Params p{.r = 10.465, .alpha = .00798565181, .s = 3.0516, .beta = 2.820};
  const ParetoNbd model(p);
  const struct {
    CustomerHistory customer;
    double log_a0;
  } rows[] = {{{400, 5, 6}, -667.991281271},
              {{500, 1, 37}, -9.47658832049},
              {{500, 4, 37}, -715.059793204}};
  for (const auto& [c, log_a0] : rows) {
    SCOPED_TRACE(testing::Message() << c.frequency << ", " << c.recency << ", " << c.age);
    const double found = model.log_odds_dropped(c) + std::log((p.r + p.s + c.frequency) / p.s) -
                         (p.r + c.frequency) * std::log(p.alpha + c.age) -
                         p.s * std::log(p.beta + c.age);
    expect_row("log A0", found, log_a0, 1e-10);
  }
}

}  // namespace
}  // namespace rapport::clv
