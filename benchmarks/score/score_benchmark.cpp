/// \file
/// The main job: from a ledger to a scorecard with all its intervals, and that as CSV.

#include <rapport/io/scorecard.hpp>
#include <rapport/score/score.hpp>
#include <rapport/testing/shop.hpp>

#include <benchmark/benchmark.h>

#include <sstream>

namespace {

using namespace rapport;

testing::ShopOptions shop_of(const benchmark::State& state) {
  return {.customers = static_cast<std::uint32_t>(state.range(0)), .threads = 2};
}

void score_customers(benchmark::State& state) {
  const auto shop = testing::make_shop(shop_of(state));
  const ScoreOptions options = {.as_of = testing::last_day(),
                                .threads = static_cast<int>(state.range(1))};
  for (auto _ : state) benchmark::DoNotOptimize(score(shop, options));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["rows"] = static_cast<double>(shop.rows());
}

void write_scores(benchmark::State& state) {
  const auto shop = testing::make_shop(shop_of(state));
  const Scorecard card = score(shop, {.as_of = testing::last_day(), .threads = 2});
  for (auto _ : state) {
    std::ostringstream out;
    io::write_csv(out, card);
    benchmark::DoNotOptimize(out);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(score_customers)
    ->ArgsProduct({{1'000, 10'000, 100'000}, {1, 2}})
    ->ArgNames({"customers", "threads"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(write_scores)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
