#ifndef RAPPORT_CLV_EXPONENTIAL_GAMMA_HPP
#define RAPPORT_CLV_EXPONENTIAL_GAMMA_HPP

/// \file
/// Exponential-gamma (Pareto of the second kind, Lomax): contracts that may end at any moment, with
/// a rate of the customer's own; the shifted beta-geometric of continuous time.
///
/// K. S. Lomax (1954), Business Failures: Another Example of the Analysis of Failure Data, Journal
/// of the American Statistical Association 49(268), 847-852, doi:10.1080/01621459.1954.10501239.
/// As a model of customers: B. G. S. Hardie, P. S. Fader, M. Wisniewski (1998), An Empirical
/// Comparison of New Product Trial Forecasting Models, Journal of Forecasting 17(3-4), 209-229.
///
///   paper     here      unit        meaning
///   r, alpha  r, alpha  -, periods  gamma law of the rates at which customers leave; alpha is its
///                                   rate (inverse scale)
///
/// S(t) = (alpha / (alpha + t))^r at any time t. Seen at whole periods only, as counts of cohorts
/// are, it is a ContractModel like the others; in between it has the functions of time below.

#include <rapport/clv/contract.hpp>
#include <rapport/clv/durations.hpp>
#include <rapport/clv/lifetime_future.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/random.hpp>

#include <array>
#include <cmath>
#include <string_view>

namespace rapport::clv {

/// An exponential-gamma model with known parameters: an immutable value. Models ContractModel.
class ExponentialGamma : public ContractAnswers<ExponentialGamma> {
 public:
  /// Each one is finite and > 0.
  struct Params {
    double r, alpha;
  };
  static constexpr std::string_view name = "exponential-gamma";
  static constexpr std::array<std::string_view, 2> parameter_names = {"r", "alpha"};

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit ExponentialGamma(const Params& params) : params_(params) {
    core::check_positive_finite(params.r, "ExponentialGamma", "r");
    core::check_positive_finite(params.alpha, "ExponentialGamma", "alpha");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// ln(S(t + h) / S(t)) at any times t, h >= 0. \pre Both are finite.
  [[nodiscard]] double log_conditional_survival(double t, double h) const noexcept {
    return -params_.r * std::log1p(h / (params_.alpha + t));
  }

  /// Mean rate at which customers of age t leave, per period: r / (alpha + t).
  /// \pre t >= 0 is finite.
  [[nodiscard]] double dropout_rate(double t) const noexcept {
    return params_.r / (params_.alpha + t);
  }

  /// True if r > 1.
  [[nodiscard]] bool finite_lifetime() const noexcept { return params_.r > 1; }

  /// True if r > 2: the number of renewals has a finite variance.
  [[nodiscard]] bool finite_variance() const noexcept { return params_.r > 2; }

  /// Mean time to come, in periods, of a customer of age t: (alpha + t) / (r - 1); NaN if r <= 1,
  /// where it is infinite. \throws std::domain_error unless t is finite and >= 0.
  [[nodiscard]] double expected_residual_time(double t) const {
    return discounted_residual_time(t, 0);
  }

  /// The same with time u from now worth exp(-delta u): what a customer of age t who pays 1 a
  /// period without a break is worth. NaN if delta = 0 and r <= 1. Relative error below 1e-12.
  /// \throws std::domain_error unless t and delta are finite and >= 0.
  [[nodiscard]] double discounted_residual_time(double t, double delta) const {
    core::check_not_negative_finite(t, name, "t");
    // One "purchase" a period for certain on average: shape / rate = 1.
    return LifetimeFuture<ParetoLifetime>(
               {.shape = 1, .rate = 1, .lifetime = {params_.r, params_.alpha + t}})
        .discounted(delta);
  }

 private:
  Params params_;
};

/// Log-likelihood with gradient (2) and Hessian (2 x 2) with respect to ln r, ln alpha.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const ExponentialGamma& model,
                                                           const Retention& retention,
                                                           const core::Threads& threads = 1);

/// Departures are known to lie between two renewals, no more.
template <>
[[nodiscard]] Fit<ExponentialGamma> fit<ExponentialGamma>(const Retention& retention,
                                                          const FitOptions& options);

/// The same where the moments of departures are known: densities instead of probabilities.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const ExponentialGamma& model,
                                                           const Durations& durations,
                                                           const core::Threads& threads = 1);

/// Fits a model of contracts to moments of departure. Needs customers who left.
/// \throws as fit() of Retention does.
template <class Model>
[[nodiscard]] Fit<Model> fit(const Durations& durations, const FitOptions& options = {}) = delete;
template <>
[[nodiscard]] Fit<ExponentialGamma> fit<ExponentialGamma>(const Durations& durations,
                                                          const FitOptions& options);

/// The time at which one customer leaves, in periods; infinite for a rate that rounds to 0.
[[nodiscard]] double draw_time(const ExponentialGamma& model, math::RandomStream& stream);

/// The number of the first renewal after that time.
[[nodiscard]] double draw_tenure(const ExponentialGamma& model, math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_EXPONENTIAL_GAMMA_HPP
