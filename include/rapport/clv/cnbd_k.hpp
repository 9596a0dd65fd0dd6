#ifndef RAPPORT_CLV_CNBD_K_HPP
#define RAPPORT_CLV_CNBD_K_HPP

/// \file
/// BG/CNBD-k and MBG/CNBD-k: repeat buying at more regular intervals than chance would have them,
/// by customers who may drop out right after a purchase.
///
/// T. Reutterer, M. Platzer, N. Schroeder (2021), Leveraging purchase regularity for predicting
/// customer behavior the easy way, International Journal of Research in Marketing 38(1), 194-215,
/// doi:10.1016/j.ijresmar.2020.09.002. The chance to drop out right after the first purchase is
/// that of E. P. Batislam, M. Denizel, A. Filiztekin (2007), doi:10.1016/j.ijresmar.2006.12.005,
/// and D. Hoppe, U. Wagner (2007), Marketing ZFP 29(2), 75-90.
///
///   paper      here                     unit                meaning
///   x, t_x, T  frequency, recency, age  purchases, periods  see CustomerHistory
///   r, alpha   r, alpha                 -, periods          gamma law of the rates of stages
///   a, b       a, b                     -                   beta law of dropout probabilities
///   k          k                        stages              Erlang-k intervals: regularity
///
/// An interval is the sum of k exponential stages of rate lambda ~ Gamma(r, alpha), so that it
/// lasts k / lambda on average, and its coefficient of variation is 1 / sqrt(k). For k = 1 these
/// are the BG/NBD and the MBG/NBD.
///
/// The published expectations are approximations, one of them with a correction that makes a
/// customer's forecast depend on who else is forecast. Here all is exact: see erlang_future.hpp.

#include <rapport/clv/beta_geometric_future.hpp>  // BetaGeometricAnswers
#include <rapport/clv/erlang_future.hpp>
#include <rapport/clv/fit.hpp>
#include <rapport/clv/forecast.hpp>
#include <rapport/clv/histories.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/math/newton.hpp>  // Derivatives
#include <rapport/math/random.hpp>

#include <array>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// A model of this kind with known parameters: an immutable value. Models RepeatBuyingModel, whose
/// questions BetaGeometricAnswers answers. `first_chances` is how often a customer may drop out
/// before the first repeat purchase: 0 in BgCnbdK, 1 in MbgCnbdK.
template <unsigned first_chances>
class CnbdK : public BetaGeometricAnswers<CnbdK<first_chances>> {
  static_assert(first_chances <= 1);

 public:
  /// alpha is the rate (inverse scale) of the gamma law. r, alpha, a and b are finite and > 0, and
  /// k is a whole number from 1 to 50.
  struct Params {
    double r, alpha, a, b, k;
  };

  static constexpr std::string_view name = first_chances == 0 ? "BG/CNBD-k" : "MBG/CNBD-k";
  static constexpr std::array<std::string_view, 5> parameter_names = {"r", "alpha", "a", "b", "k"};
  using History = CustomerHistory;

  /// \throws std::domain_error that names the first parameter out of its domain.
  explicit CnbdK(const Params& params);

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// Log-likelihood of one history, in nats: the density of the times of purchase. With k > 1 and a
  /// repeat purchase it takes `sum_log_intervals`, and is NaN where that is not known.
  /// \pre `c` is valid. Not checked: this is called in loops.
  [[nodiscard]] double log_likelihood(const CustomerHistory& c) const;

  /// What the customer will do if active.
  [[nodiscard]] ErlangFuture future(const CustomerHistory& c) const noexcept {
    const auto& [r, alpha, a, b, k] = params_;
    return ErlangFuture({.shape = r + k * c.frequency,
                         .rate = alpha + c.recency,
                         .idle = c.age - c.recency,
                         .a = a,
                         .b = b + c.frequency + first_chances,
                         .k = static_cast<unsigned>(k)});
  }

  /// Mean, given the history, of the customer's purchases per period while active: of the rate of
  /// stages over k.
  [[nodiscard]] double purchase_rate(const CustomerHistory& c) const;

  /// Mean of the sum of exp(-delta (u + v)) over the pairs of purchases at times age + u and
  /// age + v, u < v <= t, given the history; t may be infinite. NaN where pairs_ever(c) is, for
  /// delta = 0. \throws std::domain_error unless t is >= 0 and delta finite and >= 0.
  [[nodiscard]] double discounted_pairs(const CustomerHistory& c, double t, double delta) const {
    return this->probability_alive(c) * future(c).pairs(t, delta);
  }

  /// Log of the odds of having dropped out by the end of observation; -infinity where there was no
  /// chance to: BgCnbdK without a repeat purchase.
  [[nodiscard]] double log_odds_dropped(const CustomerHistory& c) const noexcept;

 private:
  // ln of the probability of no purchase since the last one, if the customer is active.
  [[nodiscard]] double log_silence(const CustomerHistory& c) const noexcept;

  Params params_;
};

using BgCnbdK = CnbdK<0>;
using MbgCnbdK = CnbdK<1>;

extern template class CnbdK<0>;
extern template class CnbdK<1>;

/// Log-likelihood of all customers in nats, 0 if there are none, with gradient (5) and Hessian
/// (5 x 5) with respect to ln r, ln alpha, ln a, ln b and k; those of k, which is held, are 0. With
/// k > 1 it takes `sum_log_intervals`, as the likelihood of one history does.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const BgCnbdK& model,
                                                           const Patterns& patterns,
                                                           const core::Threads& threads = 1);
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const MbgCnbdK& model,
                                                           const Patterns& patterns,
                                                           const core::Threads& threads = 1);

/// Fits for each k from 1 to 12 and keeps the one of highest likelihood, or fits for the k that
/// options.held and options.start fix; a start for another k is made to fit. k is `held` in the
/// report: it has no standard error, and AIC and BIC do not count it. To weigh a k that was chosen
/// as an estimate, add 2 and ln n to them.
/// \throws std::invalid_argument if there are repeat purchases and the histories do not have the
/// column sum_log_intervals, unless k is held at 1; otherwise as every fit.
template <>
[[nodiscard]] Fit<BgCnbdK> fit<BgCnbdK>(const Patterns& patterns, const FitOptions& options);
template <>
[[nodiscard]] Fit<MbgCnbdK> fit<MbgCnbdK>(const Patterns& patterns, const FitOptions& options);

/// One customer's repeat purchase times in (0, age], ascending, counted from the first purchase.
/// Takes as many steps as there are stages. \pre age >= 0 is finite.
[[nodiscard]] std::vector<double> draw_purchases(const BgCnbdK& model, double age,
                                                 math::RandomStream& stream);
[[nodiscard]] std::vector<double> draw_purchases(const MbgCnbdK& model, double age,
                                                 math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_CNBD_K_HPP
