#ifndef RAPPORT_CLV_REPEAT_BUYING_HPP
#define RAPPORT_CLV_REPEAT_BUYING_HPP

/// \file
/// What the repeat-buying models share: a customer's history, and the questions every model
/// answers about it.
///
/// Times are plain numbers in one unit, the model's period: a model fitted to weeks is asked in
/// weeks. Whoever holds calendar days converts at the door (core/time.hpp).

#include <cmath>
#include <concepts>
#include <limits>

namespace rapport::clv {

/// One customer's purchases as the repeat-buying models see them, counted from the first purchase.
///
/// Valid is what can have happened: frequency is an integer in [0, 2^53], 0 <= recency <= age, age
/// is finite, and recency > 0 if and only if frequency > 0, since a repeat purchase comes after the
/// first one. This is the one rule: Histories takes such rows and refuses all others.
struct CustomerHistory {
  double frequency = 0;  ///< x: repeat purchases, the first one not counted
  double recency = 0;    ///< t_x: time from the first purchase to the last one
  double age = 0;        ///< T: time from the first purchase to the end of observation
  /// Sum of the logarithms of the times between successive purchases, the first one included; NaN:
  /// not known. The log-likelihood of models of regular buying (cnbd_k.hpp) takes it, and nothing
  /// else does: every prediction follows from the other three.
  double sum_log_intervals = std::numeric_limits<double>::quiet_NaN();

  /// Sums that are not known are alike.
  friend constexpr bool operator==(const CustomerHistory& a, const CustomerHistory& b) noexcept {
    const bool both_unknown =
        a.sum_log_intervals != a.sum_log_intervals && b.sum_log_intervals != b.sum_log_intervals;
    return a.frequency == b.frequency && a.recency == b.recency && a.age == b.age &&
           (both_unknown || a.sum_log_intervals == b.sum_log_intervals);
  }
};

/// True if the history can have happened; see CustomerHistory.
[[nodiscard]] inline bool valid(const CustomerHistory& c) noexcept {
  return c.frequency >= 0 && c.frequency <= 0x1p53 && std::floor(c.frequency) == c.frequency &&
         c.recency >= 0 && c.recency <= c.age && std::isfinite(c.age) &&
         (c.recency > 0) == (c.frequency > 0);
}

/// What a repeat-buying model answers about histories of a kind, in the meaning that
/// RepeatBuyingModel gives it; BgBb does about an OpportunityHistory, with whole numbers of
/// opportunities for times and 1 / (1 + delta) a step for a discount.
template <class M, class History>
concept RepeatBuyingAnswers = std::copyable<M> &&
    requires(const M& model, const History& c, double t, double delta, unsigned n) {
  { model.log_likelihood(c) } -> std::same_as<double>;
  { model.probability_alive(c) } -> std::same_as<double>;
  { model.probability_alive(c, t) } -> std::same_as<double>;
  { model.log_probability_alive(c) } -> std::same_as<double>;
  { model.expected_purchases(c, t) } -> std::same_as<double>;
  { model.expected_purchases(t) } -> std::same_as<double>;
  { model.expected_purchases(c, t, t) } -> std::same_as<double>;
  { model.probability_of_no_purchase(c, t) } -> std::same_as<double>;
  { model.probability_of_purchases(c, n, t) } -> std::same_as<double>;
  { model.probability_of_purchases(n, t) } -> std::same_as<double>;
  { model.discounted_purchases(c, t, delta) } -> std::same_as<double>;
  { model.discounted_purchases(c, delta) } -> std::same_as<double>;
  { model.purchase_rate(c) } -> std::same_as<double>;
  { model.dropout_rate(c) } -> std::same_as<double>;
};

/// A repeat-buying model with known parameters. For a valid history c, a horizon t >= 0 and a
/// continuous discount rate delta >= 0 per period:
///
///  - log_likelihood(c) is in nats; probability_alive(c) is in [0, 1] and log_probability_alive(c)
///    is right where it underflows; probability_alive(c, t) is that of being active at age + t;
///  - expected_purchases(c, t) counts the purchases in (age, age + t], expected_purchases(t) the
///    repeat purchases of a new customer in (0, t], expected_purchases(c, from, to) those in
///    (age + from, age + to];
///  - probability_of_no_purchase(c, t) is the chance of none in (age, age + t],
///    probability_of_purchases(c, n, t) that of exactly n, probability_of_purchases(n, t) that of n
///    repeat purchases of a new customer;
///  - discounted_purchases(c, t, delta) weighs each purchase in (age, age + t] with
///    exp(-delta (its time - age)); without t, all purchases ever, NaN where their mean is
///    infinite;
///  - purchase_rate(c) is the mean, given the history, of the customer's own rate of purchases
///    while active, whether still active or not; dropout_rate(c) that of the hazard to drop out at
///    the end of observation, per period, or of the chance to drop out after each purchase, as the
///    model has it; 0 where nobody drops out.
///
/// All are deterministic and safe to call at once from several threads.
template <class M>
concept RepeatBuyingModel = RepeatBuyingAnswers<M, CustomerHistory>;

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_REPEAT_BUYING_HPP
