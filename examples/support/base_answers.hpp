#ifndef RAPPORT_EXAMPLES_SUPPORT_BASE_ANSWERS_HPP
#define RAPPORT_EXAMPLES_SUPPORT_BASE_ANSWERS_HPP

/// \file
/// fit_model --forecast FILE and --equity: what a fit says of every customer, each value with its
/// interval, and what all of them are worth.

#include <rapport/clv/covariate_forecast.hpp>
#include <rapport/clv/equity.hpp>
#include <rapport/clv/forecast.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/spends.hpp>

#include "support/fit_task.hpp"
#include "support/json.hpp"
#include "support/model_faces.hpp"
#include "support/summary.hpp"

#include <cmath>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace examples {

/// The fit that --params stands for, as the answers below take it: there is no doubt about its
/// parameters.
template <class Model>
rapport::clv::Fit<Model> known_for_certain(rapport::clv::Fit<Model> fit) {
  fit.status = rapport::clv::FitStatus::converged;
  fit.held.assign(fit.parameters.size(), true);
  fit.working_covariance.assign(fit.parameters.size() * fit.parameters.size(), 0);
  return fit;
}

/// What clv::forecast is asked for.
inline rapport::clv::ForecastOptions forecast_options(const FitTask& task, rapport::Period period) {
  return {.horizon = period(task.asked.horizon),
          .annual_discount = task.annual_discount,
          .level = task.level,
          .threads = task.threads};
}

/// The ends of an interval.
inline Json interval(const rapport::core::Estimate& estimate) {
  return Json().number("low", estimate.low).number("high", estimate.high);
}

/// Writes a row a customer, as write_rows does: each estimate with the interval of its parameters,
/// and if there are counts, the interval of the customer's own number of purchases. Returns the sum
/// over all customers.
inline Json write_forecast(const FitTask& task, const rapport::clv::Forecast& forecast,
                           rapport::Period period, const std::vector<std::string>& keys = {},
                           const rapport::core::EstimateColumn& counts = {}) {
  std::string header = keys.empty() ? "" : "customer_id,";
  header +=
      "p_alive,p_alive_low,p_alive_high,"
      "expected_purchases,expected_purchases_low,expected_purchases_high,"
      "discounted_purchases,discounted_purchases_low,discounted_purchases_high";
  if (counts.size() > 0) header += ",purchases_low,purchases_high";
  write_rows(
      task.forecast, header, forecast.probability_alive.size(),
      [&](std::size_t row) {
        Column values;
        for (const auto* column : {&forecast.probability_alive, &forecast.expected_purchases,
                                   &forecast.discounted_purchases}) {
          values.insert(values.end(), {column->value[row], column->low[row], column->high[row]});
        }
        if (counts.size() > 0) values.insert(values.end(), {counts.low[row], counts.high[row]});
        return values;
      },
      keys);
  return Json().object("forecast", Json()
                                       .number("horizon", task.asked.horizon)
                                       .text("period", period.name())
                                       .number("annual_discount", task.annual_discount)
                                       .number("level", task.level)
                                       .text("status", to_text(forecast.total.status))
                                       .number("discounted_purchases", forecast.total.value)
                                       .append(interval(forecast.total)));
}

/// The same of what customers spend on a purchase.
inline void write_spend_forecast(const FitTask& task,
                                 const rapport::clv::Fit<rapport::clv::GammaGamma>& fit,
                                 const rapport::clv::Spends& spends,
                                 const std::vector<std::string>& keys = {}) {
  const auto column = rapport::clv::forecast_spend(fit, spends, task.level, task.threads);
  write_rows(
      task.forecast,
      std::string(keys.empty() ? "" : "customer_id,") +
          "expected_spend,expected_spend_low,expected_spend_high",
      column.size(),
      [&](std::size_t row) {
        return Column{column.value[row], column.low[row], column.high[row]};
      },
      keys);
}

