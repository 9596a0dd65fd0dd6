#include <rapport/io/fit.hpp>

#include <rapport/clv/parameter_points.hpp>  // covariance_root
#include <rapport/io/input.hpp>

#include "json_members.hpp"
#include "json_text.hpp"
#include "json_tree.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace rapport::io {
namespace {

using json::as;
using json::listed;
using json::Members;
using json::Object;
using json::Value;
using relationship::DefinitionError;  // what the shared reader of JSON throws

constexpr std::string_view format = "rapport fit";
constexpr double version = 1;
constexpr std::size_t most_parameters = 64;
constexpr double most_customers = 0x1p53;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr auto coordinate_names = std::to_array<std::string_view>({"logarithm", "linear"});

constexpr auto statuses = std::to_array<clv::FitStatus>(
    {clv::FitStatus::converged, clv::FitStatus::at_boundary, clv::FitStatus::not_identified,
     clv::FitStatus::too_little_data, clv::FitStatus::iteration_limit,
     clv::FitStatus::numeric_failure, clv::FitStatus::cancelled});
// The last one of the enumeration: whoever adds one adds it above.
static_assert(statuses.size() == static_cast<std::size_t>(clv::FitStatus::cancelled) + 1);

// Reading -------------------------------------------------------------------------------------

double counted(const Members& members, std::string_view key, double most) {
  const double value = members.number(key);
  if (!(value >= 0 && value <= most && std::floor(value) == value)) {
    throw DefinitionError(members.place_of(key), "is " + core::to_text(value) +
                                                     ", but must be a whole number in [0, " +
                                                     core::to_text(most) + ']');
  }
  return value;
}

bool is_null(const Members& members, std::string_view key) {
  return std::holds_alternative<std::nullptr_t>(members.at(key).content);
}

double number_or_nan(const Members& members, std::string_view key) {
  return is_null(members, key) ? nan : members.number(key);
}

void read_parameter(const Value& value, const std::string& place, StoredFit& fit) {
  const Members members(value, place, {"name", "value", "coordinate", "held"});
  const std::string& name = members.text("name");
  if (name.empty()) throw DefinitionError(members.place_of("name"), "is empty");
  for (const std::string& other : fit.names) {
    if (other == name) throw DefinitionError(members.place_of("name"), "stands here twice");
  }
  const std::string& coordinate = members.text("coordinate");
  const auto found = std::find(coordinate_names.begin(), coordinate_names.end(), coordinate);
  if (found == coordinate_names.end()) {
    throw DefinitionError(
        members.place_of("coordinate"),
        '"' + excerpt(coordinate) + "\" is none of these: " + listed(coordinate_names));
  }
  const double parameter = members.number("value");
  const bool held = as<bool>(members.at("held"), members.place_of("held"), "true or false");
  if (*found == coordinate_names[0] && !held && !(parameter > 0)) {
    throw DefinitionError(members.place_of("value"), "is " + core::to_text(parameter) +
                                                         ", but must be > 0 to have a logarithm");
  }
  fit.names.push_back(name);
  fit.report.parameters.push_back(parameter);
  fit.report.coordinates.push_back(static_cast<clv::Coordinate>(found - coordinate_names.begin()));
  fit.report.held.push_back(held);
}

std::vector<double> read_covariance(const Members& members, const clv::FitReport& report) {
  const std::size_t k = report.parameters.size();
  if (is_null(members, "covariance")) {
    if (report.usable()) {
      throw DefinitionError(members.place_of("covariance"),
                            "must be there, since the fit is usable");
    }
    return std::vector<double>(k * k, nan);
  }
  const std::string place = members.place_of("covariance");
  const auto& rows = as<Value::Array>(members.at("covariance"), place, "an array");
  const auto check_size = [k](std::size_t size, const std::string& where) {
    if (size == k) return;
    throw DefinitionError(where, "has " + std::to_string(size) + " elements, but must have " +
                                     std::to_string(k) + ", one a parameter");
  };
  check_size(rows.size(), place);
  std::vector<double> covariance;
  for (std::size_t i = 0; i < k; ++i) {
    const std::string row_place = place + '/' + std::to_string(i);
    const auto& row = as<Value::Array>(rows[i], row_place, "an array");
    check_size(row.size(), row_place);
    for (std::size_t j = 0; j < k; ++j) {
      covariance.push_back(as<double>(row[j], row_place + '/' + std::to_string(j), "a number"));
    }
  }
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      if (report.held[i] && covariance[i * k + j] != 0) {
        throw DefinitionError(place + '/' + std::to_string(i) + '/' + std::to_string(j),
                              "must be 0, since the parameter is held");
      }
      // Mirror images may differ by rounding, as those of an inverse do.
      const double scale = std::sqrt(std::abs(covariance[i * (k + 1)] * covariance[j * (k + 1)]));
      if (!(std::abs(covariance[i * k + j] - covariance[j * k + i]) <= 1e-9 * scale)) {
        throw DefinitionError(place + '/' + std::to_string(i) + '/' + std::to_string(j),
                              "differs from its mirror image");
      }
    }
  }
  if (clv::covariance_root(covariance, k).empty()) {
    throw DefinitionError(place, "is no covariance: it is not positive definite");
  }
  return covariance;
}

