#include <rapport/relationship/index.hpp>

#include <rapport/record/store_builder.hpp>

#include "support/indicator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;
using record::PointInTime;
using record::Stamp;
using record::Store;
using record::StoreBuilder;
using record::StoreView;
using tests::indicator;

constexpr core::Day last_day{2024y / 12 / 31};

// `purchases` daily purchases, the first of them `length` days before the last day.
void add_buyer(StoreBuilder& builder, std::string_view key, int length, int purchases) {
  const auto source = builder.source(key);
  for (int i = 0; i < purchases; ++i) {
    ASSERT_FALSE(builder.add(record::StoredTransaction{
        .stamp = {.source = source, .at = last_day - std::chrono::days{length - i}},
        .amount = 100}));
  }
}

IndexDefinition supermarket() {
  return {.name = "supermarket",
          .indicators = {{.id = "length",
                          .aggregate = "length_days",
                          .transform = Saturating{730},
                          .dimension = Dimension::length,
                          .weight = 0.4},
                         {.id = "frequency",
                          .aggregate = "purchases",
                          .transform = Saturating{52},
                          .dimension = Dimension::frequency,
                          .weight = 0.6}}};
}

constexpr PointInTime now{.as_of = core::AsOf(last_day)};

TEST(R32_Supermarket, FollowsFromLengthAndFrequency) {
  StoreBuilder builder;
  add_buyer(builder, "A", 1825, 210);
  add_buyer(builder, "B", 1460, 30);
  add_buyer(builder, "C", 40, 25);
  add_buyer(builder, "D", 400, 2);
  const Store store = std::move(builder).build();
  const IndexTable index = evaluate(StoreView(store, now), supermarket());
  EXPECT_EQ(index.score, (std::vector<Micro>{766'630, 486'179, 215'584, 163'815}));
  // The sheet's figures, to three digits.
  const double sheet[] = {0.767, 0.486, 0.216, 0.164};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(index.score[i] / 1e6, sheet[i], 5e-4);
  EXPECT_NEAR(index.contributions[0][0] / 1e6, 0.286, 5e-4);
  EXPECT_NEAR(index.contributions[1][0] / 1e6, 0.481, 5e-4);
  EXPECT_EQ(index.coverage[0], one);
  EXPECT_EQ(index.bounds(0).low, index.score[0]);
  EXPECT_EQ(index.bounds(0).high, index.score[0]);
}

