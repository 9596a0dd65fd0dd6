#ifndef RAPPORT_CHURN_RISK_HPP
#define RAPPORT_CHURN_RISK_HPP

/// \file
/// The risk of a customer: how likely is it that nothing more is bought within a horizon?
///
/// It is not the complement of P(alive): a customer who is active for certain may buy once in two
/// years, and so be at risk over the next month. The rate at which a base loses customers is
/// another thing, and has a header of its own (churn/rate.hpp).

#include <rapport/clv/fit.hpp>
#include <rapport/clv/histories.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/time.hpp>

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
                                                    const RiskOptions& options = {});

extern template core::EstimateColumn no_purchase_risk(const clv::Fit<clv::BgNbd>&,
                                                      const clv::Histories&, const RiskOptions&);
extern template core::EstimateColumn no_purchase_risk(const clv::Fit<clv::MbgNbd>&,
                                                      const clv::Histories&, const RiskOptions&);

}  // namespace rapport::churn

#endif  // RAPPORT_CHURN_RISK_HPP
