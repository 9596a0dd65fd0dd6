#include "distinct_rows.hpp"

#include <rapport/clv/opportunities.hpp>
#include <rapport/core/check.hpp>

#include <array>
#include <cmath>
#include <utility>

namespace rapport::clv {
namespace {

constexpr const char* opportunities_place = "Opportunities";

void check_row(const Opportunities::Columns& columns, std::size_t row) {
  const double x = columns.frequency[row];
  const double t_x = columns.recency[row];
  const double n = columns.opportunities[row];
  check_count(x, opportunities_place, "frequency", row);
  check_count(n, opportunities_place, "opportunities", row);
  if (!(n <= most_opportunities))
    throw_bad_row(opportunities_place, "opportunities", row, n, "at most 10^6");
  if (!(t_x >= 0 && t_x <= n && std::floor(t_x) == t_x)) {
    throw_bad_row(opportunities_place, "recency", row, t_x,
                  "a whole number from 0 to opportunities (" + core::to_text(n) + ')');
  }
  if ((x > 0) != (t_x > 0)) {
    throw_bad_row(opportunities_place, "recency", row, t_x,
                  x > 0 ? "> 0 since there are purchases" : "0 since there are no purchases");
  }
  if (!(x <= t_x)) {
    throw_bad_row(opportunities_place, "frequency", row, x,
                  "at most recency (" + core::to_text(t_x) + ')');
  }
}

}  // namespace

Opportunities::Opportunities(const Columns& columns) : columns_(columns) {
  const std::size_t rows = columns.frequency.size();
  core::check_same_size(columns.recency.size(), rows, opportunities_place, "recency");
  core::check_same_size(columns.opportunities.size(), rows, opportunities_place, "opportunities");
  for (std::size_t row = 0; row < rows; ++row) check_row(columns, row);
  if (columns.customers.empty()) return;
  core::check_same_size(columns.customers.size(), rows, opportunities_place, "customers");
  double total = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    check_count(columns.customers[row], opportunities_place, "customers", row);
    total += columns.customers[row];
    check_count(total, opportunities_place, "sum of customers up to and including that", row);
  }
}

OpportunityPatterns::OpportunityPatterns(const Opportunities& histories) {
  const auto& in = histories.columns();
  const std::array<std::span<const double>, 3> columns = {in.opportunities, in.frequency,
                                                          in.recency};
  DistinctRows rows = distinct_rows(columns, in.customers, "OpportunityPatterns");
  opportunities_ = std::move(rows.columns[0]);
  frequency_ = std::move(rows.columns[1]);
  recency_ = std::move(rows.columns[2]);
  count_ = std::move(rows.weight);
  for (std::size_t i = 0; i < size(); ++i) {
    if (classes_.empty() || classes_.back().opportunities != opportunities_[i] ||
        classes_.back().frequency != frequency_[i]) {
      classes_.push_back({opportunities_[i], frequency_[i], 0, i, i});
    }
    classes_.back().customers += count_[i];
    classes_.back().end = i + 1;
    customers_ += count_[i];
    purchases_ += count_[i] * frequency_[i];
    active_opportunities_ += count_[i] * recency_[i];
    opportunities_in_all_ += count_[i] * opportunities_[i];
  }
}

}  // namespace rapport::clv