/// The worth over one horizon: the mean, and where it may lie for want of knowing the parameters,
/// where the outcome may fall by chance if they were known, and both together.
inline Json worth(const rapport::clv::Equity& equity) {
  const auto part = [](const rapport::core::Estimate& estimate, double error) {
    return Json().number("error", error).append(interval(estimate));
  };
  return Json()
      .number("value", equity.parameters.value)
      .text("status", to_text(equity.parameters.status))
      .object("parameters", part(equity.parameters, equity.parameter_error))
      .object("chance", part(equity.chance, equity.chance_error))
      .object("together",
              part(equity.together, std::hypot(equity.parameter_error, equity.chance_error)))
      .boolean("infinite_variance", equity.infinite_variance)
      .number("left_out", static_cast<double>(equity.left_out));
}

/// What the base is worth within the horizon, if there is one, and for ever: in money if the
/// summary has a monetary_value, else in purchases or renewals.
template <class Face>
Json equity_of(const FitTask& task, const Face& face,
               const rapport::clv::Fit<typename Face::Model>& fit) {
  using namespace rapport;
  clv::EquityOptions options{.horizons = {clv::forever},
                             .discount = core::AnnualRate(task.annual_discount),
                             .margin = task.margin,
                             .level = task.level,
                             .threads = task.threads};
  const bool to_horizon = !std::isnan(task.asked.horizon);
  if (to_horizon)
    options.horizons.insert(options.horizons.begin(), face.period(task.asked.horizon));
  const Summary money(task.summary, {"frequency|t"}, {"monetary_value", "customers"});
  const Column& amounts = money["monetary_value"];
  std::string of = "money";
  Json spending;
  const std::vector<clv::Equity> found = [&] {
    if (amounts.empty()) {
      of = clv::ContractModel<typename Face::Model> ? "renewals" : "purchases";
      return face.equity(fit, options, Column(money.rows(), 1));
    }
    if constexpr (clv::ContractModel<typename Face::Model>) {
      return face.equity(fit, options, amounts);
    } else {
      const clv::Spends spends({.frequency = money["frequency"],
                                .monetary_value = amounts,
                                .customers = money["customers"]});
      const auto spend = clv::fit<clv::GammaGamma>(spends, {.threads = task.threads});
      spending.text("spend_status", to_text(spend.status));
      return face.equity(fit, options, spend, spends);
    }
  }();
  Json equity;
  equity.text("of", of)
      .append(spending)
      .number("margin", task.margin)
      .text("period", face.period.name())
      .number("annual_discount", task.annual_discount)
      .number("level", task.level);
  if (to_horizon) {
    equity.number("horizon", task.asked.horizon).object("within_horizon", worth(found.front()));
  }
  return Json().object("equity", equity.object("forever", worth(found.back())));
}

/// What was asked for of all customers: writes its file and returns the keys for the report.
/// \throws UsageError for what is not known of the model.
template <class Face>
Json base_answers(const FitTask& task, const Face& face,
                  const rapport::clv::Fit<typename Face::Model>& fit) {
  using namespace rapport;
  Json answers;
  if (!task.forecast.empty()) {
    if constexpr (requires { face.forecasts(fit, clv::ForecastOptions{}); }) {
      const auto forecast = face.forecasts(fit, forecast_options(task, face.period));
      const auto counts = face.counts(fit, task.asked.horizon, task.level, task.threads);
      answers.append(write_forecast(task, forecast, face.period, {}, counts));
    } else if constexpr (std::same_as<typename Face::Model, clv::GammaGamma>) {
      write_spend_forecast(task, fit, face.rows());
    } else {
      throw UsageError(
          "--forecast is of purchases and amounts; of contracts, --equity counts the "
          "renewals to come");
    }
  }
  if (task.equity) {
    if constexpr (requires { face.equity(fit, clv::EquityOptions{}, Column{}); }) {
      answers.append(equity_of(task, face, fit));
    } else {
      throw UsageError("--equity is not known of " + task.model);
    }
  }
  return answers;
}

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_BASE_ANSWERS_HPP