StoredFit read_document(std::string_view text) {
  const Value root = json::parse(text);
  const Members members(root, "",
                        {"format", "version", "model", "period", "parameters", "covariance",
                         "log_likelihood", "gradient_norm", "status", "message", "customers",
                         "left_out", "patterns", "iterations", "evaluations", "data"});
  if (members.text("format") != format) {
    throw DefinitionError("/format", '"' + excerpt(members.text("format")) + "\" is not \"" +
                                         std::string(format) + '"');
  }
  if (members.number("version") != version) {
    throw DefinitionError("/version", "is " + core::to_text(members.number("version")) +
                                          ", but what is known here is 1");
  }
  StoredFit fit;
  clv::FitReport& report = fit.report;
  fit.model = members.text("model");
  if (!is_null(members, "period")) {
    try {
      report.period = core::period(members.text("period"));
    } catch (const std::invalid_argument&) {
      throw DefinitionError("/period", '"' + excerpt(members.text("period")) +
                                           "\" is none of these: day, week, month, year");
    }
  }
  const auto& parameters = as<Value::Array>(members.at("parameters"), "/parameters", "an array");
  if (parameters.empty() || parameters.size() > most_parameters) {
    throw DefinitionError("/parameters", "has " + std::to_string(parameters.size()) +
                                             " elements, but must have 1 to " +
                                             std::to_string(most_parameters));
  }
  for (const Value& parameter : parameters) {
    read_parameter(parameter, "/parameters/" + std::to_string(fit.names.size()), fit);
  }
  if (std::none_of(report.held.begin(), report.held.end(), [](bool held) { return held; })) {
    report.held.clear();
  }
  const std::string& status = members.text("status");
  const auto found = std::find_if(statuses.begin(), statuses.end(),
                                  [&](auto each) { return clv::to_text(each) == status; });
  if (found == statuses.end()) {
    std::vector<std::string_view> names;
    for (const auto each : statuses) names.push_back(clv::to_text(each));
    throw DefinitionError("/status",
                          '"' + excerpt(status) + "\" is none of these: " + listed(names));
  }
  report.status = *found;
  std::vector<bool> held = report.held;
  report.held.resize(fit.names.size(), false);
  report.working_covariance = read_covariance(members, report);
  report.held = std::move(held);
  if (report.status == clv::FitStatus::at_boundary) {
    // The parameters that have boundaries are those that are searched as they are.
    for (std::size_t i = 0; i < report.held.size(); ++i) {
      const bool linear = report.coordinates[i] == clv::Coordinate::linear;
      report.at_limit.push_back(report.held[i] && linear);
    }
  }
  report.message = members.text("message");
  report.log_likelihood = number_or_nan(members, "log_likelihood");
  report.gradient_norm = number_or_nan(members, "gradient_norm");
  constexpr double most_int = std::numeric_limits<int>::max();
  report.customers = counted(members, "customers", most_customers);
  report.left_out = counted(members, "left_out", most_customers);
  report.patterns = static_cast<std::size_t>(counted(members, "patterns", most_customers));
  report.iterations = static_cast<int>(counted(members, "iterations", most_int));
  report.evaluations = static_cast<int>(counted(members, "evaluations", most_int));
  if (!is_null(members, "data")) fit.data = members.text("data");
  return fit;
}

