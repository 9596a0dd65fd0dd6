/// \file
/// Fits a model of customer value to a summary of customers, or evaluates one with given
/// parameters, and predicts for each row.
///
///   fit_model --model bg_nbd --summary cdnow_summary.csv --horizon 39 --predict predictions.csv

#include "support/arguments.hpp"

#include <rapport/clv/fit.hpp>
#include <rapport/clv/likelihood.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace rapport;
using examples::UsageError;

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

// Columns of numbers, found by their names in the header line.
class Summary {
 public:
  Summary(const std::string& path, const std::vector<std::string>& wanted) : path_(path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw UsageError("cannot open " + path + ": does it exist, and may it be read?");
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::string_view rest = text;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    std::map<std::string, std::size_t> places;
    std::size_t place = 0;
    each_field(next_line(rest),
               [&](std::string_view name) { places[std::string(name)] = place++; });
    std::vector<std::vector<double>*> targets(place, nullptr);
    for (const std::string& name : wanted) {
      const bool optional = name == "customers";
      const auto found = places.find(name);
      if (found != places.end()) {
        targets[found->second] = &columns_[name];
      } else if (!optional) {
        throw UsageError(path + " has no column '" + name + "': name it so in the header line");
      }
    }
    for (std::size_t line = 2; !rest.empty(); ++line) {
      const std::string_view row = next_line(rest);
      if (row.empty()) continue;
      std::size_t i = 0;
      each_field(row, [&](std::string_view field) {
        if (i < targets.size() && targets[i] != nullptr) {
          targets[i]->push_back(number(field, line));
        }
        ++i;
      });
      if (i != targets.size()) {
        throw UsageError(at(line) + " has " + std::to_string(i) + " fields, but the header has " +
                         std::to_string(targets.size()));
      }
    }
  }

  // Empty where an optional column is missing.
  const std::vector<double>& operator[](const std::string& name) { return columns_[name]; }

 private:
  static std::string_view next_line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  template <class Use>
  static void each_field(std::string_view line, const Use& use) {
    for (std::size_t begin = 0; begin <= line.size();) {
      const std::size_t end = std::min(line.find(',', begin), line.size());
      std::string_view field = line.substr(begin, end - begin);
      if (field.size() >= 2 && field.front() == '"' && field.back() == '"') {
        field = field.substr(1, field.size() - 2);
      }
      use(field);
      begin = end + 1;
    }
  }

  [[nodiscard]] std::string at(std::size_t line) const {
    return path_ + ", line " + std::to_string(line);
  }

  [[nodiscard]] double number(std::string_view field, std::size_t line) const {
    double value = nan;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error == std::errc() && end == field.data() + field.size()) return value;
    throw UsageError(at(line) + ": '" + std::string(field.substr(0, 40)) + "' is no number");
  }

  std::string path_;
  std::map<std::string, std::vector<double>> columns_;
};

std::string digits_17(double value) {
  if (std::isnan(value)) return "nan";
  char buffer[40];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 17).ptr;
  return {buffer, end};
}

