#include "distinct_rows.hpp"

#include <rapport/clv/histories.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/wide.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace rapport::clv {
namespace {

void check_row(const Histories::Columns& columns, std::size_t row) {
  const double x = columns.frequency[row];
  const double t_x = columns.recency[row];
  const double age = columns.age[row];
  check_count(x, "Histories", "frequency", row);
  if (!(std::isfinite(age) && age >= 0)) {
    throw_bad_row("Histories", "age", row, age, "finite and >= 0");
  }
  if (!(t_x >= 0 && t_x <= age)) {
    throw_bad_row("Histories", "recency", row, t_x, ">= 0 and <= age (" + core::to_text(age) + ')');
  }
  if ((x > 0) != (t_x > 0)) {
    throw_bad_row(
        "Histories", "recency", row, t_x,
        x > 0 ? "> 0 since there are repeat purchases" : "0 since there are no repeat purchases");
  }
}

// Jensen's bound, with room for times that were rounded. Days taken for weeks are beyond it.
void check_intervals(const Histories::Columns& columns, std::size_t row) {
  const double x = columns.frequency[row];
  if (x == 0) return;
  const double sum = columns.sum_log_intervals[row];
  const double most = x * std::log(columns.recency[row] / x);
  if (!(std::isfinite(sum) && sum <= most + 0.1 * x)) {
    throw_bad_row("Histories", "sum_log_intervals", row, sum,
                  "finite and <= frequency ln(recency / frequency) (" + core::to_text(most) + ')');
  }
}

// The sum over all customers, in fixed point: the same for every order of the rows. Its last bit is
// some 2^-62 of the largest element, or finer.
double total_of_intervals(const Histories& histories) {
  const auto& sums = histories.columns().sum_log_intervals;
  if (sums.empty()) return std::numeric_limits<double>::quiet_NaN();
  double largest = 0;
  double customers = 1;
  for (std::size_t row = 0; row < sums.size(); ++row) {
    if (histories.columns().frequency[row] == 0) continue;
    largest = std::max(largest, std::abs(sums[row]));
    customers += histories.customers(row);
  }
  if (largest == 0) return 0;
  const int shift = 124 - std::ilogb(largest) - std::ilogb(customers);
  core::Int128 total = 0;
  for (std::size_t row = 0; row < sums.size(); ++row) {
    if (histories.columns().frequency[row] == 0) continue;
    total += static_cast<core::Int128>(std::ldexp(sums[row], shift)) *
             static_cast<core::Int128>(histories.customers(row));
  }
  return std::ldexp(static_cast<double>(total), -shift);
}

}  // namespace

Histories::Histories(const Columns& columns, core::Period period)
    : columns_(columns), period_(period) {
  const std::size_t rows = columns.frequency.size();
  core::check_same_size(columns.recency.size(), rows, "Histories", "recency");
  core::check_same_size(columns.age.size(), rows, "Histories", "age");
  for (std::size_t row = 0; row < rows; ++row) check_row(columns, row);
  if (!columns.sum_log_intervals.empty()) {
    core::check_same_size(columns.sum_log_intervals.size(), rows, "Histories", "sum_log_intervals");
    for (std::size_t row = 0; row < rows; ++row) check_intervals(columns, row);
  }
  if (columns.customers.empty()) return;
  core::check_same_size(columns.customers.size(), rows, "Histories", "customers");
  double total = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    check_count(columns.customers[row], "Histories", "customers", row);
    total += columns.customers[row];
    check_count(total, "Histories", "sum of customers up to and including that", row);
  }
}

Patterns::Patterns(const Histories& histories)
    : period_(histories.period()), sum_log_intervals_(total_of_intervals(histories)) {
  const auto& in = histories.columns();
  const std::array<std::span<const double>, 3> columns = {in.frequency, in.recency, in.age};
  DistinctRows rows = distinct_rows(columns, in.customers, "Patterns");
  frequency_ = std::move(rows.columns[0]);
  recency_ = std::move(rows.columns[1]);
  age_ = std::move(rows.columns[2]);
  count_ = std::move(rows.weight);

  // Counts are integers, so these sums are exact in any order (up to 2^53).
  std::vector<AgeClass> ages(rows.last_values.size());
  for (std::size_t i = 0; i < size(); ++i) {
    if (by_frequency_.empty() || by_frequency_.back().frequency != frequency_[i]) {
      by_frequency_.push_back({frequency_[i], 0, i, i});
    }
    by_frequency_.back().customers += count_[i];
    by_frequency_.back().end = i + 1;
    AgeClass& same_age = ages[rows.last_rank[i]];
    same_age.age = age_[i];
    same_age.customers += count_[i];
    same_age.purchases += count_[i] * frequency_[i];
    customers_ += count_[i];
    purchases_ += count_[i] * frequency_[i];
  }
  // Ages of none but rows that stand for nobody are no classes.
  for (const AgeClass& c : ages) {
    if (c.customers > 0) by_age_.push_back(c);
  }
}

}  // namespace rapport::clv
