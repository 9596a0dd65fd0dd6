/// \file
/// What the Bayesian models take: sweeps of one chain on one core over a base like CDNOW's sample,
/// 2,357 customers of whom three in five bought once. Items are customer-draws: one sweep of one
/// customer, before thinning, warm-up and forecasts included. Counters: effective draws a second of
/// the parameter that mixes worst and of the median one (bulk).

#include <rapport/clv/pareto_ggg.hpp>
#include <rapport/clv/pareto_nbd_abe.hpp>
#include <rapport/clv/pareto_nbd_hb.hpp>
#include <rapport/clv/simulate.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using namespace rapport;

constexpr std::size_t customers = 2357;

struct Base {
  std::vector<double> frequency, recency, age, sum_log_intervals;

  template <class Model>
  explicit Base(const Model& model) {
    for (std::size_t i = 0; i < customers; ++i) {
      age.push_back(27 + static_cast<double>(i % 84) / 7);
    }
    const auto times = clv::simulate_purchases(model, age, 1);
    for (std::size_t i = 0; i < customers; ++i) {
      // On whole days, as shops keep them: the fewer distinct histories of real data.
      std::vector<double> days;
      for (const double time : times.of(i)) {
        const double day = std::ceil(time * 7) / 7;
        if (day <= age[i] && (days.empty() || day > days.back())) days.push_back(day);
      }
      frequency.push_back(static_cast<double>(days.size()));
      recency.push_back(days.empty() ? 0 : days.back());
      double sum = 0;
      for (std::size_t k = 0; k < days.size(); ++k) {
        sum += std::log(days[k] - (k == 0 ? 0 : days[k - 1]));
      }
      sum_log_intervals.push_back(sum);
    }
  }

  [[nodiscard]] clv::Histories histories() const {
    return {{.frequency = frequency,
             .recency = recency,
             .age = age,
             .sum_log_intervals = sum_log_intervals},
            core::weeks};
  }
};

template <class Prior>
void sample(benchmark::State& state, const Base& base, const Prior& prior) {
  const auto draws = static_cast<int>(state.range(0));
  clv::posterior::Options options{.chains = 1, .warmup = draws, .draws = draws};
  std::vector<double> effective;
  for (auto _ : state) {
    const auto found = clv::posterior::sample(prior, base.histories(), options);
    effective.clear();
    for (const auto& parameter : found.report.parameters) effective.push_back(parameter.bulk_ess);
  }
  std::sort(effective.begin(), effective.end());
  const auto sweeps = static_cast<double>(state.iterations());
  state.SetItemsProcessed(state.iterations() * 2 * draws * static_cast<int>(customers));
  state.counters["least_ess"] =
      benchmark::Counter(sweeps * effective.front(), benchmark::Counter::kIsRate);
  state.counters["median_ess"] =
      benchmark::Counter(sweeps * effective[effective.size() / 2], benchmark::Counter::kIsRate);
}

const clv::ParetoNbd cdnow({.r = 0.553, .alpha = 10.578, .s = 0.606, .beta = 11.669});
const clv::ParetoGgg grocery(
    {.t = 1.695, .gamma = .373, .r = .948, .alpha = 5.243, .s = .432, .beta = 4.348});

void pareto_nbd_hb(benchmark::State& state) { sample(state, Base(cdnow), clv::ParetoNbdPrior{}); }
void pareto_nbd_abe(benchmark::State& state) {
  sample(state, Base(cdnow), clv::ParetoNbdAbePrior{});
}
void pareto_ggg(benchmark::State& state) { sample(state, Base(grocery), clv::ParetoGggPrior{}); }
void pareto_ggg_at_random(benchmark::State& state) {
  sample(state, Base(cdnow), clv::ParetoGggPrior{});
}

// Seconds of the processor, not of the clock: what else runs does not count.
BENCHMARK(pareto_nbd_hb)->Arg(1000)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(pareto_nbd_abe)->Arg(1000)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(pareto_ggg)->Arg(300)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(pareto_ggg_at_random)->Arg(300)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
