#include <rapport/math/chi_squared.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rapport::math {
namespace {

TEST(ChiSquaredTail, OfTwoDegreesIsAnExponential) {
  for (const double value : {0.0, 0.1, 1.0, 4.605170185988091, 50.0, 1000.0}) {
    EXPECT_NEAR(chi_squared_tail(value, 2) / std::exp(-value / 2), 1, 1e-13) << value;
  }
}

TEST(ChiSquaredTail, OfOneDegreeIsThatOfASquaredNormal) {
  for (const double value : {0.01, 1.0, 3.841458820694124, 30.0}) {
    EXPECT_NEAR(chi_squared_tail(value, 1) / std::erfc(std::sqrt(value / 2)), 1, 1e-13) << value;
  }
}

TEST(ChiSquaredTail, MatchesFiftyDigitReference) {
  // mpmath, 50 digits: gammainc(degrees / 2, value / 2, regularized=True).
  constexpr struct {
    double value, degrees, tail;
  } rows[] = {{75.18, 9, 1.4561139244432787055e-12},
              {3.5, 5, 0.62338762774958203461},
              {0.25, 14, 0.99999999991518355057},
              {200, 90, 2.4663591900019926936e-10},
              {12.592, 6.5, 0.06497767329450225024}};
  for (const auto& [value, degrees, tail] : rows) {
    EXPECT_NEAR(chi_squared_tail(value, degrees) / tail, 1, 1e-13) << value << ' ' << degrees;
  }
}

TEST(ChiSquaredTail, IsNaNOutsideItsDomain) {
  EXPECT_TRUE(std::isnan(chi_squared_tail(-1, 2)));
  EXPECT_TRUE(std::isnan(chi_squared_tail(1, 0)));
  EXPECT_TRUE(std::isnan(chi_squared_tail(std::numeric_limits<double>::quiet_NaN(), 2)));
}

}  // namespace
}  // namespace rapport::math
