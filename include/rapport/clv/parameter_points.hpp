#ifndef RAPPORT_CLV_PARAMETER_POINTS_HPP
#define RAPPORT_CLV_PARAMETER_POINTS_HPP

/// \file
/// A few models that stand for all that the data leave possible: averages over the uncertainty of
/// a fit, without random draws.
///
/// The parameters, in the coordinates of their search, are taken for normal with the fit's
/// covariance. The 2 k points at sqrt(k) standard errors along the columns of its root, equally
/// weighted, have its mean and covariance and integrate every cubic exactly: the spherical-radial
/// rule of I. Arasaratnam, S. Haykin (2009), Cubature Kalman Filters, IEEE Transactions on
/// Automatic Control 54(6), 1254-1269, doi:10.1109/TAC.2009.2019800.

#include <rapport/clv/fit.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace rapport::clv {

/// The root L of a covariance C = L L' (k x k, row by row, lower triangular). A row of zeros, of a
/// parameter that is held, gives a row of zeros; one tied to those before it, a 0 on the diagonal.
/// Empty if C is no covariance.
[[nodiscard]] std::vector<double> covariance_root(std::span<const double> covariance,
                                                  std::size_t size);

/// The dimension of a fit's uncertainty: the parameters that are free, and not tied to others.
[[nodiscard]] std::size_t uncertain_parameters(const FitReport& fit);

/// The models of a fit's points, equally weighted: two a free parameter; the fitted model alone
/// where none is free, or the fit has no covariance.
///
/// `dimension` is that of the whole uncertainty if several fits are averaged over together, each
/// fit's points in turn while the others stand at their centre: the sum of their
/// uncertain_parameters(). 0: that of this fit.
template <class Model>
[[nodiscard]] std::vector<Model> parameter_points(const Fit<Model>& fit,
                                                  std::size_t dimension = 0) {
  constexpr std::size_t k = sizeof(typename Model::Params) / sizeof(double);
  const std::size_t free = uncertain_parameters(fit);
  const auto root = covariance_root(fit.working_covariance, k);
  if (free == 0 || root.empty()) return {fit.model()};
  const double radius = std::sqrt(static_cast<double>(dimension == 0 ? free : dimension));
  std::vector<Model> models;
  models.reserve(2 * free);
  for (std::size_t column = 0; column < k; ++column) {
    if (!(root[column * (k + 1)] > 0)) continue;
    for (const double sign : {-1.0, 1.0}) {
      std::array<double, k> values{};
      for (std::size_t i = 0; i < k; ++i) {
        const double step = sign * radius * root[i * k + column];
        values[i] = fit.coordinates.empty() || fit.coordinates[i] == Coordinate::logarithm
                        ? fit.parameters[i] * std::exp(step)
                        : fit.parameters[i] + step;
      }
      models.emplace_back(std::bit_cast<typename Model::Params>(values));
    }
  }
  return models;
}

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_PARAMETER_POINTS_HPP
