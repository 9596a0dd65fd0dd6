#include <rapport/relationship/recovery_outcome.hpp>

#include <rapport/math/random.hpp>

#include "support/complaint_story.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <stdexcept>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;
using core::Instant;
using std::chrono::days;
using tests::ComplaintStory;

constexpr auto day = [](int number) { return ComplaintStory::day(number); };

// `again` of `all` customers alike in all but whether they bought again.
std::vector<Repurchase> rows(int again, int all, std::uint32_t orders_before = 2,
                             double since = 10) {
  std::vector<Repurchase> result(static_cast<std::size_t>(all),
                                 {.orders_before = orders_before, .days_since_order = since});
  for (int i = 0; i < again; ++i) result[static_cast<std::size_t>(i)].after = true;
  return result;
}

TEST(R41_RecoveryOutcome, StandsBesideLikeCustomersWithoutAFailure) {
  const RecoveryOutcome outcome = recovery_outcome(rows(13, 21), rows(66, 100), {}, 0.95);
  EXPECT_NEAR(outcome.after.value, 0.62, 0.005);
  EXPECT_NEAR(outcome.after.low, 0.41, 0.005);
  EXPECT_NEAR(outcome.after.high, 0.79, 0.005);
  EXPECT_EQ(outcome.after.n, 21U);
  EXPECT_EQ(outcome.peers.value, 0.66);
  EXPECT_EQ(to_text(outcome),
            "after recovery: repurchase 0.62 (n=21, 0.41-0.79), no-failure peers 0.66 (n=100, "
            "0.56-0.75), own past unknown; side by side, no cause implied");
}

// What would say that a failure did good.
bool claims_that_failure_helped(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const char* claim : {"paradox", "help", "thanks to", "because", "due to", "improve",
                            "better", "gain", "increase", "raise", "lift", "effect", "benefit",
                            "led to", "stronger", "closer", "pays", "more loyal", "boost"}) {
    if (text.find(claim) != std::string::npos) return true;
  }
  return false;
}

TEST(R41_RecoveryOutcome, NeverClaimsThatFailureHelpedWhereTheRecoveredBuyMore) {
  auto recovered = rows(95, 100);
  for (std::size_t i = 0; i < recovered.size(); ++i) recovered[i].before = i < 20;
  const RecoveryOutcome outcome = recovery_outcome(recovered, rows(300, 1000));
  ASSERT_GT(outcome.after.low, outcome.peers.high);
  ASSERT_GT(outcome.after.low, outcome.own_past.high);
  const std::string text = to_text(outcome);
  EXPECT_FALSE(claims_that_failure_helped(text)) << text;
  EXPECT_NE(text.find("no cause implied"), std::string::npos);
  EXPECT_NE(text.find("own past 0.20 (n=100, "), std::string::npos) << text;
  EXPECT_TRUE(claims_that_failure_helped("Recovery helped")) << "the scan itself sees a claim";
}

TEST(R41_RecoveryOutcome, ComparesLikeWithLike) {
  // Peers who order often buy again in 9 of 10 cases, the others in 1 of 10. The recovered are
  // three of four rare buyers, so like peers make 0.25 * 0.9 + 0.75 * 0.1.
  auto recovered = rows(10, 30, 1, 300);
  const auto often = rows(5, 10, 12, 10);
  recovered.insert(recovered.end(), often.begin(), often.end());
  auto peers = rows(900, 1000, 15, 20);
  const auto rare = rows(10, 100, 1, 250);
  peers.insert(peers.end(), rare.begin(), rare.end());
  const RecoveryOutcome outcome = recovery_outcome(recovered, peers);
  EXPECT_EQ(outcome.matched, 40U);
  EXPECT_NEAR(outcome.peers.value, 0.3, 1e-15);
  EXPECT_EQ(outcome.peers.n, 1100U);
  // As sure as 1 / (0.25^2 / 1000 + 0.75^2 / 100) peers, 176, drawn at random.
  EXPECT_NEAR((outcome.peers.high - outcome.peers.low) / 2, 1.645 * std::sqrt(0.3 * 0.7 / 175.8),
              1e-3);
  EXPECT_EQ(outcome.after.value, 15.0 / 40);

  std::reverse(recovered.begin(), recovered.end());
  std::reverse(peers.begin(), peers.end());
  const RecoveryOutcome again = recovery_outcome(recovered, peers);
  EXPECT_EQ(again.peers.value, outcome.peers.value);
  EXPECT_EQ(again.peers.low, outcome.peers.low);
}

