#include <rapport/math/special.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace rapport::math {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(LogRising, MatchesSixtyDigits) {
  // scripts/reference/special.py
  constexpr struct {
    double r, x, value;
  } rows[] = {
      {0.243, 0, 0.0},
      {0.243, 1, -1.4146938356415886207},
      {0.243, 2, -1.1971660231130145651},
      {0.243, 7, 5.7207723156404282074},
      {0.0001, 1, -9.2103403719761826882},
      {80, 32, 145.74120907722981702},
      {0.243, 33, 81.086772916671516868},
      {0.243, 1000, 5905.5808721738977878},
      {5.5, 100000, 1051347.07237349455},
      {15.99, 40, 140.41541790794803411},
      {16, 40, 140.42817406458676076},
      {1000000.0, 3, 41.446534673890322315},
      {1000000.0, 1000, 13816.009891630641012},
      {1000000000000.0, 50, 1381.5510557976524104},
      {1000000000000000.0, 1000000.0, 34538776.39541068476},
      {0.3, 0.25, -0.61576713870694954123},
      {2.5, 1e-09, 7.0315664089042210903e-10},
      {10, 0.5, 1.138797739322294022},
      {45000000.0, 450.5, 7938.7912079941568036},
      {6.25, 3.74, 7.5597112273599640457},
      {0.05, 0.04, -0.60649650716168341256},
  };
  for (const auto& [r, x, value] : rows) {
    SCOPED_TRACE(testing::Message() << "r " << r << ", x " << x);
    // The result's own rounding, and that of a logarithm near 1.
    EXPECT_NEAR(log_rising(r, x), value, 6e-16 * (1 + std::abs(value)));
  }
}

TEST(LogRising, KeepsRelativeAccuracyForTinySteps) {
  // x times the digamma function at 2.5, plus x^2 / 2 times the trigamma.
  const double x = 1e-9;
  EXPECT_NEAR(
      log_rising(2.5, x) / (x * 0.70315664064524318723 + x * x / 2 * 0.49035775610023486497), 1,
      1e-14);
}

TEST(LogRising, OfWholeStepsIsALogOfAProduct) {
  EXPECT_EQ(log_rising(3, 0), 0);
  EXPECT_EQ(log_rising(1, 1), 0);
  EXPECT_DOUBLE_EQ(log_rising(2, 3), std::log(2 * 3 * 4));
}

TEST(LogRising, ChainsAcrossItsMethods) {
  // (r)_(x + y) = (r)_x (r + x)_y, whichever way each of the three is computed.
  for (const double r : {0.01, 3.7, 15.9, 16.1, 900.0}) {
    for (const double x : {1.0, 0.5, 31.0, 32.0, 33.0, 250.0}) {
      for (const double y : {2.0, 1.25, 40.0}) {
        const double whole = log_rising(r, x + y);
        EXPECT_NEAR(log_rising(r, x) + log_rising(r + x, y), whole, 4e-15 * (1 + std::abs(whole)));
      }
    }
  }
}

TEST(LogRising, IsNaNOutsideItsDomain) {
  EXPECT_TRUE(std::isnan(log_rising(0, 1)));
  EXPECT_TRUE(std::isnan(log_rising(1, -1)));
  EXPECT_TRUE(std::isnan(log_rising(std::nan(""), 1)));
}

