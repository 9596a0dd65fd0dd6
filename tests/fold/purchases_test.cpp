#include <rapport/fold/purchases.hpp>

#include <rapport/testing/laws.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace rapport::fold {
namespace {

using record::TransactionKind;

const std::vector<Entry> entries = {
    {.day = 9, .amount = -10, .kind = TransactionKind::refund},
    {.day = 10, .amount = 0},
    {.day = 10, .amount = 5},
    {.day = 13, .amount = 7},
    {.day = 20, .amount = -7, .kind = TransactionKind::goods_return},
    {.day = 23, .amount = 1},
};

TEST(PurchaseDays, CountsDaysWithASaleZeroAmountsToo) {
  EXPECT_EQ(over(PurchaseDays{}, entries), (PurchaseDays::State{10, 23, 3}));
}

TEST(PurchaseCount, CountsSalesOneByOne) {
  EXPECT_EQ(over(PurchaseCount{}, entries).purchases, 4U);
}

TEST(PurchaseGaps, SumsSquaresAndFindsTheLongest) {
  const auto state = over(PurchaseGaps{}, entries);
  EXPECT_EQ(state.gaps(), 2U);
  EXPECT_EQ(state.squares, 9U + 100U);
  EXPECT_EQ(state.longest, 10);
  EXPECT_EQ(over(PurchaseGaps{}, std::vector<Entry>{}).gaps(), 0U);
}

TEST(LogPurchaseGaps, SumsTheLogarithmsOfTheGaps) {
  const auto state = over(LogPurchaseGaps{}, entries);
  EXPECT_NEAR(state.sum(1), std::log(3) + std::log(10), 1e-12);
  EXPECT_NEAR(state.sum(7), std::log(3 / 7.0) + std::log(10 / 7.0), 1e-12);
  EXPECT_EQ(over(LogPurchaseGaps{}, std::vector<Entry>{}).sum(7), 0);
  EXPECT_EQ(over(LogPurchaseGaps{}, std::vector<Entry>{{.day = 4}}).sum(7), 0);
}

TEST(EntrySpan, SpansEveryKindOfEntry) {
  auto timed = entries;
  for (Entry& entry : timed) entry.at = day_of(entry.day);
  const auto state = over(EntrySpan{}, timed);
  EXPECT_EQ(state.first, core::Instant{day_of(9)});
  EXPECT_EQ(state.last, core::Instant{day_of(23)});
  EXPECT_EQ(state.entries, 6U);
}

TEST(Purchases, ObeyTheLawsOfTheirVerbs) {
  const auto holds = [](const auto& rule) {
    const auto report = testing::check_laws(rule);
    EXPECT_TRUE(report.ok()) << report.text();
  };
  holds(PurchaseDays{});
  holds(PurchaseCount{});
  holds(PurchaseGaps{});
  holds(LogPurchaseGaps{});
  holds(EntrySpan{});
}

}  // namespace
}  // namespace rapport::fold
