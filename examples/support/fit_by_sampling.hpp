#ifndef RAPPORT_EXAMPLES_SUPPORT_FIT_BY_SAMPLING_HPP
#define RAPPORT_EXAMPLES_SUPPORT_FIT_BY_SAMPLING_HPP

/// \file
/// fit_model --mcmc: the Bayesian models.

#include <rapport/clv/pareto_ggg.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/pareto_nbd_abe.hpp>
#include <rapport/clv/pareto_nbd_hb.hpp>
#include <rapport/clv/posterior.hpp>

#include "support/covariate_file.hpp"
#include "support/fit_task.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace examples {

/// True for a model that has no other way to be fitted.
inline bool only_sampled(std::string_view model) {
  return model == "pareto_ggg" || model == "pareto_nbd_abe";
}

/// Samples the posterior of the model, prints medians with their intervals and convergence as one
/// JSON object, and predicts what the posterior says of each row.
/// \throws UsageError for a model that is not sampled.
inline void sample(const FitTask& task) {
  using namespace rapport;
  Stopwatch stopwatch;
  // The columns are those of every model of repeat buying.
  const Purchases<clv::ParetoNbd> face(task.summary);
  const clv::Histories histories = face.rows();
  const bool to_horizon = !std::isnan(task.asked.horizon);
  const clv::posterior::Options options{.chains = task.chains,
                                        .warmup = task.warmup,
                                        .draws = task.draws,
                                        .seed = static_cast<std::uint64_t>(task.seed),
                                        .horizon = core::weeks(to_horizon ? task.asked.horizon : 0),
                                        .threads = task.threads};
  CovariateFile covariates;
  if (!task.covariates.empty()) {
    if (task.model != "pareto_nbd_abe") {
      throw UsageError("of the models for --mcmc, pareto_nbd_abe alone takes --covariates");
    }
    covariates = CovariateFile(task.covariates, task.summary);
  }
  Seconds seconds{.read = stopwatch.lap()};
  const clv::posterior::Posterior found = [&] {
    if (task.model == "pareto_nbd") {
      return clv::posterior::sample(clv::ParetoNbdPrior{}, histories, options);
    }
    if (task.model == "pareto_ggg") {
      return clv::posterior::sample(clv::ParetoGggPrior{}, histories, options);
    }
    if (task.model == "pareto_nbd_abe") {
      std::vector<clv::AbeCovariate> columns;
      for (std::size_t i = 0; i < covariates.names.size(); ++i) {
        columns.push_back({.name = covariates.names[i], .values = covariates.values[i]});
      }
      return clv::posterior::sample(clv::ParetoNbdAbePrior{}, histories, columns, options);
    }
    throw UsageError("--mcmc knows pareto_nbd, pareto_nbd_abe and pareto_ggg, not " + task.model);
  }();
  seconds.fit = stopwatch.lap();
  if (!task.predict.empty()) {
    const clv::posterior::Customers& known = found.customers;
    write_rows(task.predict,
               "p_alive,expected_purchases,purchases_low,purchases_high,purchase_rate,dropout_rate",
               histories.size(), [&](std::size_t row) {
                 const auto ahead = [&](double value) { return to_horizon ? value : nan; };
                 return Column{
                     known.probability_alive.value[row], ahead(known.expected_purchases.value[row]),
                     ahead(known.purchases.low[row]),    ahead(known.purchases.high[row]),
                     known.purchase_rate[row],           known.dropout_rate[row]};
               });
  }
  seconds.predict = stopwatch.lap();

  Json parameters, deviations, low, high, r_hat, effective;
  for (const clv::posterior::Parameter& p : found.report.parameters) {
    parameters.number(p.name, p.estimate.value);
    deviations.number(p.name, p.standard_deviation);
    low.number(p.name, p.estimate.low);
    high.number(p.name, p.estimate.high);
    r_hat.number(p.name, p.r_hat);
    effective.number(p.name, std::min(p.bulk_ess, p.tail_ess));
  }
  std::cout << Json()
                   .text("model", task.model)
                   .number("customers", found.report.customers)
                   .number("patterns", static_cast<double>(found.report.patterns))
                   .object("parameters", parameters)
                   .object("standard_errors", deviations)
                   .object("low", low)
                   .object("high", high)
                   .object("r_hat", r_hat)
                   .object("effective_draws", effective)
                   .number("draws", static_cast<double>(task.chains) * task.draws)
                   .text("status", to_text(found.report.status))
                   .boolean("usable", found.report.usable())
                   .text("message", found.report.message)
                   .object("seconds", seconds.json())
                   .str()
            << '\n';
}

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_FIT_BY_SAMPLING_HPP
