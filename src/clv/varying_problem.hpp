#ifndef RAPPORT_SRC_CLV_VARYING_PROBLEM_HPP
#define RAPPORT_SRC_CLV_VARYING_PROBLEM_HPP

/// \file
/// What the models with time-varying covariates share beside their formulas.

#include "covariate_search.hpp"
#include "covariate_walk.hpp"

#include <rapport/clv/covariate_fit.hpp>
#include <rapport/clv/varying_fit.hpp>
#include <rapport/clv/varying_histories.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/math/newton.hpp>

#include <Eigen/Core>

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// The coefficients with the data's columns of those names.
/// \throws std::invalid_argument for a name that the data do not have.
[[nodiscard]] Effects effects_of(const Coefficients& coefficients, const VaryingHistories& data);

/// \throws std::invalid_argument unless each process has one name for each coefficient;
/// std::domain_error for one that is not finite.
void check_coefficients(std::string_view place, const Coefficients& purchase,
                        const Coefficients& dropout);

/// Adds one customer's value, gradient and Hessian.
using AddCustomer = std::function<void(std::size_t row, double& value, Eigen::VectorXd& gradient,
                                       Eigen::MatrixXd& hessian)>;

/// The sum over all customers, in the data's own order: the same bytes for any number of threads
/// and any order of rows.
[[nodiscard]] math::Derivatives sum_customers(std::size_t parameters, const VaryingHistories& data,
                                              const core::Threads& threads, const AddCustomer& add);

/// Where dropping out looks at the covariates.
enum class DropoutClock : std::uint8_t { time, purchases };

/// A fit of a model of four parameters.
struct VaryingProblem {
  std::string_view place;
  std::vector<std::string_view> base_names;
  std::vector<double> units;
  std::vector<std::vector<double>> starts;
  std::vector<double> purchase_signs, dropout_signs;
  DropoutClock dropout_clock = DropoutClock::time;
};

/// Typical times of the customers: what starts and units are made of.
struct VaryingTimes {
  double age = 1;
  double interval = 1;
  explicit VaryingTimes(const VaryingHistories& data);
};

/// The likelihood at four parameters and the coefficients of both processes.
using VaryingLikelihood = std::function<math::Derivatives(
    std::span<const double> base, const Coefficients& purchase, const Coefficients& dropout)>;

/// \throws as fit_varying does.
[[nodiscard]] CovariateSearchResult search_varying(const VaryingProblem& problem,
                                                   const VaryingHistories& data,
                                                   const CovariateNames& names,
                                                   const CovariateOptions& options,
                                                   const VaryingLikelihood& log_likelihood);

/// Fits Model, whose Params are four numbers and the coefficients of both processes.
template <class Model>
[[nodiscard]] VaryingFit<Model> fit_varying_model(const VaryingProblem& problem,
                                                  const VaryingHistories& data,
                                                  const CovariateNames& names,
                                                  const CovariateOptions& options) {
  const auto params = [](std::span<const double> base, const Coefficients& purchase,
                         const Coefficients& dropout) {
    return typename Model::Params{base[0], base[1], base[2], base[3], purchase, dropout};
  };
  CovariateSearchResult found = search_varying(
      problem, data, names, options,
      [&](std::span<const double> base, const Coefficients& purchase, const Coefficients& dropout) {
        return log_likelihood_derivatives(Model(params(base, purchase, dropout)), data,
                                          options.threads);
      });
  VaryingFit<Model> result{std::move(found.report), {}};
  result.params = params(result.parameters, {names.purchase, found.coefficients[0]},
                         {names.dropout, found.coefficients[1]});
  result.period = data.period();
  return result;
}

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_VARYING_PROBLEM_HPP
