#ifndef RAPPORT_TESTS_SUPPORT_CSV_REFERENCE_HPP
#define RAPPORT_TESTS_SUPPORT_CSV_REFERENCE_HPP

/// \file
/// RFC 4180 byte by byte, as slow and as plain as can be, to hold the tokenizer to.

#include <rapport/core/refusals.hpp>
#include <rapport/io/detail/tokenizer.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport::tests {

struct CsvRow {
  std::uint64_t line = 0;
  std::optional<core::Reason> refused = {};
  std::vector<std::string> fields = {};  ///< empty if refused

  friend bool operator==(const CsvRow&, const CsvRow&) = default;
};

/// Unicode 15.0, Table 3-7, by decoding; NUL does not count as well formed here.
inline bool is_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t k) {
      return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U;
    };
    const unsigned first = byte(i);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xC0 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF8 ? 4
                                              : 0;
    if (length == 0 || first == 0) return false;
    unsigned code = length == 1 ? first : first & (0x7FU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xC0U) != 0x80) return false;
      code = code << 6 | (byte(i + k) & 0x3FU);
    }
    constexpr unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    i += length;
  }
  return true;
}

/// The rows of a text without byte order mark.
inline std::vector<CsvRow> reference_rows(std::string_view text, char delimiter,
                                          std::size_t max_field_bytes) {
  const auto line_end = [&](std::size_t i) {  // bytes of the line end at i, 0 if there is none
    if (text[i] == '\n') return std::size_t{1};
    if (text[i] != '\r') return std::size_t{0};
    return std::size_t{i + 1 < text.size() && text[i + 1] == '\n' ? 2U : 1U};
  };
  std::vector<CsvRow> rows;
  std::size_t position = 0;
  std::uint64_t line = 1;
  while (position < text.size()) {
    if (const std::size_t end = line_end(position); end > 0) {  // a blank line
      position += end;
      ++line;
      continue;
    }
    enum class In { begin, bare, quotes, after_quotes } state = In::begin;
    CsvRow row{.line = line};
    std::string field;
    std::size_t i = position, field_begin = position, lines_inside = 0;
    const auto close_field = [&](std::size_t end) {
      if (end - field_begin > max_field_bytes) row.refused = core::Reason::too_long;
      row.fields.push_back(field);
      field.clear();
      field_begin = i + 1;
      state = In::begin;
    };
    bool ended = false;
    for (; i < text.size() && !ended && !row.refused; ++i) {
      const char c = text[i];
      if (state == In::quotes) {
        if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
          field += c;
          ++i;
        } else if (c == '"') {
          state = In::after_quotes;
        } else {
          if (c == '\n' || (c == '\r' && line_end(i) == 1)) ++lines_inside;
          field += c;
        }
        if (i - field_begin > max_field_bytes) row.refused = core::Reason::too_long;
      } else if (c == delimiter) {
        close_field(i);
      } else if (line_end(i) > 0) {
        close_field(i);
        ended = true;
        if (line_end(i) == 2) ++i;
      } else if (c == '"' && state == In::begin) {
        state = In::quotes;
      } else if (c == '"' || state == In::after_quotes) {
        row.refused = core::Reason::bad_quoting;
      } else {
        state = In::bare;
        field += c;
      }
    }
    if (!ended && !row.refused) {
      if (state == In::quotes) {
        row.refused = text.size() - field_begin > max_field_bytes ? core::Reason::too_long
                                                                  : core::Reason::bad_quoting;
      } else {
        close_field(text.size());
      }
    }
    if (row.refused) {  // go on at the next line
      i = position;
      while (i < text.size() && line_end(i) == 0) ++i;
      if (i < text.size()) i += line_end(i);
      lines_inside = 0;
    } else if (!is_text(text.substr(position, i - position))) {
      row.refused = core::Reason::bad_encoding;
    }
    if (row.refused) row.fields.clear();
    rows.push_back(row);
    line += 1 + lines_inside;
    position = i;
  }
  return rows;
}

/// The next row if it is a plain one of up to three fields.
inline std::optional<CsvRow> plain_row(std::string_view text, io::detail::Tokenizer& tokenizer) {
  for (const std::size_t count : {1U, 2U, 3U}) {
    std::size_t begin = tokenizer.position();
    const std::uint64_t line = tokenizer.lines() + 1;
    std::vector<std::size_t> ends(count);
    if (!tokenizer.next_plain(ends)) continue;
    // Read by both ways in turns: what is put back must be read as if it had not been.
    if (tokenizer.rows() % 2 == 0) {
      tokenizer.put_back(begin);
      return std::nullopt;
    }
    CsvRow row{.line = line, .refused = {}};
    for (const std::size_t end : ends) {
      row.fields.emplace_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    return row;
  }
  return std::nullopt;
}

/// The same by the library's tokenizer, plain rows by the way meant for them.
inline std::vector<CsvRow> tokenized_rows(std::string_view text, const io::Dialect& dialect) {
  io::detail::Tokenizer tokenizer(text, dialect, 1000);
  io::detail::Row row;
  std::vector<CsvRow> rows;
  for (;;) {
    if (auto plain = plain_row(text, tokenizer)) {
      rows.push_back(std::move(*plain));
      continue;
    }
    if (!tokenizer.next(row)) break;
    rows.push_back({.line = row.line, .refused = row.refused});
    if (row.refused) continue;
    for (const auto& field : row.fields) {
      std::string scratch;
      rows.back().fields.emplace_back(io::detail::contents(text, field, scratch));
    }
  }
  return rows;
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_CSV_REFERENCE_HPP
