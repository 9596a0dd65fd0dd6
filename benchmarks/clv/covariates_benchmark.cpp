/// \file
/// Models with covariates: fits with constant ones over 10^4 and 10^5 simulated customers, and with
/// ones that change by week over 600 and 6,000, as many as a study and a small shop have. Items are
/// customers.

#include <rapport/clv/covariates.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/mbg_nbd_varying.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/pareto_nbd_varying.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#ifndef NDEBUG
#error "a benchmark with assertions on measures the assertions: build with -DNDEBUG"
#endif

namespace {

using namespace rapport;

void finish(benchmark::State& state, const clv::FitReport& report) {
  if (!report.usable()) state.SkipWithError(report.message.c_str());
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["patterns"] = static_cast<double>(report.patterns);
  state.counters["evaluations"] = report.evaluations;
}

// Customers of 1 to 104 weeks in whole days with two covariates of 0 and 1.
struct Base {
  std::vector<double> frequency, recency, age, first, second;

  explicit Base(std::size_t customers) {
    for (std::size_t i = 0; i < customers; ++i) {
      first.push_back(i % 2 == 0 ? 1 : 0);
      second.push_back(i % 5 == 0 ? 1 : 0);
      age.push_back(52 + static_cast<double>(i % 365) / 7);
      math::RandomStream stream(3, i);
      const clv::MbgNbd model({.r = 0.9,
                               .alpha = 12 * std::exp(-0.5 * first.back()),
                               .a = 0.7 * std::exp(-0.6 * second.back()),
                               .b = 2.5});
      auto times = clv::draw_purchases(model, age.back(), stream);
      for (double& time : times) time = std::ceil(time * 7) / 7;
      frequency.push_back(static_cast<double>(times.size()));
      recency.push_back(times.empty() ? 0 : std::min(times.back(), age.back()));
    }
  }
  [[nodiscard]] clv::Histories histories() const { return {{frequency, recency, age}, weeks}; }
  [[nodiscard]] clv::Covariates who() const {
    return clv::Covariates({{"first", "second"}, {first, second}});
  }
};

template <class Model>
void fit_constant(benchmark::State& state) {
  const Base base(static_cast<std::size_t>(state.range(0)));
  const clv::Covariates who = base.who();
  clv::CovariateFit<Model> fit;
  for (auto _ : state) {
    fit = clv::fit_with_covariates<Model>(base.histories(), {.purchase = who, .dropout = who},
                                          {.beta_effect = clv::BetaEffect::odds});
    benchmark::DoNotOptimize(fit.log_likelihood);
  }
  finish(state, fit);
}
BENCHMARK_TEMPLATE(fit_constant, clv::MbgNbd)
    ->Arg(10000)
    ->Arg(100000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(fit_constant, clv::ParetoNbd)
    ->Arg(10000)
    ->Arg(100000)
    ->Unit(benchmark::kMillisecond);

// Two years of weeks with a season of four weeks a quarter and two constant covariates.
template <class Model>
class Varying {
 public:
  explicit Varying(std::size_t customers) {
    constexpr std::size_t steps = 104;
    std::vector<double> season, first, second, begins, none(customers, 0), age(customers, 104);
    for (std::size_t i = 0; i < customers; ++i) {
      begins.push_back(static_cast<double>(i % 182) / 7);
      for (std::size_t step = 0; step < steps; ++step) {
        season.push_back(step % 13 < 4 ? 1 : 0);
        first.push_back(i % 2 == 0 ? 1 : 0);
        second.push_back(i % 5 == 0 ? 1 : 0);
      }
    }
    const std::vector<std::string> names = {"season", "first", "second"};
    std::vector<std::size_t> begin(customers + 1, 0);
    const clv::VaryingHistories empty({.first_purchase = begins,
                                       .age = none,
                                       .begin = begin,
                                       .purchases = {},
                                       .names = names,
                                       .values = {season, first, second}},
                                      weeks);
    const Model model({1.5,
                       40,
                       0.7,
                       std::is_same_v<Model, clv::MbgNbdVarying> ? 2.5 : 40,
                       {names, {0.6, 0.3, 0.5}},
                       {{"first", "second"}, {-0.5, 0.5}}});
    std::vector<double> purchases;
    for (std::size_t i = 0; i < customers; ++i) {
      age[i] = 104 - begins[i];
      math::RandomStream stream(9, i);
      for (const double time : clv::draw_purchases(model, empty, i, age[i], stream)) {
        purchases.push_back(time);
      }
      begin[i + 1] = purchases.size();
    }
    data_.emplace_back(clv::VaryingHistories::Columns{.first_purchase = begins,
                                                      .age = age,
                                                      .begin = begin,
                                                      .purchases = purchases,
                                                      .names = names,
                                                      .values = {season, first, second}},
                       weeks);
  }
  [[nodiscard]] const clv::VaryingHistories& histories() const { return data_.front(); }

 private:
  std::vector<clv::VaryingHistories> data_;
};

template <class Model>
void fit_changing(benchmark::State& state) {
  const Varying<Model> base(static_cast<std::size_t>(state.range(0)));
  clv::VaryingFit<Model> fit;
  for (auto _ : state) {
    fit = clv::fit_varying<Model>(base.histories(), {.purchase = {"season", "first", "second"},
                                                     .dropout = {"first", "second"}});
    benchmark::DoNotOptimize(fit.log_likelihood);
  }
  finish(state, fit);
}
BENCHMARK_TEMPLATE(fit_changing, clv::ParetoNbdVarying)
    ->Arg(600)
    ->Arg(6000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(fit_changing, clv::MbgNbdVarying)
    ->Arg(600)
    ->Arg(6000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
