/// \file
/// Fits a model of customer value to a summary of customers, or evaluates one with given
/// parameters, and predicts for each row.
///
///   fit_model --model bg_nbd --summary cdnow_summary.csv --horizon 39 --predict predictions.csv

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
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace rapport;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr std::string_view usage =
    "usage: fit_model --model bg_nbd|mbg_nbd|gamma_gamma --summary FILE [--params a,b,...] "
    "[--horizon t] [--discount d] [--predict FILE] [--threads N]";

// What is wrong with the call, or with the file, in one line.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

double to_number(std::string_view text, const std::string& what) {
  double value = nan;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Refusal(what + " is '" + std::string(text.substr(0, 40)) + "', but must be a number");
  }
  return value;
}

struct Arguments {
  std::string model, summary, predict;
  std::vector<double> params;
  double horizon = nan;
  double discount = 0;
  int threads = 1;

  Arguments(int count, char** values) {
    for (int i = 1; i < count; i += 2) {
      const std::string name = values[i];
      if (i + 1 == count) throw Refusal(name + " needs a value; " + std::string(usage));
      set(name, values[i + 1]);
    }
    if (model.empty() || summary.empty()) throw Refusal(std::string(usage));
  }

 private:
  void set(const std::string& name, const std::string& value) {
    if (name == "--model") {
      model = value;
    } else if (name == "--summary") {
      summary = value;
    } else if (name == "--predict") {
      predict = value;
    } else if (name == "--params") {
      for (std::size_t begin = 0; begin <= value.size();) {
        const std::size_t end = std::min(value.find(',', begin), value.size());
        params.push_back(to_number(std::string_view(value).substr(begin, end - begin), name));
        begin = end + 1;
      }
    } else if (name == "--horizon") {
      horizon = to_number(value, name);
    } else if (name == "--discount") {
      discount = to_number(value, name);
    } else if (name == "--threads") {
      const double wanted = to_number(value, name);
      if (!(wanted >= 1 && wanted <= 1024 && wanted == std::floor(wanted))) {
        throw Refusal("--threads is " + value + ", but must be an integer in [1, 1024]");
      }
      threads = static_cast<int>(wanted);
    } else {
      throw Refusal("there is no option " + name + "; " + std::string(usage));
    }
  }
};

