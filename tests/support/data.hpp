#ifndef RAPPORT_TESTS_SUPPORT_DATA_HPP
#define RAPPORT_TESTS_SUPPORT_DATA_HPP

/// \file
/// Where the real data and the reference values are, and a reader for small tables of numbers.
///
/// A test that needs a file begins with RAPPORT_REQUIRE_DATA(): without the folder it is skipped,
/// and says so.

#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::tests {

/// The folder of the data, or an empty text: the CMake cache variable wins over the environment.
inline std::string data_dir() {
  const std::string_view configured = RAPPORT_DATA_DIR;
  if (!configured.empty()) return std::string(configured);
  const char* set = std::getenv("RAPPORT_DATA_DIR");
  return set == nullptr ? "" : set;
}

inline std::string data_file(std::string_view name) { return data_dir().append("/").append(name); }

/// A file that is kept under tests/: kept_file("clv/reference/values.csv").
inline std::string kept_file(std::string_view name) {
  return std::string(RAPPORT_PRESETS_DIR "/../tests/").append(name);
}

/// A CSV without quotes, held as text by column.
class Table {
 public:
  explicit Table(const std::string& path) {
    std::ifstream in(path);
    if (!in) throw std::runtime_error("no such file: " + path);
    std::string line;
    std::getline(in, line);
    const auto names = split(line);
    for (std::size_t i = 0; i < names.size(); ++i) columns_[names[i]] = i;
    while (std::getline(in, line)) {
      if (!line.empty()) rows_.push_back(split(line));
    }
  }

  [[nodiscard]] std::size_t rows() const { return rows_.size(); }

  [[nodiscard]] const std::string& text(std::size_t row, const std::string& column) const {
    return rows_.at(row).at(columns_.at(column));
  }

  /// The field as the nearest double; NaN where the field is `nan`.
  [[nodiscard]] double number(std::size_t row, const std::string& column) const {
    const std::string& field = text(row, column);
    if (field == "nan") return std::numeric_limits<double>::quiet_NaN();
    // from_chars answers "out of range" below 1e-308 where strtod rounds to the nearest double.
    return std::strtod(field.c_str(), nullptr);
  }

  [[nodiscard]] std::vector<double> numbers(const std::string& column) const {
    std::vector<double> result;
    for (std::size_t row = 0; row < rows(); ++row) result.push_back(number(row, column));
    return result;
  }

 private:
  static std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> fields(1);
    for (const char c : line) {
      if (c == ',') {
        fields.emplace_back();
      } else if (c != '\r') {
        fields.back() += c;
      }
    }
    return fields;
  }

  std::map<std::string, std::size_t> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace rapport::tests

#define RAPPORT_REQUIRE_DATA() \
  if (::rapport::tests::data_dir().empty()) GTEST_SKIP() << "skipped: RAPPORT_DATA_DIR is not set"

#endif  // RAPPORT_TESTS_SUPPORT_DATA_HPP
