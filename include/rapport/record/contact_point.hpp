#ifndef RAPPORT_RECORD_CONTACT_POINT_HPP
#define RAPPORT_RECORD_CONTACT_POINT_HPP

/// \file
/// How a customer can be reached, and whether they may be.

#include <rapport/core/enum_names.hpp>
#include <rapport/record/column.hpp>
#include <rapport/record/stamp.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

namespace rapport::record {

/// By which way a contact point reaches somebody.
enum class ContactKind : std::uint8_t { email, phone, postal, social };

[[nodiscard]] constexpr auto names_of(ContactKind) noexcept {
  return std::to_array<std::string_view>({"email", "phone", "postal", "social"});
}

/// An address, number or handle, good from `stamp.at` on.
struct ContactPoint {
  static constexpr std::string_view kind_name = "contact_points";

  Stamp stamp = {};
  ContactKind kind = ContactKind::email;
  Name value = {};  ///< as the customer writes it
  std::optional<core::Instant> verified_at = {};
  std::optional<core::Instant> until = {};  ///< when it ceased to be good

  static constexpr auto columns() {
    using C = ContactPoint;
    return std::tuple{Column{"kind", &C::kind}, Column{"value", &C::value},
                      Column{"verified_at", &C::verified_at}, Column{"until", &C::until}};
  }

  friend constexpr bool operator==(const ContactPoint&, const ContactPoint&) = default;
};

/// What a customer said about being contacted.
enum class ConsentState : std::uint8_t { granted, revoked };

[[nodiscard]] constexpr auto names_of(ConsentState) noexcept {
  return std::to_array<std::string_view>({"granted", "revoked"});
}

/// A customer's word, given at `stamp.at`, on being contacted for a purpose over a channel; an
/// empty purpose or channel means all of them.
struct Consent {
  static constexpr std::string_view kind_name = "consents";

  Stamp stamp = {};
  Name purpose = {};
  Name channel = {};
  ConsentState state = ConsentState::granted;

  static constexpr auto columns() {
    using C = Consent;
    return std::tuple{Column{"purpose", &C::purpose}, Column{"channel", &C::channel},
                      Column{"state", &C::state}};
  }

  friend constexpr bool operator==(const Consent&, const Consent&) = default;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_CONTACT_POINT_HPP
