#include <rapport/fold/day_cut.hpp>

#include <gtest/gtest.h>

#include <limits>

#include <random>

namespace rapport::fold {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant epoch = core::Day{1930y / 1 / 1};

std::uint32_t time_of(core::Instant at) { return static_cast<std::uint32_t>((at - epoch).count()); }

const core::Zone berlin("Europe/Berlin", 1h,
                        {{core::Day{2015y / 3 / 29} + 1h, 2h},
                         {core::Day{2015y / 10 / 25} + 1h, 1h}});
// Clocks of Saint John's went back from 00:01 to 23:01 of the day before.
const core::Zone saint_johns("America/St_Johns", -2h - 30min,
                             {{core::Day{2006y / 10 / 29} + 2h + 31min, -3h - 30min}});
// Samoa had no 30 December 2011.
const core::Zone samoa("Pacific/Apia", -10h, {{core::Day{2011y / 12 / 30} + 10h, 14h}});

TEST(DayCut, AgreesWithTheZone) {
  for (const core::Zone& zone :
       {core::Zone{}, core::Zone::fixed(13h + 45min), core::Zone::fixed(-11h), berlin, samoa}) {
    SCOPED_TRACE(zone.name());
    for (const core::Instant from : {epoch, epoch + 12h + 7s}) {
      const DayCut cut(zone, from);
      std::mt19937 random(1);
      for (int i = 0; i < 20'000; ++i) {
        const auto time = static_cast<std::uint32_t>(random());
        ASSERT_EQ(day_of(cut.day(time)), zone.day_of(from + std::chrono::seconds{time})) << time;
      }
    }
  }
}

TEST(DayCut, KeepsToTheLaterDayWhenClocksGoBackOverMidnight) {
  const DayCut cut(saint_johns, epoch);
  const core::Instant midnight = core::Day{2006y / 10 / 29} + 2h + 30min;
  const DayNumber later = day_number(core::Day{2006y / 10 / 29});
  EXPECT_EQ(cut.day(time_of(midnight) - 1), later - 1);
  EXPECT_EQ(cut.day(time_of(midnight)), later);
  EXPECT_EQ(cut.day(time_of(midnight + 30min)), later) << "23:30 of the day before, once more";
  EXPECT_EQ(cut.day(time_of(midnight + 25h) - 1), later);
  EXPECT_EQ(cut.day(time_of(midnight + 25h)), later + 1);
}

TEST(DayCut, BeginsADayAtItsFirstTime) {
  for (const core::Zone& zone : {core::Zone{}, berlin, saint_johns, samoa}) {
    SCOPED_TRACE(zone.name());
    const DayCut cut(zone, epoch);
    for (const auto first : {2006y / 10 / 27, 2015y / 3 / 27, 2015y / 10 / 23, 2011y / 12 / 28}) {
      for (DayNumber day = day_number(first); day < day_number(first) + 6; ++day) {
        const std::uint64_t begin = cut.begin_of(day);
        EXPECT_GE(cut.day(static_cast<std::uint32_t>(begin)), day);
        EXPECT_LT(cut.day(static_cast<std::uint32_t>(begin - 1)), day);
        EXPECT_EQ(begin, time_of(zone.begin_of(day_of(day))));
      }
    }
  }
}

TEST(DayCut, DaysBeyondTheLedgerBeginAtItsEnds) {
  const DayCut cut({}, epoch);
  EXPECT_EQ(cut.begin_of(std::numeric_limits<DayNumber>::min()), 0U);
  EXPECT_EQ(cut.begin_of(day_number(core::Day{1930y / 1 / 1})), 0U);
  EXPECT_EQ(cut.begin_of(day_number(core::Day{2066y / 2 / 8})), std::uint64_t{1} << 32);
  EXPECT_EQ(cut.begin_of(std::numeric_limits<DayNumber>::max()), std::uint64_t{1} << 32);
}

}  // namespace
}  // namespace rapport::fold
