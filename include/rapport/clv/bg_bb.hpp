#ifndef RAPPORT_CLV_BG_BB_HPP
#define RAPPORT_CLV_BG_BB_HPP

/// \file
/// BG/BB: repeat buying on numbered opportunities, before each of which a customer may drop out.
///
/// P. S. Fader, B. G. S. Hardie, J. Shang (2010), Customer-Base Analysis in a Discrete-Time
/// Noncontractual Setting, Marketing Science 29(6), 1086-1108, doi:10.1287/mksc.1100.0580.
/// The formulas stand in docs/models/bg_bb.md.
///
///   paper          here                               unit           meaning
///   x, t_x, n      frequency, recency, opportunities  opportunities  see OpportunityHistory
///   alpha, beta    alpha, beta                        -              beta law of p, the chance to
///                                                                    buy while active
///   gamma, delta   gamma, delta                       -              beta law of theta, the chance
///                                                                    to drop out
///
/// Time is counted in opportunities: a horizon m is a whole number of them, and money at the k-th
/// one from now is worth 1 / (1 + d)^k for a discount rate d an opportunity.

#include <rapport/clv/beta_geometric_lifetime.hpp>
#include <rapport/clv/fit.hpp>
#include <rapport/clv/forecast.hpp>
#include <rapport/clv/opportunities.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/random.hpp>

