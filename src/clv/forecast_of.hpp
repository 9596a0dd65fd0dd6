#ifndef RAPPORT_SRC_CLV_FORECAST_OF_HPP
#define RAPPORT_SRC_CLV_FORECAST_OF_HPP

/// \file
/// The body of forecast(), for the kernel file of each model to instantiate.

#include <rapport/clv/forecast.hpp>
#include <rapport/clv/uncertainty.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/parallel.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace rapport::clv {

// Small enough that a progress bar moves and a stop is heard, large enough to cost nothing.
inline constexpr std::size_t rows_per_block = 1024;
inline constexpr std::size_t rows_per_report = 64 * rows_per_block;

inline core::EstimateColumn empty_column(std::size_t size, double level) {
  core::EstimateColumn result;
  result.level = level;
  result.resize(size);
  return result;
}

// The sum of what the blocks found, model by model, in the order of the blocks.
template <class Values>
Values sum_of(const std::vector<Values>& parts) {
  Values sum{};
  for (const Values& part : parts) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part[i];
  }
  return sum;
}

// What a forecast asks of a horizon and a discount in the unit of the rows, once these are checked.
template <class Model, class Rows>
Forecast forecast_rows(const Fit<Model>& fit, const Rows& histories, double horizon, double delta,
                       const ForecastOptions& options, std::span<const double> weights) {
  const std::size_t size = histories.size();
  if (!weights.empty()) core::check_same_size(weights.size(), size, "forecast", "weights");
  core::check_not_negative_finite(horizon, "forecast", "horizon");
  core::check_not_negative_finite(delta, "forecast", "annual_discount");
  const core::EstimateColumn abstained = empty_column(size, options.level);
  Forecast result{abstained, abstained, abstained, {}};
  result.total.level = options.level;
  if (!predicts(fit)) return result;

  using Values = typename Neighbourhood<Model>::Values;
  const Neighbourhood<Model> models(fit, options.level);
  const auto forecast_row = [&](std::size_t row, Values& totals) {
    const auto c = histories[row];
    result.probability_alive.set(
        row, models.probability(models.centre().probability_alive(c),
                                [&](const Model& m) { return m.log_probability_alive(c); }));
    result.expected_purchases.set(
        row, models.positive([&](const Model& m) { return m.expected_purchases(c, horizon); }));
    const Values discounted =
        models.ask([&](const Model& m) { return m.discounted_purchases(c, horizon, delta); });
    result.discounted_purchases.set(row, models.positive(discounted));
    const double weight = weights.empty() ? 1 : weights[row];
    if (std::isnan(weight)) return;
    for (std::size_t i = 0; i < discounted.size(); ++i) totals[i] += weight * discounted[i];
  };

  std::vector<Values> parts;
  for (std::size_t begin = 0; begin < size; begin += rows_per_report) {
    options.watch.report({"forecasting", begin, size});
    const std::size_t count = std::min(rows_per_report, size - begin);
    const auto blocks = core::map_blocks(options.threads, count, rows_per_block,
                                         [&](std::size_t from, std::size_t to) {
                                           Values totals{};
                                           for (std::size_t i = from; i < to; ++i) {
                                             forecast_row(begin + i, totals);
                                           }
                                           return totals;
                                         });
    parts.insert(parts.end(), blocks.begin(), blocks.end());
  }
  options.watch.report({"forecasting", size, size});
  result.total = models.positive(sum_of(parts));
  result.total.n = size;
  return result;
}

template <class Model>
Forecast forecast(const Fit<Model>& fit, const Histories& histories, const ForecastOptions& options,
                  std::span<const double> weights) {
  check_same_period(fit, histories, "forecast");
  return forecast_rows(fit, histories, options.horizon.in(histories.period()),
                       options.annual_discount.continuous_per(histories.period()), options,
                       weights);
}

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_FORECAST_OF_HPP
