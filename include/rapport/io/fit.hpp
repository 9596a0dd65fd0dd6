#ifndef RAPPORT_IO_FIT_HPP
#define RAPPORT_IO_FIT_HPP

/// \file
/// Fits as JSON: parameters with what is known of their uncertainty, and which data they are of;
/// never the data themselves.
///
///     const std::string json = io::write_fit(fitted, clv::fingerprint(patterns));
///     const auto again = io::read_fit<clv::MbgNbd>(json);
///
/// A file is an object, every member of it there:
///
///     {
///       "format": "rapport fit",
///       "version": 1,
///       "model": "MBG/NBD",
///       "period": "week",                     null where a model has none
///       "parameters": [
///         {"name": "r", "value": 0.5248, "coordinate": "logarithm", "held": false}, ...],
///       "covariance": [[0.025, ...], ...],    in the coordinates of the search; null if unknown
///       "log_likelihood": -9582.1357,
///       "gradient_norm": 1.2e-9,              null if it is no number
///       "status": "converged",
///       "message": "converged",
///       "customers": 2357, "left_out": 0, "patterns": 1017,
///       "iterations": 9, "evaluations": 10,
///       "data": "0b6cf2a1-..."                fingerprint of the data; null if it was not taken
///     }
///
/// Numbers are the shortest decimals that read back, so that a fit reads back as it was, bit for
/// bit.

#include <rapport/clv/fit.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::io {

/// A text that is no fit, or not one of the model asked for.
class FitError : public std::invalid_argument {
 public:
  /// `source`, where given, is what was read from.
  FitError(std::string place, const std::string& text, std::string_view source = {});

  /// A JSON pointer (RFC 6901), "/parameters/2/value". Empty: the whole of it.
  [[nodiscard]] const std::string& place() const noexcept { return place_; }
  /// The message without its place.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string place_;
  std::string text_;
};

/// A fit of whatever model, as a file has it: for who learns the model at run time.
struct StoredFit {
  std::string model;               ///< "MBG/NBD": the model's `name`
  std::vector<std::string> names;  ///< of the parameters
  /// All else. Its own `names` are empty: they would have to outlive it.
  clv::FitReport report;
  std::optional<std::string> data;  ///< fingerprint of the data
};

/// The fit as JSON, on lines of two spaces a level, ended by a newline.
/// \throws FitError for what read_fit would not take: names that are no text, values that are not
/// finite.
[[nodiscard]] std::string write_fit(const StoredFit& fit);

/// Reads a fit of whatever model. A text may have 1 MiB, and a fit 64 parameters; a covariance has
/// to be one, and to be there if the fit is usable.
/// \throws FitError that names the place, as a JSON pointer and, where the text is no JSON, has a
/// key twice or is beyond the limits, as line and column; also for a member that is unknown,
/// missing or of the wrong type, for numbers that cannot be, and for a version that is not known
/// here.
[[nodiscard]] StoredFit read_fit(std::string_view json);

/// The same of a file, which the message then names, too.
/// \throws also std::system_error if it cannot be read.
[[nodiscard]] StoredFit read_fit_file(const std::string& path);

/// Throws FitError unless the stored fit is of that model with those parameters.
void check_model(const StoredFit& stored, std::string_view model,
                 const std::vector<std::string_view>& names);

/// A stored fit as that of a model.
/// \throws FitError if it is of another model, or its parameters are none of this one.
template <class Model>
[[nodiscard]] clv::Fit<Model> fit_of(const StoredFit& stored) {
  const std::vector<std::string_view> names(Model::parameter_names.begin(),
                                            Model::parameter_names.end());
  check_model(stored, Model::name, names);
  clv::Fit<Model> fit{stored.report, {}};
  fit.names = names;
  fit.params = clv::params_of<Model>(fit.parameters);
  try {
    static_cast<void>(fit.model());
  } catch (const std::domain_error& error) {
    throw FitError("/parameters", error.what());
  }
  return fit;
}

/// Reads a fit of a model. \throws as read_fit and fit_of.
template <class Model>
[[nodiscard]] clv::Fit<Model> read_fit(std::string_view json) {
  return fit_of<Model>(read_fit(json));
}

/// A model's fit as one that can be stored.
template <class Model>
[[nodiscard]] StoredFit stored(const clv::Fit<Model>& fit, std::string_view data = {}) {
  StoredFit result{.model = std::string(Model::name),
                   .names = {Model::parameter_names.begin(), Model::parameter_names.end()},
                   .report = fit};
  result.report.names.clear();
  if (!data.empty()) result.data = data;
  return result;
}

/// A model's fit as JSON, with the fingerprint of its data, if it is given.
/// \throws FitError as above.
template <class Model>
[[nodiscard]] std::string write_fit(const clv::Fit<Model>& fit, std::string_view data = {}) {
  return write_fit(stored(fit, data));
}

}  // namespace rapport::io

#endif  // RAPPORT_IO_FIT_HPP
