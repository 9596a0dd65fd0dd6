#ifndef RAPPORT_EXAMPLES_SUPPORT_COLUMNS_HPP
#define RAPPORT_EXAMPLES_SUPPORT_COLUMNS_HPP

#include <rapport/io/transactions.hpp>

#include "support/arguments.hpp"

#include <string>
#include <vector>

namespace examples {

/// The names of columns from `customer=NAME`, `date=NAME`, `amount=NAME`, each optional.
/// \throws UsageError for any other part.
inline rapport::io::TransactionColumnNames columns(const std::vector<std::string>& parts) {
  rapport::io::TransactionColumnNames names;
  for (const std::string& part : parts) {
    const auto equals = part.find('=');
    const std::string what = part.substr(0, equals);
    const std::string name = equals == std::string::npos ? "" : part.substr(equals + 1);
    if (what == "customer" && !name.empty()) {
      names.customer = name;
    } else if (what == "date" && !name.empty()) {
      names.date = name;
    } else if (what == "amount" && !name.empty()) {
      names.amount = name;
    } else {
      throw UsageError("--columns has \"" + part +
                       "\", but takes customer=NAME,date=NAME,amount=NAME");
    }
  }
  return names;
}

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_COLUMNS_HPP
