#ifndef RAPPORT_SRC_CLV_RETENTION_LIKELIHOOD_HPP
#define RAPPORT_SRC_CLV_RETENTION_LIKELIHOOD_HPP

/// \file
/// What fits of contract models share: the likelihood as a sum over stretches, and the problem
/// without its units and starts.

#include "fit_model.hpp"
#include "row_sums.hpp"

#include <rapport/clv/contract.hpp>
#include <rapport/math/jet.hpp>
#include <rapport/math/polygamma.hpp>
#include <rapport/math/special.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace rapport::clv {

/// ln(1 - e^u) for u < 0.
template <std::size_t K>
[[nodiscard]] math::Jet<K> log1m_exp(const math::Jet<K>& u) noexcept {
  const double odds = 1 / std::expm1(-u.value);
  return chain(u, math::log1m_exp(u.value), -odds, -odds * (1 + odds));
}

/// ln B(alpha, b + w) / B(alpha, b), where all three depend on the parameters. Each derivative is
/// one difference of polygamma functions as such.
template <std::size_t K>
[[nodiscard]] math::Jet<K> log_beta_shift_of(const math::Jet<K>& alpha, const math::Jet<K>& b,
                                             const math::Jet<K>& w) noexcept {
  const double a = alpha.value;
  const double end = b.value + w.value;
  const double by_a = -math::digamma_shift(a + b.value, w.value);
  const double by_b = math::digamma_mixed_shift(b.value, a, w.value);
  const double by_w = -math::digamma_shift(end, a);
  const double aa = -math::trigamma_shift(a + b.value, w.value);  // also by a and b
  const double bb = math::trigamma_mixed_shift(b.value, a, w.value);
  const double ww = -math::trigamma_shift(end, a);  // also by b and w
  const double aw = -math::trigamma(a + end);
  math::Jet<K> result(math::log_beta_shift(a, b.value, w.value));
  for (std::size_t i = 0; i < K; ++i) {
    const double da = alpha.gradient[i];
    const double db = b.gradient[i];
    const double dw = w.gradient[i];
    result.gradient[i] = by_a * da + by_b * db + by_w * dw;
    for (std::size_t j = i; j < K; ++j) {
      result.second(i, j) = by_a * alpha.second(i, j) + by_b * b.second(i, j) +
                            by_w * w.second(i, j) + (aa * (da + db) + aw * dw) * alpha.gradient[j] +
                            (aa * da + bb * db + ww * dw) * b.gradient[j] +
                            (aw * da + ww * (db + dw)) * w.gradient[j];
    }
  }
  return result;
}

/// The log-likelihood with its derivatives: log_conditional(from, h), a Jet<K>, is what the model's
/// log_conditional_survival is.
template <std::size_t K, class LogConditional>
[[nodiscard]] math::Derivatives sum_over(const Retention& retention, const core::Threads& threads,
                                         const LogConditional& log_conditional) {
  const auto survived = retention.survived();
  const auto left = retention.left();
  return derivatives_of(
      sum_blocks<K>(threads, retention.stretches(), [&](std::size_t begin, std::size_t end) {
        math::Jet<K> total;
        for (std::size_t i = begin; i < std::min(end, survived.size()); ++i) {
          const auto& [from, to, customers] = survived[i];
          total.add(customers, log_conditional(from, to - from));
        }
        for (std::size_t i = std::max(begin, survived.size()); i < end; ++i) {
          const auto& [from, to, customers] = left[i - survived.size()];
          total.add(customers, log1m_exp(log_conditional(from, to - from)));
        }
        return total;
      }));
}

/// What is always so in a fit of contracts. Units and starts are the model's to say.
template <class Model>
[[nodiscard]] LikelihoodProblem contract_problem(const Retention& retention) {
  LikelihoodProblem problem;
  problem.place = std::string("fit ").append(Model::name);
  problem.customers = retention.customers();
  problem.patterns = retention.size();
  problem.value_noise = likelihood_rounding * retention.customers();
  problem.try_all_starts = retention.stretches() <= few_patterns;
  if (retention.customers() == 0) {
    problem.too_little_data = "there are no customers";
  } else if (retention.stretches() == 0) {
    problem.too_little_data = "no customer has been seen at a renewal";
  } else if (retention.churned() == 0) {
    problem.too_little_data = "no customer has left yet: the chance to leave runs to 0";
  } else if (retention.survived().empty()) {
    problem.too_little_data = "no customer has been seen to renew: the chance to leave runs to 1";
  }
  return problem;
}

/// The share of renewals that were not made, > 0 and < 1.
[[nodiscard]] inline double churn_share(const Retention& retention) noexcept {
  return (retention.churned() + 0.5) / (retention.exposure() + 1);
}

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_RETENTION_LIKELIHOOD_HPP
