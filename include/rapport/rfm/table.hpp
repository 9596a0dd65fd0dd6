#ifndef RAPPORT_RFM_TABLE_HPP
#define RAPPORT_RFM_TABLE_HPP

/// \file
/// Recency, length, frequency and monetary value of every customer as of a day.

#include <rapport/core/money.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/time.hpp>
#include <rapport/record/ledger.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rapport::rfm {

/// What frequency counts.
enum class Frequency : std::uint8_t {
  purchase_days,  ///< days with a purchase: several on one day are one
  purchases,      ///< every sale, as tables of orders do
};

/// What returns and refunds do to the monetary value. They never touch recency or frequency.
enum class Refunds : std::uint8_t {
  net,      ///< they count against spend, below zero if need be
  ignored,  ///< sales alone
  clamped,  ///< they count against spend, but a customer's total does not fall below zero
};

/// Whether a sale of amount zero is a purchase.
enum class ZeroAmounts : std::uint8_t { purchases, ignored };

/// How a table is made.
struct TableOptions {
  Frequency frequency = Frequency::purchase_days;
  Refunds refunds = Refunds::net;
  ZeroAmounts zero_amounts = ZeroAmounts::purchases;
  core::Threads threads = {};
};

/// One row a customer of the ledger, in columns of one size. Who has not bought up to `as_of` has
/// frequency 0, and no recency or length: both are `no_days` then.
struct Table {
  static constexpr std::int32_t no_days = -1;

  core::AsOf as_of{core::Day{}};
  core::Currency currency{"USD"};
  std::vector<std::int32_t> recency_days;  ///< from the last purchase day to as_of
  std::vector<std::int32_t> length_days;   ///< from the first purchase day to as_of
  std::vector<std::uint32_t> frequency;    ///< see Frequency; the first purchase counts too
  std::vector<std::int64_t> monetary;      ///< total in minor units; see Refunds

  [[nodiscard]] std::size_t size() const noexcept { return frequency.size(); }
  /// True if the customer has bought up to as_of: only then there is anything to score.
  [[nodiscard]] bool bought(std::size_t customer) const noexcept { return frequency[customer] > 0; }
  /// How many have not.
  [[nodiscard]] std::uint64_t without_purchase() const noexcept;

  friend bool operator==(const Table&, const Table&) = default;
};

/// The table of all customers. Days are those of the ledger's zone; `as_of` counts to its end.
/// O(rows).
[[nodiscard]] Table make_table(const record::LedgerView& ledger, core::AsOf as_of,
                               const TableOptions& options = {});

/// A table, and whose its rows are.
struct CustomerTable {
  record::Customers customers;  ///< in the order of the table's rows
  Table table;
};

/// The table of all customers of rows in any order: as of a ledger of them, in half the time and
/// memory. Give rows that are not needed any more as `std::move(rows)`: their memory serves again.
/// \throws as record::build_ledger.
[[nodiscard]] CustomerTable make_table(std::vector<record::TransactionColumns> rows,
                                       core::AsOf as_of, const TableOptions& options = {});

/// Makes the rows of these customers anew, after their entries changed: then the table is as
/// make_table would make it from the whole ledger.
/// \pre `table` was made with the same options from a ledger of the same customers.
/// \throws std::invalid_argument if the ledger has another number of customers than the table, or
/// not these.
void update_table(Table& table, const record::LedgerView& ledger,
                  std::span<const std::uint32_t> customers, const TableOptions& options = {});

}  // namespace rapport::rfm

#endif  // RAPPORT_RFM_TABLE_HPP
