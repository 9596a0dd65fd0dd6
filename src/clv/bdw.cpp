#include <rapport/clv/bdw.hpp>

#include "retention_likelihood.hpp"
#include "weibull_time.hpp"

#include <rapport/math/special.hpp>

#include <cmath>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

// From here on ln G(t^c + alpha) / G(t^c) is alpha c ln t to rounding, whatever the search tries
// for alpha and beta: e^92 is 1e40.
constexpr double long_log_time = 92;

// ln G(b + alpha) / G(b), where both depend on the parameters.
math::Jet<3> log_rising_of(const math::Jet<3>& b, const math::Jet<3>& alpha) noexcept {
  const double by_b = math::digamma_shift(b.value, alpha.value);
  const double by_a = math::digamma(b.value + alpha.value);
  const double bb = math::trigamma_shift(b.value, alpha.value);
  const double aa = math::trigamma(b.value + alpha.value);  // also by b and alpha
  math::Jet<3> result(math::log_rising(b.value, alpha.value));
  for (std::size_t i = 0; i < 3; ++i) {
    result.gradient[i] = by_b * b.gradient[i] + by_a * alpha.gradient[i];
    for (std::size_t j = i; j < 3; ++j) {
      result.second(i, j) = by_b * b.second(i, j) + by_a * alpha.second(i, j) +
                            (bb * b.gradient[i] + aa * alpha.gradient[i]) * b.gradient[j] +
                            aa * (b.gradient[i] + alpha.gradient[i]) * alpha.gradient[j];
    }
  }
  return result;
}

// ln B(alpha, b + w) / B(alpha, b) with b = beta + t^c and w = (t + h)^c - t^c. As c runs to
// infinity these powers overflow, and their logarithms do not.
math::Jet<3> log_conditional(const Bdw& model, double t, double h) {
  using Jet = math::Jet<3>;
  const Jet alpha = Jet::positive(model.params().alpha, 0);
  const Jet beta = Jet::positive(model.params().beta, 1);
  const double c = model.params().c;
  Jet result;
  if (t > 0 && c * std::log(t) > long_log_time) {
    result = alpha * Jet::positive(c, 2) * -std::log1p(h / t);
  } else if (c * std::log(t + h) > long_log_time) {
    result = log_rising_of(beta + weibull_time<3>(t, c, 2), alpha) -
             alpha * Jet::positive(c, 2) * std::log(t + h);
  } else {
    result = log_beta_shift_of(alpha, beta + weibull_time<3>(t, c, 2), weibull_step<3>(t, h, c, 2));
  }
  result.value = model.log_conditional_survival(t, h);
  return result;
}

}  // namespace

double Bdw::log_conditional_survival(double t, double h) const noexcept {
  const auto& [alpha, beta, c] = params_;
  const double before = beta + (t > 0 ? std::pow(t, c) : 0);
  const double step = weibull_step(t, h, c);
  if (step < 1e200) return math::log_beta_shift(alpha, before, step);
  // S(t) is then G(alpha + beta) / G(beta) t^(-alpha c) to rounding, also where t^c overflows.
  if (before < 1e100) {
    return math::log_rising(before, alpha) - alpha * c * std::log(t + h);
  }
  return -alpha * c * std::log1p(h / t);
}

math::Derivatives log_likelihood_derivatives(const Bdw& model, const Retention& retention,
                                             const core::Threads& threads) {
  return sum_over<3>(retention, threads,
                     [&](double t, double h) { return log_conditional(model, t, h); });
}

template <>
Fit<Bdw> fit<Bdw>(const Retention& retention, const FitOptions& options) {
  LikelihoodProblem problem = contract_problem<Bdw>(retention);
  problem.units = {1, 1, 1};
  const double leave = churn_share(retention);
  for (const double c : {1.0, 1.7, 0.6}) {
    for (const double weight : {2.0, 0.2, 50.0}) {
      problem.starts.push_back({weight * leave, weight * (1 - leave), c});
    }
  }
  return fit_with<Bdw>(std::move(problem), retention, options);
}

double draw_tenure(const Bdw& model, math::RandomStream& stream) {
  const auto& [alpha, beta, c] = model.params();
  const double theta = math::draw_beta(stream, alpha, beta);
  // The largest whole t with (1 - theta)^(t^c) above a uniform number is the last renewal made.
  const double clock = math::draw_exponential(stream) / -std::log1p(-theta);
  return 1 + std::floor(std::pow(clock, 1 / c));
}

}  // namespace rapport::clv