// A flat JSON object, or an object in it, in the order of writing.
class Json {
 public:
  Json& text(std::string_view key, std::string_view value) {
    std::string quoted = "\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return raw(key, quoted + '"');
  }
  Json& number(std::string_view key, double value) {
    return raw(key, std::isfinite(value) ? digits_17(value) : "null");
  }
  Json& boolean(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
  Json& object(std::string_view key, const Json& value) { return raw(key, value.str()); }

  [[nodiscard]] std::string str() const { return '{' + body_ + '}'; }

 private:
  Json& raw(std::string_view key, const std::string& value) {
    if (!body_.empty()) body_ += ", ";
    body_.append("\"").append(key).append("\": ").append(value);
    return *this;
  }
  std::string body_;
};

class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// The report of a model whose parameters are given: nothing is searched.
clv::FitReport evaluated(const math::Derivatives& at, const std::vector<double>& params) {
  clv::FitReport report;
  report.parameters = params;
  report.log_covariance.assign(params.size() * params.size(), nan);
  report.log_likelihood = at.value;
  for (const double g : at.gradient) report.gradient_norm = std::hypot(report.gradient_norm, g);
  report.evaluations = 1;
  return report;
}

// What differs between models: reading, fitting and one line of predictions.
struct Work {
  std::vector<std::string_view> names;
  std::function<void(Summary&)> take;  // columns, as they are in the file
  std::function<clv::FitReport(const Task&)> fit;
  std::string header;
  std::function<std::vector<double>(const clv::FitReport&, std::size_t row)> predict;
  std::vector<std::string> columns;
  std::size_t rows = 0;
};

template <class Model>
Work repeat_buying(const Task& task) {
  struct Data {
    std::vector<double> frequency, recency, age, customers;
  };
  const auto data = std::make_shared<Data>();
  Work work;
  work.names = {"r", "alpha", "a", "b"};
  work.columns = {"frequency", "recency", "T", "customers"};
  work.header =
      "log_likelihood,log_p_alive,p_alive,expected_purchases,new_customer_purchases,"
      "discounted_residual";
  work.take = [data](Summary& summary) {
    *data = {summary["frequency"], summary["recency"], summary["T"], summary["customers"]};
  };
  // The file does not say its unit of time: whatever it is, horizon and alpha have the same.
  work.fit = [data](const Task& a) -> clv::FitReport {
    const clv::Patterns patterns(clv::Histories(
        {data->frequency, data->recency, data->age, data->customers}, rapport::weeks));
    if (a.params.empty()) return clv::fit<Model>(patterns, {.threads = a.threads});
    const Model model({a.params[0], a.params[1], a.params[2], a.params[3]});
    auto report = evaluated(clv::log_likelihood_derivatives(model, patterns, a.threads), a.params);
    report.customers = patterns.customers();
    report.patterns = patterns.size();
    return report;
  };
  const double horizon = task.horizon;
  const double discount = task.discount;
  work.predict = [data, horizon, discount](const clv::FitReport& report, std::size_t row) {
    const auto& p = report.parameters;
    const Model model({p[0], p[1], p[2], p[3]});
    const clv::CustomerHistory c{data->frequency[row], data->recency[row], data->age[row]};
    const bool to_horizon = !std::isnan(horizon);
    return std::vector{model.log_likelihood(c),
                       model.log_probability_alive(c),
                       model.probability_alive(c),
                       to_horizon ? model.expected_purchases(c, horizon) : nan,
                       to_horizon ? model.expected_purchases(horizon) : nan,
                       model.discounted_purchases(c, discount)};
  };
  return work;
}

Work gamma_gamma(const Task&) {
  struct Data {
    std::vector<double> frequency, monetary_value, customers;
  };
  const auto data = std::make_shared<Data>();
  Work work;
  work.names = {"p", "q", "gamma"};
  work.columns = {"frequency", "monetary_value", "customers"};
  work.header = "log_likelihood,expected_spend";
  work.take = [data](Summary& summary) {
    *data = {summary["frequency"], summary["monetary_value"], summary["customers"]};
  };
  work.fit = [data](const Task& a) -> clv::FitReport {
    const clv::SpendPatterns patterns(
        clv::Spends({data->frequency, data->monetary_value, data->customers}));
    if (a.params.empty()) return clv::fit<clv::GammaGamma>(patterns, {.threads = a.threads});
    const clv::GammaGamma model({a.params[0], a.params[1], a.params[2]});
    auto report = evaluated(clv::log_likelihood_derivatives(model, patterns, a.threads), a.params);
    report.customers = patterns.customers();
    report.patterns = patterns.size();
    return report;
  };
  work.predict = [data](const clv::FitReport& report, std::size_t row) {
    const auto& p = report.parameters;
    const clv::GammaGamma model({p[0], p[1], p[2]});
    const double x = data->frequency[row];
    const double z = data->monetary_value[row];
    // Without purchases there is nothing to be likely; a mean <= 0 has no density.
    if (x == 0) return std::vector{0.0, model.population_mean()};
    if (!(z > 0)) return std::vector{nan, nan};
    return std::vector{model.log_likelihood(x, z), model.expected_spend(x, z)};
  };
  return work;
}

Work work_for(const Task& task) {
  Work work;
  if (task.model == "bg_nbd") {
    work = repeat_buying<clv::BgNbd>(task);
  } else if (task.model == "mbg_nbd") {
    work = repeat_buying<clv::MbgNbd>(task);
  } else if (task.model == "gamma_gamma") {
    work = gamma_gamma(task);
  } else {
    throw UsageError("there is no model '" + task.model +
                     "': choose bg_nbd, mbg_nbd or gamma_gamma");
  }
  if (!task.params.empty() && task.params.size() != work.names.size()) {
    throw UsageError("--params has " + std::to_string(task.params.size()) + " numbers, but " +
                     task.model + " has " + std::to_string(work.names.size()) + " parameters");
  }
  return work;
}

void write_predictions(const Work& work, const clv::FitReport& report, const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  std::string text = work.header + '\n';
  for (std::size_t row = 0; row < work.rows; ++row) {
    char separator = '\0';
    for (const double value : work.predict(report, row)) {
      if (separator != '\0') text += separator;
      text += digits_17(value);
      separator = ',';
    }
    text += '\n';
    if (text.size() > 1 << 20) {
      out << text;
      text.clear();
    }
  }
  out << text;
  out.close();
  if (!out) throw UsageError("cannot write " + path + ": does the folder exist, is there room?");
}

void run(const Task& task) {
  Work work = work_for(task);
  Stopwatch stopwatch;
  Summary summary(task.summary, work.columns);
  work.rows = summary[work.columns.front()].size();
  work.take(summary);
  const double reading = stopwatch.lap();
  const clv::FitReport report = work.fit(task);
  const auto errors = report.standard_errors();
  const double fitting = stopwatch.lap();
  if (!task.predict.empty()) write_predictions(work, report, task.predict);
  const double predicting = stopwatch.lap();

  Json parameters;
  Json standard_errors;
  for (std::size_t i = 0; i < work.names.size(); ++i) {
    parameters.number(work.names[i], report.parameters[i]);
    standard_errors.number(work.names[i], errors[i]);
  }
  const bool given = !task.params.empty();
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
                   .text("message", given ? "parameters were given: nothing was fitted"
                                          : std::string_view(report.message))
                   .object("seconds", Json()
                                          .number("read", reading)
                                          .number("fit", fitting)
                                          .number("predict", predicting))
                   .str()
            << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "fit_model: " << error.what() << '\n';
    return 2;
  }
}
