/// \file
/// Fits a model of customer value to a summary of customers, or evaluates one with given
/// parameters, and predicts for each row.
///
///   fit_model --model bg_nbd --summary cdnow_summary.csv --horizon 39 --predict predictions.csv

#include "support/arguments.hpp"
#include "support/json.hpp"

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/io/csv.hpp>
#include <rapport/io/parse.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace rapport;
using examples::Json;
using examples::UsageError;
using Column = std::vector<double>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// What the command line asks for.
struct Task {
  std::string model, summary, predict;
  std::vector<double> params;
  double horizon = nan;
  double discount = 0;
  int threads = 1;
};

Task parse(int argc, char** argv) {
  const examples::Arguments arguments(
      argc, argv, {"model", "summary", "params", "horizon", "discount", "predict", "threads"});
  return {.model = arguments.required("model"),
          .summary = arguments.required("summary"),
          .predict = arguments.text("predict", ""),
          .params = arguments.numbers("params"),
          .horizon = arguments.number("horizon", nan),
          .discount = arguments.number("discount", 0),
          .threads = arguments.integer("threads", 1)};
}

// These columns of a file and then `customers`, which is empty if it is not there. Every row
// counts: predictions are in the order of the rows. An empty field or `nan` is a number that does
// not exist, as the mean amount of nothing; where one is needed the model refuses it.
std::vector<Column> read(const std::string& path, const std::vector<std::string>& names) {
  io::CsvReader csv(io::Input::file(path), {}, true);
  std::vector<std::size_t> places;
  for (const std::string& name : names) places.push_back(csv.column(name));
  std::vector<Column> columns(places.size() + 1);
  if (const auto customers = csv.find("customers")) places.push_back(*customers);
  while (csv.next()) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::string_view text = csv.field(places[i]);
      const auto number = io::parse_number(text);
      const bool missing = text.empty() || text == "nan";
      if (!number && !missing) csv.refuse(*number.refused, places[i]);  // throws
      columns[i].push_back(missing ? nan : number.value);
    }
  }
  return columns;
}

// When customers buy: BG/NBD and its kin.
template <class AnyModel>
struct Purchases {
  using Model = AnyModel;
  static constexpr std::string_view names[] = {"r", "alpha", "a", "b"};
  static constexpr std::string_view predictions =
      "log_likelihood,log_p_alive,p_alive,expected_purchases,new_customer_purchases,"
      "discounted_residual";

  std::vector<Column> columns;

  explicit Purchases(const std::string& path)
      : columns(read(path, {"frequency", "recency", "T"})) {}

  static Model model(const Column& p) { return Model({p[0], p[1], p[2], p[3]}); }

  // The file does not say its unit of time: whatever it is, horizon and alpha have the same.
  [[nodiscard]] clv::Patterns patterns() const {
    return clv::Patterns(
        clv::Histories({columns[0], columns[1], columns[2], columns[3]}, rapport::weeks));
  }

  [[nodiscard]] Column predict(const Model& model, std::size_t row, const Task& task) const {
    const clv::CustomerHistory c{columns[0][row], columns[1][row], columns[2][row]};
    const bool to_horizon = !std::isnan(task.horizon);
    return {model.log_likelihood(c),
            model.log_probability_alive(c),
            model.probability_alive(c),
            to_horizon ? model.expected_purchases(c, task.horizon) : nan,
            to_horizon ? model.expected_purchases(task.horizon) : nan,
            model.discounted_purchases(c, task.discount)};
  }
};

// What they spend.
struct Spending {
  using Model = clv::GammaGamma;
  static constexpr std::string_view names[] = {"p", "q", "gamma"};
  static constexpr std::string_view predictions = "log_likelihood,expected_spend";

  std::vector<Column> columns;

  explicit Spending(const std::string& path)
      : columns(read(path, {"frequency", "monetary_value"})) {}

  static Model model(const Column& p) { return Model({p[0], p[1], p[2]}); }

  [[nodiscard]] clv::SpendPatterns patterns() const {
    return clv::SpendPatterns(clv::Spends({columns[0], columns[1], columns[2]}));
  }

  [[nodiscard]] Column predict(const Model& model, std::size_t row, const Task&) const {
    const double x = columns[0][row];
    const double mean = columns[1][row];
    // Without purchases there is nothing to be likely; a mean <= 0 has no density.
    if (x == 0) return {0, model.population_mean()};
    if (!(mean > 0)) return {nan, nan};
    return {model.log_likelihood(x, mean), model.expected_spend(x, mean)};
  }
};

// The report of a model whose parameters are given: nothing is searched.
template <class Data, class Patterns>
clv::FitReport evaluated(const Task& task, const Patterns& patterns) {
  const math::Derivatives at =
      clv::log_likelihood_derivatives(Data::model(task.params), patterns, task.threads);
  clv::FitReport report;
  report.coordinates.assign(task.params.size(), clv::Coordinate::logarithm);
  report.parameters = task.params;
  report.working_covariance.assign(task.params.size() * task.params.size(), nan);
  report.log_likelihood = at.value;
  for (const double g : at.gradient) report.gradient_norm = std::hypot(report.gradient_norm, g);
  report.customers = patterns.customers();
  report.patterns = patterns.size();
  report.evaluations = 1;
  report.message = "parameters were given: nothing was fitted";
  return report;
}

template <class Data>
void write_predictions(const Data& data, const clv::FitReport& report, const Task& task) {
  std::ofstream out(task.predict, std::ios::binary);
  out << Data::predictions << '\n';
  const auto model = Data::model(report.parameters);
  for (std::size_t row = 0; row < data.columns.front().size(); ++row) {
    std::string line;
    for (const double value : data.predict(model, row, task)) {
      line += (line.empty() ? "" : ",") + examples::digits_17(value);
    }
    out << line << '\n';
  }
  out.close();
  if (!out) {
    throw UsageError("cannot write " + task.predict + ": does the folder exist, is there room?");
  }
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

template <class Data>
void run(const Task& task) {
  const bool given = !task.params.empty();
  if (given && task.params.size() != std::size(Data::names)) {
    throw UsageError("--params has " + std::to_string(task.params.size()) + " numbers, but " +
                     task.model + " has " + std::to_string(std::size(Data::names)) + " parameters");
  }
  Stopwatch stopwatch;
  const Data data(task.summary);
  const double reading = stopwatch.lap();
  const auto patterns = data.patterns();
  const clv::FitReport report =
      given ? evaluated<Data>(task, patterns)
            : clv::fit<typename Data::Model>(patterns, {.threads = task.threads});
  const Column errors = report.standard_errors();
  const double fitting = stopwatch.lap();
  if (!task.predict.empty()) write_predictions(data, report, task);
  const double predicting = stopwatch.lap();

  Json parameters, standard_errors, seconds;
  for (std::size_t i = 0; i < std::size(Data::names); ++i) {
    parameters.number(Data::names[i], report.parameters[i]);
    standard_errors.number(Data::names[i], errors[i]);
  }
  seconds.number("read", reading).number("fit", fitting).number("predict", predicting);
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

void run(const Task& task) {
  if (task.model == "bg_nbd") return run<Purchases<clv::BgNbd>>(task);
  if (task.model == "mbg_nbd") return run<Purchases<clv::MbgNbd>>(task);
  if (task.model == "gamma_gamma") return run<Spending>(task);
  throw UsageError("there is no model '" + task.model + "': choose bg_nbd, mbg_nbd or gamma_gamma");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse(argc, argv));
  } catch (const core::RowRefused& error) {
    std::cerr << "fit_model: correct the summary, " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "fit_model: " << error.what() << '\n';
    return 2;
  }
}
