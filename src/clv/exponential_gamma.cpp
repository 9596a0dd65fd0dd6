#include <rapport/clv/exponential_gamma.hpp>

#include "retention_likelihood.hpp"

#include <cmath>
#include <cstddef>
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

// ln of the rate r / (alpha + t) at which customers of age t leave, by ln r and ln alpha.
math::Jet<2> log_hazard(const ExponentialGamma::Params& params, double t) {
  const double share = params.alpha / (params.alpha + t);
  math::Jet<2> result(std::log(params.r / (params.alpha + t)));
  result.gradient[0] = 1;
  result.gradient[1] = -share;
  result.second(1, 1) = -share * (1 - share);
  return result;
}

// Shapes from few who stay for ever to all alike, at a mean rate that the data show.
std::vector<std::vector<double>> starts_for(double mean_time) {
  std::vector<std::vector<double>> starts;
  for (const double shape : {1.0, 0.3, 5.0, 100.0}) starts.push_back({shape, shape * mean_time});
  return starts;
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
  problem.starts = starts_for(mean);
  return fit_with<ExponentialGamma>(std::move(problem), retention, options);
}

math::Derivatives log_likelihood_derivatives(const ExponentialGamma& model,
                                             const Durations& durations,
                                             const core::Threads& threads) {
  return derivatives_of(
      sum_blocks<2>(threads, durations.size(), [&](std::size_t begin, std::size_t end) {
        math::Jet<2> total;
        for (std::size_t i = begin; i < end; ++i) {
          const double t = durations.duration()[i];
          math::Jet<2> row = log_conditional(model.params(), 0, t);
          if (durations.churned()[i] > 0) row += log_hazard(model.params(), t);
          total.add(durations.count()[i], row);
        }
        return total;
      }));
}

template <>
Fit<ExponentialGamma> fit<ExponentialGamma>(const Durations& durations, const FitOptions& options) {
  LikelihoodProblem problem;
  problem.place = "fit exponential-gamma";
  problem.customers = durations.customers();
  problem.patterns = durations.size();
  problem.value_noise = likelihood_rounding * durations.customers();
  problem.try_all_starts = durations.size() <= few_patterns;
  if (durations.customers() == 0) {
    problem.too_little_data = "there are no customers";
  } else if (durations.departures() == 0) {
    problem.too_little_data = "no customer has left yet: the rate of leaving runs to 0";
  }
  const double mean =
      durations.departures() > 0 ? search_scale(durations.exposure() / durations.departures()) : 1;
  problem.units = {1, mean};
  problem.starts = starts_for(mean);
  return fit_with<ExponentialGamma>(std::move(problem), durations, options);
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
