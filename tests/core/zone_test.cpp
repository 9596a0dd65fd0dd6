#include <rapport/core/zone.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

namespace rapport::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::local_days;
using std::chrono::local_seconds;

// Berlin in 2021: summer time from 28 March to 31 October, both at 01:00 UTC.
const Zone berlin("Europe/Berlin", 1h,
                  {{Day{2021y / 3 / 28} + 1h, 2h}, {Day{2021y / 10 / 31} + 1h, 1h}});

TEST(R64_Zone, SaleLateInTheEveningFallsOnTheNextDayInTehran) {
  const Instant sale = Day{2025y / 3 / 20} + 21h;
  EXPECT_EQ(Zone().day_of(sale), Day{2025y / 3 / 20});
  EXPECT_EQ(Zone::fixed(3h + 30min).day_of(sale), Day{2025y / 3 / 21});
}

TEST(Zone, FollowsItsChanges) {
  EXPECT_EQ(berlin.offset_at(Day{2021y / 3 / 28} + 59min + 59s), 1h);
  EXPECT_EQ(berlin.offset_at(Day{2021y / 3 / 28} + 1h), 2h);
  EXPECT_EQ(berlin.offset_at(Day{2021y / 10 / 31} + 1h), 1h);
  EXPECT_EQ(berlin.begin_of(Day{2021y / 7 / 1}), Day{2021y / 6 / 30} + 22h);
}

TEST(Zone, SkippedTimesAreTheInstantOfTheJump) {
  const local_seconds skipped = local_days{2021y / 3 / 28} + 2h + 30min;
  EXPECT_EQ(berlin.instant_of(skipped), Day{2021y / 3 / 28} + 1h);
}

TEST(Zone, RepeatedTimesAreTheFirstOfTheTwo) {
  const local_seconds twice = local_days{2021y / 10 / 31} + 2h + 30min;
  EXPECT_EQ(berlin.instant_of(twice), Day{2021y / 10 / 31} + 30min);
}

TEST(Zone, EveryInstantFallsInTheDayThatBeginsBeforeIt) {
  for (Instant at = Day{2021y / 3 / 26}; at < Day{2021y / 11 / 3}; at += 1h) {
    const Day day = berlin.day_of(at);
    ASSERT_LE(berlin.begin_of(day), at);
    ASSERT_GT(berlin.begin_of(day + std::chrono::days{1}), at);
  }
}

TEST(Zone, FixedOffsetsHaveNames) {
  EXPECT_EQ(Zone().name(), "UTC");
  EXPECT_TRUE(Zone().is_utc());
  EXPECT_EQ(Zone::fixed(-(3h + 30min)).name(), "UTC-03:30");
  EXPECT_FALSE(Zone::fixed(1h).is_utc());
}

TEST(Zone, RefusesOffsetsOfADayAndChangesOutOfOrder) {
  EXPECT_THROW((void)Zone::fixed(24h), std::invalid_argument);
  EXPECT_THROW(Zone("x", 0s, {{Instant{1s}, 1h}, {Instant{1s}, 2h}}), std::invalid_argument);
}

TEST(Zone, IsEqualByNameAndChanges) {
  using std::chrono::hours;
  EXPECT_EQ(Zone(), Zone::fixed(hours{0}));
  EXPECT_NE(Zone::fixed(hours{1}), Zone::fixed(hours{2}));
  const Zone jump("here", hours{1}, {{Instant{}, hours{2}}});
  EXPECT_EQ(jump, Zone("here", hours{1}, {{Instant{}, hours{2}}}));
  EXPECT_NE(jump, Zone("here", hours{1}, {{Instant{}, hours{3}}}));
}

}  // namespace
}  // namespace rapport::core
