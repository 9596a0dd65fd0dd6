#ifndef RAPPORT_RECORD_HOLDING_HPP
#define RAPPORT_RECORD_HOLDING_HPP

/// \file
/// What a customer holds with the firm: a stock that is looked at now and then, where purchases
/// are a flow of events.

#include <rapport/record/column.hpp>
#include <rapport/record/stamp.hpp>

#include <cstdint>
#include <string_view>
#include <tuple>

namespace rapport::record {

/// The balance of one account from `stamp.at` on, until the next such record of the account.
struct Holding {
  static constexpr std::string_view kind_name = "holdings";

  Stamp stamp = {};
  Name account = {};         ///< which account of the customer
  Name product = {};         ///< what kind of product it is: "savings", "loan"
  std::int64_t balance = 0;  ///< minor units; below zero is a debt

  static constexpr auto columns() {
    using H = Holding;
    return std::tuple{Column{"account", &H::account}, Column{"product", &H::product},
                      MoneyColumn{"balance", &H::balance}};
  }

  friend constexpr bool operator==(const Holding&, const Holding&) = default;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_HOLDING_HPP
