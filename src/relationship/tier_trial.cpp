#include <rapport/math/normal.hpp>
#include <rapport/relationship/tier_trial.hpp>

#include "score_series.hpp"
#include "special_values.hpp"

#include <algorithm>
#include <cmath>

namespace rapport::relationship {
namespace {

constexpr double days_of_year = 365.2425;

// What is counted of one block of customers: whole numbers, so that blocks add up to the same
// bytes in any order.
struct Counts {
  std::uint64_t placed = 0, nearer = 0, farther = 0, to_unknown = 0;
  std::vector<TierUse> uses;  // of the tiers, then of unknown

  void add(const Counts& other) {
    placed += other.placed;
    nearer += other.nearer;
    farther += other.farther;
    to_unknown += other.to_unknown;
    for (std::size_t i = 0; i < uses.size(); ++i) {
      uses[i].entered += other.uses[i].entered;
      uses[i].departed += other.uses[i].departed;
      uses[i].days += other.uses[i].days;
    }
  }
};

// One customer's part of the rate.
struct Exposure {
  std::uint32_t changes = 0;
  std::uint32_t days = 0;
};

Exposure walk(const TierMachine& machine, const ScoreSeries& series, std::size_t customer,
              Counts& counts) {
  const auto use_of = [&](TierIndex tier) -> TierUse& {
    return counts.uses[tier == unknown_tier ? counts.uses.size() - 1 : tier];
  };
  TierState state;
  Exposure exposure;
  each_score(series, customer, "simulate_policies", [&](DayNumber day, Micro score) {
    if (state.observations > 0) {
      const auto days = static_cast<std::uint32_t>(day - state.day);
      use_of(state.tier).days += days;
      exposure.days += days;
    }
    const std::uint32_t before = state.changes;
    machine.absorb(state, {day, score == unknown_score ? std::nullopt : std::optional(score)});
    if (state.changes == before) return;
    const TierChange& change = state.last_change;
    ++use_of(change.to).entered;
    // Who is placed on the first day has spent no time as unknown.
    if (state.observations > 1) ++use_of(change.from).departed;
    switch (change.reason) {
      case ChangeReason::none: break;
      case ChangeReason::placed: ++counts.placed; return;
      case ChangeReason::entered: ++counts.nearer; break;
      case ChangeReason::left: ++counts.farther; break;
      case ChangeReason::no_score: ++counts.to_unknown; break;
    }
    ++exposure.changes;
  });
  return exposure;
}

// Changes over days, in changes a year: the ratio of two means over customers, W. G. Cochran
// (1977), Sampling Techniques, 3rd ed., eq. (6.9) without the correction for finite populations.
core::Estimate rate_of(const std::vector<Exposure>& exposures, double level) {
  core::Estimate estimate{.level = level, .n = exposures.size()};
  double changes = 0, days = 0;
  for (const Exposure& e : exposures) {
    changes += e.changes;
    days += e.days;
  }
  if (days == 0) return estimate;
  estimate.status = core::Status::estimated;
  const double rate = changes / days;
  estimate.value = rate * days_of_year;
  const auto n = static_cast<double>(exposures.size());
  if (n < 2) return estimate;
  double squares = 0;
  for (const Exposure& e : exposures) {
    const double residual = e.changes - rate * e.days;
    squares += residual * residual;
  }
  const double error = std::sqrt(n / (n - 1) * squares) / days * days_of_year;
  const double half = math::two_sided_quantile(level) * error;
  estimate.low = std::max(0.0, estimate.value - half);
  estimate.high = estimate.value + half;
  return estimate;
}

TierUse finished(TierUse use, double all_days) {
  const auto days = static_cast<double>(use.days);
  use.share_of_time = all_days > 0 ? days / all_days : nan;
  use.mean_stay_days = use.departed > 0 ? days / static_cast<double>(use.departed) : nan;
  return use;
}

}  // namespace

TierTrial simulate_policy(const TierPolicy& policy, const ScoreSeries& series, double level,
                          const core::Threads& threads) {
  check_series(series, "simulate_policies");
  (void)math::two_sided_quantile(level);
  const TierMachine machine{policy};
  const std::vector<TierUse> no_uses(policy.tiers().size() + 1);
  std::vector<Exposure> exposures(series.customers());
  const auto blocks =
      core::map_blocks(threads, exposures.size(), series_per_block, [&](auto begin, auto end) {
        Counts counts{.uses = no_uses};
        for (std::size_t i = begin; i < end; ++i) exposures[i] = walk(machine, series, i, counts);
        return counts;
      });
  Counts counts{.uses = no_uses};
  for (const Counts& block : blocks) counts.add(block);

  TierTrial trial;
  trial.customers = exposures.size();
  trial.placed = counts.placed;
  trial.nearer = counts.nearer;
  trial.farther = counts.farther;
  trial.to_unknown = counts.to_unknown;
  trial.changes_per_year = rate_of(exposures, level);
  std::uint64_t days = 0;
  for (const TierUse& use : counts.uses) days += use.days;
  const auto all_days = static_cast<double>(days);
  trial.customer_years = all_days / days_of_year;
  for (const TierUse& use : counts.uses) trial.tiers.push_back(finished(use, all_days));
  trial.unknown = trial.tiers.back();
  trial.tiers.pop_back();
  return trial;
}

std::vector<TierTrial> simulate_policies(std::span<const TierPolicy> policies,
                                         const ScoreSeries& series, double level,
                                         const core::Threads& threads) {
  std::vector<TierTrial> trials;
  trials.reserve(policies.size());
  for (const TierPolicy& policy : policies) {
    trials.push_back(simulate_policy(policy, series, level, threads));
  }
  return trials;
}

}  // namespace rapport::relationship
