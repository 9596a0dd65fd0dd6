#ifndef RAPPORT_CLV_GGOMPERTZ_NBD_HPP
#define RAPPORT_CLV_GGOMPERTZ_NBD_HPP

/// \file
/// GGompertz/NBD: repeat buying in which the hazard to drop out changes with age: it may be low at
/// first and grow ("sudden death"), or fall.
///
/// A. C. Bemmaor, N. Glady (2012), Modeling Purchasing Behavior with Sudden "Death": A Flexible
/// Customer Lifetime Model, Management Science 58(5), 1012-1021, doi:10.1287/mnsc.1110.1461, with
/// the comment by J. Adler (2022), Management Science 69(3), 1929-1930. Nothing here follows a
/// printed hypergeometric form: all is derived from the assumptions.
///
///   paper      here                     unit                meaning
///   x, t_x, T  frequency, recency, age  purchases, periods  see CustomerHistory
///   r, alpha   r, alpha                 -, periods          gamma law of purchase rates
///   b          b                        1 / periods         growth of every hazard, by exp(b t)
///   s, beta    s, beta                  -, -                gamma law of eta; hazards eta b exp(b
///   t)

#include <rapport/clv/fit.hpp>
#include <rapport/clv/lifetime_future.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/random.hpp>

#include <array>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// A GGompertz/NBD model with known parameters: an immutable value. Models RepeatBuyingModel, whose
/// questions LifetimeAnswers answers.
///
/// With beta < 1 the hazard of the base falls with age, with beta > 1 it grows, up to b s per
/// period in both cases; beta = 1 makes lifetimes exponential, all with rate b s. For b to 0 with
/// beta / b held it tends to the Pareto/NBD with s and beta / b, and has the same answers there.
class GgompertzNbd : public LifetimeAnswers<GgompertzNbd> {
 public:
  /// alpha and beta are rates (inverse scales) of gamma laws. Each one is finite and > 0.
  struct Params {
    double r, alpha, b, s, beta;
  };
  static constexpr std::string_view name = "GGompertz/NBD";
  static constexpr std::array<std::string_view, 5> parameter_names = {"r", "alpha", "b", "s",
                                                                      "beta"};
  using History = CustomerHistory;

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit GgompertzNbd(const Params& params) : params_(params) {
    core::check_positive_finite(params.r, "GgompertzNbd", "r");
    core::check_positive_finite(params.alpha, "GgompertzNbd", "alpha");
    core::check_positive_finite(params.b, "GgompertzNbd", "b");
    core::check_positive_finite(params.s, "GgompertzNbd", "s");
    core::check_positive_finite(params.beta, "GgompertzNbd", "beta");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// Log-likelihood of one history in nats, without a combinatorial term. Some microseconds.
  /// \pre `c` is valid. Not checked: this is the inner loop of every fit.
  [[nodiscard]] double log_likelihood(const CustomerHistory& c) const;

  /// Log of the odds of having dropped out by the end of observation; -infinity for a purchase on
  /// the last day.
  [[nodiscard]] double log_odds_dropped(const CustomerHistory& c) const;

  /// What the customer will do if active: rate ~ Gamma(r + x, alpha + T), and the lifetime left
  /// at age T.
  [[nodiscard]] LifetimeFuture<GompertzLifetime> future(const CustomerHistory& c) const noexcept {
    return future_from(c, c.age);
  }

  /// Mean, given the history, of the customer's purchases per period while active.
  [[nodiscard]] double purchase_rate(const CustomerHistory& c) const;

  /// Mean, given the history, of the customer's hazard to drop out at the end of observation.
  [[nodiscard]] double dropout_rate(const CustomerHistory& c) const;

 private:
  // What the customer does from `age` on, if active then and without a purchase since the last.
  [[nodiscard]] LifetimeFuture<GompertzLifetime> future_from(const CustomerHistory& c,
                                                             double age) const noexcept {
    const auto& [r, alpha, b, s, beta] = params_;
    return LifetimeFuture<GompertzLifetime>(
        {.shape = r + c.frequency,
         .rate = alpha + age,
         .lifetime = GompertzLifetime{.b = b, .s = s, .beta = beta}.after(age)});
  }

  Params params_;
};

/// Log-likelihood of all customers in nats, 0 if there are none, with gradient (5) and Hessian
/// (5 x 5) with respect to ln r, ln alpha, ln b, ln s, ln beta. Some microseconds a pattern.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const GgompertzNbd& model,
                                                           const Patterns& patterns,
                                                           const core::Threads& threads = 1);

/// Needs customers with repeat purchases. On many bases b and beta run to 0 together: the report
/// then says so, and that the Pareto/NBD is the model to take.
template <>
[[nodiscard]] Fit<GgompertzNbd> fit<GgompertzNbd>(const Patterns& patterns,
                                                  const FitOptions& options);

/// One customer's repeat purchase times in (0, age], ascending, counted from the first purchase.
/// Takes as many steps as there are purchases. \pre age >= 0 is finite.
[[nodiscard]] std::vector<double> draw_purchases(const GgompertzNbd& model, double age,
                                                 math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_GGOMPERTZ_NBD_HPP
