#include <rapport/clv/beta_geometric_lifetime.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <cmath>
#include <cstddef>

namespace rapport::clv {
namespace {

// Everything at 60 digits, for exactly these doubles: scripts/reference/beta_geometric_lifetime.py.
TEST(BetaGeometricLifetime, MatchesSixtyDigitSums) {
  const tests::Table table(tests::kept_file("clv/reference/beta_geometric_lifetime.csv"));
  ASSERT_EQ(table.rows(), 115U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto of = [&](const char* column) { return table.number(row, column); };
    SCOPED_TRACE(testing::Message()
                 << "a " << of("a") << ", b " << of("b") << ", m " << of("m") << ", d " << of("d"));
    const BetaGeometricLifetime lifetime(of("a"), of("b"));
    EXPECT_NEAR(lifetime.expected(of("m")) / of("expected"), 1, 1e-13);
    EXPECT_NEAR(lifetime.discounted(of("m"), of("d")) / of("discounted"), 1, 1e-13);
    EXPECT_NEAR(lifetime.discounted(of("d")) / of("discounted_ever"), 1, 1e-13);
  }
}

TEST(BetaGeometricLifetime, IsUniformLawByHand) {
  // Beta(1, 1): S(k) = 1 / (k + 1), so a sum of it is a harmonic number.
  const BetaGeometricLifetime uniform(1, 1);
  EXPECT_NEAR(uniform.log_survival(3), std::log(0.25), 1e-15);
  EXPECT_NEAR(uniform.expected(4), 0.5 + 1. / 3 + 0.25 + 0.2, 1e-15);
  EXPECT_NEAR(uniform.discounted(2, 1), 0.5 / 2 + 1. / 3 / 4, 1e-15);
  // The sum of q^k / (k + 1) over k >= 1 is -ln(1 - q) / q - 1.
  EXPECT_NEAR(uniform.discounted(1), 2 * std::log(2.0) - 1, 1e-15);
}

TEST(BetaGeometricLifetime, CrossesAOfOneWithoutASeam) {
  const double at = BetaGeometricLifetime(1, 2.5).expected(52);
  for (int step = -20; step <= 20; ++step) {
    const double a = 1 + step * 1e-12;
    // d ln(expected) / d a is about -1.4 there.
    EXPECT_NEAR(BetaGeometricLifetime(a, 2.5).expected(52) / at, 1, 2e-12 * std::abs(step) + 1e-15);
  }
  // Where the form changes too.
  for (const double a : {0.5, 1.5}) {
    const double below = BetaGeometricLifetime(a - 1e-12, 2.5).expected(52);
    const double above = BetaGeometricLifetime(a + 1e-12, 2.5).expected(52);
    EXPECT_GT(below, above);
    EXPECT_NEAR(below / above, 1, 1e-11);
  }
}

TEST(BetaGeometricLifetime, SumsAgreeWhereTheirFormsMeet) {
  const BetaGeometricLifetime lifetime(0.657, 2.783);
  for (const double d : {1e-12, 1e-5, 0.01, 1.0}) {
    SCOPED_TRACE(d);
    const double last = std::exp(lifetime.log_survival(257) - 257 * std::log1p(d));
    EXPECT_NEAR(lifetime.discounted(257, d) - lifetime.discounted(256, d), last,
                1e-13 * lifetime.discounted(256, d));
  }
  EXPECT_NEAR(lifetime.discounted(1000, 1e-15) / lifetime.expected(1000), 1, 1e-11);
  EXPECT_EQ(lifetime.discounted(1000, 0), lifetime.expected(1000));
}

TEST(BetaGeometricLifetime, MeanForEverExistsOnlyAboveOne) {
  EXPECT_DOUBLE_EQ(BetaGeometricLifetime(3, 4).expected_ever(), 2);
  EXPECT_DOUBLE_EQ(BetaGeometricLifetime(3, 4).discounted(0), 2);
  EXPECT_TRUE(std::isnan(BetaGeometricLifetime(1, 4).expected_ever()));
  EXPECT_TRUE(std::isnan(BetaGeometricLifetime(0.5, 4).discounted(0)));
  EXPECT_NEAR(BetaGeometricLifetime(3, 4).expected(1e15), 2, 1e-13);
  EXPECT_EQ(BetaGeometricLifetime(3, 4).expected(0), 0);
  EXPECT_EQ(BetaGeometricLifetime(3, 4).discounted(0, 0.1), 0);
}

}  // namespace
}  // namespace rapport::clv
