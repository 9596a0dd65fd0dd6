#include <rapport/act/privilege.hpp>
#include <rapport/fold/aggregate.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace rapport::act {
namespace {

using relationship::ScoreOn;
using relationship::TierIndex;
using relationship::TierMachine;
using relationship::TierPolicy;
using relationship::TierState;
using relationship::unknown_tier;

constexpr TierIndex near = 0, middle = 1, far = 2;
constexpr record::Name free_delivery{1}, tier_near{2}, gift{3};

const TierPolicy policy({{.name = "near", .enter = 600'000, .leave = 520'000},
                         {.name = "middle", .enter = 300'000, .leave = 240'000},
                         {.name = "far"}});

// 150,000 rials for a month of free delivery.
const Privilege delivery = {
    .kind = free_delivery, .cost = 150'000, .tiers = {{near, tier_near}}, .window_days = 30};

core::Instant midnight(int day) { return core::Instant{std::chrono::days{day}}; }

// One customer with these grants.
GrantPlan plan_of(const Privilege& privilege, const Candidate& candidate,
                  const std::vector<record::Grant>& grants, int day) {
  const std::vector<std::uint64_t> offsets = {0, grants.size()};
  return due_grants(privilege, policy, {&candidate, 1}, offsets, grants, midnight(day));
}

Standing standing_of(const Privilege& privilege, const Candidate& candidate,
                     const std::vector<record::Grant>& grants, int day) {
  const GrantPlan plan = plan_of(privilege, candidate, grants, day);
  EXPECT_EQ(plan.due.size(), plan.count(Standing::granted));
  return plan.standings.front();
}

TEST(R36_Privileges, ThreeHundredGrantsOfFreeDeliveryCostFortyFiveMillionRials) {
  // 400 near customers of whom a quarter are held out, 500 others, 100 unknown.
  std::vector<Candidate> candidates(1000);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    candidates[i].customer = {i};
    candidates[i].tier = i < 400 ? near : i < 650 ? middle : i < 900 ? far : unknown_tier;
    candidates[i].held_out = i % 4 == 0;
  }
  const std::vector<std::uint64_t> no_grants(1001, 0);
  const GrantPlan plan = due_grants(delivery, policy, candidates, no_grants, {}, midnight(100));
  EXPECT_EQ(plan.count(Standing::granted), 300U);
  EXPECT_EQ(plan.count(Standing::held_out), 100U);
  EXPECT_EQ(plan.count(Standing::not_entitled), 500U);
  EXPECT_EQ(plan.count(Standing::unknown), 100U);
  ASSERT_EQ(plan.due.size(), 300U);
  EXPECT_EQ(plan.due[0].stamp.source, record::SourceId{1});
  EXPECT_EQ(plan.due[0].cause, tier_near);
  EXPECT_EQ(plan.due[0].expires_at, midnight(130));
  const PrivilegeCost cost =
      cost_of(free_delivery, plan.due, core::Currency("IRR"), midnight(100), midnight(101));
  EXPECT_EQ(cost.grants, 300U);
  EXPECT_EQ(cost.customers, 300U);
  EXPECT_EQ(core::to_text(cost.cost), "45000000 IRR");

  // 240 of the 300 buy again, and 65 of the 100 who were held out.
  const auto effect = evaluation::effect_on_proportion({240, 300}, {65, 100});
  EXPECT_EQ(effect.verdict, evaluation::Verdict::effective);
  const core::Estimate of_success = cost_of_success(cost.cost, 300, effect);
  EXPECT_NEAR(of_success.value, 150'000 / 0.15, 1e-6);
  EXPECT_NEAR(of_success.low, 150'000 / effect.difference.high, 1e-6);
  EXPECT_NEAR(of_success.high, 150'000 / effect.difference.low, 1e-6);
}

// A customer is near and has a grant; a return on day 110 lowers the index below the threshold.
struct Return {
  std::vector<record::Grant> grants = {grant_of(delivery, {7}, near, midnight(100))};
  Candidate after;

  Return() {
    const TierState state =
        fold::over(TierMachine{policy}, std::vector<ScoreOn>{{100, 650'000}, {110, 400'000}});
    EXPECT_EQ(state.tier, middle);
    after = {.customer = {7}, .tier = state.tier, .since = midnight(state.since)};
  }
};

TEST(R36_Privileges, AReturnThatLowersTheIndexTakesNoGrantBackInsideItsWindow) {
  const Return story;
  EXPECT_EQ(standing_of(delivery, story.after, story.grants, 110), Standing::in_force);
  EXPECT_EQ(standing_of(delivery, story.after, story.grants, 129), Standing::in_force);
  EXPECT_EQ(standing_of(delivery, story.after, story.grants, 130), Standing::not_entitled)
      << "and it is not renewed";
}

TEST(R36_Privileges, AReturnThatLowersTheIndexTakesTheGrantBackIfThePolicySaysSo) {
  const Return story;
  Privilege strict = delivery;
  strict.claw_back = ClawBack::with_lost_tier;
  const GrantPlan plan = plan_of(strict, story.after, story.grants, 110);
  EXPECT_EQ(plan.standings.front(), Standing::revoked);
  ASSERT_EQ(plan.revocations.size(), 1U);
  EXPECT_EQ(plan.revocations[0].grant, 0U);
  EXPECT_EQ(plan.revocations[0].at, midnight(110));
  std::vector<record::Grant> revoked = story.grants;
  revoked[0].revoked_at = plan.revocations[0].at;
  EXPECT_EQ(standing_of(strict, story.after, revoked, 110), Standing::not_entitled);
  const auto cost =
      cost_of(free_delivery, revoked, core::Currency("IRR"), midnight(0), midnight(200));
  EXPECT_EQ(cost.revoked, 1U);
  EXPECT_EQ(cost.cost.minor(), 150'000);
}

TEST(Privilege, IsTakenBackFromNobodyWhoBecameUnknown) {
  Privilege strict = delivery;
  strict.claw_back = ClawBack::with_lost_tier;
  const std::vector<record::Grant> grants = {grant_of(delivery, {7}, near, midnight(100))};
  EXPECT_EQ(standing_of(strict, {.tier = unknown_tier}, grants, 110), Standing::in_force);
  EXPECT_EQ(standing_of(strict, {.tier = unknown_tier}, grants, 130), Standing::unknown);
}

TEST(Privilege, IsRenewedAtTheEndOfItsWindowAndNotBefore) {
  const std::vector<record::Grant> grants = {grant_of(delivery, {7}, near, midnight(100))};
  const Candidate stayed = {.customer = {7}, .tier = near, .since = midnight(90)};
  EXPECT_EQ(standing_of(delivery, stayed, grants, 129), Standing::in_force);
  EXPECT_EQ(standing_of(delivery, stayed, grants, 130), Standing::granted);
  Privilege once = delivery;
  once.renewal = Renewal::once_a_stay;
  EXPECT_EQ(standing_of(once, stayed, grants, 130), Standing::used_up);
  const Candidate again = {.customer = {7}, .tier = near, .since = midnight(120)};
  EXPECT_EQ(standing_of(once, again, grants, 130), Standing::granted);
}

TEST(Privilege, LeavesToThoseHeldOutWhatTheyWereGrantedBefore) {
  const std::vector<record::Grant> grants = {grant_of(delivery, {7}, near, midnight(100))};
  const Candidate held_out = {.customer = {7}, .tier = near, .held_out = true};
  EXPECT_EQ(standing_of(delivery, held_out, grants, 110), Standing::in_force);
  EXPECT_EQ(standing_of(delivery, held_out, grants, 130), Standing::held_out);
}

TEST(Privilege, DoesNotSeeGrantsOfOtherKindsOrOfTheFuture) {
  std::vector<record::Grant> grants = {grant_of(delivery, {7}, near, midnight(100))};
  const Candidate candidate = {.customer = {7}, .tier = near};
  EXPECT_EQ(standing_of(delivery, candidate, grants, 99), Standing::granted);
  grants[0].privilege = gift;
  EXPECT_EQ(standing_of(delivery, candidate, grants, 110), Standing::granted);
}

TEST(Privilege, IsRevokedInEveryGrantThatIsInForce) {
  Privilege strict = delivery;
  strict.claw_back = ClawBack::with_lost_tier;
  const std::vector<record::Grant> grants = {grant_of(delivery, {7}, near, midnight(60)),
                                             grant_of(delivery, {7}, near, midnight(100)),
                                             grant_of(delivery, {7}, near, midnight(105))};
  const GrantPlan plan = plan_of(strict, {.tier = far}, grants, 110);
  ASSERT_EQ(plan.revocations.size(), 2U);
  EXPECT_EQ(plan.revocations[0].grant, 1U);
  EXPECT_EQ(plan.revocations[1].grant, 2U);
}

TEST(Privilege, HoldsFromItsBeginningUntilItExpiresOrIsRevoked) {
  constexpr std::chrono::seconds second{1};
  record::Grant grant = grant_of(delivery, {7}, near, midnight(100));
  EXPECT_FALSE(in_force(grant, midnight(100) - second));
  EXPECT_TRUE(in_force(grant, midnight(100)));
  EXPECT_FALSE(in_force(grant, midnight(130)));
  grant.revoked_at = midnight(110);
  EXPECT_TRUE(in_force(grant, midnight(110) - second));
  EXPECT_FALSE(in_force(grant, midnight(110)));
  EXPECT_TRUE(in_force(record::Grant{}, midnight(99'999))) << "without an end";
}

TEST(Privilege, CostsByItsBasis) {
  Privilege daily = delivery;
  daily.cost_basis = CostBasis::each_day;
  daily.cost = 5'000;
  EXPECT_EQ(grant_of(daily, {7}, near, midnight(0)).cost, 150'000);
  daily.cost_basis = CostBasis::as_recorded;
  EXPECT_EQ(grant_of(daily, {7}, near, midnight(0)).cost, 0);
}

TEST(Privilege, SumsTheCostOfItsKindAndWindowAlone) {
  std::vector<record::Grant> grants = {
      grant_of(delivery, {7}, near, midnight(100)), grant_of(delivery, {7}, near, midnight(130)),
      grant_of(delivery, {8}, near, midnight(131)), grant_of(delivery, {8}, near, midnight(131))};
  grants.back().privilege = gift;
  const auto cost = [&](int begin, int end) {
    return cost_of(free_delivery, grants, core::Currency("IRR"), midnight(begin), midnight(end));
  };
  EXPECT_EQ(cost(100, 132).grants, 3U);
  EXPECT_EQ(cost(100, 132).customers, 2U);
  EXPECT_EQ(cost(100, 132).cost.minor(), 450'000);
  EXPECT_EQ(cost(101, 131).grants, 1U);
  EXPECT_EQ(cost(0, 50).cost.minor(), 0);
  grants[0].cost = std::numeric_limits<std::int64_t>::max();
  EXPECT_THROW((void)cost(0, 200), std::overflow_error);
}

TEST(Privilege, SaysNoCostOfASuccessWithoutAnEffect) {
  const core::Money cost(45'000'000, core::Currency("IRR"));
  const auto inconclusive = evaluation::effect_on_proportion({200, 300}, {66, 100});
  EXPECT_FALSE(cost_of_success(cost, 300, inconclusive).usable());
  const auto harmful = evaluation::effect_on_proportion({100, 300}, {66, 100});
  EXPECT_FALSE(cost_of_success(cost, 300, harmful).usable());
  EXPECT_TRUE(std::isnan(cost_of_success(cost, 300, harmful).value));
  EXPECT_THROW((void)cost_of_success(cost, 0, harmful), std::invalid_argument);
}

std::string refusal(const Privilege& privilege) {
  try {
    check(privilege, policy);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

TEST(Privilege, RefusesWhatHasNoMeaningAndNamesThePlace) {
  const auto with = [](auto change) {
    Privilege privilege = delivery;
    change(privilege);
    return refusal(privilege);
  };
  EXPECT_EQ(refusal(delivery), "");
  EXPECT_EQ(with([](Privilege& p) { p.kind = {}; }), "Privilege: the kind is not named");
  EXPECT_EQ(with([](Privilege& p) { p.tiers.clear(); }), "Privilege: no tier is entitled");
  EXPECT_EQ(with([](Privilege& p) {
              p.tiers.push_back({3, {}});
            }),
            "Privilege: tiers[1]: 3 is no tier of the policy, which has 3");
  EXPECT_EQ(with([](Privilege& p) {
              p.tiers.push_back({near, {}});
            }),
            "Privilege: tiers[1]: near is there twice");
  EXPECT_EQ(with([](Privilege& p) { p.window_days = 0; }),
            "Privilege: window_days is 0, but must be in [1, 36500]");
  EXPECT_EQ(with([](Privilege& p) { p.cost = -1; }), "Privilege: cost is -1, but must be >= 0");
  EXPECT_EQ(with([](Privilege& p) {
              p.cost_basis = CostBasis::each_day;
              p.cost = std::numeric_limits<std::int64_t>::max();
            }),
            "Privilege: the cost of a grant leaves 64 bits of minor units");
}

TEST(Privilege, RefusesGrantsAndCandidatesThatDoNotFit) {
  const std::vector<Candidate> one = {{.tier = near}};
  const std::vector<record::Grant> grants(1);
  const auto due = [&](const std::vector<std::uint64_t>& offsets,
                       const std::vector<Candidate>& candidates) {
    return due_grants(delivery, policy, candidates, offsets, grants, midnight(0));
  };
  EXPECT_NO_THROW((void)due({0, 1}, one));
  EXPECT_THROW((void)due({0}, one), std::invalid_argument);
  EXPECT_THROW((void)due({0, 2}, one), std::invalid_argument);
  EXPECT_THROW((void)due({1, 1}, one), std::invalid_argument);
  EXPECT_THROW((void)due({0, 1}, {{.tier = 3}}), std::invalid_argument);
}

}  // namespace
}  // namespace rapport::act
