#ifndef RAPPORT_EXAMPLES_SUPPORT_SUMMARY_HPP
#define RAPPORT_EXAMPLES_SUPPORT_SUMMARY_HPP

/// \file
/// A CSV of numbers by the names of its columns: what fit_model reads.

#include <rapport/io/csv.hpp>
#include <rapport/io/parse.hpp>

#include "support/arguments.hpp"

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace examples {

using Column = std::vector<double>;

/// The columns that a model takes; every row counts, in the order of the file. An empty field or
/// `nan` is a number that does not exist, as the mean amount of nothing; where one is needed the
/// model refuses it.
class Summary {
 public:
  /// Reads `required` columns, and those of `optional` that are there. Of `a|b` the first one that
  /// is there is read, and is known as `a`.
  /// \throws rapport::core::RowRefused for a field that is no number, or a column that is missing.
  Summary(const std::string& path, const std::vector<std::string>& required,
          const std::vector<std::string>& optional = {}) {
    rapport::io::CsvReader csv(rapport::io::Input::file(path), {}, true);
    std::vector<std::pair<std::size_t, Column*>> places;
    const auto want = [&](const std::string& names, bool needed) {
      const auto bar = names.find('|');
      const std::string first = names.substr(0, bar);
      if (columns_.contains(first)) return;
      auto place = csv.find(first);
      if (!place && bar != std::string::npos) place = csv.find(names.substr(bar + 1));
      if (!place && needed) place = csv.column(first);  // throws
      if (place) places.emplace_back(*place, &columns_[first]);
    };
    for (const std::string& names : required) want(names, true);
    for (const std::string& names : optional) want(names, false);
    while (csv.next()) {
      for (const auto& [place, column] : places) {
        const std::string_view text = csv.field(place);
        const auto number = rapport::io::parse_number(text);
        const bool missing = text.empty() || text == "nan";
        if (!number && !missing) csv.refuse(*number.refused, place);  // throws
        column->push_back(missing ? std::numeric_limits<double>::quiet_NaN() : number.value);
      }
      ++rows_;
    }
  }

  [[nodiscard]] std::size_t rows() const { return rows_; }

  /// The column of that name; empty if it is not there.
  [[nodiscard]] const Column& operator[](const std::string& name) const {
    static const Column none;
    const auto found = columns_.find(name);
    return found == columns_.end() ? none : found->second;
  }

 private:
  std::map<std::string, Column> columns_;
  std::size_t rows_ = 0;
};

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_SUMMARY_HPP
