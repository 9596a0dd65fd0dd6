#include <rapport/clv/parameter_points.hpp>

#include <cmath>

namespace rapport::clv {

std::vector<double> covariance_root(std::span<const double> covariance, std::size_t size) {
  if (covariance.size() != size * size) return {};
  // Cholesky, column by column; what rounding leaves of a tied parameter's own variance is none.
  constexpr double rounding = 1e-10;
  std::vector<double> root(size * size, 0.0);
  for (std::size_t j = 0; j < size; ++j) {
    const double variance = covariance[j * size + j];
    if (!(variance >= 0 && std::isfinite(variance))) return {};
    double square = variance;
    for (std::size_t m = 0; m < j; ++m) square -= root[j * size + m] * root[j * size + m];
    const bool tied = std::abs(square) <= rounding * variance;
    if (!tied && !(square > 0)) return {};
    if (!tied) root[j * size + j] = std::sqrt(square);
    for (std::size_t i = j + 1; i < size; ++i) {
      double product = covariance[i * size + j];
      for (std::size_t m = 0; m < j; ++m) product -= root[i * size + m] * root[j * size + m];
      if (!tied) {
        root[i * size + j] = product / root[j * size + j];
      } else if (!(std::abs(product) <=
                   std::sqrt(rounding * variance * std::abs(covariance[i * (size + 1)])))) {
        return {};  // more covariance than variance
      }
    }
  }
  return root;
}

std::size_t uncertain_parameters(const FitReport& fit) {
  if (!fit.usable()) return 0;
  const std::size_t k = fit.parameters.size();
  const auto root = covariance_root(fit.working_covariance, k);
  if (root.empty()) return 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < k; ++i) count += root[i * (k + 1)] > 0 ? 1U : 0U;
  return count;
}

}  // namespace rapport::clv
