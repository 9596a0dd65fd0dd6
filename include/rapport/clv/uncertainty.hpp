#ifndef RAPPORT_CLV_UNCERTAINTY_HPP
#define RAPPORT_CLV_UNCERTAINTY_HPP

/// \file
/// From the uncertainty of a fit to that of what it predicts: the delta method.
///
/// A prediction is a function of the coordinates in which the parameters were searched. Its
/// gradient comes from asking the model's neighbours, each with one parameter a little larger; its
/// variance is gradient x covariance x gradient. Intervals are symmetric where the quantity is
/// unbounded: positive numbers in their logarithm, probabilities in their log-odds. They cover the
/// uncertainty of the parameters alone (core::Covers::parameter), to about three digits of their
/// width.

#include <rapport/clv/fit.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/math/normal.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace rapport::clv {

/// ln(p / (1 - p)) from ln p <= 0, right also where p rounds to 0 or 1.
[[nodiscard]] inline double log_odds(double log_p) noexcept {
  return log_p - std::log(-std::expm1(log_p));
}

/// A fitted model with its neighbours, and the covariance that says how far to trust it.
template <class Model>
class Neighbourhood {
 public:
  using Params = typename Model::Params;
  static constexpr std::size_t parameters = sizeof(Params) / sizeof(double);
  /// The fitted model, then one neighbour a parameter.
  static constexpr std::size_t models = parameters + 1;
  /// A value under each of the models.
  using Values = std::array<double, models>;

  /// `level` is that of the intervals. A fit that is not usable gives values without intervals.
  /// \throws std::domain_error unless level is in (0, 1).
  explicit Neighbourhood(const Fit<Model>& fit, double level = 0.90)
      : covariance_(fit.working_covariance),
        usable_(fit.usable()),
        level_(level),
        reach_(math::two_sided_quantile(level)) {
    std::array<double, parameters> values;
    std::copy(fit.parameters.begin(), fit.parameters.end(), values.begin());
    models_.reserve(models);
    models_.emplace_back(std::bit_cast<Params>(values));
    for (std::size_t i = 0; i < parameters; ++i) {
      auto neighbour = values;
      away_[i] = 1;
      if (!fit.held.empty() && fit.held[i]) {
        // It has no uncertainty to pass on.
      } else if (fit.coordinates.empty() || fit.coordinates[i] == Coordinate::logarithm) {
        neighbour[i] *= std::exp(step);
      } else {
        // Towards 0, so that it stays in its domain.
        away_[i] = neighbour[i] > 0 ? -1 : 1;
        neighbour[i] += away_[i] * step;
      }
      models_.emplace_back(std::bit_cast<Params>(neighbour));
    }
  }

  [[nodiscard]] const Model& centre() const noexcept { return models_.front(); }
  [[nodiscard]] double level() const noexcept { return level_; }

  /// The quantity under each model.
  template <class Quantity>
  [[nodiscard]] Values ask(const Quantity& quantity) const {
    Values values;
    for (std::size_t i = 0; i < models; ++i) values[i] = quantity(models_[i]);
    return values;
  }

  /// Standard error of a quantity, from its values under the models; NaN without a usable fit.
  [[nodiscard]] double standard_error(const Values& values) const {
    if (!usable_) return std::numeric_limits<double>::quiet_NaN();
    double variance = 0;
    for (std::size_t i = 0; i < parameters; ++i) {
      for (std::size_t j = 0; j < parameters; ++j) {
        variance += away_[i] * (values[i + 1] - values[0]) * away_[j] *
                    (values[j + 1] - values[0]) * covariance_[i * parameters + j];
      }
    }
    return std::sqrt(std::max(variance, 0.0)) / step;
  }

  /// A quantity > 0 with its interval. 0 under every model is 0 for certain.
  template <class Quantity>
  [[nodiscard]] core::Estimate positive(const Quantity& quantity) const {
    return positive(ask(quantity));
  }

  /// The same from its values under the models.
  [[nodiscard]] core::Estimate positive(const Values& values) const {
    core::Estimate result = point(values[0]);
    if (!result.usable() || !usable_) return result;
    if (!(values[0] > 0)) return certain(result);
    Values logs;
    for (std::size_t i = 0; i < models; ++i) logs[i] = std::log(values[i] / values[0]);
    const double factor = std::exp(reach_ * standard_error(logs));
    result.low = values[0] / factor;
    result.high = values[0] * factor;
    return result;
  }

  /// A probability with its interval, from its logarithm; 0 and 1 are certain.
  template <class LogProbability>
  [[nodiscard]] core::Estimate probability(double value, const LogProbability& log_p) const {
    core::Estimate result = point(value);
    if (!result.usable() || !usable_) return result;
    Values odds = ask(log_p);
    for (double& each : odds) each = log_odds(each);
    if (!std::isfinite(odds[0])) return certain(result);
    const double reach = reach_ * standard_error(odds);
    result.low = std::min(value, 1 / (1 + std::exp(reach - odds[0])));
    result.high = std::max(value, 1 / (1 + std::exp(-reach - odds[0])));
    return result;
  }

 private:
  // Change of a coordinate, relative for a logarithm: the gradient is then right to about 1e-4 of
  // itself, and values that are right to 1e-12 disturb it by 1e-8.
  static constexpr double step = 1e-4;

  [[nodiscard]] core::Estimate point(double value) const {
    core::Estimate result;
    result.value = value;
    result.level = level_;
    result.status = std::isnan(value) ? core::Status::undefined : core::Status::estimated;
    return result;
  }

  static core::Estimate certain(core::Estimate estimate) {
    estimate.low = estimate.high = estimate.value;
    return estimate;
  }

  std::vector<Model> models_;
  std::array<double, parameters> away_;  // where each neighbour lies: 1 above, -1 below
  std::vector<double> covariance_;
  bool usable_;
  double level_, reach_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_UNCERTAINTY_HPP
