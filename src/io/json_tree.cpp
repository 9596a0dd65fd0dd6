#include "json_tree.hpp"

#include <rapport/io/utf8.hpp>
#include <rapport/relationship/definition.hpp>

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

namespace rapport::io::json {
namespace {

namespace bj = boost::json;
using relationship::DefinitionError;

// Builds the tree from the parser's events. A mistake that only we mind is kept in `mistake` and
// stops the parser.
class Builder {
 public:
  // What the parser asks of its handler.
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }

  bool on_array_begin(bj::error_code&) { return open(Value::Array{}); }
  bool on_array_end(std::size_t, bj::error_code&) { return close(); }
  bool on_object_begin(bj::error_code&) { return open(Value::Object{}); }
  bool on_object_end(std::size_t, bj::error_code&) { return close(); }

  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) { return gather(part); }
  bool on_string(bj::string_view part, std::size_t, bj::error_code& error) {
    gather(part);
    if (text_.find('\0') != std::string::npos) return fail("a text may not hold a NUL", error);
    return add(std::exchange(text_, {}));
  }

  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) { return gather(part); }
  bool on_key(bj::string_view part, std::size_t, bj::error_code& error) {
    gather(part);
    if (text_.find('\0') != std::string::npos) return fail("a key may not hold a NUL", error);
    auto& frame = frames_.back();
    frame.key = std::exchange(text_, {});
    if (!frame.keys.insert(frame.key).second) return fail("this key stands here twice", error);
    return true;
  }

  bool on_number_part(bj::string_view part, bj::error_code&) { return gather(part); }
  bool on_int64(std::int64_t, bj::string_view part, bj::error_code& error) {
    return add_number(part, error);
  }
  bool on_uint64(std::uint64_t, bj::string_view part, bj::error_code& error) {
    return add_number(part, error);
  }
  bool on_double(double, bj::string_view part, bj::error_code& error) {
    return add_number(part, error);
  }

  bool on_bool(bool value, bj::error_code&) { return add(value); }
  bool on_null(bj::error_code&) { return add(nullptr); }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

  [[nodiscard]] Value take() { return std::move(root_); }
  [[nodiscard]] const std::string& mistake() const noexcept { return mistake_; }

  // Where the parser is.
  [[nodiscard]] std::string pointer() const {
    std::string pointer;
    for (const auto& frame : frames_) {
      if (const auto* array = std::get_if<Value::Array>(&frame.value.content)) {
        pointer += '/' + std::to_string(array->size());
      } else if (!frame.key.empty() || !frame.keys.empty()) {
        pointer += '/' + pointer_part(frame.key);
      }
    }
    return pointer;
  }

 private:
  // An array or object that is not yet closed.
  struct Frame {
    Value value = {};
    std::string key = {};             // the last one read
    std::set<std::string> keys = {};  // all so far
  };

  bool gather(bj::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }

  template <class Content>
  bool open(Content content) {
    frames_.emplace_back();
    frames_.back().value.content = std::move(content);
    return true;
  }

  bool close() {
    Value value = std::move(frames_.back().value);
    frames_.pop_back();
    return add(std::move(value.content));
  }

  template <class Content>
  bool add(Content&& content) {
    Value value;
    value.content = std::forward<Content>(content);
    if (frames_.empty()) {
      root_ = std::move(value);
      return true;
    }
    auto& frame = frames_.back();
    if (auto* array = std::get_if<Value::Array>(&frame.value.content)) {
      array->push_back(std::move(value));
    } else {
      std::get<Value::Object>(frame.value.content).push_back({frame.key, std::move(value)});
    }
    return true;
  }

  // The parser's own number may be an ulp off.
  bool add_number(bj::string_view part, bj::error_code& error) {
    gather(part);
    const std::string digits = std::exchange(text_, {});
    double value = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (problem != std::errc{} || end != digits.data() + digits.size()) {
      return fail("this number is too large for a double, or too small", error);
    }
    return add(value);
  }

  bool fail(std::string mistake, bj::error_code& error) {
    mistake_ = std::move(mistake);
    error = bj::error::syntax;
    return false;
  }

  Value root_;
  std::vector<Frame> frames_;
  std::string text_;
  std::string mistake_;
};

// "line 3, column 17".
std::string line_and_column(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t newline = before.rfind('\n');
  const std::string_view line =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  const auto column = std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  });
  return "line " + std::to_string(lines + 1) + ", column " + std::to_string(column + 1);
}

std::string text_of(const bj::error_code& error, const Limits& limits) {
  if (error == bj::error::incomplete) return "the text ends before its value does";
  if (error == bj::error::too_deep) {
    return "arrays and objects are nested more than " + std::to_string(limits.depth) + " deep";
  }
  if (error == bj::error::extra_data) return "the text goes on after its value";
  return "this is not JSON (" + error.message() + ")";
}

}  // namespace

Value parse(std::string_view text, const Limits& limits) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.substr(0, byte_order_mark.size()) == byte_order_mark) {
    text.remove_prefix(byte_order_mark.size());
  }
  const std::string_view seen = text.substr(0, limits.bytes);
  bj::parse_options options;
  options.max_depth = limits.depth;
  bj::basic_parser<Builder> parser(options);
  bj::error_code error;
  // A text that is cut at the limit is never "incomplete" before that.
  std::size_t read = parser.write_some(seen.size() < text.size(), seen.data(), seen.size(), error);
  std::string problem;
  if (!parser.handler().mistake().empty()) {
    problem = parser.handler().mistake();
  } else if (error) {
    problem = text_of(error, limits);
  } else if (read < seen.size()) {
    problem = text_of(bj::error::extra_data, limits);
  } else if (seen.size() < text.size()) {
    problem = "the text has more than " + std::to_string(limits.bytes) + " bytes";
  }
  if (problem.empty()) return parser.handler().take();
  throw DefinitionError(parser.handler().pointer(), line_and_column(text, read) + ": " + problem);
}

std::string pointer_part(std::string_view key) {
  std::string part;
  // Keys come from anywhere, and messages are one line.
  for (const char c : excerpt(key)) {
    if (c == '~') {
      part += "~0";
    } else if (c == '/') {
      part += "~1";
    } else {
      part += c;
    }
  }
  return part;
}

std::string quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace rapport::io::json
