#include <rapport/fold/spend.hpp>

#include <rapport/testing/laws.hpp>

#include <gtest/gtest.h>

#include <span>

namespace rapport::fold {
namespace {

using record::TransactionKind;

const std::vector<Entry> entries = {
    {.day = 9, .amount = -10, .kind = TransactionKind::refund},        {.day = 10, .amount = 100},
    {.day = 10, .amount = -30, .kind = TransactionKind::refund},       {.day = 13, .amount = 70},
    {.day = 20, .amount = -50, .kind = TransactionKind::goods_return},
};

TEST(NetSpend, IsSalesLessReturnsAndRefunds) { EXPECT_EQ(over(NetSpend{}, entries).total, 80); }

TEST(GrossSpend, KeepsSalesAndReturnsApart) {
  EXPECT_EQ(over(GrossSpend{}, entries), (GrossSpend::State{170, 90}));
}

TEST(RepeatSpend, TakesWhatIsAfterTheFirstPurchaseDay) {
  EXPECT_EQ(over(RepeatSpend{}, entries), (RepeatSpend::State{10, true, 20}));
  EXPECT_FALSE(over(RepeatSpend{}, std::span(entries).first(1)).bought);
}

TEST(Spend, ObeysTheLawsOfItsVerbs) {
  const auto holds = [](const auto& rule) {
    const auto report = testing::check_laws(rule);
    EXPECT_TRUE(report.ok()) << report.text();
  };
  holds(NetSpend{});
  holds(GrossSpend{});
  holds(RepeatSpend{});
}

}  // namespace
}  // namespace rapport::fold
