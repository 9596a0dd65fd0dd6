#include <rapport/clv/bdw.hpp>
#include <rapport/clv/likelihood_ratio.hpp>
#include <rapport/clv/sbg.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <cmath>
#include <vector>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;

Retention segment(const char* column, std::size_t rows) {
  const tests::Table table(tests::data_file("retention_two_segments.csv"));
  Column t = table.numbers("t"), alive = table.numbers(column);
  t.resize(rows), alive.resize(rows);
  return Retention(CohortColumns{.t = t, .alive = alive});
}

TEST(Bdw, ByHand) {
  // c = 2, theta uniform: S(t) = 1 / (t^2 + 1).
  const Bdw model({.alpha = 1, .beta = 1, .c = 2});
  EXPECT_NEAR(model.survival(3), 0.1, 1e-15);
  EXPECT_NEAR(model.retention_rate(3), 5. / 10, 1e-15);
  EXPECT_NEAR(std::exp(model.log_pmf(3)), 0.2 - 0.1, 1e-15);
  EXPECT_NEAR(model.dropout_rate(3), 1. / 6, 1e-15);
}

// Design notes "golden", section 1.7 (Fader, Hardie, Liu, Davin, Steenburgh 2018).
TEST(Bdw, FitsThePublishedSegments) {
  RAPPORT_REQUIRE_DATA();
  const auto expect = [](const char* column, std::size_t rows, double ll,
                         const Column& parameters) {
    SCOPED_TRACE(testing::Message() << column << ", " << rows << " rows");
    const auto fit = clv::fit<Bdw>(segment(column, rows));
    EXPECT_EQ(fit.status, FitStatus::converged) << fit.message;
    EXPECT_NEAR(fit.log_likelihood, ll, 1e-5);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(fit.parameters[i] / parameters[i], 1, 1e-5) << fit.names[i];
    }
  };
  expect("regular", 8, -1679.602833, {.455614, .7793255, 1.283451});
  expect("high_end", 8, -1605.314213, {.2142533, 1.426575, 1.723565});
  expect("regular", 5, -1401.383052, {.5230293, .8942826, 1.196399});
  expect("high_end", 5, -1222.749318, {.2593357, 1.722551, 1.584362});
}

// The same section: twice the gain in log-likelihood over sBG, .35 (p .553) and 4.77 (p .029).
TEST(Bdw, DurationDependenceIsToldFromDifferencesBetweenCustomers) {
  RAPPORT_REQUIRE_DATA();
  const auto test = [](const char* column) {
    const Retention data = segment(column, 5);
    return likelihood_ratio(clv::fit<Sbg>(data), clv::fit<Bdw>(data));
  };
  EXPECT_NEAR(test("regular").statistic, .35, .005);
  EXPECT_NEAR(test("regular").p_value, .553, .0005);
  EXPECT_NEAR(test("high_end").statistic, 4.77, .005);
  EXPECT_NEAR(test("high_end").p_value, .029, .0005);
}

TEST(Bdw, HoldsWhereTheClockOverflows) {
  const Bdw model({.alpha = .5, .beta = 2, .c = 40});
  EXPECT_TRUE(std::isfinite(model.log_survival(1e15)));
  EXPECT_NEAR(model.log_survival(1e15) - model.log_survival(1e14), -.5 * 40 * std::log(10.0),
              1e-10);
  EXPECT_NEAR(model.log_conditional_survival(1e14, 9e14), -.5 * 40 * std::log(10.0), 1e-10);
  EXPECT_GT(model.expected_residual_lifetime(1), 0);
}

}  // namespace
}  // namespace rapport::clv
