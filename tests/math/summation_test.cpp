#include <rapport/math/summation.hpp>

#include <rapport/math/special.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rapport::math {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(GaussSum, CountsItsTermsAndAddsTheirNumbers) {
  for (const double terms : {64.0, 65.0, 100.0, 1000.0, 1e6, 1e15}) {
    SCOPED_TRACE(terms);
    double count = 0, numbers = 0, squares = 0;
    for (const auto& [at, weight] : gauss_sum(terms)) {
      count += weight;
      numbers += weight * at;
      squares += weight * at * at;
    }
    EXPECT_NEAR(count / terms, 1, 1e-14);
    EXPECT_NEAR(numbers / (terms * (terms - 1) / 2), 1, 1e-14);
    EXPECT_NEAR(squares / (terms * (terms - 1) * (2 * terms - 1) / 6), 1, 1e-14);
  }
}

TEST(GaussSum, IsExactForPolynomialsOfDegreeThirtyOne) {
  for (const double terms : {64.0, 90.0}) {
    const auto power = [&](double k) { return std::pow(k / terms, 31); };
    double expected = 0;
    for (double k = 0; k < terms; ++k) expected += power(k);
    double sum = 0;
    for (const auto& [at, weight] : gauss_sum(terms)) sum += weight * power(at);
    EXPECT_NEAR(sum / expected, 1, 1e-13);
  }
}

TEST(GaussSum, NodesAreInsideAndAscend) {
  double last = 0;
  for (const auto& [at, weight] : gauss_sum(64)) {
    EXPECT_GE(at, last);
    EXPECT_GT(weight, 0);
    last = at;
  }
  EXPECT_LE(last, 63);
}

TEST(LogSum, HoldsTermsOfAnySize) {
  LogSum sum;
  EXPECT_EQ(sum.log(), -infinity);
  sum.add(-5000);
  EXPECT_DOUBLE_EQ(sum.log(), -5000);
  sum.add(-5000);
  EXPECT_NEAR(sum.log(), -5000 + std::log(2.0), 1e-12);
  sum.add(4000, 3);
  EXPECT_NEAR(sum.log(), 4000 + std::log(3.0), 1e-12);
}

TEST(LogSumSmooth, IsThePlainSumOfFewTerms) {
  EXPECT_EQ(log_sum_smooth([](double) { return 0.0; }, 0), -infinity);
  EXPECT_DOUBLE_EQ(log_sum_smooth([](double) { return 0.0; }, 7), std::log(7.0));
}

TEST(LogSumSmooth, AddsGeometricSeries) {
  for (const double q : {0.5, 0.9, 0.999, 0.999999, 1 - 1e-12}) {
    SCOPED_TRACE(q);
    const double log_q = std::log(q);
    const auto term = [&](double k) { return k * log_q; };
    EXPECT_NEAR(log_sum_smooth(term, infinity), -std::log(-std::expm1(log_q)), 2e-14);
    EXPECT_NEAR(log_sum_smooth(term, 5000), std::log(std::expm1(5000 * log_q) / std::expm1(log_q)),
                2e-14);
  }
}

TEST(LogSumSmooth, AddsPowersToTheZetaFunction) {
  // zeta(2), zeta(1.5), zeta(1.1) by mpmath at 40 digits.
  const auto power = [](double s) { return [s](double k) { return -s * std::log1p(k); }; };
  EXPECT_NEAR(std::exp(log_sum_smooth(power(2), infinity)) / 1.644934066848226436, 1, 2e-14);
  EXPECT_NEAR(std::exp(log_sum_smooth(power(1.5), infinity)) / 2.612375348685488343, 1, 2e-14);
  EXPECT_NEAR(std::exp(log_sum_smooth(power(1.1), infinity)) / 10.58444846495080983, 1, 2e-13);
}

TEST(LogSumSmooth, AddsTermsThatRiseAndFall) {
  // Negative binomial probabilities add up to 1, also where the hump is far out and narrow.
  for (const double shape : {3.0, 40.0, 4000.0}) {
    for (const double p : {0.5, 0.01, 1e-5}) {
      SCOPED_TRACE(testing::Message() << shape << ' ' << p);
      const auto term = [&](double k) {
        return log_rising(k + 1, shape - 1) - log_gamma(shape) + shape * std::log(p) +
               k * std::log1p(-p);
      };
      // The logs of the terms are differences of numbers of order shape ln(shape).
      EXPECT_NEAR(log_sum_smooth(term, infinity), 0, 1e-15 * shape * std::log(shape / p));
    }
  }
}

}  // namespace
}  // namespace rapport::math
