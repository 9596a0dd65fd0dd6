#ifndef RAPPORT_CLV_NBD_HPP
#define RAPPORT_CLV_NBD_HPP

/// \file
/// NBD: repeat buying at random, at a rate of the customer's own, in which nobody drops out.
///
/// A. S. C. Ehrenberg (1959), The Pattern of Consumer Purchases, Applied Statistics 8(1), 26-41,
/// doi:10.2307/2985810; as a model of one customer's future: D. G. Morrison, D. C. Schmittlein
/// (1988), Generalizing the NBD Model for Customer Purchases, Journal of Business & Economic
/// Statistics 6(2), 145-159, doi:10.1080/07350015.1988.10509648.
///
///   paper   here            unit                meaning
///   x, T    frequency, age  purchases, periods  see CustomerHistory; when it bought says nothing
///   r       r               -                   shape of the gamma law of purchase rates
///   alpha   alpha           periods             its rate (inverse scale)

#include <rapport/clv/fit.hpp>
#include <rapport/clv/lifetime_future.hpp>
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

/// An NBD model with known parameters: an immutable value. Models RepeatBuyingModel, whose
/// questions LifetimeAnswers answers: customers are active for certain, and expect
/// (r + x) / (alpha + T) purchases per period for ever.
///
/// It is the yardstick, not a forecast: where customers leave it expects far too much of those who
/// were good and have been silent since. What a model with dropout gains over it is what silence
/// tells.
class Nbd : public LifetimeAnswers<Nbd> {
 public:
  /// Both are finite and > 0.
  struct Params {
    double r, alpha;
  };
  static constexpr std::string_view name = "NBD";
  static constexpr std::array<std::string_view, 2> parameter_names = {"r", "alpha"};
  using History = CustomerHistory;

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit Nbd(const Params& params) : params_(params) {
    core::check_positive_finite(params.r, "Nbd", "r");
    core::check_positive_finite(params.alpha, "Nbd", "alpha");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// Log-likelihood of one history in nats: of purchases at those times, as in the other models, so
  /// that they compare. That of the count alone has x ln T - ln x! more.
  /// \pre `c` is valid. Not checked: this is the inner loop of every fit.
  [[nodiscard]] double log_likelihood(const CustomerHistory& c) const noexcept {
    const auto& [r, alpha] = params_;
    const double x = c.frequency;
    return math::log_rising(r, x) - r * std::log1p(c.age / alpha) - x * std::log(alpha + c.age);
  }

  /// What the customer will do: rate ~ Gamma(r + x, alpha + T), without an end.
  [[nodiscard]] LifetimeFuture<Unending> future(const CustomerHistory& c) const noexcept {
    return LifetimeFuture<Unending>(
        {.shape = params_.r + c.frequency, .rate = params_.alpha + c.age, .lifetime = {}});
  }

  /// -infinity: nobody drops out.
  [[nodiscard]] double log_odds_dropped(const CustomerHistory&) const noexcept {
    return -std::numeric_limits<double>::infinity();
  }

  /// Mean, given the history, of the customer's purchases per period.
  [[nodiscard]] double purchase_rate(const CustomerHistory& c) const noexcept {
    return (params_.r + c.frequency) / (params_.alpha + c.age);
  }

  /// 0: nobody drops out.
  [[nodiscard]] double dropout_rate(const CustomerHistory&) const noexcept { return 0; }

 private:
  Params params_;
};

/// Log-likelihood of all customers in nats, 0 if there are none, with gradient (2) and Hessian
/// (2 x 2) with respect to ln r, ln alpha. Costs the distinct frequencies and ages, not histories.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const Nbd& model,
                                                           const Patterns& patterns,
                                                           const core::Threads& threads = 1);

/// Needs customers with repeat purchases. Where all buy at the same rate, r and alpha run to
/// infinity together, and the report says at which ratio.
template <>
[[nodiscard]] Fit<Nbd> fit<Nbd>(const Patterns& patterns, const FitOptions& options);

/// One customer's repeat purchase times in (0, age], ascending, counted from the first purchase.
/// Takes as many steps as there are purchases. \pre age >= 0 is finite.
[[nodiscard]] std::vector<double> draw_purchases(const Nbd& model, double age,
                                                 math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_NBD_HPP
