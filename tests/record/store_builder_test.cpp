#include <rapport/record/store_builder.hpp>

#include "support/days.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;

using tests::first_day;

TEST(StoreBuilder, RefusesWhatItCannotKeepAndSaysWhere) {
  struct Row {
    std::string who;
    std::chrono::year_month_day day;
    std::string side;
    std::int64_t minutes;
  };
  const std::vector<Row> rows = {{"ada", 2024y / 1 / 1, "firm", 0},
                                 {"", 2024y / 1 / 1, "firm", 0},
                                 {"ada", 2024y / 2 / 30, "firm", 0},
                                 {"ada", 1900y / 1 / 1, "firm", 0},
                                 {"ada", 2024y / 1 / 1, "enemy", 0}};
  StoreBuilder builder;
  builder.add_rows<Promise>(rows, source(&Row::who), at(&Row::day), field<&Promise::by>(&Row::side),
                            field<&Promise::due_at>(&Row::day));
  const std::vector<Row> long_calls = {{"ada", 2024y / 1 / 1, "", -1},
                                       {"ada", 2024y / 1 / 1, "", std::int64_t{1} << 40}};
  builder.add_rows<Interaction>(long_calls, source(&Row::who), at(&Row::day),
                                field<&Interaction::minutes>(&Row::minutes));
  const Store store = std::move(builder).build();
  const auto& refusals = store.refusals(kind_number<Promise>);
  EXPECT_EQ(store.table<Promise>().size(), 1U);
  EXPECT_EQ(refusals.first(core::Reason::bad_key)[0].row, 2U);
  EXPECT_EQ(refusals.first(core::Reason::bad_date)[0].row, 3U);
  EXPECT_EQ(refusals.first(core::Reason::date_out_of_range)[0].row, 4U);
  EXPECT_EQ(refusals.first(core::Reason::bad_word)[0].row, 5U);
  EXPECT_EQ(store.refusals(kind_number<Interaction>).count(core::Reason::bad_number), 2U);
  EXPECT_EQ(store.refused(), 6U);
}

// What a host may keep in its own forms.
struct Order {
  std::int64_t who = 0;
  std::chrono::year_month_day placed = 2024y / 1 / 1;
  std::string what = {};
  core::Day promised = first_day;
  std::optional<core::Day> arrived = {};
  Side by = Side::firm;
};

TEST(StoreBuilder, TakesDatesChoicesAndOptionalsAsAHostHasThem) {
  StoreBuilder builder({.zone = core::Zone::fixed(1h)});
  const std::vector<Order> orders = {
      {7, 2024y / 1 / 1, "delivery", first_day + std::chrono::days{2}},
      {7, 2024y / 1 / 2, "", first_day, first_day + std::chrono::days{9}, Side::customer}};
  builder.add_rows<Promise>(
      orders, source(&Order::who), at(&Order::placed), field<&Promise::kind>(&Order::what),
      field<&Promise::due_at>(&Order::promised), field<&Promise::kept_at>(&Order::arrived),
      field<&Promise::by>(&Order::by));
  const Store store = std::move(builder).build();
  ASSERT_EQ(store.table<Promise>().size(), 2U);
  const Promise first = store.table<Promise>().row({0}, 0);
  EXPECT_EQ(first.stamp.at, first_day - 1h) << "the day begins in the store's zone";
  EXPECT_EQ(first.stamp.known, first.stamp.at);
  EXPECT_EQ(first.due_at, first_day + 47h);
  EXPECT_EQ(store.text(first.kind), "delivery");
  EXPECT_FALSE(first.kept_at);
  const Promise second = store.table<Promise>().row({0}, 1);
  EXPECT_EQ(second.kept_at, first_day + 9 * 24h - 1h);
  EXPECT_EQ(second.kind, Name{});
  EXPECT_EQ(second.by, Side::customer);
}

struct Sale {
  std::string who = "ada";
  core::Instant when = first_day;
  core::Money paid = core::Money(500, core::Currency("EUR"));
  std::optional<core::Instant> booked = {}, cancelled = {};
  std::uint64_t number = 0;
  std::string till = {};
};