// Columns of numbers, found by their names in the header line.
class Summary {
 public:
  Summary(const std::string& path, const std::vector<std::string>& wanted) : path_(path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Refusal("cannot open " + path + ": does it exist, and may it be read?");
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
        throw Refusal(path + " has no column '" + name + "': name it so in the header line");
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
        throw Refusal(at(line) + " has " + std::to_string(i) + " fields, but the header has " +
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
    throw Refusal(at(line) + ": '" + std::string(field.substr(0, 40)) + "' is no number");
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
struct Task {
  std::vector<std::string_view> names;
  std::function<void(Summary&)> take;  // columns, as they are in the file
  std::function<clv::FitReport(const Arguments&)> fit;
  std::string header;
  std::function<std::vector<double>(const clv::FitReport&, std::size_t row)> predict;
  std::vector<std::string> columns;
  std::size_t rows = 0;
};

template <class Model>
Task repeat_buying(const Arguments& arguments) {
  struct Data {
    std::vector<double> frequency, recency, age, customers;
  };
  const auto data = std::make_shared<Data>();
  Task task;
  task.names = {"r", "alpha", "a", "b"};
  task.columns = {"frequency", "recency", "T", "customers"};
  task.header =
      "log_likelihood,log_p_alive,p_alive,expected_purchases,new_customer_purchases,"
      "discounted_residual";
  task.take = [data](Summary& summary) {
    *data = {summary["frequency"], summary["recency"], summary["T"], summary["customers"]};
  };
  // The file does not say its unit of time: whatever it is, horizon and alpha have the same.
  task.fit = [data](const Arguments& a) -> clv::FitReport {
    const clv::Patterns patterns(clv::Histories(
        {data->frequency, data->recency, data->age, data->customers}, rapport::weeks));
    if (a.params.empty()) return clv::fit<Model>(patterns, {.threads = a.threads});
    const Model model({a.params[0], a.params[1], a.params[2], a.params[3]});
    auto report = evaluated(clv::log_likelihood_derivatives(model, patterns, a.threads), a.params);
    report.customers = patterns.customers();
    report.patterns = patterns.size();
    return report;
  };
  const double horizon = arguments.horizon;
  const double discount = arguments.discount;
  task.predict = [data, horizon, discount](const clv::FitReport& report, std::size_t row) {
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
  return task;
}

Task gamma_gamma(const Arguments&) {
  struct Data {
    std::vector<double> frequency, monetary_value, customers;
  };
  const auto data = std::make_shared<Data>();
  Task task;
  task.names = {"p", "q", "gamma"};
  task.columns = {"frequency", "monetary_value", "customers"};
  task.header = "log_likelihood,expected_spend";
  task.take = [data](Summary& summary) {
    *data = {summary["frequency"], summary["monetary_value"], summary["customers"]};
  };
  task.fit = [data](const Arguments& a) -> clv::FitReport {
    const clv::SpendPatterns patterns(
        clv::Spends({data->frequency, data->monetary_value, data->customers}));
    if (a.params.empty()) return clv::fit<clv::GammaGamma>(patterns, {.threads = a.threads});
    const clv::GammaGamma model({a.params[0], a.params[1], a.params[2]});
    auto report = evaluated(clv::log_likelihood_derivatives(model, patterns, a.threads), a.params);
    report.customers = patterns.customers();
    report.patterns = patterns.size();
    return report;
  };
  task.predict = [data](const clv::FitReport& report, std::size_t row) {
    const auto& p = report.parameters;
    const clv::GammaGamma model({p[0], p[1], p[2]});
    const double x = data->frequency[row];
    const double z = data->monetary_value[row];
    // Without purchases there is nothing to be likely; a mean <= 0 has no density.
    if (x == 0) return std::vector{0.0, model.population_mean()};
    if (!(z > 0)) return std::vector{nan, nan};
    return std::vector{model.log_likelihood(x, z), model.expected_spend(x, z)};
  };
  return task;
}

Task task_for(const Arguments& arguments) {
  Task task;
  if (arguments.model == "bg_nbd") {
    task = repeat_buying<clv::BgNbd>(arguments);
  } else if (arguments.model == "mbg_nbd") {
    task = repeat_buying<clv::MbgNbd>(arguments);
  } else if (arguments.model == "gamma_gamma") {
    task = gamma_gamma(arguments);
  } else {
    throw Refusal("there is no model '" + arguments.model +
                  "': choose bg_nbd, mbg_nbd or gamma_gamma");
  }
  if (!arguments.params.empty() && arguments.params.size() != task.names.size()) {
    throw Refusal("--params has " + std::to_string(arguments.params.size()) + " numbers, but " +
                  arguments.model + " has " + std::to_string(task.names.size()) + " parameters");
  }
  return task;
}

void write_predictions(const Task& task, const clv::FitReport& report, const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  std::string text = task.header + '\n';
  for (std::size_t row = 0; row < task.rows; ++row) {
    char separator = '\0';
    for (const double value : task.predict(report, row)) {
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
  if (!out) throw Refusal("cannot write " + path + ": does the folder exist, is there room?");
}

void run(const Arguments& arguments) {
  Task task = task_for(arguments);
  Stopwatch stopwatch;
  Summary summary(arguments.summary, task.columns);
  task.rows = summary[task.columns.front()].size();
  task.take(summary);
  const double reading = stopwatch.lap();
  const clv::FitReport report = task.fit(arguments);
  const auto errors = report.standard_errors();
  const double fitting = stopwatch.lap();
  if (!arguments.predict.empty()) write_predictions(task, report, arguments.predict);
  const double predicting = stopwatch.lap();

  Json parameters;
  Json standard_errors;
  for (std::size_t i = 0; i < task.names.size(); ++i) {
    parameters.number(task.names[i], report.parameters[i]);
    standard_errors.number(task.names[i], errors[i]);
  }
  const bool given = !arguments.params.empty();
  std::cout << Json()
                   .text("model", arguments.model)
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

int main(int count, char** values) {
  try {
    run(Arguments(count, values));
  } catch (const std::exception& error) {
    std::cerr << "fit_model: " << error.what() << '\n';
    return 2;
  }
}