TEST(R41_RecoveryOutcome, WhoHasNoLikeIsLeftOutAndCounted) {
  auto recovered = rows(13, 20);
  recovered.push_back({.orders_before = 50, .days_since_order = 1, .after = true});
  const RecoveryOutcome outcome = recovery_outcome(recovered, rows(66, 100));
  EXPECT_EQ(outcome.recovered, 21U);
  EXPECT_EQ(outcome.matched, 20U);
  EXPECT_EQ(outcome.after.value, 0.65);
  EXPECT_NE(to_text(outcome).find("; 1 more without a like customer are left out"),
            std::string::npos);

  const RecoveryOutcome alone = recovery_outcome(recovered, {});
  EXPECT_EQ(alone.after.n, 21U);
  EXPECT_EQ(alone.peers.status, core::Status::abstained);
  EXPECT_NE(to_text(alone).find("no-failure peers unknown"), std::string::npos);
  EXPECT_EQ(to_text(recovery_outcome({}, {})), "after recovery: nobody to tell of");
}

TEST(Repurchase, LooksAheadFromTheAnchorAndWaitsForTheWindow) {
  const std::vector<Instant> orders = {day(-100), day(-90), day(-5), day(45), day(80)};
  const auto after = repurchase(orders, day(47), days{60}, day(200));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->orders_before, 4U);
  EXPECT_EQ(after->days_since_order, 2);
  EXPECT_EQ(after->days_since_first, 147);
  EXPECT_TRUE(after->after);
  EXPECT_FALSE(repurchase(orders, day(47), days{60}, day(106))) << "the window has not ended";
  EXPECT_FALSE(repurchase(orders, day(81), days{30}, day(200))->after);
  EXPECT_FALSE(repurchase(orders, day(-100), days{30}, day(200))) << "nothing before";
  // An order at the anchor is the anchor, one at the window's end counts.
  EXPECT_FALSE(repurchase(orders, day(45), days{30}, day(200))->after);
  EXPECT_TRUE(repurchase(orders, day(45), days{35}, day(200))->after);
}

TEST(Repurchase, AsksTheSameOfThePast) {
  const std::vector<Instant> orders = {day(-100), day(-90), day(-5), day(45), day(80)};
  const auto past = [&](int anchor, int window) {
    return repurchase(orders, day(anchor), days{window}, day(500))->before;
  };
  EXPECT_EQ(past(47, 60), false) << "the order of day -90: the next came after 85 days";
  EXPECT_EQ(past(47, 50), true) << "the order of day -5: the next came on day 45";
  EXPECT_EQ(past(-5, 20), false);
  EXPECT_EQ(past(-85, 12), true) << "day -100, then day -90";
  EXPECT_EQ(past(-85, 30), std::nullopt) << "too young to tell";
  const ComplaintStory story;
  EXPECT_EQ(repurchase(story.orders, *story.complaint.resolved_at, days{60}, day(200))->before,
            std::nullopt);
}

TEST(R41_RecoveryOutcome, FindsNoDifferenceWhereThereIsNone) {
  // Customers order at rates of their own, and each is looked at after his first order of a second
  // year. An order in ten failed until then, with no consequence. Whoever orders more is hit more
  // often, so the recovered buy again more than all others do; of like customers they do not.
  std::vector<Repurchase> recovered, others;
  for (std::uint64_t customer = 0; customer < 6000; ++customer) {
    math::RandomStream stream(41, customer);
    const double mean_gap = 60 / math::draw_gamma(stream, 1.5, 1.5);
    std::vector<Instant> orders;
    bool failed = false;
    for (double at = 0; at < 800; at += mean_gap * math::draw_exponential(stream)) {
      orders.push_back(day(0) + std::chrono::seconds{std::llround(at * 86'400)});
      if (at < 400) failed |= math::draw_uniform(stream) < 0.1;
    }
    const auto anchor = std::ranges::lower_bound(orders, day(400));
    if (anchor == orders.end()) continue;
    const auto row = repurchase(orders, *anchor, days{60}, day(700));
    if (row) (failed ? recovered : others).push_back(*row);
  }
  const auto again = [](const std::vector<Repurchase>& rows) {
    return static_cast<double>(std::ranges::count(rows, true, &Repurchase::after)) /
           static_cast<double>(rows.size());
  };
  EXPECT_GT(again(recovered) - again(others), 0.15) << "unlike customers";
  const RecoveryOutcome outcome = recovery_outcome(recovered, others);
  EXPECT_GT(outcome.matched, 1000U);
  // Bins are coarse, and the difference of the two has a standard error of some 0.02.
  EXPECT_LT(std::abs(outcome.after.value - outcome.peers.value), 0.05);
}

TEST(R41_RecoveryOutcome, RejectsBinsAndWindowsWithoutMeaning) {
  EXPECT_THROW((void)recovery_outcome({}, {}, {.orders_before = {3, 3}}), std::invalid_argument);
  EXPECT_THROW((void)recovery_outcome({}, {}, {.days_since_order = {5, std::nan("")}}),
               std::invalid_argument);
  EXPECT_THROW((void)recovery_outcome({}, {}, {}, 1), std::domain_error);
  EXPECT_THROW((void)repurchase({}, day(0), days{0}, day(9)), std::domain_error);
}

}  // namespace
}  // namespace rapport::relationship
