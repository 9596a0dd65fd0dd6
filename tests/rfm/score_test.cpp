#include "shop.hpp"

#include <rapport/rfm/score.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <stdexcept>
#include <utility>

namespace rapport::rfm {
namespace {

// A customer a row: days since the last purchase, purchases, money.
struct Row {
  std::int32_t recency;
  std::uint32_t frequency;
  std::int64_t monetary;
};

Table table_of(const std::vector<Row>& rows) {
  Table table;
  for (const Row& row : rows) {
    const bool bought = row.frequency > 0;
    table.recency_days.push_back(bought ? row.recency : Table::no_days);
    table.length_days.push_back(bought ? 2 * row.recency : Table::no_days);
    table.frequency.push_back(row.frequency);
    table.monetary.push_back(row.monetary);
  }
  return table;
}

Table table_by_chance(int customers, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Row> rows;
  for (int i = 0; i < customers; ++i) {
    rows.push_back({static_cast<std::int32_t>(random() % 300),
                    static_cast<std::uint32_t>(random() % 3 * (random() % 9)),
                    static_cast<std::int64_t>(random() % 50'000)});
  }
  return table_of(rows);
}

TEST(R58_RfmScores, TenCustomersWithEqualMoneyShareOneScore) {
  std::vector<Row> rows;
  for (int i = 0; i < 10; ++i) rows.push_back({10 * i, 2U, 5000});
  for (const Binning binning : {Binning::independent, Binning::nested}) {
    const Scores scores = score(table_of(rows), {.binning = binning});
    EXPECT_EQ(std::set<Score>(scores.m.begin(), scores.m.end()).size(), 1U);
    EXPECT_EQ(std::set<Score>(scores.f.begin(), scores.f.end()).size(), 1U);
  }
  const Scores scores = score(table_of(rows));
  EXPECT_EQ(scores.r, (std::vector<Score>{5, 5, 4, 4, 3, 3, 2, 2, 1, 1}));
  EXPECT_EQ(fold::bins_used(scores.m, 5), 1);
}

TEST(R58_RfmScores, OneTimeBuyersHaveFrequencyOneHoweverManyTheyAre) {
  std::vector<Row> rows(80, {10, 1, 100});
  for (std::uint32_t i = 0; i < 20; ++i) rows.push_back({10, 2 + i / 4, 100});
  const Scores scores = score(table_of(rows));
  EXPECT_EQ(scores[0].f, 1);
  EXPECT_GT(scores[80].f, 1);
  EXPECT_EQ(scores[99].f, 5);
}

TEST(R58_RfmScores, LengthIsAFourthScoreWhereAsked) {
  const Table table = table_by_chance(500, 1);
  EXPECT_TRUE(score(table).l.empty());
  const Scores scores = score(table, {.length = true});
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!table.bought(i)) continue;
    // Here length is twice the recency, whose direction is the other.
    EXPECT_LE(std::abs(scores.r[i] + scores.l[i] - 6), 1);
  }
}

TEST(R58_RfmScores, MoreRecentMoreOftenOrMoreMoneyNeverScoresLower) {
  const Table table = table_by_chance(300, 2);
  const Scores scores = score(table, {.bins = 7});
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (std::size_t j = 0; j < table.size(); ++j) {
      if (!table.bought(i) || !table.bought(j)) continue;
      EXPECT_TRUE(table.recency_days[i] > table.recency_days[j] || scores.r[i] >= scores.r[j]);
      EXPECT_TRUE(table.frequency[i] < table.frequency[j] || scores.f[i] >= scores.f[j]);
      EXPECT_TRUE(table.monetary[i] < table.monetary[j] || scores.m[i] >= scores.m[j]);
    }
  }
}

TEST(R58_RfmScores, OwnCutsAreTakenAsTheyAre) {
  const Table table = table_of({{29, 1, 99}, {30, 4, 100}, {31, 9, 500}});
  const Scores scores = score(
      table, {.recency = Cuts({30}), .frequency = Cuts({2, 5, 8}), .monetary = Cuts({100, 500})});
  EXPECT_EQ(scores[0], (RfmScore{2, 1, 1}));
  EXPECT_EQ(scores[1], (RfmScore{1, 2, 2}));
  EXPECT_EQ(scores[2], (RfmScore{1, 4, 3}));
}

TEST(R58_RfmScores, NestedScoringFillsTheCellsEvenly) {
  // No ties, so that only division leaves a remainder.
  std::vector<Row> rows;
  std::vector<std::int32_t> order(1000);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937 random(5);
  for (int i = 0; i < 1000; ++i) rows.push_back({i, 0, 0});
  std::shuffle(order.begin(), order.end(), random);
  for (std::size_t i = 0; i < 1000; ++i)
    rows[i].frequency = static_cast<std::uint32_t>(order[i] + 2);
  std::shuffle(order.begin(), order.end(), random);
  for (std::size_t i = 0; i < 1000; ++i) rows[i].monetary = order[i];
  const Table table = table_of(rows);
  const Scores scores = score(table, {.binning = Binning::nested});
  std::vector<int> cells(125);
  for (std::size_t i = 0; i < 1000; ++i) {
    const RfmScore s = scores[i];
    ++cells[static_cast<std::size_t>(25 * (s.r - 1) + 5 * (s.f - 1) + s.m - 1)];
  }
  EXPECT_EQ(*std::min_element(cells.begin(), cells.end()), 8);
  EXPECT_EQ(*std::max_element(cells.begin(), cells.end()), 8);
  EXPECT_TRUE(apply(scores.cuts, table) == scores) << "nested cuts score new data too";
}

TEST(RfmScores, WhoHasNotBoughtHasNone) {
  const Scores scores = score(table_of({{1, 1, 100}, {0, 0, -50}}));
  EXPECT_EQ(scores[1], RfmScore{});
  EXPECT_EQ(scores.without_purchase, 1U);
}

TEST(RfmScores, NoBaseIsTooSmall) {
  for (const Binning binning : {Binning::independent, Binning::nested}) {
    const ScoreOptions options{.binning = binning, .length = true};
    EXPECT_EQ(score(Table{}, options).size(), 0U);
    EXPECT_EQ(score(table_of({{0, 0, 0}}), options)[0], RfmScore{});
    const RfmScore one = score(table_of({{3, 1, 100}}), options)[0];
    EXPECT_EQ(one.f, 1);
    EXPECT_GE(one.r, 1);
    EXPECT_GE(one.m, 1);
    // Cuts of nobody still score somebody.
    EXPECT_GE(apply(make_cuts(Table{}, options), table_of({{3, 1, 100}}))[0].f, 1);
  }
}

TEST(RfmScores, NewDataAreScoredByOldCuts) {
  const Scores scores = score(table_by_chance(1000, 3));
  const Table later = table_by_chance(1000, 4);
  EXPECT_EQ(apply(scores.cuts, later).cuts, scores.cuts);
  Scores one = apply(scores.cuts, table_of({{0, 1000, 1'000'000'000}, {9999, 1, -5}}));
  EXPECT_EQ(one[0], (RfmScore{5, 5, 5}));
  EXPECT_EQ(one[1], (RfmScore{1, 1, 1}));
}

TEST(RfmScores, RejectWhatHasNoMeaning) {
  EXPECT_THROW((void)score(Table{}, {.bins = 1}), std::domain_error);
  EXPECT_THROW((void)score(Table{}, {.bins = 256}), std::domain_error);
  EXPECT_THROW((void)score(Table{}, {.binning = Binning::nested, .frequency = Cuts({2})}),
               std::invalid_argument);
  ScoreCuts cuts = make_cuts(table_by_chance(100, 1), {.binning = Binning::nested});
  EXPECT_THROW((void)moved_between(Table{}, cuts, cuts), std::invalid_argument);
  cuts.monetary.pop_back();
  EXPECT_THROW((void)apply(cuts, Table{}), std::invalid_argument);
  EXPECT_THROW((void)apply(ScoreCuts{}, Table{}), std::invalid_argument);
}

// golden.md section 5, made with the R package rfm.
TEST(R58_RfmScores, CompatibilityModeReproducesTheRPackage) {
  RAPPORT_REQUIRE_DATA();
  const Table table =
      make_table(tests::rfm_orders(), as_of("2006-12-31"), {.frequency = Frequency::purchases});
  const Scores scores = score(table, {.convention = Convention::r_package});
  const auto expect_bounds = [](const Cuts& cuts, const std::vector<double>& expected) {
    ASSERT_EQ(cuts.lower_bounds().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(cuts.lower_bounds()[i], expected[i], 1e-9);
    }
  };
  expect_bounds(scores.cuts.recency, {115, 181, 297.4, 482});
  expect_bounds(scores.cuts.frequency.at(0), {4, 5, 6, 8});
  expect_bounds(scores.cuts.monetary.at(0), {25'580, 38'200, 50'640, 66'600});
  EXPECT_EQ(scores[0], (RfmScore{3, 4, 3}));
  EXPECT_EQ(scores[1], (RfmScore{4, 1, 2}));
  EXPECT_EQ(scores[2], (RfmScore{3, 2, 3}));
  EXPECT_EQ(scores[3], (RfmScore{5, 4, 4}));
  EXPECT_EQ(scores[4], (RfmScore{4, 3, 3}));
}

// A base, and the same base after some new orders of a tenth of its customers.
struct Month {
  record::Ledger before, after;
  std::vector<std::uint32_t> touched;

  Month() {
    auto orders = tests::shop_by_chance(20'000, 60'000, 6);
    before = tests::ledger_of(orders);
    std::mt19937 random(7);
    std::set<std::string> buyers;
    for (int i = 0; i < 2000; ++i) {
      const std::string buyer = std::to_string(random() % 20'000);
      buyers.insert(buyer);
      orders.push_back({buyer, as_of("2014-12-31").day() - std::chrono::days{random() % 20},
                        static_cast<std::int64_t>(random() % 40) * 250});
    }
    after = tests::ledger_of(orders);
    for (const auto& buyer : buyers) touched.push_back(after.customers().find(buyer)->value);
    std::sort(touched.begin(), touched.end());
  }
};

TEST(R51_Refresh, WithFixedCutsTheTouchedCustomersAreEnough) {
  const Month month;
  Table table = make_table(month.before, as_of("2014-12-31"));
  Scores scores = score(table);
  update_table(table, month.after, month.touched);
  rescore(scores, table, month.touched);
  EXPECT_TRUE(scores == apply(scores.cuts, make_table(month.after, as_of("2014-12-31"))));
}

TEST(R51_Refresh, WithQuantileCutsThoseBetweenOldAndNewCutsAreRescoredToo) {
  const Month month;
  Table table = make_table(month.before, as_of("2014-12-31"));
  Scores scores = score(table);
  update_table(table, month.after, month.touched);
  const Scores whole = score(table);
  ASSERT_FALSE(whole.cuts == scores.cuts);

  const ScoreCuts old_cuts = std::exchange(scores.cuts, make_cuts(table));
  rescore(scores, table, month.touched);
  EXPECT_FALSE(scores == whole) << "other customers moved the cuts";
  const auto moved = moved_between(table, old_cuts, scores.cuts);
  rescore(scores, table, moved);
  EXPECT_TRUE(scores == whole);

  std::vector<std::uint32_t> untouched;
  std::set_difference(moved.begin(), moved.end(), month.touched.begin(), month.touched.end(),
                      std::back_inserter(untouched));
  EXPECT_FALSE(untouched.empty());
}

}  // namespace
}  // namespace rapport::rfm
