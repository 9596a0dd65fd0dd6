#include <rapport/clv/renewal_moments.hpp>

#include "distinct_rows.hpp"

namespace rapport::clv {

ContractMembers::ContractMembers(const Columns& columns) : columns_(columns) {
  constexpr std::string_view place = "ContractMembers";
  if (!columns.customers.empty()) {
    core::check_same_size(columns.customers.size(), columns.period.size(), place, "customers");
  }
  const auto whole = [](double value) { return value <= 0x1p53 && std::floor(value) == value; };
  for (std::size_t row = 0; row < size(); ++row) {
    const double period = columns.period[row];
    if (!(period >= 1 && whole(period))) {
      throw_bad_row(place, "period", row, period, "a whole number >= 1");
    }
    if (!(customers(row) >= 0 && whole(customers(row)))) {
      throw_bad_row(place, "customers", row, customers(row), "a whole number >= 0");
    }
  }
}

}  // namespace rapport::clv
