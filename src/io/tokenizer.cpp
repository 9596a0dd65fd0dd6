#include <rapport/io/detail/tokenizer.hpp>
#include <rapport/io/utf8.hpp>

namespace rapport::io::detail {

void Tokenizer::seek(std::size_t position) noexcept {
  position_ = position;
  lines_ = 0;
  rows_ = 0;
  scan_.seek(position);
}

bool Tokenizer::next(Row& row) {
  while (position_ < text_.size()) {
    if (read(row) == Outcome::blank) continue;
    row.row = ++rows_;
    return true;
  }
  return false;
}

bool Tokenizer::next_plain(std::span<std::size_t> ends) noexcept {
  std::size_t field = 0, at = 0;
  for (; field < ends.size(); ++field) {
    at = scan_.next();
    if (at == text_.size() || text_[at] != limits_.delimiter) break;
    ends[field] = at;
  }
  const bool line_end =
      field + 1 == ends.size() && at < text_.size() &&
      (text_[at] == '\n' || (text_[at] == '\r' && at + 1 < text_.size() && text_[at + 1] == '\n'));
  const std::size_t size = at - position_;
  const bool plain = line_end && size > 0 && size <= limits_.max_field_bytes &&
                     size <= limits_.max_row_bytes && !scan_.suspect_since(position_);
  if (!plain) {
    scan_.seek(position_);
    return false;
  }
  ends[field] = at;
  end_line(at);
  ++rows_;
  return true;
}

void Tokenizer::put_back(std::size_t begin) noexcept {
  position_ = begin;
  --lines_;
  --rows_;
  scan_.seek(begin);
}

// The reader of one row. The scanner stands at its begin; it visits delimiters, quotes and line
// ends only.
Tokenizer::Outcome Tokenizer::read(Row& row) {
  row.begin = position_;
  row.line = lines_ + 1;
  row.count = 0;
  row.fields.clear();
  row.refused.reset();

  Field field{position_, 0, false, false};
  for (;;) {
    std::size_t at = scan_.next();
    if (at < text_.size() && text_[at] == '"') {
      if (at != field.begin) return refuse(row, core::Reason::bad_quoting, field.begin);
      if (!to_closing_quote(row, field)) return Outcome::refused;
      at = field.end;
      // Only the end of the field may follow; it is the next structural byte, so visit it.
      if (at < text_.size()) {
        if (text_[at] != limits_.delimiter && !line_end_at(at)) {
          return refuse(row, core::Reason::bad_quoting, field.begin);
        }
        at = scan_.next();
      }
    }
    field.end = at;
    if (at == row.begin && at < text_.size() && line_end_at(at)) {
      end_line(at);
      return Outcome::blank;
    }
    if (!keep(row, field)) return Outcome::refused;
    if (at == text_.size() || text_[at] != limits_.delimiter) {
      row.end = at;
      break;
    }
    field = {at + 1, 0, false, false};
  }

  if (row.end - row.begin > limits_.max_row_bytes) {
    return refuse(row, core::Reason::too_long, row.begin);
  }
  end_line(row.end);
  if (scan_.suspect_since(row.begin)) {
    const std::string_view bytes = text_.substr(row.begin, row.end - row.begin);
    const std::size_t fault = first_malformed(bytes);
    if (fault < bytes.size()) {
      row.refused = core::Reason::bad_encoding;
      row.fault = row.begin + fault;
      return Outcome::refused;
    }
  }
  return Outcome::whole;
}

// Sets field.end just after the closing quote. False, and the row refused, if there is none, or
// none within the limit.
bool Tokenizer::to_closing_quote(Row& row, Field& field) {
  field.quoted = true;
  for (;;) {
    const std::size_t at = scan_.next();
    if (at - field.begin > limits_.max_field_bytes) {
      refuse(row, core::Reason::too_long, field.begin);
      return false;
    }
    if (at == text_.size()) {
      refuse(row, core::Reason::bad_quoting, field.begin);
      return false;
    }
    if (text_[at] == '"') {
      if (at + 1 < text_.size() && text_[at + 1] == '"') {
        field.doubled = true;
        static_cast<void>(scan_.next());
      } else {
        field.end = at + 1;
        return true;
      }
    } else if (text_[at] == '\n' ||
               (text_[at] == '\r' && !(at + 1 < text_.size() && text_[at + 1] == '\n'))) {
      ++lines_;
    }
  }
}

// Counts the field and keeps its place. False, and the row refused, if it is beyond the limit.
bool Tokenizer::keep(Row& row, const Field& field) {
  if (field.end - field.begin > limits_.max_field_bytes) {
    refuse(row, core::Reason::too_long, field.begin);
    return false;
  }
  if (row.count++ < keep_) row.fields.push_back(field);
  return true;
}

Tokenizer::Outcome Tokenizer::refuse(Row& row, core::Reason reason, std::size_t fault) {
  row.refused = reason;
  row.fault = fault;
  lines_ = row.line - 1;
  scan_.seek(row.begin);
  std::size_t at = scan_.next();
  while (at < text_.size() && !line_end_at(at)) at = scan_.next();
  row.end = at;
  end_line(at);
  return Outcome::refused;
}

// The line ends at `at`, at CR, LF or the end of the text: go to the begin of the next one.
void Tokenizer::end_line(std::size_t at) noexcept {
  ++lines_;
  position_ = at;
  if (at == text_.size()) return;
  ++position_;
  if (text_[at] == '\r' && position_ < text_.size() && text_[position_] == '\n') {
    ++position_;
    static_cast<void>(scan_.next());
  }
}

std::string_view contents(std::string_view text, const Field& field, std::string& scratch) {
  if (!field.quoted) return text.substr(field.begin, field.end - field.begin);
  const std::string_view inside = text.substr(field.begin + 1, field.end - field.begin - 2);
  if (!field.doubled) return inside;
  scratch.clear();
  for (std::size_t i = 0; i < inside.size(); ++i) {
    scratch += inside[i];
    if (inside[i] == '"') ++i;
  }
  return scratch;
}

Place place_of(std::string_view text, const Row& row, std::size_t position) noexcept {
  Place place{row.line, 1};
  std::size_t line_begin = row.begin;
  for (std::size_t i = row.begin; i < position; ++i) {
    const bool ends =
        text[i] == '\n' || (text[i] == '\r' && !(i + 1 < text.size() && text[i + 1] == '\n'));
    if (!ends) continue;
    ++place.line;
    line_begin = i + 1;
  }
  place.column = position - line_begin + 1;
  return place;
}

}  // namespace rapport::io::detail
