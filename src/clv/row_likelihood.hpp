#ifndef RAPPORT_SRC_CLV_ROW_LIKELIHOOD_HPP
#define RAPPORT_SRC_CLV_ROW_LIKELIHOOD_HPP

/// \file
/// The log-likelihood of one history with its derivatives, for likelihoods made of others: models
/// with covariates, and mixtures. Defined in each model's kernel file.

#include <rapport/clv/opportunities.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/math/jet.hpp>

namespace rapport::clv {

class BgBb;
class BgNbd;
class GammaGamma;
class GgompertzNbd;
class MbgNbd;
class Nbd;
class ParetoNbd;
class Sbg;

/// In nats, with respect to the logarithms of the parameters in their order. \pre `c` is valid.
[[nodiscard]] math::Jet<4> row_log_likelihood(const BgBb& model, const OpportunityHistory& c);
[[nodiscard]] math::Jet<4> row_log_likelihood(const BgNbd& model, const CustomerHistory& c);
[[nodiscard]] math::Jet<5> row_log_likelihood(const GgompertzNbd& model, const CustomerHistory& c);
[[nodiscard]] math::Jet<4> row_log_likelihood(const MbgNbd& model, const CustomerHistory& c);
[[nodiscard]] math::Jet<2> row_log_likelihood(const Nbd& model, const CustomerHistory& c);
[[nodiscard]] math::Jet<4> row_log_likelihood(const ParetoNbd& model, const CustomerHistory& c);

/// The same for a customer who made `tenure` renewals and is still there, or who left instead of
/// the renewal of that number.
[[nodiscard]] math::Jet<2> row_log_likelihood(const Sbg& model, double tenure, bool churned);

/// The same for the mean zbar of x purchases. \pre x > 0 and zbar > 0.
[[nodiscard]] math::Jet<3> row_log_likelihood(const GammaGamma& model, double x, double zbar);

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_ROW_LIKELIHOOD_HPP
