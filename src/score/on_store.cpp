#include <rapport/score/on_store.hpp>

#include <rapport/core/check.hpp>
#include <rapport/record/store_ledger.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>

namespace rapport {

std::vector<double> on_store(const record::StoreView& view, const Scorecard& scorecard,
                             std::span<const double> column) {
  core::check_same_size(column.size(), scorecard.size(), "on_store", "column");
  std::vector<double> result(view.customers(), std::numeric_limits<double>::quiet_NaN());
  if (scorecard.size() == 0) return result;
  if (scorecard.keys == nullptr) {
    throw std::invalid_argument("on_store: the scorecard has no keys to find customers by");
  }
  const auto customers = record::customers_of(view, *scorecard.keys);
  for (std::size_t row = 0; row < scorecard.size(); ++row) {
    result[customers[scorecard.customer[row].value].value] = column[row];
  }
  return result;
}

std::vector<std::int64_t> value_at_risk(const record::StoreView& view, const Scorecard& scorecard) {
  std::vector<double> column(scorecard.size());
  for (std::size_t row = 0; row < column.size(); ++row) column[row] = scorecard.value_at_risk(row);
  const double minor = static_cast<double>(scorecard.currency.minor_per_major());
  std::vector<std::int64_t> result;
  result.reserve(view.customers());
  for (const double major : on_store(view, scorecard, column)) {
    const double value = std::nearbyint(major * minor);
    if (value >= 0x1p63) {
      throw std::overflow_error("value_at_risk: a value leaves 64 bits of minor units");
    }
    result.push_back(value > 0 ? static_cast<std::int64_t>(value) : 0);
  }
  return result;
}

}  // namespace rapport
