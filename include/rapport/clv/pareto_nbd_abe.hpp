#ifndef RAPPORT_CLV_PARETO_NBD_ABE_HPP
#define RAPPORT_CLV_PARETO_NBD_ABE_HPP

/// \file
/// Abe's hierarchical Bayes Pareto/NBD: purchase and dropout rates are jointly lognormal, so that
/// they may be correlated, and their means may depend on what is known of a customer.
///
/// M. Abe (2009), "Counting Your Customers" One by One: A Hierarchical Bayes Extension to the
/// Pareto/NBD Model, Marketing Science 28(3), 541-553, doi:10.1287/mksc.1090.0502.
///
///   paper            here                       meaning
///   x, t_x, T        frequency, recency, age    see CustomerHistory
///   lambda, mu       rate, dropout              of a customer, per period
///   d_i              covariates                 a constant 1 is added in front
///   beta             log_lambda:..., log_mu:... coefficients of the means of ln lambda, ln mu
///   Gamma_0          var_..., cov_...           covariance of ln lambda and ln mu
///
/// Sampling differs from the paper's where it can be had better. Whether and when a customer
/// dropped out is integrated out of the likelihood of a customer's own rates, and both rates move
/// at once by elliptical slice sampling, which has nothing to tune. Coefficients and covariance are
/// drawn exactly (matrix normal, inverse Wishart), and in turn shifted or scaled together with all
/// customers' rates (J. S. Liu, C. Sabatti, 2000, Generalised Gibbs sampler and multigrid Monte
/// Carlo for Bayesian computation, Biometrika 87(2), 353-369, doi:10.1093/biomet/87.2.353), without
/// which the law of mu, that data say little of, would be explored in tiny steps.

#include <rapport/clv/histories.hpp>
#include <rapport/clv/posterior.hpp>

#include <span>
#include <string>

namespace rapport::clv {

/// What is believed before the data: covariance ~ inverse Wishart(freedom, freedom x identity), and
/// coefficients ~ normal around 0 with that covariance / precision, independent between covariates.
struct ParetoNbdAbePrior {
  double precision = 0.01;  ///< > 0
  double freedom = 4;       ///< > 1
};

/// One covariate, row = row of the histories.
struct AbeCovariate {
  std::string name;
  std::span<const double> values;  ///< finite; best of a size about 1
};

namespace posterior {

/// Samples the posterior. Parameters: the coefficients "log_lambda" (constant), "log_lambda:NAME",
/// ..., "log_mu", "log_mu:NAME", ..., then "var_log_lambda", "cov_log_lambda_log_mu", "var_log_mu".
/// A sweep takes O(customers) time.
/// \throws std::invalid_argument for options that make no sense or a covariate of another size,
/// std::domain_error for a prior out of its domain or a covariate that is not finite,
/// core::Cancelled.
[[nodiscard]] Posterior sample(const ParetoNbdAbePrior& prior, const Histories& histories,
                               std::span<const AbeCovariate> covariates,
                               const Options& options = {});

/// Without covariates: the paper's model M1.
[[nodiscard]] Posterior sample(const ParetoNbdAbePrior& prior, const Histories& histories,
                               const Options& options = {});

}  // namespace posterior
}  // namespace rapport::clv

#endif  // RAPPORT_CLV_PARETO_NBD_ABE_HPP
