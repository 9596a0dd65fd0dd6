#ifndef RAPPORT_CLV_CONTRACT_HPP
#define RAPPORT_CLV_CONTRACT_HPP

/// \file
/// Customers under contract, whose leaving is seen: what the models of that have in common.
///
/// A contract runs for a period and is then renewed or not. S(t) is the probability of still being
/// under contract after t renewals; S(0) = 1. A customer is **in period t** = 1, 2, ... before the
/// t-th renewal, having made t - 1 of them: so the papers count, and so do all functions here.
///
/// P. S. Fader, B. G. S. Hardie (2007), How to Project Customer Retention, Journal of Interactive
/// Marketing 21(1), 76-90, doi:10.1002/dir.20074; the same (2010), Customer-Base Valuation in a
/// Contractual Setting: The Perils of Ignoring Heterogeneity, Marketing Science 29(1), 85-93,
/// doi:10.1287/mksc.1080.0482.
///
/// A model gives little more than the law of one function, log_conditional_survival;
/// ContractAnswers makes the rest of it.

#include <rapport/clv/fit.hpp>
#include <rapport/clv/retention.hpp>
#include <rapport/clv/simulate.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/math/random.hpp>
#include <rapport/math/special.hpp>
#include <rapport/math/summation.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// The answers of a model of contracts, which derives from this and has
///
///  - name;
///  - log_conditional_survival(t, h), ln(S(t + h) / S(t)) for t, h >= 0, not of two differences;
///  - finite_lifetime(), whether the mean number of renewals is finite, and finite_variance(),
///    whether that of its square is;
///  - optionally residual(t, h, d), a faster form of the one here.
///
/// \throws std::domain_error unless periods t are whole numbers in [1, 2^53], horizons h whole
/// numbers in [0, 2^53], and a rate d, by which money a period later is worth 1 / (1 + d), finite
/// and >= 0.
template <class Model>
class ContractAnswers {
 public:
  /// ln S(t), the log of the probability of still being under contract after t renewals. t = 0 is
  /// allowed.
  [[nodiscard]] double log_survival(double t) const {
    check_whole(t, 0, "t");
    return model().log_conditional_survival(0, t);
  }

  /// S(t).
  [[nodiscard]] double survival(double t) const { return std::exp(log_survival(t)); }

  /// Log of the probability of leaving at the t-th renewal: ln(S(t - 1) - S(t)).
  [[nodiscard]] double log_pmf(double t) const {
    check_whole(t, 1, "t");
    return model().log_conditional_survival(0, t - 1) +
           math::log1m_exp(model().log_conditional_survival(t - 1, 1));
  }

  /// S(t) / S(t - 1): the share of those in period t who renew. Rises with t where customers
  /// differ, as those who would leave have left: no sign that anybody becomes more loyal.
  [[nodiscard]] double retention_rate(double t) const {
    check_whole(t, 1, "t");
    return std::exp(model().log_conditional_survival(t - 1, 1));
  }

  /// Probability that a customer in period t leaves at one of the next h renewals.
  [[nodiscard]] double probability_of_churn(double t, double h) const {
    check_whole(t, 1, "t");
    check_whole(h, 0, "h");
    return -std::expm1(model().log_conditional_survival(t - 1, h));
  }

  /// Mean number of renewals to come of a customer in period t; NaN where it is infinite.
  [[nodiscard]] double expected_residual_lifetime(double t) const {
    return discounted_residual_lifetime(t, 0);
  }

  /// The same among the next h.
  [[nodiscard]] double expected_residual_lifetime(double t, double h) const {
    return discounted_residual_lifetime(t, h, 0);
  }

  /// Discounted expected residual lifetime of a customer in period t whose t-th renewal is due now:
  /// the sum of S(t - 1 + k) / S(t - 1) / (1 + d)^(k - 1) over k >= 1. NaN where it is infinite,
  /// which takes d = 0.
  [[nodiscard]] double discounted_residual_lifetime(double t, double d) const {
    check_whole(t, 1, "t");
    core::check_not_negative_finite(d, Model::name, "d");
    if (d == 0 && !model().finite_lifetime()) return std::numeric_limits<double>::quiet_NaN();
    return model().residual(t, std::numeric_limits<double>::infinity(), d);
  }

  /// The same over the next h renewals.
  [[nodiscard]] double discounted_residual_lifetime(double t, double h, double d) const {
    check_whole(t, 1, "t");
    check_whole(h, 0, "h");
    core::check_not_negative_finite(d, Model::name, "d");
    return h > 0 ? model().residual(t, h, d) : 0;
  }

