#include <rapport/math/variates.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::math {
namespace {

struct Moments {
  double mean, variance;
};

// Draws on one stream: 20,000 of them, so that a mean is known to 0.7 % of a standard deviation.
template <class Draw>
Moments moments(const Draw& draw) {
  constexpr int count = 20'000;
  RandomStream stream(2024);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < count; ++i) {
    const double value = draw(stream);
    sum += value;
    squares += value * value;
  }
  const double mean = sum / count;
  return {mean, squares / count - mean * mean};
}

TEST(DrawNormal, HasMeanZeroAndVarianceOne) {
  const auto [mean, variance] = moments([](RandomStream& s) { return draw_normal(s); });
  EXPECT_NEAR(mean, 0, 0.025);  // 3.5 standard errors, here and below
  EXPECT_NEAR(variance, 1, 0.035);
}

TEST(DrawLogGamma, HasTheMomentsOfTheLawAndOfItsLogarithm) {
  // E ln X = psi(shape), Var ln X = psi'(shape): -0.5772156649, 1.6449340668 at 1; -1.9635100260,
  // 4.9348022005 at 1/2; 2.2517525891, 0.1051663357 at 10 (DLMF 5.4).
  struct Row {
    double shape, mean, variance;
  };
  for (const Row& row : {Row{1, -0.5772156649, 1.6449340668}, Row{0.5, -1.9635100260, 4.9348022005},
                         Row{10, 2.2517525891, 0.1051663357}}) {
    const double shape = row.shape;  // clang captures no structured binding
    SCOPED_TRACE(shape);
    const auto logs = moments([&](RandomStream& s) { return draw_log_gamma(s, shape); });
    EXPECT_NEAR(logs.mean, row.mean, 3.5 * std::sqrt(row.variance / 20'000));
    EXPECT_NEAR(logs.variance / row.variance, 1, 0.12);  // the logarithms have heavy lower tails
    const auto plain = moments([&](RandomStream& s) { return std::exp(draw_log_gamma(s, shape)); });
    EXPECT_NEAR(plain.mean, shape, 3.5 * std::sqrt(shape / 20'000));
  }
}

TEST(DrawLogGamma, KeepsTinyShapesApartWhoseVariatesVanish) {
  RandomStream stream(5);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(std::isfinite(draw_log_gamma(stream, 1e-6)));
  }
}

TEST(DrawPoisson, HasMeanAndVarianceAlikeForSmallAndLargeMeans) {
  for (const double wanted : {0.3, 7.0, 300.0}) {
    SCOPED_TRACE(wanted);
    const auto [mean, variance] =
        moments([&](RandomStream& s) { return static_cast<double>(draw_poisson(s, wanted)); });
    EXPECT_NEAR(mean, wanted, 3.5 * std::sqrt(wanted / 20'000));
    EXPECT_NEAR(variance / wanted, 1, 0.06);
  }
}

TEST(DrawPoisson, OfMeanZeroIsZeroAndOfAHugeOneIsFinite) {
  RandomStream stream(1);
  EXPECT_EQ(draw_poisson(stream, 0), 0u);
  EXPECT_NEAR(static_cast<double>(draw_poisson(stream, 1e300)), 1e15, 1e9);
}

TEST(Cholesky, TakesTheRootOfACovariance) {
  const auto root = cholesky(std::array{4.0, 2.0, 2.0, 10.0});
  EXPECT_EQ(root, (std::vector<double>{2, 0, 1, 3}));
}

TEST(Cholesky, IsEmptyWithoutARootAndRejectsWhatIsNotSquare) {
  EXPECT_TRUE(cholesky(std::array{1.0, 2.0, 2.0, 1.0}).empty());
  EXPECT_THROW((void)cholesky(std::array{1.0, 2.0}), std::invalid_argument);
  EXPECT_THROW((void)cholesky({}), std::invalid_argument);
}

TEST(DrawInverseWishart, HasTheMeanOfTheLaw) {
  // Mean scale / (freedom - d - 1) = scale / 10.
  const std::array scale = {20.0, 6.0, 6.0, 10.0};
  for (const std::size_t element : {0u, 1u, 3u}) {
    SCOPED_TRACE(element);
    const auto [mean, variance] =
        moments([&](RandomStream& s) { return draw_inverse_wishart(s, 13, scale)[element]; });
    EXPECT_NEAR(mean, scale[element] / 10, 3.5 * std::sqrt(variance / 20'000));
  }
}

TEST(DrawInverseWishart, InOneDimensionIsAnInverseGamma) {
  // 1 / X ~ Gamma(freedom / 2, scale / 2): mean freedom / scale, variance 2 freedom / scale^2.
  const auto [mean, variance] = moments(
      [](RandomStream& s) { return 1 / draw_inverse_wishart(s, 6, std::array{3.0}).front(); });
  EXPECT_NEAR(mean, 2, 0.03);
  EXPECT_NEAR(variance, 12.0 / 9, 0.08);
}

TEST(DrawInverseWishart, RejectsWhatIsNoLaw) {
  RandomStream stream(1);
  EXPECT_THROW((void)draw_inverse_wishart(stream, 1, std::array{1.0, 0.0, 0.0, 1.0}),
               std::domain_error);
  EXPECT_THROW((void)draw_inverse_wishart(stream, 5, std::array{1.0, 2.0, 2.0, 1.0}),
               std::invalid_argument);
  EXPECT_THROW((void)draw_inverse_wishart(stream, 5, std::array{1.0, 2.0}), std::invalid_argument);
}

}  // namespace
}  // namespace rapport::math
