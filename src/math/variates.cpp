#include <rapport/math/variates.hpp>

#include <rapport/core/check.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace rapport::math {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const Matrix> square(std::span<const double> values, const char* place) {
  const auto side = static_cast<Eigen::Index>(std::lround(std::sqrt(values.size())));
  if (values.empty() || side * side != static_cast<Eigen::Index>(values.size())) {
    throw std::invalid_argument(std::string(place) + ": the matrix is not square");
  }
  return {values.data(), side, side};
}

std::vector<double> values_of(const Matrix& matrix) {
  return {matrix.data(), matrix.data() + matrix.size()};
}

// Shape >= 1.
double draw_large_gamma(RandomStream& stream, double shape) {
  const double d = shape - 1.0 / 3;
  const double c = 1 / (3 * std::sqrt(d));
  for (;;) {
    const double x = draw_normal(stream);
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    const double u = draw_uniform(stream);
    const double square = x * x;
    if (u < 1 - 0.0331 * square * square) return d * v;
    if (std::log(u) < 0.5 * square + d * (1 - v + std::log(v))) return d * v;
  }
}

}  // namespace

double draw_normal(RandomStream& stream) {
  boost::random::normal_distribution<double> law;
  return law(stream);
}

double draw_log_gamma(RandomStream& stream, double shape) {
  if (shape >= 1) return std::log(draw_large_gamma(stream, shape));
  const double above = std::log(draw_large_gamma(stream, shape + 1));
  return above + std::log(draw_uniform(stream)) / shape;
}

std::uint64_t draw_poisson(RandomStream& stream, double mean) {
  if (!(mean > 0)) return 0;
  boost::random::poisson_distribution<std::int64_t> law(std::min(mean, 1e15));
  return static_cast<std::uint64_t>(law(stream));
}

std::vector<double> cholesky(std::span<const double> matrix) {
  const Eigen::LLT<Matrix> factor(Matrix(square(matrix, "cholesky")));
  if (factor.info() != Eigen::Success) return {};
  return values_of(Matrix(factor.matrixL()));
}

std::vector<double> draw_inverse_wishart(RandomStream& stream, double freedom,
                                         std::span<const double> scale) {
  const Eigen::LLT<Matrix> factor(Matrix(square(scale, "draw_inverse_wishart")));
  if (factor.info() != Eigen::Success) {
    throw std::invalid_argument("draw_inverse_wishart: the scale is not positive definite");
  }
  const Eigen::Index d = factor.rows();
  if (!(std::isfinite(freedom) && freedom > static_cast<double>(d - 1))) {
    core::throw_domain_error("draw_inverse_wishart", "freedom", freedom, "finite and > d - 1");
  }
  // With scale = L L' and A lower triangular, A A' ~ Wishart(freedom, 1): X = (L A'^-1)(L A'^-1)'.
  Matrix bartlett = Matrix::Zero(d, d);
  for (Eigen::Index i = 0; i < d; ++i) {
    const double half = (freedom - static_cast<double>(i)) / 2;
    bartlett(i, i) = std::sqrt(2 * std::exp(draw_log_gamma(stream, half)));
    for (Eigen::Index j = 0; j < i; ++j) bartlett(i, j) = draw_normal(stream);
  }
  const Matrix transposed = factor.matrixL().transpose();
  const Matrix root = bartlett.triangularView<Eigen::Lower>().solve(transposed);
  return values_of(root.transpose() * root);
}

}  // namespace rapport::math
