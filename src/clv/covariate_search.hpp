#ifndef RAPPORT_SRC_CLV_COVARIATE_SEARCH_HPP
#define RAPPORT_SRC_CLV_COVARIATE_SEARCH_HPP

/// \file
/// The search that all fits with covariates share: which coefficients there are, which of them are
/// one and the same, which can be told from the others, and in which coordinates to look for them.

#include "maximum_likelihood.hpp"

#include <rapport/clv/covariate_fit.hpp>
#include <rapport/math/newton.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// The covariates of one process.
struct CovariateProcess {
  std::string_view label;          ///< "purchase", "dropout", "spend"
  std::vector<std::string> names;  ///< of its covariates
  /// How the logarithm of each of the model's parameters moves with coefficients' x.
  std::vector<double> signs;
  double penalty = 0;
  /// What is seen of the covariates: `sample(visit)` calls visit(weight, values) for each case.
  using Visit = std::function<void(double weight, std::span<const double> values)>;
  std::function<void(const Visit& visit)> sample;
};

/// A likelihood over a model's parameters and all coefficients, those of the first process first.
struct CovariateSearch {
  /// Of the model without covariates: place, names, units, starts, customers, ... Its likelihood is
  /// called with the parameters and all coefficients, and answers with derivatives with respect to
  /// the logarithms of the parameters and the coefficients as they are.
  LikelihoodProblem problem;
  std::vector<CovariateProcess> processes;
  std::vector<std::string> equal;
};

/// What was found: the report in terms of distinct coefficients, and every coefficient of every
/// process.
struct CovariateSearchResult {
  CovariateReport report;
  std::vector<std::vector<double>> coefficients;  ///< one vector a process
};

/// \throws std::invalid_argument for names that are empty or occur twice in a process, or that are
/// to be equal but are not in both; std::domain_error for penalties not finite and >= 0.
[[nodiscard]] CovariateSearchResult search_with_covariates(const CovariateSearch& search,
                                                           const FitOptions& options);

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_COVARIATE_SEARCH_HPP
