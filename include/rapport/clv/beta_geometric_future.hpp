#ifndef RAPPORT_CLV_BETA_GEOMETRIC_FUTURE_HPP
#define RAPPORT_CLV_BETA_GEOMETRIC_FUTURE_HPP

/// \file
/// What a customer who is active now will do under the BG/NBD and the MBG/NBD, and what both models
/// answer by it.
///
/// In both models, given the history and that the customer is active, the purchase rate is
/// Gamma(shape, rate) and the chance to drop out after each purchase to come is Beta(a, b); they
/// differ only in how the history leads there. So the future is one law, coded once.
///
/// Every value is a sum of positive parts: a mean number of purchases
///
///   S(t) = sum over n >= 0 of P(N > n) (b)_n / (a + b)_n,  N negative binomial (shape, rate, t),
///
/// has no pole at a = 1 or a + b = 1, where the published form with Gauss' 2F1 (Fader, Hardie, Lee
/// 2005, doi:10.1287/mksc.1040.0098, eq. (9) and (10)) divides zero by zero.

#include <rapport/clv/repeat_buying.hpp>
#include <rapport/math/special.hpp>

#include <algorithm>

namespace rapport::clv {

/// The purchases to come of an active customer: an immutable value, from now = 0 on.
class BetaGeometricFuture {
 public:
  struct Params {
    double shape;  ///< of the gamma law of the purchase rate
    double rate;   ///< its inverse scale, in periods
    double a, b;   ///< beta law of the chance to drop out right after a purchase
  };

  /// \pre All four are finite and > 0. Not checked: this is made once for every customer.
  explicit constexpr BetaGeometricFuture(const Params& params) noexcept : params_(params) {}

  [[nodiscard]] constexpr const Params& params() const noexcept { return params_; }

  /// Probability to be active still at t. Relative error below 1e-12.
  /// \throws std::domain_error unless t is finite and >= 0; so do all that take a t.
  [[nodiscard]] double alive(double t) const;

  /// Probability of no purchase in (0, t].
  [[nodiscard]] double none(double t) const;

  /// Probability of exactly n purchases in (0, t]. Relative error below 1e-11.
  [[nodiscard]] double probability_of_purchases(unsigned n, double t) const;

  /// Mean number of purchases in (0, t]. Relative error below 1e-12. A third of a microsecond for
  /// t up to the rate or so, at most some 20; ten times as long where a is in the hundreds.
  [[nodiscard]] double expected(double t) const;

  /// Mean number of purchases in (from, to], without the cancellation of expected(to) -
  /// expected(from). Some tens of microseconds unless from = 0.
  /// \throws std::domain_error unless 0 <= from <= to < infinity.
  [[nodiscard]] double expected(double from, double to) const;

  /// Mean number of purchases at or after now, for ever: (a + b - 1) / (a - 1) if a > 1, NaN
  /// otherwise, since the sum diverges.
  [[nodiscard]] double expected_ever() const noexcept;

  /// Mean number of pairs of purchases after now, for ever: b (a + b - 1) / ((a - 1) (a - 2)) if
  /// a > 2, NaN otherwise, since the sum diverges.
  [[nodiscard]] double pairs_ever() const noexcept;

  /// Mean purchases per period at time t: the derivative of expected(t).
  [[nodiscard]] double purchase_rate(double t) const;

  /// The mean of the sum of exp(-delta u) over the purchases at times u in (0, t]; expected(t) for
  /// delta = 0. Relative error below 1e-12. About a microsecond for t up to the rate or so, some
  /// ten for long horizons; milliseconds where a is in the hundreds. \throws std::domain_error
  /// unless t and delta are finite and >= 0.
  [[nodiscard]] double discounted(double t, double delta) const;

  /// The same over all time; for delta = 0 expected_ever(), NaN where that is.
  /// \throws std::domain_error unless delta is finite and >= 0.
  [[nodiscard]] double discounted(double delta) const;

