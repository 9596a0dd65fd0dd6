#include "distinct_rows.hpp"

#include <rapport/clv/spends.hpp>
#include <rapport/core/check.hpp>

#include <array>
#include <cmath>
#include <utility>

namespace rapport::clv {

Spends::Spends(const Columns& columns) : columns_(columns) {
  const std::size_t rows = columns.frequency.size();
  core::check_same_size(columns.monetary_value.size(), rows, "Spends", "monetary_value");
  if (!columns.customers.empty()) {
    core::check_same_size(columns.customers.size(), rows, "Spends", "customers");
  }
  double total = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    check_count(columns.frequency[row], "Spends", "frequency", row);
    if (columns.frequency[row] > 0 && !std::isfinite(columns.monetary_value[row])) {
      throw_bad_row("Spends", "monetary_value", row, columns.monetary_value[row], "finite");
    }
    if (columns.customers.empty()) continue;
    check_count(columns.customers[row], "Spends", "customers", row);
    total += columns.customers[row];
    check_count(total, "Spends", "sum of customers up to and including that", row);
  }
}

SpendPatterns::SpendPatterns(const Spends& spends) {
  std::vector<double> frequency, mean, weight;
  frequency.reserve(spends.size());
  mean.reserve(spends.size());
  weight.reserve(spends.size());
  for (std::size_t row = 0; row < spends.size(); ++row) {
    if (!spends.informative(row)) {
      left_out_ += spends.customers(row);
      continue;
    }
    frequency.push_back(spends.columns().frequency[row]);
    mean.push_back(spends.columns().monetary_value[row]);
    weight.push_back(spends.customers(row));
  }
  const std::array<std::span<const double>, 2> columns = {frequency, mean};
  DistinctRows rows = distinct_rows(columns, weight, "SpendPatterns");
  mean_ = std::move(rows.columns[1]);
  count_ = std::move(rows.weight);
  log_mean_.resize(size());
  for (std::size_t i = 0; i < size(); ++i) {
    const double x = rows.columns[0][i];
    if (by_frequency_.empty() || by_frequency_.back().frequency != x) {
      by_frequency_.push_back({x, 0, i, i});
    }
    by_frequency_.back().customers += count_[i];
    by_frequency_.back().end = i + 1;
    customers_ += count_[i];
    log_mean_[i] = std::log(mean_[i]);
  }
}

}  // namespace rapport::clv
