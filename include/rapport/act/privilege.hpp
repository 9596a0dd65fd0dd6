#ifndef RAPPORT_ACT_PRIVILEGE_HPP
#define RAPPORT_ACT_PRIVILEGE_HPP

/// \file
/// What the near ones are given: who is due for it, who has it, who gets none and why, what it
/// cost, and what one success that it brought has cost.
///
/// A grant is a promise for its window. A tier that is lost, by a return that lowers the index or
/// by silence, does not take it back, unless the policy of the privilege says so; and to become
/// unknown takes nothing back under either policy.

#include <rapport/core/enum_names.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/money.hpp>
#include <rapport/core/time.hpp>
#include <rapport/evaluation/holdout.hpp>
#include <rapport/record/grant.hpp>
#include <rapport/relationship/tiers.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::act {

/// What the cost of a privilege is counted by.
enum class CostBasis : std::uint8_t {
  each_grant,  ///< the same for every grant
  each_day,    ///< for every day of the window
  as_recorded  ///< new grants cost nothing until the host records what they did cost
};

[[nodiscard]] constexpr auto names_of(CostBasis) noexcept {
  return std::to_array<std::string_view>({"each_grant", "each_day", "as_recorded"});
}

/// Whether a grant outlives the tier that it was given for.
enum class ClawBack : std::uint8_t {
  never,          ///< it stands until its window ends
  with_lost_tier  ///< it is revoked when the customer is in a tier that is not entitled
};

[[nodiscard]] constexpr auto names_of(ClawBack) noexcept {
  return std::to_array<std::string_view>({"never", "with_lost_tier"});
}

/// What follows the end of a window.
enum class Renewal : std::uint8_t {
  while_entitled,  ///< a new grant, for as long as the tier is entitled
  once_a_stay      ///< nothing, until an entitled tier is entered anew
};

[[nodiscard]] constexpr auto names_of(Renewal) noexcept {
  return std::to_array<std::string_view>({"while_entitled", "once_a_stay"});
}

/// A tier that is entitled, and what its grants name as their cause.
struct EntitledTier {
  relationship::TierIndex tier = 0;
  record::Name cause = {};  ///< "tier near"
};

/// A privilege.
struct Privilege {
  record::Name kind = {};  ///< "free delivery"
  CostBasis cost_basis = CostBasis::each_grant;
  std::int64_t cost = 0;  ///< minor units by that basis, >= 0
  std::vector<EntitledTier> tiers = {};
  int window_days = 30;  ///< of 24 hours, from the instant of the grant on
  ClawBack claw_back = ClawBack::never;
  Renewal renewal = Renewal::while_entitled;
};

/// \throws std::invalid_argument without a kind or a tier, for a tier twice or not of the policy;
/// std::domain_error for a window outside [1, 36500] or a cost below 0; std::overflow_error if the
/// cost of a grant leaves 64 bits. Each names the place: `Privilege: tiers[1]: ...`.
void check(const Privilege& privilege, const relationship::TierPolicy& policy);

/// A grant of the privilege to a customer in that tier.
/// \pre the privilege was checked, and entitles the tier.
[[nodiscard]] record::Grant grant_of(const Privilege& privilege, record::SourceId customer,
                                     relationship::TierIndex tier, core::Instant at);

/// Whether the grant holds at that instant: from its beginning on, before it expires or is
/// revoked.
[[nodiscard]] bool in_force(const record::Grant& grant, core::Instant at) noexcept;

/// Where a customer stands with a privilege.
enum class Standing : std::uint8_t {
  granted,       ///< a grant is due now
  in_force,      ///< has one, and keeps it
  revoked,       ///< had one, and loses it now
  used_up,       ///< had one in this stay in entitled tiers, and gets no second
  held_out,      ///< entitled, but drawn to get none, so that the effect can be seen
  not_entitled,  ///< in a tier without it
  unknown        ///< in no tier
};

inline constexpr std::size_t standings_known = 7;

[[nodiscard]] constexpr auto names_of(Standing) noexcept {
  return std::to_array<std::string_view>(
      {"granted", "in_force", "revoked", "used_up", "held_out", "not_entitled", "unknown"});
}

/// A customer as a decision sees them.
struct Candidate {
  record::SourceId customer = {};  ///< the source record that bears the customer's grants
  relationship::TierIndex tier = relationship::unknown_tier;
  core::Instant since = {};  ///< when an entitled tier was entered, for Renewal::once_a_stay
  bool held_out = false;     ///< evaluation/holdout.hpp
};

/// What is to be done at one instant.
struct GrantPlan {
  struct Revocation {
    std::size_t grant;  ///< its place among the grants that were given
    core::Instant at;
  };

  std::vector<Standing> standings;  ///< of each candidate
  std::vector<record::Grant> due;   ///< in the order of the candidates
  std::vector<Revocation> revocations;
  std::array<std::uint64_t, standings_known> counts = {};  ///< candidates by standing

  [[nodiscard]] std::uint64_t count(Standing standing) const noexcept {
    return counts[static_cast<std::size_t>(standing)];
  }
};

/// Who is due for the privilege at `at`, who keeps it, who loses it, and who gets none. The grants
/// of candidate i are `grants[offsets[i]]` up to `grants[offsets[i + 1]]`, of any privileges and in
/// any order; those that begin after `at` do not count. Nobody is given a second one while one is
/// in force. Who is held out keeps what was granted before. O(candidates + grants).
/// \throws as check() does; std::invalid_argument for offsets that do not fit, or a candidate in no
/// tier of the policy.
[[nodiscard]] GrantPlan due_grants(const Privilege& privilege,
                                   const relationship::TierPolicy& policy,
                                   std::span<const Candidate> candidates,
                                   std::span<const std::uint64_t> offsets,
                                   std::span<const record::Grant> grants, core::Instant at);

/// What a privilege cost.
struct PrivilegeCost {
  std::uint64_t grants = 0;
  std::uint64_t revoked = 0;    ///< of them, whenever that was
  std::uint64_t customers = 0;  ///< distinct ones who got it
  core::Money cost;             ///< exact; a revoked grant costs what it says
};

/// The cost of the grants of that kind in [begin, end). O(n log n).
/// \throws std::overflow_error if the sum leaves 64 bits.
[[nodiscard]] PrivilegeCost cost_of(record::Name kind, std::span<const record::Grant> grants,
                                    const core::Currency& currency, core::Instant begin,
                                    core::Instant end);

/// What one success more has cost, in minor units: the cost for each customer who was drawn to be
/// treated, over the effect on the proportion of successes. Abstained unless the effect is
/// `effective`: a cost over an effect that may be zero has no bound.
/// \throws std::invalid_argument if nobody was treated.
[[nodiscard]] core::Estimate cost_of_success(const core::Money& cost, std::uint64_t treated,
                                             const evaluation::Effect& effect);

}  // namespace rapport::act

#endif  // RAPPORT_ACT_PRIVILEGE_HPP
