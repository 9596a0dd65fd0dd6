#include <rapport/economics/profit_and_duration.hpp>

#include <rapport/math/random.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace rapport::economics {
namespace {

using namespace std::chrono_literals;

constexpr fold::DayNumber seen_until = 20'000;
const core::AsOf today = core::as_of(fold::day_of(seen_until - 1));
constexpr double month = core::months.days();

TEST(R16_ProfitableCustomers, StandInFourQuadrantsOfProfitAndDuration) {
  const QuadrantLines lines{.profit = 100, .duration = 24};
  EXPECT_EQ(quadrant(99, 23.9, lines), Quadrant::stranger);
  EXPECT_EQ(quadrant(100, 23.9, lines), Quadrant::butterfly);
  EXPECT_EQ(quadrant(99, 24, lines), Quadrant::barnacle);
  EXPECT_EQ(quadrant(100, 24, lines), Quadrant::true_friend);
  EXPECT_EQ(quadrant(100, std::nan(""), lines), Quadrant::unknown);
}

TEST(ProfitAndDuration, BandsByHand) {
  // One relation of 100 days that ended, one of 300 days that goes on; the edge is 6 months, which
  // is 182.62 days.
  const std::vector<Relation> relations = {{seen_until - 300, seen_until - 200},
                                           {seen_until - 300, std::nullopt}};
  const std::vector<DatedProfit> profits = {
      {0, seen_until - 300, 10},       {0, seen_until - 100, -3},  // a late cost: its last day
      {1, seen_until - 400, -1},                                   // before it began: its first day
      {1, seen_until - 300 + 182, 20}, {1, seen_until - 300 + 183, 40},
  };
  const ProfitAndDuration result =
      profit_and_duration(relations, profits, today, {.edges = {6}, .span = core::days(250)});
  ASSERT_EQ(result.bands.size(), 2U);
  const AgeBand &young = result.bands[0], &old = result.bands[1];
  EXPECT_EQ(young.profit, 10 - 3 - 1 + 20);
  EXPECT_EQ(old.profit, 40);
  EXPECT_NEAR(young.months, 100 / month + 6, 1e-12);
  EXPECT_NEAR(old.months, 300 / month - 6, 1e-12);
  EXPECT_EQ(young.relations, 2U);
  EXPECT_EQ(young.ended, 1U);
  EXPECT_EQ(young.censored, 0U);
  EXPECT_EQ(old.relations, 1U);
  EXPECT_EQ(old.ended, 0U);
  EXPECT_EQ(old.censored, 1U) << "it goes on: censored, not lost";
  EXPECT_EQ(old.to, std::numeric_limits<double>::infinity());
  EXPECT_EQ(young.per_month.status, core::Status::abstained) << "two relations are no evidence";
  EXPECT_EQ(result.compared, 2U);
  EXPECT_EQ(result.in_all.verdict, Verdict::undecided);
}

struct Base {
  std::vector<Relation> relations;
  std::vector<DatedProfit> profits;
};

// Relations that begin over 1,500 days and end at a constant rate. Each day of them brings `first`
// within the first 180 days and `later` afterwards, less `entry` on the first day.
Base simulate(std::uint64_t seed, int customers, double first, double later, double entry) {
  Base base;
  for (int c = 0; c < customers; ++c) {
    math::RandomStream stream(seed, static_cast<std::uint64_t>(c));
    const auto begin = seen_until - 1500 + static_cast<fold::DayNumber>(stream() % 1400);
    const auto length = 30 + static_cast<fold::DayNumber>(300 * math::draw_exponential(stream));
    Relation relation{begin};
    if (begin + length < seen_until) relation.end = begin + length;
    const auto of = static_cast<std::uint32_t>(c);
    base.profits.push_back({of, begin, -std::llround(entry)});
    for (fold::DayNumber day = begin; day < relation.end.value_or(seen_until); day += 10) {
      const double mean = 10 * (day - begin < 180 ? first : later);
      base.profits.push_back({of, day, std::llround(mean * math::draw_exponential(stream))});
    }
    base.relations.push_back(relation);
  }
  return base;
}

TEST(ProfitAndDuration, BandsSumToTheProfitToTheLastMinorUnit) {
  const Base base = simulate(1, 300, 100, 50, 2000);
  const ProfitAndDuration result = profit_and_duration(base.relations, base.profits, today);
  std::int64_t given = 0, banded = 0;
  double months = 0;
  for (const DatedProfit& row : base.profits) given += row.amount;
  for (const AgeBand& band : result.bands) {
    banded += band.profit;
    months += band.months;
  }
  EXPECT_EQ(banded, given);
  double lived = 0;
  for (const Relation& r : base.relations) lived += (r.end.value_or(seen_until) - r.begin) / month;
  EXPECT_NEAR(months / lived, 1, 1e-12);
  EXPECT_EQ(result.compared + result.too_young, base.relations.size());
  std::uint64_t out = 0;
  for (const AgeBand& band : result.bands) out += band.ended + band.censored;
  EXPECT_EQ(out, base.relations.size()) << "each relation leaves view in one band";
}

TEST(ProfitAndDuration, FindsThatLongRelationsPayWhereTheyDo) {
  const Base base = simulate(2, 400, 10, 100, 3000);
  const ProfitAndDuration result = profit_and_duration(base.relations, base.profits, today);
  EXPECT_EQ(result.in_all.verdict, Verdict::supported);
  EXPECT_EQ(result.per_month.verdict, Verdict::supported);
  EXPECT_GT(result.bands[2].per_month.low, result.bands[0].per_month.high);
}

TEST(ProfitAndDuration, FindsThatShortRelationsPayWhereTheyDo) {
  const Base base = simulate(3, 400, 100, -30, 0);
  const ProfitAndDuration result = profit_and_duration(base.relations, base.profits, today);
  EXPECT_EQ(result.per_month.verdict, Verdict::contradicted);
  EXPECT_LT(result.bands[2].per_month.high, 0);
}

TEST(ProfitAndDuration, TellsLongRelationsFromMonthsThatPayBetter) {
  const Base base = simulate(4, 400, 100, 100, 0);
  const ProfitAndDuration result = profit_and_duration(base.relations, base.profits, today);
  EXPECT_EQ(result.in_all.verdict, Verdict::supported) << "more months of the same bring more";
  EXPECT_LT(std::abs(result.per_month.rank_correlation.value), 0.15);
}

TEST(ProfitAndDuration, IntervalsOfABandHoldThePlantedProfitOfAMonth) {
  constexpr int runs = 400;
  int held = 0;
  for (int run = 0; run < runs; ++run) {
    const Base base = simulate(1000 + static_cast<std::uint64_t>(run), 60, 100, 100, 0);
    const AgeBand band =
        profit_and_duration(base.relations, base.profits, today, {.edges = {60}}).bands[0];
    // A day brings 100 by means of an event each ten days, the first on day 0: half an interval is
    // ahead of its time for each relation.
    const double ahead = 60 * 5 * 100 / band.months;
    const double truth = 100 * month + ahead;
    held += band.per_month.low <= truth && truth <= band.per_month.high;
  }
  EXPECT_GE(held, runs * 86 / 100) << "87 %, less what 400 runs may miss by chance";
  EXPECT_LE(held, runs * 94 / 100);
}

TEST(ProfitAndDuration, ComparesOnlyRelationsThatWereWatchedEquallyLong) {
  // Of the young ones, who brought nothing yet, none takes part.
  std::vector<Relation> relations;
  std::vector<DatedProfit> profits;
  for (std::uint32_t i = 0; i < 20; ++i) {
    const fold::DayNumber begin = seen_until - 1000;
    relations.push_back({begin, begin + 100 + static_cast<fold::DayNumber>(i)});
    profits.push_back({i, begin, 500 - i});
  }
  for (int i = 0; i < 20; ++i) relations.push_back({seen_until - 10});
  const ProfitAndDuration result = profit_and_duration(relations, profits, today);
  EXPECT_EQ(result.compared, 20U);
  EXPECT_EQ(result.too_young, 20U);
  EXPECT_EQ(result.in_all.rank_correlation.value, -1);
  EXPECT_EQ(result.in_all.verdict, Verdict::contradicted);
}

TEST(ProfitAndDuration, IsUndecidedOnAnEmptyBase) {
  const ProfitAndDuration result = profit_and_duration({}, {}, today);
  EXPECT_EQ(result.bands.size(), 5U);
  EXPECT_EQ(result.in_all.verdict, Verdict::undecided);
  EXPECT_EQ(result.in_all.rank_correlation.status, core::Status::abstained);
}

TEST(ProfitAndDuration, RejectsWhatCannotBe) {
  const std::vector<Relation> one = {{seen_until - 10}};
  const auto run = [&](const std::vector<Relation>& relations, const DurationOptions& options,
                       const std::vector<DatedProfit>& profits = {}) {
    (void)profit_and_duration(relations, profits, today, options);
  };
  EXPECT_THROW(run(one, {.edges = {6, 6}}), std::invalid_argument);
  EXPECT_THROW(run(one, {.edges = {0}}), std::invalid_argument);
  EXPECT_THROW(run(one, {.edges = {std::nan("")}}), std::invalid_argument);
  EXPECT_THROW(run(one, {.span = core::months(0)}), std::domain_error);
  EXPECT_THROW(run(one, {.level = 1}), std::domain_error);
  EXPECT_THROW(run({{seen_until}}, {}), std::invalid_argument);
  EXPECT_THROW(run({{5, 5}}, {}), std::invalid_argument);
  EXPECT_THROW(run({{5, seen_until + 1}}, {}), std::invalid_argument);
  EXPECT_THROW(run(one, {}, {{1, 0, 1}}), std::invalid_argument);
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_THROW(run(one, {}, {{0, 0, most}, {0, 0, most}}), std::overflow_error);
}

}  // namespace
}  // namespace rapport::economics
