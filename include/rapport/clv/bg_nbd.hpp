#ifndef RAPPORT_CLV_BG_NBD_HPP
#define RAPPORT_CLV_BG_NBD_HPP

/// \file
/// BG/NBD: repeat buying in which a customer may drop out right after a repeat purchase.
///
/// P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), "Counting Your Customers" the Easy Way: An
/// Alternative to the Pareto/NBD Model, Marketing Science 24(2), 275-284,
/// doi:10.1287/mksc.1040.0098. Equation numbers are that paper's.
///
///   paper      here                     unit                meaning
///   x, t_x, T  frequency, recency, age  purchases, periods  see CustomerHistory
///   r, alpha   r, alpha                 -, periods          gamma law of purchase rates
///   a, b       a, b                     -                   beta law of dropout probabilities

#include <rapport/clv/beta_geometric_future.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/special.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rapport::clv {

/// A BG/NBD model with known parameters: an immutable value. Models RepeatBuyingModel.
///
/// Know its blind spot: dropping out needs a repeat purchase, so whoever bought once is active for
/// certain, after years of silence too. MbgNbd has a chance to drop out right after the first
/// purchase, and is the better default where many customers buy once.
class BgNbd {
 public:
  /// alpha is the rate (inverse scale) of the gamma law. Each one is finite and > 0.
  struct Params {
    double r, alpha, a, b;
  };

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit BgNbd(const Params& params) : params_(params) {
    core::check_positive_finite(params.r, "BgNbd", "r");
    core::check_positive_finite(params.alpha, "BgNbd", "alpha");
    core::check_positive_finite(params.a, "BgNbd", "a");
    core::check_positive_finite(params.b, "BgNbd", "b");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// Log-likelihood of one history, eq. (6), in nats.
  /// \pre `c` is valid. Not checked: this is the inner loop of every fit.
  [[nodiscard]] double log_likelihood(const CustomerHistory& c) const noexcept {
    const auto& [r, alpha, a, b] = params_;
    const double x = c.frequency;
    // Ratios of gamma functions as such: differences of log-gammas lose digits for large r or b.
    const double purchases =
        math::log_rising(r, x) - r * std::log1p(c.age / alpha) - x * std::log(alpha + c.age);
    const double survivals = math::log_beta_shift(a, b, x);
    return purchases + survivals + math::log1p_exp(log_odds_dropped(c));
  }

  /// Probability that the customer is active at the end of observation. Exactly 1 without repeat
  /// purchases: this model cannot lose a customer before the first of them.
  /// \pre `c` is valid.
  [[nodiscard]] double probability_alive(const CustomerHistory& c) const noexcept {
    return math::complement_of_log_odds(log_odds_dropped(c));
  }

  /// Its log, right also where the probability itself is below the smallest double.
  [[nodiscard]] double log_probability_alive(const CustomerHistory& c) const noexcept {
    return -math::log1p_exp(log_odds_dropped(c));
  }

  /// What the customer will do if active: rate ~ Gamma(r + x, alpha + T) and dropout ~
  /// Beta(a, b + x).
  [[nodiscard]] BetaGeometricFuture future(const CustomerHistory& c) const noexcept {
    const auto& [r, alpha, a, b] = params_;
    return BetaGeometricFuture(
        {.shape = r + c.frequency, .rate = alpha + c.age, .a = a, .b = b + c.frequency});
  }

  /// Mean number of purchases in (age, age + t], given the history.
  /// \pre `c` is valid. \throws std::domain_error unless t is finite and >= 0; so below.
  [[nodiscard]] double expected_purchases(const CustomerHistory& c, double t) const {
    return probability_alive(c) * future(c).expected(t);
  }

  /// Mean number of repeat purchases of a new customer in (0, t].
  [[nodiscard]] double expected_purchases(double t) const { return expected_purchases({}, t); }

  /// Probability of exactly n purchases in (age, age + t], given the history.
  [[nodiscard]] double probability_of_purchases(const CustomerHistory& c, unsigned n,
                                                double t) const {
    const double bought = probability_alive(c) * future(c).probability_of_purchases(n, t);
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
    return std::min(1.0, probability_dropped(c) + probability_alive(c) * future(c).none(t));
  }

  /// Mean of the sum of exp(-delta u) over the purchases at times age + u, u in (0, t], given the
  /// history. \throws std::domain_error unless t and delta are finite and >= 0.
  [[nodiscard]] double discounted_purchases(const CustomerHistory& c, double t,
                                            double delta) const {
    return probability_alive(c) * future(c).discounted(t, delta);
  }

  /// The same over all time (discounted expected residual transactions). For delta = 0 it is the
  /// mean number of purchases ever, NaN if a <= 1: that mean is infinite.
  /// \throws std::domain_error unless delta is finite and >= 0.
  [[nodiscard]] double discounted_purchases(const CustomerHistory& c, double delta) const {
    return probability_alive(c) * future(c).discounted(delta);
  }

 private:
  // Eq. (6) is a sum of "still active" and "dropped out at t_x". Both underflow for heavy buyers
  // (about 200 purchases in 40 periods), so everything uses the log of their ratio instead.
  [[nodiscard]] double log_odds_dropped(const CustomerHistory& c) const noexcept {
    const auto& [r, alpha, a, b] = params_;
    const double x = c.frequency;
    if (!(x > 0)) return -std::numeric_limits<double>::infinity();
    return std::log(a / (b + (x - 1))) +
           (r + x) * std::log1p((c.age - c.recency) / (alpha + c.recency));
  }

  [[nodiscard]] double probability_dropped(const CustomerHistory& c) const noexcept {
    return math::complement_of_log_odds(-log_odds_dropped(c));
  }

  Params params_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_BG_NBD_HPP
