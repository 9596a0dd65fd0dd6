#ifndef RAPPORT_EVALUATION_FORECAST_ERRORS_HPP
#define RAPPORT_EVALUATION_FORECAST_ERRORS_HPP

/// \file
/// How far forecasts were from what came: of purchases, of money, of who buys at all.
///
/// One number does not say whether a model is good, so there are several: how far off a customer's
/// forecast is, whether the total is right, whether the best customers are told from the rest, and
/// whether groups get what was promised them. None says much without the same number of a rule of
/// thumb beside it (evaluation/baselines.hpp).
///
/// Intervals are of customers: how far the number could have come out otherwise with other
/// customers of the same kind. They are asymptotic (delta method, influence functions) and want a
/// hundred customers or more. The order of rows changes no byte of any result.

#include <rapport/core/estimate.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace rapport::evaluation {

/// Errors of forecasts of a quantity, one a customer. Estimates are undefined where a comment says
/// so, abstained without customers, and without an interval for one customer alone.
struct ForecastErrors {
  std::uint64_t customers = 0;  ///< rows compared
  std::uint64_t left_out = 0;   ///< rows whose forecast or actual value is NaN
  double forecast = 0;          ///< the total
  double actual = 0;            ///< the total

  core::Estimate bias;                 ///< mean of forecast - actual
  core::Estimate mean_absolute_error;  ///< of forecast - actual
  core::Estimate root_mean_squared_error;
  /// Mean of (ln(1 + forecast) - ln(1 + actual))^2; undefined if a value is -1 or less.
  core::Estimate mean_squared_log_error;
  /// Pearson's, with an interval that does not lean on a normal law; undefined without spread.
  core::Estimate correlation;
  /// Does the forecast put customers in their order? The Gini coefficient of the Lorenz curve of
  /// the actual values in the order of the forecasts, divided by the one in their own order: 1 for
  /// the right order, 0 for none. X. Wang, T. Liu, J. Miao (2019), A Deep Probabilistic Model for
  /// Customer Lifetime Value Prediction, arXiv:1912.07753, section 4.3. Equal forecasts share their
  /// mean rank, so a forecast that is one for all has 0. Undefined if all actual values are equal.
  core::Estimate gini;
  /// Sum over tenths of the customers, by forecast, of |forecast - actual| of the tenth, divided by
  /// the actual total: 0 if each tenth got what was promised. NaN unless that total is > 0.
  double decile_error = 0;

  /// Forecast - actual, of the totals.
  [[nodiscard]] double total_bias() const noexcept { return forecast - actual; }
  /// The same as a share of the actual total; NaN or infinite if that is 0.
  [[nodiscard]] double relative_bias() const noexcept { return (forecast - actual) / actual; }
};

/// Compares row by row; rows in which either is NaN are left out and counted. O(n log n).
/// \throws std::invalid_argument if the sizes differ; std::domain_error for an infinite value, or
/// unless level is in (0, 1).
[[nodiscard]] ForecastErrors forecast_errors(std::span<const double> forecast,
                                             std::span<const double> actual, double level = 0.90);

/// How well probabilities told who would do something. Without customers all are abstained.
struct ProbabilityErrors {
  std::uint64_t customers = 0;  ///< rows compared
  std::uint64_t left_out = 0;   ///< rows whose probability or outcome is NaN
  double expected = 0;          ///< sum of the probabilities: how many should have
  double actual = 0;            ///< how many did

  core::Estimate brier;  ///< mean squared difference of probability and outcome
  /// Share of customers whose outcome was on the side of 1/2 on which the probability is; exactly
  /// 1/2 counts half. Beware: where few do it, "nobody" is nearly always right.
  core::Estimate accuracy;
  double sensitivity = 0;  ///< accuracy among those who did; NaN if nobody
  double specificity = 0;  ///< accuracy among those who did not; NaN if everybody
  /// Chance that one who did had the higher probability than one who did not, equal ones counting
  /// half: the area under the ROC curve. Undefined if all or none did.
  core::Estimate area_under_curve;
};

/// Compares probabilities with outcomes: any value > 0 is "did", so that counts can be given.
/// O(n log n).
/// \throws std::invalid_argument if the sizes differ; std::domain_error for a probability outside
/// [0, 1], or unless level is in (0, 1).
[[nodiscard]] ProbabilityErrors probability_errors(std::span<const double> probability,
                                                   std::span<const double> outcome,
                                                   double level = 0.90);

/// Customers who belong together, what was forecast for them and what came.
struct CalibrationGroup {
  double least = 0, most = 0;   ///< of the forecasts, or of what the customers were grouped by
  std::uint64_t customers = 0;  ///< > 0
  double forecast = 0;          ///< mean
  core::Estimate actual;        ///< mean, with a normal interval: does it hold the forecast?
};

/// Groups of as many customers as can be, ascending by forecast. Equal forecasts are never
/// parted, so there may be fewer groups and of other sizes. Rows with NaN are left out. O(n log n).
/// \throws std::invalid_argument if the sizes differ; std::domain_error unless groups > 0, level is
/// in (0, 1) and values are not infinite.
[[nodiscard]] std::vector<CalibrationGroup> calibration_by_forecast(
    std::span<const double> forecast, std::span<const double> actual, int groups = 10,
    double level = 0.90);

/// Groups by a whole number known at the time of the forecast, such as x, the repeat purchases so
/// far: 0, 1, ..., and `last` or more together; values without customers have no group. This is the
/// usual picture of conditional expectations. Rows with NaN are left out. O(n log n).
/// \throws as calibration_by_forecast; std::domain_error unless last >= 0.
[[nodiscard]] std::vector<CalibrationGroup> calibration_by_frequency(
    std::span<const double> frequency, std::span<const double> forecast,
    std::span<const double> actual, int last = 7, double level = 0.90);

/// A table for a terminal, one line a group.
[[nodiscard]] std::string to_text(std::span<const CalibrationGroup> groups);

}  // namespace rapport::evaluation

#endif  // RAPPORT_EVALUATION_FORECAST_ERRORS_HPP
