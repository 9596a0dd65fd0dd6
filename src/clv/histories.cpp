#include "distinct_rows.hpp"

#include <rapport/clv/histories.hpp>
#include <rapport/core/check.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

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

// Whether all rows pass the same checks: a loop without branches, for the usual case. A sum with
// 2^52 keeps whole numbers alone.
bool all_sound(const Histories::Columns& columns) {
  const std::size_t rows = columns.frequency.size();
  const double* const frequency = columns.frequency.data();
  const double* const recency = columns.recency.data();
  const double* const age = columns.age.data();
  std::uint64_t bad = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const double x = frequency[row];
    const double t_x = recency[row];
    const double t = age[row];
    const bool count = (x >= 0) & (x <= 0x1p52) & ((x + 0x1p52) - 0x1p52 == x);
    const bool times = (t_x >= 0) & (t_x <= t) & (t <= std::numeric_limits<double>::max());
    bad += static_cast<std::uint64_t>(!(count & times & ((x > 0) == (t_x > 0))));
  }
  return bad == 0;
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

// What tells rows apart: nothing is asked of the logs of whoever has no interval.
std::vector<double> logs_of_intervals(const Histories& histories) {
  const auto& in = histories.columns();
  std::vector<double> result(in.sum_log_intervals.begin(), in.sum_log_intervals.end());
  for (std::size_t row = 0; row < result.size(); ++row) {
    if (in.frequency[row] == 0) result[row] = 0;
  }
  return result;
}

}  // namespace

Histories::Histories(const Columns& columns, core::Period period)
    : columns_(columns), period_(period) {
  const std::size_t rows = columns.frequency.size();
  core::check_same_size(columns.recency.size(), rows, "Histories", "recency");
  core::check_same_size(columns.age.size(), rows, "Histories", "age");
  if (!all_sound(columns)) {
    for (std::size_t row = 0; row < rows; ++row) check_row(columns, row);
  }
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

Patterns::Patterns(const Histories& histories, const core::Threads& threads)
    : period_(histories.period()) {
  const auto& in = histories.columns();
  const bool with_logs = !in.sum_log_intervals.empty();
  const std::vector<double> logs = logs_of_intervals(histories);
  std::vector<std::span<const double>> columns = {in.frequency, in.recency, in.age};
  if (with_logs) columns.insert(columns.begin() + 2, logs);
  DistinctRows rows = distinct_rows(columns, in.customers, "Patterns", threads);
  frequency_ = std::move(rows.columns[0]);
  recency_ = std::move(rows.columns[1]);
  age_ = std::move(rows.columns.back());
  if (with_logs) sum_log_intervals_ = std::move(rows.columns[2]);
  count_ = std::move(rows.weight);
  classify(rows.last_values, rows.last_rank);
}

Patterns Patterns::every(std::size_t step) const {
  if (step == 0) throw std::invalid_argument("Patterns: step is 0, but must be at least 1");
  Patterns result(period_);
  const auto take = [&](const std::vector<double>& from) {
    std::vector<double> taken;
    taken.reserve(from.size() / step + 1);
    for (std::size_t i = 0; i < from.size(); i += step) taken.push_back(from[i]);
    return taken;
  };
  result.frequency_ = take(frequency_);
  result.recency_ = take(recency_);
  result.age_ = take(age_);
  result.count_ = take(count_);
  result.sum_log_intervals_ = take(sum_log_intervals_);
  std::vector<double> ages;
  ages.reserve(by_age_.size());
  for (const AgeClass& c : by_age_) ages.push_back(c.age);
  std::vector<std::uint32_t> rank;
  rank.reserve(result.size());
  for (const double age : result.age_) {
    rank.push_back(
        static_cast<std::uint32_t>(std::lower_bound(ages.begin(), ages.end(), age) - ages.begin()));
  }
  result.classify(ages, rank);
  return result;
}

void Patterns::classify(std::span<const double> values, std::span<const std::uint32_t> age_rank) {
  // Counts are integers, so these sums are exact in any order (up to 2^53).
  std::vector<AgeClass> ages(values.size());
  for (std::size_t i = 0; i < size(); ++i) {
    if (by_frequency_.empty() || by_frequency_.back().frequency != frequency_[i]) {
      by_frequency_.push_back({frequency_[i], 0, i, i});
    }
    by_frequency_.back().customers += count_[i];
    by_frequency_.back().end = i + 1;
    AgeClass& same_age = ages[age_rank[i]];
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
