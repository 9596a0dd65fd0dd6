#include <rapport/evaluation/model_comparison.hpp>

#include <rapport/core/format.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace rapport::evaluation {
namespace {

std::vector<FitRow> fit_rows(std::span<const Candidate> candidates) {
  std::vector<FitRow> rows;
  std::optional<double> customers;
  double least = std::numeric_limits<double>::infinity();
  for (const Candidate& each : candidates) {
    if (!each.fit) continue;
    const clv::FitReport& fit = *each.fit;
    if (customers && *customers != fit.customers) {
      throw std::invalid_argument("compare: " + each.name + " was fitted to " +
                                  core::to_text(fit.customers) + " customers, but another to " +
                                  core::to_text(*customers) + ": their likelihoods do not compare");
    }
    customers = fit.customers;
    rows.push_back({.name = each.name,
                    .status = fit.status,
                    .usable = fit.usable(),
                    .free_parameters = fit.free_parameters(),
                    .log_likelihood = fit.log_likelihood,
                    .aic = fit.aic(),
                    .bic = fit.bic(),
                    .seconds = each.seconds,
                    .message = fit.message});
    if (rows.back().usable) least = std::min(least, rows.back().aic);
  }
  double sum = 0;
  for (const FitRow& row : rows) sum += row.usable ? std::exp((least - row.aic) / 2) : 0;
  for (FitRow& row : rows) {
    if (row.usable) row.akaike_weight = std::exp((least - row.aic) / 2) / sum;
  }
  return rows;
}

// Each row's value once for every customer that the row stands for.
std::vector<double> by_customer(std::span<const double> values, const clv::Histories& histories) {
  std::vector<double> result;
  for (std::size_t i = 0; i < values.size(); ++i) {
    result.insert(result.end(), static_cast<std::size_t>(histories.customers(i)), values[i]);
  }
  return result;
}

std::string cell(const std::string& text, int width) { return core::padded(text, -width); }
std::string cell(double value, int decimals, int width) {
  return cell(std::isnan(value) ? "-" : core::fixed_text(value, decimals), width);
}

}  // namespace

Comparison compare(std::span<const Candidate> candidates) {
  return {.fits = fit_rows(candidates), .errors = {}};
}

Comparison compare(std::span<const Candidate> candidates, std::span<const Baseline> rules,
                   std::span<const double> actual, double level) {
  Comparison result = compare(candidates);
  for (const Candidate& each : candidates) {
    if (each.forecast.empty() && !actual.empty()) continue;
    result.errors.push_back(
        {.name = each.name, .rule = {}, .errors = forecast_errors(each.forecast, actual, level)});
  }
  for (const Baseline& rule : rules) {
    result.errors.push_back({.name = std::string(rule.name),
                             .rule = rule.rule,
                             .errors = forecast_errors(rule.values, actual, level)});
  }
  return result;
}

Comparison compare(std::span<const Candidate> candidates, const clv::Histories& histories,
                   std::span<const double> actual, const BaselineOptions& rules, double level) {
  core::check_same_size(actual.size(), histories.size(), "compare", "actual");
  std::vector<Baseline> baselines = purchase_baselines(histories, rules);
  if (histories.columns().customers.empty()) return compare(candidates, baselines, actual, level);
  std::vector<Candidate> each(candidates.begin(), candidates.end());
  for (Candidate& candidate : each) {
    if (candidate.forecast.empty()) continue;
    core::check_same_size(candidate.forecast.size(), histories.size(), "compare", "forecast");
    candidate.forecast = by_customer(candidate.forecast, histories);
  }
  for (Baseline& rule : baselines) rule.values = by_customer(rule.values, histories);
  return compare(each, baselines, by_customer(actual, histories), level);
}

std::string to_text(const Comparison& comparison) {
  std::size_t longest = 12;
  for (const FitRow& row : comparison.fits) longest = std::max(longest, row.name.size());
  for (const ErrorRow& row : comparison.errors) longest = std::max(longest, row.name.size());
  const int names = static_cast<int>(longest);
  std::string text;
  if (!comparison.fits.empty()) {
    text += core::padded("fit", names) + "  status           k  log-likelihood           AIC" +
            "           BIC  weight  seconds\n";
    for (const FitRow& row : comparison.fits) {
      text += core::padded(row.name, names) + "  " + core::padded(to_text(row.status), 15) +
              cell(std::to_string(row.free_parameters), 3) + cell(row.log_likelihood, 3, 16) +
              cell(row.aic, 2, 14) + cell(row.bic, 2, 14) + cell(row.akaike_weight, 3, 8) +
              cell(row.seconds, 3, 9) + '\n';
    }
  }
  if (!comparison.errors.empty()) {
    if (!text.empty()) text += '\n';
    const ForecastErrors& first = comparison.errors.front().errors;
    text += core::padded("hold-out", names) +
            "       total     bias     MAE    RMSE    MSLE  correl.    Gini  tenths\n";
    for (const ErrorRow& row : comparison.errors) {
      const ForecastErrors& e = row.errors;
      text += core::padded(row.name, names) + cell(core::grouped_text(e.forecast, 1), 12) +
              cell(core::fixed_text(100 * e.relative_bias(), 1) + '%', 9) +
              cell(e.mean_absolute_error.value, 3, 8) +
              cell(e.root_mean_squared_error.value, 3, 8) +
              cell(e.mean_squared_log_error.value, 3, 8) + cell(e.correlation.value, 3, 9) +
              cell(e.gini.value, 3, 8) + cell(e.decile_error, 3, 8) +
              (row.rule.empty() ? "" : "  rule") + '\n';
    }
    text += core::padded("actual", names) + cell(core::grouped_text(first.actual, 1), 12) +
            "  by " + core::grouped_text(first.customers) + " customers\n";
  }
  return text;
}

}  // namespace rapport::evaluation
