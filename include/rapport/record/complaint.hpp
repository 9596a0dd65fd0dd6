#ifndef RAPPORT_RECORD_COMPLAINT_HPP
#define RAPPORT_RECORD_COMPLAINT_HPP

/// \file
/// A failure of the firm that a customer told of, and what the firm did about it.

#include <rapport/core/enum_names.hpp>
#include <rapport/core/refusals.hpp>
#include <rapport/record/column.hpp>
#include <rapport/record/interaction.hpp>
#include <rapport/record/stamp.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

namespace rapport::record {

/// A complaint. `stamp.at` is when the failure took place, `reported_at` when the customer spoke,
/// which is as a rule when it was known, `stamp.known`.
struct Complaint {
  static constexpr std::string_view kind_name = "complaints";

  Stamp stamp = {};
  core::Instant reported_at = stamp.known;
  Name channel = {};           ///< on which it was reported
  Name category = {};          ///< what went wrong: "packaging"
  RowKey about = 0;            ///< key of the transaction that it is about; 0 if none is known
  std::uint8_t severity = 0;   ///< 1 least to 5 worst; 0 unknown
  std::uint32_t evidence = 0;  ///< pieces that the customer gave, such as photographs
  std::optional<core::Instant> resolved_at = {};

  static constexpr auto columns() {
    using C = Complaint;
    return std::tuple{Column{"reported_at", &C::reported_at}, Column{"channel", &C::channel},
                      Column{"category", &C::category},       Column{"about", &C::about},
                      Column{"severity", &C::severity},       Column{"evidence", &C::evidence},
                      Column{"resolved_at", &C::resolved_at}};
  }

  /// Refuses a severity above 5.
  [[nodiscard]] constexpr std::optional<core::Reason> normalise() const noexcept {
    if (severity > 5) return core::Reason::bad_number;
    return std::nullopt;
  }

  friend constexpr bool operator==(const Complaint&, const Complaint&) = default;
};

/// What may be done about a complaint.
enum class RecoveryKind : std::uint8_t {
  acknowledge,
  apologise,
  ask_evidence,
  explain,
  fix,
  compensate,
  follow_up,
};

[[nodiscard]] constexpr auto names_of(RecoveryKind) noexcept {
  return std::to_array<std::string_view>(
      {"acknowledge", "apologise", "ask_evidence", "explain", "fix", "compensate", "follow_up"});
}

/// One act of recovery, at `stamp.at`.
struct RecoveryAction {
  static constexpr std::string_view kind_name = "recoveries";

  Stamp stamp = {};
  RowKey complaint = 0;  ///< key of the complaint
  RecoveryKind kind = RecoveryKind::acknowledge;
  Department department = Department::unknown;
  Name agent = {};
  std::int64_t cost = 0;  ///< minor units, >= 0; of a compensation, what the customer gets

  static constexpr auto columns() {
    using R = RecoveryAction;
    return std::tuple{Column{"complaint", &R::complaint}, Column{"kind", &R::kind},
                      Column{"department", &R::department}, Column{"agent", &R::agent},
                      MoneyColumn{"cost", &R::cost}};
  }

  /// Refuses a cost below zero.
  [[nodiscard]] constexpr std::optional<core::Reason> normalise() const noexcept {
    if (cost < 0) return core::Reason::bad_amount;
    return std::nullopt;
  }

  friend constexpr bool operator==(const RecoveryAction&, const RecoveryAction&) = default;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_COMPLAINT_HPP
