#include <rapport/math/slice.hpp>

#include <rapport/math/variates.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace rapport::math {
namespace {

struct Moments {
  double mean = 0, variance = 0;
};

template <class Density>
Moments run(double start, const Density& density, const SliceOptions& options) {
  constexpr int count = 20'000;
  RandomStream stream(11);
  double x = start;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < count; ++i) {
    x = slice_draw(stream, x, density, options);
    sum += x;
    squares += x * x;
  }
  return {sum / count, squares / count - (sum / count) * (sum / count)};
}

TEST(SliceDraw, FindsANormalLawWhateverTheWidth) {
  for (const double width : {0.1, 2.0, 100.0}) {
    SCOPED_TRACE(width);
    const auto [mean, variance] =
        run(3, [](double x) { return -0.5 * (x - 2) * (x - 2) / 4; }, {.width = width});
    EXPECT_NEAR(mean, 2, 0.12);  // neighbours are correlated: some 4,000 draws' worth at least
    EXPECT_NEAR(variance, 4, 0.35);
  }
}

TEST(SliceDraw, StaysInsideItsBounds) {
  // Exponential cut at 1: mean 1 - 1 / (e - 1), variance 1 - e / (e - 1)^2.
  const auto [mean, variance] =
      run(0.5, [](double x) { return -x; }, {.width = 3, .lower = 0, .upper = 1});
  EXPECT_NEAR(mean, 0.41802329, 0.01);
  EXPECT_NEAR(variance, 0.07932647, 0.005);
}

TEST(SliceDraw, TakesNotANumberForImpossible) {
  const auto half_normal = [](double x) {
    return x < 0 ? std::numeric_limits<double>::quiet_NaN() : -0.5 * x * x;
  };
  EXPECT_NEAR(run(1, half_normal, {}).mean, std::sqrt(2 / 3.14159265), 0.03);
}

TEST(SliceDraw, StandsStillWhereOnlyOnePointIsPossible) {
  RandomStream stream(3);
  const auto point = [](double x) {
    return x == 1.5 ? 0.0 : -std::numeric_limits<double>::infinity();
  };
  EXPECT_EQ(slice_draw(stream, 1.5, point), 1.5);
}

TEST(EllipticalSliceDraw, FindsThePosteriorOfTwoNormals) {
  // Prior N(0, 1) twice, independent; one observation 3 of the first with variance 1/2: mean 2,
  // variance 1/3. The second stays as it was.
  RandomStream stream(8);
  std::array<double, 2> x = {0, 0};
  std::array<double, 2> sum = {0, 0};
  std::array<double, 2> squares = {0, 0};
  constexpr int count = 20'000;
  for (int i = 0; i < count; ++i) {
    const std::array other = {draw_normal(stream), draw_normal(stream)};
    x = elliptical_slice_draw(stream, x, other, [](const std::array<double, 2>& at) {
      return -(at[0] - 3) * (at[0] - 3);
    });
    for (std::size_t k = 0; k < 2; ++k) {
      sum[k] += x[k];
      squares[k] += x[k] * x[k];
    }
  }
  EXPECT_NEAR(sum[0] / count, 2, 0.05);
  EXPECT_NEAR(squares[0] / count - 4, 1.0 / 3, 0.15);
  EXPECT_NEAR(sum[1] / count, 0, 0.08);
  EXPECT_NEAR(squares[1] / count, 1, 0.08);
}

}  // namespace
}  // namespace rapport::math
