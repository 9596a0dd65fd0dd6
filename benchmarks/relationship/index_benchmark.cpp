/// \file
/// The index of closeness of every customer, contributions included, from clustered records of five
/// kinds; and one customer's card.

#include <rapport/record/store_builder.hpp>
#include <rapport/relationship/index.hpp>
#include <rapport/report/relationship_card.hpp>

#include "support/shop.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace {

using namespace rapport;
using namespace std::chrono_literals;

constexpr core::Day first_day{2020y / 1 / 1};
constexpr std::uint64_t seconds = 4 * 365 * 86'400;
constexpr record::PointInTime now{.as_of = core::AsOf(core::Day{2023y / 12 / 31})};

// Twenty records a customer: of each hundred 50 transactions, 30 interactions, 10 promises, 8
// balances and 2 complaints, at any time of four years, some known late.
record::Store mixed_store(std::uint32_t customers) {
  record::StoreBuilder builder;
  const record::Name categories[] = {builder.name("bread"), builder.name("milk"),
                                     builder.name("meat"), builder.name("fruit")};
  const record::Name channels[] = {builder.name("shop"), builder.name("web"), builder.name("sms")};
  std::uint64_t row = 0;
  for (std::uint32_t customer = 0; customer < customers; ++customer) {
    const auto source = builder.source(std::int64_t{customer} * 7 + 3);
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t chance = benchmarks::mixed(++row);
      record::Stamp stamp{.source = source,
                          .at = first_day + std::chrono::seconds{(chance >> 20) % seconds},
                          .key = row};
      stamp.known = stamp.at + (chance >> 60 == 0 ? 720h : 0h);
      const std::uint64_t kind = chance % 100;
      const auto amount = static_cast<std::int64_t>((chance >> 8) % 20'000);
      std::optional<core::Reason> refused;
      if (kind < 50) {
        refused = builder.add(record::StoredTransaction{.stamp = stamp,
                                                        .amount = amount,
                                                        .channel = channels[chance >> 62 & 1],
                                                        .category = categories[chance >> 61 & 3]});
      } else if (kind < 80) {
        refused = builder.add(record::Interaction{
            .stamp = stamp,
            .department = static_cast<record::Department>(1 + (chance >> 40) % 3),
            .direction = static_cast<record::Direction>(1 + (chance >> 50) % 2),
            .channel = channels[(chance >> 30) % 3],
            .minutes = static_cast<std::uint32_t>(chance >> 58)});
      } else if (kind < 90) {
        refused = builder.add(record::Promise{
            .stamp = stamp,
            .due_at = stamp.at + 72h,
            .kept_at = (chance >> 57) % 8 > 0 ? std::optional(stamp.at + 60h) : std::nullopt});
      } else if (kind < 98) {
        refused = builder.add(record::Holding{.stamp = stamp, .balance = amount});
      } else {
        refused = builder.add(record::Complaint{.stamp = stamp, .resolved_at = stamp.at + 200h});
      }
      if (refused) std::abort();
    }
  }
  return std::move(builder).build(2);
}

relationship::IndexDefinition eight_indicators() {
  using namespace relationship;
  const auto indicator = [](std::string aggregate, Transform transform, Dimension dimension,
                            double weight, Direction direction = Direction::more) {
    return Indicator{.id = aggregate,
                     .aggregate = aggregate,
                     .transform = std::move(transform),
                     .direction = direction,
                     .dimension = dimension,
                     .weight = weight};
  };
  return {.name = "eight",
          .indicators = {
              indicator("length_days", Saturating{730}, Dimension::length, 0.15),
              indicator("purchases", Logarithm{1, 50}, Dimension::frequency, 0.2),
              indicator("recency_days", Saturating{60}, Dimension::recency, 0.1, Direction::less),
              indicator("net_spend", Rank{20}, Dimension::depth, 0.15),
              indicator("categories", Linear{0, 4}, Dimension::breadth, 0.1),
              indicator("inbound_share", Linear{0, 1}, Dimension::reciprocity, 0.1),
              indicator("firm_promises", Linear{0, 1}, Dimension::reliability, 0.1),
              indicator("mean_balance", Saturating{50}, Dimension::depth, 0.1)}};
}

const record::Store& store_of(std::uint32_t customers) {
  static std::optional<record::Store> store;
  static std::uint32_t of = 0;
  if (of != customers) store = mixed_store(of = customers);
  return *store;
}

void evaluate_index(benchmark::State& state) {
  const record::Store& store = store_of(static_cast<std::uint32_t>(state.range(0)));
  const record::StoreView view(store, now);
  const auto definition = eight_indicators();
  const relationship::IndexOptions options{.threads = static_cast<int>(state.range(1))};
  for (auto _ : state) {
    benchmark::DoNotOptimize(relationship::evaluate(view, definition, options));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(store.rows()));
}

void make_card(benchmark::State& state) {
  const record::Store& store = store_of(static_cast<std::uint32_t>(state.range(0)));
  const record::StoreView view(store, now);
  const auto definition = eight_indicators();
  const auto index = relationship::evaluate(view, definition);
  const record::StoreView month_ago(store, {.as_of = core::AsOf(core::Day{2023y / 11 / 30})});
  const auto then = relationship::evaluate(month_ago, definition);
  const relationship::ChangeExplainer changes(store, {then, store.clusters()},
                                              {index, store.clusters()});
  const report::CardMaker card_of(view, index, {.changes = &changes});
  std::uint32_t customer = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(to_text(card_of({customer++ % view.customers()})));
  }
}

BENCHMARK(evaluate_index)
    ->ArgsProduct({{10'000, 100'000, 1'000'000}, {1, 2}})
    ->ArgNames({"customers", "threads"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(make_card)->Arg(100'000)->Unit(benchmark::kMicrosecond);

}  // namespace
