#include <rapport/clv/nbd.hpp>

#include "fit_model.hpp"
#include "forecast_of.hpp"
#include "row_likelihood.hpp"
#include "row_sums.hpp"

#include <rapport/math/jet.hpp>

#include <span>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

using math::Jet;

struct Variables {
  Jet<2> r, alpha;

  explicit Variables(const Nbd& model)
      : r(Jet<2>::positive(model.params().r, 0)),
        alpha(Jet<2>::positive(model.params().alpha, 1)) {}
};

}  // namespace

math::Jet<2> row_log_likelihood(const Nbd& model, const CustomerHistory& c) {
  const auto& [r, alpha] = Variables(model);
  const double x = c.frequency;
  return log_rising(r, x) - r * log1p(c.age / alpha) - x * log(alpha + c.age);
}

math::Derivatives log_likelihood_derivatives(const Nbd& model, const Patterns& patterns,
                                             const core::Threads&) {
  // The sum over customers is one over frequencies and one over ages: a few hundred terms.
  const auto& [r, alpha] = Variables(model);
  Jet<2> total;
  for (const auto& c : patterns.by_frequency()) {
    total.add(c.customers, log_rising(r, c.frequency));
  }
  for (const auto& c : patterns.by_age()) {
    total.add(-c.customers, r * log1p(c.age / alpha));
    total.add(-c.purchases, log(alpha + c.age));
  }
  return derivatives_of(total);
}

template <>
Fit<Nbd> fit<Nbd>(const Patterns& patterns, const FitOptions& options) {
  LikelihoodProblem problem = repeat_buying_problem<Nbd>(patterns);
  const TypicalTimes typical(patterns);
  problem.units = {1, typical.age};
  // The mean rate is known; how much it varies is not.
  problem.starts = {
      {0.5, 0.5 * typical.interval}, {3, 3 * typical.interval}, {0.05, 0.05 * typical.interval}};
  return fit_with<Nbd>(std::move(problem), patterns, options);
}

std::vector<double> draw_purchases(const Nbd& model, double age, math::RandomStream& stream) {
  const double rate = math::draw_gamma(stream, model.params().r, model.params().alpha);
  std::vector<double> times;
  for (double now = 0;;) {
    now += math::draw_exponential(stream) / rate;
    if (!(now <= age)) return times;
    times.push_back(now);
  }
}

template Forecast forecast(const Fit<Nbd>&, const Histories&, const ForecastOptions&,
                           std::span<const double>);

}  // namespace rapport::clv
