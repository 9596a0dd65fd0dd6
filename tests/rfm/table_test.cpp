#include "shop.hpp"

#include <rapport/rfm/table.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace rapport::rfm {
namespace {

using namespace std::chrono_literals;
using record::TransactionKind;
using tests::ledger_of;
using tests::Order;

constexpr core::Day day(unsigned d) { return core::Day{2015y / 3 / 1} + std::chrono::days{d - 1}; }

const std::vector<Order> orders = {
    {"a", day(1), 500},  {"a", day(5), 300},
    {"a", day(5), 0},    {"a", day(7), -900, TransactionKind::goods_return},
    {"b", day(9), 0},    {"b", day(12), 100},
    {"c", day(2), -100}, {"d", day(30), 100},
};

Table table_with(const TableOptions& options) {
  return make_table(ledger_of(orders), as_of(day(10)), options);
}

TEST(RfmTable, CountsDaysOfPurchaseAndNetsReturns) {
  const Table table = table_with({});
  EXPECT_EQ(table.recency_days, (std::vector<std::int32_t>{5, 1, -1, -1}));
  EXPECT_EQ(table.length_days, (std::vector<std::int32_t>{9, 1, -1, -1}));
  EXPECT_EQ(table.frequency, (std::vector<std::uint32_t>{2, 1, 0, 0}));
  EXPECT_EQ(table.monetary, (std::vector<std::int64_t>{-100, 0, -100, 0}));
  EXPECT_EQ(table.without_purchase(), 2U);
  EXPECT_TRUE(table.bought(1)) << "a sale of nothing is a purchase";
  EXPECT_FALSE(table.bought(2)) << "a refund is not";
}

TEST(RfmTable, CountsOrdersWhereAsked) {
  EXPECT_EQ(table_with({.frequency = Frequency::purchases}).frequency,
            (std::vector<std::uint32_t>{3, 1, 0, 0}));
}

TEST(RfmTable, RefundsAreNettedIgnoredOrClamped) {
  EXPECT_EQ(table_with({.refunds = Refunds::ignored}).monetary,
            (std::vector<std::int64_t>{800, 0, 0, 0}));
  EXPECT_EQ(table_with({.refunds = Refunds::clamped}).monetary,
            (std::vector<std::int64_t>{0, 0, 0, 0}));
  EXPECT_EQ(table_with({.refunds = Refunds::ignored}).frequency, table_with({}).frequency);
}

TEST(RfmTable, SalesOfNothingArePurchasesUnlessIgnored) {
  const Table table =
      table_with({.frequency = Frequency::purchases, .zero_amounts = ZeroAmounts::ignored});
  EXPECT_EQ(table.frequency, (std::vector<std::uint32_t>{2, 0, 0, 0}));
  EXPECT_EQ(table.recency_days, (std::vector<std::int32_t>{5, -1, -1, -1}));
}

TEST(RfmTable, DoesNotDependOnTheOrderOfRowsOrThreads) {
  auto many = tests::shop_by_chance(3000, 20'000, 1);
  const Table table = make_table(ledger_of(many), as_of("2014-12-31"));
  std::shuffle(many.begin(), many.end(), std::mt19937(2));
  EXPECT_TRUE(table == make_table(ledger_of(many), as_of("2014-12-31"), {.threads = 2}));
}

TEST(RfmTable, RowsMadeAnewAreThoseOfTheWholeTable) {
  auto many = tests::shop_by_chance(2000, 9000, 3);
  Table table = make_table(ledger_of(many), as_of("2014-12-31"));
  many.push_back({"7", core::Day{2014y / 12 / 30}, 5});
  many.push_back({"1234", core::Day{2014y / 1 / 30}, -5});
  const record::Ledger ledger = ledger_of(many);
  const auto id = [&](std::string_view key) { return ledger.customers().find(key)->value; };
  update_table(table, ledger, std::vector<std::uint32_t>{id("7"), id("1234")});
  EXPECT_TRUE(table == make_table(ledger, as_of("2014-12-31")));
  EXPECT_THROW(update_table(table, ledger_of(orders), {}), std::invalid_argument);
  EXPECT_THROW(update_table(table, ledger, std::vector<std::uint32_t>{2000}),
               std::invalid_argument);
}

TEST(RfmTable, AnEmptyLedgerHasNoRows) {
  EXPECT_EQ(make_table(record::Ledger{}, as_of("2015-01-01")).size(), 0U);
}

TEST(RfmTable, OfRowsIsThatOfTheirLedger) {
  record::TransactionColumns rows{record::LedgerRules{.currency = core::Currency("EUR")}};
  for (const auto& order : tests::shop_by_chance(900, 5000, 5)) {
    ASSERT_FALSE(
        rows.add({.customer = order.buyer, .at = core::Instant(order.on), .amount = order.total}));
  }
  const record::Ledger ledger = record::build_ledger({rows});
  for (const Frequency frequency : {Frequency::purchase_days, Frequency::purchases}) {
    for (const Refunds refunds : {Refunds::net, Refunds::ignored, Refunds::clamped}) {
      for (const ZeroAmounts zero : {ZeroAmounts::purchases, ZeroAmounts::ignored}) {
        const TableOptions options{frequency, refunds, zero, 2};
        const CustomerTable made = make_table({rows}, as_of("2014-06-30"), options);
        EXPECT_TRUE(made.table == make_table(ledger, as_of("2014-06-30"), options));
        ASSERT_EQ(made.customers.size(), ledger.customers().size());
      }
    }
  }
  EXPECT_EQ(make_table({rows}, as_of("2014-06-30")).customers.key({17}),
            ledger.customers().key({17}));
}

// golden.md section 5: what the R package rfm computes for its first customers.
TEST(RfmTable, AgreesWithTheRPackageOnItsOrders) {
  RAPPORT_REQUIRE_DATA();
  const record::Ledger ledger = tests::rfm_orders();
  const Table table = make_table(ledger, as_of("2006-12-31"), {.frequency = Frequency::purchases});
  EXPECT_EQ(table.size(), 995U);
  constexpr struct {
    std::int32_t recency;
    std::uint32_t orders;
    std::int64_t money;
  } rows[] = {{205, 6, 472}, {140, 3, 340}, {194, 4, 405}, {98, 7, 596}, {132, 5, 448}};
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    EXPECT_EQ(table.recency_days[i], rows[i].recency);
    EXPECT_EQ(table.frequency[i], rows[i].orders);
    EXPECT_EQ(table.monetary[i], 100 * rows[i].money);
  }
}

}  // namespace
}  // namespace rapport::rfm
