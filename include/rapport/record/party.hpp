#ifndef RAPPORT_RECORD_PARTY_HPP
#define RAPPORT_RECORD_PARTY_HPP

/// \file
/// Who somebody is to the firm, and to others: a party is a person or an organisation, and plays
/// one role or several.

#include <rapport/core/enum_names.hpp>
#include <rapport/record/column.hpp>
#include <rapport/record/stamp.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

namespace rapport::record {

/// What a party is.
enum class PartyKind : std::uint8_t { unknown, person, organisation, household };

[[nodiscard]] constexpr auto names_of(PartyKind) noexcept {
  return std::to_array<std::string_view>({"", "person", "organisation", "household"});
}

/// What a party is to the firm.
enum class Role : std::uint8_t { customer, supplier, reseller, referrer, employee };

[[nodiscard]] constexpr auto names_of(Role) noexcept {
  return std::to_array<std::string_view>(
      {"customer", "supplier", "reseller", "referrer", "employee"});
}

/// A role that a party plays from `stamp.at` on.
struct Party {
  static constexpr std::string_view kind_name = "parties";

  Stamp stamp = {};
  PartyKind kind = PartyKind::unknown;
  Role role = Role::customer;
  std::optional<core::Instant> until = {};

  static constexpr auto columns() {
    using P = Party;
    return std::tuple{Column{"kind", &P::kind}, Column{"role", &P::role},
                      Column{"until", &P::until}};
  }

  friend constexpr bool operator==(const Party&, const Party&) = default;
};

/// What one party is to another from `stamp.at` on: "works for", "referred", "lives with".
struct PartyRelation {
  static constexpr std::string_view kind_name = "relations";

  Stamp stamp = {};
  Name to = {};        ///< key of the other party's source record, as text
  Name as = {};        ///< what this party is to the other: "employee"
  Name other_as = {};  ///< what the other is to this one: "employer"
  std::optional<core::Instant> until = {};

  static constexpr auto columns() {
    using P = PartyRelation;
    return std::tuple{Column{"to", &P::to}, Column{"as", &P::as}, Column{"other_as", &P::other_as},
                      Column{"until", &P::until}};
  }

  friend constexpr bool operator==(const PartyRelation&, const PartyRelation&) = default;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_PARTY_HPP
