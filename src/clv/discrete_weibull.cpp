#include <rapport/clv/discrete_weibull.hpp>

#include "retention_likelihood.hpp"
#include "weibull_time.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

// The log-likelihood for a hazard -ln(1 - theta) that depends on variable 0 in one way or another.
math::Derivatives sum_for(const math::Jet<2>& hazard, double c, const Retention& retention,
                          const core::Threads& threads) {
  return sum_over<2>(retention, threads,
                     [&](double t, double h) { return -(hazard * weibull_step<2>(t, h, c, 1)); });
}

}  // namespace

double DiscreteWeibull::log_conditional_survival(double t, double h) const noexcept {
  return log_stay_ * weibull_step(t, h, params_.c);
}

math::Derivatives log_likelihood_derivatives(const DiscreteWeibull& model,
                                             const Retention& retention,
                                             const core::Threads& threads) {
  const auto& [theta, c] = model.params();
  math::Jet<2> hazard(-std::log1p(-theta));
  hazard.gradient[0] = theta / (1 - theta);
  hazard.second(0, 0) = theta / (1 - theta) / (1 - theta);
  return sum_for(hazard, c, retention, threads);
}

template <>
Fit<DiscreteWeibull> fit<DiscreteWeibull>(const Retention& retention, const FitOptions& options) {
  // Searched by the hazard -ln(1 - theta): theta itself has an end at 1, where a search sticks.
  LikelihoodProblem problem = contract_problem<DiscreteWeibull>(retention);
  problem.names = {"-ln(1 - theta)", "c"};
  problem.log_likelihood = [&](std::span<const double> p) {
    return sum_for(math::Jet<2>::positive(p[0], 0), p[1], retention, options.threads);
  };
  const double hazard = -std::log1p(-churn_share(retention));
  // As much churn may be a hazard of the first period that is nearly that (c = 0) or a small power
  // of it (c = 3): the search reaches as far to both sides of a power between.
  problem.units = {std::pow(hazard, 1.5), 1};
  for (const double c : {1.0, 0.4, 2.5}) problem.starts.push_back({hazard, c});

  FitOptions by_hazard = options;
  if (!by_hazard.start.empty()) {
    core::check_same_size(by_hazard.start.size(), 2, problem.place, "start");
    (void)DiscreteWeibull({by_hazard.start[0], by_hazard.start[1]});  // throws if it is none
    by_hazard.start[0] = -std::log1p(-by_hazard.start[0]);
  }
  FitReport report = maximise_likelihood(problem, by_hazard);

  // Back to theta and ln theta.
  const double found = report.parameters[0];
  const double slope = found / std::expm1(found);  // d ln(theta) / d ln(hazard)
  report.names.assign(DiscreteWeibull::parameter_names.begin(),
                      DiscreteWeibull::parameter_names.end());
  report.parameters[0] = std::min(-std::expm1(-found), std::nextafter(1.0, 0.0));
  report.working_covariance[0] *= slope * slope;
  report.working_covariance[1] *= slope;
  report.working_covariance[2] *= slope;
  Fit<DiscreteWeibull> result{std::move(report), {}};
  result.params = params_of<DiscreteWeibull>(result.parameters);
  return result;
}

double draw_tenure(const DiscreteWeibull& model, math::RandomStream& stream) {
  const auto& [theta, c] = model.params();
  const double clock = math::draw_exponential(stream) / -std::log1p(-theta);
  return 1 + std::floor(std::pow(clock, 1 / c));
}

}  // namespace rapport::clv
