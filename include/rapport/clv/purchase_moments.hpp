#ifndef RAPPORT_CLV_PURCHASE_MOMENTS_HPP
#define RAPPORT_CLV_PURCHASE_MOMENTS_HPP

/// \file
/// How far chance may take one customer's discounted purchases from their mean, for any model of
/// repeat buying.
///
/// The square of a sum over purchases is a sum over pairs of them. Who buys at a steady rate while
/// active buys at u and at v > u as often as now and at v: when the first of the two is makes no
/// difference to how long the second is lived to see. So the density of a pair at (u, v) is
///
///   m(0 | c) m(v | c and a purchase now),
///
/// with m the mean purchases per unit of time, and what a purchase now adds to the density of the
/// history, L(c and a purchase now) / L(c), is m(0 | c). With D(delta) the mean of the discounted
/// purchases given c and a purchase now,
///
///   E[sum over pairs u < v <= t of exp(-delta (u + v))] = m(0 | c) (D(delta) - D(2 delta)) /
///   delta.
///
/// True of every model whose customers buy at a steady rate of their own until they drop out, at a
/// purchase or in between; not with covariates that change. Nor with a rhythm: BG/CNBD-k and
/// MBG/CNBD-k say themselves what their discounted_pairs(c, t, delta) are.
///
/// On numbered opportunities (BG/BB) a purchase on the l-th one from now is a pair with one on each
/// before it, so that with S(l) the chance to be active still and v = 1 / (1 + d)
///
///   E[sum over pairs] = E[p^2] times the sum over l of S(l) v^l (v + ... + v^(l - 1)).
///
/// A horizon may be infinite. The discounted sum has a variance then wherever it has a mean;
/// without a discount not so: see PurchaseMoments::pairs.

#include <rapport/clv/opportunities.hpp>
#include <rapport/clv/repeat_buying.hpp>

#include <cmath>
#include <functional>
#include <limits>

namespace rapport::clv {

class BgBb;

/// Moments of the discounted purchases of one customer over a horizon. NaN where infinite, which
/// takes an infinite horizon without a discount: `mean` and `squares` where the mean of all
/// purchases to come is, `pairs` where the mean of the square of their number is.
struct PurchaseMoments {
  double mean = 0;     ///< of the sum of exp(-delta u)
  double squares = 0;  ///< mean of the sum of exp(-2 delta u): each purchase with itself
  double pairs = 0;    ///< mean of the sum over u < v of exp(-delta (u + v))

  /// Of the sum of exp(-delta u): purchases worth 1 each.
  [[nodiscard]] double variance() const noexcept { return variance(1, 1); }

  /// Of the sum of exp(-delta u) Z, with the amounts Z of one customer, alike and independent given
  /// the customer's own mean: `square` is the mean of Z^2, `mean_square` that of the square of the
  /// customer's mean, `amount` the mean of Z, and Z does not depend on when or how often.
  [[nodiscard]] double variance(double square, double mean_square,
                                double amount = 1) const noexcept {
    const double centre = mean * amount;
    return squares * square + 2 * pairs * mean_square - centre * centre;
  }
};

/// The integral of f dM over (0, t] for smooth f and M, by Chebyshev interpolation of both,
/// doubling the points (9 to 129) until the result stands to `tolerance` of itself.
[[nodiscard]] double stieltjes_integral(const std::function<double(double)>& f,
                                        const std::function<double(double)>& m, double t,
                                        double tolerance);

/// The mean of the discounted purchases over a horizon t, which may be infinite.
template <class Model, class History>
[[nodiscard]] double discounted_within(const Model& model, const History& c, double t,
                                       double delta) {
  return std::isinf(t) && t > 0 ? model.discounted_purchases(c, delta)
                                : model.discounted_purchases(c, t, delta);
}

/// Purchases in (age, age + t], where t may be infinite, discounted at the continuous rate delta
/// per period, right to about 1e-8 of each moment; over all time to 1e-12 of them over delta times
/// the mean time from now to a purchase. Two to four times the cost of a mean; where delta t is
/// below 1e-3, twenty. Over all time without a discount, `pairs` is known of models that have
/// pairs_ever(c), as all here do, and NaN of others.
/// \pre c is valid. \throws std::domain_error unless t is >= 0 and delta finite and >= 0.
template <RepeatBuyingModel Model>
[[nodiscard]] PurchaseMoments purchase_moments(const Model& model, const CustomerHistory& c,
                                               double t, double delta) {
  constexpr bool keeps_rhythm = requires {
    model.discounted_pairs(c, t, delta);
  };  // knows its pairs
  static_assert(
      keeps_rhythm || !requires(typename Model::Params params) { params.k; },
      "rapport: a model of rhythms says what its discounted pairs are");
  PurchaseMoments moments;
  moments.mean = discounted_within(model, c, t, delta);
  moments.squares = discounted_within(model, c, t, 2 * delta);
  if (moments.mean == 0) return moments;
  if constexpr (keeps_rhythm) {
    moments.pairs = model.discounted_pairs(c, t, delta);
    return moments;
  }
  const CustomerHistory and_now{c.frequency + 1, c.age, c.age};
  const double rate_now = std::exp(model.log_likelihood(and_now) - model.log_likelihood(c));
  if (delta * t > 1e-3) {
    moments.pairs = rate_now *
                    (discounted_within(model, and_now, t, delta) -
                     discounted_within(model, and_now, t, 2 * delta)) /
                    delta;
  } else if (std::isfinite(t)) {
    // The same before the difference: the integral of exp(-delta v) (1 - exp(-delta v)) / delta.
    const auto weight = [&](double v) {
      return delta > 0 ? -std::exp(-delta * v) * std::expm1(-delta * v) / delta : v;
    };
    const auto bought = [&](double v) { return model.expected_purchases(and_now, v); };
    moments.pairs = rate_now * stieltjes_integral(weight, bought, t, 1e-8);
  } else if constexpr (requires { model.pairs_ever(c); }) {
    moments.pairs = model.pairs_ever(c);
  } else {
    moments.pairs = std::numeric_limits<double>::quiet_NaN();
  }
  return moments;
}

/// Purchases on the next m opportunities, a whole number or infinite, that at n + l worth
/// 1 / (1 + d)^l. Relative error below 1e-12; a
/// microsecond for a few opportunities, some hundred of them over all time. Without a discount the
/// mean over all time is infinite if gamma <= 1, that of pairs if gamma <= 2. \pre c is valid.
/// \throws std::domain_error unless d is finite and >= 0, and m as said.
[[nodiscard]] PurchaseMoments purchase_moments(const BgBb& model, const OpportunityHistory& c,
                                               double m, double d);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_PURCHASE_MOMENTS_HPP
