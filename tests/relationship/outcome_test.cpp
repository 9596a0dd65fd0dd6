#include <rapport/relationship/outcome.hpp>

#include <rapport/record/store_builder.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;
using record::Stamp;
using record::Store;
using record::StoreBuilder;
using record::StoreView;

constexpr core::Day feature_day{2023y / 12 / 31};
constexpr core::Day after(int days) { return feature_day + std::chrono::days{days}; }
constexpr OutcomeWindow half_year{.first = after(1), .last = after(182)};
constexpr record::PointInTime by_then{.as_of = core::AsOf(feature_day)};

IndexDefinition balance_and_contacts() {
  return {.name = "two",
          .indicators = {{.id = "balance",
                          .aggregate = "mean_balance",
                          .transform = Linear{0, 100},
                          .dimension = Dimension::depth,
                          .weight = 0.5},
                         {.id = "contacts",
                          .aggregate = "interactions",
                          .transform = Linear{0, 10},
                          .dimension = Dimension::reciprocity,
                          .weight = 0.5}}};
}

// Who has more on the account comes back more often; how often the firm calls says nothing.
void add_base(StoreBuilder& builder, int customers) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform;
  for (int i = 0; i < customers; ++i) {
    const auto source = builder.source(std::int64_t{i});
    const auto stamp = [&](int day) { return Stamp{.source = source, .at = after(day)}; };
    const auto balance = static_cast<std::int64_t>(random() % 10'001);
    ASSERT_FALSE(builder.add(record::Holding{.stamp = stamp(-60), .balance = balance}));
    for (auto calls = random() % 11; calls > 0; --calls) {
      ASSERT_FALSE(
          builder.add(record::Interaction{.stamp = stamp(-static_cast<int>(random() % 300) - 1)}));
    }
    const double log_odds = -2 + 4 * static_cast<double>(balance) / 10'000;
    if (uniform(random) < 1 / (1 + std::exp(-log_odds))) {
      ASSERT_FALSE(builder.add(record::StoredTransaction{
          .stamp = stamp(static_cast<int>(random() % 182) + 1), .amount = 100}));
    }
  }
  // Somebody was still served on the last day of the window.
  ASSERT_FALSE(builder.add(
      record::Interaction{.stamp = {.source = builder.source(std::int64_t{0}), .at = after(182)}}));
}

