// The summary that lifetime models take: from unsorted rows in memory, and from a ledger. Items are
// rows; the threads are the second argument.

#include "../support/shop.hpp"

#include <rapport/clv/summary.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace rapport;

const core::AsOf last_day = as_of("2021-12-31");

void summary_of_unsorted_rows(benchmark::State& state) {
  const auto rows = benchmarks::shop(static_cast<std::uint64_t>(state.range(0)));
  const core::Threads threads(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<record::TransactionColumns> parts = {rows};
    state.ResumeTiming();
    const auto made = clv::summarise(std::move(parts), {.as_of = last_day, .threads = threads});
    benchmark::DoNotOptimize(made.summary.age.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void summary_of_a_ledger(benchmark::State& state) {
  const auto ledger = benchmarks::ledger(static_cast<std::uint64_t>(state.range(0)));
  const core::Threads threads(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    const auto summary = clv::summarise(ledger, {.as_of = last_day, .threads = threads});
    benchmark::DoNotOptimize(summary.age.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void summary_sizes(benchmark::internal::Benchmark* b) {
  b->ArgsProduct({{100'000, 1'000'000, 10'000'000}, {1, 2}})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}
BENCHMARK(summary_of_unsorted_rows)->Apply(summary_sizes);
BENCHMARK(summary_of_a_ledger)->Apply(summary_sizes);

}  // namespace
