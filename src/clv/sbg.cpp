#include <rapport/clv/sbg.hpp>

#include "retention_likelihood.hpp"
#include "row_likelihood.hpp"

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

// Up to so many renewals the derivatives of a stretch are sums over them: exact, and faster.
constexpr double most_renewals_summed = 16;

// ln B(alpha, b + h) / B(alpha, b) with b = beta + t, by ln alpha and ln beta.
math::Jet<2> log_conditional(const Sbg::Params& params, double t, double h) {
  const auto& [alpha, beta] = params;
  if (h > most_renewals_summed) {
    return log_beta_shift_of(math::Jet<2>::positive(alpha, 0),
                             math::Jet<2>::positive(beta, 1) + math::Jet<2>(t), math::Jet<2>(h));
  }
  // A sum of ln b / (alpha + b) over b = beta + t + j.
  math::Jet<2> sum(math::log_beta_shift(alpha, beta + t, h));
  for (double j = 0; j < h; ++j) {
    const double b = beta + t + j;
    const double leave = alpha / (alpha + b);
    const double of_all = beta / (alpha + b);
    const double of_b = beta / b;
    const double excess = of_b * leave;  // of_b - of_all
    sum.gradient[0] -= leave;
    sum.gradient[1] += excess;
    sum.second(0, 0) -= leave * (b / (alpha + b));
    sum.second(0, 1) += leave * of_all;
    sum.second(1, 1) += excess * (1 - of_b - of_all);
  }
  return sum;
}

// ln of alpha / (alpha + b) with b = beta + t: of leaving instead of the next renewal.
math::Jet<2> log_leaving(const Sbg::Params& params, double t) {
  const auto& [alpha, beta] = params;
  const double b = beta + t;
  const double leave = alpha / (alpha + b);
  const double of_all = beta / (alpha + b);
  math::Jet<2> result(-std::log1p(b / alpha));
  result.gradient = {b / (alpha + b), -of_all};
  result.second(0, 0) = -leave * (b / (alpha + b));
  result.second(0, 1) = leave * of_all;
  result.second(1, 1) = -of_all * ((alpha + t) / (alpha + b));
  return result;
}

}  // namespace

math::Derivatives log_likelihood_derivatives(const Sbg& model, const Retention& retention,
                                             const core::Threads& threads) {
  return sum_over<2>(retention, threads,
                     [&](double t, double h) { return log_conditional(model.params(), t, h); });
}

math::Jet<2> row_log_likelihood(const Sbg& model, double tenure, bool churned) {
  math::Jet<2> result = log_conditional(model.params(), 0, churned ? tenure - 1 : tenure);
  if (churned) result += log_leaving(model.params(), tenure - 1);
  return result;
}

template <>
Fit<Sbg> fit<Sbg>(const Retention& retention, const FitOptions& options) {
  LikelihoodProblem problem = contract_problem<Sbg>(retention);
  problem.units = {1, 1};
  const double leave = churn_share(retention);
  for (const double weight : {2.0, 0.2, 20.0, 500.0}) {
    problem.starts.push_back({weight * leave, weight * (1 - leave)});
  }
  return fit_with<Sbg>(std::move(problem), retention, options);
}

double draw_tenure(const Sbg& model, math::RandomStream& stream) {
  const double theta = math::draw_beta(stream, model.params().alpha, model.params().beta);
  const double renewals = math::draw_exponential(stream) / -std::log1p(-theta);
  return 1 + std::floor(renewals);
}

}  // namespace rapport::clv
