#ifndef RAPPORT_CLV_PARETO_NBD_HB_HPP
#define RAPPORT_CLV_PARETO_NBD_HB_HPP

/// \file
/// The hierarchical Bayes Pareto/NBD: the model of pareto_nbd.hpp with gamma priors on r, alpha, s
/// and beta, so that forecasts carry the uncertainty of all of them, and each customer's rates have
/// a posterior of their own.
///
/// S.-H. Ma, J.-L. Liu (2007), The MCMC Approach for Solving the Pareto/NBD Model and Possible
/// Extensions, Third International Conference on Natural Computation, 505-512,
/// doi:10.1109/ICNC.2007.728.
///
/// That paper draws r, alpha, s, beta given every customer's rates and time of dropping out, and
/// these given r, alpha, s, beta: exact steps, but so small that it takes hundreds of them to move.
/// Here the customers are integrated out, since the likelihood of the base is known in closed form.
/// The four are drawn from their own posterior (math/metropolis.hpp), nearly independently; a
/// customer's rates and time of dropping out are then drawn exactly, wherever they are wanted. The
/// posterior is the same.

#include <rapport/clv/histories.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/posterior.hpp>
#include <rapport/math/random.hpp>

namespace rapport::clv {

/// What is believed of the parameters before the data.
struct ParetoNbdPrior {
  GammaPrior r = {}, alpha = {}, s = {}, beta = {};
};

/// What a history leaves open of a customer.
struct ParetoNbdCustomer {
  double rate;      ///< purchases per period while active
  double dropout;   ///< rate of leaving, per period
  double lifetime;  ///< from the first purchase to dropping out: active if more than the age
};

/// An exact draw given the history, independent of all others.
/// \pre `c` is valid.
[[nodiscard]] ParetoNbdCustomer draw_customer(const ParetoNbd& model, const CustomerHistory& c,
                                              math::RandomStream& stream);

namespace posterior {

/// Samples the posterior. Parameters: "r", "alpha", "s", "beta". A sweep takes two evaluations of
/// the likelihood of the base: O(distinct histories). Forecasts rest on `forecast_draws` draws, and
/// their expectations on the closed forms of ParetoNbd.
/// \throws std::invalid_argument for options that make no sense, std::domain_error for a prior out
/// of its domain, core::Cancelled.
[[nodiscard]] Posterior sample(const ParetoNbdPrior& prior, const Histories& histories,
                               const Options& options = {});

}  // namespace posterior
}  // namespace rapport::clv

#endif  // RAPPORT_CLV_PARETO_NBD_HB_HPP
