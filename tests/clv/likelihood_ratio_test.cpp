#include <rapport/clv/likelihood_ratio.hpp>

#include <rapport/clv/bdw.hpp>
#include <rapport/clv/sbg.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <cmath>
#include <stdexcept>

namespace rapport::clv {
namespace {

FitReport report(double log_likelihood, std::size_t parameters, double customers = 1000) {
  FitReport fit;
  fit.parameters.assign(parameters, 1.0);
  fit.log_likelihood = log_likelihood;
  fit.customers = customers;
  fit.status = FitStatus::converged;
  fit.message = "converged";
  return fit;
}

// Fader and Hardie (2007): shifted beta-geometric against beta-discrete-Weibull on five years of
// two segments; Apparel: Gender with one coefficient against one each for life and transactions.
// Log-likelihoods recomputed, p-values as printed.
TEST(LikelihoodRatio, MeetsPublishedTests) {
  constexpr struct {
    const char* row;
    double narrow, wide, statistic, statistic_tolerance, p_value, p_tolerance;
  } rows[] = {
      {"regular", -1401.559424, -1401.383052, 0.35, 0.005, 0.553, 0.0005},
      {"high end", -1225.134907, -1222.749318, 4.77, 0.005, 0.029, 0.0005},
      {"apparel", -5826.534191, -5821.062686, 10.943, 0.0005, 0.0009396, 5e-8},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.row);
    const auto test = likelihood_ratio(report(row.narrow, 2), report(row.wide, 3));
    EXPECT_TRUE(test.usable()) << test.message;
    EXPECT_EQ(test.degrees, 1);
    EXPECT_NEAR(test.statistic, row.statistic, row.statistic_tolerance);
    EXPECT_NEAR(test.p_value, row.p_value, row.p_tolerance);
  }
}

// The same from fits of ours to the data themselves.
TEST(LikelihoodRatio, OfContractsFittedHereMeetsThePublishedTest) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("retention_two_segments.csv"));
  const auto test_of = [&](const std::string& segment) {
    std::vector<double> t, alive;
    for (std::size_t i = 0; i < table.rows(); ++i) {
      if (table.number(i, "t") > 4) continue;
      t.push_back(table.number(i, "t"));
      alive.push_back(table.number(i, segment));
    }
    const Retention retention(CohortColumns{.t = t, .alive = alive});
    return likelihood_ratio(fit<Sbg>(retention), fit<Bdw>(retention));
  };
  const auto regular = test_of("regular"), high_end = test_of("high_end");
  EXPECT_NEAR(regular.statistic, 0.35, 0.005) << regular.message;
  EXPECT_NEAR(regular.p_value, 0.553, 0.0005);
  EXPECT_NEAR(high_end.statistic, 4.77, 0.005) << high_end.message;
  EXPECT_NEAR(high_end.p_value, 0.029, 0.0005);
}

// With two degrees the tail is exp(-x / 2).
TEST(LikelihoodRatio, OfTwoParametersIsAnExponentialByHand) {
  const auto test = likelihood_ratio(report(-103, 2), report(-100, 4));
  EXPECT_EQ(test.degrees, 2);
  EXPECT_EQ(test.statistic, 6);
  EXPECT_NEAR(test.p_value, std::exp(-3.0), 1e-15);
  EXPECT_EQ(likelihood_ratio(report(-103, 2), report(-100, 4), {.degrees = 1}).degrees, 1);
}

// One parameter on its edge: half a point mass at 0, half a chi-squared of one degree. Two: a
// quarter, a half, a quarter.
TEST(LikelihoodRatio, OnAnEdgeIsAMixture) {
  const double one = std::erfc(std::sqrt(3.0 / 2));  // P(chi-squared of 1 degree > 3)
  const double two = std::exp(-1.5);
  EXPECT_NEAR(likelihood_ratio_tail(3, 1, 0), one, 1e-14);
  EXPECT_NEAR(likelihood_ratio_tail(3, 1, 1), one / 2, 1e-14);
  EXPECT_NEAR(likelihood_ratio_tail(3, 2, 1), (one + two) / 2, 1e-14);
  EXPECT_NEAR(likelihood_ratio_tail(3, 2, 2), one / 2 + two / 4, 1e-14);
  EXPECT_EQ(likelihood_ratio_tail(0, 1, 1), 1);
}

// A parameter that ended on the edge was searched; one that the host held was not.
TEST(LikelihoodRatio, CountsWhatWasSearched) {
  auto wide = report(-98, 5);
  wide.held = {false, false, false, false, true};
  EXPECT_EQ(likelihood_ratio(report(-100, 4), wide).status, LikelihoodRatioStatus::not_nested);
  wide.status = FitStatus::at_boundary;
  const auto test = likelihood_ratio(report(-100, 4), wide);
  EXPECT_TRUE(test.usable()) << test.message;
  EXPECT_EQ(test.degrees, 1);
}

TEST(LikelihoodRatio, OfEqualFitsIsOneForCertain) {
  const auto test = likelihood_ratio(report(-100, 4), report(-100 - 1e-9, 5));
  EXPECT_TRUE(test.usable()) << test.message;
  EXPECT_EQ(test.p_value, 1);
}

TEST(LikelihoodRatio, SaysWhyThereIsNoVerdict) {
  const auto good = report(-100, 4);
  auto lost = report(-99, 5);
  lost.status = FitStatus::not_identified;
  lost.message = "b runs to infinity";
  const auto unusable = likelihood_ratio(good, lost);
  EXPECT_EQ(unusable.status, LikelihoodRatioStatus::unusable_fit);
  EXPECT_EQ(unusable.statistic, 2);
  EXPECT_TRUE(std::isnan(unusable.p_value));
  EXPECT_NE(unusable.message.find("wide fit is not usable: b runs"), std::string::npos);

  EXPECT_EQ(likelihood_ratio(good, report(-99, 4)).status, LikelihoodRatioStatus::not_nested);
  EXPECT_EQ(likelihood_ratio(good, report(-101, 5)).status, LikelihoodRatioStatus::not_maximal);
  EXPECT_EQ(likelihood_ratio(good, report(-99, 5, 999)).status,
            LikelihoodRatioStatus::different_data);
  EXPECT_EQ(to_text(LikelihoodRatioStatus::not_maximal), "not_maximal");
}

TEST(LikelihoodRatio, RejectsDegreesThatAreNone) {
  EXPECT_THROW((void)likelihood_ratio(report(-1, 1), report(0, 2), {.degrees = 0}),
               std::invalid_argument);
  EXPECT_THROW((void)likelihood_ratio(report(-1, 1), report(0, 2), {.on_boundary = 2}),
               std::invalid_argument);
  EXPECT_THROW((void)likelihood_ratio(report(-1, 1), report(0, 2), {.on_boundary = -1}),
               std::invalid_argument);
  EXPECT_TRUE(std::isnan(likelihood_ratio_tail(-1, 1)));
  EXPECT_TRUE(std::isnan(likelihood_ratio_tail(1, 0)));
}

}  // namespace
}  // namespace rapport::clv
