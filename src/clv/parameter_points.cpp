#include <rapport/clv/parameter_points.hpp>

namespace rapport::clv {

std::vector<double> covariance_root(std::span<const double> covariance, std::size_t size) {
  if (covariance.size() != size * size) return {};
  // Cholesky, column by column.
  std::vector<double> root(size * size, 0.0);
  for (std::size_t j = 0; j < size; ++j) {
    double square = covariance[j * size + j];
    if (square == 0) continue;
    for (std::size_t m = 0; m < j; ++m) square -= root[j * size + m] * root[j * size + m];
    if (!(square > 0)) return {};
    root[j * size + j] = std::sqrt(square);
    for (std::size_t i = j + 1; i < size; ++i) {
      double product = covariance[i * size + j];
      for (std::size_t m = 0; m < j; ++m) product -= root[i * size + m] * root[j * size + m];
      root[i * size + j] = product / root[j * size + j];
    }
  }
  return root;
}

std::size_t uncertain_parameters(const FitReport& fit) noexcept {
  const std::size_t k = fit.parameters.size();
  if (!fit.usable() || fit.working_covariance.size() != k * k) return 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < k; ++i) count += fit.working_covariance[i * (k + 1)] > 0 ? 1U : 0U;
  return count;
}

}  // namespace rapport::clv
