/// \file
/// Pareto/NBD: the likelihood of a base a distinct history, alone and with derivatives, one
/// customer by one, and fits, with and without dependence. Items are distinct histories, or
/// customers for fits.

#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/pareto_nbd_sarmanov.hpp>
#include <rapport/clv/simulate.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#ifndef NDEBUG
#error "a benchmark with assertions on measures the assertions: build with -DNDEBUG"
#endif

namespace {

using namespace rapport;

struct Base {
  std::vector<double> frequency, recency, age;
  core::Period period;

  [[nodiscard]] clv::Histories histories() const { return {{frequency, recency, age}, period}; }
};

// First seen over a quarter, observed for 27 to 39 weeks by the day, as CDNOW.
const clv::ParetoNbd cdnow({.r = .5533, .alpha = 10.578, .s = .6062, .beta = 11.669});
// Acquired over two years and seen to the end of the third, in days.
const clv::ParetoNbd daily({.r = 1.2, .alpha = 60, .s = .7, .beta = 200});

Base simulated(const clv::ParetoNbd& model, std::int64_t customers) {
  const bool weekly = &model == &cdnow;
  Base base{{}, {}, {}, weekly ? core::weeks : core::days};
  for (std::int64_t i = 0; i < customers; ++i) {
    base.age.push_back(weekly ? (189 + static_cast<double>(i % 85)) / 7
                              : 365 + static_cast<double>((i * 37) % 731));
  }
  const double day = weekly ? 1. / 7 : 1;
  const clv::CustomerValues times = clv::simulate_purchases(model, base.age, 5);
  for (std::size_t i = 0; i < base.age.size(); ++i) {
    const clv::CustomerHistory c = clv::history_at(times.of(i), base.age[i]);
    base.frequency.push_back(c.frequency);
    base.recency.push_back(std::min(std::ceil(c.recency / day) * day, base.age[i]));
  }
  return base;
}

const clv::ParetoNbd& model_of(const benchmark::State& state) {
  return state.range(0) == 7 ? cdnow : daily;
}

template <class Work>
void over_patterns(benchmark::State& state, const Work& work) {
  const clv::ParetoNbd& model = model_of(state);
  const clv::Patterns patterns(simulated(model, state.range(1)).histories());
  for (auto _ : state) benchmark::DoNotOptimize(work(model, patterns));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(patterns.size()));
  state.counters["patterns"] = static_cast<double>(patterns.size());
  state.counters["time_a_pattern"] = benchmark::Counter(
      static_cast<double>(patterns.size()),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void likelihood(benchmark::State& state) {
  over_patterns(state, [](const clv::ParetoNbd& model, const clv::Patterns& patterns) {
    return clv::log_likelihood(model, patterns);
  });
}

void likelihood_one_by_one(benchmark::State& state) {
  over_patterns(state, [](const clv::ParetoNbd& model, const clv::Patterns& patterns) {
    double sum = 0;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      sum += patterns.count()[i] * model.log_likelihood(patterns[i]);
    }
    return sum;
  });
}

void derivatives(benchmark::State& state) {
  over_patterns(state, [](const clv::ParetoNbd& model, const clv::Patterns& patterns) {
    return clv::log_likelihood_derivatives(model, patterns).value;
  });
}

template <class Model>
void fit(benchmark::State& state) {
  const Base base = simulated(model_of(state), state.range(1));
  clv::FitReport report;
  for (auto _ : state) report = clv::fit<Model>(base.histories());
  if (!report.usable()) state.SkipWithError(report.message.c_str());
  state.SetItemsProcessed(state.iterations() * state.range(1));
  state.counters["patterns"] = static_cast<double>(report.patterns);
  state.counters["evaluations"] = report.evaluations;
}

void bases(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"days_a_period", "customers"})
      ->Args({7, 2'357})
      ->Args({7, 100'000})
      ->Args({1, 100'000});
}

BENCHMARK(likelihood)->Apply(bases);
BENCHMARK(likelihood_one_by_one)->Apply(bases);
BENCHMARK(derivatives)->Apply(bases);
BENCHMARK(fit<clv::ParetoNbd>)->Apply(bases)->Unit(benchmark::kMillisecond);
BENCHMARK(fit<clv::ParetoNbdSarmanov>)
    ->ArgNames({"days_a_period", "customers"})
    ->Args({7, 2'357})
    ->Unit(benchmark::kMillisecond);

}  // namespace
