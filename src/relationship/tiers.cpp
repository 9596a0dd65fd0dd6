#include <rapport/core/check.hpp>
#include <rapport/core/time.hpp>
#include <rapport/relationship/tiers.hpp>

#include "score_series.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

namespace rapport::relationship {
namespace {

constexpr int most_days = 36'500;  // a century: due days then never leave 32 bits
constexpr std::string_view unknown_name = "unknown";

[[noreturn]] void refuse(const std::string& place, const std::string& what) {
  throw std::invalid_argument(place + ": " + what);
}

void check_days(int days, const std::string& place, std::string_view name) {
  if (days < 0 || days > most_days) {
    core::throw_domain_error(place, name, days, "in [0, 36500]");
  }
}

void check_score(Micro score, const std::string& place, std::string_view name) {
  if (score < 0 || score > one) {
    core::throw_domain_error(place, name, static_cast<double>(score) / one, "in [0, 1]");
  }
}

std::string count_of_days(int days) {
  return std::to_string(days) + (days == 1 ? " day" : " days");
}

void change(TierState& state, const TierChange& to) {
  state.tier = to.to;
  state.since = to.day;
  state.below_since.reset();
  state.missing_since.reset();
  state.last_change = to;
  ++state.changes;
}

// The first day on which a tier may be lost whose scores were too low from `below` on.
DayNumber loss_due(const Tier& tier, DayNumber since, DayNumber below) {
  return std::max(since + tier.minimum_stay, below + tier.grace);
}

// Which of the two put the loss off for longer, if any did.
PutOff put_off_by(const Tier& tier, DayNumber since, DayNumber below) {
  const DayNumber by_stay = since + tier.minimum_stay;
  const DayNumber by_grace = below + tier.grace;
  if (std::max(by_stay, by_grace) <= below) return PutOff::nothing;
  return by_stay > by_grace ? PutOff::minimum_stay : PutOff::grace;
}

void observe(std::span<const Tier> tiers, const TierPolicy& policy, TierState& state, DayNumber day,
             Micro score) {
  if (state.observations++ == 0) state.since = day;
  state.day = day;
  if (score == unknown_score) {
    if (state.tier == unknown_tier) return;
    const DayNumber missing_since = state.missing_since.value_or(day);
    state.missing_since = missing_since;
    if (day - missing_since < policy.unknown_after()) return;
    change(state, {day, state.tier, unknown_tier, ChangeReason::no_score,
                   policy.unknown_after() > 0 ? PutOff::grace : PutOff::nothing, score, 0});
    return;
  }
  state.missing_since.reset();
  const TierIndex entered = policy.entered_by(score);
  if (entered < state.tier) {  // unknown is above every tier's number
    const ChangeReason reason =
        state.tier == unknown_tier ? ChangeReason::placed : ChangeReason::entered;
    change(state, {day, state.tier, entered, reason, PutOff::nothing, score, tiers[entered].enter});
    return;
  }
  const Tier& tier = tiers[state.tier];
  if (score >= tier.leave) {
    state.below_since.reset();
    return;
  }
  const DayNumber below_since = state.below_since.value_or(day);
  state.below_since = below_since;
  if (day < loss_due(tier, state.since, below_since)) return;
  change(state, {day, state.tier, policy.held_by(score), ChangeReason::left,
                 put_off_by(tier, state.since, below_since), score, tier.leave});
}

}  // namespace

TierPolicy::TierPolicy(std::vector<Tier> tiers, int unknown_after)
    : tiers_(std::move(tiers)), unknown_after_(unknown_after) {
  if (tiers_.size() < 2 || tiers_.size() > unknown_tier) {
    refuse("TierPolicy", "there are " + std::to_string(tiers_.size()) +
                             " tiers, but must be 2 to " + std::to_string(int{unknown_tier}));
  }
  check_days(unknown_after, "TierPolicy", "unknown_after");
  std::set<std::string_view> names = {unknown_name};
  for (std::size_t i = 0; i < tiers_.size(); ++i) {
    const Tier& tier = tiers_[i];
    const std::string place = "TierPolicy: tiers[" + std::to_string(i) + "] \"" + tier.name + '"';
    if (tier.name.empty()) refuse(place, "the name is empty");
    if (!names.insert(tier.name).second) refuse(place, "the name is taken");
    check_score(tier.enter, place, "enter");
    check_score(tier.leave, place, "leave");
    check_days(tier.minimum_stay, place, "minimum_stay");
    check_days(tier.grace, place, "grace");
    if (tier.leave > tier.enter) {
      refuse(place, "leave is " + micro_text(tier.leave) + ", but must be at most enter, " +
                        micro_text(tier.enter));
    }
    if (i + 1 == tiers_.size() && tier.enter != 0) {
      refuse(place, "enter is " + micro_text(tier.enter) +
                        ", but must be 0: the farthest tier takes everybody with a score");
    }
    if (i == 0) continue;
    const Tier& nearer = tiers_[i - 1];
    const auto must_fall = [&](std::string_view what, Micro here, Micro there) {
      if (here < there) return;
      refuse(place, std::string(what) + " is " + micro_text(here) + ", but must be below that of " +
                        nearer.name + ", " + micro_text(there));
    };
    must_fall("enter", tier.enter, nearer.enter);
    must_fall("leave", tier.leave, nearer.leave);
  }
}

std::string_view TierPolicy::name(TierIndex tier) const noexcept {
  return tier < size() ? std::string_view(tiers_[tier].name) : unknown_name;
}

std::optional<TierIndex> TierPolicy::find(std::string_view name) const noexcept {
  if (name == unknown_name) return unknown_tier;
  for (TierIndex i = 0; i < size(); ++i) {
    if (tiers_[i].name == name) return i;
  }
  return std::nullopt;
}

TierIndex TierPolicy::entered_by(Micro score) const noexcept {
  TierIndex i = 0;
  while (i < farthest() && score < tiers_[i].enter) ++i;
  return i;
}

TierIndex TierPolicy::held_by(Micro score) const noexcept {
  TierIndex i = 0;
  while (i < farthest() && score < tiers_[i].leave) ++i;
  return i;
}

TierPolicy usual_tiers() {
  return TierPolicy(
      {{.name = "near", .enter = 600'000, .leave = 520'000, .minimum_stay = 30, .grace = 7},
       {.name = "middle", .enter = 300'000, .leave = 240'000, .minimum_stay = 30, .grace = 7},
       {.name = "far"}});
}

std::string to_text(const TierChange& change, const TierPolicy& policy) {
  std::string text = core::to_text(fold::day_of(change.day)) + ": ";
  text.append(policy.name(change.from)).append(" to ").append(policy.name(change.to));
  switch (change.reason) {
    case ChangeReason::none: return text;
    case ChangeReason::no_score: text += ", since there is no score"; break;
    case ChangeReason::left:
      text += ", since " + micro_text(change.score) + " is below " + micro_text(change.threshold);
      break;
    case ChangeReason::placed:
    case ChangeReason::entered:
      text +=
          ", since " + micro_text(change.score) + " is at least " + micro_text(change.threshold);
      break;
  }
  const bool known = change.from < policy.size();
  if (change.put_off == PutOff::minimum_stay && known) {
    text += "; put off by the minimum stay of " +
            count_of_days(policy.tiers()[change.from].minimum_stay);
  } else if (change.put_off == PutOff::grace && known) {
    text += "; put off by the grace of " + count_of_days(change.reason == ChangeReason::no_score
                                                             ? policy.unknown_after()
                                                             : policy.tiers()[change.from].grace);
  }
  return text;
}

void TierMachine::absorb(State& state, const ScoreOn& observation) const {
  observe(policy.tiers(), policy, state, observation.day,
          observation.score.value_or(unknown_score));
}

std::optional<DayNumber> NextChange::first() const noexcept {
  if (nearer && farther) return std::min(*nearer, *farther);
  return nearer ? nearer : farther;
}

NextChange next_change(const TierPolicy& policy, const TierState& state) {
  NextChange next;
  if (state.observations == 0) return next;
  const DayNumber tomorrow = state.day + 1;
  if (state.tier != 0) next.nearer = tomorrow;
  if (state.tier >= policy.farthest()) return next;
  next.pending = state.below_since.has_value();
  next.farther = std::max(tomorrow, loss_due(policy.tiers()[state.tier], state.since,
                                             state.below_since.value_or(tomorrow)));
  return next;
}

std::vector<TierState> tiers_of(const TierPolicy& policy, const ScoreSeries& series,
                                const core::Threads& threads) {
  check_series(series, "tiers_of");
  std::vector<TierState> states(series.customers());
  core::for_blocks(threads, states.size(), series_per_block, [&](auto begin, auto end) {
    for (std::size_t i = begin; i < end; ++i) {
      TierState state;
      each_score(series, i, "tiers_of", [&](DayNumber day, Micro score) {
        observe(policy.tiers(), policy, state, day, score);
      });
      states[i] = state;
    }
  });
  return states;
}

TierChanges tier_changes(const TierPolicy& policy, const ScoreSeries& series) {
  check_series(series, "tier_changes");
  TierChanges all;
  all.offsets.reserve(series.customers() + 1);
  all.offsets.push_back(0);
  for (std::size_t i = 0; i < series.customers(); ++i) {
    TierState state;
    each_score(series, i, "tier_changes", [&](DayNumber day, Micro score) {
      const std::uint32_t before = state.changes;
      observe(policy.tiers(), policy, state, day, score);
      if (state.changes != before) all.changes.push_back(state.last_change);
    });
    all.offsets.push_back(all.changes.size());
  }
  return all;
}

std::vector<TierState> advance(const TierPolicy& policy, std::vector<TierState> states,
                               DayNumber day, std::span<const Micro> scores,
                               const core::Threads& threads) {
  core::check_same_size(scores.size(), states.size(), "advance", "scores");
  check_date(day);
  core::for_blocks(threads, states.size(), series_per_block, [&](auto begin, auto end) {
    for (std::size_t i = begin; i < end; ++i) {
      check_score_of(scores[i], i, "advance");
      if (states[i].observations > 0 && day < states[i].day) {
        throw std::invalid_argument("advance: the day is " + core::to_text(fold::day_of(day)) +
                                    ", but customer " + std::to_string(i) + " was seen on " +
                                    core::to_text(fold::day_of(states[i].day)));
      }
      observe(policy.tiers(), policy, states[i], day, scores[i]);
    }
  });
  return states;
}

}  // namespace rapport::relationship
