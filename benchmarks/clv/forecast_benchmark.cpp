/// \file
/// What a fitted model says of every customer: rows a second, without and with intervals.

#include <rapport/churn/risk.hpp>
#include <rapport/clv/batch.hpp>
#include <rapport/clv/forecast.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/simulate.hpp>

#include <benchmark/benchmark.h>

#include <vector>

namespace {

using namespace rapport;

const clv::MbgNbd cdnow({.r = 0.525, .alpha = 6.183, .a = 0.891, .b = 1.614});

struct Base {
  std::vector<double> frequency, recency, age;

  explicit Base(std::size_t customers) {
    for (std::size_t i = 0; i < customers; ++i) {
      age.push_back(27 + static_cast<double>(i * 7919 % 840) / 70);
    }
    const auto times = clv::simulate_purchases(cdnow, age, 1);
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

template <class Ask>
void each_row(benchmark::State& state, const Ask& ask) {
  const Base base(static_cast<std::size_t>(state.range(0)));
  const auto histories = base.histories();
  for (auto _ : state) {
    double sum = 0;
    for (std::size_t i = 0; i < histories.size(); ++i) sum += ask(histories[i]);
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void probability_alive(benchmark::State& state) {
  each_row(state, [](const auto& c) { return cdnow.probability_alive(c); });
}
void expected_purchases(benchmark::State& state) {
  each_row(state, [](const auto& c) { return cdnow.expected_purchases(c, 52); });
}
void discounted_purchases(benchmark::State& state) {
  each_row(state, [](const auto& c) { return cdnow.discounted_purchases(c, 52, 0.0018); });
}
void discounted_purchases_ever(benchmark::State& state) {
  each_row(state, [](const auto& c) { return cdnow.discounted_purchases(c, 0.0018); });
}

void probability_alive_by_column(benchmark::State& state) {
  const Base base(static_cast<std::size_t>(state.range(0)));
  const auto histories = base.histories();
  std::vector<double> result(histories.size());
  for (auto _ : state) {
    clv::probability_alive(cdnow, histories, result, static_cast<int>(state.range(1)));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void expected_purchases_by_column(benchmark::State& state) {
  const Base base(static_cast<std::size_t>(state.range(0)));
  const auto histories = base.histories();
  std::vector<double> result(histories.size());
  for (auto _ : state) {
    clv::expected_purchases(cdnow, histories, 39, result, static_cast<int>(state.range(1)));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void forecast_with_intervals(benchmark::State& state) {
  const Base base(static_cast<std::size_t>(state.range(0)));
  const auto fit = clv::fit<clv::MbgNbd>(base.histories());
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        clv::forecast(fit, base.histories(), {.threads = static_cast<int>(state.range(1))}));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void risk_with_intervals(benchmark::State& state) {
  const Base base(static_cast<std::size_t>(state.range(0)));
  const auto fit = clv::fit<clv::MbgNbd>(base.histories());
  for (auto _ : state) {
    benchmark::DoNotOptimize(churn::no_purchase_risk(
        fit, base.histories(), {.threads = static_cast<int>(state.range(1))}));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(probability_alive)->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(expected_purchases)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(discounted_purchases)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(discounted_purchases_ever)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(probability_alive_by_column)
    ->ArgsProduct({{1'000'000}, {1, 2}})
    ->ArgNames({"rows", "threads"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(expected_purchases_by_column)
    ->ArgsProduct({{1'000'000}, {1, 2}})
    ->ArgNames({"rows", "threads"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(forecast_with_intervals)
    ->ArgsProduct({{10'000, 100'000}, {1, 2}})
    ->ArgNames({"rows", "threads"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(risk_with_intervals)
    ->ArgsProduct({{10'000, 100'000}, {1, 2}})
    ->ArgNames({"rows", "threads"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
