#include "distinct_rows.hpp"

#include <rapport/clv/retention.hpp>
#include <rapport/core/check.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

constexpr const char* retention_place = "Retention";

// Sorted by stretch, equal ones added up.
std::vector<Retention::Interval> merged(std::vector<Retention::Interval> all) {
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.from, a.to) < std::tie(b.from, b.to);
  });
  std::vector<Retention::Interval> result;
  for (const auto& each : all) {
    if (!result.empty() && result.back().from == each.from && result.back().to == each.to) {
      result.back().customers += each.customers;
    } else {
      result.push_back(each);
    }
  }
  return result;
}

}  // namespace

void Retention::Seen::add(double from, double to, double gone, double count) {
  entry.push_back(from);
  passed.push_back(to);
  left_by.push_back(gone);
  customers.push_back(count);
}

Retention::Seen Retention::seen_of(const CohortColumns& columns) {
  const std::size_t rows = columns.t.size();
  core::check_same_size(columns.alive.size(), rows, retention_place, "alive");
  if (!columns.cohort.empty()) {
    core::check_same_size(columns.cohort.size(), rows, retention_place, "cohort");
  }
  const auto cohort = [&](std::size_t row) {
    return columns.cohort.empty() ? 0 : columns.cohort[row];
  };
  for (std::size_t row = 0; row < rows; ++row) {
    check_count(columns.t[row], retention_place, "t", row);
    check_count(columns.alive[row], retention_place, "alive", row);
    if (!std::isfinite(cohort(row)))
      throw_bad_row(retention_place, "cohort", row, cohort(row), "finite");
  }
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(cohort(a), columns.t[a]) < std::pair(cohort(b), columns.t[b]);
  });
  Seen seen;
  double customers = 0;
  double entry = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t row = order[i];
    const double t = columns.t[row];
    const double alive = columns.alive[row];
    const bool first = i == 0 || cohort(row) != cohort(order[i - 1]);
    if (first) {
      customers += alive;
      check_count(customers, retention_place, "sum of customers up to that of the cohort", row);
      entry = t;
    } else {
      const std::size_t before = order[i - 1];
      if (t == columns.t[before]) throw_bad_row(retention_place, "t", row, t, "once in its cohort");
      if (!(alive <= columns.alive[before])) {
        throw_bad_row(
            retention_place, "alive", row, alive,
            "at most that of the renewal before (" + core::to_text(columns.alive[before]) + ')');
      }
      seen.add(entry, columns.t[before], t, columns.alive[before] - alive);
    }
    const bool last = i + 1 == rows || cohort(order[i + 1]) != cohort(row);
    if (last) seen.add(entry, t, 0, alive);
  }
  return seen;
}

Retention::Seen Retention::seen_of(const TenureColumns& columns) {
  const std::size_t rows = columns.tenure.size();
  core::check_same_size(columns.churned.size(), rows, retention_place, "churned");
  if (!columns.customers.empty()) {
    core::check_same_size(columns.customers.size(), rows, retention_place, "customers");
  }
  Seen seen;
  double total = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const double tenure = columns.tenure[row];
    const double churned = columns.churned[row];
    const double customers = columns.customers.empty() ? 1 : columns.customers[row];
    check_count(tenure, retention_place, "tenure", row);
    check_count(customers, retention_place, "customers", row);
    if (!(churned == 0 || churned == 1))
      throw_bad_row(retention_place, "churned", row, churned, "0 or 1");
    if (churned == 1 && tenure == 0) {
      throw_bad_row(retention_place, "tenure", row, tenure, ">= 1 for a customer who has left");
    }
    total += customers;
    check_count(total, retention_place, "sum of customers up to and including that", row);
    seen.add(0, tenure - churned, churned * tenure, customers);
  }
  return seen;
}

Retention::Retention(const Seen& seen) {
  const std::array<std::span<const double>, 3> columns = {seen.entry, seen.passed, seen.left_by};
  DistinctRows rows = distinct_rows(columns, seen.customers, retention_place);
  entry_ = std::move(rows.columns[0]);
  passed_ = std::move(rows.columns[1]);
  left_by_ = std::move(rows.columns[2]);
  count_ = std::move(rows.weight);

  // Counts are whole numbers, so that sums of them are exact in any order.
  std::vector<std::pair<double, double>> changes;  // when, and by how many, those at risk change
  for (std::size_t i = 0; i < size(); ++i) {
    customers_ += count_[i];
    if (left_by_[i] > 0) {
      left_.push_back({passed_[i], left_by_[i], count_[i]});
      churned_ += count_[i];
      exposure_ += count_[i] * (left_by_[i] - passed_[i] + 1) / 2;
    }
    if (entry_[i] == passed_[i]) continue;
    changes.emplace_back(entry_[i], count_[i]);
    changes.emplace_back(passed_[i], -count_[i]);
  }
  left_ = merged(std::move(left_));
  std::sort(changes.begin(), changes.end());
  double at_risk = 0;
  for (std::size_t i = 0; i + 1 < changes.size(); ++i) {
    at_risk += changes[i].second;
    if (changes[i + 1].first == changes[i].first || !(at_risk > 0)) continue;
    const Interval stretch{changes[i].first, changes[i + 1].first, at_risk};
    exposure_ += stretch.customers * (stretch.to - stretch.from);
    // Neighbours of equal numbers are one stretch: their logs of S add up.
    if (!survived_.empty() && survived_.back().to == stretch.from &&
        survived_.back().customers == stretch.customers) {
      survived_.back().to = stretch.to;
    } else {
      survived_.push_back(stretch);
    }
  }
}

Retention Retention::with_counts(std::span<const double> counts) const {
  core::check_same_size(counts.size(), size(), "with_counts", "counts");
  double total = 0;
  for (std::size_t row = 0; row < counts.size(); ++row) {
    check_count(counts[row], "with_counts", "counts", row);
    total += counts[row];
    check_count(total, "with_counts", "sum of counts up to and including that", row);
  }
  return Retention(Seen{entry_, passed_, left_by_, {counts.begin(), counts.end()}});
}

}  // namespace rapport::clv
