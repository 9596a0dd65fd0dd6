#ifndef RAPPORT_CLV_BETA_GEOMETRIC_FUTURE_HPP
#define RAPPORT_CLV_BETA_GEOMETRIC_FUTURE_HPP

/// \file
/// What a customer who is active now will do under the BG/NBD and the MBG/NBD.
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

  /// Probability of no purchase in (0, t].
  /// \throws std::domain_error unless t is finite and >= 0; so do all that take a t.
  [[nodiscard]] double none(double t) const;

  /// Probability of exactly n purchases in (0, t]. Relative error below 1e-11.
  [[nodiscard]] double probability_of_purchases(unsigned n, double t) const;

  /// Mean number of purchases in (0, t]. Relative error below 1e-12. A third of a microsecond for
  /// t up to the rate or so, at most some 20; ten times as long where a is in the hundreds.
  [[nodiscard]] double expected(double t) const;

  /// Mean number of purchases at or after now, for ever: (a + b - 1) / (a - 1) if a > 1, NaN
  /// otherwise, since the sum diverges.
  [[nodiscard]] double expected_ever() const noexcept;

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

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_BETA_GEOMETRIC_FUTURE_HPP
