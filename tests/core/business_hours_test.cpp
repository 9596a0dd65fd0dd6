#include <rapport/core/business_hours.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <stdexcept>

namespace rapport::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::Friday;
using std::chrono::Monday;
using std::chrono::Saturday;
using std::chrono::seconds;
using std::chrono::Sunday;
using std::chrono::Thursday;
using std::chrono::Tuesday;
using std::chrono::Wednesday;
using Week = BusinessHours::Week;

const Week office_week = Week().on({Monday, Tuesday, Wednesday, Thursday, Friday}, {{9h, 17h}});
const BusinessHours office(office_week);

// Friday the 7th, Monday the 10th of June 2024.
constexpr Day friday = 2024y / 6 / 7;
constexpr Day monday = 2024y / 6 / 10;

TEST(R19_BusinessHours, AnHourFromHalfPastFourOnFridayEndsAtHalfPastNineOnMonday) {
  EXPECT_EQ(office.add(friday + 16h + 30min, 1h), monday + 9h + 30min);
}

TEST(BusinessHours, EndWithTheWorkingDayWhereTheTimeIsJustUp) {
  EXPECT_EQ(office.add(friday + 16h, 1h), friday + 17h);
  EXPECT_EQ(office.add(friday + 16h, 1h + 1s), monday + 9h + 1s);
  EXPECT_EQ(office.add(friday + 20h, 0h), friday + 20h);
  EXPECT_EQ(office.add(friday + 20h, 8h), monday + 17h);
}

TEST(BusinessHours, SkipHolidays) {
  const BusinessHours hours(office_week, {monday + std::chrono::days{1}, monday, monday});
  EXPECT_EQ(hours.holidays().size(), 2U);
  EXPECT_EQ(hours.add(friday + 16h + 30min, 1h), monday + std::chrono::days{2} + 9h + 30min);
  EXPECT_EQ(hours.working_time_between(friday, monday + std::chrono::days{3}), 16h);
}

TEST(BusinessHours, MayOpenSeveralTimesADay) {
  const BusinessHours shop(Week().on({Monday}, {{9h, 13h}, {15h, 19h}}));
  EXPECT_EQ(shop.add(monday + 12h, 2h), monday + 16h);
  EXPECT_EQ(shop.next_opening(monday + 13h), monday + 15h);
  EXPECT_EQ(shop.working_time_between(monday + 12h, monday + 16h), 2h);
  EXPECT_FALSE(shop.is_open(monday + 14h));
  EXPECT_FALSE(shop.is_open(monday + 13h)) << "closed from the closing time on";
  EXPECT_TRUE(shop.is_open(monday + 15h));
}

TEST(BusinessHours, FollowTheWeekOfIranInItsOwnZone) {
  // Saturday to Wednesday, 8:00 to 16:00 in Tehran; Thursday and Friday are closed.
  const BusinessHours bank(Week().on({Saturday, Sunday, Monday, Tuesday, Wednesday}, {{8h, 16h}}),
                           {}, Zone::fixed(3h + 30min));
  const Day wednesday = 2024y / 6 / 5;
  const Day saturday = 2024y / 6 / 8;
  EXPECT_EQ(bank.add(wednesday + 11h + 30min, 2h), saturday + 5h + 30min);  // 15:00 to 9:00 local
  EXPECT_EQ(bank.next_opening(friday), saturday + 4h + 30min);
}

TEST(BusinessHours, AreAsMuchLongerOrShorterAsClocksChange) {
  // Berlin in 2021: clocks skip 2:00 to 3:00 on 28 March and repeat it on 31 October, two Sundays.
  const Zone berlin("Europe/Berlin", 1h,
                    {{Day{2021y / 3 / 28} + 1h, 2h}, {Day{2021y / 10 / 31} + 1h, 1h}});
  const BusinessHours bakery(Week().on({Sunday}, {{1h, 5h}}), {}, berlin);
  const auto day = [&](Day d) {
    return bakery.working_time_between(berlin.begin_of(d),
                                       berlin.begin_of(d + std::chrono::days{1}));
  };
  EXPECT_EQ(day(2021y / 3 / 21), 4h);
  EXPECT_EQ(day(2021y / 3 / 28), 3h);
  EXPECT_EQ(day(2021y / 10 / 31), 5h);
  // Nine o'clock in Berlin is another instant on the two sides of the change.
  const BusinessHours there(office_week, {}, berlin);
  EXPECT_EQ(there.next_opening(Day{2021y / 3 / 26} + 20h), Day{2021y / 3 / 29} + 7h);
  // Open only within the hour that is skipped: closed on that day.
  const BusinessHours night(Week().on({Sunday}, {{2h, 3h}}), {}, berlin);
  EXPECT_EQ(night.next_opening(Day{2021y / 3 / 27}), Day{2021y / 4 / 4});
}

