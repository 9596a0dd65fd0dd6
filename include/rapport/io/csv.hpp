#ifndef RAPPORT_IO_CSV_HPP
#define RAPPORT_IO_CSV_HPP

/// \file
/// Any CSV with a header line, row by row, fields by the names of their columns.
///
///     io::CsvReader csv(io::Input::file("summary.csv"));
///     const auto frequency = csv.column("frequency");
///     while (csv.next()) use(csv.field(frequency));

#include <rapport/core/refusals.hpp>
#include <rapport/io/dialect.hpp>
#include <rapport/io/input.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::io {

/// Reads rows in order. A row that is not sound (quotes, encoding, limits, more or fewer fields
/// than the header) is skipped, located and counted; in strict mode it throws.
class CsvReader {
 public:
  /// Reads the header line.
  /// \throws std::invalid_argument if there is none or it is not sound, with the remedy, or as
  /// check(dialect).
  explicit CsvReader(Input input, const Dialect& dialect = {}, bool strict = false);
  CsvReader(CsvReader&&) noexcept;
  CsvReader& operator=(CsvReader&&) noexcept;
  ~CsvReader();

  /// The names of the columns, without spaces around them.
  [[nodiscard]] const std::vector<std::string>& header() const noexcept;
  /// The delimiter that is in use.
  [[nodiscard]] char delimiter() const noexcept;

  /// The column of that name; if there is none, the only one that differs in the case of ASCII
  /// letters alone.
  /// \throws std::invalid_argument if several columns bear the name.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  /// The same; a missing column is an error that lists the columns found.
  /// \throws std::invalid_argument
  [[nodiscard]] std::size_t column(std::string_view name) const;

  /// Goes to the next sound row; false at the end.
  /// \throws core::RowRefused in strict mode.
  [[nodiscard]] bool next();

  /// A field of the row, unquoted. The view lives until next().
  /// \pre next() was true; column < header().size().
  [[nodiscard]] std::string_view field(std::size_t column);

  /// Counts this row as refused, because of that field.
  /// \throws core::RowRefused in strict mode.
  void refuse(core::Reason reason, std::size_t column);

  /// Rows gone through, the refused ones among them; blank lines are no rows.
  [[nodiscard]] std::uint64_t rows() const noexcept;
  [[nodiscard]] const core::Refusals& refusals() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Columns of numbers.
struct NumberColumns {
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;  ///< as long as each other, names.size() of them
  core::Refusals refusals;                   ///< rows left out

  [[nodiscard]] std::size_t rows() const noexcept {
    return columns.empty() ? 0 : columns[0].size();
  }
  /// Null if there is no such column.
  [[nodiscard]] const std::vector<double>* find(std::string_view name) const noexcept;
};

/// Reads the columns named `needed`, and those of `wanted` that are there. A row is refused where
/// one of these fields is empty or not a finite number.
/// \throws std::invalid_argument that names the needed columns that are missing and lists those
/// found; as CsvReader.
[[nodiscard]] NumberColumns read_numbers(const Input& input, const std::vector<std::string>& needed,
                                         const std::vector<std::string>& wanted = {},
                                         const Dialect& dialect = {}, bool strict = false);

}  // namespace rapport::io

#endif  // RAPPORT_IO_CSV_HPP
