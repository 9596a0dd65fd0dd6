#include <rapport/clv/sbg.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"
#include "support/reference.hpp"

#include <cmath>
#include <vector>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;

TEST(Sbg, ByHand) {
  // theta uniform: S(t) = 1 / (t + 1).
  const Sbg model({.alpha = 1, .beta = 1});
  EXPECT_NEAR(model.survival(3), 0.25, 1e-15);
  EXPECT_NEAR(std::exp(model.log_pmf(3)), 1. / 3 - 0.25, 1e-15);
  EXPECT_NEAR(model.retention_rate(3), 0.75, 1e-15);
  EXPECT_NEAR(model.dropout_rate(3), 0.25, 1e-15);
  EXPECT_NEAR(model.probability_of_churn(3, 2), 1 - 3. / 5, 1e-15);
  // The sum of q^j / (j + 1) is -ln(1 - q) / q.
  EXPECT_NEAR(model.discounted_lifetime(1), 2 * std::log(2.0), 1e-15);
}

// Sixty-digit values, design notes "reference": all rows, to the tolerances of the conventions.
TEST(Sbg, MatchesAllReferenceRows) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("reference_sbg.csv"));
  ASSERT_EQ(table.rows(), 56U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const Sbg model({table.number(row, "alpha"), table.number(row, "beta")});
    const double t = table.number(row, "t");
    const auto expect = [&](const char* column, double value, double tolerance = 1e-12) {
      tests::expect_cell(table, row, column, value, tolerance);
    };
    expect("log_pmf", model.log_pmf(t));
    expect("log_surv", model.log_survival(t));
    expect("retention", model.retention_rate(t));
    expect("del_1", model.discounted_lifetime(0.1));
    expect("del_2", model.discounted_lifetime(0.01));
    expect("derl_1", model.discounted_residual_lifetime(t, 0.1));
    expect("derl_2", model.discounted_residual_lifetime(t, 0.01));
  }
}

// Design notes "golden", section 3.7 (Fader and Hardie 2010, Table 3), to the digits printed there.
TEST(Sbg, MatchesPublishedResidualLifetimes) {
  const auto expect = [](const Sbg& model, const Column& expected) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double n = static_cast<double>(i) + 1;
      SCOPED_TRACE(testing::Message() << "DERL, n = " << n);
      EXPECT_NEAR(model.discounted_residual_lifetime(n, 0.1) / expected[i], 1, 2e-8);
    }
  };
  expect(Sbg({3.80, 15.20}), {3.3098184, 3.4510003, 3.5865437, 3.7168115, 3.842134});
  expect(Sbg({.067, .267}), {7.6708355, 9.4552994, 9.8508338, 10.056167, 10.18864});
}

Retention segment(const char* column, std::size_t rows) {
  const tests::Table table(tests::data_file("retention_two_segments.csv"));
  Column t = table.numbers("t"), alive = table.numbers(column);
  t.resize(rows), alive.resize(rows);
  return Retention(CohortColumns{.t = t, .alive = alive});
}

// Design notes "golden", section 1.7 (Fader and Hardie 2007).
TEST(Sbg, FitsThePublishedSegments) {
  RAPPORT_REQUIRE_DATA();
  const auto expect = [](const char* column, std::size_t rows, double ll, double alpha,
                         double beta) {
    SCOPED_TRACE(testing::Message() << column << ", " << rows << " rows");
    const auto fit = clv::fit<Sbg>(segment(column, rows));
    EXPECT_EQ(fit.status, FitStatus::converged) << fit.message;
    EXPECT_NEAR(fit.log_likelihood, ll, 1e-5);
    EXPECT_NEAR(fit.params.alpha / alpha, 1, 1e-6);
    EXPECT_NEAR(fit.params.beta / beta, 1, 1e-6);
  };
  expect("regular", 8, -1680.265188, .7040773, 1.182043);
  expect("high_end", 8, -1611.158147, .6680883, 3.806095);
  expect("regular", 5, -1401.559424, .7636651, 1.29583);
  expect("high_end", 5, -1225.134907, 1.280976, 7.790384);
  // The start of Fader and Hardie (2007), Appendix B.
  EXPECT_NEAR(log_likelihood(Sbg({1, 1}), segment("high_end", 8)), -2115.5, 0.05);
}

TEST(Sbg, ProjectsThePublishedSegments) {
  RAPPORT_REQUIRE_DATA();
  const auto expect = [](const char* column, const Column& percent) {
    const Sbg model = clv::fit<Sbg>(segment(column, 8)).model();
    for (std::size_t t = 0; t < percent.size(); ++t) {
      SCOPED_TRACE(testing::Message() << column << ", t " << t);
      EXPECT_NEAR(100 * model.survival(static_cast<double>(t)) / percent[t], 1, 3e-6);
    }
  };
  expect("regular", {100, 62.6706, 47.3819, 38.7974, 33.2068, 29.2347, 26.2456, 23.9024, 22.0085,
                     20.4411, 19.119, 17.9865, 17.0037});
  expect("high_end", {100, 85.0679, 74.6859, 66.9789, 60.9919, 56.1834, 52.2216, 48.8906, 46.044,
                      43.578, 41.4172, 39.5055, 37.7999});
}

TEST(Sbg, FitsSeveralCohortsOfDifferentLengths) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("retention_multi_cohort.csv"));
  const Column t = table.numbers("t"), alive = table.numbers("alive"),
               cohort = table.numbers("cohort");
  const auto fit =
      clv::fit<Sbg>(Retention(CohortColumns{.t = t, .alive = alive, .cohort = cohort}));
  EXPECT_EQ(fit.status, FitStatus::converged) << fit.message;
  EXPECT_NEAR(fit.log_likelihood, -44644.115506, 1e-5);
  EXPECT_NEAR(fit.params.alpha / 1.667088, 1, 1e-6);
  EXPECT_NEAR(fit.params.beta / 2.856612, 1, 1e-6);
  EXPECT_EQ(fit.customers, 50000);
}

TEST(Sbg, CrossesAlphaOfOneWithoutASeam) {
  for (int step = -20; step <= 20; ++step) {
    const Sbg near({1 + step * 1e-12, 2});
    const Sbg at({1, 2});
    EXPECT_NEAR(near.expected_residual_lifetime(2, 50) / at.expected_residual_lifetime(2, 50), 1,
                2e-12 * std::abs(step) + 2e-15);
    EXPECT_EQ(std::isnan(near.expected_lifetime()), step <= 0);
  }
}

}  // namespace
}  // namespace rapport::clv