TEST(LogBetaShift, MatchesSixtyDigits) {
  // scripts/reference/special.py
  constexpr struct {
    double a, b, x, value;
  } rows[] = {
      {0.793, 2.426, 0, 0.0},
      {0.793, 2.426, 1, -0.28282694179481271878},
      {0.793, 2.426, 32, -2.1334600749083478611},
      {0.793, 2.426, 33, -2.1562336917654598571},
      {0.793, 2.426, 1000, -4.8092489366416679125},
      {1.8, 5000, 3, -0.0010795897963106700922},
      {1.8, 5000, 40, -0.014341562708652012857},
      {1.8, 1000000000000.0, 40, -7.1999999998531201776e-11},
      {0.001, 1.7, 3, -0.0012285979055896081624},
      {0.001, 1.7, 500, -0.0060080619958519760014},
      {0.5, 0.001, 1, -6.2166061010848647779},
      {40, 90, 60, -17.608507306675386296},
      {4000, 9, 600, -1737.6156320507135136},
      {100000.0, 100000.0, 100000.0, -52324.95821776878732},
      {0.793, 2.426, 0.5, -0.15391044928043882708},
      {0.793, 40, 0.5, -0.0098762661020917776068},
      {1e-08, 100000000.0, 1000, -9.9999500503328307142e-14},
  };
  for (const auto& [a, b, x, value] : rows) {
    SCOPED_TRACE(testing::Message() << "a " << a << ", b " << b << ", x " << x);
    EXPECT_NEAR(log_beta_shift(a, b, x), value, 1e-14 * std::abs(value));
  }
}

TEST(LogBetaShift, IsTheProductOfSurvivals) {
  // b / (a + b) times (b + 1) / (a + b + 1)
  EXPECT_DOUBLE_EQ(log_beta_shift(1, 3, 2), std::log(3. / 4 * 4. / 5));
  EXPECT_EQ(log_beta_shift(1, 3, 0), 0);
}

TEST(LogBetaShift, IsNaNOutsideItsDomain) {
  EXPECT_TRUE(std::isnan(log_beta_shift(0, 1, 1)));
  EXPECT_TRUE(std::isnan(log_beta_shift(1, -1, 1)));
  EXPECT_TRUE(std::isnan(log_beta_shift(1, 1, std::nan(""))));
}

TEST(Log1pExp, HoldsAtBothEnds) {
  EXPECT_DOUBLE_EQ(log1p_exp(0), std::log(2.));
  EXPECT_EQ(log1p_exp(1e4), 1e4);
  EXPECT_EQ(log1p_exp(-1e4), 0);
  EXPECT_DOUBLE_EQ(log1p_exp(-40), std::exp(-40.));
  EXPECT_EQ(log1p_exp(infinity), infinity);
}

TEST(ComplementOfLogOdds, NeverOverflows) {
  EXPECT_EQ(complement_of_log_odds(0), 0.5);
  EXPECT_EQ(complement_of_log_odds(1e4), 0);
  EXPECT_EQ(complement_of_log_odds(-1e4), 1);
  EXPECT_DOUBLE_EQ(complement_of_log_odds(700), std::exp(-700.));
}

TEST(LogSumExp, AddsInLogSpace) {
  EXPECT_DOUBLE_EQ(log_sum_exp(1000, 1000), 1000 + std::log(2.));
  EXPECT_EQ(log_sum_exp(-infinity, -3), -3);
  EXPECT_EQ(log_sum_exp(-infinity, -infinity), -infinity);
  EXPECT_DOUBLE_EQ(log_sum_exp(std::vector<double>{-1000, -1001, -1002}),
                   -1000 + std::log(1 + std::exp(-1.) + std::exp(-2.)));
  EXPECT_EQ(log_sum_exp(std::vector<double>{}), -infinity);
}

TEST(LogGamma, MatchesSixtyDigits) {
  EXPECT_DOUBLE_EQ(log_gamma(0.5), 0.57236494292470008707);
  EXPECT_DOUBLE_EQ(log_gamma(450), 2297.0259121709419406);
  EXPECT_EQ(log_gamma(1), 0);
}

TEST(Log1mExp, KeepsItsDigitsAtBothEnds) {
  // ln(1 - e^y), by mpmath at 40 digits.
  EXPECT_NEAR(log1m_exp(-1e-12) / -27.63102111592904822832925, 1, 1e-15);
  EXPECT_NEAR(log1m_exp(-0.7) / -0.6863410028083851535, 1, 1e-15);
  EXPECT_NEAR(log1m_exp(-100) / -3.720075976020835962959696e-44, 1, 1e-15);
  EXPECT_EQ(log1m_exp(0), -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace rapport::math
