#include "distinct_rows.hpp"

#include <rapport/clv/durations.hpp>
#include <rapport/core/check.hpp>

#include <array>
#include <cmath>
#include <utility>

namespace rapport::clv {

Durations::Durations(const Columns& columns) {
  constexpr const char* place = "Durations";
  const std::size_t rows = columns.duration.size();
  core::check_same_size(columns.churned.size(), rows, place, "churned");
  if (!columns.customers.empty()) {
    core::check_same_size(columns.customers.size(), rows, place, "customers");
  }
  double total = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const double duration = columns.duration[row];
    const double churned = columns.churned[row];
    if (!(churned == 0 || churned == 1)) throw_bad_row(place, "churned", row, churned, "0 or 1");
    if (!(std::isfinite(duration) && duration >= 0)) {
      throw_bad_row(place, "duration", row, duration, "finite and >= 0");
    }
    if (churned == 1 && duration == 0) {
      throw_bad_row(place, "duration", row, duration, "> 0 for a contract that has ended");
    }
    if (!columns.customers.empty()) check_count(columns.customers[row], place, "customers", row);
    total += columns.customers.empty() ? 1 : columns.customers[row];
    check_count(total, place, "sum of customers up to and including that", row);
  }
  const std::array<std::span<const double>, 2> in = {columns.churned, columns.duration};
  DistinctRows distinct = distinct_rows(in, columns.customers, place);
  churned_ = std::move(distinct.columns[0]);
  duration_ = std::move(distinct.columns[1]);
  count_ = std::move(distinct.weight);
  for (std::size_t i = 0; i < size(); ++i) {
    customers_ += count_[i];
    departures_ += count_[i] * churned_[i];
    exposure_ += count_[i] * duration_[i];
  }
}

}  // namespace rapport::clv
