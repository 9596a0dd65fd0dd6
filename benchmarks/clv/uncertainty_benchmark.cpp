/// \file
/// What uncertainty costs beyond a fit, over the 2,357 customers of a base like CDNOW unless said:
/// bootstrap, profile likelihood, intervals of counts, worth of the base and paths of P(alive), of
/// Pareto/NBD and BG/NBD. Items are replicates, held fits, customers, customers, days.

#include <rapport/clv/alive_path.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/bootstrap.hpp>
#include <rapport/clv/equity.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/prediction.hpp>
#include <rapport/clv/profile_likelihood.hpp>

#include "support/customers.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using namespace rapport;

constexpr std::int64_t like_cdnow = 2'357;

template <class Model>
void bootstrap(benchmark::State& state) {
  const benchmarks::Customers base = benchmarks::customers_like_cdnow(like_cdnow);
  const clv::Patterns patterns(base.histories());
  const auto fit = clv::fit<Model>(patterns);
  const int replicates = 100;
  for (auto _ : state) {
    const auto again = clv::bootstrap(
        fit, patterns, {.replicates = replicates, .threads = static_cast<int>(state.range(0))});
    benchmark::DoNotOptimize(again.params().data());
  }
  state.SetItemsProcessed(state.iterations() * replicates);
}

template <class Model>
void profile(benchmark::State& state) {
  const benchmarks::Customers base = benchmarks::customers_like_cdnow(like_cdnow);
  const clv::Patterns patterns(base.histories());
  const auto fit = clv::fit<Model>(patterns);
  std::int64_t fits = 0;
  for (auto _ : state) fits += clv::profile_interval(fit, patterns, "alpha").fits;
  state.SetItemsProcessed(fits);
}

template <class Model>
void counts_with_intervals(benchmark::State& state) {
  const benchmarks::Customers base = benchmarks::customers_like_cdnow(like_cdnow);
  const auto fit = clv::fit<Model>(base.histories());
  for (auto _ : state) {
    benchmark::DoNotOptimize(clv::predict_counts(fit, base.histories(), core::weeks(39)));
  }
  state.SetItemsProcessed(state.iterations() * like_cdnow);
}

template <class Model>
void equity(benchmark::State& state) {
  const benchmarks::Customers base = benchmarks::customers_like_cdnow(like_cdnow);
  const auto fit = clv::fit<Model>(base.histories());
  const clv::Spends spends({base.frequency, base.mean_spend});
  const auto spend = clv::fit<clv::GammaGamma>(spends);
  clv::EquityOptions options;
  options.horizons.clear();
  for (int year = 1; year <= state.range(0); ++year) {
    options.horizons.push_back(core::weeks(52 * year));
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        clv::customer_equity(fit, base.histories(), spend, spends, options).front());
  }
  state.SetItemsProcessed(state.iterations() * like_cdnow);
}

template <class Model>
void alive_path(benchmark::State& state) {
  const benchmarks::Customers base = benchmarks::customers_like_cdnow(like_cdnow);
  const auto fit = clv::fit<Model>(base.histories());
  const clv::ObservedPurchases customer{.purchases = {2, 5, 6, 11, 19, 30}, .age = 38};
  std::vector<double> days;
  for (int day = 0; day <= 2 * 364; ++day) days.push_back(static_cast<double>(day) / 7);
  for (auto _ : state) benchmark::DoNotOptimize(clv::alive_path(fit, customer, days));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(days.size()));
}

BENCHMARK(bootstrap<clv::BgNbd>)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(bootstrap<clv::ParetoNbd>)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(profile<clv::BgNbd>)->Unit(benchmark::kMillisecond);
BENCHMARK(profile<clv::ParetoNbd>)->Unit(benchmark::kMillisecond);
BENCHMARK(counts_with_intervals<clv::BgNbd>)->Unit(benchmark::kMillisecond);
BENCHMARK(counts_with_intervals<clv::ParetoNbd>)->Unit(benchmark::kMillisecond);
BENCHMARK(equity<clv::BgNbd>)->Arg(1)->Arg(5)->Unit(benchmark::kMillisecond);
BENCHMARK(equity<clv::ParetoNbd>)->Arg(1)->Arg(5)->Unit(benchmark::kMillisecond);
BENCHMARK(alive_path<clv::BgNbd>);
BENCHMARK(alive_path<clv::ParetoNbd>);

}  // namespace
