#include <rapport/core/time.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::core {
namespace {

using namespace std::chrono_literals;

TEST(Period, KnowsItsLengthAndName) {
  EXPECT_EQ(weeks.days(), 7);
  EXPECT_EQ(months.days(), 365.2425 / 12);
  EXPECT_EQ(period("month"), months);
  EXPECT_EQ(months.name(), "month");
  EXPECT_THROW((void)period("fortnight"), std::invalid_argument);
}

TEST(TimeSpan, CountsInAnotherUnit) {
  EXPECT_EQ(weeks(52).in(weeks), 52);
  EXPECT_EQ(weeks(2).in(days), 14);
  EXPECT_EQ(days(364).in(weeks), 52);
  EXPECT_NEAR(years(1).in(months), 12, 1e-14);
  EXPECT_EQ(to_text(weeks(52)), "52 weeks");
  EXPECT_EQ(to_text(months(1)), "1 month");
}

TEST(AnnualRate, IsEffectivePerYear) {
  const AnnualRate rate = 0.10;
  EXPECT_NEAR(std::exp(-rate.continuous_per(weeks) * years(1).in(weeks)), 1 / 1.10, 1e-15);
  EXPECT_NEAR(std::exp(-rate.continuous_per(months) * 12), 1 / 1.10, 1e-15);
  EXPECT_EQ(AnnualRate(0).continuous_per(days), 0);
  EXPECT_THROW(AnnualRate(-1), std::domain_error);
  EXPECT_THROW(AnnualRate(std::nan("")), std::domain_error);
}

TEST(AsOf, ReadsADayAndNothingElse) {
  EXPECT_EQ(as_of("1997-09-30").day(), Day{1997y / 9 / 30});
  for (const char* text : {"", "1997-9-30", "1997-02-29", "1997-09-30T00:00", "30/09/1997",
                           "1997-13-01", "199x-01-01"}) {
    SCOPED_TRACE(text);
    EXPECT_THROW((void)as_of(text), std::invalid_argument);
  }
}

TEST(AsOf, RejectsADayThatHasNoDate) {
  EXPECT_THROW((void)as_of(Day::max()), std::domain_error);
  EXPECT_THROW((void)as_of(Day::min()), std::domain_error);
  EXPECT_NO_THROW((void)as_of(Day{std::chrono::year::max() / 12 / 31}));
}

TEST(Time, PrintsIso8601) {
  EXPECT_EQ(to_text(Day{1997y / 9 / 30}), "1997-09-30");
  EXPECT_EQ(to_text(Instant{Day{1969y / 12 / 31}} + 23h + 59min + 1s), "1969-12-31T23:59:01Z");
}

}  // namespace
}  // namespace rapport::core
