#ifndef RAPPORT_EXAMPLES_SUPPORT_FIT_SINGLE_AMOUNTS_HPP
#define RAPPORT_EXAMPLES_SUPPORT_FIT_SINGLE_AMOUNTS_HPP

/// \file
/// fit_model --model gamma_gamma --transactions FILE: the spend model on single amounts, which tell
/// more than the means that a summary has.

#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/single_amounts.hpp>
#include <rapport/io/transactions.hpp>

#include "support/base_answers.hpp"
#include "support/fit_task.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace examples {

/// Fits to the amounts of the repeat purchase days up to the as-of day, or evaluates the model by
/// given parameters, prints the report, and predicts each customer, in the order of their keys.
inline void fit_single_amounts(const FitTask& task) {
  using namespace rapport;
  Stopwatch stopwatch;
  const auto ledger = io::read_transactions(task.transactions, {.threads = task.threads});
  if (!ledger.last_day()) throw UsageError("no row of " + task.transactions + " could be used");
  const auto as_of =
      task.as_of.empty() ? rapport::as_of(*ledger.last_day()) : rapport::as_of(task.as_of);
  const clv::SingleAmounts single =
      clv::single_amounts(ledger.view(), {.as_of = as_of, .threads = task.threads});
  std::vector<std::string> keys;
  for (const auto customer : single.customer) {
    keys.push_back(ledger.shared_customers()->key_text(customer));
  }
  Seconds seconds{.read = stopwatch.lap()};
  const clv::AmountPatterns data(single.amounts());
  const bool given = !task.params.empty();
  const auto fit = given ? evaluated<clv::GammaGamma>(task, data)
                         : clv::fit<clv::GammaGamma>(data, {.threads = task.threads});
  (void)fit.standard_errors();
  seconds.fit = stopwatch.lap();
  if (!task.predict.empty()) {
    const clv::GammaGamma model = fit.model();
    write_rows(
        task.predict, "customer_id,log_likelihood,expected_spend", keys.size(),
        [&](std::size_t row) {
          const double x = single.frequency[row];
          const double mean = single.monetary_value[row];
          // As of a summary: nothing bought is not unlikely; an amount <= 0 has no density.
          if (x == 0) return Column{0, model.population_mean()};
          if (!(mean > 0)) return Column{nan, nan};
          return Column{single.amounts().informative(row)
                            ? model.log_likelihood(x, mean, single.sum_log_amounts[row])
                            : nan,
                        model.expected_spend(x, mean)};
        },
        keys);
  }
  if (!task.forecast.empty()) {
    write_spend_forecast(task, given ? known_for_certain(fit) : fit, single.amounts().spends(),
                         keys);
  }
  seconds.predict = stopwatch.lap();
  print(task, fit, given, seconds);
}

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_FIT_SINGLE_AMOUNTS_HPP
