#include <rapport/record/stamp.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;

constexpr core::Day today{2024y / 3 / 1};
constexpr PointInTime point{.as_of = core::AsOf(today)};

TEST(Stamp, IsKnownAtOnceUnlessItIsSaidOtherwise) {
  constexpr Stamp stamp{.at = today + 5h};
  EXPECT_EQ(stamp.known, stamp.at);
  EXPECT_FALSE(stamp.voided);
}

TEST(Sight, ReachesToTheMidnightThatFollowsTheAsOfDay) {
  const Sight sight(point, {});
  EXPECT_EQ(sight.now, today + 24h);
  EXPECT_EQ(sight.events, sight.now);
  EXPECT_EQ(sight.known, sight.now);
  EXPECT_TRUE(sight.sees({.at = today + 24h - 1s}));
  EXPECT_FALSE(sight.sees({.at = today + 24h}));
}

TEST(Sight, EndsTheDayInTheZone) {
  const Sight sight(point, core::Zone::fixed(3h + 30min));
  EXPECT_EQ(sight.now, today + 20h + 30min);
  EXPECT_FALSE(sight.sees({.at = today + 21h}));
}

TEST(Sight, DoesNotSeeWhatWasLearnedLater) {
  const Sight sight(point, {});
  EXPECT_TRUE(sight.sees({.at = today, .known = today + 23h}));
  EXPECT_FALSE(sight.sees({.at = today, .known = today + 24h}));
}

TEST(Sight, HindsightSeesWhatWasLearnedLaterButNothingThatHappenedLater) {
  PointInTime hindsight = point;
  hindsight.known = core::AsOf(today + std::chrono::days{30});
  const Sight sight(hindsight, {});
  EXPECT_EQ(sight.now, today + 24h);
  EXPECT_TRUE(sight.sees({.at = today, .known = today + 240h}));
  EXPECT_FALSE(sight.sees({.at = today + 24h, .known = today + 24h}));
}

TEST(Sight, TimeMayPassWithoutEvents) {
  PointInTime quiet = point;
  quiet.events = core::AsOf(today - std::chrono::days{10});
  const Sight sight(quiet, {});
  EXPECT_EQ(sight.now, today + 24h);
  EXPECT_TRUE(sight.sees({.at = today - 217h}));
  EXPECT_FALSE(sight.sees({.at = today - 216h}));
}

TEST(Sight, SeesARecordUntilItIsTakenBack) {
  const Sight sight(point, {});
  EXPECT_FALSE(sight.sees({.at = today, .voided = today + 23h}));
  EXPECT_TRUE(sight.sees({.at = today, .voided = today + 24h}));
}

}  // namespace
}  // namespace rapport::record
