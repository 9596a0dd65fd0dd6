#ifndef RAPPORT_CLV_SBG_HPP
#define RAPPORT_CLV_SBG_HPP

/// \file
/// Shifted beta-geometric: contracts whose customers each leave with a chance of their own, the
/// same at every renewal.
///
/// P. S. Fader, B. G. S. Hardie (2007), How to Project Customer Retention, Journal of Interactive
/// Marketing 21(1), 76-90, doi:10.1002/dir.20074; residual lifetimes: the same (2010),
/// Customer-Base Valuation in a Contractual Setting, Marketing Science 29(1), 85-93,
/// doi:10.1287/mksc.1080.0482.
///
///   paper        here         meaning
///   t            t            period, and number of the renewal at its end
///   theta        theta        chance of a customer to leave at a renewal
///   alpha, beta  alpha, beta  beta law of theta

#include <rapport/clv/beta_geometric_lifetime.hpp>
#include <rapport/clv/contract.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/random.hpp>
#include <rapport/math/special.hpp>

#include <array>
#include <cmath>
#include <string_view>

namespace rapport::clv {

/// A shifted beta-geometric model with known parameters: an immutable value. Models ContractModel.
class Sbg : public ContractAnswers<Sbg> {
 public:
  /// Each one is finite and > 0.
  struct Params {
    double alpha, beta;
  };
  static constexpr std::string_view name = "sBG";
  static constexpr std::array<std::string_view, 2> parameter_names = {"alpha", "beta"};

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit Sbg(const Params& params) : params_(params) {
    core::check_positive_finite(params.alpha, "Sbg", "alpha");
    core::check_positive_finite(params.beta, "Sbg", "beta");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// ln(S(t + h) / S(t)), S(t) = B(alpha, beta + t) / B(alpha, beta). \pre t, h >= 0 are finite.
  [[nodiscard]] double log_conditional_survival(double t, double h) const noexcept {
    return math::log_beta_shift(params_.alpha, params_.beta + t, h);
  }

  /// Mean chance theta of those in period t to leave: alpha / (alpha + beta + t - 1), which is what
  /// share of them does. \pre t >= 1 is finite.
  [[nodiscard]] double dropout_rate(double t) const noexcept {
    return params_.alpha / (params_.alpha + params_.beta + (t - 1));
  }

  /// True if alpha > 1; below, a few stay for so long that the mean does not exist.
  [[nodiscard]] bool finite_lifetime() const noexcept { return params_.alpha > 1; }

  /// True if alpha > 2: the number of renewals has a finite variance.
  [[nodiscard]] bool finite_variance() const noexcept { return params_.alpha > 2; }

  /// See ContractAnswers::residual: about a microsecond. Relative error below 1e-13.
  [[nodiscard]] double residual(double t, double h, double d) const {
    const BetaGeometricLifetime lifetime(params_.alpha, params_.beta + (t - 1));
    return (1 + d) * (std::isinf(h) ? lifetime.discounted(d) : lifetime.discounted(h, d));
  }

 private:
  Params params_;
};

/// Log-likelihood with gradient (2) and Hessian (2 x 2) with respect to ln alpha, ln beta.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const Sbg& model,
                                                           const Retention& retention,
                                                           const core::Threads& threads = 1);

template <>
[[nodiscard]] Fit<Sbg> fit<Sbg>(const Retention& retention, const FitOptions& options);

/// The number of the renewal that one customer does not make; infinite for a chance that rounds to
/// 0.
[[nodiscard]] double draw_tenure(const Sbg& model, math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_SBG_HPP
