#ifndef RAPPORT_CLV_PARETO_GGG_HPP
#define RAPPORT_CLV_PARETO_GGG_HPP

/// \file
/// Pareto/GGG: a Pareto/NBD whose customers may buy at regular intervals, each as regularly as it
/// is that customer's habit. Who always buys monthly is missed after two months.
///
/// M. Platzer, T. Reutterer (2016), Ticking Away the Moments: Timing Regularity Helps to Better
/// Predict Customer Activity, Marketing Science 35(5), 779-799, doi:10.1287/mksc.2015.0963.
///
///   paper        here                     meaning
///   k            regularity               times between purchases are Gamma(k, k lambda)
///   lambda, mu   rate, dropout            of a customer, per period
///   t, gamma     t, gamma                 gamma law of k
///   r, alpha     r, alpha (periods)       gamma law of lambda
///   s, beta      s, beta (periods)        gamma law of mu
///
/// Sampling differs from the paper's where it can be had better. The time of dropping out is
/// integrated out of the likelihood of a customer's own k, lambda and mu. With R the silence at the
/// end, P and Q the incomplete gamma functions, and a = (1 + mu / (k lambda))^-k,
///
///   P(silence) = 1 - a P(k, (k lambda + mu) R) = (1 - a) + a Q(k, (k lambda + mu) R)
///   P(alive)   = Q(k, k lambda R) exp(-mu R) / P(silence)
///
/// so that no integral is left and nothing cancels. A customer's k is held in [1/1000, 1000]. Each
/// of the three is drawn by slice sampling, each pair such as (r, alpha) exactly but for a slice of
/// r, and in turn all customers' k, lambda or mu are scaled together with gamma, alpha or beta.

#include <rapport/clv/histories.hpp>
#include <rapport/clv/posterior.hpp>
#include <rapport/math/random.hpp>

#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// A Pareto/GGG with known parameters: an immutable value, to simulate from.
class ParetoGgg {
 public:
  /// gamma, alpha and beta are rates of gamma laws. Each one is finite and > 0.
  struct Params {
    double t, gamma, r, alpha, s, beta;
  };

  static constexpr std::string_view name = "Pareto/GGG";
  static constexpr std::array<std::string_view, 6> parameter_names = {"t",     "gamma", "r",
                                                                      "alpha", "s",     "beta"};

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit ParetoGgg(const Params& params);

  [[nodiscard]] const Params& params() const noexcept { return params_; }

 private:
  Params params_;
};

/// One customer's repeat purchase times in (0, age], ascending, counted from the first purchase;
/// purchases too close for a double to tell apart are one. \pre age >= 0 is finite.
[[nodiscard]] std::vector<double> draw_purchases(const ParetoGgg& model, double age,
                                                 math::RandomStream& stream);

/// What is believed of the parameters before the data.
struct ParetoGggPrior {
  GammaPrior t = {}, gamma = {}, r = {}, alpha = {}, s = {}, beta = {};
};

namespace posterior {

/// Samples the posterior. Parameters: "t", "gamma", "r", "alpha", "s", "beta". A sweep takes
/// O(customers) time, some microseconds each.
/// \throws std::invalid_argument for options that make no sense, or histories without the column
/// sum_log_intervals; std::domain_error for a prior out of its domain; core::Cancelled.
[[nodiscard]] Posterior sample(const ParetoGggPrior& prior, const Histories& histories,
                               const Options& options = {});

}  // namespace posterior
}  // namespace rapport::clv

#endif  // RAPPORT_CLV_PARETO_GGG_HPP