TEST(BusinessHours, ThroughTheNightAreTwoIntervals) {
  const BusinessHours club(Week().on({Friday}, {{22h, 24h}}).on({Saturday}, {{0h, 4h}}));
  EXPECT_EQ(club.add(friday + 23h, 2h), friday + 25h);
  EXPECT_EQ(club.working_time_between(friday, friday + 48h), 6h);
}

TEST(BusinessHours, ReachFarWithoutLosingASecond) {
  EXPECT_EQ(office.add(monday + 9h, 40h * 52 * 30), friday + 17h + 24h * 7 * 52 * 30);
  const BusinessHours rare(Week().on({Monday}, {{9h, 9h + 1min}}));
  EXPECT_THROW((void)rare.add(monday, 10'000'000h), std::overflow_error) << "the calendar ends";
}

TEST(BusinessHours, WorkingTimeIsWhatWasAdded) {
  const BusinessHours shop(
      Week().on({Monday, Saturday}, {{9h, 13h}, {15h, 19h}}).on({Wednesday}, {{0h, 24h}}), {monday},
      Zone::fixed(-5h));
  rc::check("add, then measure", [&] {
    const Instant from = friday + seconds{*rc::gen::inRange(0, 40 * 86'400)};
    const seconds working{*rc::gen::inRange(0, 400'000)};
    const Instant done = shop.add(from, working);
    RC_ASSERT(shop.working_time_between(from, done) == working);
    RC_ASSERT(shop.working_time_between(done, from) == -working);
    if (working > 0s) RC_ASSERT(shop.working_time_between(from, done - 1s) == working - 1s);
    const Instant between = from + (done - from) / 3;
    RC_ASSERT(shop.working_time_between(from, between) + shop.working_time_between(between, done) ==
              working);
    const Instant opening = shop.next_opening(from);
    RC_ASSERT(shop.is_open(opening) && shop.working_time_between(from, opening) == 0s);
  });
}

TEST(BusinessHours, RefuseWhatIsNoWeek) {
  EXPECT_THROW(BusinessHours{Week{}}, std::invalid_argument) << "never open";
  EXPECT_THROW(BusinessHours(Week().on({Monday}, {{9h, 9h}})), std::invalid_argument);
  EXPECT_THROW(BusinessHours(Week().on({Monday}, {{9h, 25h}})), std::invalid_argument);
  EXPECT_THROW(BusinessHours(Week().on({Monday}, {{-1h, 5h}})), std::invalid_argument);
  EXPECT_THROW(BusinessHours(Week().on({Monday}, {{9h, 13h}, {12h, 19h}})), std::invalid_argument);
  EXPECT_THROW((void)Week().on({std::chrono::weekday{9}}, {{9h, 17h}}), std::invalid_argument);
  EXPECT_NO_THROW(BusinessHours(Week().on({Monday}, {{9h, 13h}, {13h, 19h}})));
  try {
    BusinessHours(Week().on({Tuesday}, {{9h, 8h}}));
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(),
                 "BusinessHours: on Tuesday the hours from minute 540 to 480 are not within the "
                 "day, after those before them");
  }
}

TEST(BusinessHours, RefuseTimeThatRunsBackAndDatesThatNoCalendarHas) {
  EXPECT_THROW((void)office.add(monday, -1s), std::domain_error);
  EXPECT_THROW((void)office.add(Instant::max(), 1h), std::domain_error);
  EXPECT_THROW((void)office.next_opening(Instant::min()), std::domain_error);
  EXPECT_THROW((void)office.working_time_between(monday, Instant::max()), std::domain_error);
}

}  // namespace
}  // namespace rapport::core
