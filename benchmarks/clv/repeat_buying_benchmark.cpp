/// \file
/// Every model of repeat buying over one base like CDNOW, each at what it says of that study: what
/// its likelihood costs a distinct history, alone and with derivatives, its fit from columns to
/// standard errors, and its answers a customer. Items are distinct histories, or customers.

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/cnbd_k.hpp>
#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/pareto_nbd_sarmanov.hpp>

#include "support/customers.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using namespace rapport;
using benchmarks::customers_like_cdnow;

template <class Model>
Model example();

template <>
clv::Nbd example() {
  return clv::Nbd({.r = .385, .alpha = 12.07});
}
template <>
clv::ParetoNbd example() {
  return benchmarks::cdnow;
}
template <>
clv::ParetoNbdSarmanov example() {
  return clv::ParetoNbdSarmanov(
      {.r = .55, .alpha = 10.5, .s = .61, .beta = 11.7, .dependence = .3});
}
template <>
clv::BgNbd example() {
  return clv::BgNbd({.r = .243, .alpha = 4.414, .a = .793, .b = 2.426});
}
template <>
clv::MbgNbd example() {
  return clv::MbgNbd({.r = .525, .alpha = 6.183, .a = .891, .b = 1.614});
}
template <>
clv::BgCnbdK example() {
  return clv::BgCnbdK({.r = .25, .alpha = 2.2, .a = .7, .b = 2.2, .k = 2});
}
template <>
clv::MbgCnbdK example() {
  return clv::MbgCnbdK({.r = .52, .alpha = 3, .a = .8, .b = 1.5, .k = 2});
}
template <>
clv::GgompertzNbd example() {
  return clv::GgompertzNbd({.r = .553, .alpha = 10.578, .b = .0002, .s = .603, .beta = .0026});
}

template <class Work>
void over_patterns(benchmark::State& state, const Work& work) {
  const clv::Patterns patterns(customers_like_cdnow(state.range(0)).histories());
  for (auto _ : state) benchmark::DoNotOptimize(work(patterns));
  const auto size = static_cast<double>(patterns.size());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(patterns.size()));
  state.counters["patterns"] = size;
  state.counters["time_a_pattern"] = benchmark::Counter(
      size, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

template <class Model>
void likelihood(benchmark::State& state) {
  const auto model = example<Model>();
  over_patterns(state, [&](const clv::Patterns& patterns) {
    if constexpr (requires { clv::log_likelihood(model, patterns); }) {
      return clv::log_likelihood(model, patterns);  // faster together than one by one
    } else {
      double sum = 0;
      for (std::size_t i = 0; i < patterns.size(); ++i) {
        sum += patterns.count()[i] * model.log_likelihood(patterns[i]);
      }
      return sum;
    }
  });
}

template <class Model>
void derivatives(benchmark::State& state) {
  const auto model = example<Model>();
  over_patterns(state, [&](const clv::Patterns& patterns) {
    return log_likelihood_derivatives(model, patterns).value;
  });
}

template <class Model>
void fit(benchmark::State& state) {
  const benchmarks::Customers base = customers_like_cdnow(state.range(0));
  clv::FitReport report;
  for (auto _ : state) report = clv::fit<Model>(base.histories());
  if (!clv::predicts(report)) state.SkipWithError(report.message.c_str());
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["evaluations"] = report.evaluations;
}

template <class Model, class Question>
void ask(benchmark::State& state, const Question& question) {
  const auto model = example<Model>();
  const benchmarks::Customers base = customers_like_cdnow(state.range(0));
  const clv::Histories histories = base.histories();
  for (auto _ : state) {
    double sum = 0;
    for (std::size_t i = 0; i < histories.size(); ++i) sum += question(model, histories[i]);
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

template <class Model>
void alive(benchmark::State& state) {
  ask<Model>(state, [](const Model& m, const auto& c) { return m.probability_alive(c); });
}
template <class Model>
void expected_in_39_weeks(benchmark::State& state) {
  ask<Model>(state, [](const Model& m, const auto& c) { return m.expected_purchases(c, 39); });
}
template <class Model>
void discounted_in_52_weeks(benchmark::State& state) {
  ask<Model>(state,
             [](const Model& m, const auto& c) { return m.discounted_purchases(c, 52, 0.0027); });
}
template <class Model>
void discounted_for_ever(benchmark::State& state) {
  ask<Model>(state,
             [](const Model& m, const auto& c) { return m.discounted_purchases(c, 0.0027); });
}
template <class Model>
void none_in_13_weeks(benchmark::State& state) {
  ask<Model>(state,
             [](const Model& m, const auto& c) { return m.probability_of_no_purchase(c, 13); });
}
template <class Model>
void three_in_39_weeks(benchmark::State& state) {
  ask<Model>(state,
             [](const Model& m, const auto& c) { return m.probability_of_purchases(c, 3, 39); });
}

template <class Model>
void run_all(const std::string& name) {
  const auto run = [&](const char* work, void (*function)(benchmark::State&), std::int64_t size) {
    return benchmark::RegisterBenchmark((name + '/' + work).c_str(), function)->Arg(size);
  };
  run("likelihood", likelihood<Model>, 20'000);
  run("derivatives", derivatives<Model>, 20'000);
  run("fit", fit<Model>, 2'357)->Unit(benchmark::kMillisecond);
  run("alive", alive<Model>, 1'000);
  run("expected_in_39_weeks", expected_in_39_weeks<Model>, 1'000);
  run("discounted_in_52_weeks", discounted_in_52_weeks<Model>, 1'000);
  run("discounted_for_ever", discounted_for_ever<Model>, 1'000);
  run("none_in_13_weeks", none_in_13_weeks<Model>, 1'000);
  run("three_in_39_weeks", three_in_39_weeks<Model>, 1'000);
}

// Before main() reads its arguments, as the macros of Google Benchmark do.
const bool registered = [] {
  run_all<clv::Nbd>("nbd");
  run_all<clv::ParetoNbd>("pareto_nbd");
  run_all<clv::ParetoNbdSarmanov>("pareto_nbd_sarmanov");
  run_all<clv::BgNbd>("bg_nbd");
  run_all<clv::MbgNbd>("mbg_nbd");
  run_all<clv::BgCnbdK>("bg_cnbd_k");
  run_all<clv::MbgCnbdK>("mbg_cnbd_k");
  run_all<clv::GgompertzNbd>("ggompertz_nbd");
  return true;
}();

}  // namespace
