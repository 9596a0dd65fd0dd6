#ifndef RAPPORT_CLV_DISCRETE_WEIBULL_HPP
#define RAPPORT_CLV_DISCRETE_WEIBULL_HPP

/// \file
/// Discrete Weibull: contracts of customers who are all alike, with a chance to leave that changes
/// with the number of renewals made.
///
/// T. Nakagawa, S. Osaki (1975), The Discrete Weibull Distribution, IEEE Transactions on
/// Reliability R-24(5), 300-301, doi:10.1109/TR.1975.5214915.
///
///   paper  here   meaning
///   1 - q  theta  chance to leave at the first renewal
///   beta   c      S(t) = (1 - theta)^(t^c): > 1, chances to leave grow with t; < 1, they fall
///
/// With c = 1 every renewal has the same chance 1 - theta: the classic value of margin and
/// retention rate. Falling chances (c < 1) are what a mixture of different customers looks like
/// too; Bdw can tell the two apart.

#include <rapport/clv/contract.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/random.hpp>

#include <array>
#include <cmath>
#include <string_view>

namespace rapport::clv {

/// A discrete Weibull model with known parameters: an immutable value. Models ContractModel.
class DiscreteWeibull : public ContractAnswers<DiscreteWeibull> {
 public:
  /// theta is in (0, 1), c finite and > 0.
  struct Params {
    double theta, c;
  };
  static constexpr std::string_view name = "discrete Weibull";
  static constexpr std::array<std::string_view, 2> parameter_names = {"theta", "c"};

  /// \throws std::domain_error that names the first parameter outside its domain.
  explicit DiscreteWeibull(const Params& params)
      : params_(params), log_stay_(std::log1p(-params.theta)) {
    if (!(params.theta > 0 && params.theta < 1)) {
      core::throw_domain_error("DiscreteWeibull", "theta", params.theta, "in (0, 1)");
    }
    core::check_positive_finite(params.c, "DiscreteWeibull", "c");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// ln(S(t + h) / S(t)). \pre t, h >= 0 are finite.
  [[nodiscard]] double log_conditional_survival(double t, double h) const noexcept;

  /// Always: the mean number of renewals is finite, though it may overflow for tiny c.
  [[nodiscard]] bool finite_lifetime() const noexcept { return true; }

  /// Always: the number of renewals has a finite variance.
  [[nodiscard]] bool finite_variance() const noexcept { return true; }

 private:
  Params params_;
  double log_stay_;  // ln(1 - theta)
};

/// Log-likelihood with gradient (2) and Hessian (2 x 2) with respect to ln theta, ln c.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const DiscreteWeibull& model,
                                                           const Retention& retention,
                                                           const core::Threads& threads = 1);

/// Searched in ln(-ln(1 - theta)), which has no end at theta = 1.
template <>
[[nodiscard]] Fit<DiscreteWeibull> fit<DiscreteWeibull>(const Retention& retention,
                                                        const FitOptions& options);

/// The number of the renewal that one customer does not make; infinite if it is too large.
[[nodiscard]] double draw_tenure(const DiscreteWeibull& model, math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_DISCRETE_WEIBULL_HPP
