/// \file
/// Models of contracts: likelihood with derivatives, fit, and what one customer costs to value.
/// Items are distinct stretches, fits or customers. Argument: renewals.

#include <rapport/clv/bdw.hpp>
#include <rapport/clv/discrete_weibull.hpp>
#include <rapport/clv/exponential_gamma.hpp>
#include <rapport/clv/sbg.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <vector>

#ifndef NDEBUG
#error "a benchmark with assertions on measures the assertions: build with -DNDEBUG"
#endif

namespace {

using namespace rapport;

// The high-end segment of Fader and Hardie (2007), a million times the law that they find.
clv::Retention cohort(std::int64_t renewals) {
  const clv::Sbg law({.alpha = 0.668, .beta = 3.806});
  std::vector<double> t, alive;
  for (std::int64_t i = 0; i <= renewals; ++i) {
    t.push_back(static_cast<double>(i));
    alive.push_back(std::round(1e6 * law.survival(t.back())));
  }
  return clv::Retention(clv::CohortColumns{.t = t, .alive = alive});
}

template <class Model>
void likelihood_with_derivatives(benchmark::State& state, const Model& model) {
  const clv::Retention data = cohort(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(log_likelihood_derivatives(model, data));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(data.stretches()));
}

template <class Model>
void fit(benchmark::State& state) {
  const clv::Retention data = cohort(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(clv::fit<Model>(data));
  state.SetItemsProcessed(state.iterations());
}

template <class Model>
void residual_lifetime(benchmark::State& state, const Model& model) {
  double t = 1;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.discounted_residual_lifetime(t, 0.01));
    t = t < 50 ? t + 1 : 1;
  }
  state.SetItemsProcessed(state.iterations());
}

const clv::Sbg sbg({.alpha = 0.668, .beta = 3.806});
const clv::Bdw bdw({.alpha = 0.259, .beta = 1.723, .c = 1.584});
const clv::DiscreteWeibull weibull({.theta = 0.15, .c = 0.769});
const clv::ExponentialGamma gamma({.r = 0.668, .alpha = 4});

BENCHMARK_CAPTURE(likelihood_with_derivatives, sbg, sbg)->Arg(8)->Arg(60);
BENCHMARK_CAPTURE(likelihood_with_derivatives, bdw, bdw)->Arg(8)->Arg(60);
BENCHMARK_CAPTURE(likelihood_with_derivatives, weibull, weibull)->Arg(8)->Arg(60);
BENCHMARK_CAPTURE(likelihood_with_derivatives, gamma, gamma)->Arg(8)->Arg(60);
BENCHMARK(fit<clv::Sbg>)->Arg(8)->Arg(60);
BENCHMARK(fit<clv::Bdw>)->Arg(8)->Arg(60);
BENCHMARK_CAPTURE(residual_lifetime, sbg, sbg);
BENCHMARK_CAPTURE(residual_lifetime, bdw, bdw);
BENCHMARK_CAPTURE(residual_lifetime, weibull, weibull);
BENCHMARK_CAPTURE(residual_lifetime, gamma, gamma);

}  // namespace
