#ifndef RAPPORT_RECORD_STORED_TRANSACTION_HPP
#define RAPPORT_RECORD_STORED_TRANSACTION_HPP

/// \file
/// A transaction as a store of many kinds of records keeps it.

#include <rapport/core/refusals.hpp>
#include <rapport/record/column.hpp>
#include <rapport/record/party.hpp>
#include <rapport/record/stamp.hpp>
#include <rapport/record/transaction.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>

namespace rapport::record {

/// A transaction, at `stamp.at`. With a role other than customer it goes the other way: a sale of
/// a supplier is a purchase from them.
struct StoredTransaction {
  static constexpr std::string_view kind_name = "transactions";

  Stamp stamp = {};
  std::int64_t amount = 0;  ///< minor units, signed as it counts in net spend
  TransactionKind kind = TransactionKind::sale;
  Name channel = {};
  Name category = {};
  std::int64_t goods = 0;     ///< minor units: what the goods cost the firm, of the sign of amount
  std::int64_t discount = 0;  ///< minor units, >= 0: what was taken off the list price
  Role role = Role::customer;

  static constexpr auto columns() {
    using T = StoredTransaction;
    return std::tuple{MoneyColumn{"amount", &T::amount}, Column{"kind", &T::kind},
                      Column{"channel", &T::channel},    Column{"category", &T::category},
                      MoneyColumn{"goods", &T::goods},   MoneyColumn{"discount", &T::discount},
                      Column{"role", &T::role}};
  }

  /// Gives the amount the sign of its kind: a sale below zero is a refund, and of a return or
  /// refund the size is given in either sign.
  [[nodiscard]] constexpr std::optional<core::Reason> normalise() noexcept {
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    if (amount == least || goods == least) return core::Reason::amount_overflow;
    if (discount < 0) return core::Reason::bad_amount;
    if (kind == TransactionKind::sale && amount < 0) kind = TransactionKind::refund;
    if (kind != TransactionKind::sale) {
      amount = amount < 0 ? amount : -amount;
      goods = goods < 0 ? goods : -goods;
    }
    return std::nullopt;
  }

  friend constexpr bool operator==(const StoredTransaction&, const StoredTransaction&) = default;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_STORED_TRANSACTION_HPP
