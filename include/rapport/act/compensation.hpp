#ifndef RAPPORT_ACT_COMPENSATION_HPP
#define RAPPORT_ACT_COMPENSATION_HPP

/// \file
/// How much may be given for a failure, and where a compensation stands in the books: as a cost of
/// service, and on the other side of the relationship as the customer's gain. Once each.

#include <rapport/core/enum_names.hpp>
#include <rapport/record/complaint.hpp>
#include <rapport/record/stamp.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rapport::act {

/// Caps on what one complaint may be compensated with, as data: minor units, all >= 0.
struct CompensationPolicy {
  /// By severity, from 0 (unknown) to 5 (worst).
  std::array<std::int64_t, 6> by_severity = {};
  /// No more than so many ten-thousandths of what the customer is worth, in [0, 10000]...
  std::int32_t share_of_value = 10'000;
  /// ...but this much whatever they are worth, as far as the severity allows.
  std::int64_t at_least = 0;
};

/// What decided a cap.
enum class CapReason : std::uint8_t { severity, value, at_least };

[[nodiscard]] constexpr auto names_of(CapReason) noexcept {
  return std::to_array<std::string_view>({"severity", "value", "at least"});
}

/// The most that a complaint may be compensated with.
struct CompensationCap {
  std::int64_t amount = 0;  ///< minor units
  CapReason reason = CapReason::severity;

  friend bool operator==(const CompensationCap&, const CompensationCap&) = default;
};

/// min(cap of the severity, max(at_least, share of the value)), rounded down. A value below zero,
/// as of a customer who costs more than they bring, counts as zero.
/// \throws std::domain_error if the policy is not as described, or the severity above 5.
[[nodiscard]] CompensationCap cap(const CompensationPolicy& policy, std::uint8_t severity,
                                  std::int64_t value);

/// What was given for one complaint against its cap.
struct CompensationReview {
  CompensationCap cap = {};
  std::int64_t given = 0;

  [[nodiscard]] std::int64_t left() const noexcept {
    return given < cap.amount ? cap.amount - given : 0;
  }
  [[nodiscard]] std::int64_t above_cap() const noexcept {
    return given > cap.amount ? given - cap.amount : 0;
  }
};

/// The compensations in sight that refer to `complaint` (same source, its key).
/// \throws std::domain_error as cap(), and for a negative cost; std::overflow_error if their sum
/// leaves 64 bits.
[[nodiscard]] CompensationReview review(const CompensationPolicy& policy,
                                        const record::Complaint& complaint,
                                        std::span<const record::RecoveryAction> acts,
                                        std::int64_t value, const record::Sight& sight);

/// Where an act of recovery stands in the two books, in minor units.
struct Posting {
  // The firm's book.
  std::int64_t revenue = 0;       ///< always 0: a gift is no sale
  std::int64_t goods_sold = 0;    ///< always 0: nor was it sold
  std::int64_t service_cost = 0;  ///< what it cost
  // The customer's.
  std::int64_t customers_gain = 0;  ///< what they got of it; 0 but for compensations

  friend constexpr bool operator==(const Posting&, const Posting&) = default;
};

/// How one act is posted.
[[nodiscard]] constexpr Posting posting(const record::RecoveryAction& act) noexcept {
  return {.service_cost = act.cost,
          .customers_gain = act.kind == record::RecoveryKind::compensate ? act.cost : 0};
}

/// The sum over the acts in sight.
/// \throws std::domain_error for a negative cost; std::overflow_error if a sum leaves 64 bits.
[[nodiscard]] Posting posting(std::span<const record::RecoveryAction> acts,
                              const record::Sight& sight);

}  // namespace rapport::act

#endif  // RAPPORT_ACT_COMPENSATION_HPP
