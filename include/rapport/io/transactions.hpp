#ifndef RAPPORT_IO_TRANSACTIONS_HPP
#define RAPPORT_IO_TRANSACTIONS_HPP

/// \file
/// Transactions from CSV into a ledger.
///
///     const auto ledger = io::read_transactions("transactions.csv", {.currency = "USD"});
///     for (const auto& line : ledger.refusals().summary()) log(line);

#include <rapport/core/money.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/time.hpp>
#include <rapport/core/zone.hpp>
#include <rapport/io/dialect.hpp>
#include <rapport/io/input.hpp>
#include <rapport/record/ledger.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::io {

/// The currency of a file: a code of ISO 4217, `"USD"`, or a core::Currency of the host's own.
class CurrencyName {
 public:
  /// \throws std::invalid_argument as core::Currency.
  // Implicit on purpose: `.currency = "USD"`.
  CurrencyName(const char* code) : currency_(code) {}         // NOLINT(google-explicit-constructor)
  CurrencyName(std::string_view code) : currency_(code) {}    // NOLINT(google-explicit-constructor)
  CurrencyName(const std::string& code) : currency_(code) {}  // NOLINT(google-explicit-constructor)
  CurrencyName(const core::Currency& currency)                // NOLINT(google-explicit-constructor)
      : currency_(currency) {}

  [[nodiscard]] const core::Currency& value() const noexcept { return currency_; }

 private:
  core::Currency currency_;
};

/// The names of the columns in the header. The first two must be there. Any other may be missing
/// under its default name; a name that the caller gave must be there, and an empty one means that
/// the column is not to be read.
struct TransactionColumnNames {
  std::string customer = "customer_id";
  std::string date = "date";
  std::string amount = "amount";      ///< without it every amount is 0
  std::string kind = "kind";          ///< sale, return, refund; empty: by the sign of the amount
  std::string channel = "channel";    ///< any text
  std::string category = "category";  ///< any text
  std::string currency = "currency";  ///< the ledger's code; empty: the same
};

struct TransactionsOptions {
  CurrencyName currency = "USD";
  core::Zone zone = {};  ///< days are cut, and times without offset are read, in this zone
  TransactionColumnNames columns = {};
  Dialect dialect = {};
  bool strict = false;  ///< throw core::RowRefused at the first refused row
  core::Threads threads = {};
  core::Watch watch = {};
  /// What is read at a time; no result depends on it. At least 1.
  std::size_t block_bytes = std::size_t{1} << 22;
};

/// Reads a ledger. Keys are numbers if all of them are whole numbers in canonical form, else
/// texts, byte for byte as they stand. Dates and amounts are read as parse_instant and parse_minor
/// read them. Every row that cannot be used is in Ledger::refusals, with line, column and reason;
/// line and column are where the field begins, or for bad_encoding the malformed byte. One pass,
/// time and memory linear in the size of the input; results and refusals are the same for any
/// number of threads.
/// \throws std::invalid_argument if the input is empty, its header is not sound, or a column is
/// missing; core::RowRefused in strict mode; core::Cancelled; as record::build_ledger.
[[nodiscard]] record::Ledger read_transactions(const Input& input,
                                               const TransactionsOptions& options = {});

/// The same, of a file.
/// \throws also std::system_error if it cannot be read.
[[nodiscard]] record::Ledger read_transactions(const std::string& path,
                                               const TransactionsOptions& options = {});

/// Rows as they stand in a file, in parts, for what needs no ledger.
struct TransactionRows {
  std::vector<record::TransactionColumns> columns;
  core::Refusals refusals;
};

/// Reads rows as read_transactions does, without bringing them together by customer:
/// `rfm::make_table(std::move(rows.columns), as_of)` and clv::summarise take them as they are.
/// \throws as read_transactions.
[[nodiscard]] TransactionRows read_transaction_rows(const Input& input,
                                                    const TransactionsOptions& options = {});

/// The same, of a file.
/// \throws also std::system_error if it cannot be read.
[[nodiscard]] TransactionRows read_transaction_rows(const std::string& path,
                                                    const TransactionsOptions& options = {});

}  // namespace rapport::io

#endif  // RAPPORT_IO_TRANSACTIONS_HPP
