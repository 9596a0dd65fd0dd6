#include <rapport/relationship/change.hpp>

#include <rapport/record/store_builder.hpp>

#include "support/days.hpp"
#include "support/indicator.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;
using record::Clusters;
using record::PointInTime;
using record::SourceId;
using record::Store;
using record::StoreBuilder;
using record::StoreView;
using tests::indicator;

using tests::as_of_day;
using tests::on;

IndexDefinition closeness() {
  return {.name = "closeness",
          .indicators = {
              indicator("length", "length_days", Saturating{200}, Dimension::length, 0.3),
              indicator("frequency", "purchases", Saturating{8}, Dimension::frequency, 0.4),
              indicator("kept", "firm_promises", Linear{0, 1}, Dimension::reliability, 0.3)}};
}

struct Shop {
  StoreBuilder builder;

  void buys(std::string_view who, int day, std::optional<int> known = {}) {
    ASSERT_FALSE(builder.add(record::StoredTransaction{
        .stamp = {.source = builder.source(who), .at = on(day), .known = on(known.value_or(day))},
        .amount = 100}));
  }
  void promised(std::string_view who, int day, int due, std::optional<int> kept) {
    ASSERT_FALSE(builder.add(
        record::Promise{.stamp = {.source = builder.source(who), .at = on(day)},
                        .due_at = on(due),
                        .kept_at = kept ? std::optional<core::Instant>(on(*kept)) : std::nullopt}));
  }
};

Change change_of(const Store& store, std::string_view who, const PointInTime& then,
                 const PointInTime& now, const IndexDefinition& definition = closeness()) {
  const IndexTable before = evaluate(StoreView(store, then), definition);
  const IndexTable after = evaluate(StoreView(store, now), definition);
  const ChangeExplainer explain(store, {before, store.clusters()}, {after, store.clusters()});
  return explain(*store.find_source(who));
}

// Two purchases raise the score, a promise kept late lowers it, and time adds to the acquaintance.
TEST(R37_Change, NamesPurchasesALatePromiseAndTime) {
  Shop shop;
  for (const int day : {0, 10, 20}) shop.buys("A", day);
  shop.promised("A", 5, 8, 7);
  shop.promised("A", 40, 45, 50);
  for (const int day : {60, 70}) shop.buys("A", day);
  const Store store = std::move(shop.builder).build();
  const Change change = change_of(store, "A", as_of_day(39), as_of_day(80));
  EXPECT_EQ(change.total(), change.after - change.before);
  EXPECT_GT(change.of(Cause::ageing), 0);
  EXPECT_EQ(change.of(Cause::late_facts), 0);
  EXPECT_EQ(change.of(Cause::merge), 0);
  EXPECT_EQ(change.of(Cause::others), 0);
  EXPECT_EQ(change.of(Cause::definition), 0);
  for (const ChangePart& part : change.parts) {
    if (part.cause != Cause::own_events) continue;
    if (part.indicator == "frequency") {
      EXPECT_GT(part.change, 0);
    }
    if (part.indicator == "kept") {
      EXPECT_LT(part.change, 0);
    }
    EXPECT_NE(part.indicator, "length");
  }
  EXPECT_EQ(change.new_records[record::kind_number<record::StoredTransaction>], 2U);
  EXPECT_EQ(change.new_records[record::kind_number<record::Promise>], 1U);
}

TEST(R37_Change, NothingHappenedAndNoTimePassedIsNoChange) {
  Shop shop;
  shop.buys("A", 0);
  const Store store = std::move(shop.builder).build();
  const Change change = change_of(store, "A", as_of_day(30), as_of_day(30));
  EXPECT_TRUE(change.parts.empty());
  EXPECT_EQ(change.before, change.after);
}

TEST(Change, WhatWasLearnedLateIsNotTakenForADoing) {
  Shop shop;
  shop.buys("A", 0);
  shop.buys("A", 10, 50);
  const Store store = std::move(shop.builder).build();
  const Change change = change_of(store, "A", as_of_day(20), as_of_day(60));
  EXPECT_GT(change.of(Cause::late_facts), 0);
  EXPECT_EQ(change.of(Cause::own_events), 0);
  EXPECT_EQ(change.new_records[0], 0U);
}

TEST(Change, AMergeIsACauseOfItsOwn) {
  Shop shop;
  shop.buys("A", 0);
  shop.buys("B", 5);
  const Store store = std::move(shop.builder).build();
  const Clusters joined(2, std::vector<record::Link>{{{0}, {1}}});
  const StoreView then(store, as_of_day(20));
  const StoreView now(store, joined, as_of_day(20));
  const IndexTable before = evaluate(then, closeness());
  const IndexTable after = evaluate(now, closeness());
  const ChangeExplainer explain(store, {before, store.clusters()}, {after, joined});
  const Change change = explain(SourceId{0});
  EXPECT_GT(change.of(Cause::merge), 0);
  EXPECT_EQ(change.of(Cause::merge), change.total());
  EXPECT_EQ(change.total(), change.after - change.before);
  // And back again.
  const ChangeExplainer undone(store, {after, joined}, {before, store.clusters()});
  EXPECT_EQ(undone(SourceId{0}).total(), -change.total());
}

