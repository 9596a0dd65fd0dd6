#include "distinct_rows.hpp"

#include <rapport/clv/retention.hpp>
#include <rapport/core/check.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

constexpr const char* place = "Retention";

// Sorted by stretch, equal ones added up, empty ones left out.
std::vector<Retention::Interval> merged(std::vector<Retention::Interval> all) {
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.from, a.to) < std::tie(b.from, b.to);
  });
  std::vector<Retention::Interval> result;
  for (const auto& each : all) {
    if (!(each.customers > 0)) continue;
    if (!result.empty() && result.back().from == each.from && result.back().to == each.to) {
      result.back().customers += each.customers;
    } else {
      result.push_back(each);
    }
  }
  return result;
}

}  // namespace

Retention::Retention(const CohortColumns& columns) {
  const std::size_t rows = columns.t.size();
  core::check_same_size(columns.alive.size(), rows, place, "alive");
  if (!columns.cohort.empty()) {
    core::check_same_size(columns.cohort.size(), rows, place, "cohort");
  }
  const auto cohort = [&](std::size_t row) {
    return columns.cohort.empty() ? 0 : columns.cohort[row];
  };
  for (std::size_t row = 0; row < rows; ++row) {
    check_count(columns.t[row], place, "t", row);
    check_count(columns.alive[row], place, "alive", row);
    if (!std::isfinite(cohort(row))) throw_bad_row(place, "cohort", row, cohort(row), "finite");
  }
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(cohort(a), columns.t[a]) < std::pair(cohort(b), columns.t[b]);
  });
  std::vector<Interval> survived, left;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t row = order[i];
    const double t = columns.t[row];
    const double alive = columns.alive[row];
    if (i == 0 || cohort(row) != cohort(order[i - 1])) {
      customers_ += alive;
      check_count(customers_, place, "sum of customers up to that of the cohort", row);
      continue;
    }
    const std::size_t before = order[i - 1];
    if (t == columns.t[before]) throw_bad_row(place, "t", row, t, "once in its cohort");
    if (!(alive <= columns.alive[before])) {
      throw_bad_row(
          place, "alive", row, alive,
          "at most that of the renewal before (" + core::to_text(columns.alive[before]) + ')');
    }
    survived.push_back({columns.t[before], t, alive});
    left.push_back({columns.t[before], t, columns.alive[before] - alive});
  }
  build(std::move(survived), std::move(left));
}

Retention::Retention(const TenureColumns& columns) {
  const std::size_t rows = columns.tenure.size();
  core::check_same_size(columns.churned.size(), rows, place, "churned");
  if (!columns.customers.empty()) {
    core::check_same_size(columns.customers.size(), rows, place, "customers");
  }
  std::vector<Interval> survived, left;
  for (std::size_t row = 0; row < rows; ++row) {
    const double tenure = columns.tenure[row];
    const double churned = columns.churned[row];
    const double customers = columns.customers.empty() ? 1 : columns.customers[row];
    check_count(tenure, place, "tenure", row);
    check_count(customers, place, "customers", row);
    if (!(churned == 0 || churned == 1)) {
      throw_bad_row(place, "churned", row, churned, "0 or 1");
    }
    if (churned == 1 && tenure == 0) {
      throw_bad_row(place, "tenure", row, tenure, ">= 1 for a customer who has left");
    }
    customers_ += customers;
    check_count(customers_, place, "sum of customers up to and including that", row);
    const double passed = tenure - churned;
    survived.push_back({0, passed, customers});
    if (churned == 1) left.push_back({passed, tenure, customers});
  }
  build(std::move(survived), std::move(left));
}

void Retention::build(std::vector<Interval> survived, std::vector<Interval> left) {
  left_ = merged(std::move(left));
  for (const Interval& each : left_) {
    churned_ += each.customers;
    exposure_ += each.customers * (each.to - each.from + 1) / 2;
  }
  // Stretches overlap: between two neighbouring ends, count all that span them. Counts are whole
  // numbers, so that sums are exact in any order.
  std::vector<std::pair<double, double>> changes;
  for (const Interval& each : survived) {
    if (each.from == each.to) continue;
    changes.emplace_back(each.from, each.customers);
    changes.emplace_back(each.to, -each.customers);
  }
  std::sort(changes.begin(), changes.end());
  double customers = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    customers += changes[i].second;
    const bool end = i + 1 == changes.size();
    if (end || changes[i + 1].first == changes[i].first || !(customers > 0)) continue;
    const Interval stretch{changes[i].first, changes[i + 1].first, customers};
    exposure_ += stretch.customers * (stretch.to - stretch.from);
    // One stretch of equal numbers is one: S(a) / S(b) is a product.
    if (!survived_.empty() && survived_.back().to == stretch.from &&
        survived_.back().customers == stretch.customers) {
      survived_.back().to = stretch.to;
    } else {
      survived_.push_back(stretch);
    }
  }
}

}  // namespace rapport::clv
