#ifndef RAPPORT_RECORD_LEDGER_HPP
#define RAPPORT_RECORD_LEDGER_HPP

/// \file
/// The ledger: all transactions in columns, each customer one contiguous run of rows in the order
/// of time. RFM, lifetime models, churn and scores are folds over it.

#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/raw_vector.hpp>
#include <rapport/core/refusals.hpp>
#include <rapport/record/customers.hpp>
#include <rapport/record/transaction_columns.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace rapport::record {

/// Columns clustered by customer, lent: customer i has the rows [offsets[i], offsets[i + 1]), in
/// ascending order of time. Spans of optional columns are empty where a column is not kept.
struct LedgerView {
  std::span<const std::uint64_t> offsets;  ///< customers + 1 of them, ascending from 0
  std::span<const std::uint32_t> times;    ///< seconds since the epoch
  std::span<const std::int64_t> amounts;   ///< minor units, signed as they count in net spend
  /// Empty if every amount below zero is a refund and every other row a sale.
  std::span<const TransactionKind> kinds = {};
  std::span<const std::uint32_t> channels = {};    ///< number of the name plus 1; 0 unknown
  std::span<const std::uint32_t> categories = {};  ///< number of the name plus 1; 0 unknown
  LedgerRules rules = {};

  [[nodiscard]] std::uint32_t customers() const noexcept {
    return offsets.empty() ? 0 : static_cast<std::uint32_t>(offsets.size() - 1);
  }
  [[nodiscard]] std::uint64_t rows() const noexcept { return times.size(); }
  [[nodiscard]] core::Instant instant(std::uint64_t row) const noexcept {
    return rules.epoch + std::chrono::seconds{times[row]};
  }
  [[nodiscard]] TransactionKind kind(std::uint64_t row) const noexcept {
    if (!kinds.empty()) return kinds[row];
    return amounts[row] < 0 ? TransactionKind::refund : TransactionKind::sale;
  }
};

/// Checks columns that a host lends: sizes, offsets, order of time within each customer, signs of
/// amounts, and that no sum can leave 64 bits. O(rows).
/// \throws std::invalid_argument that names the first row or customer at fault,
/// std::overflow_error if the amounts are too large.
void check(const LedgerView& view, const core::Threads& threads = {});

/// A ledger that owns its columns.
class Ledger {
 public:
  Ledger() = default;

  [[nodiscard]] LedgerView view() const noexcept;
  // A ledger can be folded wherever a view can.
  operator LedgerView() const noexcept { return view(); }  // NOLINT(google-explicit-constructor)

  [[nodiscard]] const Customers& customers() const noexcept { return *customers_; }
  /// The same for who needs the keys for longer than the ledger.
  [[nodiscard]] std::shared_ptr<const Customers> shared_customers() const noexcept {
    return customers_;
  }
  [[nodiscard]] std::uint64_t rows() const noexcept { return times_.size(); }
  [[nodiscard]] const LedgerRules& rules() const noexcept { return rules_; }
  [[nodiscard]] const Names& channel_names() const noexcept { return channel_names_; }
  [[nodiscard]] const Names& category_names() const noexcept { return category_names_; }

  /// Rows that were offered, the refused ones among them.
  [[nodiscard]] std::uint64_t rows_read() const noexcept { return rows() + refusals_.total(); }
  [[nodiscard]] const core::Refusals& refusals() const noexcept { return refusals_; }

  /// The day of the earliest and latest row in the ledger's zone; nothing if there are no rows.
  [[nodiscard]] std::optional<core::Day> first_day() const;
  [[nodiscard]] std::optional<core::Day> last_day() const;

 private:
  friend class LedgerBuilder;

  LedgerRules rules_;
  std::shared_ptr<const Customers> customers_ = std::make_shared<const Customers>();
  core::RawVector<std::uint64_t> offsets_ = {0};
  core::RawVector<std::uint32_t> times_;
  core::RawVector<std::int64_t> amounts_;
  core::RawVector<TransactionKind> kinds_;
  core::RawVector<std::uint32_t> channels_, categories_;
  Names channel_names_, category_names_;
  core::Refusals refusals_;
};

/// Builds a ledger from rows in any order; parts are as one after the other. The result does not
/// depend on the order of the rows, nor on the number of threads: rows of one customer are ordered
/// by time, then kind, amount, channel and category, and rows alike in all of these are the same.
/// Time O(rows), memory about 8 to 24 bytes a row beside the parts and the result.
/// \throws std::invalid_argument if the parts' rules differ, std::overflow_error if the sizes of
/// all amounts add up beyond 64 bits (so that no later sum can), std::length_error beyond
/// 2^32 - 1 customers or rows in one part.
[[nodiscard]] Ledger build_ledger(std::vector<TransactionColumns> parts,
                                  const core::Threads& threads = {}, core::Refusals refusals = {},
                                  const core::Watch& watch = {});