TEST(Change, OthersMoveTheCutsOfARank) {
  Shop shop;
  for (int i = 0; i < 10; ++i) shop.buys("other" + std::to_string(i), 0);
  for (const int day : {1, 2, 3}) shop.buys("A", day);
  for (int i = 0; i < 10; ++i) {
    for (const int day : {30, 31, 32, 33, 34}) shop.buys("other" + std::to_string(i), day);
  }
  const Store store = std::move(shop.builder).build();
  IndexDefinition definition = closeness();
  definition.indicators[1].transform = Rank{4};
  const Change change = change_of(store, "A", as_of_day(20), as_of_day(40), definition);
  EXPECT_LT(change.of(Cause::others), 0);
  EXPECT_EQ(change.of(Cause::own_events), 0);
  EXPECT_EQ(change.total(), change.after - change.before);
}

TEST(Change, AnotherDefinitionIsACauseOfItsOwn) {
  Shop shop;
  for (const int day : {1, 2, 3}) shop.buys("A", day);
  for (const int day : {1, 7}) shop.buys("B", day);
  const Store store = std::move(shop.builder).build();
  const StoreView then(store, as_of_day(20));
  const StoreView now(store, as_of_day(20));
  IndexDefinition changed = closeness();
  changed.indicators[0] = indicator("spend", "net_spend", Rank{2}, Dimension::depth, 0.3);
  for (const auto& [first, second] : {std::pair{closeness(), changed}, {changed, closeness()}}) {
    const IndexTable before = evaluate(then, first);
    const IndexTable after = evaluate(now, second);
    const ChangeExplainer explain(store, {before, store.clusters()}, {after, store.clusters()});
    for (const SourceId source : {SourceId{0}, SourceId{1}}) {
      const Change change = explain(source);
      EXPECT_EQ(change.of(Cause::definition), change.total());
      EXPECT_EQ(change.total(), change.after - change.before);
    }
  }
}

TEST(Change, AScoreThatBecomesKnownCountsFromNothing) {
  Shop shop;
  shop.buys("A", 0);
  shop.buys("B", 50);
  const Store store = std::move(shop.builder).build();
  const Change change = change_of(store, "B", as_of_day(20), as_of_day(60));
  EXPECT_EQ(change.before, unknown_score);
  EXPECT_EQ(change.total(), change.after);
}

TEST(Change, RejectsResultsThatCannotBeCompared) {
  Shop shop;
  shop.buys("A", 0);
  const Store store = std::move(shop.builder).build();
  const IndexTable early = evaluate(StoreView(store, as_of_day(20)), closeness());
  const IndexTable late = evaluate(StoreView(store, as_of_day(30)), closeness());
  const IndexTable supplier =
      evaluate(StoreView(store, as_of_day(30), record::Role::supplier), closeness());
  const auto& clusters = store.clusters();
  EXPECT_THROW(ChangeExplainer(store, {late, clusters}, {early, clusters}), std::invalid_argument);
  EXPECT_THROW(ChangeExplainer(store, {early, clusters}, {supplier, clusters}),
               std::invalid_argument);
}

// Every customer, pairs of dates, late facts, links and ranks at once: the parts add up exactly.
TEST(Change, PartsAddUpForEveryCustomerAndEveryPairOfDates) {
  std::mt19937 random(23);
  Shop shop;
  constexpr int customers = 60;
  for (int i = 0; i < 900; ++i) {
    const std::string who = std::to_string(random() % customers);
    const int day = static_cast<int>(random() % 300);
    if (i % 3 == 0) {
      shop.promised(
          who, day, day + 5,
          random() % 4 == 0 ? std::nullopt : std::optional(day + static_cast<int>(random() % 9)));
    } else {
      shop.buys(who, day, random() % 5 == 0 ? std::optional(day + 40) : std::nullopt);
    }
  }
  const Store store = std::move(shop.builder).build();
  IndexDefinition definition = closeness();
  definition.indicators.push_back(indicator("spend", "net_spend", Rank{10}, Dimension::depth, 0.2));
  definition.indicators[0].weight = 0.1;
  const Clusters linked(store.sources().size(),
                        std::vector<record::Link>{{{0}, {7}}, {{7}, {9}}, {{20}, {41}}});
  std::vector<IndexTable> tables;
  std::vector<const Clusters*> clusters;
  for (const int day : {50, 130, 131, 299}) {
    clusters.push_back(day > 130 ? &linked : &store.clusters());
    tables.push_back(evaluate(StoreView(store, *clusters.back(), as_of_day(day)), definition));
  }
  for (std::size_t i = 0; i < tables.size(); ++i) {
    for (std::size_t j = i; j < tables.size(); ++j) {
      const ChangeExplainer explain(store, {tables[i], *clusters[i]}, {tables[j], *clusters[j]});
      for (std::uint32_t source = 0; source < store.sources().size(); ++source) {
        const Change change = explain({source});
        EXPECT_EQ(change.before, tables[i].score[clusters[i]->customer({source}).value]);
        EXPECT_EQ(change.after, tables[j].score[clusters[j]->customer({source}).value]);
        const auto number = [](Micro score) { return score == unknown_score ? 0 : score; };
        EXPECT_EQ(change.total(), number(change.after) - number(change.before));
      }
    }
  }
}

}  // namespace
}  // namespace rapport::relationship
