#ifndef RAPPORT_CLV_COVARIATE_FORECAST_HPP
#define RAPPORT_CLV_COVARIATE_FORECAST_HPP

/// \file
/// What a model fitted with covariates says of every customer of a base: the columns of forecast(),
/// each value with the interval that the uncertainty of parameters and coefficients gives it.

#include <rapport/clv/covariates.hpp>
#include <rapport/clv/forecast.hpp>
#include <rapport/clv/varying_fit.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/parallel.hpp>

#include <cmath>
#include <cstddef>
#include <span>

namespace rapport::clv {

/// The body of the forecasts below. `ask(model, row)` has the answers alive(), expected(horizon)
/// and discounted(horizon, delta) of the row under a model.
template <class Fit, class Ask>
[[nodiscard]] Forecast forecast_rows(const Fit& fit, std::size_t size, core::Period period,
                                     const ForecastOptions& options,
                                     std::span<const double> weights, const Ask& ask) {
  if (!weights.empty()) core::check_same_size(weights.size(), size, "forecast", "weights");
  const double horizon = options.horizon.in(period);
  core::check_not_negative_finite(horizon, "forecast", "horizon");
  const double delta = options.annual_discount.continuous_per(period);
  core::check_not_negative_finite(delta, "forecast", "annual_discount");
  Forecast result;
  for (auto* column :
       {&result.probability_alive, &result.expected_purchases, &result.discounted_purchases}) {
    column->level = options.level;
    column->resize(size);
  }
  result.total.level = options.level;
  if (!predicts(fit)) return result;
  constexpr std::size_t rows_per_block = 64;
  options.watch.report({"forecasting", 0, size});
  core::for_blocks(options.threads, size, rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const auto estimate = [&](Quantity kind, const auto& value) {
        return estimate_of(
            fit, kind, [&](const auto& model) { return value(ask(model, row)); }, options.level);
      };
      result.probability_alive.set(row, estimate(Quantity::probability, [](const auto& answers) {
                                     return answers.alive();
                                   }));
      result.expected_purchases.set(row, estimate(Quantity::positive, [&](const auto& answers) {
                                      return answers.expected(horizon);
                                    }));
      result.discounted_purchases.set(row, estimate(Quantity::positive, [&](const auto& answers) {
                                        return answers.discounted(horizon, delta);
                                      }));
    }
  });
  const auto total = [&](const auto& model) {
    double sum = 0;
    for (std::size_t row = 0; row < size; ++row) {
      const double weight = weights.empty() ? 1 : weights[row];
      if (!std::isnan(weight)) sum += weight * ask(model, row).discounted(horizon, delta);
    }
    return sum;
  };
  result.total = estimate_of(fit, Quantity::positive, total, options.level);
  result.total.n = size;
  options.watch.report({"forecasting", size, size});
  return result;
}

/// Forecasts every row with its covariates, as forecast() does for a plain model.
/// \throws as it does, and std::invalid_argument unless the covariates have the names of the
/// coefficients.
template <class Model>
[[nodiscard]] Forecast forecast(const CovariateFit<Model>& fit, const Histories& histories,
                                const CovariateSets& covariates,
                                const ForecastOptions& options = {},
                                std::span<const double> weights = {}) {
  check_same_period(fit, histories, "forecast");
  struct Answers {
    Model model;
    CustomerHistory history;
    [[nodiscard]] double alive() const { return model.probability_alive(history); }
    [[nodiscard]] double expected(double t) const { return model.expected_purchases(history, t); }
    [[nodiscard]] double discounted(double t, double delta) const {
      return model.discounted_purchases(history, t, delta);
    }
  };
  return forecast_rows(fit, histories.size(), histories.period(), options, weights,
                       [&](const WithCovariates<Model>& model, std::size_t row) {
                         return Answers{model.model_of(covariates, row), histories[row]};
                       });
}

/// The same for covariates that vary, which must be known up to the horizon.
/// \throws as above; std::domain_error where they are not.
template <class Model>
[[nodiscard]] Forecast forecast(const VaryingFit<Model>& fit, const VaryingHistories& data,
                                const ForecastOptions& options = {},
                                std::span<const double> weights = {}) {
  struct Answers {
    const Model& model;
    const VaryingHistories& data;
    std::size_t row;
    [[nodiscard]] double alive() const { return model.probability_alive(data, row); }
    [[nodiscard]] double expected(double t) const { return model.expected_purchases(data, row, t); }
    [[nodiscard]] double discounted(double t, double delta) const {
      return model.discounted_purchases(data, row, t, delta);
    }
  };
  return forecast_rows(fit, data.size(), data.period(), options, weights,
                       [&](const Model& model, std::size_t row) {
                         return Answers{model, data, row};
                       });
}

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_COVARIATE_FORECAST_HPP
