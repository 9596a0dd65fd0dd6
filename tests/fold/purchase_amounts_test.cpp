#include <rapport/fold/purchase_amounts.hpp>

#include <rapport/fold/purchases.hpp>
#include <rapport/testing/laws.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

namespace rapport::fold {
namespace {

using record::TransactionKind;

PurchaseAmounts::Sum repeats_of(const std::vector<Entry>& entries) {
  return PurchaseAmounts{}.repeats(over(PurchaseAmounts{}, entries));
}

// Day 9 has no sale; day 10 is the first purchase; 13: 7 + 5 - 2; 20: what came back belongs to
// none; 23: 4.
TEST(PurchaseAmounts, AreThoseOfPurchaseDaysAfterTheFirst) {
  const auto sum = repeats_of({
      {.day = 9, .amount = -10, .kind = TransactionKind::refund},
      {.day = 10, .amount = 100},
      {.day = 13, .amount = -2, .kind = TransactionKind::goods_return},
      {.day = 13, .amount = 7},
      {.day = 13, .amount = 5},
      {.day = 20, .amount = -3, .kind = TransactionKind::goods_return},
      {.day = 23, .amount = 4},
  });
  EXPECT_EQ(sum.days, 2U);
  EXPECT_EQ(sum.total, 14);
  EXPECT_EQ(sum.mean(), 7);
  EXPECT_NEAR(sum.sum_of_logs(1), std::log(10) + std::log(4), 1e-12);
  EXPECT_NEAR(sum.sum_of_logs(100), std::log(0.10) + std::log(0.04), 1e-12);
}

TEST(PurchaseAmounts, OfNoneOrOneDayAreNone) {
  for (const auto& entries :
       {std::vector<Entry>{}, std::vector<Entry>{{.day = 4, .amount = 3}},
        std::vector<Entry>{{.day = 4, .amount = 3}, {.day = 4, .amount = 2}}}) {
    const auto sum = repeats_of(entries);
    EXPECT_EQ(sum, PurchaseAmounts::Sum{});
    EXPECT_TRUE(std::isnan(sum.mean()));
    EXPECT_EQ(sum.sum_of_logs(100), 0);
  }
}

TEST(PurchaseAmounts, SayWhereAnAmountHasNoLogarithm) {
  const auto sum =
      repeats_of({{.day = 1, .amount = 5}, {.day = 2, .amount = 0}, {.day = 3, .amount = 5}});
  EXPECT_EQ(sum.days, 2U);
  EXPECT_EQ(sum.not_positive, 1U);
  EXPECT_TRUE(std::isnan(sum.sum_of_logs(1)));
}

TEST(PurchaseAmounts, ObeyTheLawsOfTheirVerbs) {
  const auto report = testing::check_laws(PurchaseAmounts{});
  EXPECT_TRUE(report.ok()) << report.text();
}

// Every sequence of four entries of three amounts and a refund, up to two days apart, against a
// plain account of them.
TEST(PurchaseAmounts, AgreeWithAPlainAccount) {
  for (int code = 0; code < 12 * 12 * 12 * 12; ++code) {
    std::vector<Entry> entries;
    DayNumber day = 0;
    for (int rest = code, i = 0; i < 4; ++i, rest /= 12) {
      day += rest % 3;
      const int kind = rest / 3 % 4;
      entries.push_back({.day = day,
                         .amount = kind == 3 ? -2 : kind * 3,
                         .kind = kind == 3 ? TransactionKind::refund : TransactionKind::sale});
    }
    std::map<DayNumber, std::pair<bool, std::int64_t>> days;
    for (const Entry& entry : entries) {
      days[entry.day].first |= entry.is_purchase();
      days[entry.day].second += entry.amount;
    }
    std::vector<std::int64_t> amounts;
    for (const auto& [at, each] : days) {
      if (each.first) amounts.push_back(each.second);
    }
    const auto sum = repeats_of(entries);
    std::int64_t total = 0;
    for (std::size_t i = 1; i < amounts.size(); ++i) total += amounts[i];
    ASSERT_EQ(sum.days, amounts.empty() ? 0 : amounts.size() - 1) << code;
    ASSERT_EQ(sum.total, total) << code;
    // As many as the summary counts.
    const auto bought = over(PurchaseDays{}, entries).days;
    ASSERT_EQ(sum.days, bought > 0 ? static_cast<std::uint32_t>(bought) - 1 : 0U);
  }
}

}  // namespace
}  // namespace rapport::fold
