#ifndef RAPPORT_CLV_ERLANG_FUTURE_HPP
#define RAPPORT_CLV_ERLANG_FUTURE_HPP

/// \file
/// What a customer who is active now will do under the BG/CNBD-k and the MBG/CNBD-k.
///
/// Such a customer passes through stages at random, at a rate of their own, and every k-th stage is
/// a purchase. How many of the k stages have been passed since the last purchase is not seen, but
/// its law is known: given the history and that the customer is active, the number j of stages
/// since then has weight
///
///   (R)_j / j! z^j for j < k, z = idle / (rate + idle),
///
/// and the rate of stages is Gamma(R + j, rate + idle) given j. So the future is a mixture of k
/// negative binomial laws of the number of stages to come, cut into purchases; nothing is
/// approximated and no other customer matters. Every value is a sum of positive parts.
///
/// For k = 1 it is BetaGeometricFuture.

#include <vector>

namespace rapport::clv {

/// The purchases to come of an active customer: an immutable value, from now = 0 on.
class ErlangFuture {
 public:
  struct Params {
    double shape;  ///< R: of the gamma law of the rate of stages, at the last purchase
    double rate;   ///< its inverse scale at the last purchase, in periods
    double idle;   ///< periods from the last purchase to now, without a purchase
    double a, b;   ///< beta law of the chance to drop out right after a purchase
    unsigned k;    ///< stages a purchase
  };

  /// \pre All are finite, idle >= 0, the others > 0. Not checked: this is made once for every
  /// customer.
  explicit constexpr ErlangFuture(const Params& params) noexcept : params_(params) {}

  [[nodiscard]] constexpr const Params& params() const noexcept { return params_; }

  /// Probability of each number of stages, 0 to k - 1, since the last purchase.
  [[nodiscard]] std::vector<double> phases() const;

  /// Mean rate of purchases while active, the mean rate of stages over k: it grows with j.
  [[nodiscard]] double mean_rate() const;

  /// Probability of no purchase in (0, t]. Relative error below 1e-12.
  /// \throws std::domain_error unless t is finite and >= 0; so do all that take a t.
  [[nodiscard]] double none(double t) const;

  /// Probability to be active still at t. Time as expected(t).
  [[nodiscard]] double alive(double t) const;

  /// Probability of exactly n purchases in (0, t]. Relative error below 1e-11.
  [[nodiscard]] double probability_of_purchases(unsigned n, double t) const;

  /// Mean number of purchases in (0, t]. Relative error below 1e-12. The sum has some k (R t / rate
  /// + 40 (1 + t / rate)) terms where R is small, and k times 24 standard deviations of the number
  /// of stages where it is large: a microsecond for a year of weekly purchases, a millisecond for a
  /// new customer over a thousand times `rate`.
  [[nodiscard]] double expected(double t) const;

  /// Mean number of purchases in (from, to], also where expected(to) - expected(from) would cancel.
  /// \throws std::domain_error unless 0 <= from <= to < infinity.
  [[nodiscard]] double expected(double from, double to) const;

  /// Mean number of purchases after now, for ever: (a + b - 1) / (a - 1) if a > 1, NaN otherwise,
  /// since the sum diverges.
  [[nodiscard]] double expected_ever() const noexcept;

  /// Mean number of pairs of purchases after now, for ever: b (a + b - 1) / ((a - 1) (a - 2)) if
  /// a > 2, NaN otherwise, since the sum diverges.
  [[nodiscard]] double pairs_ever() const noexcept;

  /// The mean of the sum of exp(-delta u) over the purchases at times u in (0, t]; expected(t) for
  /// delta = 0. Relative error below 1e-11. Tens of microseconds for t up to the rate or so; grows
  /// like (t / rate)^1.5. \throws std::domain_error unless t and delta are finite and >= 0.
  [[nodiscard]] double discounted(double t, double delta) const;

  /// The same over all time; for delta = 0 expected_ever(), NaN where that is. Relative error below
  /// 1e-11, tens of microseconds.
  /// \throws std::domain_error unless delta is finite and >= 0.
  [[nodiscard]] double discounted(double delta) const;

  /// The mean of the sum of exp(-delta (u + v)) over pairs of purchases at u < v in (0, t], where t
  /// may be infinite; NaN where pairs_ever() is and delta = 0. Relative error below 1e-10. Tens of
  /// microseconds for a horizon up to the rate or so, a hundred over all time; like the number of
  /// stages that may come within t. \throws std::domain_error unless t is >= 0, and delta finite
  /// and >= 0.
  [[nodiscard]] double pairs(double t, double delta) const;

 private:
  Params params_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_ERLANG_FUTURE_HPP