TEST(StoreBuilder, TakesTheWholeStamp) {
  StoreBuilder builder({.currency = core::Currency("EUR")});
  const std::vector<Sale> sales = {{.booked = first_day + 2h,
                                    .cancelled = first_day + 5h,
                                    .number = std::numeric_limits<std::uint64_t>::max(),
                                    .till = "till 3"}};
  builder.add_rows<StoredTransaction>(
      sales, source(&Sale::who), at(&Sale::when), known(&Sale::booked), voided(&Sale::cancelled),
      key(&Sale::number), origin(&Sale::till), field<&StoredTransaction::amount>(&Sale::paid));
  const Store store = std::move(builder).build();
  ASSERT_EQ(store.refused(), 0U);
  const StoredTransaction row = store.table<StoredTransaction>().row({0}, 0);
  EXPECT_EQ(row.stamp.known, first_day + 2h);
  EXPECT_EQ(row.stamp.voided, first_day + 5h);
  EXPECT_EQ(row.stamp.key, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(store.text(row.stamp.origin), "till 3");
  EXPECT_EQ(row.amount, 500);
}

TEST(StoreBuilder, RefusesMoneyOfAnotherCurrency) {
  StoreBuilder builder({.currency = core::Currency("USD")});
  builder.add_rows<StoredTransaction>(std::vector<Sale>(1), source(&Sale::who), at(&Sale::when),
                                      field<&StoredTransaction::amount>(&Sale::paid));
  EXPECT_EQ(builder.refusals<StoredTransaction>().count(core::Reason::other_currency), 1U);
}

TEST(StoreBuilder, AComplaintWasReportedWhenItWasKnownUnlessItIsSaid) {
  StoreBuilder builder;
  const std::vector<Sale> complaints = {{.booked = first_day + 50h}, {.when = first_day + 1h}};
  builder.add_rows<Complaint>(complaints, source(&Sale::who), at(&Sale::when),
                              known(&Sale::booked));
  const Store store = std::move(builder).build();
  EXPECT_EQ(store.table<Complaint>().row({0}, 0).reported_at, first_day + 50h);
  EXPECT_EQ(store.table<Complaint>().row({0}, 1).reported_at, first_day + 1h);
}

TEST(StoreBuilder, CountsWhatTheKindItselfRefuses) {
  StoreBuilder builder;
  const std::vector<Sale> grants(2);
  builder.add_rows<Grant>(grants, source(&Sale::who), at(&Sale::when),
                          field<&Grant::cost>([](const Sale&) { return -1; }));
  const auto& refusals = builder.refusals<Grant>();
  ASSERT_EQ(refusals.count(core::Reason::bad_amount), 2U);
  EXPECT_EQ(refusals.first(core::Reason::bad_amount)[1].row, 2U);
}

TEST(StoreBuilder, LinksAreKeptOnceWhicheverWayTheyWereSaid) {
  using namespace std::string_view_literals;
  StoreBuilder builder;
  builder.link("c"sv, "b"sv);
  builder.link("b"sv, "c"sv);
  builder.link("a"sv, "c"sv);
  const Store store = std::move(builder).build();
  EXPECT_EQ(store.links(), (std::vector<Link>{{{0}, {2}}, {{1}, {2}}}));
  EXPECT_EQ(store.clusters().customers(), 1U);
  EXPECT_EQ(store.key_text(record::CustomerId{0}), "a");
}

TEST(StoreBuilder, MakesTheSameStoreOnAnyNumberOfThreads) {
  const auto build = [](int threads) {
    std::mt19937 random(23);
    StoreBuilder builder;
    for (int i = 0; i < 30'000; ++i) {
      const SourceId who = builder.source(static_cast<std::int64_t>(random() % 10'000));
      EXPECT_FALSE(
          builder.add(Holding{.stamp = {.source = who, .at = first_day + 1s * (random() % 50)},
                              .balance = static_cast<std::int64_t>(random() % 3)}));
    }
    return std::move(builder).build(threads);
  };
  const Store one = build(1), three = build(3);
  const auto& a = one.table<Holding>();
  const auto& b = three.table<Holding>();
  ASSERT_EQ(a.size(), b.size());
  for (std::uint32_t source = 0; source < one.sources().size(); ++source) {
    const auto run = a.run({source});
    ASSERT_EQ(run.end, b.run({source}).end);
    for (auto i = run.begin; i < run.end; ++i) ASSERT_EQ(a.row({source}, i), b.row({source}, i));
  }
}

TEST(StoreBuilder, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW((void)StoreBuilder().build({}, {.stop = stop.get_token()}), core::Cancelled);
}

TEST(StoreBuilder, SumsThatCouldLeaveSixtyFourBitsAreAnError) {
  StoreBuilder builder;
  const Stamp stamp{.source = builder.source(std::string_view("ada")), .at = first_day};
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  ASSERT_FALSE(builder.add(StoredTransaction{.stamp = stamp, .amount = most}));
  ASSERT_FALSE(builder.add(StoredTransaction{.stamp = stamp, .amount = 1}));
  EXPECT_THROW((void)std::move(builder).build(), std::overflow_error);
}

}  // namespace
}  // namespace rapport::record
