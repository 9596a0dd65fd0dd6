#ifndef RAPPORT_CLV_FORECAST_HPP
#define RAPPORT_CLV_FORECAST_HPP

/// \file
/// What a fitted model says of every customer of a base, in columns, each with its interval.

#include <rapport/clv/fit.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/histories.hpp>
#include <rapport/clv/opportunities.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/time.hpp>

#include <span>
#include <string_view>

namespace rapport::clv {

/// What to forecast.
struct ForecastOptions {
  core::TimeSpan horizon = core::weeks(52);
  core::AnnualRate annual_discount = 0.10;
  double level = 0.90;        ///< of the intervals
  core::Threads threads = 1;  ///< the answer is the same bytes for any number
  core::Watch watch = {};
};

/// Forecasts by column, row = row of the histories.
struct Forecast {
  core::EstimateColumn probability_alive;     ///< at the end of observation
  core::EstimateColumn expected_purchases;    ///< within the horizon
  core::EstimateColumn discounted_purchases;  ///< the same, each worth exp(-delta its distance)
  /// The sum of discounted_purchases, each times its weight: with the expected margin of a
  /// purchase as weight, what the base is worth over the horizon.
  core::Estimate total;
};

/// Forecasts every history. `weights` is empty (1 each) or has one number >= 0 a row; a NaN leaves
/// its row out of the total.
/// A fit that found no parameters at all (too little data, numeric failure) gives abstained
/// columns; one that is otherwise not usable() gives values without intervals.
/// \throws std::invalid_argument if `weights` has another size, or the fit knows another unit of
/// time than the histories; std::domain_error for a horizon that is negative or not finite;
/// core::Cancelled.
template <class Model>
[[nodiscard]] Forecast forecast(const Fit<Model>& fit, const Histories& histories,
                                const ForecastOptions& options = {},
                                std::span<const double> weights = {});

/// The same of a model of buying on numbered opportunities, which are `apart` from each other: the
/// horizon is a whole number of them, probability_alive is that of being active at the next one,
/// and a purchase on the l-th from now is discounted over l times that. \throws as above;
/// std::domain_error also for a horizon of no whole number of opportunities, and unless `apart` is
/// finite and > 0.
template <class Model>
[[nodiscard]] Forecast forecast(const Fit<Model>& fit, const Opportunities& histories,
                                core::TimeSpan apart, const ForecastOptions& options = {},
                                std::span<const double> weights = {});

/// The mean amount of a purchase to come, row = row of the spends. Status `prior` marks rows that
/// say nothing of spending: theirs is the mean of all customers. Abstained without parameters,
/// undefined where the model's mean is infinite.
[[nodiscard]] core::EstimateColumn forecast_spend(const Fit<GammaGamma>& fit, const Spends& spends,
                                                  double level = 0.90,
                                                  const core::Threads& threads = 1);

/// The sum of weights x expected spend with the interval that the uncertainty of the spend model
/// alone gives it. A NaN weight leaves its row out.
/// \throws std::invalid_argument if the sizes differ.
[[nodiscard]] core::Estimate total_spend(const Fit<GammaGamma>& fit, const Spends& spends,
                                         std::span<const double> weights, double level = 0.90,
                                         const core::Threads& threads = 1);

/// \throws std::invalid_argument if the fit knows another unit of time than the histories.
void check_same_period(const FitReport& fit, const Histories& histories, std::string_view place);

/// A horizon in steps that are `apart`, as of opportunities or renewals: a whole number, to one
/// part in 10^6 of a step; infinite if the horizon is. \throws std::domain_error for a horizon of
/// no whole number of steps, and unless it is >= 0 and `apart` finite and > 0.
[[nodiscard]] double whole_steps(core::TimeSpan horizon, core::TimeSpan apart,
                                 std::string_view place);

/// Below so many customers, parameters that were not identified predict nothing.
inline constexpr double fewest_customers = 50;

/// True if the search found parameters worth a prediction, though they may not be identified one
/// by one. Not so with too little data, after a numeric failure, or if a fit of fewer than
/// `fewest_customers` did not converge: then the little there is would be taken to extremes, such
/// as nobody ever coming back.
[[nodiscard]] bool predicts(const FitReport& fit) noexcept;

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_FORECAST_HPP
