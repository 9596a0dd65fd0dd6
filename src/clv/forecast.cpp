#include <rapport/clv/forecast.hpp>

#include <rapport/clv/uncertainty.hpp>
#include <rapport/core/check.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace rapport::clv {
namespace {

// Small enough that a progress bar moves and a stop is heard, large enough to cost nothing.
constexpr std::size_t rows_per_block = 1024;
constexpr std::size_t rows_per_report = 64 * rows_per_block;

core::EstimateColumn column(std::size_t size, double level) {
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

}  // namespace

void check_same_period(const FitReport& fit, const Histories& histories, std::string_view place) {
  if (!fit.period || *fit.period == histories.period()) return;
  throw std::invalid_argument(std::string(place)
                                  .append(": the model counts in ")
                                  .append(fit.period->name())
                                  .append("s, but the histories in ")
                                  .append(histories.period().name())
                                  .append("s"));
}

bool predicts(const FitReport& fit) noexcept {
  if (fit.usable()) return true;
  return fit.customers >= fewest_customers &&
         (fit.status == FitStatus::not_identified || fit.status == FitStatus::iteration_limit);
}

template <class Model>
Forecast forecast(const Fit<Model>& fit, const Histories& histories, const ForecastOptions& options,
                  std::span<const double> weights) {
  if (!weights.empty()) {
    core::check_same_size(weights.size(), histories.size(), "forecast", "weights");
  }
  check_same_period(fit, histories, "forecast");
  const double horizon = options.horizon.in(histories.period());
  core::check_not_negative_finite(horizon, "forecast", "horizon");
  const double delta = options.annual_discount.continuous_per(histories.period());
  core::check_not_negative_finite(delta, "forecast", "annual_discount");

  const std::size_t size = histories.size();
  const core::EstimateColumn abstained = column(size, options.level);
  Forecast result{abstained, abstained, abstained, {}};
  result.total.level = options.level;
  if (!predicts(fit)) return result;

  using Values = typename Neighbourhood<Model>::Values;
  const Neighbourhood<Model> models(fit, options.level);
  const auto forecast_row = [&](std::size_t row, Values& totals) {
    const CustomerHistory c = histories[row];
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

template Forecast forecast(const Fit<BgNbd>&, const Histories&, const ForecastOptions&,
                           std::span<const double>);
template Forecast forecast(const Fit<MbgNbd>&, const Histories&, const ForecastOptions&,
                           std::span<const double>);

namespace {

// What the spend model says of a row: the mean of all customers where the row itself is silent.
double expected_spend(const GammaGamma& model, const Spends& spends, std::size_t row) {
  const bool silent = !spends.informative(row);
  return model.expected_spend(silent ? 0 : spends.columns().frequency[row],
                              silent ? 0 : spends.columns().monetary_value[row]);
}

}  // namespace

core::EstimateColumn forecast_spend(const Fit<GammaGamma>& fit, const Spends& spends, double level,
                                    const core::Threads& threads) {
  core::EstimateColumn result = column(spends.size(), level);
  if (!predicts(fit)) return result;
  const Neighbourhood<GammaGamma> models(fit, level);
  core::for_blocks(threads, spends.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      core::Estimate estimate = models.positive(
          [&](const GammaGamma& model) { return expected_spend(model, spends, row); });
      if (estimate.usable() && !spends.informative(row)) estimate.status = core::Status::prior;
      result.set(row, estimate);
    }
  });
  return result;
}

core::Estimate total_spend(const Fit<GammaGamma>& fit, const Spends& spends,
                           std::span<const double> weights, double level,
                           const core::Threads& threads) {
  core::check_same_size(weights.size(), spends.size(), "total_spend", "weights");
  core::Estimate result;
  result.level = level;
  if (!predicts(fit)) return result;
  using Values = Neighbourhood<GammaGamma>::Values;
  const Neighbourhood<GammaGamma> models(fit, level);
  const auto parts = core::map_blocks(
      threads, spends.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
        Values totals{};
        for (std::size_t row = begin; row < end; ++row) {
          if (std::isnan(weights[row])) continue;
          const Values spend = models.ask(
              [&](const GammaGamma& model) { return expected_spend(model, spends, row); });
          for (std::size_t i = 0; i < spend.size(); ++i) totals[i] += weights[row] * spend[i];
        }
        return totals;
      });
  result = models.positive(sum_of(parts));
  result.n = spends.size();
  return result;
}

}  // namespace rapport::clv
