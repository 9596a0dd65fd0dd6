/// \file
/// From plain columns to standard errors: fits of BG/NBD, MBG/NBD and Gamma-Gamma over 10^4 to 10^6
/// simulated customers. Items are customers.

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/fit.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <vector>

#ifndef NDEBUG
#error "a benchmark with assertions on measures the assertions: build with -DNDEBUG"
#endif

namespace {

using namespace rapport;

struct Base {
  std::vector<double> frequency, recency, age, monetary_value;

  [[nodiscard]] clv::Histories histories() const { return {{frequency, recency, age}, days}; }
};

// Customers acquired over two years and seen to the end of the third, in whole days: 10^6 of them
// have about 600,000 different histories.
Base simulated(std::int64_t customers) {
  std::mt19937_64 engine(42);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::gamma_distribution<double> rate(1.2, 1 / 60.0), leave(1.0, 1), stay(8.0, 1);
  std::gamma_distribution<double> spend_rate(4.0, 1 / 15.0);
  Base base;
  for (std::int64_t i = 0; i < customers; ++i) {
    const double age = std::floor(365 + 730 * uniform(engine));
    const double lambda = rate(engine);
    const double u = leave(engine);
    const double chance = u / (u + stay(engine));
    double x = 0;
    double t_x = 0;
    for (double t = 0;;) {
      t += 1 + std::floor(-std::log1p(-uniform(engine)) / lambda);
      if (t > age) break;
      ++x;
      t_x = t;
      if (uniform(engine) < chance) break;
    }
    base.frequency.push_back(x);
    base.recency.push_back(t_x);
    base.age.push_back(age);
    std::gamma_distribution<double> amount(6.0 * std::max(x, 1.0), 1);
    const double mean = amount(engine) / std::max(x, 1.0) / spend_rate(engine);
    base.monetary_value.push_back(std::round(100 * mean) / 100);
  }
  return base;
}

void finish(benchmark::State& state, const clv::FitReport& report) {
  if (!report.usable()) state.SkipWithError(report.message.c_str());
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["patterns"] = static_cast<double>(report.patterns);
  state.counters["evaluations"] = report.evaluations;
  state.counters["passes"] = report.passes;
}

template <class Model>
void fit_repeat_buying(benchmark::State& state) {
  const Base base = simulated(state.range(0));
  const clv::FitOptions options{.threads = static_cast<int>(state.range(1))};
  clv::FitReport report;
  for (auto _ : state) report = clv::fit<Model>(base.histories(), options);
  finish(state, report);
}

void fit_gamma_gamma(benchmark::State& state) {
  const Base base = simulated(state.range(0));
  const clv::FitOptions options{.threads = static_cast<int>(state.range(1))};
  clv::FitReport report;
  for (auto _ : state) {
    report = clv::fit<clv::GammaGamma>(clv::Spends({base.frequency, base.monetary_value}), options);
  }
  finish(state, report);
}

void find_patterns(benchmark::State& state) {
  const Base base = simulated(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(clv::Patterns(base.histories()).size());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void evaluate_bg_nbd(benchmark::State& state) {
  const Base base = simulated(state.range(0));
  const clv::Patterns patterns(base.histories());
  const clv::BgNbd model({.r = 1.2, .alpha = 60, .a = 1, .b = 8});
  const Threads threads = static_cast<int>(state.range(1));
  for (auto _ : state) {
    benchmark::DoNotOptimize(clv::log_likelihood_derivatives(model, patterns, threads).value);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(patterns.size()));
}

void sizes_and_threads(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"customers", "threads"})
      ->ArgsProduct({{10'000, 100'000, 1'000'000}, {1, 2}})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

BENCHMARK(fit_repeat_buying<clv::BgNbd>)->Apply(sizes_and_threads);
BENCHMARK(fit_repeat_buying<clv::MbgNbd>)->Apply(sizes_and_threads);
BENCHMARK(fit_gamma_gamma)->Apply(sizes_and_threads);
BENCHMARK(find_patterns)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(evaluate_bg_nbd)->Apply(sizes_and_threads);

}  // namespace
