#ifndef RAPPORT_EXAMPLES_SUPPORT_COVARIATE_FILE_HPP
#define RAPPORT_EXAMPLES_SUPPORT_COVARIATE_FILE_HPP

/// \file
/// Covariates of customers from a CSV with `customer_id`, put in the order of a summary's rows.

#include <rapport/io/csv.hpp>
#include <rapport/io/parse.hpp>

#include "support/arguments.hpp"
#include "support/summary.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace examples {

/// The keys of a file's rows. \throws rapport::core::RowRefused without a column customer_id.
inline std::vector<std::string> customer_keys(const std::string& path) {
  rapport::io::CsvReader csv(rapport::io::Input::file(path), {}, true);
  const std::size_t place = csv.column("customer_id");
  std::vector<std::string> keys;
  while (csv.next()) keys.emplace_back(csv.field(place));
  return keys;
}

/// Every column but `customer_id` is a covariate.
struct CovariateFile {
  std::vector<std::string> names;
  std::vector<Column> values;  ///< one a name, row = row of the summary

  CovariateFile() = default;

  /// \throws UsageError for a customer of the summary who is not in the file, is there twice, or
  /// has a covariate that is not a number; rapport::core::RowRefused for a field that is none.
  CovariateFile(const std::string& path, const std::string& summary) {
    rapport::io::CsvReader csv(rapport::io::Input::file(path), {}, true);
    const std::size_t key_place = csv.column("customer_id");
    if (csv.find("date")) {
      throw UsageError(path +
                       " has dates: give --transactions instead of --summary, since such "
                       "covariates meet purchases at their days");
    }
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < csv.header().size(); ++i) {
      if (i == key_place) continue;
      places.push_back(i);
      names.emplace_back(csv.header()[i]);
    }
    std::map<std::string, Column, std::less<>> by_key;
    while (csv.next()) {
      Column row;
      for (const std::size_t place : places) {
        const auto number = rapport::io::parse_number(csv.field(place));
        if (!number) csv.refuse(*number.refused, place);  // throws
        row.push_back(number.value);
      }
      const std::string key(csv.field(key_place));
      if (!by_key.emplace(key, std::move(row)).second) {
        throw UsageError("customer " + key + " is in " + path + " twice");
      }
    }
    values.resize(names.size());
    for (const std::string& key : customer_keys(summary)) {
      const auto found = by_key.find(key);
      if (found == by_key.end()) {
        throw UsageError("customer " + key + " of the summary is not in " + path);
      }
      for (std::size_t i = 0; i < names.size(); ++i) values[i].push_back(found->second[i]);
    }
  }

  /// The column of a covariate. \throws UsageError for the name of none.
  [[nodiscard]] const Column& operator[](const std::string& name) const {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return values[static_cast<std::size_t>(found - names.begin())];
    std::string known;
    for (const std::string& each : names) known += (known.empty() ? "" : ", ") + each;
    throw UsageError("there is no covariate '" + name + "', but there are " + known);
  }
};

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_COVARIATE_FILE_HPP
