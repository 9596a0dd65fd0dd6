#ifndef RAPPORT_CLV_PREDICTION_HPP
#define RAPPORT_CLV_PREDICTION_HPP

/// \file
/// Where one customer's own outcome will fall: intervals for a count of purchases, and for what
/// they come to in money. Not for its mean, which no customer has to keep to.
///
///   const CountPredictor<MbgNbd> predict(fitted);
///   predict.count({.frequency = 2, .recency = 30.43, .age = 38.86}, 39);   // 0 to 4, say
///
/// A count is whole, so an interval holds it with *at least* the probability asked for; bounds are
/// the narrowest that leave at most half of the rest on either side. The law of the count comes
/// from the model's probabilities of n purchases, averaged over the uncertainty of the parameters
/// (parameter_points.hpp): no random draws.
///
/// Money: given n purchases the sum of their amounts under Gamma-Gamma is beta prime, P(S <= s) =
/// I(p n, q + p x; s / (s + gamma + x zbar)) with the regularised incomplete beta function: the law
/// of S is the mixture over n of these, in closed form. Counts and amounts are taken to be
/// independent given the parameters, as Gamma-Gamma has it.

#include <rapport/clv/fit.hpp>
#include <rapport/clv/forecast.hpp>  // predicts
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/opportunities.hpp>
#include <rapport/clv/parameter_points.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/time.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace rapport::clv {

/// The law of a count, as far as it matters: probability of n at index n.
struct CountLaw {
  std::vector<double> probability;
  double beyond = 0;  ///< that of more than these

  /// The smallest n with P(N <= n) >= p; infinity if that is beyond.
  [[nodiscard]] double quantile(double p) const noexcept;
};

/// Builds the law from probability(0), probability(1), ... until at most `tail` is left, or
/// `most` terms were taken.
[[nodiscard]] CountLaw count_law(const std::function<double(unsigned n)>& probability, double tail,
                                 unsigned most = 1U << 20);

/// The interval of a count with that law and mean. \throws std::domain_error unless level is in
/// (0, 1).
[[nodiscard]] core::Estimate count_interval(const CountLaw& law, double mean, double level);

/// What customers spend on one purchase by a Gamma-Gamma model, given their data: amounts are
/// Gamma(shape, nu) with nu ~ Gamma(degrees, rate).
struct SpendLaw {
  double shape, degrees, rate;

  /// The law after x purchases with mean zbar; x = 0: that of all customers.
  /// \pre as GammaGamma::expected_spend.
  [[nodiscard]] static SpendLaw after(const GammaGamma& model, double x, double zbar) noexcept;
};

/// One possible pair of laws of count and amounts.
struct PurchaseAndSpendLaw {
  const CountLaw* count = nullptr;
  SpendLaw spend{};
};

/// P(S <= s) for the sum S of a count of amounts, the pairs of laws equally weighted; a count
/// beyond its law is taken for an infinite sum. \pre s >= 0.
[[nodiscard]] double spend_cdf(std::span<const PurchaseAndSpendLaw> laws, double s) noexcept;

/// The interval of that sum, with its mean as value: NaN, and status undefined, where it is
/// infinite; the ends stand all the same. To six digits.
/// \throws std::domain_error unless level is in (0, 1).
[[nodiscard]] core::Estimate spend_interval(std::span<const PurchaseAndSpendLaw> laws, double mean,
                                            double level);

/// Prediction intervals by a fitted model. Values are the means under the fitted parameters. A fit
/// that is not usable() gives values without intervals, since it cannot say how far to trust them;
/// one that predicts nothing, abstained ones.
template <class Model>
class CountPredictor {
 public:
  using History = typename Model::History;

  /// \throws std::domain_error unless level is in (0, 1).
  explicit CountPredictor(const Fit<Model>& fit, double level = 0.90)
      : fit_(fit), level_(level), models_(parameter_points(fit)) {
    if (!(level > 0 && level < 1)) {
      core::throw_domain_error("CountPredictor", "level", level, "in (0, 1)");
    }
  }

  /// Purchases in (age, age + t]. \pre c is valid. \throws std::domain_error unless t is finite and
  /// >= 0.
  [[nodiscard]] core::Estimate count(const History& c, double t) const {
    if (!predicts(fit_)) return abstained();
    const double mean = fit_.model().expected_purchases(c, t);
    if (!fit_.usable()) return without_interval(mean);
    return count_interval(law(c, t), mean, level_);
  }

