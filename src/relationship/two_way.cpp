#include <rapport/relationship/two_way.hpp>

#include <rapport/core/checked.hpp>
#include <rapport/relationship/promises.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

namespace rapport::relationship {
namespace {

using core::add_checked;
using core::subtract_checked;

constexpr std::int64_t CustomerGain::*sums[] = {&CustomerGain::discounts, &CustomerGain::privileges,
                                                &CustomerGain::recovery,
                                                &CustomerGain::delivery_seconds};
constexpr std::uint32_t CustomerGain::*counts[] = {
    &CustomerGain::promises_kept, &CustomerGain::promises_missed, &CustomerGain::deliveries};

// The places in descending order of their amounts.
std::vector<std::uint32_t> places_of(std::vector<std::pair<std::int64_t, std::uint32_t>>& found) {
  std::ranges::stable_sort(found, std::greater{}, &std::pair<std::int64_t, std::uint32_t>::first);
  std::vector<std::uint32_t> places;
  places.reserve(found.size());
  for (const auto& [amount, at] : found) places.push_back(at);
  return places;
}

}  // namespace

std::int64_t CustomerGain::benefits() const {
  std::int64_t sum = discounts;
  add_checked(sum, privileges, "benefits");
  add_checked(sum, recovery, "benefits");
  return sum;
}

double CustomerGain::delivery_days() const noexcept {
  if (deliveries == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(delivery_seconds) / 86400 / deliveries;
}

void TwoWayGains::absorb(State& state, const record::StoredTransaction& transaction) const {
  if (!profit.takes(transaction.stamp.at) || transaction.role != record::Role::customer) return;
  profit.absorb(state.firm.account, transaction);
  if (transaction.kind == record::TransactionKind::sale) {
    add_checked(state.customer.discounts, transaction.discount, "TwoWayGains: discounts");
  }
  ++state.records;
}

void TwoWayGains::absorb(State& state, const record::Interaction& interaction) const {
  if (!profit.takes(interaction.stamp.at)) return;
  profit.absorb(state.firm.account, interaction);
  ++state.records;
}

void TwoWayGains::absorb(State& state, const record::RecoveryAction& action) const {
  if (!profit.takes(action.stamp.at)) return;
  profit.absorb(state.firm.account, action);
  if (action.kind == record::RecoveryKind::compensate) {
    add_checked(state.customer.recovery, action.cost, "TwoWayGains: recovery");
  }
  ++state.records;
}

void TwoWayGains::absorb(State& state, const record::Grant& grant) const {
  if (!profit.takes(grant.stamp.at)) return;
  profit.absorb(state.firm.account, grant);
  add_checked(state.customer.privileges, grant.cost, "TwoWayGains: privileges");
  ++state.records;
}

void TwoWayGains::absorb(State& state, const record::Promise& promise) const {
  if (promise.by != record::Side::firm) return;
  const PromiseStatus outcome = status(promise, sight);
  const bool missed = outcome == PromiseStatus::late || outcome == PromiseStatus::broken;
  const auto kept_at = kept_by(promise, sight);
  bool counted = false;
  if (outcome == PromiseStatus::kept && profit.takes(*kept_at)) {
    ++state.customer.promises_kept;
    counted = true;
  }
  if (missed && profit.takes(promise.due_at)) {
    ++state.customer.promises_missed;
    counted = true;
  }
  const bool delivered = kept_at && promise.kind == delivery && delivery != record::Name{};
  if (delivered && profit.takes(*kept_at)) {
    ++state.customer.deliveries;
    add_checked(state.customer.delivery_seconds, (*kept_at - promise.stamp.at).count(),
                "TwoWayGains: delivery_seconds");
    counted = true;
  }
  state.records += counted;
}

void TwoWayGains::absorb(State& state, const record::KnowledgeItem& item) const {
  if (!profit.takes(item.stamp.at) || item.basis != record::Basis::stated) return;
  ++state.firm.knowledge;
  ++state.records;
}

void TwoWayGains::absorb(State& state, const record::PartyRelation& relation) const {
  if (!profit.takes(relation.stamp.at)) return;
  if (relation.as != referrer || referrer == record::Name{}) return;
  ++state.firm.referrals;
  ++state.records;
}

void TwoWayGains::merge(State& state, const State& other) const {
  state.firm.account += other.firm.account;
  state.firm.referrals += other.firm.referrals;
  state.firm.knowledge += other.firm.knowledge;
  for (const auto sum : sums) add_checked(state.customer.*sum, other.customer.*sum, "TwoWayGains");
  for (const auto count : counts) state.customer.*count += other.customer.*count;
  state.records += other.records;
}

void TwoWayGains::unmerge(State& state, const State& part) const {
  state.firm.account -= part.firm.account;
  state.firm.referrals -= part.firm.referrals;
  state.firm.knowledge -= part.firm.knowledge;
  for (const auto sum : sums) {
    subtract_checked(state.customer.*sum, part.customer.*sum, "TwoWayGains");
  }
  for (const auto count : counts) state.customer.*count -= part.customer.*count;
  state.records -= part.records;
}

Balance balance(const TwoWay& both, const BalanceRule& rule) {
  if (both.records == 0) return Balance::unknown;
  const auto enough = [](std::uint32_t count, std::uint32_t from) {
    return from > 0 && count >= from;
  };
  const bool firm = both.firm.account.contribution() >= rule.contribution_from ||
                    enough(both.firm.referrals, rule.referrals_from);
  const bool customer = both.customer.benefits() >= rule.benefits_from ||
                        enough(both.customer.promises_kept, rule.promises_from);
  if (firm) return customer ? Balance::mutual : Balance::one_sided_firm;
  return customer ? Balance::one_sided_customer : Balance::neither;
}

OneSided one_sided(std::span<const TwoWay> base, const BalanceRule& rule) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> firm, customer;
  for (std::size_t i = 0; i < base.size(); ++i) {
    const auto place = static_cast<std::uint32_t>(i);
    const Balance verdict = balance(base[i], rule);
    if (verdict == Balance::one_sided_firm) {
      firm.emplace_back(base[i].firm.account.contribution(), place);
    } else if (verdict == Balance::one_sided_customer) {
      customer.emplace_back(base[i].customer.benefits(), place);
    }
  }
  return {places_of(firm), places_of(customer)};
}

}  // namespace rapport::relationship
