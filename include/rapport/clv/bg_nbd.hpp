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
#include <rapport/clv/fit.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/random.hpp>
#include <rapport/math/special.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// A BG/NBD model with known parameters: an immutable value. Models RepeatBuyingModel,
/// whose questions BetaGeometricAnswers answers.
///
/// Know its blind spot: dropping out needs a repeat purchase, so whoever bought once is active for
/// certain, after years of silence too. MbgNbd has a chance to drop out right after the first
/// purchase, and is the better default where many customers buy once.
class BgNbd : public BetaGeometricAnswers<BgNbd> {
 public:
  /// alpha is the rate (inverse scale) of the gamma law. Each one is finite and > 0.
  struct Params {
    double r, alpha, a, b;
  };
  static constexpr std::string_view name = "BG/NBD";
  static constexpr std::array<std::string_view, 4> parameter_names = {"r", "alpha", "a", "b"};
  using History = CustomerHistory;

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
    // The larger of "still active" and "dropped out at t_x" stands before the logarithm of the sum.
    const double odds = log_odds_dropped(c);
    const bool dropped = odds > 0;
    const double until = dropped ? c.recency : c.age;
    // Ratios of gamma functions as such: differences of log-gammas lose digits for large r or b.
    const double purchases =
        math::log_rising(r, x) - r * std::log1p(until / alpha) - x * std::log(alpha + until);
    const double survivals = math::log_beta_shift(a, b, x);
    return purchases + survivals + (dropped ? std::log(a / (b + (x - 1))) : 0) +
           math::log1p_exp(dropped ? -odds : odds);
  }

  /// What the customer will do if active: rate ~ Gamma(r + x, alpha + T) and dropout ~
  /// Beta(a, b + x).
  [[nodiscard]] BetaGeometricFuture future(const CustomerHistory& c) const noexcept {
    const auto& [r, alpha, a, b] = params_;
    return BetaGeometricFuture(
        {.shape = r + c.frequency, .rate = alpha + c.age, .a = a, .b = b + c.frequency});
  }

  /// Log of the odds of having dropped out by the end of observation; -infinity without repeat
  /// purchases: this model cannot lose a customer before the first of them.
  [[nodiscard]] double log_odds_dropped(const CustomerHistory& c) const noexcept {
    // Eq. (6) is a sum of "still active" and "dropped out at t_x". Both underflow for heavy buyers
    // (about 200 purchases in 40 periods), so everything uses the log of their ratio instead.
    const auto& [r, alpha, a, b] = params_;
    const double x = c.frequency;
    if (!(x > 0)) return -std::numeric_limits<double>::infinity();
    return std::log(a / (b + (x - 1))) +
           (r + x) * std::log1p((c.age - c.recency) / (alpha + c.recency));
  }

 private:
  Params params_;
};

/// Log-likelihood of all customers in nats, 0 if there are none, with gradient (4) and Hessian
/// (4 x 4) with respect to ln r, ln alpha, ln a, ln b.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const BgNbd& model,
                                                           const Patterns& patterns,
                                                           const core::Threads& threads = 1);

/// Needs customers with repeat purchases.
template <>
[[nodiscard]] Fit<BgNbd> fit<BgNbd>(const Patterns& patterns, const FitOptions& options);

/// One customer's repeat purchase times in (0, age], ascending, counted from the first purchase.
/// Takes as many steps as there are purchases. \pre age >= 0 is finite.
[[nodiscard]] std::vector<double> draw_purchases(const BgNbd& model, double age,
                                                 math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_BG_NBD_HPP