#include <array>
#include <cmath>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// A BG/BB model with known parameters: an immutable value.
///
/// \pre Histories are valid. \throws std::domain_error unless a horizon is a whole number in
/// [0, 2^53] and a rate d is finite and >= 0. Horizons cost nothing: a million opportunities take
/// as long as a hundred. Histories cost their silence, some 2 ns for each of up to 1000
/// opportunities since the last purchase, and no more beyond.
class BgBb {
 public:
  /// Each one is finite and > 0.
  struct Params {
    double alpha, beta, gamma, delta;
  };
  static constexpr std::string_view name = "BG/BB";
  static constexpr std::array<std::string_view, 4> parameter_names = {"alpha", "beta", "gamma",
                                                                      "delta"};
  using History = OpportunityHistory;

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit BgBb(const Params& params) : params_(params) {
    core::check_positive_finite(params.alpha, "BgBb", "alpha");
    core::check_positive_finite(params.beta, "BgBb", "beta");
    core::check_positive_finite(params.gamma, "BgBb", "gamma");
    core::check_positive_finite(params.delta, "BgBb", "delta");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// Log-likelihood of one history, in nats.
  [[nodiscard]] double log_likelihood(const OpportunityHistory& c) const noexcept;

  /// Probability that the customer is active at the next opportunity, n + 1.
  [[nodiscard]] double probability_alive(const OpportunityHistory& c) const noexcept {
    return std::exp(log_probability_alive(c));
  }

  /// Its log, right also where the probability itself is below the smallest double.
  [[nodiscard]] double log_probability_alive(const OpportunityHistory& c) const noexcept;

  /// Probability of being active at opportunity n + 1 + m.
  [[nodiscard]] double probability_alive(const OpportunityHistory& c, double m) const;

  /// Probability of having been active at the last opportunity, n: certain for whoever bought then.
  [[nodiscard]] double probability_alive_at_end(const OpportunityHistory& c) const noexcept;

  /// Log of the odds of having dropped out by opportunity n; -infinity for whoever bought then.
  [[nodiscard]] double log_odds_dropped(const OpportunityHistory& c) const noexcept;

  /// What an active customer will do, as a model of new customers: p ~ Beta(alpha + x,
  /// beta + n - x) and theta ~ Beta(gamma, delta + n).
  [[nodiscard]] BgBb future(const OpportunityHistory& c) const noexcept;

  /// Mean number of purchases on the next m opportunities, given the history.
  [[nodiscard]] double expected_purchases(const OpportunityHistory& c, double m) const;

  /// The same on opportunities n + from + 1 to n + to. \throws also unless from <= to.
  [[nodiscard]] double expected_purchases(const OpportunityHistory& c, double from,
                                          double to) const;

  /// Mean number of repeat purchases of a new customer on m opportunities.
  [[nodiscard]] double expected_purchases(double m) const;

  /// Probability of exactly k purchases on the next m opportunities, given the history.
  /// Relative error below 1e-11.
  [[nodiscard]] double probability_of_purchases(const OpportunityHistory& c, unsigned k,
                                                double m) const;

  /// Probability of exactly k repeat purchases of a new customer on m opportunities.
  [[nodiscard]] double probability_of_purchases(unsigned k, double m) const;

  /// Probability of no purchase on the next m opportunities, given the history: the risk of churn
  /// over that horizon.
  [[nodiscard]] double probability_of_no_purchase(const OpportunityHistory& c, double m) const;

  /// Mean number of purchases on the next m opportunities, that at n + k worth 1 / (1 + d)^k.
  [[nodiscard]] double discounted_purchases(const OpportunityHistory& c, double m, double d) const;

  /// The same for ever (discounted expected residual transactions). For d = 0 it is the
  /// mean number of purchases ever, NaN if gamma <= 1: that mean is infinite.
  [[nodiscard]] double discounted_purchases(const OpportunityHistory& c, double d) const;

  /// Posterior mean of the customer's chance p to buy on an opportunity while active.
  [[nodiscard]] double purchase_rate(const OpportunityHistory& c) const noexcept {
    return product_moment(c, 1, 0);
  }

  /// Posterior mean of the customer's chance theta to drop out before an opportunity.
  [[nodiscard]] double dropout_rate(const OpportunityHistory& c) const noexcept {
    return product_moment(c, 0, 1);
  }

  /// Posterior mean of p^l theta^m. \pre l, m >= 0 are finite.
  [[nodiscard]] double product_moment(const OpportunityHistory& c, double l,
                                      double m) const noexcept;

 private:
  [[nodiscard]] BetaGeometricLifetime lifetime(const OpportunityHistory& c) const noexcept {
    return BetaGeometricLifetime(params_.gamma, params_.delta + c.opportunities);
  }

  // Mean purchases of the customer per opportunity at which they are active, times the probability
  // of having been so at n.
  [[nodiscard]] double active_rate(const OpportunityHistory& c) const noexcept;

  Params params_;
};

/// Fits a model of buying on opportunities to the distinct histories of a base.
/// \throws as fit() of Patterns does.
template <class Model>
[[nodiscard]] Fit<Model> fit(const OpportunityPatterns& patterns,
                             const FitOptions& options = {}) = delete;

template <class Model>
[[nodiscard]] Fit<Model> fit(const Opportunities& histories, const FitOptions& options = {}) {
  return fit<Model>(OpportunityPatterns(histories), options);
}

/// Log-likelihood of all customers in nats, 0 if there are none, with gradient (4) and Hessian
/// (4 x 4) with respect to ln alpha, ln beta, ln gamma, ln delta. Histories that differ in recency
/// alone share their sums: the longest silence among them, in opportunities, is what they cost.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const BgBb& model,
                                                           const OpportunityPatterns& patterns,
                                                           const core::Threads& threads = 1);

/// Needs customers with repeat purchases, and customers with different numbers of them.
template <>
[[nodiscard]] Fit<BgBb> fit<BgBb>(const OpportunityPatterns& patterns, const FitOptions& options);

/// The opportunities, of 1 to `opportunities`, on which one customer buys, ascending: so that
/// simulate_purchases of many ages serves this model too. \pre opportunities >= 0 is finite.
[[nodiscard]] std::vector<double> draw_purchases(const BgBb& model, double opportunities,
                                                 math::RandomStream& stream);

/// What the model sees after n opportunities of a customer who bought on these; later ones do not
/// count. \pre `bought` is ascending.
[[nodiscard]] OpportunityHistory opportunity_history_at(std::span<const double> bought,
                                                        double n) noexcept;

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_BG_BB_HPP
