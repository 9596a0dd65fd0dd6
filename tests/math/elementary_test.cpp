#include <rapport/math/detail/elementary.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace rapport::math {
namespace {

// Against the C library in extended precision.
TEST(Elementary, ExponentialIsRightToTwoUnitsInTheLastPlace) {
  std::mt19937_64 engine(1);
  std::uniform_real_distribution<double> uniform(-1, 1);
  for (int i = 0; i < 200000; ++i) {
    const double y = (i % 2 == 0 ? 700 : 3) * uniform(engine);
    const long double exact = std::exp(static_cast<long double>(y));
    ASSERT_NEAR(static_cast<double>(exp_moderate(y) / exact), 1, 4e-16) << y;
  }
  EXPECT_EQ(exp_moderate(0), 1);
}

TEST(Elementary, LogarithmIsRightRelativeToItselfOrToTheDistanceFromOne) {
  std::mt19937_64 engine(2);
  std::uniform_real_distribution<double> uniform(-1, 1);
  for (int i = 0; i < 200000; ++i) {
    const double y = i % 2 == 0 ? std::exp(700 * uniform(engine)) : std::exp(uniform(engine));
    const long double exact = std::log(static_cast<long double>(y));
    ASSERT_NEAR(static_cast<double>(log_moderate(y) - exact), 0,
                4e-16 * std::max(std::abs(static_cast<double>(exact)), std::abs(y - 1) * .5))
        << y;
    const double t = std::exp(600 * uniform(engine));
    const long double exact_1p = std::log1p(static_cast<long double>(t));
    ASSERT_NEAR(static_cast<double>(log1p_moderate(t) / exact_1p), 1, 6e-16) << t;
    const double near = std::exp(-20 * std::abs(uniform(engine)));
    ASSERT_NEAR(
        static_cast<double>(log1p_moderate(near) / std::log1p(static_cast<long double>(near))), 1,
        6e-16)
        << near;
  }
  EXPECT_EQ(log_moderate(1), 0);
  EXPECT_EQ(log1p_moderate(0), 0);
}

TEST(Elementary, IsTheSameBitsInALoopAndAlone) {
  std::vector<double> y(1000), powers(1000), logs(1000);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = -50 + 0.1 * static_cast<double>(i);
  for (std::size_t i = 0; i < y.size(); ++i) powers[i] = exp_moderate(y[i]);
  for (std::size_t i = 0; i < y.size(); ++i) logs[i] = log_moderate(powers[i]);
  for (std::size_t i = 0; i < y.size(); ++i) {
    volatile double alone = y[i];
    ASSERT_EQ(exp_moderate(alone), powers[i]);
    alone = powers[i];
    ASSERT_EQ(log_moderate(alone), logs[i]);
  }
}

}  // namespace
}  // namespace rapport::math
