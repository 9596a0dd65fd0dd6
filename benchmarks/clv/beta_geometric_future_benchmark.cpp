/// \file
/// What one customer costs to score: log-likelihood, expectation and discounted value of BG/NBD
/// histories with 0, 2, 26 and 300 repeat purchases. Items are customers.

#include <rapport/clv/bg_nbd.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#ifndef NDEBUG
#error "a benchmark with assertions on measures the assertions: build with -DNDEBUG"
#endif

namespace {

using namespace rapport;

// A week is the period; ages spread over a year, so that no call repeats the one before.
std::vector<clv::CustomerHistory> histories(double frequency) {
  std::vector<clv::CustomerHistory> result;
  for (int i = 0; i < 1024; ++i) {
    const double age = 26 + i * 0.05;
    result.push_back({frequency, frequency > 0 ? 0.9 * age : 0, age});
  }
  return result;
}

template <class Question>
void ask(benchmark::State& state, const Question& question) {
  const clv::BgNbd model({.r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426});
  const auto customers = histories(static_cast<double>(state.range(0)));
  for (auto _ : state) {
    for (const clv::CustomerHistory& c : customers) {
      benchmark::DoNotOptimize(question(model, c));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(customers.size()));
}

void log_likelihood(benchmark::State& state) {
  ask(state, [](const clv::BgNbd& model, const clv::CustomerHistory& c) {
    return model.log_likelihood(c);
  });
}
void expected_39_weeks(benchmark::State& state) {
  ask(state, [](const clv::BgNbd& model, const clv::CustomerHistory& c) {
    return model.expected_purchases(c, 39);
  });
}
void discounted_52_weeks(benchmark::State& state) {
  ask(state, [](const clv::BgNbd& model, const clv::CustomerHistory& c) {
    return model.discounted_purchases(c, 52, 0.0018);
  });
}
void discounted_for_ever(benchmark::State& state) {
  ask(state, [](const clv::BgNbd& model, const clv::CustomerHistory& c) {
    return model.discounted_purchases(c, 0.0018);
  });
}
void probability_of_three(benchmark::State& state) {
  ask(state, [](const clv::BgNbd& model, const clv::CustomerHistory& c) {
    return model.probability_of_purchases(c, 3, 39);
  });
}

BENCHMARK(log_likelihood)->Arg(0)->Arg(2)->Arg(26)->Arg(300);
BENCHMARK(expected_39_weeks)->Arg(0)->Arg(2)->Arg(26)->Arg(300);
BENCHMARK(discounted_52_weeks)->Arg(0)->Arg(2)->Arg(26)->Arg(300);
BENCHMARK(discounted_for_ever)->Arg(0)->Arg(2)->Arg(26)->Arg(300);
BENCHMARK(probability_of_three)->Arg(0)->Arg(2)->Arg(26)->Arg(300);

}  // namespace
