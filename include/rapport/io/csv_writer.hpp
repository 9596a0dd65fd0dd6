#ifndef RAPPORT_IO_CSV_WRITER_HPP
#define RAPPORT_IO_CSV_WRITER_HPP

/// \file
/// CSV written so that it reads back as it was, and so that no spreadsheet runs it.

#include <rapport/core/money.hpp>

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

namespace rapport::io {

struct WriterOptions {
  char delimiter = ',';  ///< ',', ';' or TAB
  /// A text that a spreadsheet would run as a formula gets an apostrophe in front: see
  /// guarded(). Numbers are never changed.
  bool guard_text = true;
};

/// Writes a table field by field, lines ended by LF. Into a file, it is written under another name
/// (PATH.tmp) and takes its own in finish(): a half-written file never stands under PATH.
///
///     CsvWriter csv("scores.csv");
///     csv.text("customer_id"); csv.text("clv"); csv.end_row();
///     csv.number(7);           csv.number(12.5); csv.end_row();
///     csv.finish();
class CsvWriter {
 public:
  /// A PATH that is no ordinary file ("/dev/stdout") is written to directly; a symbolic link stays
  /// one, its target is replaced.
  /// \throws std::system_error that names the path, std::invalid_argument for a bad delimiter.
  explicit CsvWriter(const std::string& path, const WriterOptions& options = {});
  /// \pre the stream outlives the writer.
  explicit CsvWriter(std::ostream& out, const WriterOptions& options = {});
  CsvWriter(CsvWriter&&) noexcept;
  CsvWriter& operator=(CsvWriter&&) noexcept;
  /// Without finish() nothing is left under PATH but what was there before.
  ~CsvWriter();

  /// A text, in quotes where it needs them.
  void text(std::string_view text);
  /// The shortest decimal that reads back as the same double; `nan`, `inf`, `-inf`.
  void number(double value);
  void number(std::int64_t value);
  void number(int value) { number(std::int64_t{value}); }
  void number(std::uint32_t value) { number(std::int64_t{value}); }
  /// Minor units as a decimal: `12.34`.
  void amount(std::int64_t minor, const core::Currency& currency);
  void empty();
  void end_row();

  /// Writes what is left, hands it to the disk and gives the file its name. To be called once, at
  /// the end.
  /// \throws std::system_error if something could not be written; PATH is then as it was before.
  void finish();

 private:
  struct State;
  void field(std::string_view plain);  // which needs no quotes
  std::unique_ptr<State> state_;
};

/// The text as a cell that no spreadsheet takes for a formula: with an apostrophe in front if,
/// after spaces, no-break spaces and line ends, or at the begin of one of its lines, there is
/// '=', '+', '-' or '@' (their full-width forms, too), or if it begins with a TAB or line end.
/// Apostrophes that stand before such a text already get one more: unguarded() undoes it exactly.
[[nodiscard]] std::string guarded(std::string_view text);
[[nodiscard]] std::string unguarded(std::string_view cell);

}  // namespace rapport::io

#endif  // RAPPORT_IO_CSV_WRITER_HPP
