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

#include <rapport/clv/varying_answers.hpp>
#include <rapport/clv/varying_fit.hpp>

#include <array>
#include <string_view>

namespace rapport::clv {

/// An MBG/NBD model with time-varying covariates and known parameters: an immutable value. Its
/// answers are right to 1e-11. Where the dropout odds change ahead a mean number of purchases takes
/// n^2 additions for each of sixteen nodes a piece, with n purchases that are still likely by then.
class MbgNbdVarying : public VaryingAnswers<MbgNbdVarying> {
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

 private:
  Params params_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_MBG_NBD_VARYING_HPP
