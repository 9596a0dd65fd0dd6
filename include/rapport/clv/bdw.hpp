#ifndef RAPPORT_CLV_BDW_HPP
#define RAPPORT_CLV_BDW_HPP

/// \file
/// Beta-discrete-Weibull: contracts whose customers differ in their chance to leave, and whose own
/// chance changes with the number of renewals they have made.
///
/// P. S. Fader, B. G. S. Hardie, Y. Liu, J. Davin, T. Steenburgh (2018), "How to Project Customer
/// Retention" Revisited: The Role of Duration Dependence, Journal of Interactive Marketing 43,
/// 1-16, doi:10.1016/j.intmar.2018.01.002.
///
///   paper        here         meaning
///   t            t            period, and number of the renewal at its end
///   theta        theta        chance of a customer to leave at the first renewal
///   c            c            S(t) = (1 - theta)^(t^c): > 1, own chances to leave grow with t; <
///   1,
///                             they fall; 1 is the shifted beta-geometric
///   alpha, beta  alpha, beta  beta law of theta

#include <rapport/clv/contract.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/random.hpp>

#include <array>
#include <cmath>
#include <string_view>

namespace rapport::clv {

/// A beta-discrete-Weibull model with known parameters: an immutable value. Models ContractModel.
class Bdw : public ContractAnswers<Bdw> {
 public:
  /// Each one is finite and > 0.
  struct Params {
    double alpha, beta, c;
  };
  static constexpr std::string_view name = "BdW";
  static constexpr std::array<std::string_view, 3> parameter_names = {"alpha", "beta", "c"};

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit Bdw(const Params& params) : params_(params) {
    core::check_positive_finite(params.alpha, "Bdw", "alpha");
    core::check_positive_finite(params.beta, "Bdw", "beta");
    core::check_positive_finite(params.c, "Bdw", "c");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// ln(S(t + h) / S(t)), S(t) = B(alpha, beta + t^c) / B(alpha, beta). \pre t, h >= 0 are finite.
  [[nodiscard]] double log_conditional_survival(double t, double h) const noexcept;

  /// Mean theta of those in period t: alpha / (alpha + beta + (t - 1)^c). Their chance to leave at
  /// the t-th renewal is 1 - retention_rate(t). \pre t >= 1 is finite.
  [[nodiscard]] double dropout_rate(double t) const noexcept {
    return params_.alpha / (params_.alpha + params_.beta + std::pow(t - 1, params_.c));
  }

  /// True if alpha c > 1: S falls like t^-(alpha c).
  [[nodiscard]] bool finite_lifetime() const noexcept { return params_.alpha * params_.c > 1; }

  /// True if alpha c > 2: the number of renewals has a finite variance.
  [[nodiscard]] bool finite_variance() const noexcept { return params_.alpha * params_.c > 2; }

 private:
  Params params_;
};

/// Log-likelihood with gradient (3) and Hessian (3 x 3) with respect to ln alpha, ln beta, ln c.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const Bdw& model,
                                                           const Retention& retention,
                                                           const core::Threads& threads = 1);

template <>
[[nodiscard]] Fit<Bdw> fit<Bdw>(const Retention& retention, const FitOptions& options);

/// The number of the renewal that one customer does not make; infinite if it is too large.
[[nodiscard]] double draw_tenure(const Bdw& model, math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_BDW_HPP
