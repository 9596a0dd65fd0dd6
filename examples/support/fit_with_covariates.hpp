#ifndef RAPPORT_EXAMPLES_SUPPORT_FIT_WITH_COVARIATES_HPP
#define RAPPORT_EXAMPLES_SUPPORT_FIT_WITH_COVARIATES_HPP

/// \file
/// fit_model --covariates: models whose customers differ by what is known of them.

#include <rapport/clv/covariates.hpp>

#include "support/base_answers.hpp"
#include "support/covariate_file.hpp"
#include "support/fit_task.hpp"
#include "support/model_faces.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace examples {

/// True if the model of the face takes covariates.
template <class Face>
concept TakesCovariates = requires(const Face& face) {
  rapport::clv::CovariateRule<typename Face::Model>::processes;
  face.rows();
};

/// The columns of that name, or all if none is named.
inline rapport::clv::Covariates chosen(const CovariateFile& file,
                                       const std::vector<std::string>& names) {
  rapport::clv::Covariates::Columns columns{.names = names.empty() ? file.names : names,
                                            .values = {}};
  for (const std::string& name : columns.names) columns.values.emplace_back(file[name]);
  return rapport::clv::Covariates(std::move(columns));
}

/// Fits with the covariates in every process of the model, or with those that are named, prints the
/// report, and predicts each row with its own.
template <TakesCovariates Face>
void fit_with_covariates(const FitTask& task) {
  using namespace rapport;
  using Model = typename Face::Model;
  Stopwatch stopwatch;
  const Face face(task.summary, task.period);
  const CovariateFile file(task.covariates, task.summary);
  clv::CovariateSets sets;
  for (const clv::Process process : clv::CovariateRule<Model>::processes) {
    switch (process) {
      case clv::Process::purchase: sets.purchase = chosen(file, task.purchase_covariates); break;
      case clv::Process::dropout: sets.dropout = chosen(file, task.dropout_covariates); break;
      case clv::Process::spend: sets.spend = chosen(file, task.purchase_covariates); break;
    }
  }
  Seconds seconds{.read = stopwatch.lap()};
  const auto fit = clv::fit_with_covariates<Model>(face.rows(), sets,
                                                   {.threads = task.threads,
                                                    .equal = task.equal,
                                                    .purchase_penalty = task.penalty,
                                                    .dropout_penalty = task.penalty,
                                                    .spend_penalty = task.penalty});
  seconds.fit = stopwatch.lap();
  if (!task.predict.empty()) {
    const auto model = fit.model();
    write_rows(task.predict, Face::predictions, face.summary.rows(), [&](std::size_t row) {
      return face.predict(model.model_of(sets, row), row, task.asked);
    });
  }
  Json answers;
  if (!task.forecast.empty()) {
    if constexpr (requires { face.forecasts(fit, sets, clv::ForecastOptions{}); }) {
      const auto forecast = face.forecasts(fit, sets, forecast_options(task, face.period));
      answers = write_forecast(task, forecast, face.period);
    } else {
      throw UsageError("--forecast is not known of " + task.model + " with covariates");
    }
  }
  seconds.predict = stopwatch.lap();
  print(task, fit, false, seconds, answers);
}

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_FIT_WITH_COVARIATES_HPP
