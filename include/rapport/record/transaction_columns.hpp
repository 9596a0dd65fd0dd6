#ifndef RAPPORT_RECORD_TRANSACTION_COLUMNS_HPP
#define RAPPORT_RECORD_TRANSACTION_COLUMNS_HPP

/// \file
/// Transactions as they arrive: rows in any order, each checked as it is added, in columns.
/// A ledger is built from one or several of them.

#include <rapport/core/money.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/raw_vector.hpp>
#include <rapport/core/refusals.hpp>
#include <rapport/core/time.hpp>
#include <rapport/core/wide.hpp>
#include <rapport/core/zone.hpp>
#include <rapport/record/customers.hpp>
#include <rapport/record/names.hpp>
#include <rapport/record/transaction.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::record {

/// One transaction as a host has it.
struct Transaction {
  CustomerKey customer;
  core::Instant at;
  std::int64_t amount = 0;  ///< minor units; of a return or refund, its size in either sign
  /// If nothing is said, an amount below zero is a refund and any other a sale.
  std::optional<TransactionKind> kind = {};
  std::string_view channel = {};   ///< empty if none is known
  std::string_view category = {};  ///< empty if none is known
};

/// What all rows of a ledger share.
struct LedgerRules {
  core::Currency currency{"USD"};
  /// Days are cut, and dates without an offset are read, in this zone.
  core::Zone zone = {};
  /// Rows lie in [epoch, epoch + 2^32 seconds): 136 years, by default until 2066-02-07.
  core::Instant epoch = core::Day{std::chrono::year{1930} / 1 / 1};
};

class TransactionColumns;

/// Customer keys of rows: 64-bit integers for as long as every one of them is one, else texts.
class KeyColumn {
 public:
  void add(std::int64_t key);
  void add(std::string_view key);

  [[nodiscard]] bool numeric() const noexcept { return numeric_; }
  [[nodiscard]] std::span<const std::int64_t> integers() const noexcept { return integers_; }
  [[nodiscard]] std::span<const std::uint32_t> numbers() const noexcept { return numbers_; }
  [[nodiscard]] const Names& names() const noexcept { return names_; }
  [[nodiscard]] std::size_t size() const noexcept {
    return numeric_ ? integers_.size() : numbers_.size();
  }
  void reserve(std::size_t rows) { integers_.reserve(rows); }

  /// Turns integer keys into the texts that write them.
  void make_text();

 private:
  friend class LedgerBuilder;
  friend std::vector<std::vector<std::uint32_t>> number_text_keys(
      std::span<TransactionColumns> parts, Names& all);

  bool numeric_ = true;
  core::RawVector<std::int64_t> integers_;
  core::RawVector<std::uint32_t> numbers_;
  Names names_;
};

/// Rows in the order of arrival. The columns `kinds`, `channels` and `categories` are empty until
/// a row needs them.
class TransactionColumns {
 public:
  explicit TransactionColumns(const LedgerRules& rules) : rules_(rules) {}

  /// Adds a row, or says why it cannot be one: date_out_of_range, bad_key (an empty text),
  /// negative_sale, amount_overflow. A refused row leaves no trace here; the caller reports it.
  [[nodiscard]] std::optional<core::Reason> add(const Transaction& row);

  [[nodiscard]] const LedgerRules& rules() const noexcept { return rules_; }
  [[nodiscard]] std::size_t size() const noexcept { return times_.size(); }
  void reserve(std::size_t rows);

  /// Takes all keys for texts, also where each of them writes a number: as in a part of a base
  /// whose other parts have texts.
  void take_keys_for_texts() { keys_.make_text(); }

  [[nodiscard]] const KeyColumn& keys() const noexcept { return keys_; }
  /// Seconds since the epoch of the rules.
  [[nodiscard]] std::span<const std::uint32_t> times() const noexcept { return times_; }
  /// Signed: what the row adds to the customer's net spend.
  [[nodiscard]] std::span<const std::int64_t> amounts() const noexcept { return amounts_; }
  [[nodiscard]] std::span<const TransactionKind> kinds() const noexcept { return kinds_; }
  /// Number of the name plus 1; 0 if none is known.
  [[nodiscard]] std::span<const std::uint32_t> channels() const noexcept { return channels_; }
  [[nodiscard]] std::span<const std::uint32_t> categories() const noexcept { return categories_; }
  [[nodiscard]] const Names& channel_names() const noexcept { return channel_names_; }
  [[nodiscard]] const Names& category_names() const noexcept { return category_names_; }

 private:
  friend class LedgerBuilder;
  friend std::vector<std::vector<std::uint32_t>> number_text_keys(
      std::span<TransactionColumns> parts, Names& all);

  void add_name(core::RawVector<std::uint32_t>& column, Names& names, std::string_view name) const;

  LedgerRules rules_;
  KeyColumn keys_;
  core::RawVector<std::uint32_t> times_;
  core::RawVector<std::int64_t> amounts_;
  core::RawVector<TransactionKind> kinds_;
  core::RawVector<std::uint32_t> channels_, categories_;
  Names channel_names_, category_names_;
};

/// The sizes of amounts, added up: what proves once that no sum of them can overflow.
class AmountSizes {
 public:
  /// \throws std::overflow_error if the sizes of all amounts included add up beyond 64 bits.
  void include(std::span<const std::int64_t> amounts, const core::Threads& threads = {});

  /// The greatest of them; 0 without any.
  [[nodiscard]] std::uint64_t largest() const noexcept { return largest_; }

 private:
  core::Uint128 sum_ = 0;
  std::uint64_t largest_ = 0;
};

/// \throws std::invalid_argument unless all parts have the same rules.
void check_rules(std::span<const TransactionColumns> parts);

/// If any key of the parts is a text, makes all of them texts, numbered in the order of their bytes
/// over all parts, in `all`. \return for each part, what its own numbers became; nothing if all
/// keys are integers.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> number_text_keys(
    std::span<TransactionColumns> parts, Names& all);

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_TRANSACTION_COLUMNS_HPP
