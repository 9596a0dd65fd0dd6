// Bringing unsorted rows together by customer. Items are rows; the threads are the second argument.

#include "../support/shop.hpp"

#include <benchmark/benchmark.h>

namespace {

void build_ledger(benchmark::State& state) {
  const auto rows = rapport::benchmarks::shop(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<rapport::record::TransactionColumns> parts = {rows};
    state.ResumeTiming();
    const auto ledger =
        rapport::record::build_ledger(std::move(parts), static_cast<int>(state.range(1)));
    benchmark::DoNotOptimize(ledger.rows());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(build_ledger)
    ->ArgsProduct({{10'000, 100'000, 1'000'000, 10'000'000}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
