#include <rapport/math/quadrature.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace rapport::math {
namespace {

TEST(GaussLegendre, IsExactForPolynomialsOfDegreeTwiceItsSizeLessOne) {
  for (double degree = 0; degree < 16; ++degree) {
    EXPECT_NEAR((integrate<8>(0, 1, [&](double x) { return std::pow(x, degree); })),
                1 / (degree + 1), 1e-15);
  }
  for (double degree = 0; degree < 32; ++degree) {
    EXPECT_NEAR((integrate<16>(0, 1, [&](double x) { return std::pow(x, degree); })),
                1 / (degree + 1), 1e-15);
  }
}

TEST(GaussLegendre, IntegratesOverAnyInterval) {
  EXPECT_NEAR((integrate<16>(-1, 2, [](double x) { return std::exp(x); })),
              std::exp(2.) - std::exp(-1.), 1e-14);
  EXPECT_NEAR((integrate<16>(1, 4, [](double x) { return 1 / x; })), std::log(4.), 4e-15);
}

double expectation(double a, double b, double scale, double (*g)(double)) {
  double sum = 0;
  for (const auto& [p, weight] : beta_rule(a, b, scale)) sum += weight * g(p);
  return sum;
}

TEST(BetaRule, HasTheMomentsOfTheLaw) {
  for (const double a : {0.001, 0.3, 1.0, 4.0, 900.0}) {
    for (const double b : {0.001, 0.6, 1.0, 7.0, 5000.0}) {
      SCOPED_TRACE(testing::Message() << "a " << a << ", b " << b);
      const double mean = a / (a + b);
      EXPECT_NEAR(expectation(a, b, 1, [](double) { return 1.; }), 1, 1e-14);
      EXPECT_NEAR(expectation(a, b, 1, [](double p) { return p; }) / mean, 1, 2e-14);
      EXPECT_NEAR(
          expectation(a, b, 1, [](double p) { return p * p; }) / (mean * (a + 1) / (a + b + 1)), 1,
          2e-14);
    }
  }
}

TEST(BetaRule, HasTheLaplaceTransformOfTheLaw) {
  // E exp(-s p) = 1F1(a; a + b; -s), by mpmath at 40 digits.
  EXPECT_NEAR(expectation(0.793, 2.426, 1000, [](double p) { return std::exp(-1000 * p); }) /
                  0.0081597614653567014325,
              1, 1e-13);
  EXPECT_NEAR(expectation(0.001, 1.7, 1e6, [](double p) { return std::exp(-1e6 * p); }) /
                  0.9864855840376757582,
              1, 1e-13);
  EXPECT_NEAR(expectation(40, 90, 50, [](double p) { return std::exp(-50 * p); }) /
                  1.3015214455626306606e-6,
              1, 1e-13);
}

}  // namespace
}  // namespace rapport::math
