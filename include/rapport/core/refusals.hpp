#ifndef RAPPORT_CORE_REFUSALS_HPP
#define RAPPORT_CORE_REFUSALS_HPP

/// \file
/// What became of rows that could not be used: counted by reason, with the first of each kind
/// located, so that nothing is lost in silence.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport::core {

/// Why a row was refused.
enum class Reason : std::uint8_t {
  missing_field,  ///< the row has fewer fields than the header, or a needed one is empty
  extra_field,    ///< the row has more fields than the header
  bad_quoting,    ///< a quote inside a bare field, text after a closing quote, or no closing one
  bad_encoding,   ///< malformed UTF-8 or a NUL byte
  too_long,       ///< a field or row beyond the limit
  bad_key,        ///< no usable customer key
  bad_date,       ///< not a date of the dialect, or no such day
  date_out_of_range,  ///< a real date outside the range of ledger or store
  bad_amount,         ///< not a decimal number of the dialect
  inexact_amount,     ///< more decimals than the currency has: would have to be rounded
  amount_overflow,    ///< beyond 64 bits of minor units
  negative_sale,      ///< a row that says it is a sale, with an amount below zero
  bad_kind,           ///< not sale, return or refund
  other_currency,     ///< a currency that is not that of ledger or store
  bad_word,           ///< not one of the words that the field takes
  bad_number,         ///< not a whole number that the field can hold
};

inline constexpr std::size_t reason_count = 16;

/// A sentence fragment for people: "the date is not a day of the calendar".
[[nodiscard]] std::string_view to_text(Reason reason) noexcept;

/// One refused row. Lines and columns count from 1 as editors do; 0 means not applicable.
struct Refusal {
  Reason reason{};
  std::uint64_t row = 0;     ///< data row, from 1
  std::uint64_t line = 0;    ///< line of the file
  std::uint64_t column = 0;  ///< byte in the line at which the field begins
  std::string field = {};    ///< name of the field
  std::string text = {};     ///< the offending text, shortened, never with control characters
};

/// "line 12, column 8, date: the date is not a day of the calendar: \"1997-02-30\"".
[[nodiscard]] std::string to_text(const Refusal& refusal);

/// Thrown in strict mode at the first refused row.
class RowRefused : public std::runtime_error {
 public:
  explicit RowRefused(Refusal refusal)
      : std::runtime_error(to_text(refusal)), refusal_(std::move(refusal)) {}
  [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }

 private:
  Refusal refusal_;
};

/// Counts of refused rows by reason, with the first few of each located. Mergeable: reports of
/// consecutive parts append to the report of the whole.
class Refusals {
 public:
  static constexpr std::size_t kept_per_reason = 5;

  Refusals() = default;
  /// A report as it was sent from elsewhere: for each reason, how many rows and the first of them.
  Refusals(const std::array<std::uint64_t, reason_count>& counts,
           std::array<std::vector<Refusal>, reason_count> first)
      : counts_(counts), first_(std::move(first)) {}

  void add(Refusal refusal);
  /// Adds the report of rows that come later. `rows` and `lines` are what came before them.
  void append(const Refusals& later, std::uint64_t rows = 0, std::uint64_t lines = 0);

  [[nodiscard]] std::uint64_t total() const noexcept;
  [[nodiscard]] std::uint64_t count(Reason reason) const noexcept {
    return counts_[static_cast<std::size_t>(reason)];
  }
  /// The first refused rows of that reason, at most kept_per_reason, in the order of the input.
  [[nodiscard]] std::span<const Refusal> first(Reason reason) const noexcept {
    return first_[static_cast<std::size_t>(reason)];
  }

  /// A line for each reason that occurred: count, reason, first places. Empty if nothing was
  /// refused.
  [[nodiscard]] std::vector<std::string> summary() const;

 private:
  std::array<std::uint64_t, reason_count> counts_{};
  std::array<std::vector<Refusal>, reason_count> first_;
};

}  // namespace rapport::core

#endif  // RAPPORT_CORE_REFUSALS_HPP
