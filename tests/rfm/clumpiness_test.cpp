#include <rapport/rfm/clumpiness.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::rfm {
namespace {

double clumpiness_of(const std::vector<std::int32_t>& days) { return clumpiness(days, 29); }

TEST(R58_Clumpiness, EvenDaysAreNotClumpyAndOneBurstIs) {
  EXPECT_NEAR(clumpiness_of({5, 10, 15, 20, 25}), 0, 1e-15);
  // By hand: gaps 1, 1, 1, 1, 1, 25 of 30.
  EXPECT_NEAR(clumpiness_of({1, 2, 3, 4, 5}), 0.5988, 5e-5);
  EXPECT_NEAR(clumpiness_of({1, 2, 3, 4, 5}),
              1 + (5 * std::log(1 / 30.0) / 30 + 25 * std::log(25 / 30.0) / 30) / std::log(6.0),
              1e-15);
}

TEST(Clumpiness, IsTheSameInTheMirror) {
  EXPECT_NEAR(clumpiness_of({2, 3, 9}), clumpiness_of({21, 27, 28}), 1e-15);
}

TEST(Clumpiness, NoEventHasNone) { EXPECT_TRUE(std::isnan(clumpiness_of({}))); }

TEST(Clumpiness, RejectsDaysOutOfOrderOrWindow) {
  EXPECT_THROW((void)clumpiness_of({3, 3}), std::invalid_argument);
  EXPECT_THROW((void)clumpiness_of({0}), std::invalid_argument);
  EXPECT_THROW((void)clumpiness_of({30}), std::invalid_argument);
  EXPECT_THROW((void)clumpiness({}, 0), std::domain_error);
}

}  // namespace
}  // namespace rapport::rfm
