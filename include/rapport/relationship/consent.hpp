#ifndef RAPPORT_RELATIONSHIP_CONSENT_HPP
#define RAPPORT_RELATIONSHIP_CONSENT_HPP

/// \file
/// May the firm contact a customer for a purpose, over a channel, at an instant?
///
/// The latest word wins, by the date on which it was given: what was revoked at t is refused at t
/// and after, allowed before, and a row that is loaded later but is older than t brings nothing
/// back. Of words given at one instant the stricter counts. Source records that were linked answer
/// together: where one refuses, the customer does, so linking never grants what was refused.
/// Who grants anew after linking does so on each source record that refuses.

#include <rapport/core/time.hpp>
#include <rapport/record/contact_point.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace rapport::relationship {

/// The answer.
enum class Permission : std::uint8_t {
  unasked,  ///< there is no word on it: which is not consent
  allowed,
  refused,
};

[[nodiscard]] constexpr auto names_of(Permission) noexcept {
  return std::to_array<std::string_view>({"unasked", "allowed", "refused"});
}

/// A permission and the word that it rests on.
struct ConsentAnswer {
  Permission permission = Permission::unasked;
  const record::Consent* word = nullptr;  ///< within the given rows; null if unasked
};

/// The answer at the instant `at`. A word on all purposes or channels is one on each; a later
/// general word overrides an earlier one on that purpose and channel, as it does the other way
/// round. Only words known before `known` count: the end of time asks for what was so, `at` itself
/// for what the firm could know. Words voided by then do not count. Of linked source records the
/// strictest answer, and of equally strict ones the latest word. O(n^2) in the words of this one
/// customer, in any order; no allocation.
[[nodiscard]] ConsentAnswer consent(std::span<const record::Consent> words, record::Name purpose,
                                    record::Name channel, core::Instant at,
                                    core::Instant known = core::Instant::max());

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_CONSENT_HPP
