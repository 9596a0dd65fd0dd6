#include "distinct_rows.hpp"

#include <rapport/clv/spends.hpp>
#include <rapport/core/check.hpp>

#include <cmath>

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

}  // namespace rapport::clv