StoredFit read_from(std::string_view text, std::string_view source) {
  try {
    return read_document(text);
  } catch (const DefinitionError& error) {
    throw FitError(error.place(), error.text(), source);
  }
}

// Writing -------------------------------------------------------------------------------------

std::string number(double value) { return std::isfinite(value) ? core::to_text(value) : "null"; }

std::string covariance_text(const clv::FitReport& report) {
  const std::size_t k = report.parameters.size();
  const auto& covariance = report.working_covariance;
  const bool known =
      covariance.size() == k * k && std::all_of(covariance.begin(), covariance.end(),
                                                [](double value) { return std::isfinite(value); });
  if (!known) return "null";
  std::string text = "[";
  for (std::size_t i = 0; i < k; ++i) {
    if (i > 0) text += ',';
    text += json::line_at(2) + '[';
    for (std::size_t j = 0; j < k; ++j) text += (j > 0 ? ", " : "") + number(covariance[i * k + j]);
    text += ']';
  }
  return text + json::line_at(1) + ']';
}

std::string parameters_text(const StoredFit& fit) {
  const clv::FitReport& report = fit.report;
  std::string text = "[";
  for (std::size_t i = 0; i < fit.names.size(); ++i) {
    const auto coordinate =
        report.coordinates.empty() ? clv::Coordinate::logarithm : report.coordinates[i];
    Object parameter = Object::on_one_line("/parameters/" + std::to_string(i));
    parameter.text("name", fit.names[i])
        .number("value", report.parameters[i])
        .text("coordinate", coordinate_names[static_cast<std::size_t>(coordinate)])
        .boolean("held", !report.held.empty() && report.held[i]);
    if (i > 0) text += ',';
    text += json::line_at(2) + parameter.str();
  }
  return text + json::line_at(1) + ']';
}

}  // namespace

FitError::FitError(std::string place, const std::string& text, std::string_view source)
    : std::invalid_argument(std::string(source)
                                .append(source.empty() ? "" : ": ")
                                .append("fit")
                                .append(place.empty() ? "" : " at ")
                                .append(place)
                                .append(": ")
                                .append(text)),
      place_(std::move(place)),
      text_(text) {}

std::string write_fit(const StoredFit& fit) {
  const clv::FitReport& report = fit.report;
  const std::size_t k = fit.names.size();
  if (report.parameters.size() != k ||
      (!report.coordinates.empty() && report.coordinates.size() != k) ||
      (!report.held.empty() && report.held.size() != k)) {
    throw FitError("/parameters", "there are not as many values as names");
  }
  std::string text;
  try {
    Object object = Object::on_lines("", 0);
    object.text("format", format).number("version", version).text("model", fit.model);
    if (report.period) {
      object.text("period", report.period->name());
    } else {
      object.raw("period", "null");
    }
    object.raw("parameters", parameters_text(fit))
        .raw("covariance", covariance_text(report))
        .number("log_likelihood", report.log_likelihood)
        .number("gradient_norm", report.gradient_norm)
        .text("status", clv::to_text(report.status))
        .text("message", report.message)
        .number("customers", report.customers)
        .number("left_out", report.left_out)
        .number("patterns", static_cast<double>(report.patterns))
        .integer("iterations", report.iterations)
        .integer("evaluations", report.evaluations);
    if (fit.data) {
      object.text("data", *fit.data);
    } else {
      object.raw("data", "null");
    }
    text = object.str() + '\n';
  } catch (const DefinitionError& error) {
    throw FitError(error.place(), error.text());
  }
  // What cannot be read back is not written.
  static_cast<void>(read_fit(text));
  return text;
}

StoredFit read_fit(std::string_view json) { return read_from(json, {}); }

StoredFit read_fit_file(const std::string& path) {
  const Input input = Input::file(path);
  return read_from(input.bytes(), path);
}

void check_model(const StoredFit& stored, std::string_view model,
                 const std::vector<std::string_view>& names) {
  if (stored.model != model) {
    throw FitError("/model", "is of " + excerpt(stored.model) + ", not of " + std::string(model));
  }
  if (!std::equal(names.begin(), names.end(), stored.names.begin(), stored.names.end())) {
    throw FitError("/parameters", "are " + excerpt(listed(stored.names)) +
                                      ", but must be in this order: " + listed(names));
  }
}

}  // namespace rapport::io
