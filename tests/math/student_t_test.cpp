#include <rapport/math/normal.hpp>
#include <rapport/math/student_t.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace rapport::math {
namespace {

TEST(StudentT, QuantilesHaveTheirClosedFormsForOneTwoAndFourDegrees) {
  // W. T. Shaw (2006), Sampling Student's T distribution, Journal of Computational Finance 9(4).
  for (const double level : {0.5, 0.9, 0.95, 0.99}) {
    const double p = (1 + level) / 2;
    const double alpha = 4 * p * (1 - p);
    EXPECT_NEAR(two_sided_t_quantile(level, 1) / std::tan(std::numbers::pi * (p - 0.5)), 1, 1e-13);
    EXPECT_NEAR(two_sided_t_quantile(level, 2) / (2 * (p - 0.5) * std::sqrt(2 / alpha)), 1, 1e-13);
    const double q = std::cos(std::acos(std::sqrt(alpha)) / 3) / std::sqrt(alpha);
    EXPECT_NEAR(two_sided_t_quantile(level, 4) / (2 * std::sqrt(q - 1)), 1, 1e-13);
  }
}

TEST(StudentT, MatchesTheTableOfItsInventor) {
  // Printed to three decimals in every table of the law.
  EXPECT_NEAR(two_sided_t_quantile(0.95, 10), 2.228, 0.0005);
  EXPECT_NEAR(two_sided_t_quantile(0.90, 30), 1.697, 0.0005);
}

TEST(StudentT, TendsToTheNormalLawAndFallsOnTheWay) {
  EXPECT_EQ(two_sided_t_quantile(0.9, HUGE_VAL), two_sided_quantile(0.9));
  EXPECT_NEAR(two_sided_t_quantile(0.9, 1e12), two_sided_quantile(0.9), 1e-10);
  EXPECT_GT(two_sided_t_quantile(0.9, 7.5), two_sided_t_quantile(0.9, 7.6));
}

TEST(StudentT, RefusesWhatIsNoLevelAndNoDegrees) {
  for (const double level : {0.0, 1.0, -0.1, std::nan("")}) {
    EXPECT_THROW((void)two_sided_t_quantile(level, 5), std::domain_error) << level;
  }
  for (const double degrees : {0.0, -1.0, std::nan("")}) {
    EXPECT_THROW((void)two_sided_t_quantile(0.9, degrees), std::domain_error) << degrees;
  }
}

}  // namespace
}  // namespace rapport::math
