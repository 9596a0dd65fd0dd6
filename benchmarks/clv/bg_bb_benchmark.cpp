/// \file
/// BG/BB: the likelihood of a base with its derivatives, its fit, and what one customer costs to
/// score. Items are distinct histories, or customers.

#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/simulate.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#ifndef NDEBUG
#error "a benchmark with assertions on measures the assertions: build with -DNDEBUG"
#endif

namespace {

using namespace rapport;

// The estimates that Fader, Hardie and Shang (2010) report for donations.
const clv::BgBb donors({.alpha = 1.204, .beta = 0.75, .gamma = 0.657, .delta = 2.783});

struct Base {
  std::vector<double> frequency, recency, opportunities;

  Base(std::size_t customers, double most) {
    for (std::size_t i = 0; i < customers; ++i) opportunities.push_back(most);
    const clv::CustomerValues bought = clv::simulate_purchases(donors, opportunities, 42);
    for (std::size_t i = 0; i < customers; ++i) {
      const auto c = clv::opportunity_history_at(bought.of(i), most);
      frequency.push_back(c.frequency);
      recency.push_back(c.recency);
    }
  }
  [[nodiscard]] clv::Opportunities histories() const {
    return clv::Opportunities({frequency, recency, opportunities});
  }
};

// Arguments: opportunities of every one of 100,000 customers.
void likelihood_with_derivatives(benchmark::State& state) {
  const Base base(100000, static_cast<double>(state.range(0)));
  const clv::OpportunityPatterns patterns(base.histories());
  for (auto _ : state) {
    benchmark::DoNotOptimize(log_likelihood_derivatives(donors, patterns));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(patterns.size()));
}

void fit_from_columns(benchmark::State& state) {
  const Base base(100000, static_cast<double>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(clv::fit<clv::BgBb>(base.histories()));
  state.SetItemsProcessed(state.iterations() * 100000);
}

template <class Question>
void ask(benchmark::State& state, const Question& question) {
  const Base base(1024, static_cast<double>(state.range(0)));
  const clv::Opportunities histories = base.histories();
  for (auto _ : state) {
    for (std::size_t i = 0; i < histories.size(); ++i) {
      benchmark::DoNotOptimize(question(histories[i]));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(histories.size()));
}

void log_likelihood(benchmark::State& state) {
  ask(state, [](const auto& c) { return donors.log_likelihood(c); });
}
void expected_10(benchmark::State& state) {
  ask(state, [](const auto& c) { return donors.expected_purchases(c, 10); });
}
void expected_1000000(benchmark::State& state) {
  ask(state, [](const auto& c) { return donors.expected_purchases(c, 1e6); });
}
void discounted_for_ever(benchmark::State& state) {
  ask(state, [](const auto& c) { return donors.discounted_purchases(c, 0.01); });
}
void probability_of_5_in_52(benchmark::State& state) {
  ask(state, [](const auto& c) { return donors.probability_of_purchases(c, 5, 52); });
}

BENCHMARK(likelihood_with_derivatives)->Arg(6)->Arg(52)->Arg(365);
BENCHMARK(fit_from_columns)->Arg(6)->Arg(52)->Unit(benchmark::kMillisecond);
BENCHMARK(log_likelihood)->Arg(6)->Arg(52)->Arg(365);
BENCHMARK(expected_10)->Arg(6)->Arg(52);
BENCHMARK(expected_1000000)->Arg(6)->Arg(52);
BENCHMARK(discounted_for_ever)->Arg(6)->Arg(52);
BENCHMARK(probability_of_5_in_52)->Arg(6)->Arg(52);

}  // namespace
