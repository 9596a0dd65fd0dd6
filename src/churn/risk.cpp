#include <rapport/churn/risk.hpp>

#include <rapport/clv/forecast.hpp>
#include <rapport/clv/uncertainty.hpp>
#include <rapport/core/check.hpp>

#include <cmath>

namespace rapport::churn {

template <class Model>
core::EstimateColumn no_purchase_risk(const clv::Fit<Model>& fit, const clv::Histories& histories,
                                      const RiskOptions& options) {
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

template core::EstimateColumn no_purchase_risk(const clv::Fit<clv::BgNbd>&, const clv::Histories&,
                                               const RiskOptions&);
template core::EstimateColumn no_purchase_risk(const clv::Fit<clv::MbgNbd>&, const clv::Histories&,
                                               const RiskOptions&);

}  // namespace rapport::churn
