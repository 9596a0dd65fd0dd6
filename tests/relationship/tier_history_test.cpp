#include <rapport/relationship/tier_history.hpp>

#include <rapport/record/store_builder.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace rapport::relationship {
namespace {

using record::Store;
using record::StoreView;

constexpr core::AsOf on(int day) {
  return core::AsOf(core::Day{std::chrono::year{2024} / 1 / 1} + std::chrono::days{day});
}

// Half of the score for one purchase within thirty days, two thirds for two.
IndexDefinition recent_purchases() {
  return {.name = "recent",
          .indicators = {{.id = "purchases",
                          .aggregate = "purchases",
                          .parameters = {{"window_days", 30.0}},
                          .transform = Saturating{1},
                          .dimension = Dimension::frequency,
                          .weight = 1}}};
}

// Customer 0 bought on days 1, 2 and 3 and not again, customer 1 on day 95 alone.
Store store() {
  record::StoreBuilder builder;
  const auto buy = [&](std::int64_t who, int day, int known) {
    EXPECT_FALSE(builder.add(record::StoredTransaction{
        .stamp = {.source = builder.source(who), .at = on(day).day(), .known = on(known).day()},
        .amount = 1}));
  };
  for (const int day : {1, 2, 3}) buy(0, day, day);
  buy(1, 95, 95);
  buy(1, 40, 99);  // known late
  return std::move(builder).build();
}

const TierPolicy two({{.name = "near", .enter = 600'000, .leave = 500'000, .minimum_stay = 0},
                      {.name = "far"}});

TEST(R35_TierHistory, GoesThroughTheScoresOfEachDay) {
  const Store base = store();
  const StoreView view(base, {.as_of = on(100)});
  const IndexTable index = evaluate(view, recent_purchases());
  const std::vector<core::AsOf> days = {on(10), on(40), on(70)};
  const TierHistory history = tier_history(view, index, two, days);
  // By hand: day by day.
  std::vector<TierState> states(2);
  for (const core::AsOf day : {on(10), on(40), on(70), on(100)}) {
    const IndexTable then = evaluate(StoreView(base, {.as_of = day}), recent_purchases());
    states = advance(two, states, fold::day_number(day.day()), then.score);
  }
  EXPECT_EQ(history.states, states);
  EXPECT_EQ(two.name(history.states[0].tier), "far");
  EXPECT_EQ(fold::day_of(history.states[0].since), on(40).day());
  EXPECT_EQ(history.states[0].changes, 2U) << "placed near, left when the purchases grew old";
  EXPECT_EQ(fold::day_of(history.states[1].since), on(100).day()) << "unknown until it was seen";
  ASSERT_TRUE(history.before);
  EXPECT_EQ(history.before->point.as_of, on(70));
  EXPECT_EQ(history.before->score[1], unknown_score) << "the purchase of day 40 was not known yet";
}

TEST(R35_TierHistory, WithoutDaysTheIndexAlonePlacesCustomers) {
  const Store base = store();
  const StoreView view(base, {.as_of = on(100)});
  const IndexTable index = evaluate(view, recent_purchases());
  const TierHistory history = tier_history(view, index, two, {});
  EXPECT_FALSE(history.before);
  EXPECT_EQ(history.states[0].observations, 1U);
}

TEST(TierHistory, CountsDaysBackFromTheLast) {
  EXPECT_EQ(days_before(on(100), 3, 30), (std::vector<core::AsOf>{on(10), on(40), on(70)}));
  EXPECT_TRUE(days_before(on(100), 0).empty());
  EXPECT_THROW((void)days_before(on(1), -1), std::domain_error);
  EXPECT_THROW((void)days_before(on(1), 1, 0), std::domain_error);
}

TEST(TierHistory, RefusesDaysThatDoNotAscendToTheIndex) {
  const Store base = store();
  const StoreView view(base, {.as_of = on(100)});
  const IndexTable index = evaluate(view, recent_purchases());
  const std::vector<core::AsOf> wrong[] = {
      {on(100)}, {on(101)}, {on(20), on(10)}, {on(20), on(20)}};
  for (const auto& days : wrong) {
    EXPECT_THROW((void)tier_history(view, index, two, days), std::invalid_argument);
  }
  const record::Clusters joined(2, std::vector<record::Link>{{{0}, {1}}});
  EXPECT_THROW((void)tier_history(StoreView(base, joined, {.as_of = on(100)}), index, two, {}),
               std::invalid_argument);
}

}  // namespace
}  // namespace rapport::relationship
