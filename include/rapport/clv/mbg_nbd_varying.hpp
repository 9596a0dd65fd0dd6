#ifndef RAPPORT_CLV_MBG_NBD_VARYING_HPP
#define RAPPORT_CLV_MBG_NBD_VARYING_HPP

/// \file
/// MBG/NBD whose purchase rate and dropout odds move with covariates that change over time.
///
/// While active a customer buys at the rate lambda exp(purchase' x(t)), lambda ~ Gamma(r, alpha).
/// In the MBG/NBD of Batislam, Denizel and Filiztekin (2007, doi:10.1016/j.ijresmar.2006.12.005)
/// whoever survived j chances to drop out does so at the next one with odds a / (b + j): that is
/// what a Beta(a, b) law of the chance amounts to. Here these odds are multiplied by
/// exp(dropout' x) with the covariates at that purchase; the first purchase (j = 0) is a chance
/// too. So constant covariates multiply a, as BetaEffect::odds does. With the clock Lambda(t), the
/// integral of the purchase multiplier, A the product of the purchase multipliers at the repeat
/// purchases, and o_j the odds at purchase j,
///
///   L = G(r + x) / G(r) alpha^r A prod_{j <= x} 1 / (1 + o_j)
///       { (alpha + Lambda(T))^-(r + x) + o_x (alpha + Lambda(t_x))^-(r + x) }.
///
/// See docs/models/covariates.md for the derivation and for what lies ahead.

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

/// An MBG/NBD model with time-varying covariates and known parameters: an immutable value.
///
/// All questions are asked of a row of a VaryingHistories whose covariates bear the names of the
/// coefficients. \pre row < data.size(). \throws std::invalid_argument for a covariate that the
/// data do not have; std::domain_error unless horizons and discount rates are finite and >= 0, or
/// where covariates are not known up to the horizon.
class MbgNbdVarying {
 public:
  struct Params {
    double r, alpha, a, b;  ///< as in MbgNbd; each finite and > 0
    Coefficients purchase;  ///< of the logarithm of the purchase rate
    Coefficients dropout;   ///< of the logarithm of the odds to drop out at a purchase
  };

  static constexpr std::string_view name = "MBG/NBD with time-varying covariates";
  static constexpr std::array<std::string_view, 4> parameter_names = {"r", "alpha", "a", "b"};

  /// \throws std::domain_error that names the first parameter that is not as stated;
  /// std::invalid_argument if a process has not one name for each coefficient.
  explicit MbgNbdVarying(Params params);

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// In nats.
  [[nodiscard]] double log_likelihood(const VaryingHistories& data, std::size_t row) const;

  /// Log of the probability that the customer is active at the end of observation.
  [[nodiscard]] double log_probability_alive(const VaryingHistories& data, std::size_t row) const;
  [[nodiscard]] double probability_alive(const VaryingHistories& data, std::size_t row) const;

  /// Probability of being active t after the end of observation.
  [[nodiscard]] double probability_alive(const VaryingHistories& data, std::size_t row,
                                         double t) const;

  /// Mean number of purchases in (age, age + t]. For a new customer, a row of age 0. Relative error
  /// below 1e-11. Where the dropout odds change ahead it takes n^2 additions for each of sixteen
  /// nodes a piece, with n purchases that are still likely within t.
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

/// Log-likelihood of all customers in nats, with derivatives with respect to ln r, ln alpha, ln a,
/// ln b, the purchase coefficients and the dropout coefficients.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const MbgNbdVarying& model,
                                                           const VaryingHistories& data,
                                                           const core::Threads& threads = 1);

/// Fits by maximum likelihood. \throws as fit_varying says.
template <>
[[nodiscard]] VaryingFit<MbgNbdVarying> fit_varying<MbgNbdVarying>(const VaryingHistories& data,
                                                                   const CovariateNames& names,
                                                                   const CovariateOptions& options);

/// Repeat purchase times in (0, until] of a new customer with the covariates of the row, ascending,
/// counted from the first purchase. \pre The covariates are known that far. \throws as above.
[[nodiscard]] std::vector<double> draw_purchases(const MbgNbdVarying& model,
                                                 const VaryingHistories& data, std::size_t row,
                                                 double until, math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_MBG_NBD_VARYING_HPP
