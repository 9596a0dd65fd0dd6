#ifndef RAPPORT_RECORD_GRANT_HPP
#define RAPPORT_RECORD_GRANT_HPP

/// \file
/// A privilege that a customer was given.

#include <rapport/core/refusals.hpp>
#include <rapport/record/column.hpp>
#include <rapport/record/stamp.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

namespace rapport::record {

/// A grant, given at `stamp.at`.
struct Grant {
  static constexpr std::string_view kind_name = "grants";

  Stamp stamp = {};
  Name privilege = {};    ///< "free delivery"
  Name cause = {};        ///< why: "tier near"
  std::int64_t cost = 0;  ///< minor units, >= 0: what it cost the firm, and what the customer got
  std::optional<core::Instant> expires_at = {};
  std::optional<core::Instant> revoked_at = {};

  static constexpr auto columns() {
    using G = Grant;
    return std::tuple{Column{"privilege", &G::privilege}, Column{"cause", &G::cause},
                      MoneyColumn{"cost", &G::cost}, Column{"expires_at", &G::expires_at},
                      Column{"revoked_at", &G::revoked_at}};
  }

  /// Refuses a cost below zero.
  [[nodiscard]] constexpr std::optional<core::Reason> normalise() const noexcept {
    if (cost < 0) return core::Reason::bad_amount;
    return std::nullopt;
  }

  friend constexpr bool operator==(const Grant&, const Grant&) = default;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_GRANT_HPP