/// Where a host's own struct keeps what a transaction is: member pointers or callables.
///
///     ledger_of(orders, {.customer = &Order::buyer, .time = &Order::at, .amount = &Order::total});
///
/// Keys are integers or anything a std::string_view can be made of; times are instants
/// (std::chrono::sys_time) or, counted from the first instant of the day in the ledger's zone,
/// days (sys_days or year_month_day); amounts are integers in minor units or core::Money. Doubles
/// do not compile: they have no exact cents.
template <class Row>
struct TransactionFields {
  template <class Value>
  class Field {
   public:
    Field() = default;
    template <class F>
      requires(std::invocable<const F&, const Row&> && !std::same_as<F, Field>)
    Field(F get) {  // NOLINT(google-explicit-constructor)
      using Got = std::invoke_result_t<const F&, const Row&>;
      constexpr bool is_double = std::is_floating_point_v<std::remove_cvref_t<Got>>;
      static_assert(!is_double,
                    "rapport: give whole numbers: an amount in minor units, an instant, an "
                    "integer key");
      static_assert(!std::same_as<Got, std::string>,
                    "rapport: give a text that outlives the call: a reference or a "
                    "std::string_view");
      static_assert(is_double || std::constructible_from<Value, Got>,
                    "rapport: this field cannot be made of what is given: TransactionFields says "
                    "which types keys, times and amounts have");
      if constexpr (std::constructible_from<Value, Got>) {
        get_ = [get = std::move(get)](const Row& row) { return Value(std::invoke(get, row)); };
      }
    }
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(get_); }
    [[nodiscard]] Value operator()(const Row& row) const { return get_(row); }

   private:
    std::function<Value(const Row&)> get_;
  };

  /// A key: an integer, or a text that outlives the call.
  struct Key {
    CustomerKey value;
    template <std::integral I>
    explicit Key(I key) : value(static_cast<std::int64_t>(key)) {
      static_assert(sizeof(I) < 8 || std::is_signed_v<I>,
                    "an unsigned 64-bit key may not fit: convert it");
    }
    template <std::convertible_to<std::string_view> S>
    explicit Key(const S& key) : value(std::string_view(key)) {}
  };

  /// An instant, or a day to be placed in the ledger's zone.
  struct Time {
    core::Instant value;
    bool is_day;
    bool exists = true;  // false for the 30th of February
    template <class Duration>
    explicit Time(std::chrono::sys_time<Duration> time)
        : value(std::chrono::floor<std::chrono::seconds>(time)),
          is_day(std::same_as<Duration, std::chrono::days>) {}
    explicit Time(const std::chrono::year_month_day& date)
        : value(date.ok() ? core::Day(date) : core::Day()), is_day(true), exists(date.ok()) {}
  };

  /// Minor units, with their currency where it is known.
  struct Amount {
    std::int64_t minor;
    std::optional<core::Currency> currency = {};
    template <std::integral I>
    explicit Amount(I amount) : minor(static_cast<std::int64_t>(amount)) {
      static_assert(sizeof(I) < 8 || std::is_signed_v<I>,
                    "an unsigned 64-bit amount may not fit: convert it");
    }
    explicit Amount(const core::Money& money) : minor(money.minor()), currency(money.currency()) {}
  };

  Field<Key> customer;
  Field<Time> time;
  Field<Amount> amount = {};  ///< 0 for every row if there is none
  Field<std::optional<TransactionKind>> kind = {};
  Field<std::string_view> channel = {};
  Field<std::string_view> category = {};
};

/// How a ledger is built.
struct LedgerOptions {
  LedgerRules rules = {};
  core::Threads threads = {};
  core::Watch watch = {};
  bool strict = false;  ///< throw core::RowRefused at the first refused row
};

/// A ledger of a host's own rows, read through `fields`; no row is copied, only what is asked
/// for. Rows that cannot be used are counted in Ledger::refusals by their place in `rows`, from 1.
/// \throws as build_ledger; std::invalid_argument if `customer` or `time` is not given;
/// core::RowRefused in strict mode; core::Cancelled.
template <std::ranges::input_range Rows>
[[nodiscard]] Ledger ledger_of(Rows&& rows,
                               const TransactionFields<std::ranges::range_value_t<Rows>>& fields,
                               const LedgerOptions& options = {}) {
  if (!fields.customer || !fields.time) {
    throw std::invalid_argument("ledger_of: the fields customer and time must be given");
  }
  TransactionColumns columns(options.rules);
  std::uint64_t total = 0;
  if constexpr (std::ranges::sized_range<Rows>) {
    total = static_cast<std::uint64_t>(std::ranges::size(rows));
    columns.reserve(static_cast<std::size_t>(total));
  }
  core::Refusals refusals;
  constexpr std::uint64_t rows_per_report = 1 << 16;
  std::uint64_t number = 0;
  for (const auto& row : rows) {
    if (number % rows_per_report == 0) options.watch.report({"taking in rows", number, total});
    ++number;
    const auto time = fields.time(row);
    Transaction transaction{.customer = fields.customer(row).value, .at = time.value};
    std::optional<core::Reason> reason;
    if (time.is_day) {
      transaction.at =
          options.rules.zone.begin_of(std::chrono::floor<std::chrono::days>(time.value));
    }
    if (fields.amount) {
      const auto amount = fields.amount(row);
      transaction.amount = amount.minor;
      if (amount.currency && *amount.currency != options.rules.currency) {
        reason = core::Reason::other_currency;
      }
    }
    if (fields.kind) transaction.kind = fields.kind(row);
    if (fields.channel) transaction.channel = fields.channel(row);
    if (fields.category) transaction.category = fields.category(row);
    if (!time.exists) reason = core::Reason::bad_date;
    if (!reason) reason = columns.add(transaction);
    if (reason) {
      core::Refusal refusal{.reason = *reason, .row = number};
      if (options.strict) throw core::RowRefused(std::move(refusal));
      refusals.add(std::move(refusal));
    }
  }
  std::vector<TransactionColumns> parts;
  parts.push_back(std::move(columns));
  return build_ledger(std::move(parts), options.threads, std::move(refusals), options.watch);
}

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_LEDGER_HPP
