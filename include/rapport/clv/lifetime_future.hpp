#ifndef RAPPORT_CLV_LIFETIME_FUTURE_HPP
#define RAPPORT_CLV_LIFETIME_FUTURE_HPP

/// \file
/// What a customer who is active now will do under a model in which purchases and dropping out are
/// independent, and what such models answer by it.
///
/// In the NBD, the Pareto/NBD and the GGompertz/NBD, given the history and that the customer is
/// active, the purchase rate is Gamma(shape, rate), and purchases go on at random until a lifetime
/// ends whose law is known. The models differ in that law, and in how the history leads there. So
/// the future is one template, coded once.
///
/// With S the survival of the lifetime and f its density,
///
///   mean number of purchases in (0, t]    shape / rate times the integral of S(u) over (0, t]
///   probability of n purchases            S(t) p(n, t) + the integral of f(u) p(n, u) over (0, t]
///   discounted purchases                  shape / rate times the integral of exp(-delta u) S(u)
///
/// where p(n, u) is negative binomial. All are closed forms or integrals of positive functions, in
/// panels on which their logs move little: nothing cancels, s = 1 is no special case, and thousands
/// of purchases neither overflow nor underflow before the result does.

#include <rapport/clv/lifetime.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/math/special.hpp>

#include <algorithm>
#include <cmath>

namespace rapport::clv {

/// The purchases to come of an active customer: an immutable value, from now = 0 on. `Lifetime` is
/// Unending, ParetoLifetime or GompertzLifetime.
template <class Lifetime>
class LifetimeFuture {
 public:
  struct Params {
    double shape;  ///< of the gamma law of the purchase rate
    double rate;   ///< its inverse scale, in periods
    Lifetime lifetime;
  };

  /// \pre All numbers are finite and > 0. Not checked: this is made once for every customer.
  explicit constexpr LifetimeFuture(const Params& params) noexcept : params_(params) {}

  [[nodiscard]] constexpr const Params& params() const noexcept { return params_; }

  /// Probability to be active still at t.
  /// \throws std::domain_error unless t is finite and >= 0; so do all that take a t.
  [[nodiscard]] double alive(double t) const;

  /// Probability of no purchase in (0, t], for whatever reason. Relative error below 1e-12.
  [[nodiscard]] double none(double t) const;

  /// Probability of a purchase or more in (0, t]: right also where it is tiny.
  [[nodiscard]] double some(double t) const;

  /// Probability that the lifetime ends in (0, t] without a purchase before: right also where it is
  /// tiny. With the chance to be active at t without a purchase, this is none(t).
  [[nodiscard]] double lost(double t) const;

  /// Mean of the customer's purchases per period while active, given that there was none in (0, t].
  [[nodiscard]] double purchase_rate_after_none(double t) const;

  /// Mean of the customer's own hazard at t, given no purchase in (0, t] and whether the lifetime
  /// has ended by then or not; the hazards are a mixture, as said in lifetime.hpp.
  [[nodiscard]] double hazard_after_none(double t) const;

  /// Probability of exactly n purchases in (0, t]. Relative error below 1e-11, and some 1e-16 n
  /// for more than 10^5 purchases. Some microseconds up to 6 purchases, tens for more.
  [[nodiscard]] double probability_of_purchases(unsigned n, double t) const;

  /// Mean number of purchases in (0, t]. Relative error below 1e-13.
  [[nodiscard]] double expected(double t) const;

  /// Mean number of purchases in (from, to], without the cancellation of expected(to) -
  /// expected(from). \throws std::domain_error unless 0 <= from <= to < infinity.
  [[nodiscard]] double expected(double from, double to) const;

  /// Mean number of purchases after now, for ever. NaN where it is infinite: Unending, and
  /// ParetoLifetime with s <= 1.
  [[nodiscard]] double expected_ever() const;

  /// Mean number of pairs of purchases after now, for ever: shape (shape + 1) / rate^2 times the
  /// integral of u S(u). NaN where it is infinite: Unending, and ParetoLifetime with s <= 2.
  [[nodiscard]] double pairs_ever() const;

  /// The mean of the sum of exp(-delta u) over the purchases at times u in (0, t]; expected(t) for
  /// delta = 0. Relative error below 1e-12. \throws std::domain_error unless t and delta are
  /// finite and >= 0.
  [[nodiscard]] double discounted(double t, double delta) const;

