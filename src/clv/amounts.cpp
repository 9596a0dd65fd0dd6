#include "distinct_rows.hpp"

#include <rapport/clv/amounts.hpp>
#include <rapport/core/check.hpp>

#include <array>
#include <cmath>
#include <string>
#include <utility>

namespace rapport::clv {
namespace {

SpendPatterns means_of(std::span<const double> frequency, std::span<const double> mean,
                       std::span<const double> count) {
  return SpendPatterns(
      Spends({.frequency = frequency, .monetary_value = mean, .customers = count}));
}

}  // namespace

Amounts::Amounts(const Columns& columns) : columns_(columns) {
  (void)spends();  // throws
  core::check_same_size(columns.sum_log_amounts.size(), columns.frequency.size(), "Amounts",
                        "sum_log_amounts");
  for (std::size_t row = 0; row < size(); ++row) {
    const double x = columns.frequency[row];
    if (!(x > 0 && columns.monetary_value[row] > 0)) continue;
    // Jensen's bound, with room for means that were rounded.
    const double most = x * std::log(columns.monetary_value[row]);
    if (columns.sum_log_amounts[row] > most + 0.01 * x) {
      throw_bad_row("Amounts", "sum_log_amounts", row, columns.sum_log_amounts[row],
                    "<= frequency ln(monetary_value) (" + core::to_text(most) + ')');
    }
  }
}

bool Amounts::informative(std::size_t row) const noexcept {
  return columns_.frequency[row] > 0 && columns_.monetary_value[row] > 0 &&
         std::isfinite(columns_.sum_log_amounts[row]);
}

AmountPatterns::AmountPatterns(const Amounts& amounts) : means_(means_of({}, {}, {})) {
  std::vector<double> frequency, mean, logs, weight;
  for (std::size_t row = 0; row < amounts.size(); ++row) {
    if (!amounts.informative(row)) {
      left_out_ += amounts.customers(row);
      continue;
    }
    frequency.push_back(amounts.columns().frequency[row]);
    mean.push_back(amounts.columns().monetary_value[row]);
    logs.push_back(amounts.columns().sum_log_amounts[row]);
    weight.push_back(amounts.customers(row));
  }
  const std::array<std::span<const double>, 3> columns = {frequency, logs, mean};
  DistinctRows rows = distinct_rows(columns, weight, "AmountPatterns");
  frequency_ = std::move(rows.columns[0]);
  sum_log_amounts_ = std::move(rows.columns[1]);
  mean_ = std::move(rows.columns[2]);
  count_ = std::move(rows.weight);
  means_ = means_of(frequency_, mean_, count_);
  for (std::size_t i = 0; i < size(); ++i) {
    spread_ += count_[i] * (sum_log_amounts_[i] - frequency_[i] * std::log(mean_[i]));
  }
}

AmountPatterns with_counts(const AmountPatterns& patterns, std::span<const double> counts) {
  core::check_same_size(counts.size(), patterns.size(), "with_counts", "counts");
  return AmountPatterns(Amounts({.frequency = patterns.frequency(),
                                 .monetary_value = patterns.mean(),
                                 .sum_log_amounts = patterns.sum_log_amounts(),
                                 .customers = counts}));
}

}  // namespace rapport::clv