TEST(R33_Bank, TheBalanceIsWeighedByTime) {
  StoreBuilder builder;
  const auto source = builder.source(std::string_view("ada"));
  for (const auto& [day, balance] : {std::pair{30, 10'000}, std::pair{20, 4'000}}) {
    ASSERT_FALSE(builder.add(
        record::Holding{.stamp = {.source = source, .at = last_day - std::chrono::days{day - 1}},
                        .balance = balance}));
  }
  const Store store = std::move(builder).build();
  const IndexDefinition bank{.name = "bank",
                             .indicators = {{.id = "balance",
                                             .aggregate = "mean_balance",
                                             .transform = Linear{0, 120},
                                             .dimension = Dimension::depth,
                                             .weight = 1}}};
  const IndexTable index = evaluate(StoreView(store, now), bank);
  EXPECT_EQ(index.values[0][0], 60);
  EXPECT_EQ(index.score[0], 500'000);
}

// A base with all that some indicators need and others lack.
Store mixed_base(int customers, std::uint32_t shuffle, bool linked = true) {
  std::mt19937 random(11);
  struct Row {
    int kind;
    std::string who;
    Stamp stamp;
    std::int64_t amount;
    bool flag;
  };
  std::vector<Row> rows;
  for (int i = 0; i < customers; ++i) {
    for (int j = static_cast<int>(random() % 9); j > 0; --j) {
      rows.push_back({static_cast<int>(random() % 4),
                      "c" + std::to_string(i),
                      {.at = last_day - std::chrono::hours{random() % 20'000}, .key = random()},
                      static_cast<std::int64_t>(random() % 5'000),
                      random() % 3 == 0});
      if (random() % 5 == 0) rows.back().stamp.known += std::chrono::hours{random() % 3'000};
    }
  }
  std::mt19937 order(shuffle);
  std::shuffle(rows.begin(), rows.end(), order);
  StoreBuilder builder;
  for (Row& row : rows) {
    row.stamp.source = builder.source(std::string_view(row.who));
    const auto refused = [&]() -> std::optional<core::Reason> {
      switch (row.kind) {
        case 0: return builder.add(record::StoredTransaction{row.stamp, row.amount});
        case 1:
          return builder.add(record::Interaction{
              .stamp = row.stamp,
              .direction = row.flag ? record::Direction::inbound : record::Direction::outbound});
        case 2: return builder.add(record::Holding{.stamp = row.stamp, .balance = row.amount});
        default:
          return builder.add(record::Promise{
              .stamp = row.stamp,
              .due_at = row.stamp.at + 48h,
              .kept_at = row.flag ? std::optional(row.stamp.at + 24h) : std::nullopt});
      }
    }();
    EXPECT_FALSE(refused);
  }
  if (linked) {
    builder.link(std::string_view("c1"), std::string_view("c3"));
    builder.link(std::string_view("c8"), std::string_view("c3"));
  }
  return std::move(builder).build();
}

IndexDefinition mixed() {
  return {.name = "mixed",
          .indicators = {
              indicator("length", "length_days", Saturating{400}, Dimension::length, 0.15),
              indicator("frequency", "purchases", Logarithm{1, 12}, Dimension::frequency, 0.2),
              indicator("spend", "net_spend", Rank{10}, Dimension::depth, 0.2),
              indicator("balance", "mean_balance", Linear{0, 60}, Dimension::depth, 0.15),
              indicator("inbound", "inbound_share", Linear{0, 1}, Dimension::reciprocity, 0.1),
              indicator("kept", "firm_promises", Linear{0, 1}, Dimension::reliability, 0.2)}};
}

TEST(Index, ContributionsAddUpToTheScoreOfEveryCustomer) {
  const Store store = mixed_base(400, 1);
  // So early that some have not been seen yet.
  const PointInTime early{.as_of = core::AsOf(last_day - std::chrono::days{500})};
  const IndexTable index = evaluate(StoreView(store, early), mixed());
  std::size_t unknown = 0;
  for (std::size_t i = 0; i < index.size(); ++i) {
    Micro sum = 0;
    for (const auto& column : index.contributions) sum += column[i];
    if (index.score[i] == unknown_score) {
      ++unknown;
      EXPECT_EQ(sum, 0);
      continue;
    }
    EXPECT_EQ(sum, index.score[i]);
    EXPECT_GE(index.coverage[i], 500'000);
    const auto [low, high] = index.bounds(i);
    EXPECT_GE(low, 0);
    EXPECT_LE(high, one + 10);
    EXPECT_LE(low - 10, index.score[i]);
    EXPECT_GE(high + 10, index.score[i]);
  }
  EXPECT_GT(unknown, 0U);
  EXPECT_LT(unknown, index.size());
}

TEST(R50_Index, IsTheSameBytesForAnyOrderOfRowsAndAnyNumberOfThreads) {
  const Store store = mixed_base(6'000, 1);
  const IndexTable expected = evaluate(StoreView(store, now), mixed());
  const auto same = [&](const IndexTable& index) {
    EXPECT_EQ(index.score, expected.score);
    EXPECT_EQ(index.contributions, expected.contributions);
    EXPECT_EQ(index.coverage, expected.coverage);
    EXPECT_EQ(index.fingerprint, expected.fingerprint);
  };
  for (const int threads : {2, 8}) {
    same(evaluate(StoreView(store, now), mixed(), {.threads = threads}));
  }
  const Store shuffled = mixed_base(6'000, 2);
  same(evaluate(StoreView(shuffled, now), mixed(), {.threads = 2}));
}

TEST(R63_Index, MergeAndUnmergeReturnEveryIndicatorBitForBit) {
  const Store linked = mixed_base(500, 1, true);
  const Store never = mixed_base(500, 1, false);
  const record::Clusters apart(linked.sources().size());
  const IndexTable joined = evaluate(StoreView(linked, now), mixed());
  const IndexTable separated = evaluate(StoreView(linked, apart, now), mixed());
  const IndexTable original = evaluate(StoreView(never, now), mixed());
  EXPECT_LT(joined.size(), original.size());
  ASSERT_EQ(separated.size(), original.size());
  EXPECT_EQ(separated.score, original.score);
  for (std::size_t k = 0; k < original.values.size(); ++k) {
    for (std::size_t i = 0; i < original.size(); ++i) {
      EXPECT_TRUE(separated.values[k][i] == original.values[k][i] ||
                  (std::isnan(separated.values[k][i]) && std::isnan(original.values[k][i])));
    }
  }
}

TEST(R35_Index, WhoHasLeftNoEvidenceIsUnknownAndNotFar) {
  StoreBuilder builder;
  add_buyer(builder, "early", 300, 1);
  add_buyer(builder, "late", 2, 1);
  const Store store = std::move(builder).build();
  const PointInTime before{.as_of = core::AsOf(last_day - std::chrono::days{30})};
  const IndexTable index = evaluate(StoreView(store, before), supermarket());
  EXPECT_NE(index.score[0], unknown_score);
  EXPECT_EQ(index.score[1], unknown_score);
  EXPECT_EQ(index.coverage[1], 0);
}

TEST(Index, UnknownIndicatorsLeaveTheirWeightToTheKnownOnes) {
  StoreBuilder builder;
  const auto source = builder.source(std::string_view("ada"));
  ASSERT_FALSE(builder.add(
      record::Holding{.stamp = {.source = source, .at = last_day - 48h}, .balance = 3'000}));
  const Store store = std::move(builder).build();
  IndexDefinition definition = supermarket();
  definition.indicators[0].weight = 0.25;  // length: unknown
  definition.indicators[1].weight = 0.25;  // purchases: known to be none
  definition.indicators.push_back({.id = "balance",
                                   .aggregate = "mean_balance",
                                   .transform = Linear{0, 60},
                                   .dimension = Dimension::depth,
                                   .weight = 0.5});
  const StoreView view(store, now);
  const IndexTable index = evaluate(view, definition);
  EXPECT_EQ(index.coverage[0], 750'000);
  EXPECT_EQ(index.score[0], to_micro(0.25 / 0.75));
  EXPECT_EQ(index.bounds(0).low, 250'000);
  EXPECT_EQ(index.bounds(0).high, 500'000);
  definition.minimum_coverage = 0.8;
  EXPECT_EQ(evaluate(view, definition).score[0], unknown_score);
}

TEST(Index, ScalesOfAnEarlierResultKeepRanksWhereTheyWere) {
  const Store store = mixed_base(300, 1);
  const StoreView then(store, {.as_of = core::AsOf(last_day - std::chrono::days{200})});
  const StoreView view(store, now);
  const IndexTable before = evaluate(then, mixed());
  const IndexTable fresh = evaluate(view, mixed());
  const IndexTable kept = evaluate(view, mixed(), {.scales = before.scales});
  EXPECT_NE(fresh.contributions[2], kept.contributions[2]);
  EXPECT_EQ(fresh.contributions[1][0] == kept.contributions[1][0],
            fresh.coverage[0] == kept.coverage[0]);
  EXPECT_THROW((void)evaluate(view, supermarket(), {.scales = before.scales}),
               std::invalid_argument);
}

struct LargestPurchase {
  struct State {
    std::int64_t most = -1;
  };
  void absorb(State& state, const fold::Entry& entry) const {
    state.most = std::max(state.most, entry.amount);
  }
  void merge(State& state, const State& other) const {
    state.most = std::max(state.most, other.most);
  }
};

TEST(Index, TakesAggregatesAndTransformsOfTheHosts) {
  StoreBuilder builder;
  add_buyer(builder, "A", 10, 3);
  const Store store = std::move(builder).build();
  IndexDefinition definition = supermarket();
  definition.indicators[0].aggregate = "largest";
  definition.indicators[0].transform = Own{"half"};
  IndexOptions options;
  EXPECT_THROW((void)evaluate(StoreView(store, now), definition, options), DefinitionError);
  options.catalogue.add("largest", LargestPurchase{},
                        [](const LargestPurchase::State& state, const StoreView&) {
                          return static_cast<double>(state.most);
                        });
  EXPECT_THROW((void)evaluate(StoreView(store, now), definition, options), std::invalid_argument);
  options.own["half"] = [](double) { return 0.5; };
  const IndexTable index = evaluate(StoreView(store, now), definition, options);
  EXPECT_EQ(index.values[0][0], 100);
  EXPECT_EQ(index.contributions[0][0], 200'000);
  EXPECT_THROW(
      options.catalogue.add("largest", LargestPurchase{},
                            [](const LargestPurchase::State&, const StoreView&) { return 0.0; }),
      std::invalid_argument);
}

TEST(Index, AnInfiniteValueIsAnErrorThatNamesTheIndicator) {
  StoreBuilder builder;
  add_buyer(builder, "A", 10, 3);
  const Store store = std::move(builder).build();
  IndexDefinition definition = supermarket();
  definition.indicators[1].aggregate = "endless";
  IndexOptions options;
  options.catalogue.add("endless", LargestPurchase{},
                        [](const LargestPurchase::State&, const StoreView&) {
                          return std::numeric_limits<double>::infinity();
                        });
  try {
    (void)evaluate(StoreView(store, now), definition, options);
    FAIL();
  } catch (const std::domain_error& error) {
    EXPECT_NE(std::string(error.what()).find("frequency"), std::string::npos);
  }
}

TEST(Index, StopsWhenAsked) {
  const Store store = mixed_base(10, 1);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(
      (void)evaluate(StoreView(store, now), mixed(), {.watch = {.stop = stop.get_token()}}),
      core::Cancelled);
}

TEST(R22_Index, RunsOnSuppliersAsOnCustomers) {
  StoreBuilder builder;
  const auto mill = builder.source(std::string_view("mill"));
  ASSERT_FALSE(builder.add(
      record::StoredTransaction{.stamp = {.source = mill, .at = last_day - 240h}, .amount = 5}));
  for (int i = 0; i < 52; ++i) {
    ASSERT_FALSE(builder.add(record::StoredTransaction{
        .stamp = {.source = mill, .at = last_day - std::chrono::days{730 - i}},
        .amount = 900,
        .role = record::Role::supplier}));
  }
  add_buyer(builder, "only a customer", 9, 2);
  const Store store = std::move(builder).build();
  const IndexTable buys = evaluate(StoreView(store, now), supermarket());
  const IndexTable sells = evaluate(StoreView(store, now, record::Role::supplier), supermarket());
  EXPECT_EQ(sells.score[0], 500'000);
  EXPECT_LT(buys.score[0], 50'000);
  EXPECT_EQ(sells.score[1], unknown_score);
}

}  // namespace
}  // namespace rapport::relationship
