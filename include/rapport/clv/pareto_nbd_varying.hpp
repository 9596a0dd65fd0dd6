#ifndef RAPPORT_CLV_PARETO_NBD_VARYING_HPP
#define RAPPORT_CLV_PARETO_NBD_VARYING_HPP

/// \file
/// Pareto/NBD whose purchase rate and dropout hazard move with covariates that change over time.
///
/// P. Bachmann, M. Meierer, J. Naef (2021), The Role of Time-Varying Contextual Factors in Latent
/// Attrition Models for Customer Base Analysis, Marketing Science 40(4), 783-809,
/// doi:10.1287/mksc.2020.1254.
///
/// While active a customer buys at the rate lambda exp(purchase' x(t)) and drops out at the hazard
/// mu exp(dropout' x(t)), with lambda ~ Gamma(r, alpha) and mu ~ Gamma(s, beta) over customers.
/// With the clocks Lambda(t) and M(t), the integrals of the two multipliers from the first purchase
/// on, and A the product of the purchase multipliers at the repeat purchases,
///
///   L = G(r + x) / G(r) alpha^r beta^s A { (alpha + Lambda(T))^-(r + x) (beta + M(T))^-s
///       + s int_{t_x}^{T} m(y) (beta + M(y))^-(s + 1) (alpha + Lambda(y))^-(r + x) dy }.
///
/// Within a piece of constant covariates both clocks are linear; each piece is integrated by
/// Gauss-Legendre panels as wide as the integrand is smooth. All terms are positive, so nothing
/// cancels, and there is no case alpha < beta.

#include <rapport/clv/varying_answers.hpp>
#include <rapport/clv/varying_fit.hpp>

#include <array>
#include <string_view>

namespace rapport::clv {

/// A Pareto/NBD model with time-varying covariates and known parameters: an immutable value. Its
/// answers are right to 1e-12, probabilities of many purchases to 1e-10.
class ParetoNbdVarying : public VaryingAnswers<ParetoNbdVarying> {
 public:
  /// alpha and beta are rates (inverse scales) of the gamma laws.
  struct Params {
    double r, alpha, s, beta;  ///< each finite and > 0
    Coefficients purchase;     ///< of the logarithm of the purchase rate
    Coefficients dropout;      ///< of the logarithm of the dropout hazard
  };

  static constexpr std::string_view name = "Pareto/NBD with time-varying covariates";
  static constexpr std::array<std::string_view, 4> parameter_names = {"r", "alpha", "s", "beta"};

  /// \throws std::domain_error that names the first parameter that is not as stated;
  /// std::invalid_argument if a process has not one name for each coefficient.
  explicit ParetoNbdVarying(Params params);

  [[nodiscard]] const Params& params() const noexcept { return params_; }

 private:
  Params params_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_PARETO_NBD_VARYING_HPP
