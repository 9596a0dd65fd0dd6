#include <rapport/record/store_ledger.hpp>

#include <rapport/io/scorecard.hpp>
#include <rapport/io/store.hpp>
#include <rapport/io/transactions.hpp>
#include <rapport/record/store_builder.hpp>
#include <rapport/score/score.hpp>
#include <rapport/testing/small_shop.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;

constexpr core::Day day(int number) { return core::Day{2024y / 1 / 1} + std::chrono::days{number}; }
constexpr PointInTime as_of(int number) { return {.as_of = core::AsOf(day(number))}; }

Store store_of(const std::string& csv) {
  StoreBuilder builder;
  io::read_records<StoredTransaction>(io::Input::text(csv), builder);
  return std::move(builder).build();
}

template <class T>
bool same(std::span<const T> a, std::span<const T> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// Column by column.
void expect_same(const Ledger& a, const Ledger& b) {
  const LedgerView left = a;
  const LedgerView right = b;
  EXPECT_TRUE(same(left.offsets, right.offsets));
  EXPECT_TRUE(same(left.times, right.times));
  EXPECT_TRUE(same(left.amounts, right.amounts));
  EXPECT_TRUE(same(left.kinds, right.kinds));
  EXPECT_TRUE(same(left.channels, right.channels));
  EXPECT_TRUE(same(left.categories, right.categories));
  EXPECT_EQ(a.customers().numeric(), b.customers().numeric());
  ASSERT_EQ(a.customers().size(), b.customers().size());
  for (std::uint32_t i = 0; i < a.customers().size(); ++i) {
    ASSERT_EQ(a.customers().key_text({i}), b.customers().key_text({i}));
  }
  EXPECT_EQ(a.rows_read(), b.rows_read());
}

std::string scores_csv(const Ledger& ledger, core::AsOf as_of) {
  std::ostringstream out;
  io::write_csv(out, rapport::score(ledger, {.as_of = as_of}));
  return out.str();
}

TEST(StoreLedger, IsTheLedgerThatTheSameRowsMake) {
  const std::string csv =
      "customer_id,date,amount,kind,channel,category\n"
      "10,2024-01-05,20.00,sale,web,tea\n"
      "9,2024-01-03,5.25,,shop,\n"
      "9,2024-01-09,5.00,return,,tea\n"
      "9,2024-01-10,-1.50,,web,tea\n"
      "9,2024-01-10,nonsense,,web,tea\n"
      "10,2024-01-05,0,refund,,\n";
  expect_same(ledger_of(StoreView(store_of(csv), as_of(40))),
              io::read_transactions(io::Input::text(csv)));
}

TEST(StoreLedger, OrdersKeysByValueThoughTheStoreKnowsSomeAsTexts) {
  StoreBuilder builder;
  for (const std::string_view key : {"10", "9"}) {
    ASSERT_FALSE(builder.add(
        StoredTransaction{.stamp = {.source = builder.source(key), .at = day(1)}, .amount = 1}));
  }
  ASSERT_FALSE(builder.add(
      Interaction{.stamp = {.source = builder.source(std::string_view("guest")), .at = day(1)}}));
  const Store store = std::move(builder).build();
  const StoreView view(store, as_of(40));
  const Ledger ledger = ledger_of(view);
  ASSERT_EQ(ledger.customers().size(), 2U) << "the guest bought nothing";
  EXPECT_TRUE(ledger.customers().numeric());
  EXPECT_EQ(ledger.customers().key_text({0}), "9");
  const auto places = customers_of(view, ledger.customers());
  EXPECT_EQ(store.key_text(places[0]), "9");
  EXPECT_EQ(store.key_text(places[1]), "10");
}

TEST(StoreLedger, JoinsLinkedSourcesUnderTheKeyOfTheFirst) {
  StoreBuilder builder;
  const auto buy = [&](std::string_view key, int on) {
    ASSERT_FALSE(builder.add(StoredTransaction{
        .stamp = {.source = builder.source(key), .at = day(on)}, .amount = 100 + on}));
  };
  buy("shop:1", 2);
  buy("club:1", 1);
  buy("club:1", 3);
  buy("shop:2", 4);
  builder.link(std::string_view("shop:1"), std::string_view("club:1"));
  const Store store = std::move(builder).build();
  const StoreView view(store, as_of(40));
  const Ledger ledger = ledger_of(view);
  ASSERT_EQ(ledger.customers().size(), 2U);
  EXPECT_EQ(ledger.customers().key_text({0}), "club:1");
  const LedgerView columns = ledger;
  EXPECT_EQ(std::vector(columns.amounts.begin(), columns.amounts.end()),
            (std::vector<std::int64_t>{101, 102, 103, 104}));
  EXPECT_EQ(customers_of(view, ledger.customers()), (std::vector<CustomerId>{{0}, {1}}));
  // Separated again, they are three.
  const Clusters apart(store.sources().size());
  EXPECT_EQ(ledger_of(StoreView(store, apart, as_of(40))).customers().size(), 3U);
}

TEST(StoreLedger, HoldsWhatWasSoAndKnownByTheDateInTheRoleAskedFor) {
  StoreBuilder builder;
  const auto source = builder.source(std::string_view("a"));
  const auto add = [&](StoredTransaction row) {
    row.stamp.source = source;
    ASSERT_FALSE(builder.add(row));
  };
  add({.stamp = {.at = day(1)}, .amount = 1});
  add({.stamp = {.at = day(2), .known = day(9)}, .amount = 2});
  add({.stamp = {.at = day(3), .voided = day(4)}, .amount = 4});
  add({.stamp = {.at = day(5), .known = day(5), .voided = day(20)}, .amount = 8});
  add({.stamp = {.at = day(7)}, .amount = 16});
  add({.stamp = {.at = day(1)}, .amount = 32, .role = Role::supplier});
  const Store store = std::move(builder).build();
  const auto sum = [&](const PointInTime& point, Role role = Role::customer) {
    const Ledger ledger = ledger_of(StoreView(store, point, role));
    std::int64_t total = 0;
    for (const std::int64_t amount : ledger.view().amounts) total += amount;
    return total;
  };
  EXPECT_EQ(sum(as_of(0)), 0);
  EXPECT_EQ(sum(as_of(6)), 1 + 8);
  EXPECT_EQ(sum(as_of(10)), 1 + 2 + 8 + 16);
  EXPECT_EQ(sum(as_of(30)), 1 + 2 + 16);
  EXPECT_EQ(sum({.as_of = core::AsOf(day(6)), .known = core::AsOf(day(10))}), 1 + 2 + 8);
  EXPECT_EQ(sum(as_of(10), Role::supplier), 32);
}

TEST(StoreLedger, IsTheSameForAnyNumberOfThreads) {
  const auto shop = testing::make_small_shop({.customers = 60});
  const StoreView view(shop.store, {.as_of = shop.last_day});
  expect_same(ledger_of(view), ledger_of(view, {4}));
  EXPECT_GT(ledger_of(view).customers().size(), 50U);
}

TEST(StoreLedger, OfAnEmptyStoreIsEmpty) {
  const Store store = std::move(StoreBuilder{}).build();
  EXPECT_EQ(ledger_of(StoreView(store, as_of(0))).rows(), 0U);
}

TEST(StoreLedger, RefusesCustomersThatAreNotInTheStore) {
  const Store store = store_of("customer_id,date,amount\n1,2024-01-05,1\n");
  const Store other = store_of("customer_id,date,amount\n2,2024-01-05,1\n");
  const StoreView view(store, as_of(40));
  EXPECT_THROW((void)customers_of(view, ledger_of(StoreView(other, as_of(40))).customers()),
               std::invalid_argument);
}

TEST(R50_StoreLedger, ScoresCdnowAsTheFileItselfIsScored) {
  RAPPORT_REQUIRE_DATA();
  const std::string path = tests::data_file("cdnow_sample_transactions.csv");
  StoreBuilder builder;
  io::read_records<StoredTransaction>(io::Input::file(path), builder);
  const Store store = std::move(builder).build();
  const Ledger of_file = io::read_transactions(path);
  const Ledger of_store = ledger_of(StoreView(store, {.as_of = core::AsOf(*store.last_day())}));
  expect_same(of_store, of_file);
  const auto day = rapport::as_of("1997-09-30");
  const Ledger by_then = ledger_of(StoreView(store, {.as_of = day}));
  EXPECT_LT(by_then.rows(), of_file.rows());
  EXPECT_EQ(scores_csv(by_then, day), scores_csv(of_file, day));
}

}  // namespace
}  // namespace rapport::record
