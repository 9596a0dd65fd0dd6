/// \file
/// GGompertz/NBD: log-likelihood of a history; with its derivatives a distinct history of a base
/// like CDNOW, and of one whose hazards grow; and a fit. Items are customers, or patterns.

#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/nbd.hpp>
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

const clv::GgompertzNbd like_cdnow(
    {.r = 0.553, .alpha = 10.578, .b = 0.0002, .s = 0.603, .beta = 0.0026});
const clv::GgompertzNbd growing({.r = 0.9, .alpha = 2, .b = 0.2, .s = 0.8, .beta = 25});

struct Base {
  std::vector<double> frequency, recency, age;

  template <class Model>
  explicit Base(const Model& model, std::size_t customers = 2357) {
    for (std::size_t i = 0; i < customers; ++i) {
      age.push_back(27 + static_cast<double>(i % 85) / 7);
    }
    const auto times = clv::simulate_purchases(model, age, 1);
    for (std::size_t i = 0; i < customers; ++i) {
      const auto c = clv::history_at(times.of(i), age[i]);
      frequency.push_back(c.frequency);
      recency.push_back(c.recency);
    }
  }

  [[nodiscard]] clv::Histories histories() const {
    return {{.frequency = frequency, .recency = recency, .age = age}, core::weeks};
  }
};

template <class Model>
void log_likelihood(benchmark::State& state, const Model& model) {
  const Base base(model);
  const clv::Histories histories = base.histories();
  for (auto _ : state) {
    for (std::size_t i = 0; i < histories.size(); ++i) {
      benchmark::DoNotOptimize(model.log_likelihood(histories[i]));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(histories.size()));
}

template <class Model>
void derivatives(benchmark::State& state, const Model& model) {
  const Base base(model);
  const clv::Patterns patterns(base.histories());
  for (auto _ : state) {
    benchmark::DoNotOptimize(log_likelihood_derivatives(model, patterns));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(patterns.size()));
}

template <class Model>
void fit(benchmark::State& state, const Model& model) {
  const Base base(model);
  const clv::Histories histories = base.histories();
  for (auto _ : state) benchmark::DoNotOptimize(clv::fit<Model>(histories));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(histories.size()));
}

const clv::Nbd nbd({.r = 0.385, .alpha = 12.07});

BENCHMARK_CAPTURE(log_likelihood, like_cdnow, like_cdnow);
BENCHMARK_CAPTURE(log_likelihood, growing, growing);
BENCHMARK_CAPTURE(log_likelihood, nbd, nbd);
BENCHMARK_CAPTURE(derivatives, like_cdnow, like_cdnow);
BENCHMARK_CAPTURE(derivatives, growing, growing);
BENCHMARK_CAPTURE(derivatives, nbd, nbd);
BENCHMARK_CAPTURE(fit, like_cdnow, like_cdnow)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fit, growing, growing)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fit, nbd, nbd)->Unit(benchmark::kMillisecond);

}  // namespace
