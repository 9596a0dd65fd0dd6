#ifndef RAPPORT_CLV_PARETO_NBD_SARMANOV_HPP
#define RAPPORT_CLV_PARETO_NBD_SARMANOV_HPP

/// \file
/// Pareto/NBD in which who buys more may also stay longer, or leave sooner: the two rates depend on
/// each other by a Sarmanov law.
///
/// Y.-H. Park, P. S. Fader (2004), Modeling Browsing Behavior at Multiple Websites, Marketing
/// Science 23(3), 280-303, doi:10.1287/mksc.1040.0050, for Sarmanov laws of gamma margins; for the
/// Pareto/NBD as in the R package CLVTools. With the Pareto/NBD's laws g of lambda and h of mu, and
/// L_a = E exp(-lambda) = (alpha / (1 + alpha))^r, L_b likewise, the joint density is
///
///   g(lambda) h(mu) (1 + m (exp(-lambda) - L_a) (exp(-mu) - L_b)).
///
///   paper      here                 meaning
///   m, omega   m(), dependence      strength, and its share of the strongest one possible
///
/// exp(-lambda) is per period: in days the model is another one than in weeks.

#include <rapport/clv/fit.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/math/random.hpp>
#include <rapport/math/special.hpp>

#include <array>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// A Pareto/NBD model with dependent rates and known parameters: an immutable value. Models
/// RepeatBuyingModel. With dependence = 0 it is ParetoNbd.
///
/// The strength m must lie between limits that depend on the other parameters, or the density would
/// be negative somewhere. `dependence` is the share of the limit on its side, from -1 to 1: so
/// parameters may vary freely, and a fit on the boundary is one with dependence 1 or -1.
///
/// Everything is a mixture of four Pareto/NBD's, of alpha or alpha + 1 with beta or beta + 1, some
/// with negative weight. For m of a thousand, answers lose three digits.
class ParetoNbdSarmanov {
 public:
  /// As ParetoNbd, and dependence in [-1, 1]: positive if who buys more leaves sooner.
  struct Params {
    double r, alpha, s, beta, dependence;
  };
  static constexpr std::string_view name = "Pareto/NBD Sarmanov";
  static constexpr std::array<std::string_view, 5> parameter_names = {"r", "alpha", "s", "beta",
                                                                      "dependence"};
  using History = CustomerHistory;

  /// \throws std::domain_error that names the first parameter that is not valid.
  explicit ParetoNbdSarmanov(const Params& params);

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// The strength of the dependence in the paper's terms.
  [[nodiscard]] double m() const noexcept { return m_; }

  /// The correlation of the purchase rate and the dropout rate over customers.
  [[nodiscard]] double correlation() const noexcept;

  /// Log-likelihood of one history in nats, without a combinatorial term. Four times the cost of
  /// ParetoNbd. \pre `c` is valid.
  [[nodiscard]] double log_likelihood(const CustomerHistory& c) const noexcept;

  /// Probability that the customer is active at the end of observation, and its log.
  [[nodiscard]] double probability_alive(const CustomerHistory& c) const noexcept {
    return math::complement_of_log_odds(log_odds_dropped(c));
  }
  [[nodiscard]] double log_probability_alive(const CustomerHistory& c) const noexcept {
    return 0 - math::log1p_exp(log_odds_dropped(c));  // 0, not -0
  }

  /// Log of the odds of having dropped out by the end of observation; -infinity for a purchase on
  /// the last day.
  [[nodiscard]] double log_odds_dropped(const CustomerHistory& c) const noexcept;

  /// Probability that the customer is active at age + t.
  /// \throws std::domain_error unless a horizon t and a rate delta are finite and >= 0; so do all.
  [[nodiscard]] double probability_alive(const CustomerHistory& c, double t) const;

  /// Mean number of purchases in (age, age + t], of repeat purchases of a new customer in (0, t],
  /// of purchases in (age + from, age + to].
  [[nodiscard]] double expected_purchases(const CustomerHistory& c, double t) const;
  [[nodiscard]] double expected_purchases(double t) const { return expected_purchases({}, t); }
  [[nodiscard]] double expected_purchases(const CustomerHistory& c, double from, double to) const;

  /// Probability of no purchase in (age, age + t], of exactly n, of n repeat purchases of a new
  /// customer.
  [[nodiscard]] double probability_of_no_purchase(const CustomerHistory& c, double t) const;
  [[nodiscard]] double probability_of_purchases(const CustomerHistory& c, unsigned n,
                                                double t) const;
  [[nodiscard]] double probability_of_purchases(unsigned n, double t) const {
    return probability_of_purchases({}, n, t);
  }

  /// Mean of the sum of exp(-delta u) over the purchases at times age + u, u in (0, t]; over all
  /// time: NaN where that is infinite, for delta = 0 and s <= 1.
  [[nodiscard]] double discounted_purchases(const CustomerHistory& c, double t, double delta) const;
  [[nodiscard]] double discounted_purchases(const CustomerHistory& c, double delta) const;

  /// Mean number of pairs of purchases after the end of observation, over all time; NaN where that
  /// is infinite, for s <= 2.
  [[nodiscard]] double pairs_ever(const CustomerHistory& c) const;

  /// Mean of the customer's purchase rate, as long as active, and of the dropout rate, per period,
  /// given the history.
  [[nodiscard]] double purchase_rate(const CustomerHistory& c) const noexcept;
  [[nodiscard]] double dropout_rate(const CustomerHistory& c) const noexcept;

 private:
  // The mean of an answer over the four models, given the history.
  template <class Answer>
  [[nodiscard]] double mean(const CustomerHistory& c, const Answer& answer) const;

  Params params_;
  // alpha and beta; alpha + 1; beta + 1; both.
  ParetoNbd plain_, alpha_up_, beta_up_, both_up_;
  double m_, weight_;  // weight_: m L_a L_b
};

/// Log-likelihood of all customers in nats, 0 if there are none, with gradient (5) and Hessian
/// (5 x 5) with respect to ln r, ln alpha, ln s, ln beta and dependence.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const ParetoNbdSarmanov& model,
                                                           const Patterns& patterns,
                                                           const core::Threads& threads = 1);

/// Needs customers with repeat purchases. Ends as FitStatus::at_boundary where the data ask for
/// more dependence than a Sarmanov law can have, which is common.
template <>
[[nodiscard]] Fit<ParetoNbdSarmanov> fit<ParetoNbdSarmanov>(const Patterns& patterns,
                                                            const FitOptions& options);

/// One customer's repeat purchase times in (0, age], ascending, counted from the first purchase.
/// Takes as many steps as there are purchases. \pre age >= 0 is finite.
[[nodiscard]] std::vector<double> draw_purchases(const ParetoNbdSarmanov& model, double age,
                                                 math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_PARETO_NBD_SARMANOV_HPP
