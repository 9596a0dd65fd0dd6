#include <rapport/clv/gamma_gamma.hpp>

#include "support/reference.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::clv {
namespace {

// The CDNOW estimates of Fader, Hardie and Lee (2005), amounts in US dollars.
const GammaGamma cdnow({.p = 6.25, .q = 3.74, .gamma = 15.44});

TEST(R59_CustomerValue, GammaGammaExpectsWhatThePapersExpect) {
  // Values at 40 digits.
  EXPECT_NEAR(cdnow.expected_spend(2, 22.35), 24.6637139107612, 1e-12);
  EXPECT_NEAR(cdnow.expected_spend(1, 11.77), 18.916852057842, 1e-12);
  EXPECT_NEAR(cdnow.expected_spend(7, 73.74), 71.4696708969671, 1e-12);
  EXPECT_NEAR(cdnow.population_mean(), 35.2189781021898, 1e-12);

  const GammaGamma other({.p = 6, .q = 4, .gamma = 16});
  EXPECT_NEAR(other.expected_spend(3, 35), 34.5714285714286, 1e-12);
  EXPECT_NEAR(other.expected_spend(2, 40), 38.4, 1e-13);
}

TEST(GammaGamma, HasTheDensityOfTheMeanOfThreePurchases) {
  const GammaGamma model({.p = 6, .q = 4, .gamma = 16});
  constexpr double density[] = {.021783063, .020585077, .019432997, .018330367,
                                .017279218, .016280407, .015333881, .0144389,
                                .013594212, .0127982,   .012048987};
  for (int i = 0; i < 11; ++i) {
    EXPECT_NEAR(std::exp(model.log_likelihood(3, 30 + i)), density[i], 6e-10);
  }
}

TEST(GammaGamma, DensityIntegratesToOne) {
  // Trapezoids in ln(zbar): the integrand decays on both sides.
  double sum = 0;
  for (int i = -400; i < 400; ++i) {
    const double zbar = std::exp(0.05 * i);
    sum += 0.05 * zbar * std::exp(cdnow.log_likelihood(2, zbar));
  }
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST(GammaGamma, WithoutPurchasesExpectsThePopulationsMean) {
  EXPECT_EQ(cdnow.expected_spend(0, 0), cdnow.population_mean());
  EXPECT_EQ(cdnow.expected_spend_status(0), core::Status::prior);
  EXPECT_EQ(cdnow.expected_spend_status(1), core::Status::estimated);
}

TEST(GammaGamma, MovesFromThePopulationsMeanToTheCustomersOwn) {
  double last = cdnow.population_mean();
  for (const double x : {1.0, 2.0, 5.0, 50.0, 5000.0}) {
    const double spend = cdnow.expected_spend(x, 100);
    EXPECT_GT(spend, last);
    last = spend;
  }
  EXPECT_NEAR(last, 100, 0.01);
}

TEST(GammaGamma, AnInfiniteMeanIsNaNWithAStatusAndNeverNegative) {
  const GammaGamma heavy({.p = 0.2, .q = 0.5, .gamma = 10});
  EXPECT_TRUE(std::isnan(heavy.population_mean()));
  EXPECT_TRUE(std::isnan(heavy.expected_spend(0, 0)));
  EXPECT_TRUE(std::isnan(heavy.expected_spend(1, 30)));  // 0.2 + 0.5 <= 1
  EXPECT_EQ(heavy.expected_spend_status(0), core::Status::undefined);
  EXPECT_EQ(heavy.expected_spend_status(1), core::Status::undefined);
  EXPECT_GT(heavy.expected_spend(3, 30), 0);
  EXPECT_EQ(heavy.expected_spend_status(3), core::Status::estimated);
}

TEST(GammaGamma, UnitOfMoneyScalesTheAnswer) {
  const GammaGamma in_cents({.p = 6.25, .q = 3.74, .gamma = 1544});
  EXPECT_NEAR(in_cents.expected_spend(2, 2235), 100 * cdnow.expected_spend(2, 22.35), 1e-11);
  EXPECT_NEAR(in_cents.log_likelihood(2, 2235), cdnow.log_likelihood(2, 22.35) - std::log(100.),
              1e-13);
}

TEST(GammaGamma, AddsUpOverCdnowAsPublished) {
  RAPPORT_REQUIRE_DATA();
  const GammaGamma model({.p = 6.249572, .q = 3.744225, .gamma = 15.44352});
  const tests::Table table(tests::data_file("cdnow_summary.csv"));
  double log_likelihood = 0;
  int repeaters = 0;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const double x = table.number(i, "frequency");
    if (x == 0) continue;
    log_likelihood += model.log_likelihood(x, table.number(i, "monetary_value"));
    ++repeaters;
  }
  EXPECT_EQ(repeaters, 946);
  EXPECT_NEAR(log_likelihood, -4055.917695, 1e-5);
}

TEST(GammaGammaReference, EveryRowOfTheTable) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("reference_gamma_gamma.csv"));
  ASSERT_EQ(table.rows(), 56);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const GammaGamma model(
        {.p = table.number(i, "p"), .q = table.number(i, "q"), .gamma = table.number(i, "gamma")});
    const double x = table.number(i, "x");
    const double zbar = table.number(i, "zbar");
    tests::expect_cell(table, i, "ll", model.log_likelihood(x, zbar), 1e-12);
    tests::expect_cell(table, i, "ce_mean", model.expected_spend(x, zbar), 1e-10);
    tests::expect_cell(table, i, "pop_mean", model.population_mean(), 1e-10);
  }
}

TEST(GammaGamma, RejectsParametersThatAreNotPositive) {
  EXPECT_THROW(GammaGamma({.p = 0, .q = 1, .gamma = 1}), std::domain_error);
  EXPECT_THROW(GammaGamma({.p = 1, .q = -2, .gamma = 1}), std::domain_error);
  EXPECT_THROW(GammaGamma({.p = 1, .q = 1, .gamma = std::nan("")}), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