  /// Discounted expected lifetime of a new customer, whose first period is paid now: the sum of
  /// S(j) / (1 + d)^j over j >= 0. NaN where it is infinite, which takes d = 0.
  [[nodiscard]] double discounted_lifetime(double d) const {
    return 1 + discounted_residual_lifetime(1, d) / (1 + d);
  }

  /// Mean number of periods of a new customer, the first included; NaN where it is infinite.
  [[nodiscard]] double expected_lifetime() const { return discounted_lifetime(0); }

  /// By how many percent discounted_residual_lifetime(t, d) grows if every chance to renew grows by
  /// one percent of itself: what retention is worth more than margin, whose elasticity is 1. With
  /// one retention rate r for all it is (1 + d) / (1 + d - r). \throws also for d = 0.
  [[nodiscard]] double retention_elasticity(double t, double d) const {
    check_whole(t, 1, "t");
    core::check_positive_finite(d, Model::name, "d");
    // k chances make S(t - 1 + k) / S(t - 1).
    const double log_discount = std::log1p(d);
    const double log_sum = math::log_sum_smooth(
        [&](double k) {
          return std::log1p(k) + model().log_conditional_survival(t - 1, k + 1) - k * log_discount;
        },
        std::numeric_limits<double>::infinity());
    return std::exp(log_sum) / discounted_residual_lifetime(t, d);
  }

  /// The sum of discounted_residual_lifetime over h renewals, which may be infinite: relative error
  /// 1e-13, tens of microseconds for any h and d. \pre As checked there.
  [[nodiscard]] double residual(double t, double h, double d) const {
    const double log_discount = std::log1p(d);
    return std::exp(math::log_sum_smooth(
        [&](double k) { return model().log_conditional_survival(t - 1, k + 1) - k * log_discount; },
        h));
  }

 private:
  friend Model;  // nobody else makes one
  ContractAnswers() = default;

  [[nodiscard]] const Model& model() const noexcept { return static_cast<const Model&>(*this); }

  static void check_whole(double value, double least, std::string_view what) {
    if (!(value >= least && value <= 0x1p53 && std::floor(value) == value)) {
      core::throw_domain_error(Model::name, what, value,
                               least > 0 ? "a whole number >= 1" : "a whole number >= 0");
    }
  }
};

/// A model of contracts with known parameters: what ContractAnswers says. All is deterministic and
/// safe to ask at once from several threads.
template <class M>
concept ContractModel = std::copyable<M> && requires(const M& model, double t, double h, double d) {
  { model.log_conditional_survival(t, h) } -> std::same_as<double>;
  { model.log_survival(t) } -> std::same_as<double>;
  { model.log_pmf(t) } -> std::same_as<double>;
  { model.retention_rate(t) } -> std::same_as<double>;
  { model.probability_of_churn(t, h) } -> std::same_as<double>;
  { model.expected_residual_lifetime(t) } -> std::same_as<double>;
  { model.discounted_residual_lifetime(t, h, d) } -> std::same_as<double>;
  { model.discounted_residual_lifetime(t, d) } -> std::same_as<double>;
  { model.discounted_lifetime(d) } -> std::same_as<double>;
  { model.finite_lifetime() } -> std::same_as<bool>;
  { model.finite_variance() } -> std::same_as<bool>;
};

/// Log-likelihood of what was seen, in nats: multinomial without its combinatorial constant.
template <ContractModel Model>
[[nodiscard]] double log_likelihood(const Model& model, const Retention& retention) {
  double sum = 0;
  for (const auto& [from, to, customers] : retention.survived()) {
    sum += customers * model.log_conditional_survival(from, to - from);
  }
  for (const auto& [from, to, customers] : retention.left()) {
    sum += customers * math::log1m_exp(model.log_conditional_survival(from, to - from));
  }
  return sum;
}

/// Fits a model of contracts; the header of each model has its own. Needs customers who left and
/// customers who renewed.
/// \throws std::invalid_argument or std::domain_error for a start that is no model's parameters, or
/// for held parameters without one; what the watch's on_progress throws.
template <class Model>
[[nodiscard]] Fit<Model> fit(const Retention& retention, const FitOptions& options = {}) = delete;

/// For so many customers, the number of the renewal that each does not make: draw_tenure(model,
/// stream), which the model's header has, on the stream (seed, i).
template <ContractModel Model>
[[nodiscard]] std::vector<double> simulate_tenures(const Model& model, std::size_t customers,
                                                   std::uint64_t seed,
                                                   const Threads& threads = {}) {
  const std::vector<double> ages(customers, 0);
  return simulate_each(ages, seed, threads,
                       [&](double, math::RandomStream& stream) {
                         return std::vector<double>{draw_tenure(model, stream)};
                       })
      .values;
}

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_CONTRACT_HPP
