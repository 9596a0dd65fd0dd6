#ifndef RAPPORT_CLV_MBG_NBD_HPP
#define RAPPORT_CLV_MBG_NBD_HPP

/// \file
/// MBG/NBD: repeat buying in which a customer may drop out right after any purchase, the first one
/// included.
///
/// E. P. Batislam, M. Denizel, A. Filiztekin (2007), Empirical validation and comparison of models
/// for customer base analysis, International Journal of Research in Marketing 24(3), 201-209,
/// doi:10.1016/j.ijresmar.2006.12.005.
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
#include <string_view>
#include <vector>

namespace rapport::clv {

/// An MBG/NBD model with known parameters: an immutable value. Models RepeatBuyingModel,
/// whose questions BetaGeometricAnswers answers.
///
/// Unlike BgNbd it doubts whoever bought once: their probability of being active starts at
/// b / (a + b) and falls with every period of silence.
class MbgNbd : public BetaGeometricAnswers<MbgNbd> {
 public:
  /// alpha is the rate (inverse scale) of the gamma law. Each one is finite and > 0.
  struct Params {
    double r, alpha, a, b;
  };
  static constexpr std::string_view name = "MBG/NBD";
  static constexpr std::array<std::string_view, 4> parameter_names = {"r", "alpha", "a", "b"};
  using History = CustomerHistory;

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit MbgNbd(const Params& params) : params_(params) {
    core::check_positive_finite(params.r, "MbgNbd", "r");
    core::check_positive_finite(params.alpha, "MbgNbd", "alpha");
    core::check_positive_finite(params.a, "MbgNbd", "a");
    core::check_positive_finite(params.b, "MbgNbd", "b");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// Log-likelihood of one history, in nats.
  /// \pre `c` is valid. Not checked: this is the inner loop of every fit.
  [[nodiscard]] double log_likelihood(const CustomerHistory& c) const noexcept {
    const auto& [r, alpha, a, b] = params_;
    const double x = c.frequency;
    if (x == 0) {
      // 1 - b / (a + b) (1 - no purchase): near 1 for a young customer, where logs lose digits.
      const double loss = b / (a + b) * std::expm1(-r * std::log1p(c.age / alpha));
      if (loss > -0.5) return std::log1p(loss);
    }
    // The larger of "still active" and "dropped out at t_x" stands before the logarithm of the sum.
    const double odds = log_odds_dropped(c);
    const bool dropped = odds > 0;
    const double until = dropped ? c.recency : c.age;
    const double purchases =
        math::log_rising(r, x) - r * std::log1p(until / alpha) - x * std::log(alpha + until);
    const double survivals = math::log_beta_shift(a, b, x + 1);
    return purchases + survivals + (dropped ? std::log(a / (b + x)) : 0) +
           math::log1p_exp(dropped ? -odds : odds);
  }

  /// What the customer will do if active: rate ~ Gamma(r + x, alpha + T) and dropout ~
  /// Beta(a, b + x + 1).
  [[nodiscard]] BetaGeometricFuture future(const CustomerHistory& c) const noexcept {
    const auto& [r, alpha, a, b] = params_;
    return BetaGeometricFuture(
        {.shape = r + c.frequency, .rate = alpha + c.age, .a = a, .b = b + c.frequency + 1});
  }

  /// Log of the odds of having dropped out by the end of observation; ln(a / b) right after the
  /// first purchase.
  [[nodiscard]] double log_odds_dropped(const CustomerHistory& c) const noexcept {
    // The likelihood is a sum of "still active" and "dropped out at t_x". Both underflow for heavy
    // buyers, so everything uses the log of their ratio instead.
    const auto& [r, alpha, a, b] = params_;
    const double x = c.frequency;
    return std::log(a / (b + x)) + (r + x) * std::log1p((c.age - c.recency) / (alpha + c.recency));
  }

 private:
  Params params_;
};

/// Log-likelihood of all customers in nats, 0 if there are none, with gradient (4) and Hessian
/// (4 x 4) with respect to ln r, ln alpha, ln a, ln b.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const MbgNbd& model,
                                                           const Patterns& patterns,
                                                           const core::Threads& threads = 1);

/// Needs customers with repeat purchases.
template <>
[[nodiscard]] Fit<MbgNbd> fit<MbgNbd>(const Patterns& patterns, const FitOptions& options);

/// One customer's repeat purchase times in (0, age], ascending, counted from the first purchase.
/// Takes as many steps as there are purchases. \pre age >= 0 is finite.
[[nodiscard]] std::vector<double> draw_purchases(const MbgNbd& model, double age,
                                                 math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_MBG_NBD_HPP