  /// The same over all time; for delta = 0 expected_ever(), NaN where that is.
  /// \throws std::domain_error unless delta is finite and >= 0.
  [[nodiscard]] double discounted(double delta) const;

 private:
  Params params_;
};

extern template class LifetimeFuture<Unending>;
extern template class LifetimeFuture<ParetoLifetime>;
extern template class LifetimeFuture<GompertzLifetime>;

/// The answers of a model in which a history tells two things: the odds that the customer has
/// dropped out, and the future if not. The model derives from this and has
///
///  - future(c), a LifetimeFuture;
///  - log_odds_dropped(c), the log of the odds of having dropped out by the end of observation:
///    -infinity where that is impossible.
///
/// \pre Histories are valid. \throws std::domain_error unless a horizon t and a rate delta are
/// finite and >= 0.
template <class Model>
class LifetimeAnswers {
 public:
  /// Probability that the customer is active at the end of observation.
  [[nodiscard]] double probability_alive(const CustomerHistory& c) const {
    return math::complement_of_log_odds(model().log_odds_dropped(c));
  }

  /// Its log, right also where the probability itself is below the smallest double.
  [[nodiscard]] double log_probability_alive(const CustomerHistory& c) const {
    return 0 - math::log1p_exp(model().log_odds_dropped(c));  // 0, not -0
  }

  /// Probability that the customer is active at age + t.
  [[nodiscard]] double probability_alive(const CustomerHistory& c, double t) const {
    return probability_alive(c) * model().future(c).alive(t);
  }

  /// Mean number of purchases in (age, age + t], given the history.
  [[nodiscard]] double expected_purchases(const CustomerHistory& c, double t) const {
    return probability_alive(c) * model().future(c).expected(t);
  }

  /// Mean number of repeat purchases of a new customer in (0, t].
  [[nodiscard]] double expected_purchases(double t) const { return expected_purchases({}, t); }

  /// Mean number of purchases in (age + from, age + to], given the history.
  /// \throws std::domain_error unless 0 <= from <= to < infinity.
  [[nodiscard]] double expected_purchases(const CustomerHistory& c, double from, double to) const {
    return probability_alive(c) * model().future(c).expected(from, to);
  }

  /// Probability of exactly n purchases in (age, age + t], given the history.
  [[nodiscard]] double probability_of_purchases(const CustomerHistory& c, unsigned n,
                                                double t) const {
    if (n == 0) return probability_of_no_purchase(c, t);
    return probability_alive(c) * model().future(c).probability_of_purchases(n, t);
  }

  /// Probability of exactly n repeat purchases of a new customer in (0, t].
  [[nodiscard]] double probability_of_purchases(unsigned n, double t) const {
    return probability_of_purchases({}, n, t);
  }

  /// Probability of no purchase in (age, age + t], given the history: the risk of churn over that
  /// horizon.
  [[nodiscard]] double probability_of_no_purchase(const CustomerHistory& c, double t) const {
    const double log_odds = model().log_odds_dropped(c);
    // The two parts are rounded apart and may add up to an ulp more than certainty.
    return std::min(1.0, math::complement_of_log_odds(-log_odds) +
                             math::complement_of_log_odds(log_odds) * model().future(c).none(t));
  }

  /// Mean of the sum of exp(-delta u) over the purchases at times age + u, u in (0, t], given the
  /// history.
  [[nodiscard]] double discounted_purchases(const CustomerHistory& c, double t,
                                            double delta) const {
    return probability_alive(c) * model().future(c).discounted(t, delta);
  }

  /// The same over all time (discounted expected residual transactions). For delta = 0 it is the
  /// mean number of purchases ever, NaN where that is infinite.
  [[nodiscard]] double discounted_purchases(const CustomerHistory& c, double delta) const {
    return probability_alive(c) * model().future(c).discounted(delta);
  }

  /// Mean number of pairs of purchases after the end of observation, over all time; NaN where it is
  /// infinite. The variance of the number of purchases is 2 pairs + mean - mean^2.
  [[nodiscard]] double pairs_ever(const CustomerHistory& c) const {
    return probability_alive(c) * model().future(c).pairs_ever();
  }

 private:
  friend Model;  // nobody else makes one
  LifetimeAnswers() = default;

  [[nodiscard]] const Model& model() const noexcept { return static_cast<const Model&>(*this); }
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_LIFETIME_FUTURE_HPP
