#ifndef RAPPORT_IO_DIALECT_HPP
#define RAPPORT_IO_DIALECT_HPP

/// \file
/// How a CSV file spells what it says: what parts fields, how numbers are written, what is too
/// long to be meant.

#include <cstddef>
#include <cstdint>

namespace rapport::io {

/// Which digits numbers and dates may be written with.
enum class Digits : std::uint8_t {
  ascii,
  /// ASCII, Persian (U+06F0 to U+06F9) and Arabic-Indic (U+0660 to U+0669) ones, the decimal
  /// separator U+066B and the thousands separator U+066C.
  native,
};

/// The grammar is RFC 4180: fields in quotes may hold delimiters, line ends and doubled quotes.
/// Lines end with LF, CRLF or CR, the last one with or without. A byte order mark and blank lines
/// are skipped. Nothing about numbers is guessed: "1,5" is 1.5 only where the decimal mark is ','.
struct Dialect {
  static constexpr char automatic = '\0';
  static constexpr char none = '\0';

  /// ',', ';' or TAB; `automatic` takes the one that occurs most often in the header line.
  char delimiter = automatic;
  char decimal_mark = '.';  ///< '.' or ','
  /// Between groups of three digits: ',', '.', ' ', an apostrophe, or `none`.
  char group_mark = none;
  Digits digits = Digits::ascii;

  std::size_t max_field_bytes = std::size_t{1} << 20;  ///< quotes included
  std::size_t max_row_bytes = std::size_t{1} << 24;
  std::size_t max_columns = 4096;
};

/// \throws std::invalid_argument that names the first setting that is none of those above, or a
/// group mark that is the decimal mark too.
void check(const Dialect& dialect);

}  // namespace rapport::io

#endif  // RAPPORT_IO_DIALECT_HPP
