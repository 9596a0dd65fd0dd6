#include <rapport/record/view.hpp>

#include <rapport/record/store_builder.hpp>

#include "support/days.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;
using tests::as_of_day;
using tests::first_day;
using tests::on;

// Sales of 1, 2, ... on those days, by two source records of one customer in turn.
Store sales_in_turn(const std::vector<int>& days) {
  StoreBuilder builder;
  const SourceId sources[] = {builder.source(std::string_view("a")),
                              builder.source(std::string_view("b"))};
  std::int64_t amount = 0;
  for (const int number : days) {
    const SourceId source = sources[amount % 2];
    ++amount;
    EXPECT_FALSE(builder.add(
        StoredTransaction{.stamp = {.source = source, .at = on(number)}, .amount = amount}));
  }
  builder.link(std::string_view("a"), std::string_view("b"));
  return std::move(builder).build();
}

std::vector<std::int64_t> amounts_of(const CustomerView& customer) {
  std::vector<std::int64_t> amounts;
  customer.each<StoredTransaction>(
      [&](const StoredTransaction& row) { amounts.push_back(row.amount); });
  return amounts;
}

TEST(View, BringsTheRowsOfLinkedSourceRecordsIntoOneOrderOfTime) {
  const Store store = sales_in_turn({5, 3, 1, 4, 9});
  const StoreView view(store, as_of_day(8));
  ASSERT_EQ(view.customers(), 1U);
  EXPECT_EQ(view.customer({0}).sources().size(), 2U);
  EXPECT_EQ(amounts_of(view.customer({0})), (std::vector<std::int64_t>{3, 2, 4, 1}));
}

TEST(View, AtOneInstantTheFirstSourceRecordComesFirst) {
  const Store store = sales_in_turn({2, 2, 2, 2});
  const StoreView view(store, as_of_day(2));
  EXPECT_EQ(amounts_of(view.customer({0})), (std::vector<std::int64_t>{1, 3, 2, 4}));
}

TEST(View, CustomersOfTheCallersMakingTakeThePlaceOfTheStores) {
  const Store store = sales_in_turn({0, 1, 2});
  const Clusters apart(2);
  const StoreView view(store, apart, as_of_day(9));
  ASSERT_EQ(view.customers(), 2U);
  EXPECT_EQ(amounts_of(view.customer({0})), (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(amounts_of(view.customer({1})), (std::vector<std::int64_t>{2}));
}

// A store compares seconds in 32 bits where a Sight compares instants.
TEST(View, SeesWhatASightSees) {
  std::mt19937 random(17);
  const auto within = [&](unsigned days) {
    return on(0) + std::chrono::hours{random() % (24 * days)};
  };
  StoreBuilder builder;
  const SourceId source = builder.source(std::string_view("a"));
  std::vector<Holding> rows;
  for (std::int64_t i = 0; i < 300; ++i) {
    Holding row{.stamp = {.source = source, .at = within(20)}, .balance = i};
    row.stamp.known = row.stamp.at + (random() % 2 == 0 ? 0h : 100h);
    if (random() % 3 == 0) row.stamp.voided = within(30);
    ASSERT_FALSE(builder.add(row));
    rows.push_back(row);
  }
  const Store store = std::move(builder).build();
  for (const int now : {-400'000, 0, 3, 10, 40, 400'000}) {
    for (const int events : {-1, 5, 30}) {
      PointInTime point = as_of_day(now);
      point.events = core::AsOf(on(events));
      point.known = core::AsOf(on(now + 2));
      const StoreView view(store, point);
      std::vector<std::int64_t> seen, expected;
      for (const Holding& row : view.customer({0}).rows<Holding>()) seen.push_back(row.balance);
      for (const Holding& row : rows) {
        if (Sight(point, {}).sees(row.stamp)) expected.push_back(row.balance);
      }
      std::ranges::sort(seen);
      EXPECT_EQ(seen, expected) << now << ", events " << events;
      EXPECT_EQ(view.customer({0}).seen(), !expected.empty());
    }
  }
}

TEST(View, EndsTheDayInTheZoneOfTheStore) {
  StoreBuilder builder({.zone = core::Zone::fixed(3h + 30min)});
  ASSERT_FALSE(builder.add(
      Party{.stamp = {.source = builder.source(std::string_view("a")), .at = first_day + 21h}}));
  const Store store = std::move(builder).build();
  EXPECT_FALSE(StoreView(store, as_of_day(0)).customer({0}).seen());
  EXPECT_TRUE(StoreView(store, as_of_day(1)).customer({0}).seen());
}

TEST(View, ARecordThatWasTakenBackIsSeenUntilThenAlone) {
  StoreBuilder builder;
  (void)builder.add(StoredTransaction{
      .stamp = {.source = builder.source(std::string_view("ada")), .at = on(0), .voided = on(3)},
      .amount = 5});
  const Store store = std::move(builder).build();
  const auto seen = [&](int number) {
    const StoreView view(store, as_of_day(number));
    return view.customer({0}).rows<StoredTransaction>().size();
  };
  EXPECT_EQ(seen(0), 1U);
  EXPECT_EQ(seen(2), 1U);
  EXPECT_EQ(seen(3), 0U);
}

TEST(View, RejectsClustersOfAnotherStore) {
  const Store store = sales_in_turn({0, 1});
  const Clusters other(3);
  EXPECT_THROW(StoreView(store, other, as_of_day(0)), std::invalid_argument);
}

TEST(View, TimeCanPassWithoutAnythingHappening) {
  const Store store = sales_in_turn({0, 1, 2, 3});
  PointInTime point = as_of_day(60);
  point.events = core::AsOf(on(1));
  const StoreView view(store, point);
  EXPECT_EQ(view.sight().now, on(61));
  EXPECT_EQ(amounts_of(view.customer({0})), (std::vector<std::int64_t>{1, 2}));
}

// R22: one party, two roles, one identity.
TEST(R22_Roles, PurchasesFromASupplierAreSeenInThatRoleAlone) {
  StoreBuilder builder;
  const Stamp stamp{.source = builder.source(std::string_view("mill")), .at = first_day};
  ASSERT_FALSE(builder.add(StoredTransaction{.stamp = stamp, .amount = 100}));
  ASSERT_FALSE(
      builder.add(StoredTransaction{.stamp = stamp, .amount = 700, .role = Role::supplier}));
  const Store store = std::move(builder).build();
  const PointInTime point{.as_of = core::AsOf(first_day)};
  const auto amount = [&](Role role) {
    const StoreView view(store, point, role);
    const auto rows = view.customer({0}).rows<StoredTransaction>();
    return rows.size() == 1 ? rows[0].amount : -1;
  };
  EXPECT_EQ(amount(Role::customer), 100);
  EXPECT_EQ(amount(Role::supplier), 700);
  EXPECT_EQ(store.clusters().customers(), 1U);
}

}  // namespace
}  // namespace rapport::record
