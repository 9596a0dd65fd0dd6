#include <rapport/fold/aggregate.hpp>
#include <rapport/math/random.hpp>
#include <rapport/relationship/tiers.hpp>

#include "support/scored_base.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace rapport::relationship {
namespace {

using tests::ScoredBase;

static_assert(fold::Aggregate<TierMachine, ScoreOn>);
static_assert(!fold::Consecutive<TierMachine>, "hysteresis depends on the way");

constexpr TierIndex near = 0, middle = 1, far = 2;

// Round thresholds; a stay of 10 days and a grace of 3 in the near tier alone.
const TierPolicy policy(
    {{.name = "near", .enter = 600'000, .leave = 520'000, .minimum_stay = 10, .grace = 3},
     {.name = "middle", .enter = 300'000, .leave = 240'000},
     {.name = "far"}});

TierState after(const std::vector<ScoreOn>& observations, const TierPolicy& by = policy) {
  return fold::over(TierMachine{by}, observations);
}

TEST(R35_NearAndFar, ACustomerWithNoEvidenceIsUnknownAndNotFar) {
  EXPECT_EQ(after({}).tier, unknown_tier);
  EXPECT_EQ(after({{.day = 1}}).tier, unknown_tier);
  EXPECT_EQ(policy.name(after({{.day = 1}}).tier), "unknown");
  EXPECT_EQ(after({{.day = 1, .score = 0}}).tier, far);
}

TEST(Tiers, AFirstScoreIsPlacedByTheThresholdsToEnterWithoutWaiting) {
  // 0.55 would hold the near tier, but nobody was there to hold it.
  EXPECT_EQ(after({{1, 550'000}}).tier, middle);
  EXPECT_EQ(after({{1, 600'000}}).tier, near);
  EXPECT_EQ(after({{1, 300'000}}).tier, middle);
  EXPECT_EQ(after({{1, 299'999}}).tier, far);
  const TierState placed = after({{.day = 1}, {5, 550'000}});
  EXPECT_EQ(placed.last_change, (TierChange{5, unknown_tier, middle, ChangeReason::placed,
                                            PutOff::nothing, 550'000, 300'000}));
  EXPECT_EQ(placed.since, 5);
}

TEST(Tiers, ComingNearerNeverWaits) {
  const TierState state = after({{1, 0}, {2, 600'000}});
  EXPECT_EQ(state.tier, near) << "over the middle tier as well";
  EXPECT_EQ(state.last_change.reason, ChangeReason::entered);
  EXPECT_EQ(state.last_change.threshold, 600'000);
}

TEST(Tiers, AScoreBetweenTheThresholdsKeepsTheTier) {
  EXPECT_EQ(after({{1, 600'000}, {40, 520'000}}).tier, near);
  EXPECT_EQ(after({{1, 500'000}, {40, 520'000}}).tier, middle);
}

TEST(Tiers, TheGraceCountsDaysInARowBelowTheThreshold) {
  // Long after the stay: below from day 30 on, lost on day 33.
  const std::vector<ScoreOn> start = {{1, 700'000}, {30, 500'000}};
  const auto with = [&](std::vector<ScoreOn> more) {
    more.insert(more.begin(), start.begin(), start.end());
    return after(more);
  };
  EXPECT_EQ(with({{32, 500'000}}).tier, near);
  const TierState lost = with({{32, 500'000}, {33, 510'000}});
  EXPECT_EQ(lost.tier, middle);
  EXPECT_EQ(lost.last_change,
            (TierChange{33, near, middle, ChangeReason::left, PutOff::grace, 510'000, 520'000}));
  EXPECT_EQ(with({{32, 520'000}, {33, 510'000}, {35, 510'000}}).tier, near)
      << "a day at the threshold starts the grace anew";
}

TEST(Tiers, TheMinimumStayCountsFromTheDayOfEntering) {
  const std::vector<ScoreOn> days = {{1, 700'000}, {3, 500'000}, {10, 500'000}};
  EXPECT_EQ(after(days).tier, near);
  std::vector<ScoreOn> longer = days;
  longer.push_back({11, 500'000});
  const TierState lost = after(longer);
  EXPECT_EQ(lost.tier, middle);
  EXPECT_EQ(lost.last_change.put_off, PutOff::minimum_stay);
}

TEST(Tiers, WithoutStayAndGraceALossIsPutOffByNothing) {
  const TierState lost = after({{1, 300'000}, {2, 239'999}});
  EXPECT_EQ(lost.tier, far);
  EXPECT_EQ(lost.last_change.put_off, PutOff::nothing);
}

TEST(Tiers, AFallGoesToTheNearestTierThatTheScoreHolds) {
  // 0.25 would not enter the middle tier, but it would keep who came down slowly.
  EXPECT_EQ(after({{1, 700'000}, {30, 250'000}, {33, 250'000}}).tier, middle);
  EXPECT_EQ(after({{1, 700'000}, {30, 100'000}, {33, 100'000}}).tier, far);
}

TEST(Tiers, AMissingScoreGivesTheTierUpAfterAsManyDaysAsThePolicySays) {
  EXPECT_EQ(after({{1, 700'000}, {.day = 2}}).tier, unknown_tier) << "at once by default";
  const TierPolicy patient(policy.tiers(), 5);
  const std::vector<ScoreOn> missing = {{1, 700'000}, {.day = 2}, {.day = 6}};
  EXPECT_EQ(after(missing, patient).tier, near);
  std::vector<ScoreOn> longer = missing;
  longer.push_back({.day = 7});
  const TierState given_up = after(longer, patient);
  EXPECT_EQ(given_up.tier, unknown_tier);
  EXPECT_EQ(given_up.last_change.reason, ChangeReason::no_score);
  EXPECT_EQ(given_up.last_change.put_off, PutOff::grace);
  std::vector<ScoreOn> back = missing;
  back.insert(back.end(), {{7, 530'000}, {.day = 8}, {.day = 12}});
  EXPECT_EQ(after(back, patient).tier, near) << "a score in between starts the days anew";
}

TEST(Tiers, AMissingScoreDoesNotEndTheDaysBelowTheThreshold) {
  const TierPolicy patient(policy.tiers(), 5);
  EXPECT_EQ(after({{1, 700'000}, {30, 500'000}, {.day = 32}, {33, 510'000}}, patient).tier, middle);
}

TEST(Tiers, SayOnWhichDayTheyCouldChangeNext) {
  EXPECT_FALSE(next_change(policy, after({})).first());
  const NextChange fresh = next_change(policy, after({{1, 700'000}}));
  EXPECT_FALSE(fresh.nearer);
  EXPECT_EQ(fresh.farther, 11) << "the minimum stay ends later than a grace begun tomorrow";
  EXPECT_FALSE(fresh.pending);
  const NextChange old = next_change(policy, after({{1, 700'000}, {30, 700'000}}));
  EXPECT_EQ(old.farther, 34) << "tomorrow and three days of grace";
  const NextChange low = next_change(policy, after({{1, 700'000}, {30, 500'000}, {31, 500'000}}));
  EXPECT_EQ(low.first(), 33);
  EXPECT_TRUE(low.pending);
  const NextChange at_far = next_change(policy, after({{1, 0}}));
  EXPECT_EQ(at_far.first(), 2);
  EXPECT_FALSE(at_far.farther);
  EXPECT_EQ(next_change(policy, after({{.day = 1}})).first(), 2) << "a first score places";
}

// A walk of scores with gaps between days and missing ones.
std::vector<ScoreOn> random_walk(std::uint64_t seed) {
  math::RandomStream stream(seed);
  std::vector<ScoreOn> walk;
  DayNumber day = 0;
  int score = 500'000;
  for (int i = 0; i < 60; ++i) {
    day += 1 + static_cast<DayNumber>(stream() % 3);
    score += static_cast<int>(stream() % 200'001) - 100'000;
    score = std::clamp(score, 0, one);
    walk.push_back({day, stream() % 20 == 0 ? std::nullopt : std::optional(score)});
  }
  return walk;
}

TEST(Tiers, NeverChangeBeforeTheDayTheySaid) {
  const TierPolicy patient(policy.tiers(), 1'000);
  std::uint32_t changes = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    TierState state;
    for (const ScoreOn& observation : random_walk(seed)) {
      const NextChange next = next_change(patient, state);
      const TierState before = state;
      TierMachine{patient}.absorb(state, observation);
      if (before.tier == state.tier || before.observations == 0) continue;
      const auto said = state.tier < before.tier ? next.nearer : next.farther;
      ASSERT_TRUE(said);
      EXPECT_GE(observation.day, *said);
      ++changes;
    }
  }
  EXPECT_GT(changes, 500U) << "else nothing was tried";
}

TEST(Tiers, OfAPrefixTakeInTheRestAsIfNothingHadBeen) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto walk = random_walk(seed);
    TierState resumed = after({walk.begin(), walk.begin() + 30});
    for (auto at = walk.begin() + 30; at != walk.end(); ++at) {
      TierMachine{policy}.absorb(resumed, *at);
    }
    EXPECT_EQ(resumed, after(walk));
  }
}

TEST(Tiers, OfAWholeBaseAreThoseOfEachCustomerForAnyNumberOfThreads) {
  ScoredBase base;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    base.add(seed % 7 == 0 ? std::vector<ScoreOn>{} : random_walk(seed));
  }
  const auto states = tiers_of(policy, base.series());
  ASSERT_EQ(states.size(), 3000U);
  EXPECT_EQ(states, tiers_of(policy, base.series(), 3));
  EXPECT_EQ(states[0], TierState{});
  EXPECT_EQ(states[8], after(random_walk(8)));

  const TierChanges all = tier_changes(policy, base.series());
  for (const std::size_t i : {0U, 8U, 9U}) {
    EXPECT_EQ(all.offsets[i + 1] - all.offsets[i], states[i].changes);
  }
  EXPECT_EQ(all.changes[all.offsets[9] - 1], states[8].last_change);
}

TEST(Tiers, AdvanceADayForEverybody) {
  std::vector<TierState> states = {after({{1, 700'000}}), after({}), after({{1, 100'000}})};
  states = advance(policy, std::move(states), 2, std::vector<Micro>{500'000, 0, unknown_score}, 2);
  EXPECT_EQ(states[0], after({{1, 700'000}, {2, 500'000}}));
  EXPECT_EQ(states[1], after({{2, 0}}));
  EXPECT_EQ(states[2], after({{1, 100'000}, {.day = 2}}));
}

TEST(Tiers, ChangesAreToldWithTheirReasons) {
  const auto told = [](const TierState& state, const TierPolicy& by) {
    return to_text(state.last_change, by);
  };
  EXPECT_EQ(told(after({{0, 700'000}}), policy),
            "1970-01-01: unknown to near, since 0.7 is at least 0.6");
  EXPECT_EQ(told(after({{0, 100'000}, {1, 700'000}}), policy),
            "1970-01-02: far to near, since 0.7 is at least 0.6");
  EXPECT_EQ(told(after({{0, 700'000}, {3, 500'000}, {10, 510'000}}), policy),
            "1970-01-11: near to middle, since 0.51 is below 0.52; put off by the minimum stay of "
            "10 days");
  EXPECT_EQ(told(after({{0, 700'000}, {30, 100'000}, {33, 100'000}}), policy),
            "1970-02-03: near to far, since 0.1 is below 0.52; put off by the grace of 3 days");
  EXPECT_EQ(told(after({{0, 700'000}, {.day = 1}}), policy),
            "1970-01-02: near to unknown, since there is no score");
  EXPECT_EQ(told(after({{0, 0}, {.day = 1}, {.day = 2}}, TierPolicy(policy.tiers(), 1)),
                 TierPolicy(policy.tiers(), 1)),
            "1970-01-03: far to unknown, since there is no score; put off by the grace of 1 day");
}

TEST(TierPolicy, NamesItsTiers) {
  const TierPolicy usual = usual_tiers();
  EXPECT_EQ(usual.size(), 3);
  EXPECT_EQ(usual.name(near), "near");
  EXPECT_EQ(usual.find("far"), far);
  EXPECT_EQ(usual.find("unknown"), unknown_tier);
  EXPECT_FALSE(usual.find("nearest"));
}

std::string refusal(std::vector<Tier> tiers, int unknown_after = 0) {
  try {
    (void)TierPolicy(std::move(tiers), unknown_after);
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "";
}

TEST(TierPolicy, RefusesWhatHasNoMeaningAndNamesThePlace) {
  const Tier near_one = {.name = "near", .enter = 600'000, .leave = 500'000};
  const Tier last = {.name = "far"};
  EXPECT_EQ(refusal({near_one, last}), "");
  EXPECT_EQ(refusal({last}), "TierPolicy: there are 1 tiers, but must be 2 to 255");
  EXPECT_EQ(refusal({near_one, near_one, last}),
            "TierPolicy: tiers[1] \"near\": the name is taken");
  EXPECT_EQ(refusal({near_one, {.name = "unknown"}}),
            "TierPolicy: tiers[1] \"unknown\": the name is taken");
  EXPECT_EQ(refusal({near_one, {}}), "TierPolicy: tiers[1] \"\": the name is empty");
  EXPECT_EQ(refusal({{.name = "a", .enter = 500'000, .leave = 600'000}, last}),
            "TierPolicy: tiers[0] \"a\": leave is 0.6, but must be at most enter, 0.5");
  EXPECT_EQ(refusal({{.name = "a", .enter = 2'000'000}, last}),
            "TierPolicy: tiers[0] \"a\": enter is 2, but must be in [0, 1]");
  EXPECT_EQ(refusal({{.name = "a", .enter = 1, .leave = -1}, last}),
            "TierPolicy: tiers[0] \"a\": leave is -1e-06, but must be in [0, 1]");
  EXPECT_EQ(refusal({{.name = "a", .enter = 1, .leave = 1, .minimum_stay = -1}, last}),
            "TierPolicy: tiers[0] \"a\": minimum_stay is -1, but must be in [0, 36500]");
  EXPECT_EQ(refusal({{.name = "a", .enter = 1, .leave = 1, .grace = 36'501}, last}),
            "TierPolicy: tiers[0] \"a\": grace is 36501, but must be in [0, 36500]");
  EXPECT_EQ(refusal({near_one, {.name = "b", .enter = 10, .leave = 0}}),
            "TierPolicy: tiers[1] \"b\": enter is 0.00001, but must be 0: the farthest tier takes "
            "everybody with a score");
  EXPECT_EQ(refusal({near_one, {.name = "b", .enter = 600'000, .leave = 1}, last}),
            "TierPolicy: tiers[1] \"b\": enter is 0.6, but must be below that of near, 0.6");
  EXPECT_EQ(refusal({near_one, {.name = "b", .enter = 550'000, .leave = 510'000}, last}),
            "TierPolicy: tiers[1] \"b\": leave is 0.51, but must be below that of near, 0.5");
  EXPECT_EQ(refusal({near_one, last}, -1),
            "TierPolicy: unknown_after is -1, but must be in [0, 36500]");
}

TEST(Tiers, RefuseColumnsThatDoNotFit) {
  ScoredBase base;
  base.add({{1, 0}, {2, 0}});
  const auto refused = [&](auto change) {
    ScoredBase other = base;
    change(other);
    return [other] { (void)tiers_of(policy, other.series()); };
  };
  EXPECT_THROW(refused([](ScoredBase& b) { b.scores.pop_back(); })(), std::invalid_argument);
  EXPECT_THROW(refused([](ScoredBase& b) { b.offsets.back() = 1; })(), std::invalid_argument);
  EXPECT_THROW(refused([](ScoredBase& b) { b.offsets = {0, 2, 1, 2}; })(), std::invalid_argument);
  EXPECT_THROW(refused([](ScoredBase& b) { b.offsets.clear(); })(), std::invalid_argument);
  EXPECT_THROW(refused([](ScoredBase& b) { b.days[1] = 1; })(), std::invalid_argument);
  EXPECT_THROW(refused([](ScoredBase& b) { b.scores[1] = one + 1; })(), std::domain_error);
  EXPECT_THROW(refused([](ScoredBase& b) { b.days[1] = 2'000'000'000; })(), std::domain_error);
  EXPECT_TRUE(tiers_of(policy, ScoreSeries{}).empty());
  EXPECT_THROW((void)advance(policy, {TierState{}}, 1, {}), std::invalid_argument);
  EXPECT_THROW((void)advance(policy, {after({{5, 0}})}, 4, std::vector<Micro>{0}),
               std::invalid_argument);
  EXPECT_THROW((void)advance(policy, {TierState{}}, 4, std::vector<Micro>{-7}), std::domain_error);
}

}  // namespace
}  // namespace rapport::relationship
