#include <rapport/record/packing.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;
using When = std::optional<core::Instant>;

constexpr core::Instant epoch = core::Day{2000y / 1 / 1};
constexpr auto width = std::chrono::seconds{std::numeric_limits<std::uint32_t>::max()};

template <class Value>
Value there_and_back(const Value& value) {
  using Packing = detail::Packing<Value>;
  return Packing::unpack(Packing::pack(value, epoch), epoch);
}

TEST(Packing, TheRangeBeginsWithTheEpochAndLastsA136Years) {
  EXPECT_TRUE(in_range(epoch, epoch));
  EXPECT_FALSE(in_range(epoch - 1s, epoch));
  EXPECT_TRUE(in_range(epoch + width - 1s, epoch));
  EXPECT_FALSE(in_range(epoch + width, epoch));
  EXPECT_TRUE(in_range(core::Day{2136y / 2 / 7}, epoch));
}

TEST(Packing, SecondsAreMovedToTheEndsOfTheRange) {
  EXPECT_EQ(clamped_seconds(epoch - 1s, epoch), 0U);
  EXPECT_EQ(clamped_seconds(epoch + 7s, epoch), 7U);
  EXPECT_EQ(clamped_seconds(epoch + width + 1s, epoch), width.count());
  EXPECT_EQ(clamped_seconds(core::Instant::max(), core::Instant{}), width.count());
}

TEST(Packing, ValuesComeBackAsTheyWentIn) {
  EXPECT_EQ(there_and_back(std::int64_t{-5}), -5);
  EXPECT_EQ(there_and_back(Name{7}), Name{7});
  for (const core::Instant instant : {epoch, epoch + 1s, epoch + width - 1s}) {
    EXPECT_EQ(there_and_back(instant), instant);
    EXPECT_EQ(there_and_back(When(instant)), instant);
  }
  EXPECT_EQ(there_and_back(When()), std::nullopt);
}

TEST(Packing, AnOptionalInstantFitsWhereThereIsNone) {
  using Packing = detail::Packing<When>;
  EXPECT_TRUE(Packing::fits(std::nullopt, epoch));
  EXPECT_TRUE(Packing::fits(epoch, epoch));
  EXPECT_FALSE(Packing::fits(epoch - 1s, epoch));
}

using Numbers = detail::PackedColumn<std::int32_t>;

Numbers column_of(const std::vector<std::int32_t>& values, std::int32_t standard = 5) {
  Numbers column;
  for (std::size_t i = 0; i < values.size(); ++i) column.add(i, values[i], standard, epoch);
  return column;
}

TEST(PackedColumn, TakesNoRoomWhileEveryRowHasTheDefault) {
  const Numbers column = column_of({5, 5, 5});
  EXPECT_TRUE(column.kept().empty());
  EXPECT_EQ(column.get(2, 5, epoch), 5);
  EXPECT_EQ(column.compare(0, 2), 0);
}

TEST(PackedColumn, FillsInTheDefaultOfTheRowsBefore) {
  const Numbers column = column_of({5, 5, 1, 5});
  ASSERT_EQ(column.kept().size(), 4U);
  EXPECT_EQ(column.get(0, 5, epoch), 5);
  EXPECT_EQ(column.get(2, 5, epoch), 1);
  EXPECT_EQ(column.get(3, 5, epoch), 5);
}

TEST(PackedColumn, ComparesRowsByTheirValues) {
  const Numbers column = column_of({-1, 4, 4});
  EXPECT_EQ(column.compare(0, 1), -1);
  EXPECT_EQ(column.compare(1, 0), 1);
  EXPECT_EQ(column.compare(1, 2), 0);
}

TEST(PackedColumn, PutsRowsInAnotherOrder) {
  Numbers column = column_of({10, 20, 30});
  column.permute(std::vector<std::uint32_t>{2, 0, 1});
  EXPECT_EQ(column.get(0, 5, epoch), 30);
  EXPECT_EQ(column.get(1, 5, epoch), 10);
  EXPECT_EQ(column.get(2, 5, epoch), 20);
  Numbers unkept = column_of({5, 5});
  unkept.permute(std::vector<std::uint32_t>{1, 0});
  EXPECT_TRUE(unkept.kept().empty());
}

TEST(PackedColumn, NoInstantIsLessThanAnyInstant) {
  detail::PackedColumn<When> column;
  column.add(0, std::nullopt, std::nullopt, epoch);
  column.add(1, epoch, std::nullopt, epoch);
  EXPECT_EQ(column.compare(0, 1), -1);
  EXPECT_EQ(column.get(0, std::nullopt, epoch), std::nullopt);
  EXPECT_EQ(column.get(1, std::nullopt, epoch), epoch);
}

}  // namespace
}  // namespace rapport::record
