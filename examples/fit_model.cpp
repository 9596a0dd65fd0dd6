/// \file
/// Fits a model of customer value to a summary of customers, or evaluates one with given
/// parameters, and predicts for each row; or compares several models on the same customers.
///
///   fit_model --model bg_nbd --summary cdnow_summary.csv --horizon 39 --predict predictions.csv
///   fit_model --compare bg_nbd,mbg_nbd,pareto_nbd --summary cdnow_summary.csv --horizon 39
///   fit_model --model pareto_nbd --summary apparel.csv --covariates apparel_static_covariates.csv
///   fit_model --model pareto_nbd --transactions apparel_transactions.csv --as-of 2006-12-31
///             --covariates apparel_dynamic_covariates.csv
///   fit_model --model gamma_gamma --transactions cdnow_transactions.csv --as-of 1997-09-30
///   fit_model --model mbg_nbd --summary cdnow_summary.csv --horizon 52 --equity
///             --forecast customers.csv
///   fit_model --model pareto_nbd --mcmc --summary cdnow_summary.csv --horizon 39

#include "support/base_answers.hpp"
#include "support/fit_by_sampling.hpp"
#include "support/fit_single_amounts.hpp"
#include "support/fit_task.hpp"
#include "support/fit_varying.hpp"
#include "support/fit_with_covariates.hpp"
#include "support/model_faces.hpp"

#include <rapport/evaluation/model_comparison.hpp>

#include <cmath>
#include <cstddef>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace rapport;
using examples::FitTask;
using examples::UsageError;

FitTask parse(int argc, char** argv) {
  const examples::Arguments arguments(argc, argv,
                                      {"model",
                                       "summary",
                                       "params",
                                       "horizon",
                                       "discount",
                                       "predict",
                                       "compare",
                                       "covariates",
                                       "transactions",
                                       "as-of",
                                       "purchase-covariates",
                                       "dropout-covariates",
                                       "equal",
                                       "penalty",
                                       "chains",
                                       "warmup",
                                       "draws",
                                       "seed",
                                       "threads",
                                       "forecast",
                                       "period",
                                       "annual-discount",
                                       "margin",
                                       "level"},
                                      {"mcmc", "equity"});
  FitTask task;
  task.model = arguments.text("model", "");
  task.predict = arguments.text("predict", "");
  task.covariates = arguments.text("covariates", "");
  task.compare = arguments.list("compare");
  task.purchase_covariates = arguments.list("purchase-covariates");
  task.dropout_covariates = arguments.list("dropout-covariates");
  task.equal = arguments.list("equal");
  task.params = arguments.numbers("params");
  task.asked = {.horizon = arguments.number("horizon", examples::nan),
                .discount = arguments.number("discount", 0)};
  task.forecast = arguments.text("forecast", "");
  task.equity = arguments.has("equity");
  if (arguments.has("period")) task.period = core::period(arguments.text("period", ""));
  task.annual_discount = arguments.number("annual-discount", task.annual_discount);
  task.margin = arguments.number("margin", task.margin);
  task.level = arguments.number("level", task.level);
  task.penalty = arguments.number("penalty", 0);
  task.mcmc = arguments.has("mcmc");
  task.chains = arguments.integer("chains", task.chains);
  task.warmup = arguments.integer("warmup", task.warmup);
  task.draws = arguments.integer("draws", task.draws);
  task.seed = arguments.integer("seed", task.seed);
  task.threads = arguments.integer("threads", 1);
  task.transactions = arguments.text("transactions", "");
  task.as_of = arguments.text("as-of", "");
  if (task.compare.empty()) task.model = arguments.required("model");
  if (task.transactions.empty()) {
    task.summary = arguments.required("summary");
  } else if (task.covariates.empty() && task.model != "gamma_gamma") {
    throw UsageError(
        "--transactions goes with --covariates that have a date, or with gamma_gamma; otherwise "
        "--summary");
  }
  if (!task.forecast.empty() && std::isnan(task.asked.horizon) && task.model != "gamma_gamma") {
    throw UsageError("--forecast needs a --horizon");
  }
  if (task.equity && (!task.covariates.empty() || !task.transactions.empty())) {
    throw UsageError("--equity is known of models without covariates, from --summary");
  }
  if ((task.equity || !task.forecast.empty()) &&
      (!task.compare.empty() || task.mcmc || examples::only_sampled(task.model))) {
    throw UsageError("--forecast and --equity go with one model that is fitted, not sampled");
  }
  return task;
}

