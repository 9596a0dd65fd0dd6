/// \file
/// Fits a model of customer value to a summary of customers, or evaluates one with given
/// parameters, and predicts for each row; or compares several models on the same customers.
///
///   fit_model --model bg_nbd --summary cdnow_summary.csv --horizon 39 --predict predictions.csv
///   fit_model --compare bg_nbd,mbg_nbd,pareto_nbd --summary cdnow_summary.csv --horizon 39

#include "support/json.hpp"
#include "support/model_faces.hpp"

#include <rapport/evaluation/model_comparison.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace rapport;
using examples::Column;
using examples::Json;
using examples::UsageError;

// What the command line asks for.
struct Task {
  std::string model, summary, predict;
  std::vector<std::string> compare;
  Column params;
  examples::Asked asked;
  int threads = 1;
};

Task parse(int argc, char** argv) {
  const examples::Arguments arguments(
      argc, argv,
      {"model", "summary", "params", "horizon", "discount", "predict", "compare", "threads"});
  Task task{.model = arguments.text("model", ""),
            .summary = {},
            .predict = arguments.text("predict", ""),
            .compare = arguments.list("compare"),
            .params = arguments.numbers("params"),
            .asked = {.horizon = arguments.number("horizon", examples::nan),
                      .discount = arguments.number("discount", 0)},
            .threads = arguments.integer("threads", 1)};
  if (task.compare.empty()) task.model = arguments.required("model");
  task.summary = arguments.required("summary");
  return task;
}

class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// The report of a model whose parameters are given: nothing is searched.
template <class Model, class Data>
clv::Fit<Model> evaluated(const Task& task, const Data& data) {
  const math::Derivatives at = log_likelihood_derivatives(Model(clv::params_of<Model>(task.params)),
                                                          data, core::Threads(task.threads));
  clv::Fit<Model> fit;
  fit.params = clv::params_of<Model>(task.params);
  fit.names.assign(Model::parameter_names.begin(), Model::parameter_names.end());
  fit.parameters = task.params;
  fit.coordinates.assign(task.params.size(), clv::Coordinate::logarithm);
  fit.working_covariance.assign(task.params.size() * task.params.size(), examples::nan);
  fit.log_likelihood = at.value;
  for (const double g : at.gradient) fit.gradient_norm = std::hypot(fit.gradient_norm, g);
  fit.customers = data.customers();
  fit.patterns = data.size();
  fit.evaluations = 1;
  fit.message = "parameters were given: nothing was fitted";
  return fit;
}

template <class Face>
void write_predictions(const Face& face, const typename Face::Model& model, const Task& task) {
  std::ofstream out(task.predict, std::ios::binary);
  out << Face::predictions << '\n';
  for (std::size_t row = 0; row < face.summary.rows(); ++row) {
    std::string line;
    for (const double value : face.predict(model, row, task.asked)) {
      line += (line.empty() ? "" : ",") + examples::digits_17(value);
    }
    out << line << '\n';
  }
  out.close();
  if (!out) {
    throw UsageError("cannot write " + task.predict + ": does the folder exist, is there room?");
  }
}

void print(const Task& task, const clv::FitReport& report, bool given, const Json& seconds) {
  const Column errors = report.standard_errors();
  Json parameters, standard_errors;
  for (std::size_t i = 0; i < report.names.size(); ++i) {
    parameters.number(report.names[i], report.parameters[i]);
    standard_errors.number(report.names[i], errors[i]);
  }
  std::cout << Json()
                   .text("model", task.model)
                   .number("customers", report.customers)
                   .number("patterns", static_cast<double>(report.patterns))
                   .object("parameters", parameters)
                   .object("standard_errors", standard_errors)
                   .number("log_likelihood", report.log_likelihood)
                   .number("gradient_norm", report.gradient_norm)
                   .number("iterations", report.iterations)
                   .number("evaluations", report.evaluations)
                   .text("status", given ? "given" : to_text(report.status))
                   .boolean("usable", given || report.usable())
                   .text("message", report.message)
                   .object("seconds", seconds)
                   .str()
            << '\n';
}

template <class Face>
void fit_one(const Task& task) {
  using Model = typename Face::Model;
  const bool given = !task.params.empty();
  constexpr std::size_t size = Model::parameter_names.size();
  if (given && task.params.size() != size) {
    throw UsageError("--params has " + std::to_string(task.params.size()) + " numbers, but " +
                     task.model + " has " + std::to_string(size) + " parameters");
  }
  Stopwatch stopwatch;
  const Face face(task.summary);
  const double reading = stopwatch.lap();
  const auto data = face.data();
  const clv::Fit<Model> fit =
      given ? evaluated<Model>(task, data) : clv::fit<Model>(data, {.threads = task.threads});
  (void)fit.standard_errors();
  const double fitting = stopwatch.lap();
  if (!task.predict.empty()) write_predictions(face, fit.model(), task);
  const double predicting = stopwatch.lap();
  print(task, fit, given,
        Json().number("read", reading).number("fit", fitting).number("predict", predicting));
}

// Models of one kind of data side by side, with errors in the hold-out if the file has one.
void compare(const Task& task) {
  std::vector<evaluation::Candidate> candidates;
  for (const std::string& model : task.compare) {
    examples::with_model(model, [&]<class Face>() {
      const Face face(task.summary);
      Stopwatch stopwatch;
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
                                  {"recency", "T", "holdout_frequency"});
  const bool held_out = !summary["holdout_frequency"].empty() && !summary["T"].empty();
  std::cout << (held_out && !std::isnan(task.asked.horizon)
                    ? to_text(evaluation::compare(candidates,
                                                  clv::Histories({.frequency = summary["frequency"],
                                                                  .recency = summary["recency"],
                                                                  .age = summary["T"]},
                                                                 weeks),
                                                  summary["holdout_frequency"],
                                                  {.horizon = core::weeks(task.asked.horizon)}))
                    : to_text(evaluation::compare(candidates)));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Task task = parse(argc, argv);
    if (task.compare.empty()) {
      examples::with_model(task.model, [&]<class Face>() { fit_one<Face>(task); });
    } else {
      compare(task);
    }
  } catch (const core::RowRefused& error) {
    std::cerr << "fit_model: correct the summary, " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "fit_model: " << error.what() << '\n';
    return 2;
  }
}