 private:
  Params params_;
};

/// The answers of a model in which a history tells two things: the odds that the customer has
/// dropped out, and the future if not. The model derives from this and has
///
///  - future(c), a BetaGeometricFuture or an ErlangFuture;
///  - log_odds_dropped(c), the log of the odds of having dropped out by the end of observation:
///    -infinity where that is impossible.
///
/// \pre Histories are valid. \throws std::domain_error unless a horizon t and a rate delta are
/// finite and >= 0.
template <class Model>
class BetaGeometricAnswers {
 public:
  /// Probability that the customer is active at the end of observation.
  [[nodiscard]] double probability_alive(const CustomerHistory& c) const noexcept {
    return math::complement_of_log_odds(model().log_odds_dropped(c));
  }

  /// Its log, right also where the probability itself is below the smallest double.
  [[nodiscard]] double log_probability_alive(const CustomerHistory& c) const noexcept {
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
    const double bought = probability_alive(c) * model().future(c).probability_of_purchases(n, t);
    return n > 0 ? bought : bought + probability_dropped(c);
  }

  /// Probability of exactly n repeat purchases of a new customer in (0, t].
  [[nodiscard]] double probability_of_purchases(unsigned n, double t) const {
    return probability_of_purchases({}, n, t);
  }

  /// Probability of no purchase in (age, age + t], given the history: the risk of churn over that
  /// horizon.
  [[nodiscard]] double probability_of_no_purchase(const CustomerHistory& c, double t) const {
    // The two parts are rounded apart and may add up to an ulp more than certainty.
    return std::min(1.0, probability_dropped(c) + probability_alive(c) * model().future(c).none(t));
  }

  /// Mean of the sum of exp(-delta u) over the purchases at times age + u, u in (0, t], given the
  /// history.
  [[nodiscard]] double discounted_purchases(const CustomerHistory& c, double t,
                                            double delta) const {
    return probability_alive(c) * model().future(c).discounted(t, delta);
  }

  /// The same over all time (discounted expected residual transactions). For delta = 0 it is the
  /// mean number of purchases ever, NaN if a <= 1: that mean is infinite.
  [[nodiscard]] double discounted_purchases(const CustomerHistory& c, double delta) const {
    return probability_alive(c) * model().future(c).discounted(delta);
  }

  /// Mean number of pairs of purchases after the end of observation, over all time; NaN where it is
  /// infinite. The variance of the number of purchases is 2 pairs + mean - mean^2.
  [[nodiscard]] double pairs_ever(const CustomerHistory& c) const {
    return probability_alive(c) * model().future(c).pairs_ever();
  }

  /// Mean, given the history, of the customer's purchases per period while active.
  [[nodiscard]] double purchase_rate(const CustomerHistory& c) const {
    // Gamma(r + x) with the time in which the customer bought: to the end of observation if still
    // active, to the last purchase if not.
    const double shape = model().future(c).params().shape;
    const double alpha = model().params().alpha;
    return shape *
           (probability_alive(c) / (alpha + c.age) + probability_dropped(c) / (alpha + c.recency));
  }

  /// Mean, given the history, of the customer's chance to drop out after each purchase.
  [[nodiscard]] double dropout_rate(const CustomerHistory& c) const {
    // Beta(a, b) if still active; Beta(a + 1, b - 1) if not, one survival being a dropout.
    const auto future = model().future(c).params();
    return (future.a + probability_dropped(c)) / (future.a + future.b);
  }

 private:
  friend Model;  // nobody else makes one
  BetaGeometricAnswers() = default;

  [[nodiscard]] const Model& model() const noexcept { return static_cast<const Model&>(*this); }

  [[nodiscard]] double probability_dropped(const CustomerHistory& c) const noexcept {
    return math::complement_of_log_odds(-model().log_odds_dropped(c));
  }
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_BETA_GEOMETRIC_FUTURE_HPP