  /// What the purchases in (age, age + t] come to, of a customer whose x purchases were worth zbar
  /// on average; x = 0: nothing is known of that. Some milliseconds.
  /// \throws as above.
  [[nodiscard]] core::Estimate spend(const History& c, double t, const Fit<GammaGamma>& spend,
                                     double x, double zbar) const {
    if (!predicts(fit_) || !predicts(spend)) return abstained();
    const double mean =
        fit_.model().expected_purchases(c, t) * spend.model().expected_spend(x, zbar);
    if (!fit_.usable() || !spend.usable()) return without_interval(mean);
    // Points of both fits together: one moves while the other stands at its centre.
    const std::size_t dimension = uncertain_parameters(fit_) + uncertain_parameters(spend);
    const auto amounts = parameter_points(spend, dimension);
    const auto counts = parameter_points(fit_, dimension);
    std::vector<CountLaw> laws;
    laws.reserve(counts.size() + 1);
    laws.push_back(law_of(fit_.model(), c, t));
    for (const Model& model : counts) laws.push_back(law_of(model, c, t));
    std::vector<PurchaseAndSpendLaw> pairs;
    for (const GammaGamma& model : amounts) {
      pairs.push_back({&laws.front(), SpendLaw::after(model, x, zbar)});
    }
    for (std::size_t i = 1; i < laws.size(); ++i) {
      pairs.push_back({&laws[i], SpendLaw::after(spend.model(), x, zbar)});
    }
    return spend_interval(pairs, mean, level_);
  }

  /// The law of the count, averaged over the uncertainty of the parameters.
  [[nodiscard]] CountLaw law(const History& c, double t) const {
    return count_law(
        [&](unsigned n) {
          double sum = 0;
          for (const Model& model : models_) sum += model.probability_of_purchases(c, n, t);
          return sum / static_cast<double>(models_.size());
        },
        tail());
  }

 private:
  // Of the probability that stays outside, what a law may leave untold.
  [[nodiscard]] double tail() const noexcept { return 1e-3 * (1 - level_) / 2; }

  [[nodiscard]] CountLaw law_of(const Model& model, const History& c, double t) const {
    return count_law([&](unsigned n) { return model.probability_of_purchases(c, n, t); }, tail());
  }

  [[nodiscard]] core::Estimate abstained() const {
    core::Estimate result;
    result.level = level_;
    result.covers = core::Covers::prediction;
    return result;
  }

  [[nodiscard]] core::Estimate without_interval(double mean) const {
    core::Estimate result = abstained();
    result.value = mean;
    result.status = core::Status::estimated;
    return result;
  }

  Fit<Model> fit_;
  double level_;
  std::vector<Model> models_;
};

namespace detail {

template <class Model, class Rows>
core::EstimateColumn predicted_counts(const Fit<Model>& fit, const Rows& histories, double t,
                                      double level, const core::Threads& threads) {
  core::check_not_negative_finite(t, "predict_counts", "horizon");
  const CountPredictor<Model> predictor(fit, level);
  core::EstimateColumn column;
  column.level = level;
  column.covers = core::Covers::prediction;
  column.resize(histories.size());
  core::for_blocks(threads, histories.size(), 256, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      column.set(row, predictor.count(histories[row], t));
    }
  });
  return column;
}

}  // namespace detail

/// The count of every history over a horizon, row = row of the histories.
/// \throws std::invalid_argument if the fit knows another unit of time than the histories;
/// std::domain_error for a horizon that is negative or not finite, or a level not in (0, 1).
template <class Model>
[[nodiscard]] core::EstimateColumn predict_counts(const Fit<Model>& fit, const Histories& histories,
                                                  core::TimeSpan horizon, double level = 0.90,
                                                  const core::Threads& threads = 1) {
  check_same_period(fit, histories, "predict_counts");
  return detail::predicted_counts(fit, histories, horizon.in(histories.period()), level, threads);
}

/// The same on the next `horizon` numbered opportunities.
/// \throws std::domain_error unless that is whole, finite and >= 0; as above.
template <class Model>
[[nodiscard]] core::EstimateColumn predict_counts(const Fit<Model>& fit,
                                                  const Opportunities& histories, double horizon,
                                                  double level = 0.90,
                                                  const core::Threads& threads = 1) {
  return detail::predicted_counts(fit, histories, horizon, level, threads);
}

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_PREDICTION_HPP
