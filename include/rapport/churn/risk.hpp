#ifndef RAPPORT_CHURN_RISK_HPP
#define RAPPORT_CHURN_RISK_HPP

/// \file
/// The risk of a customer: how likely is it that nothing more is bought within a horizon?
///
/// It is not the complement of P(alive): a customer who is active for certain may buy once in two
/// years, and so be at risk over the next month. The rate at which a base loses customers is
/// another thing, and has a header of its own (churn/rate.hpp).

#include <rapport/clv/fit.hpp>
#include <rapport/clv/forecast.hpp>  // check_same_period, predicts
#include <rapport/clv/histories.hpp>
#include <rapport/clv/uncertainty.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/time.hpp>

#include <cmath>
#include <cstddef>

namespace rapport::churn {

/// How a risk is computed.
struct RiskOptions {
  core::TimeSpan horizon = core::weeks(52);
  double level = 0.90;        ///< of the intervals, which cover the uncertainty of the parameters
  core::Threads threads = 1;  ///< the answer is the same bytes for any number
};

/// The probability that a customer makes no purchase within the horizon, by a fitted model of
/// repeat buying; row = row of the histories. Abstained where the model predicts nothing
/// (clv::predicts), without intervals where its fit is not usable().
/// \throws std::invalid_argument if the fit knows another unit of time than the histories;
/// std::domain_error for a horizon that is negative or not finite.
template <class Model>
[[nodiscard]] core::EstimateColumn no_purchase_risk(const clv::Fit<Model>& fit,
                                                    const clv::Histories& histories,
                                                    const RiskOptions& options = {}) {
  clv::check_same_period(fit, histories, "no_purchase_risk");
  const double horizon = options.horizon.in(histories.period());
  core::check_not_negative_finite(horizon, "no_purchase_risk", "horizon");
  core::EstimateColumn result;
  result.level = options.level;
  result.resize(histories.size());
  if (!clv::predicts(fit)) return result;
  const clv::Neighbourhood<Model> models(fit, options.level);
  core::for_blocks(options.threads, histories.size(), 1024,
                   [&](std::size_t begin, std::size_t end) {
                     for (std::size_t row = begin; row < end; ++row) {
                       const clv::CustomerHistory c = histories[row];
                       const double risk = models.centre().probability_of_no_purchase(c, horizon);
                       result.set(row, models.probability(risk, [&](const Model& model) {
                         return std::log(model.probability_of_no_purchase(c, horizon));
                       }));
                     }
                   });
  return result;
}

}  // namespace rapport::churn

#endif  // RAPPORT_CHURN_RISK_HPP
