#include <rapport/record/table.hpp>

#include <rapport/record/holding.hpp>
#include <rapport/record/table_builder.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant epoch = core::Day{2000y / 1 / 1};

struct NoRecord {
  Stamp stamp;
};
static_assert(Record<Holding>);
static_assert(!Record<NoRecord> && !Record<int>);

Table<Holding> table_of(const std::vector<Holding>& rows, std::uint32_t sources) {
  TableBuilder<Holding> builder(epoch);
  for (const Holding& row : rows) EXPECT_FALSE(builder.add(row));
  std::vector<std::uint32_t> numbers(sources);
  for (std::uint32_t i = 0; i < sources; ++i) numbers[i] = i;
  return std::move(builder).build(numbers, {}, {});
}

Holding holding(std::uint32_t source, core::Instant at, std::int64_t balance) {
  return {.stamp = {.source = {source}, .at = at}, .balance = balance};
}

TEST(Table, KeepsTheRowsOfASourceTogetherInTheOrderOfTime) {
  const auto table = table_of({holding(1, epoch + 3h, 31), holding(0, epoch + 2h, 2),
                               holding(1, epoch + 1h, 11), holding(1, epoch + 2h, 21)},
                              3);
  ASSERT_EQ(table.size(), 4U);
  const auto [begin, end] = table.run({1});
  ASSERT_EQ(end - begin, 3U);
  std::vector<std::int64_t> balances;
  for (auto i = begin; i < end; ++i) balances.push_back(table.row({1}, i).balance);
  EXPECT_EQ(balances, (std::vector<std::int64_t>{11, 21, 31}));
  EXPECT_EQ(table.row({1}, begin).stamp.source, SourceId{1});
  const auto nobody = table.run({2});
  EXPECT_EQ(nobody.begin, nobody.end);
}

TEST(Table, OfNothingHasEmptyRuns) {
  const Table<Holding> table;
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.run({7}).begin, table.run({7}).end);
}

TEST(Table, WhatWasKnownAtOnceTakesNoRoom) {
  const auto at_once = table_of({holding(0, epoch + 1h, 1)}, 1);
  EXPECT_TRUE(at_once.known_seconds().empty());
  EXPECT_TRUE(at_once.voided_seconds().empty());
  EXPECT_EQ(at_once.known(0), epoch + 1h);

  Holding late = holding(0, epoch + 2h, 2);
  late.stamp.known = epoch + 9h;
  late.stamp.voided = epoch + 10h;
  const auto table = table_of({holding(0, epoch + 1h, 1), late, holding(0, epoch + 3h, 3)}, 1);
  ASSERT_EQ(table.known_seconds().size(), 3U);
  EXPECT_EQ(table.known(0), epoch + 1h);
  EXPECT_EQ(table.known(1), epoch + 9h);
  EXPECT_EQ(table.known(2), epoch + 3h);
  EXPECT_EQ(table.voided_seconds()[0], 0U);
  EXPECT_EQ(table.voided_seconds()[1], 36'001U);
  EXPECT_EQ(table.row({0}, 1), late);
}

TEST(Table, CountsSecondsFromItsEpoch) {
  const auto table = table_of({holding(0, epoch + 1min, 1)}, 1);
  EXPECT_EQ(table.epoch(), epoch);
  EXPECT_EQ(table.seconds()[0], 60U);
  EXPECT_EQ(table.at(0), epoch + 1min);
}

}  // namespace
}  // namespace rapport::record
