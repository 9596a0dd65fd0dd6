// RFM scores: from unsorted rows in memory, and from a table alone. Items are rows of the ledger;
// the threads are the second argument.

#include "../support/shop.hpp"

#include <rapport/rfm/score.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace rapport;

const core::AsOf last_day = as_of("2021-12-31");

void rfm_of_unsorted_rows(benchmark::State& state) {
  const auto rows = benchmarks::shop(static_cast<std::uint64_t>(state.range(0)));
  const core::Threads threads(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<record::TransactionColumns> parts = {rows};
    state.ResumeTiming();
    const auto made = rfm::make_table(std::move(parts), last_day, {.threads = threads});
    const auto scores = rfm::score(made.table, {.threads = threads});
    benchmark::DoNotOptimize(scores.r.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void table_and_scores_of_a_ledger(benchmark::State& state) {
  const auto ledger = benchmarks::ledger(static_cast<std::uint64_t>(state.range(0)));
  const core::Threads threads(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    const auto table = rfm::make_table(ledger, last_day, {.threads = threads});
    const auto scores = rfm::score(table, {.threads = threads});
    benchmark::DoNotOptimize(scores.r.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void scores_of_a_table(benchmark::State& state) {
  const auto ledger = benchmarks::ledger(static_cast<std::uint64_t>(state.range(0)));
  const core::Threads threads(static_cast<int>(state.range(1)));
  const auto table = rfm::make_table(ledger, last_day, {.threads = threads});
  for (auto _ : state) {
    const auto scores = rfm::score(table, {.threads = threads});
    benchmark::DoNotOptimize(scores.r.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void sizes(benchmark::internal::Benchmark* b) {
  b->ArgsProduct({{10'000, 100'000, 1'000'000, 10'000'000}, {1, 2}})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}
BENCHMARK(rfm_of_unsorted_rows)->Apply(sizes)->Args({50'000'000, 1})->Args({50'000'000, 2});
BENCHMARK(table_and_scores_of_a_ledger)->Apply(sizes);
BENCHMARK(scores_of_a_table)->Apply(sizes);

}  // namespace
