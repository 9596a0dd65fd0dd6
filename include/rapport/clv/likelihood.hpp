#ifndef RAPPORT_CLV_LIKELIHOOD_HPP
#define RAPPORT_CLV_LIKELIHOOD_HPP

/// \file
/// The log-likelihood of a whole customer base with its derivatives: what a fit climbs.
///
/// Derivatives are with respect to the logarithms of the parameters, in the parameters' order: a
/// step is then a relative change, and no parameter can become negative. One pass over the
/// patterns gives value, gradient and Hessian; what depends on frequency or age alone is summed
/// once for each distinct one. Work is cut into blocks by the patterns alone, so the result is the
/// same bytes for any number of threads and any order of rows.

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/histories.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/math/newton.hpp>  // Derivatives

namespace rapport::clv {

/// Log-likelihood of all customers in nats, 0 if there are none, with gradient (4) and Hessian
/// (4 x 4) with respect to ln r, ln alpha, ln a, ln b.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const BgNbd& model,
                                                           const Patterns& patterns,
                                                           const core::Threads& threads = 1);

/// The same for MBG/NBD.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const MbgNbd& model,
                                                           const Patterns& patterns,
                                                           const core::Threads& threads = 1);

/// Log-likelihood of all mean amounts in nats (density of the mean), 0 if there are none, with
/// gradient (3) and Hessian (3 x 3) with respect to ln p, ln q, ln gamma.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const GammaGamma& model,
                                                           const SpendPatterns& patterns,
                                                           const core::Threads& threads = 1);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_LIKELIHOOD_HPP
