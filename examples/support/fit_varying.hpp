#ifndef RAPPORT_EXAMPLES_SUPPORT_FIT_VARYING_HPP
#define RAPPORT_EXAMPLES_SUPPORT_FIT_VARYING_HPP

/// \file
/// fit_model --covariates with a column `date`: covariates that change over time. They meet the
/// purchases at their days, which a summary does not have, so that it takes --transactions.

#include <rapport/clv/covariate_forecast.hpp>
#include <rapport/clv/mbg_nbd_varying.hpp>
#include <rapport/clv/pareto_nbd_varying.hpp>
#include <rapport/clv/varying_fit.hpp>
#include <rapport/clv/varying_histories.hpp>
#include <rapport/fold/fold.hpp>
#include <rapport/io/csv.hpp>
#include <rapport/io/parse.hpp>
#include <rapport/io/transactions.hpp>

#include "support/base_answers.hpp"
#include "support/fit_task.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace examples {

/// The days on which a customer bought, ascending.
struct PurchaseDayList {
  struct State {
    std::vector<rapport::fold::DayNumber> days;
  };
  void absorb(State& state, const rapport::fold::Entry& entry) const {
    if (!entry.is_purchase()) return;
    if (state.days.empty() || state.days.back() != entry.day) state.days.push_back(entry.day);
  }
};

/// Covariates by customer and by the day on which a step of the grid begins.
struct VaryingCovariates {
  std::vector<std::string> names;
  int step_days = 0;
  rapport::fold::DayNumber first_day = 0;
  std::size_t steps = 0;
  std::map<std::string, std::map<rapport::fold::DayNumber, Column>, std::less<>> by_key;

  /// \throws UsageError unless the dates stand at equal distances.
  explicit VaryingCovariates(const std::string& path) {
    rapport::io::CsvReader csv(rapport::io::Input::file(path), {}, true);
    const std::size_t key = csv.column("customer_id"), date = csv.column("date");
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < csv.header().size(); ++i) {
      if (i == key || i == date) continue;
      places.push_back(i);
      names.emplace_back(csv.header()[i]);
    }
    std::set<rapport::fold::DayNumber> days;
    while (csv.next()) {
      Column row;
      for (const std::size_t place : places) {
        const auto number = rapport::io::parse_number(csv.field(place));
        if (!number) csv.refuse(*number.refused, place);  // throws
        row.push_back(number.value);
      }
      const auto day =
          rapport::fold::day_number(rapport::as_of(std::string(csv.field(date))).day());
      days.insert(day);
      by_key[std::string(csv.field(key))][day] = std::move(row);
    }
    if (days.size() < 2) throw UsageError(path + " needs two dates or more");
    first_day = *days.begin();
    step_days = *std::next(days.begin()) - first_day;
    steps = static_cast<std::size_t>((*days.rbegin() - first_day) / step_days) + 1;
    if (steps != days.size() ||
        *days.rbegin() != first_day + static_cast<int>(steps - 1) * step_days) {
      throw UsageError("the dates of " + path + " do not stand at equal distances");
    }
  }
};

/// The purchases of the transactions up to the as-of day with their covariates, in weeks; customers
/// in the order of their keys.
struct VaryingBase {
  std::vector<std::string> keys;
  Column first, age, purchases;
  std::vector<std::size_t> begin = {0};
  std::vector<Column> values;

