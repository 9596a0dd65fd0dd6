#include <rapport/churn/rate.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::churn {
namespace {

using namespace std::chrono_literals;

struct Order {
  int buyer;
  core::Day on;
};

constexpr core::Day start = core::Day{2015y / 6 / 30};
constexpr core::Day end = core::Day{2015y / 12 / 31};
constexpr std::chrono::days one_day{1};

record::Ledger ledger_of(const std::vector<Order>& orders) {
  return record::ledger_of(orders, {.customer = &Order::buyer, .time = &Order::on});
}

ChurnRate rate_of(const std::vector<Order>& orders, const Rule& rule) {
  return churn_rate(ledger_of(orders), rule, as_of(start), as_of(end), 0.95);
}

TEST(R24_ChurnRate, ThirtyLostOfTwoHundredIsFifteenPercentWithItsWilsonInterval) {
  std::vector<Order> orders;
  for (int buyer = 0; buyer < 200; ++buyer) {
    orders.push_back({buyer, start - std::chrono::days{buyer % 80}});
    if (buyer >= 30) orders.push_back({buyer, end - std::chrono::days{buyer % 80}});
  }
  for (int buyer = 200; buyer < 250; ++buyer) {
    orders.push_back({buyer, start - std::chrono::days{90}});        // lost already
    orders.push_back({1000 + buyer, start + std::chrono::days{1}});  // came later, and is lost
  }
  const ChurnRate rate = rate_of(orders, NoPurchaseFor{90});
  EXPECT_EQ(rate.at_start, 200U);
  EXPECT_EQ(rate.lost, 30U);
  EXPECT_EQ(rate.rate.value, 0.15);
  EXPECT_NEAR(rate.rate.low, 0.107, 0.0005);
  EXPECT_NEAR(rate.rate.high, 0.206, 0.0005);
  EXPECT_EQ(to_text(rate),
            "15.0 % lost (30 of 200), 95 % interval 10.7 to 20.6 %; rule: no purchase for 90 days; "
            "the window: the days after 2015-06-30 up to 2015-12-31");
}

TEST(ChurnRate, NoPurchaseForCountsTheDaysOfSilence) {
  const std::vector<Order> orders = {
      {1, start}, {2, start}, {1, end - std::chrono::days{9}}, {2, end - std::chrono::days{10}}};
  const ChurnRate rate = rate_of(orders, NoPurchaseFor{10});
  EXPECT_EQ(rate.at_start, 2U);
  EXPECT_EQ(rate.lost, 1U) << "ten days without a purchase, not nine";
}

TEST(ChurnRate, OwnIntervalsJudgeEachCustomerByHisOwnRhythm) {
  const std::vector<Order> orders = {
      // Every 100 days: 100 + 84 days of silence are less than twice that.
      {1, start - 200 * one_day},
      {1, start - 100 * one_day},
      {1, start},
      // Every 10 days, then nothing.
      {2, start - 20 * one_day},
      {2, start - 10 * one_day},
      {2, start},
      // Once: no interval.
      {3, start},
  };
  const ChurnRate rate = rate_of(orders, SilentBeyondOwnInterval{2});
  EXPECT_EQ(rate.at_start, 2U);
  EXPECT_EQ(rate.lost, 1U);
  EXPECT_EQ(rate.unjudged, 1U);
  EXPECT_EQ(rate.rule.substr(0, 61),
            "silent for more than 2 times the customer's own mean interval");
}

TEST(ChurnRate, NoPurchaseInTheWindowTakesEverybodyWhoEverBought) {
  const std::vector<Order> orders = {
      {1, start - 3000 * one_day}, {2, start}, {2, start + one_day}, {3, start + one_day}};
  const ChurnRate rate = rate_of(orders, NoPurchaseInWindow{});
  EXPECT_EQ(rate.at_start, 2U);
  EXPECT_EQ(rate.lost, 1U);
}

TEST(ChurnRate, AnEmptyBaseAbstains) {
  const ChurnRate rate = rate_of({}, NoPurchaseFor{10});
  EXPECT_EQ(rate.rate.status, core::Status::abstained);
  EXPECT_TRUE(std::isnan(rate.rate.value));
  EXPECT_EQ(to_text(rate).substr(0, 27), "nobody was there to be lost");
}

TEST(ChurnRate, CountsOfContractsGiveTheSame) {
  const ChurnRate rate = churn_rate(200, 30, "contract ended in 2015", 0.95);
  EXPECT_EQ(to_text(rate),
            "15.0 % lost (30 of 200), 95 % interval 10.7 to 20.6 %; rule: contract ended in 2015");
}

TEST(ChurnRate, RejectsRulesAndWindowsWithoutMeaning) {
  EXPECT_THROW((void)rate_of({}, NoPurchaseFor{0}), std::domain_error);
  EXPECT_THROW((void)rate_of({}, SilentBeyondOwnInterval{std::nan("")}), std::domain_error);
  EXPECT_THROW((void)churn_rate(ledger_of({}), NoPurchaseInWindow{}, as_of(end), as_of(end)),
               std::invalid_argument);
  EXPECT_THROW((void)churn_rate(1, 2, "", 0.9), std::invalid_argument);
  EXPECT_THROW((void)churn_rate(2, 1, "", 0), std::domain_error);
}

}  // namespace
}  // namespace rapport::churn
