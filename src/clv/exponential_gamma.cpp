#include <rapport/clv/exponential_gamma.hpp>

#include "retention_likelihood.hpp"

#include <cmath>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

// -r ln(1 + h / (alpha + t)), by ln r and ln alpha.
math::Jet<2> log_conditional(const ExponentialGamma::Params& params, double t, double h) {
  const auto& [r, alpha] = params;
  const double begin = alpha + t;
  const double end = begin + h;
  math::Jet<2> result(-r * std::log1p(h / begin));
  // ln begin - ln end by ln alpha: alpha h / (begin end).
  const double slope = r * (alpha / begin) * (h / end);
  result.gradient[0] = result.value;
  result.gradient[1] = slope;
  result.second(0, 0) = result.value;
  result.second(0, 1) = slope;
  result.second(1, 1) = slope * (1 - alpha / begin - alpha / end);
  return result;
}

}  // namespace

math::Derivatives log_likelihood_derivatives(const ExponentialGamma& model,
                                             const Retention& retention,
                                             const core::Threads& threads) {
  return sum_over<2>(retention, threads,
                     [&](double t, double h) { return log_conditional(model.params(), t, h); });
}

template <>
Fit<ExponentialGamma> fit<ExponentialGamma>(const Retention& retention, const FitOptions& options) {
  LikelihoodProblem problem = contract_problem<ExponentialGamma>(retention);
  const double mean = search_scale(-1 / std::log1p(-churn_share(retention)));
  problem.units = {1, mean};
  for (const double shape : {1.0, 0.3, 5.0, 100.0}) {
    problem.starts.push_back({shape, shape * mean});
  }
  return fit_with<ExponentialGamma>(std::move(problem), retention, options);
}

double draw_time(const ExponentialGamma& model, math::RandomStream& stream) {
  const auto& [r, alpha] = model.params();
  const double rate = math::draw_gamma(stream, r, alpha);
  return math::draw_exponential(stream) / rate;
}

double draw_tenure(const ExponentialGamma& model, math::RandomStream& stream) {
  return 1 + std::floor(draw_time(model, stream));
}

}  // namespace rapport::clv
