#include <rapport/fold/balance.hpp>

#include <rapport/fold/aggregate.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace rapport::fold {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant day(int number) {
  return core::Day{2024y / 1 / 1} + std::chrono::days{number};
}

record::Holding holding(int at, std::int64_t balance, std::uint32_t account = 1,
                        std::uint32_t product = 1) {
  return {.stamp = {.at = day(at)}, .account = {account}, .product = {product}, .balance = balance};
}

Balance::State after(const std::vector<record::Holding>& holdings, const Balance& rule = {}) {
  return over(rule, holdings);
}

static_assert(Aggregate<Balance, record::Holding>);
static_assert(!Mergeable<Balance>);

TEST(R33_Balance, IsWeighedByHowLongItStood) {
  const auto state = after({holding(0, 100), holding(10, 40)});
  EXPECT_EQ(mean_balance(state, day(30)), 60);
  EXPECT_EQ(minimum_balance(state, day(30)), 40);
  EXPECT_LT(balance_trend(state, day(30)), 0);
}

TEST(Balance, AddsUpAccounts) {
  const auto state = after({holding(0, 100, 1, 1), holding(0, 50, 2, 2), holding(10, 0, 1, 1)});
  EXPECT_EQ(mean_balance(state, day(20)), 100);
  EXPECT_EQ(minimum_balance(state, day(20)), 50);
  EXPECT_EQ(products_held(state), 1U);
}

TEST(Balance, SnapshotsOfOneInstantAreOneChange) {
  // In between, account 1 would have been empty and account 2 not yet filled.
  const auto state = after({holding(0, 100, 1), holding(10, 0, 1), holding(10, 100, 2)});
  EXPECT_EQ(minimum_balance(state, day(20)), 100);
  EXPECT_EQ(mean_balance(state, day(20)), 100);
}

TEST(Balance, AWindowCutsTimeAndNotKnowledge) {
  const auto state = after({holding(0, 100), holding(10, 40)}, {.begin = day(5)});
  EXPECT_EQ(mean_balance(state, day(15)), 70);
  const auto before = after({holding(0, 100)}, {.begin = day(5)});
  EXPECT_EQ(mean_balance(before, day(15)), 100);
}

TEST(Balance, TheTrendOfASteadyRiseIsItsSlope) {
  std::vector<record::Holding> rise;
  for (int i = 0; i < 1000; ++i) rise.push_back(holding(i, 10 * i));
  EXPECT_NEAR(balance_trend(after(rise), day(1000)), 10, 1e-3);  // steps, not a line
  EXPECT_EQ(balance_trend(after({holding(0, 7)}), day(9)), 0);
}

TEST(Balance, NothingKnownIsNaN) {
  EXPECT_TRUE(std::isnan(mean_balance({}, day(0))));
  EXPECT_TRUE(std::isnan(minimum_balance({}, day(0))));
  EXPECT_TRUE(std::isnan(balance_trend({}, day(0))));
  EXPECT_TRUE(std::isnan(balance_trend(after({holding(0, 7)}), day(0))));
  EXPECT_EQ(mean_balance(after({holding(0, 7)}), day(0)), 7);
}

TEST(Balance, GreatBalancesOverACenturyStayExact) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(mean_balance(after({holding(0, most)}), day(36'500)), static_cast<double>(most));
}

}  // namespace
}  // namespace rapport::fold