template <class Face>
void fit_one(const FitTask& task) {
  using Model = typename Face::Model;
  const bool given = !task.params.empty();
  examples::Stopwatch stopwatch;
  const Face face(task.summary, task.period);
  examples::Seconds seconds{.read = stopwatch.lap()};
  const auto data = face.data();
  const clv::Fit<Model> fit = given ? examples::evaluated<Model>(task, data)
                                    : clv::fit<Model>(data, {.threads = task.threads});
  (void)fit.standard_errors();
  seconds.fit = stopwatch.lap();
  if (!task.predict.empty()) {
    const Model model = fit.model();
    examples::write_rows(task.predict, Face::predictions, face.summary.rows(),
                         [&](std::size_t row) { return face.predict(model, row, task.asked); });
  }
  const examples::Json answers =
      examples::base_answers(task, face, given ? examples::known_for_certain(fit) : fit);
  seconds.predict = stopwatch.lap();
  print(task, fit, given, seconds, answers);
}

template <class Face>
void fit_by(const FitTask& task) {
  if (task.covariates.empty()) return fit_one<Face>(task);
  if constexpr (examples::TakesCovariates<Face>) {
    examples::fit_with_covariates<Face>(task);
  } else {
    throw UsageError(task.model + " takes no covariates");
  }
}

// Models of one kind of data side by side, with errors in the hold-out if the file has one.
void compare(const FitTask& task) {
  std::vector<evaluation::Candidate> candidates;
  for (const std::string& model : task.compare) {
    examples::with_model(model, [&]<class Face>() {
      const Face face(task.summary);
      examples::Stopwatch stopwatch;
      const auto data = face.data();
      const auto fit = clv::fit<typename Face::Model>(data, {.threads = task.threads});
      const double seconds = stopwatch.lap();
      evaluation::Candidate candidate{.name = model, .fit = fit, .seconds = seconds};
      if constexpr (requires { face.forecast(fit.model(), task.asked); }) {
        if (!std::isnan(task.asked.horizon) && clv::predicts(fit)) {
          candidate.forecast = face.forecast(fit.model(), task.asked);
        }
      }
      candidates.push_back(std::move(candidate));
    });
  }
  const examples::Summary summary(task.summary, {"frequency|t"},
                                  {"recency", "T", "holdout_frequency", "customers"});
  const bool held_out = !summary["holdout_frequency"].empty() && !summary["T"].empty();
  std::cout << (held_out && !std::isnan(task.asked.horizon)
                    ? to_text(
                          evaluation::compare(candidates,
                                              clv::Histories({.frequency = summary["frequency"],
                                                              .recency = summary["recency"],
                                                              .age = summary["T"],
                                                              .customers = summary["customers"]},
                                                             weeks),
                                              summary["holdout_frequency"],
                                              {.horizon = core::weeks(task.asked.horizon)}))
                    : to_text(evaluation::compare(candidates)));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const FitTask task = parse(argc, argv);
    if (!task.compare.empty()) {
      compare(task);
    } else if (!task.transactions.empty() && task.covariates.empty()) {
      examples::fit_single_amounts(task);
    } else if (!task.transactions.empty()) {
      examples::fit_varying(task);
    } else if (task.mcmc || examples::only_sampled(task.model)) {
      examples::sample(task);
    } else {
      examples::with_model(task.model, [&]<class Face>() { fit_by<Face>(task); });
    }
  } catch (const core::RowRefused& error) {
    std::cerr << "fit_model: correct the summary, " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "fit_model: " << error.what() << '\n';
    return 2;
  }
}