Outcomes outcomes(const Store& store, const core::Threads& threads = {}) {
  const StoreView then(store, by_then);
  return outcomes_of(then, evaluate(then, balance_and_contacts()), half_year, threads);
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

TEST(R34_Outcome, TellsWhichOfTwoIndicatorsForetellsReturn) {
  StoreBuilder builder;
  add_base(builder, 3'000);
  const Store store = std::move(builder).build();
  const Outcomes sample = outcomes(store);
  EXPECT_EQ(sample.names, (std::vector<std::string>{"balance", "contacts"}));
  const EstimatedWeights weights = estimate_weights(sample.sample());
  ASSERT_TRUE(weights.usable()) << weights.message;
  EXPECT_EQ(weights.n, 3'000U);
  const auto& balance = weights.indicators[0];
  // Made with the coefficient 4 and the intercept -2.
  EXPECT_LT(balance.coefficient.low, 4);
  EXPECT_GT(balance.coefficient.high, 4);
  EXPECT_FALSE(balance.covers_zero);
  EXPECT_GT(balance.weight.low, 0.9);
  EXPECT_TRUE(weights.indicators[1].covers_zero);
  EXPECT_EQ(weights.as_of.day(), feature_day);
  EXPECT_EQ(weights.outcome_first, half_year.first);
}

TEST(R44_Outcome, AFactLearnedLaterChangesNoIndicator) {
  StoreBuilder builder;
  add_base(builder, 300);
  const Store before = std::move(builder).build();
  StoreBuilder again;
  add_base(again, 300);
  for (int i = 0; i < 300; i += 3) {
    const auto source = again.source(std::int64_t{i});
    const Stamp late{.source = source, .at = after(-30), .known = after(5)};
    ASSERT_FALSE(again.add(record::Holding{.stamp = late, .balance = 777}));
    ASSERT_FALSE(again.add(record::Interaction{.stamp = late}));
    ASSERT_FALSE(again.add(record::StoredTransaction{.stamp = late, .amount = 5}));
  }
  const Store learned = std::move(again).build();
  const Outcomes a = outcomes(before);
  const Outcomes b = outcomes(learned);
  for (std::size_t k = 0; k < 2; ++k) EXPECT_TRUE(same_bits(a.indicators[k], b.indicators[k]));
  EXPECT_EQ(a.bought, b.bought) << "what was so before the window is no outcome";
}

TEST(R44_Outcome, WhoCameLaterHasNoIndicators) {
  StoreBuilder builder;
  add_base(builder, 20);
  ASSERT_FALSE(builder.add(record::StoredTransaction{
      .stamp = {.source = builder.source(std::int64_t{99}), .at = after(3)}, .amount = 1}));
  const Store store = std::move(builder).build();
  const Outcomes sample = outcomes(store);
  EXPECT_EQ(sample.bought.back(), 1);
  EXPECT_TRUE(std::isnan(sample.indicators[1].back()))
      << "no contact of one whom nobody knew is not the same as no contact";
  EXPECT_EQ(estimate_weights(sample.sample()).unknown_indicator, 1U);
}

TEST(Outcome, CountsSalesFromTheFirstDayToTheLast) {
  const auto bought = [](int day, record::StoredTransaction row, int known = 0) {
    StoreBuilder builder;
    const auto source = builder.source(std::int64_t{1});
    row.stamp = {
        .source = source, .at = after(day) + 12h, .known = after(std::max(day, known)) + 12h};
    EXPECT_FALSE(builder.add(row));
    EXPECT_FALSE(builder.add(record::Interaction{.stamp = {.source = source, .at = after(-1)}}));
    EXPECT_FALSE(builder.add(record::Interaction{.stamp = {.source = source, .at = after(400)}}));
    const Store store = std::move(builder).build();
    return outcomes(store).bought[0];
  };
  using record::TransactionKind;
  EXPECT_EQ(bought(0, {.amount = 1}), 0);
  EXPECT_EQ(bought(1, {.amount = 1}), 1);
  EXPECT_EQ(bought(182, {.amount = 0}), 1) << "a sale of nothing is a purchase";
  EXPECT_EQ(bought(183, {.amount = 1}), 0);
  EXPECT_EQ(bought(90, {.amount = -1, .kind = TransactionKind::refund}), 0);
  EXPECT_EQ(bought(90, {.amount = 1, .role = record::Role::supplier}), 0);
  EXPECT_EQ(bought(182, {.amount = 1}, 300), 1) << "known late, and yet so";
}

TEST(Outcome, IsTheSameForAnyNumberOfThreads) {
  StoreBuilder builder;
  add_base(builder, 9'000);
  const Store store = std::move(builder).build();
  const Outcomes one = outcomes(store);
  const Outcomes four = outcomes(store, 4);
  for (std::size_t k = 0; k < 2; ++k) EXPECT_TRUE(same_bits(one.indicators[k], four.indicators[k]));
  EXPECT_EQ(one.bought, four.bought);
}

TEST(R44_Outcome, LeaksAreErrors) {
  StoreBuilder builder;
  add_base(builder, 5);
  const Store store = std::move(builder).build();
  const auto sample = [&](const record::PointInTime& point, const OutcomeWindow& window) {
    const StoreView then(store, point);
    return outcomes_of(then, evaluate(then, balance_and_contacts()), window);
  };
  EXPECT_NO_THROW((void)sample(by_then, half_year));
  // The window begins on a day that the indicators have seen.
  EXPECT_THROW((void)sample(by_then, {feature_day, after(100)}), std::invalid_argument);
  // They know today what they are asked about.
  EXPECT_THROW(
      (void)sample({.as_of = core::AsOf(feature_day), .known = core::AsOf(after(30))}, half_year),
      std::invalid_argument);
  EXPECT_THROW((void)sample({.as_of = core::AsOf(feature_day),
                             .known = core::AsOf(feature_day),
                             .events = core::AsOf(after(1))},
                            half_year),
               std::invalid_argument);
  // Hindsight that ends before the window does is none of the outcome, and the sample says so.
  EXPECT_EQ(sample({.as_of = core::AsOf(feature_day), .known = core::AsOf(after(7))},
                   {after(8), after(100)})
                .as_of.day(),
            after(7));
  // A window that is upside down, and one that has not ended.
  EXPECT_THROW((void)sample(by_then, {after(9), after(8)}), std::invalid_argument);
  EXPECT_THROW((void)sample(by_then, {after(1), after(183)}), std::invalid_argument);
  EXPECT_THROW((void)sample(by_then, {after(1), after(100), core::AsOf(after(99))}),
               std::invalid_argument);
  // An index of other dates, another role or other customers.
  const StoreView then(store, by_then);
  const StoreView later(store, {.as_of = core::AsOf(after(1))});
  const StoreView suppliers(store, by_then, record::Role::supplier);
  const record::Clusters joined(5, std::vector<record::Link>{{{0}, {1}}});
  const StoreView others(store, joined, by_then);
  for (const StoreView* view : {&later, &suppliers, &others}) {
    EXPECT_THROW((void)outcomes_of(then, evaluate(*view, balance_and_contacts()), half_year),
                 std::invalid_argument);
  }
}

}  // namespace
}  // namespace rapport::relationship
