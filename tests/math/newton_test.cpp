#include <rapport/math/newton.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace rapport::math {
namespace {

using Point = std::span<const double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Derivatives rosenbrock(Point p) {
  const double x = p[0], y = p[1], u = y - x * x;
  return {100 * u * u + (1 - x) * (1 - x),
          {-400 * x * u - 2 * (1 - x), 200 * u},
          {-400 * u + 800 * x * x + 2, -400 * x, -400 * x, 200}};
}

TEST(Newton, FindsTheMinimumOfRosenbrocksValley) {
  const auto result = minimise(rosenbrock, std::vector{-1.2, 1.0});
  EXPECT_EQ(result.stop, NewtonStop::converged);
  EXPECT_NEAR(result.point[0], 1, 1e-12);
  EXPECT_NEAR(result.point[1], 1, 1e-12);
  EXPECT_LT(result.gradient_norm, 1e-9);
  EXPECT_LT(result.iterations, 40);
  EXPECT_EQ(result.evaluations, result.iterations + 1);
}

TEST(Newton, TakesOneStepOnAParabola) {
  const auto result = minimise(
      [](Point p) -> Derivatives {
        return {p[0] * p[0] - p[0] * p[1] + p[1] * p[1] - p[0],
                {2 * p[0] - p[1] - 1, 2 * p[1] - p[0]},
                {2, -1, -1, 2}};
      },
      std::vector{0.0, 0.0});
  EXPECT_EQ(result.stop, NewtonStop::converged);
  EXPECT_EQ(result.iterations, 1);
  EXPECT_NEAR(result.point[0], 2.0 / 3, 1e-15);
  EXPECT_NEAR(result.point[1], 1.0 / 3, 1e-15);
}

TEST(Newton, LeavesASaddleWhereTheGradientIsZero) {
  const auto result = minimise(  // x^4 / 4 - x^2 / 2 + y^2: minima at (+-1, 0)
      [](Point p) -> Derivatives {
        const double x = p[0], y = p[1];
        return {x * x * x * x / 4 - x * x / 2 + y * y,
                {x * x * x - x, 2 * y},
                {3 * x * x - 1, 0, 0, 2}};
      },
      std::vector{0.0, 3.0});
  EXPECT_EQ(result.stop, NewtonStop::converged);
  EXPECT_NEAR(std::abs(result.point[0]), 1, 2e-10);  // the step tolerance, times 1 + |x|
}

TEST(Newton, StepsBackFromValuesThatAreNotFinite) {
  const auto result = minimise(  // x - log x, nan for x <= 0
      [](Point p) -> Derivatives {
        const double x = p[0];
        if (x <= 0) return {nan, {nan}, {nan}};
        return {x - std::log(x), {1 - 1 / x}, {1 / (x * x)}};
      },
      std::vector{6.0}, {.first_radius = 8});
  EXPECT_EQ(result.stop, NewtonStop::converged);
  EXPECT_NEAR(result.point[0], 1, 2e-10);
}

TEST(Newton, SaysSoWhereTheStartIsNotFinite) {
  const auto result = minimise(
      [](Point) -> Derivatives {
        return {nan, {0}, {1}};
      },
      std::vector{1.0});
  EXPECT_EQ(result.stop, NewtonStop::not_finite);
  EXPECT_EQ(result.point, std::vector{1.0});
}

TEST(Newton, CallsAnExponentialTailFlatAndNamesTheDirection) {
  const auto result = minimise(  // 1 + exp(-x) + y^2
      [](Point p) -> Derivatives {
        const double e = std::exp(-p[0]);
        return {1 + e + p[1] * p[1], {-e, 2 * p[1]}, {e, 0, 0, 2}};
      },
      std::vector{0.0, 1.0});
  EXPECT_EQ(result.stop, NewtonStop::flat);
  EXPECT_NEAR(result.flat_direction[0], 1, 1e-9);
  EXPECT_NEAR(result.flat_direction[1], 0, 1e-3);
}

TEST(Newton, CallsAConstantDirectionFlat) {
  const auto result = minimise(
      [](Point p) -> Derivatives {
        return {1 + p[1] * p[1], {0, 2 * p[1]}, {0, 0, 0, 2}};
      },
      std::vector{0.5, 1.0});
  EXPECT_EQ(result.stop, NewtonStop::flat);
  EXPECT_NEAR(result.point[1], 0, 1e-12);
  EXPECT_NEAR(std::abs(result.flat_direction[0]), 1, 1e-12);
}

TEST(Newton, StopsAtABoundThatTheFunctionFallsTowards) {
  const auto slope = [](Point p) -> Derivatives {
    return {p[0] + (p[1] - 2) * (p[1] - 2), {1, 2 * (p[1] - 2)}, {0, 0, 0, 2}};
  };
  const auto result =
      minimise(slope, std::vector{0.0, 0.0}, {.lower = {-20, -20}, .upper = {20, 20}});
  EXPECT_EQ(result.stop, NewtonStop::at_bound);
  EXPECT_EQ(result.point[0], -20);
  EXPECT_NEAR(result.point[1], 2, 1e-12);
  EXPECT_EQ(result.at_bound, (std::vector{-1, 0}));
}

TEST(Newton, ReachesAMinimumInsideFromABound) {
  const auto result =
      minimise(rosenbrock, std::vector{-2.0, 3.0}, {.lower = {-2, -2}, .upper = {3, 3}});
  EXPECT_EQ(result.stop, NewtonStop::converged);
  EXPECT_NEAR(result.point[0], 1, 1e-10);
}

TEST(Newton, HonoursItsLimits) {
  EXPECT_EQ(minimise(rosenbrock, std::vector{-1.2, 1.0}, {.max_iterations = 3}).stop,
            NewtonStop::iteration_limit);
  const auto stopped = minimise(rosenbrock, std::vector{-1.2, 1.0},
                                {.keep_going = [](int iteration) { return iteration < 2; }});
  EXPECT_EQ(stopped.stop, NewtonStop::stopped);
  EXPECT_EQ(stopped.iterations, 2);
}

TEST(Newton, EndsWhereValueAndGradientContradictEachOther) {
  const auto result = minimise(
      [](Point p) -> Derivatives {
        return {1 + p[0] * p[0], {-2 * p[0]}, {2}};
      },
      std::vector{3.0});
  EXPECT_EQ(result.stop, NewtonStop::no_progress);
}

TEST(Newton, DoesNotChangeWithTheScaleOfTheFunction) {
  const auto plain = minimise(rosenbrock, std::vector{-1.2, 1.0});
  const auto scaled = minimise(
      [](Point p) {
        Derivatives d = rosenbrock(p);
        d.value *= 0x1p40;
        for (double& g : d.gradient) g *= 0x1p40;
        for (double& h : d.hessian) h *= 0x1p40;
        return d;
      },
      std::vector{-1.2, 1.0});
  EXPECT_EQ(scaled.stop, NewtonStop::converged);
  EXPECT_EQ(plain.iterations, scaled.iterations);
  EXPECT_NEAR(plain.point[0], scaled.point[0], 1e-14);
}

TEST(Newton, RefusesShapesThatDoNotFit) {
  EXPECT_THROW((void)minimise(rosenbrock, {}), std::invalid_argument);
  EXPECT_THROW((void)minimise(rosenbrock, std::vector{0.0, 0.0}, {.lower = {0}}),
               std::invalid_argument);
  EXPECT_THROW(
      (void)minimise(rosenbrock, std::vector{0.0, 0.0}, {.lower = {1, 1}, .upper = {0, 2}}),
      std::invalid_argument);
  const auto of_two = [](Point) -> Derivatives { return {0, {0, 0}, {1, 0, 0, 1}}; };
  EXPECT_THROW((void)minimise(of_two, std::vector{0.0}), std::invalid_argument);
}

TEST(InversePositiveDefinite, InvertsByHandAndRefusesTheRest) {
  const auto inverse = inverse_positive_definite(std::vector{2.0, 1.0, 1.0, 2.0}, 2);
  ASSERT_EQ(inverse.size(), 4U);
  EXPECT_NEAR(inverse[0], 2.0 / 3, 1e-15);
  EXPECT_NEAR(inverse[1], -1.0 / 3, 1e-15);
  EXPECT_TRUE(inverse_positive_definite(std::vector{1.0, 2.0, 2.0, 1.0}, 2).empty());
  EXPECT_TRUE(inverse_positive_definite(std::vector{1.0, 1.0, 1.0, 1.0}, 2).empty());
  EXPECT_TRUE(inverse_positive_definite(std::vector{nan}, 1).empty());
}

TEST(InversePositiveDefinite, KeepsItsDigitsWhereScalesDiffer) {
  const auto inverse = inverse_positive_definite(std::vector{1e-12, 0.5, 0.5, 1e12}, 2);
  ASSERT_EQ(inverse.size(), 4U);
  EXPECT_NEAR(inverse[0] / (1e12 / 0.75), 1, 1e-14);
  EXPECT_NEAR(inverse[3] / (1e-12 / 0.75), 1, 1e-14);
}

}  // namespace
}  // namespace rapport::math
