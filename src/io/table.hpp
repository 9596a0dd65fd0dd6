#ifndef RAPPORT_SRC_IO_TABLE_HPP
#define RAPPORT_SRC_IO_TABLE_HPP

/// \file
/// The header of a CSV and where its rows begin: what every reader of one shares.

#include <rapport/io/detail/tokenizer.hpp>
#include <rapport/io/input.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::io::detail {

/// Where a column stands that is not there.
inline constexpr std::size_t no_column = std::numeric_limits<std::size_t>::max();

/// A CSV whose header has been read.
class Table {
 public:
  /// \throws as CsvReader's constructor.
  Table(Input input, const Dialect& dialect);

  /// All bytes but the byte order mark.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] const std::string& name() const noexcept { return input_.name(); }
  /// With the delimiter found.
  [[nodiscard]] const Dialect& dialect() const noexcept { return dialect_; }
  [[nodiscard]] const std::vector<std::string>& header() const noexcept { return header_; }
  /// Where the line after the header begins, and how many lines are before it.
  [[nodiscard]] std::size_t begin() const noexcept { return begin_; }
  [[nodiscard]] std::uint64_t lines_before() const noexcept { return lines_before_; }

  [[nodiscard]] std::optional<std::size_t> find(std::string_view column) const;
  /// Says that columns are missing, which ones there are, and what to do.
  [[noreturn]] void throw_missing(const std::vector<std::string>& columns) const;

  [[nodiscard]] Tokenizer rows() const {
    Tokenizer tokenizer(text_, dialect_, header_.size());
    tokenizer.seek(begin_);
    return tokenizer;
  }

  /// Why the row cannot be read as a row of this table, if so.
  [[nodiscard]] std::optional<core::Refusal> refusal(const Row& row) const;
  /// The refusal of a row because of one field.
  [[nodiscard]] core::Refusal refusal(const Row& row, core::Reason reason,
                                      std::size_t column) const;

 private:
  [[noreturn]] void throw_bad_header(const std::string& what) const;

  Input input_;
  std::string_view text_;
  Dialect dialect_;
  std::vector<std::string> header_;
  std::size_t begin_ = 0;
  std::uint64_t lines_before_ = 0;
};

}  // namespace rapport::io::detail

#endif  // RAPPORT_SRC_IO_TABLE_HPP