  /// \throws UsageError for a customer without covariates.
  VaryingBase(const FitTask& task, const VaryingCovariates& covariates) {
    const auto ledger =
        rapport::io::read_transactions(task.transactions, {.threads = task.threads});
    if (!ledger.last_day()) throw UsageError("no row of " + task.transactions + " could be used");
    const auto as_of =
        task.as_of.empty() ? rapport::as_of(*ledger.last_day()) : rapport::as_of(task.as_of);
    const auto [lists] = rapport::fold::each_customer(
        ledger.view(), {.window = rapport::fold::until(as_of), .threads = task.threads},
        PurchaseDayList{});
    const int last = rapport::fold::day_number(as_of.day());
    values.resize(covariates.names.size());
    for (std::uint32_t i = 0; i < lists.size(); ++i) {
      const auto& days = lists[i].days;
      if (days.empty()) continue;
      keys.push_back(ledger.shared_customers()->key_text({i}));
      const auto found = covariates.by_key.find(keys.back());
      if (found == covariates.by_key.end()) {
        throw UsageError("customer " + keys.back() + " has no covariates");
      }
      first.push_back((days.front() - covariates.first_day) / 7.0);
      age.push_back((last - days.front()) / 7.0);
      for (std::size_t k = 1; k < days.size(); ++k) {
        purchases.push_back((days[k] - days.front()) / 7.0);
      }
      begin.push_back(purchases.size());
      for (std::size_t step = 0; step < covariates.steps; ++step) {
        const auto at = found->second.find(covariates.first_day +
                                           static_cast<int>(step) * covariates.step_days);
        for (std::size_t c = 0; c < values.size(); ++c) {
          values[c].push_back(at == found->second.end() ? nan : at->second[c]);
        }
      }
    }
  }

  [[nodiscard]] rapport::clv::VaryingHistories histories(
      const VaryingCovariates& covariates) const {
    return {{.first_purchase = first,
             .age = age,
             .begin = begin,
             .purchases = purchases,
             .names = covariates.names,
             .values = {values.begin(), values.end()},
             .step = covariates.step_days / 7.0},
            rapport::weeks};
  }
};

/// Fits Model with covariates that change over time, prints the report, and predicts each customer
/// up to the horizon, for which the file has to say what the covariates will be.
template <class Model>
void fit_varying_by(const FitTask& task) {
  using namespace rapport;
  if (task.period.value_or(weeks) != weeks) {
    throw UsageError("--period is week where covariates change over time");
  }
  Stopwatch stopwatch;
  const VaryingCovariates covariates(task.covariates);
  const VaryingBase base(task, covariates);
  const clv::VaryingHistories data = base.histories(covariates);
  Seconds seconds{.read = stopwatch.lap()};
  const auto named = [&](const std::vector<std::string>& some) {
    return some.empty() ? covariates.names : some;
  };
  const auto fit = clv::fit_varying<Model>(
      data,
      {.purchase = named(task.purchase_covariates), .dropout = named(task.dropout_covariates)},
      {.threads = task.threads,
       .equal = task.equal,
       .purchase_penalty = task.penalty,
       .dropout_penalty = task.penalty});
  seconds.fit = stopwatch.lap();
  if (!task.predict.empty()) {
    const Model model = fit.model();
    const bool to_horizon = !std::isnan(task.asked.horizon);
    write_rows(
        task.predict,
        "customer_id,log_likelihood,log_p_alive,p_alive,expected_purchases,"
        "discounted_purchases",
        data.size(),
        [&](std::size_t row) {
          const auto ahead = [&](const auto& ask) { return to_horizon ? ask() : nan; };
          return Column{model.log_likelihood(data, row), model.log_probability_alive(data, row),
                        model.probability_alive(data, row), ahead([&] {
                          return model.expected_purchases(data, row, task.asked.horizon);
                        }),
                        ahead([&] {
                          return model.discounted_purchases(data, row, task.asked.horizon,
                                                            task.asked.discount);
                        })};
        },
        base.keys);
  }
  Json answers;
  if (!task.forecast.empty()) {
    answers = write_forecast(task, clv::forecast(fit, data, forecast_options(task, weeks)), weeks,
                             base.keys);
  }
  seconds.predict = stopwatch.lap();
  print(task, fit, false, seconds, answers);
}

/// \throws UsageError for a model that does not take such covariates.
inline void fit_varying(const FitTask& task) {
  if (task.model == "pareto_nbd") return fit_varying_by<rapport::clv::ParetoNbdVarying>(task);
  if (task.model == "mbg_nbd") return fit_varying_by<rapport::clv::MbgNbdVarying>(task);
  throw UsageError("covariates that change over time are taken by pareto_nbd and mbg_nbd, not by " +
                   task.model);
}

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_FIT_VARYING_HPP
