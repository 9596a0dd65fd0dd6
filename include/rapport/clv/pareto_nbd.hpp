#ifndef RAPPORT_CLV_PARETO_NBD_HPP
#define RAPPORT_CLV_PARETO_NBD_HPP

/// \file
/// Pareto/NBD: repeat buying in which a customer may drop out, unseen, at any time.
///
/// D. C. Schmittlein, D. G. Morrison, R. Colombo (1987), Counting Your Customers: Who Are They and
/// What Will They Do Next?, Management Science 33(1), 1-24, doi:10.1287/mnsc.33.1.1.
/// P. S. Fader, B. G. S. Hardie (2005), A Note on Deriving the Pareto/NBD Model and Related
/// Expressions, brucehardie.com/notes/009.
///
///   paper      here                     unit                meaning
///   x, t_x, T  frequency, recency, age  purchases, periods  see CustomerHistory
///   r, alpha   r, alpha                 -, periods          gamma law of purchase rates
///   s, beta    s, beta                  -, periods          gamma law of dropout rates
///
/// Computed without the papers' 2F1, which overflows for some hundred purchases:
/// docs/models/pareto_nbd.md.

#include <rapport/clv/fit.hpp>
#include <rapport/clv/lifetime_future.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/random.hpp>

#include <array>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// A Pareto/NBD model with known parameters: an immutable value. Models RepeatBuyingModel, whose
/// questions LifetimeAnswers answers.
///
/// While active a customer buys at random at a rate lambda ~ Gamma(r, alpha), for a time that is
/// exponential with rate mu ~ Gamma(s, beta); lambda and mu are independent.
class ParetoNbd : public LifetimeAnswers<ParetoNbd> {
 public:
  /// alpha and beta are rates (inverse scales) of the gamma laws. Each one is finite and > 0.
  struct Params {
    double r, alpha, s, beta;
  };
  static constexpr std::string_view name = "Pareto/NBD";
  static constexpr std::array<std::string_view, 4> parameter_names = {"r", "alpha", "s", "beta"};
  using History = CustomerHistory;

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit ParetoNbd(const Params& params) : params_(params) {
    core::check_positive_finite(params.r, "ParetoNbd", "r");
    core::check_positive_finite(params.alpha, "ParetoNbd", "alpha");
    core::check_positive_finite(params.s, "ParetoNbd", "s");
    core::check_positive_finite(params.beta, "ParetoNbd", "beta");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// Log-likelihood of one history in nats, without a combinatorial term. Some 0.2 microseconds.
  /// \pre `c` is valid. Not checked: this is the inner loop of every fit.
  [[nodiscard]] double log_likelihood(const CustomerHistory& c) const noexcept;

  /// Log of the odds of having dropped out by the end of observation; -infinity for a purchase on
  /// the last day.
  [[nodiscard]] double log_odds_dropped(const CustomerHistory& c) const noexcept;

  /// What the customer will do if active: rate ~ Gamma(r + x, alpha + T), and a lifetime left with
  /// s, beta + T.
  [[nodiscard]] LifetimeFuture<ParetoLifetime> future(const CustomerHistory& c) const noexcept {
    const auto& [r, alpha, s, beta] = params_;
    return LifetimeFuture<ParetoLifetime>({.shape = r + c.frequency,
                                           .rate = alpha + c.age,
                                           .lifetime = {.s = s, .beta = beta + c.age}});
  }

  /// Mean of the customer's purchase rate, as long as active, per period, given the history.
  [[nodiscard]] double purchase_rate(const CustomerHistory& c) const noexcept;

  /// Mean of the customer's dropout rate per period, given the history.
  [[nodiscard]] double dropout_rate(const CustomerHistory& c) const noexcept;

 private:
  Params params_;
};

/// Log-likelihood of all customers in nats, 0 if there are none: the sum over each, several at
/// once. Some 0.1 microseconds a distinct history.
[[nodiscard]] double log_likelihood(const ParetoNbd& model, const Patterns& patterns,
                                    const core::Threads& threads = 1);

/// The same with gradient (4) and Hessian
/// (4 x 4) with respect to ln r, ln alpha, ln s, ln beta.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const ParetoNbd& model,
                                                           const Patterns& patterns,
                                                           const core::Threads& threads = 1);

/// Needs customers with repeat purchases.
template <>
[[nodiscard]] Fit<ParetoNbd> fit<ParetoNbd>(const Patterns& patterns, const FitOptions& options);

/// One customer's repeat purchase times in (0, age], ascending, counted from the first purchase.
/// Takes as many steps as there are purchases. \pre age >= 0 is finite.
[[nodiscard]] std::vector<double> draw_purchases(const ParetoNbd& model, double age,
                                                 math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_PARETO_NBD_HPP
