#include <rapport/io/utf8.hpp>

#include "table.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace rapport::io::detail {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// The candidate that occurs most often outside quotes in the first line that is not blank; the
// comma if none does.
char delimiter_of(std::string_view text, std::size_t limit) {
  constexpr std::array candidates = {',', ';', '\t'};
  std::array<std::size_t, candidates.size()> counts{};
  bool quoted = false, blank = true;
  for (const char c : text.substr(0, limit)) {
    const bool line_end = c == '\n' || c == '\r';
    if (line_end && !quoted && !blank) break;
    blank = blank && line_end;
    if (c == '"') quoted = !quoted;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (!quoted && c == candidates[i]) ++counts[i];
    }
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return candidates[static_cast<std::size_t>(most - counts.begin())];
}

std::string_view without_spaces(std::string_view name) {
  const auto first = name.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return name.substr(first, name.find_last_not_of(" \t") - first + 1);
}

bool same_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// `"a", "b"`; the first few of very many.
std::string list(const std::vector<std::string>& names) {
  constexpr std::size_t most = 40;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) {
    text.append(i == 0 ? "\"" : ", \"").append(excerpt(names[i])).append("\"");
  }
  if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
  return text;
}

}  // namespace

Table::Table(Input input, const Dialect& dialect)
    : input_(std::move(input)), text_(input_.bytes()), dialect_(dialect) {
  check(dialect);
  if (text_.substr(0, byte_order_mark.size()) == byte_order_mark) {
    text_.remove_prefix(byte_order_mark.size());
  }
  if (dialect_.delimiter == Dialect::automatic) {
    dialect_.delimiter = delimiter_of(text_, dialect_.max_row_bytes);
  }
  Tokenizer tokenizer(text_, dialect_, dialect_.max_columns);
  Row row;
  if (!tokenizer.next(row)) {
    throw_bad_header("it is empty, but must begin with a line that names the columns");
  }
  if (row.refused == core::Reason::bad_encoding) {
    throw_bad_header("the header is not UTF-8 text (" + excerpt(text_.substr(row.begin, 60)) +
                     "): save the file as plain CSV in UTF-8, and unpack it if it is compressed");
  }
  if (row.refused) {
    throw_bad_header("line " + std::to_string(row.line) +
                     ", the header: " + std::string(core::to_text(*row.refused)));
  }
  if (row.count > dialect_.max_columns) {
    throw_bad_header("the header has " + std::to_string(row.count) +
                     " columns, but Dialect::max_columns is " +
                     std::to_string(dialect_.max_columns));
  }
  std::string scratch;
  for (const Field& field : row.fields) {
    header_.emplace_back(without_spaces(contents(text_, field, scratch)));
  }
  begin_ = tokenizer.position();
  lines_before_ = tokenizer.lines();
}

void Table::throw_bad_header(const std::string& what) const {
  throw std::invalid_argument("cannot read \"" + input_.name() + "\" as CSV: " + what);
}

std::optional<std::size_t> Table::find(std::string_view column) const {
  const auto search = [&](const auto& same) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (!same(header_[i], column)) continue;
      if (found) {
        throw_bad_header("several columns are named \"" + std::string(column) +
                         "\": name them apart in the header");
      }
      found = i;
    }
    return found;
  };
  const auto exact = search([](std::string_view a, std::string_view b) { return a == b; });
  return exact ? exact : search(same_but_for_case);
}

void Table::throw_missing(const std::vector<std::string>& columns) const {
  std::string text = "no column " + list(columns) + " in \"" + input_.name() + "\", which has ";
  text += list(header_);
  text += " (parted by ";
  text += dialect_.delimiter == '\t' ? "TAB" : std::string("'") + dialect_.delimiter + "'";
  text += "): rename the column or say which one to use";
  throw std::invalid_argument(text);
}

std::optional<core::Refusal> Table::refusal(const Row& row) const {
  core::Refusal refusal;
  std::size_t begin = row.begin, end = row.end;
  if (row.refused) {
    refusal.reason = *row.refused;
    begin = row.fault;
  } else if (row.count < header_.size()) {
    refusal.reason = core::Reason::missing_field;
    refusal.field = header_[row.count];
    begin = row.end;
  } else if (row.count > header_.size()) {
    // Only the fields of the header are kept: the first one too many follows the last of them.
    refusal.reason = core::Reason::extra_field;
    begin = row.fields.back().end + 1;
  } else {
    return std::nullopt;
  }
  const Place place = place_of(text_, row, begin);
  refusal.row = row.row;
  refusal.line = place.line;
  refusal.column = place.column;
  refusal.text =
      excerpt(text_.substr(begin, std::min<std::size_t>(end - std::min(begin, end), 100)));
  return refusal;
}

core::Refusal Table::refusal(const Row& row, core::Reason reason, std::size_t column) const {
  const Field& field = row.fields[column];
  const Place place = place_of(text_, row, field.begin);
  std::string scratch;
  return {.reason = reason,
          .row = row.row,
          .line = place.line,
          .column = place.column,
          .field = header_[column],
          .text = excerpt(contents(text_, field, scratch))};
}

}  // namespace rapport::io::detail
