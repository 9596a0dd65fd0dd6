#ifndef RAPPORT_FOLD_ENTRY_HPP
#define RAPPORT_FOLD_ENTRY_HPP

/// \file
/// One row of a ledger as an aggregate sees it.

#include <rapport/core/time.hpp>
#include <rapport/record/transaction.hpp>

#include <chrono>
#include <cstdint>

namespace rapport::fold {

/// Days since 1970-01-01, the day being cut in the ledger's zone.
using DayNumber = std::int32_t;

[[nodiscard]] constexpr DayNumber day_number(core::Day day) noexcept {
  return static_cast<DayNumber>(day.time_since_epoch().count());
}
[[nodiscard]] constexpr core::Day day_of(DayNumber number) noexcept {
  return core::Day{std::chrono::days{number}};
}

/// A transaction of one customer: a purchase, return or refund. The event that aggregates over a
/// ledger absorb, ordered by instant; what they do not read costs nothing.
struct Entry {
  DayNumber day = 0;
  core::Instant at = {};
  std::int64_t amount = 0;  ///< minor units, signed as it counts in net spend
  record::TransactionKind kind = record::TransactionKind::sale;
  std::uint32_t channel = 0;   ///< number of the name plus 1; 0 unknown
  std::uint32_t category = 0;  ///< number of the name plus 1; 0 unknown

  /// True for a sale, one of amount zero too; returns and refunds are no purchases.
  [[nodiscard]] constexpr bool is_purchase() const noexcept {
    return kind == record::TransactionKind::sale;
  }

  friend constexpr bool operator==(const Entry&, const Entry&) = default;
};

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_ENTRY_HPP
