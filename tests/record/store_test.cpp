#include <rapport/record/store.hpp>
#include <rapport/record/store_builder.hpp>
#include <rapport/record/view.hpp>

#include "support/days.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;

using tests::first_day;

struct Call {
  std::string who;
  core::Instant when;
  std::string line;
  std::int32_t minutes = 0;
  std::optional<core::Instant> heard = {};
};

std::vector<Call> calls() {
  return {{"ben", first_day + 26h, "phone", 5},
          {"ada", first_day + 2h, "sms", 1},
          {"ada", first_day + 1h, "phone", 2, first_day + 50h},
          {"ada", first_day + 1h, "mail", 3}};
}

Store store_of(const std::vector<Call>& rows) {
  StoreBuilder builder;
  builder.add_rows<Interaction>(
      rows, source(&Call::who), at(&Call::when), known(&Call::heard),
      field<&Interaction::channel>(&Call::line), field<&Interaction::minutes>(&Call::minutes),
      field<&Interaction::direction>([](const Call&) { return "inbound"; }));
  return std::move(builder).build();
}

std::vector<Interaction> rows_of(const Store& store, SourceId source) {
  std::vector<Interaction> rows;
  const auto& table = store.table<Interaction>();
  for (auto [i, end] = table.run(source); i < end; ++i) rows.push_back(table.row(source, i));
  return rows;
}

TEST(Store, KeepsAHostsOwnRowsByCustomerInTheOrderOfTime) {
  const Store store = store_of(calls());
  ASSERT_EQ(store.sources().size(), 2U);
  EXPECT_EQ(store.key_text(SourceId{0}), "ada");
  const auto ada = rows_of(store, {0});
  ASSERT_EQ(ada.size(), 3U);
  EXPECT_EQ(store.text(ada[0].channel), "mail");
  EXPECT_EQ(store.text(ada[1].channel), "phone");
  EXPECT_EQ(store.text(ada[2].channel), "sms");
  EXPECT_EQ(ada[1].stamp.known, first_day + 50h);
  EXPECT_EQ(ada[2].stamp.known, first_day + 2h);
  EXPECT_EQ(ada[2].minutes, 1U);
  EXPECT_EQ(ada[2].direction, Direction::inbound);
  EXPECT_EQ(store.last_day(), core::Day(2024y / 1 / 2));
  EXPECT_EQ(store.find_source(std::string_view("ben")), SourceId{1});
  EXPECT_FALSE(store.find_source(std::string_view("eve")));
  EXPECT_FALSE(store.find_name("fax"));
}

TEST(Store, DoesNotDependOnTheOrderOfRows) {
  auto rows = calls();
  const Store expected = store_of(rows);
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(rows.begin(), rows.end(), random);
    const Store shuffled = store_of(rows);
    for (const SourceId source : {SourceId{0}, SourceId{1}}) {
      EXPECT_EQ(rows_of(shuffled, source), rows_of(expected, source));
    }
  }
}

TEST(Store, OrdersNumericKeysByValue) {
  struct Row {
    std::int64_t who;
  };
  StoreBuilder builder;
  const std::vector<Row> rows = {{10}, {9}, {-1}};
  builder.add_rows<Party>(rows, source(&Row::who), at([](const Row&) { return first_day; }));
  const Store store = std::move(builder).build();
  EXPECT_EQ(store.key_text(SourceId{0}), "-1");
  EXPECT_EQ(store.key_text(SourceId{2}), "10");
  EXPECT_EQ(store.find_source(std::int64_t{9}), SourceId{1});
  EXPECT_EQ(store.find_source(std::string_view("9")), SourceId{1});
}

TEST(Store, ColumnsThatNobodyNeedsAreDefaultsAndOthersGrowWhenNeeded) {
  StoreBuilder builder;
  const SourceId who = builder.source(std::string_view("ada"));
  ASSERT_FALSE(builder.add(Holding{.stamp = {.source = who, .at = first_day}, .balance = 5}));
  ASSERT_FALSE(builder.add(Holding{.stamp = {.source = who, .at = first_day + 1h, .key = 8},
                                   .account = builder.name("giro")}));
  const Store store = std::move(builder).build();
  const auto& table = store.table<Holding>();
  const auto [begin, end] = table.run({0});
  ASSERT_EQ(end - begin, 2U);
  EXPECT_EQ(table.row({0}, 0).balance, 5);
  EXPECT_EQ(table.row({0}, 0).account, Name{});
  EXPECT_EQ(table.row({0}, 0).stamp.key, 0U);
  EXPECT_EQ(store.text(table.row({0}, 1).account), "giro");
  EXPECT_EQ(table.row({0}, 1).stamp.key, 8U);
  EXPECT_TRUE(table.known_seconds().empty());
}

TEST(Store, EveryKindOfRecordComesBackAsItWentIn) {
  StoreBuilder builder;
  const SourceId who = builder.source(std::string_view("ada"));
  const Stamp stamp{.source = who,
                    .at = first_day,
                    .known = first_day + 1h,
                    .voided = first_day + 9h,
                    .key = std::numeric_limits<RowKey>::max()};
  const Promise promise{.stamp = stamp,
                        .by = Side::customer,
                        .department = Department::sales,
                        .due_at = first_day + 5h,
                        .waived_at = first_day + 4h};
  const Complaint complaint{.stamp = stamp, .reported_at = first_day + 3h, .severity = 5};
  const Survey survey{
      .stamp = stamp, .scale_low = 0, .scale_high = 10, .score = 9, .answered_at = first_day + 2h};
  const StoredTransaction refund{.stamp = stamp,
                                 .amount = -5,
                                 .kind = TransactionKind::refund,
                                 .goods = -3,
                                 .discount = 2,
                                 .role = Role::supplier};
  ASSERT_FALSE(builder.add(promise));
  ASSERT_FALSE(builder.add(complaint));
  ASSERT_FALSE(builder.add(survey));
  ASSERT_FALSE(builder.add(refund));
  const Store store = std::move(builder).build();
  EXPECT_EQ(store.table<Promise>().row({0}, 0), promise);
  EXPECT_EQ(store.table<Complaint>().row({0}, 0), complaint);
  EXPECT_EQ(store.table<Survey>().row({0}, 0), survey);
  EXPECT_EQ(store.table<StoredTransaction>().row({0}, 0), refund);
  EXPECT_EQ(store.rows(), 4U);
}

TEST(Store, OfNothingIsEmpty) {
  const Store store = StoreBuilder().build();
  EXPECT_EQ(store.rows(), 0U);
  EXPECT_EQ(store.clusters().customers(), 0U);
  EXPECT_FALSE(store.last_day());
}

}  // namespace
}  // namespace rapport::record
