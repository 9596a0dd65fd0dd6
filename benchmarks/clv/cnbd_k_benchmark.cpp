/// \file
/// BG/CNBD-k and MBG/CNBD-k over simulated customers: what a pattern of the likelihood costs, the
/// fit over all k, and what a customer's answers cost. Items are patterns, customers, answers.

#include <rapport/clv/cnbd_k.hpp>
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
  std::vector<double> frequency, recency, age, logs;

  [[nodiscard]] clv::Histories histories() const {
    return {{.frequency = frequency, .recency = recency, .age = age, .sum_log_intervals = logs},
            core::weeks};
  }
};

// Customers of a grocer's parameters, seen for one to two years, in whole days as weeks.
Base simulated(std::int64_t customers, double k) {
  std::vector<double> ages;
  for (std::int64_t i = 0; i < customers; ++i)
    ages.push_back(52 + static_cast<double>(i % 365) / 7);
  const clv::MbgCnbdK model({.r = 1.3, .alpha = 5.6 / k, .a = .42, .b = .79, .k = k});
  const clv::CustomerValues times = clv::simulate_purchases(model, ages, 42);
  Base base;
  for (std::size_t i = 0; i < times.customers(); ++i) {
    double x = 0, before = 0, logs = 0;
    for (const double time : times.of(i)) {
      const double day = std::min(std::ceil(7 * time) / 7, ages[i]);
      if (day == before) continue;
      ++x;
      logs += std::log(day - before);
      before = day;
    }
    base.frequency.push_back(x);
    base.recency.push_back(before);
    base.age.push_back(ages[i]);
    base.logs.push_back(logs);
  }
  return base;
}

void likelihood(benchmark::State& state) {
  const auto k = static_cast<double>(state.range(0));
  const Base base = simulated(20000, k);
  const clv::Patterns patterns(base.histories());
  const clv::MbgCnbdK model({.r = 1.3, .alpha = 5.6 / k, .a = .42, .b = .79, .k = k});
  for (auto _ : state) benchmark::DoNotOptimize(log_likelihood_derivatives(model, patterns));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(patterns.size()));
}

void fit_every_k(benchmark::State& state) {
  const Base base = simulated(state.range(0), 2);
  clv::FitReport report;
  for (auto _ : state) report = clv::fit<clv::MbgCnbdK>(base.histories());
  if (!report.usable()) state.SkipWithError(report.message.c_str());
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["patterns"] = static_cast<double>(report.patterns);
  state.counters["evaluations"] = report.evaluations;
}

template <class Question>
void ask(benchmark::State& state, const Question& question) {
  const auto k = static_cast<double>(state.range(0));
  const Base base = simulated(1000, k);
  const clv::Histories histories = base.histories();
  const clv::MbgCnbdK model({.r = 1.3, .alpha = 5.6 / k, .a = .42, .b = .79, .k = k});
  std::size_t row = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(question(model, histories[row]));
    row = (row + 1) % histories.size();
  }
  state.SetItemsProcessed(state.iterations());
}

void alive(benchmark::State& state) {
  ask(state, [](const auto& model, const auto& c) { return model.probability_alive(c); });
}
void expected_in_a_year(benchmark::State& state) {
  ask(state, [](const auto& model, const auto& c) { return model.expected_purchases(c, 52); });
}
void discounted_year(benchmark::State& state) {
  ask(state,
      [](const auto& model, const auto& c) { return model.discounted_purchases(c, 52, 0.0027); });
}
void discounted_for_ever(benchmark::State& state) {
  ask(state,
      [](const auto& model, const auto& c) { return model.discounted_purchases(c, 0.0027); });
}

BENCHMARK(likelihood)->Arg(1)->Arg(2)->Arg(4)->Arg(12);
BENCHMARK(fit_every_k)->Arg(2000)->Arg(20000)->Unit(benchmark::kMillisecond);
BENCHMARK(alive)->Arg(2)->Arg(12);
BENCHMARK(expected_in_a_year)->Arg(1)->Arg(2)->Arg(12);
BENCHMARK(discounted_year)->Arg(2)->Arg(12);
BENCHMARK(discounted_for_ever)->Arg(2)->Arg(12);

}  // namespace
