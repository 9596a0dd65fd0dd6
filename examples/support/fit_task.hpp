#ifndef RAPPORT_EXAMPLES_SUPPORT_FIT_TASK_HPP
#define RAPPORT_EXAMPLES_SUPPORT_FIT_TASK_HPP

/// \file
/// What fit_model is asked for, and how it answers.

#include <rapport/clv/fit.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/time.hpp>

#include "support/arguments.hpp"
#include "support/json.hpp"
#include "support/model_faces.hpp"

#include <chrono>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace examples {

/// The command line.
struct FitTask {
  std::string model, summary, transactions, as_of, predict, covariates;
  std::vector<std::string> compare;
  std::vector<std::string> purchase_covariates, dropout_covariates, equal;
  Column params;
  Asked asked;
  std::string forecast;                   ///< file for what every customer will do, with intervals
  bool equity = false;                    ///< what the base is worth
  std::optional<rapport::Period> period;  ///< the unit of the file's times; none: as is usual
  double annual_discount = 0.10, margin = 1, level = 0.90;
  double penalty = 0;
  bool mcmc = false;
  int chains = 4, warmup = 1000, draws = 1000, seed = 1;
  int threads = 1;
};

class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Seconds of each part of the work.
struct Seconds {
  double read = 0, fit = 0, predict = 0;

  [[nodiscard]] Json json() const {
    return Json().number("read", read).number("fit", fit).number("predict", predict);
  }
};

/// Writes the header and a line a row, 17 digits; row(i) gives the values, `keys` what stands
/// before them, if anything does.
/// \throws UsageError if the file cannot be written.
template <class Row>
void write_rows(const std::string& path, std::string_view header, std::size_t rows, const Row& row,
                const std::vector<std::string>& keys = {}) {
  std::ofstream out(path, std::ios::binary);
  out << header << '\n';
  for (std::size_t i = 0; i < rows; ++i) {
    std::string line = keys.empty() ? "" : keys[i];
    for (const double value : row(i)) line += (line.empty() ? "" : ",") + digits_17(value);
    out << line << '\n';
  }
  out.close();
  if (!out) throw UsageError("cannot write " + path + ": does the folder exist, is there room?");
}

/// The report of a model whose parameters are given: nothing is searched.
/// \throws UsageError unless there is one for each of the model's.
template <class Model, class Data>
rapport::clv::Fit<Model> evaluated(const FitTask& task, const Data& data) {
  using namespace rapport;
  constexpr std::size_t size = Model::parameter_names.size();
  if (task.params.size() != size) {
    throw UsageError("--params has " + std::to_string(task.params.size()) + " numbers, but " +
                     task.model + " has " + std::to_string(size) + " parameters");
  }
  const math::Derivatives at = log_likelihood_derivatives(Model(clv::params_of<Model>(task.params)),
                                                          data, core::Threads(task.threads));
  clv::Fit<Model> fit;
  fit.params = clv::params_of<Model>(task.params);
  fit.names.assign(Model::parameter_names.begin(), Model::parameter_names.end());
  fit.parameters = task.params;
  fit.coordinates.assign(size, clv::Coordinate::logarithm);
  fit.working_covariance.assign(size * size, nan);
  fit.log_likelihood = at.value;
  for (const double g : at.gradient) fit.gradient_norm = std::hypot(fit.gradient_norm, g);
  fit.customers = data.customers();
  fit.patterns = data.size();
  fit.evaluations = 1;
  fit.message = "parameters were given: nothing was fitted";
  return fit;
}

/// One JSON object on standard output. `given`: the parameters were, nothing was searched;
/// `answers`: what else was asked for.
inline void print(const FitTask& task, const rapport::clv::FitReport& report, bool given,
                  const Seconds& seconds, const Json& answers = {}) {
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
                   .append(answers)
                   .object("seconds", seconds.json())
                   .str()
            << '\n';
}

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_FIT_TASK_HPP
