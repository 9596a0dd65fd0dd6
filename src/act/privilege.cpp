#include <rapport/act/privilege.hpp>
#include <rapport/core/check.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>

namespace rapport::act {
namespace {

constexpr int most_days = 36'500;

const EntitledTier* find(const Privilege& privilege, relationship::TierIndex tier) {
  for (const EntitledTier& entitled : privilege.tiers) {
    if (entitled.tier == tier) return &entitled;
  }
  return nullptr;
}

// \throws std::overflow_error if it leaves 64 bits.
std::int64_t cost_of_grant(const Privilege& privilege) {
  switch (privilege.cost_basis) {
    case CostBasis::each_grant: return privilege.cost;
    case CostBasis::as_recorded: return 0;
    case CostBasis::each_day: break;
  }
  std::int64_t cost = 0;
  if (__builtin_mul_overflow(privilege.cost, std::int64_t{privilege.window_days}, &cost)) {
    throw std::overflow_error("Privilege: the cost of a grant leaves 64 bits of minor units");
  }
  return cost;
}

// What a decision needs of a candidate's grants of the privilege.
struct Held {
  bool in_force = false;
  std::optional<core::Instant> last = {};  // when the last one began
};

Held held_by(const Privilege& privilege, std::span<const record::Grant> grants, core::Instant at) {
  Held held;
  for (const record::Grant& grant : grants) {
    if (grant.privilege != privilege.kind || grant.stamp.at > at) continue;
    held.in_force = held.in_force || in_force(grant, at);
    held.last = std::max(held.last.value_or(grant.stamp.at), grant.stamp.at);
  }
  return held;
}

Standing standing_of(const Privilege& privilege, const Candidate& candidate, const Held& held) {
  const bool entitled = find(privilege, candidate.tier) != nullptr;
  const bool known = candidate.tier != relationship::unknown_tier;
  if (held.in_force) {
    const bool lost = known && !entitled && privilege.claw_back == ClawBack::with_lost_tier;
    return lost ? Standing::revoked : Standing::in_force;
  }
  if (!known) return Standing::unknown;
  if (!entitled) return Standing::not_entitled;
  if (candidate.held_out) return Standing::held_out;
  const bool in_this_stay = held.last && *held.last >= candidate.since;
  return privilege.renewal == Renewal::once_a_stay && in_this_stay ? Standing::used_up
                                                                   : Standing::granted;
}

void check_offsets(std::span<const std::uint64_t> offsets, std::size_t candidates,
                   std::size_t grants) {
  core::check_same_size(offsets.size(), candidates + 1, "due_grants", "offsets");
  if (offsets.front() == 0 && offsets.back() == grants &&
      std::is_sorted(offsets.begin(), offsets.end())) {
    return;
  }
  throw std::invalid_argument("due_grants: offsets must ascend from 0 to the number of grants, " +
                              std::to_string(grants));
}

}  // namespace

void check(const Privilege& privilege, const relationship::TierPolicy& policy) {
  if (privilege.kind == record::Name{}) {
    throw std::invalid_argument("Privilege: the kind is not named");
  }
  if (privilege.tiers.empty()) throw std::invalid_argument("Privilege: no tier is entitled");
  for (std::size_t i = 0; i < privilege.tiers.size(); ++i) {
    const relationship::TierIndex tier = privilege.tiers[i].tier;
    const std::string place = "Privilege: tiers[" + std::to_string(i) + "]: ";
    if (tier >= policy.size()) {
      throw std::invalid_argument(place + std::to_string(int{tier}) +
                                  " is no tier of the policy, which has " +
                                  std::to_string(int{policy.size()}));
    }
    if (find(privilege, tier) != &privilege.tiers[i]) {
      throw std::invalid_argument(place + std::string(policy.name(tier)) + " is there twice");
    }
  }
  if (privilege.window_days < 1 || privilege.window_days > most_days) {
    core::throw_domain_error("Privilege", "window_days", privilege.window_days, "in [1, 36500]");
  }
  if (privilege.cost < 0) {
    core::throw_domain_error("Privilege", "cost", static_cast<double>(privilege.cost), ">= 0");
  }
  (void)cost_of_grant(privilege);
}

record::Grant grant_of(const Privilege& privilege, record::SourceId customer,
                       relationship::TierIndex tier, core::Instant at) {
  const EntitledTier* entitled = find(privilege, tier);
  record::Grant grant;
  grant.stamp.source = customer;
  grant.stamp.at = grant.stamp.known = at;
  grant.privilege = privilege.kind;
  grant.cause = entitled != nullptr ? entitled->cause : record::Name{};
  grant.cost = cost_of_grant(privilege);
  grant.expires_at = at + std::chrono::days{privilege.window_days};
  return grant;
}

bool in_force(const record::Grant& grant, core::Instant at) noexcept {
  return grant.stamp.at <= at && !(grant.expires_at && *grant.expires_at <= at) &&
         !(grant.revoked_at && *grant.revoked_at <= at);
}

GrantPlan due_grants(const Privilege& privilege, const relationship::TierPolicy& policy,
                     std::span<const Candidate> candidates, std::span<const std::uint64_t> offsets,
                     std::span<const record::Grant> grants, core::Instant at) {
  check(privilege, policy);
  check_offsets(offsets, candidates.size(), grants.size());
  GrantPlan plan;
  plan.standings.reserve(candidates.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    if (candidate.tier >= policy.size() && candidate.tier != relationship::unknown_tier) {
      throw std::invalid_argument("due_grants: candidate " + std::to_string(i) + " is in tier " +
                                  std::to_string(int{candidate.tier}) + ", but there are " +
                                  std::to_string(int{policy.size()}));
    }
    const auto own = grants.subspan(offsets[i], offsets[i + 1] - offsets[i]);
    const Standing standing = standing_of(privilege, candidate, held_by(privilege, own, at));
    plan.standings.push_back(standing);
    ++plan.counts[static_cast<std::size_t>(standing)];
    if (standing == Standing::granted) {
      plan.due.push_back(grant_of(privilege, candidate.customer, candidate.tier, at));
    }
    if (standing != Standing::revoked) continue;
    for (std::size_t g = 0; g < own.size(); ++g) {
      if (own[g].privilege == privilege.kind && in_force(own[g], at)) {
        plan.revocations.push_back({offsets[i] + g, at});
      }
    }
  }
  return plan;
}

PrivilegeCost cost_of(record::Name kind, std::span<const record::Grant> grants,
                      const core::Currency& currency, core::Instant begin, core::Instant end) {
  PrivilegeCost cost{.cost = core::Money(0, currency)};
  std::vector<record::SourceId> customers;
  for (const record::Grant& grant : grants) {
    if (grant.privilege != kind || grant.stamp.at < begin || grant.stamp.at >= end) continue;
    ++cost.grants;
    cost.revoked += grant.revoked_at.has_value();
    cost.cost += core::Money(grant.cost, currency);
    customers.push_back(grant.stamp.source);
  }
  std::sort(customers.begin(), customers.end());
  const auto last = std::unique(customers.begin(), customers.end());
  cost.customers = static_cast<std::uint64_t>(last - customers.begin());
  return cost;
}

core::Estimate cost_of_success(const core::Money& cost, std::uint64_t treated,
                               const evaluation::Effect& effect) {
  if (treated == 0) throw std::invalid_argument("cost_of_success: nobody was treated");
  core::Estimate estimate{.level = effect.difference.level, .n = effect.difference.n};
  if (effect.verdict != evaluation::Verdict::effective) return estimate;
  const double of_each = static_cast<double>(cost.minor()) / static_cast<double>(treated);
  estimate.value = of_each / effect.difference.value;
  estimate.low = of_each / effect.difference.high;
  estimate.high = of_each / effect.difference.low;
  estimate.status = core::Status::estimated;
  return estimate;
}

}  // namespace rapport::act
