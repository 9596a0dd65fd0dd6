// Three aggregates over a ledger in one pass. Items are rows; the threads are the second argument.

#include "../support/shop.hpp"

#include <rapport/fold/fold.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/spend.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace rapport;

void fold_three(benchmark::State& state) {
  const auto ledger = benchmarks::ledger(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) {
    const auto columns =
        fold::each_customer(ledger, {.threads = static_cast<int>(state.range(1))},
                            fold::PurchaseDays{}, fold::NetSpend{}, fold::RepeatSpend{});
    benchmark::DoNotOptimize(std::get<0>(columns).data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// What the three cost in a loop for nothing else, as somebody would write it.
void loop_by_hand(benchmark::State& state) {
  const auto ledger = benchmarks::ledger(static_cast<std::uint64_t>(state.range(0)));
  const auto view = ledger.view();
  for (auto _ : state) {
    std::vector<fold::PurchaseDays::State> days_of(view.customers());
    std::vector<fold::NetSpend::State> net_of(view.customers());
    std::vector<fold::RepeatSpend::State> repeat_of(view.customers());
    for (std::uint32_t c = 0; c < view.customers(); ++c) {
      fold::PurchaseDays::State days;
      std::int64_t net = 0;
      fold::RepeatSpend::State repeat;
      for (auto row = view.offsets[c]; row < view.offsets[c + 1]; ++row) {
        const auto day = static_cast<std::int32_t>(view.times[row] / 86'400) - 14'610;
        const std::int64_t amount = view.amounts[row];
        if (amount >= 0) {
          if (days.days == 0) days.first_day = day;
          days.days += days.days == 0 || day != days.last_day;
          days.last_day = day;
        }
        net += amount;
        if (repeat.bought) {
          if (day != repeat.first_day) repeat.total += amount;
        } else if (amount >= 0) {
          repeat.first_day = day;
          repeat.bought = true;
        }
      }
      days_of[c] = days;
      net_of[c].total = net;
      repeat_of[c] = repeat;
    }
    benchmark::DoNotOptimize(days_of.data());
    benchmark::DoNotOptimize(net_of.data());
    benchmark::DoNotOptimize(repeat_of.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(fold_three)
    ->ArgsProduct({{10'000, 100'000, 1'000'000, 10'000'000}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(loop_by_hand)
    ->RangeMultiplier(10)
    ->Range(10'000, 10'000'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
