#include <rapport/record/table_builder.hpp>

#include <rapport/record/complaint.hpp>
#include <rapport/record/holding.hpp>
#include <rapport/record/promise.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant epoch = core::Day{2000y / 1 / 1};
constexpr core::Instant early = epoch - 1s;
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

static_assert(Normalised<Complaint>);
static_assert(!Normalised<Holding>);

std::vector<Holding> rows_of(const std::vector<Holding>& rows, const core::Threads& threads = {}) {
  TableBuilder<Holding> builder(epoch);
  for (const Holding& row : rows) EXPECT_FALSE(builder.add(row));
  const std::vector<std::uint32_t> numbers = {0}, names = {0, 1, 2, 3};
  const Table<Holding> table = std::move(builder).build(numbers, names, threads);
  std::vector<Holding> kept;
  for (std::uint64_t i = 0; i < table.size(); ++i) kept.push_back(table.row({0}, i));
  return kept;
}

TEST(TableBuilder, GivesSourcesAndNamesTheirFinalNumbers) {
  TableBuilder<Holding> builder(epoch);
  ASSERT_FALSE(builder.add(
      {.stamp = {.source = {0}, .at = epoch, .origin = {2}}, .product = {1}, .balance = 1}));
  ASSERT_FALSE(builder.add({.stamp = {.source = {1}, .at = epoch}, .product = {2}, .balance = 2}));
  const std::vector<std::uint32_t> numbers = {1, 0}, names = {5, 3};
  const auto table = std::move(builder).build(numbers, names, {});
  const Holding first = table.row({0}, table.run({0}).begin);
  EXPECT_EQ(first.balance, 2);
  EXPECT_EQ(first.product, Name{4});
  EXPECT_EQ(first.stamp.origin, Name{}) << "the name of nothing stays";
  const Holding second = table.row({1}, table.run({1}).begin);
  EXPECT_EQ(second.product, Name{6});
  EXPECT_EQ(second.stamp.origin, Name{4});
}

// Rows that differ in one member only, each in another.
TEST(TableBuilder, EveryMemberDecidesTheOrderOfRows) {
  const Stamp stamp{.at = epoch + 5h};
  const auto with = [&](auto change) {
    Holding row{.stamp = stamp, .account = {1}};
    change(row);
    return row;
  };
  std::vector<Holding> rows = {
      with([](Holding&) {}),
      with([](Holding& row) { row.stamp.at = row.stamp.known = epoch + 6h; }),
      with([](Holding& row) { row.stamp.known = epoch + 6h; }),
      with([](Holding& row) { row.stamp.voided = epoch + 6h; }),
      with([](Holding& row) { row.stamp.key = 1; }),
      with([](Holding& row) { row.stamp.origin = {3}; }),
      with([](Holding& row) { row.account = {2}; }),
      with([](Holding& row) { row.product = {1}; }),
      with([](Holding& row) { row.balance = 9; }),
  };
  const auto expected = rows_of(rows);
  EXPECT_EQ(expected.front(), (Holding{.stamp = stamp, .account = {1}}));
  EXPECT_EQ(expected.back().stamp.at, epoch + 6h);
  std::mt19937 random(11);
  for (int i = 0; i < 50; ++i) {
    std::shuffle(rows.begin(), rows.end(), random);
    EXPECT_EQ(rows_of(rows, core::Threads(2)), expected);
  }
}

TEST(TableBuilder, RefusesInstantsThatAStoreCannotKeepWhicheverMemberHoldsThem) {
  TableBuilder<Promise> builder(epoch);
  const Promise good{.stamp = {.at = epoch}, .due_at = epoch};
  const auto refused = [&](auto change) {
    Promise row = good;
    change(row);
    return builder.add(row) == core::Reason::date_out_of_range;
  };
  EXPECT_TRUE(refused([](Promise& row) { row.stamp.at = early; }));
  EXPECT_TRUE(refused([](Promise& row) { row.stamp.known = early; }));
  EXPECT_TRUE(refused([](Promise& row) { row.stamp.voided = early; }));
  EXPECT_TRUE(refused([](Promise& row) { row.due_at = early; }));
  EXPECT_TRUE(refused([](Promise& row) { row.kept_at = early; }));
  EXPECT_TRUE(refused([](Promise& row) { row.settled_known = core::Instant::max(); }));
  EXPECT_EQ(builder.size(), 0U) << "a refused row leaves no trace";
  EXPECT_FALSE(builder.add(good));
  EXPECT_EQ(builder.size(), 1U);
}

TEST(TableBuilder, RefusesWhatTheKindRefuses) {
  TableBuilder<Complaint> builder(epoch);
  EXPECT_EQ(builder.add({.stamp = {.at = epoch}, .severity = 6}), core::Reason::bad_number);
  EXPECT_EQ(builder.size(), 0U);
}

// The sizes of amounts count: balances above and below zero may be summed apart.
TEST(TableBuilder, AmountsWhoseSumsCouldLeaveSixtyFourBitsAreAnError) {
  const auto build = [](std::int64_t a, std::int64_t b) {
    (void)rows_of({{.stamp = {.at = epoch}, .balance = a}, {.stamp = {.at = epoch}, .balance = b}});
  };
  EXPECT_NO_THROW(build(most, 0));
  EXPECT_NO_THROW(build(most - 1, -1));
  EXPECT_THROW(build(most, -1), std::overflow_error);
  EXPECT_THROW(build(std::numeric_limits<std::int64_t>::min(), 0), std::overflow_error);
}

}  // namespace
}  // namespace rapport::record
