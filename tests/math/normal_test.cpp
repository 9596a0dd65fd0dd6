#include <rapport/math/normal.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::math {
namespace {

TEST(Normal, QuantilesMatchTheirReference) {
  // sqrt(2) erfinv(2 p - 1) at 50 digits, mpmath.
  EXPECT_NEAR(normal_quantile(0.95) / 1.6448536269514727, 1, 1e-15);
  EXPECT_NEAR(normal_quantile(0.975) / 1.9599639845400545, 1, 1e-15);
  EXPECT_NEAR(normal_quantile(1e-300) / -37.047096299361199, 1, 1e-14);
  EXPECT_EQ(normal_quantile(0.5), 0);
}

TEST(Normal, IntervalsReachAsFarAsTheirQuantile) {
  for (const double level : {0.001, 0.5, 0.9, 0.95, 0.999}) {
    EXPECT_NEAR(two_sided_quantile(level) / normal_quantile((1 + level) / 2), 1, 1e-12) << level;
  }
}

TEST(Normal, RejectsWhatIsNoProbabilityInside) {
  for (const double p : {0.0, 1.0, -0.1, 1.5, std::nan("")}) {
    EXPECT_THROW((void)normal_quantile(p), std::domain_error) << p;
    EXPECT_THROW((void)two_sided_quantile(p), std::domain_error) << p;
  }
}

}  // namespace
}  // namespace rapport::math
