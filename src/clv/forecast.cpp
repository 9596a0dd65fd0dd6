#include "forecast_of.hpp"

#include <rapport/clv/forecast.hpp>

#include <rapport/clv/uncertainty.hpp>
#include <rapport/core/check.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace rapport::clv {
void check_same_period(const FitReport& fit, const Histories& histories, std::string_view place) {
  if (!fit.period || *fit.period == histories.period()) return;
  throw std::invalid_argument(std::string(place)
                                  .append(": the model counts in ")
                                  .append(fit.period->name())
                                  .append("s, but the histories in ")
                                  .append(histories.period().name())
                                  .append("s"));
}

double whole_steps(core::TimeSpan horizon, core::TimeSpan apart, std::string_view place) {
  core::check_positive_finite(apart.count(), place, "apart");
  const double steps = horizon.in(apart.unit()) / apart.count();
  const double whole = std::round(steps);
  // Also false for what is no number.
  if (!(steps >= 0 && (std::isinf(steps) || std::abs(steps - whole) <= 1e-6))) {
    core::throw_domain_error(place, "horizon", steps, "a whole number of steps");
  }
  return whole;
}

bool predicts(const FitReport& fit) noexcept {
  if (fit.usable()) return true;
  return fit.customers >= fewest_customers &&
         (fit.status == FitStatus::not_identified || fit.status == FitStatus::iteration_limit);
}

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
  core::EstimateColumn result = empty_column(spends.size(), level);
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
