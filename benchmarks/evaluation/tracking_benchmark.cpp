/// \file
/// Expected against actual purchases of a base like CDNOW, week by week over 78 weeks, and hold-out
/// errors beside the baselines'. Items are customers.

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/evaluation/model_comparison.hpp>
#include <rapport/evaluation/tracking.hpp>

#include "support/customers.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using namespace rapport;

// Customers born over a quarter who buy by the day until the end of the 78th week.
evaluation::PurchaseCalendar calendar() {
  constexpr int days = 78 * 7;
  constexpr int customers = 2'357;
  evaluation::PurchaseCalendar result{.first = core::Day{std::chrono::year{1997} / 1 / 1},
                                      .births = std::vector<double>(days),
                                      .repeats = std::vector<double>(days)};
  std::vector<double> ages;
  for (int i = 0; i < customers; ++i) ages.push_back((days - 1.0 - i % 85) / 7);
  const clv::CustomerValues times = clv::simulate_purchases(benchmarks::cdnow, ages, 5);
  for (int i = 0; i < customers; ++i) {
    const int birth = i % 85;
    ++result.births[static_cast<std::size_t>(birth)];
    for (const double time : times.of(static_cast<std::size_t>(i))) {
      ++result.repeats[std::min(static_cast<std::size_t>(birth + 7 * time) + 1,
                                result.repeats.size() - 1)];
    }
  }
  return result;
}

template <class Model>
void track(benchmark::State& state) {
  const evaluation::PurchaseCalendar purchases = calendar();
  const auto fit = clv::fit<Model>(benchmarks::customers_like_cdnow(2'357).histories());
  const evaluation::TrackingOptions options{
      .calibration_end = core::AsOf{core::Day{std::chrono::year{1997} / 9 / 30}}};
  for (auto _ : state) benchmark::DoNotOptimize(evaluation::track(purchases, fit, options).data());
  state.SetItemsProcessed(state.iterations() * 2'357);
}

void compare(benchmark::State& state) {
  const benchmarks::Customers base = benchmarks::customers_like_cdnow(state.range(0));
  const clv::Histories histories = base.histories();
  const auto pareto = clv::fit<clv::ParetoNbd>(histories);
  const auto geometric = clv::fit<clv::BgNbd>(histories);
  // What happened, if the future is as lively as the customer three places on.
  std::vector<double> actual(base.frequency.begin() + 3, base.frequency.end());
  actual.resize(base.frequency.size());
  for (auto _ : state) {
    const std::vector<evaluation::Candidate> candidates = {
        evaluation::candidate(pareto, histories, core::weeks(39)),
        evaluation::candidate(geometric, histories, core::weeks(39))};
    benchmark::DoNotOptimize(evaluation::compare(candidates, histories, actual).errors.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(track<clv::BgNbd>)->Unit(benchmark::kMillisecond);
BENCHMARK(track<clv::ParetoNbd>)->Unit(benchmark::kMillisecond);
BENCHMARK(compare)->Arg(2'357)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
