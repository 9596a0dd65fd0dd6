#ifndef RAPPORT_IO_DETAIL_TOKENIZER_HPP
#define RAPPORT_IO_DETAIL_TOKENIZER_HPP

/// \file
/// CSV text cut into rows and fields, without copying and without looking into them.

#include <rapport/core/refusals.hpp>
#include <rapport/io/detail/scan.hpp>
#include <rapport/io/dialect.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::io::detail {

/// One field as it stands in the text, its quotes included.
struct Field {
  std::size_t begin, end;
  bool quoted;
  bool doubled;  ///< holds doubled quotes, which stand for one
};

/// One row as it stands in the text.
struct Row {
  std::size_t begin = 0, end = 0;  ///< without its line end
  std::uint64_t line = 0;          ///< line at which it begins, from 1
  std::uint64_t row = 0;           ///< its number, from 1
  std::size_t count = 0;           ///< fields; those beyond Tokenizer's `keep` are counted only
  std::vector<Field> fields;
  std::optional<core::Reason> refused;  ///< if so, the fields are not to be used
  std::size_t fault = 0;                ///< where the field at fault begins, if refused
};

/// Cuts a text into rows. A row is refused for bad_quoting, too_long or bad_encoding, in this
/// order. After the first two, reading goes on at the line after the one on which the row began:
/// a quote that is never closed costs its own line, not the rest of the file. Time is linear, in
/// such files too: what is read twice was read by one row that failed and begins no second failure.
class Tokenizer {
 public:
  /// \pre the dialect's delimiter is not automatic.
  Tokenizer(std::string_view text, const Dialect& dialect, std::size_t keep) noexcept
      : text_(text), limits_(dialect), keep_(keep), scan_(text, dialect.delimiter) {}

  /// Where the next row, or blank lines before it, begin: always the begin of a line.
  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  /// Lines before position(), from where reading began.
  [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }

  /// Goes to `position`, the begin of a line. Lines and rows are counted from there.
  void seek(std::size_t position) noexcept;

  /// Reads the next row that is not blank. False at the end of the text.
  [[nodiscard]] bool next(Row& row);

  /// Reads the next row if it is as most are: as many fields as `ends`, short, of ASCII without
  /// quotes, ended by LF or CRLF. Then it begins at what position() was, and field i ends at
  /// ends[i]. If not, reads nothing: next() says what the row is.
  [[nodiscard]] bool next_plain(std::span<std::size_t> ends) noexcept;

  /// Takes back the last row, as if it had not been read.
  /// \pre next_plain() read it, from `begin` on, and nothing was read since.
  void put_back(std::size_t begin) noexcept;

 private:
  enum class Outcome { whole, blank, refused };

  Outcome read(Row& row);
  [[nodiscard]] bool to_closing_quote(Row& row, Field& field);
  bool keep(Row& row, const Field& field);
  Outcome refuse(Row& row, core::Reason reason, std::size_t fault);
  void end_line(std::size_t at) noexcept;
  [[nodiscard]] bool line_end_at(std::size_t at) const noexcept {
    return text_[at] == '\n' || text_[at] == '\r';
  }

  std::string_view text_;
  Dialect limits_;
  std::size_t keep_;
  Scanner scan_;
  std::size_t position_ = 0;
  std::uint64_t lines_ = 0, rows_ = 0;
};

/// What the field says: without quotes, doubled ones single. `scratch` holds the text if it had to
/// be made.
[[nodiscard]] std::string_view contents(std::string_view text, const Field& field,
                                        std::string& scratch);

/// Line and column of a place inside a row, as an editor counts them.
struct Place {
  std::uint64_t line, column;
};
[[nodiscard]] Place place_of(std::string_view text, const Row& row, std::size_t position) noexcept;

}  // namespace rapport::io::detail

#endif  // RAPPORT_IO_DETAIL_TOKENIZER_HPP
