#ifndef RAPPORT_CLV_COVARIATE_FIT_HPP
#define RAPPORT_CLV_COVARIATE_FIT_HPP

/// \file
/// What fits with covariates share, be they constant or varying in time: options and report.

#include <rapport/clv/fit.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// The coefficients of one process, by the names of its covariates.
struct Coefficients {
  std::vector<std::string> names;
  std::vector<double> values;
};

/// How covariates move the beta law Beta(a, b) of a chance to drop out.
enum class BetaEffect : std::uint8_t {
  /// a and b are both multiplied by exp(coefficients' x), as CLVTools does in BG/NBD. The mean
  /// chance a / (a + b) then stays, and only its spread over customers changes: where that spread
  /// is small, coefficients are not identified.
  spread,
  /// a alone is multiplied: the odds a / b of the mean chance move by that factor.
  odds,
};

/// How to fit with covariates.
struct CovariateOptions {
  core::Threads threads = 1;  ///< the answer is the same bytes for any number
  int max_iterations = 200;   ///< from each starting point
  /// Covariates of both processes that have one coefficient in both, by name.
  std::vector<std::string> equal = {};
  /// Penalties >= 0: maximised is LL / n - purchase_penalty sum(c^2) - dropout_penalty sum(c^2)
  /// over n customers and the coefficients c of each process as they are: bring covariates to one
  /// scale before. A coefficient that is equal in both processes pays both.
  double purchase_penalty = 0;
  double dropout_penalty = 0;
  double spend_penalty = 0;
  /// Where the model has a beta law of the chance to drop out and a choice; see covariates.hpp.
  BetaEffect beta_effect = BetaEffect::spread;
  /// Told of each iteration. A request to stop ends the fit with FitStatus::cancelled.
  core::Watch watch = {};
};

/// The report of a fit with covariates. Parameters are those of the model, then one coefficient a
/// name: "purchase.gender", "dropout.gender", "spend.gender", or "both.gender" where it is equal in
/// both processes.
///
/// `log_likelihood` is the log-likelihood itself, penalised or not, so that nested fits without
/// penalty can be compared by it. Standard errors are from the curvature of the penalised sum over
/// customers, not of its mean: without penalty they are the usual ones, and a penalty only narrows
/// them.
struct CovariateReport : FitReport {
  /// What was minimised: the mean of -LL over customers plus the penalties.
  double objective = std::numeric_limits<double>::quiet_NaN();
  /// Where the texts of `names` live; copies share it.
  std::shared_ptr<const std::vector<std::string>> texts;
};

/// What a quantity is, which says in what coordinate its interval is taken: that of a positive one
/// holds positive numbers, that of a probability numbers in [0, 1].
enum class Quantity : std::uint8_t { positive, probability };

/// A function of the report's parameters with the interval that their uncertainty gives it, by the
/// delta method with central differences. Without an interval unless usable().
/// \throws std::domain_error unless `level` is in (0, 1); what the function throws.
[[nodiscard]] core::Estimate delta_estimate(
    const CovariateReport& report, Quantity kind,
    const std::function<double(std::span<const double> parameters)>& function, double level = 0.90);

/// Where the coefficient of that process stands in a report, be it of both processes or of one.
/// \throws std::invalid_argument if there is none.
[[nodiscard]] std::size_t coefficient_index(const FitReport& report, std::string_view process,
                                            std::string_view name);

/// The coefficients of a process with values from the report's parameters.
[[nodiscard]] Coefficients coefficients_at(const FitReport& report, std::string_view process,
                                           const std::vector<std::string>& names,
                                           std::span<const double> parameters);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_COVARIATE_FIT_HPP
