#ifndef RAPPORT_CLV_VARYING_ANSWERS_HPP
#define RAPPORT_CLV_VARYING_ANSWERS_HPP

/// \file
/// What a model with time-varying covariates answers: the questions of RepeatBuyingModel, asked of
/// a row of a VaryingHistories. ParetoNbdVarying and MbgNbdVarying derive from this.
///
/// A new customer with a path of covariates of its own is a row of age 0: what is asked of it up to
/// t counts its repeat purchases in (0, t].

#include <rapport/clv/varying_histories.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/math/newton.hpp>  // Derivatives
#include <rapport/math/random.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace rapport::clv {

/// All questions are asked of a row whose covariates bear the names of the coefficients; T is its
/// age, the end of observation. \pre row < data.size(). \throws std::invalid_argument for a
/// covariate that the data do not have; std::domain_error unless horizons and discount rates are
/// finite and >= 0, or where covariates are not known up to the horizon.
template <class Model>
class VaryingAnswers {
 public:
  /// In nats.
  [[nodiscard]] double log_likelihood(const VaryingHistories& data, std::size_t row) const;

  /// Probability that the customer is active at T, and its logarithm, right also where the
  /// probability itself is below the smallest double.
  [[nodiscard]] double probability_alive(const VaryingHistories& data, std::size_t row) const;
  [[nodiscard]] double log_probability_alive(const VaryingHistories& data, std::size_t row) const;

  /// Probability of being active at T + t.
  [[nodiscard]] double probability_alive(const VaryingHistories& data, std::size_t row,
                                         double t) const;

  /// P(alive) at each of the times `at`, counted from the first purchase: up to T by what was known
  /// then, after T as a forecast in which silence is not assumed, like alive_path() of the plain
  /// models. \throws std::domain_error unless every time is finite and >= 0.
  [[nodiscard]] std::vector<double> alive_path(const VaryingHistories& data, std::size_t row,
                                               std::span<const double> at) const;

  /// Mean number of purchases in (T, T + t].
  [[nodiscard]] double expected_purchases(const VaryingHistories& data, std::size_t row,
                                          double t) const;

  /// Mean number of purchases in (T + from, T + to], without cancellation.
  /// \throws std::domain_error unless 0 <= from <= to.
  [[nodiscard]] double expected_purchases(const VaryingHistories& data, std::size_t row,
                                          double from, double to) const;

  /// Probability of no purchase in (T, T + t]: the risk of churn over that horizon.
  [[nodiscard]] double probability_of_no_purchase(const VaryingHistories& data, std::size_t row,
                                                  double t) const;

  /// Probability of exactly n purchases in (T, T + t].
  [[nodiscard]] double probability_of_purchases(const VaryingHistories& data, std::size_t row,
                                                unsigned n, double t) const;

  /// Mean of the sum of exp(-delta u) over the purchases at T + u, u in (0, t].
  [[nodiscard]] double discounted_purchases(const VaryingHistories& data, std::size_t row, double t,
                                            double delta) const;

  /// The same over all time (discounted expected residual transactions). After the last step that
  /// is known the covariates stay as they are in it: end the grid with the values to assume, such
  /// as a year's means. NaN where the mean is infinite, as it is for delta = 0 unless the last
  /// covariates make it finite.
  [[nodiscard]] double discounted_purchases(const VaryingHistories& data, std::size_t row,
                                            double delta) const;

  /// Mean, given the history, of the customer's purchases per period while active, under the
  /// covariates of the step in which observation ends.
  [[nodiscard]] double purchase_rate(const VaryingHistories& data, std::size_t row) const;

  /// Mean, given the history, of the customer's hazard to drop out per period, or chance to drop
  /// out at a purchase, as the model has it, under the same covariates.
  [[nodiscard]] double dropout_rate(const VaryingHistories& data, std::size_t row) const;

 private:
  friend Model;  // nobody else makes one
  VaryingAnswers() = default;

  [[nodiscard]] const Model& model() const noexcept { return static_cast<const Model&>(*this); }
};

/// Log-likelihood of all customers in nats, with derivatives with respect to the logarithms of the
/// model's four parameters, the purchase coefficients and the dropout coefficients.
template <class Model>
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const VaryingAnswers<Model>& model,
                                                           const VaryingHistories& data,
                                                           const core::Threads& threads = 1);

/// Repeat purchase times in (0, until] of a new customer with the covariates of the row, ascending,
/// counted from the first purchase. \pre The covariates are known that far. \throws as above.
template <class Model>
[[nodiscard]] std::vector<double> draw_purchases(const VaryingAnswers<Model>& model,
                                                 const VaryingHistories& data, std::size_t row,
                                                 double until, math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_VARYING_ANSWERS_HPP
