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

#include <rapport/clv/varying_fit.hpp>
#include <rapport/clv/varying_histories.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/math/newton.hpp>  // Derivatives
#include <rapport/math/random.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// A Pareto/NBD model with time-varying covariates and known parameters: an immutable value.
///
/// All questions are asked of a row of a VaryingHistories whose covariates bear the names of the
/// coefficients. \pre row < data.size(). \throws std::invalid_argument for a covariate that the
/// data do not have; std::domain_error unless horizons and discount rates are finite and >= 0, or
/// where covariates are not known up to the horizon. Accuracy: 1e-12.
class ParetoNbdVarying {
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

  /// In nats.
  [[nodiscard]] double log_likelihood(const VaryingHistories& data, std::size_t row) const;

  /// Log of the probability that the customer is active at the end of observation.
  [[nodiscard]] double log_probability_alive(const VaryingHistories& data, std::size_t row) const;
  [[nodiscard]] double probability_alive(const VaryingHistories& data, std::size_t row) const;

  /// Probability of being active t after the end of observation.
  [[nodiscard]] double probability_alive(const VaryingHistories& data, std::size_t row,
                                         double t) const;

  /// Mean number of purchases in (age, age + t]. For a new customer, a row of age 0.
  [[nodiscard]] double expected_purchases(const VaryingHistories& data, std::size_t row,
                                          double t) const;

  /// Mean of the sum of exp(-delta u) over the purchases at age + u, u in (0, t].
  [[nodiscard]] double discounted_purchases(const VaryingHistories& data, std::size_t row, double t,
                                            double delta) const;

  /// Probability of no purchase in (age, age + t].
  [[nodiscard]] double probability_of_no_purchase(const VaryingHistories& data, std::size_t row,
                                                  double t) const;

 private:
  Params params_;
};

/// Log-likelihood of all customers in nats, with derivatives with respect to ln r, ln alpha, ln s,
/// ln beta, the purchase coefficients and the dropout coefficients.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const ParetoNbdVarying& model,
                                                           const VaryingHistories& data,
                                                           const core::Threads& threads = 1);

/// Fits by maximum likelihood. \throws as fit_varying says.
template <>
[[nodiscard]] VaryingFit<ParetoNbdVarying> fit_varying<ParetoNbdVarying>(
    const VaryingHistories& data, const CovariateNames& names, const CovariateOptions& options);

/// Repeat purchase times in (0, until] of a new customer with the covariates of the row, ascending,
/// counted from the first purchase. \pre The covariates are known that far. \throws as above.
[[nodiscard]] std::vector<double> draw_purchases(const ParetoNbdVarying& model,
                                                 const VaryingHistories& data, std::size_t row,
                                                 double until, math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_PARETO_NBD_VARYING_HPP
