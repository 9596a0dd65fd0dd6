/// \file
/// Gamma-Gamma over customers who bought one to eight times: its likelihood with derivatives a
/// distinct row, on means and on single amounts, fits of both, and a customer's expected spend.
/// Items are distinct rows, or customers.

#include <rapport/clv/amounts.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/simulate.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#ifndef NDEBUG
#error "a benchmark with assertions on measures the assertions: build with -DNDEBUG"
#endif

namespace {

using namespace rapport;

const clv::GammaGamma spending({.p = 6.25, .q = 3.74, .gamma = 15.44});

struct Receipts {
  std::vector<double> frequency, mean, sum_log_amounts;

  [[nodiscard]] clv::Amounts amounts() const {
    return clv::Amounts({frequency, mean, sum_log_amounts});
  }
};

// Amounts in cents.
Receipts simulated(std::int64_t customers) {
  std::vector<std::size_t> purchases;
  for (std::int64_t i = 0; i < customers; ++i) {
    purchases.push_back(static_cast<std::size_t>(1 + i * 7 % 8));
  }
  const clv::CustomerValues amounts = clv::simulate_spends(spending, purchases, 3);
  Receipts base;
  for (std::size_t i = 0; i < purchases.size(); ++i) {
    double sum = 0;
    double logs = 0;
    for (const double exact : amounts.of(i)) {
      const double amount = std::max(std::round(100 * exact), 1.0) / 100;
      sum += amount;
      logs += std::log(amount);
    }
    base.frequency.push_back(static_cast<double>(purchases[i]));
    base.mean.push_back(sum / base.frequency.back());
    base.sum_log_amounts.push_back(logs);
  }
  return base;
}

void finish(benchmark::State& state, std::size_t patterns) {
  const auto size = static_cast<double>(patterns);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(patterns));
  state.counters["patterns"] = size;
  state.counters["time_a_pattern"] = benchmark::Counter(
      size, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void derivatives_on_means(benchmark::State& state) {
  const Receipts base = simulated(state.range(0));
  const clv::SpendPatterns patterns(base.amounts().spends());
  for (auto _ : state) {
    benchmark::DoNotOptimize(log_likelihood_derivatives(spending, patterns).value);
  }
  finish(state, patterns.size());
}

void derivatives_on_amounts(benchmark::State& state) {
  const Receipts base = simulated(state.range(0));
  const clv::AmountPatterns patterns(base.amounts());
  for (auto _ : state) {
    benchmark::DoNotOptimize(log_likelihood_derivatives(spending, patterns).value);
  }
  finish(state, patterns.size());
}

void fit_on_means(benchmark::State& state) {
  const Receipts base = simulated(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(clv::fit<clv::GammaGamma>(base.amounts().spends()));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void fit_on_amounts(benchmark::State& state) {
  const Receipts base = simulated(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(clv::fit<clv::GammaGamma>(base.amounts()));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void expected_spend(benchmark::State& state) {
  const Receipts base = simulated(state.range(0));
  for (auto _ : state) {
    double sum = 0;
    for (std::size_t i = 0; i < base.mean.size(); ++i) {
      sum += spending.expected_spend(base.frequency[i], base.mean[i]);
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(derivatives_on_means)->Arg(20'000);
BENCHMARK(derivatives_on_amounts)->Arg(20'000);
BENCHMARK(fit_on_means)->Arg(20'000)->Unit(benchmark::kMillisecond);
BENCHMARK(fit_on_amounts)->Arg(20'000)->Unit(benchmark::kMillisecond);
BENCHMARK(expected_spend)->Arg(20'000);

}  // namespace
