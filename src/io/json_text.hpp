#ifndef RAPPORT_SRC_IO_JSON_TEXT_HPP
#define RAPPORT_SRC_IO_JSON_TEXT_HPP

/// \file
/// JSON written member by member, in the order of writing. Boost.JSON would write every number with
/// an exponent and NaN as one that overflows; here numbers are the shortest decimals that read
/// back, and what is no number is null.

#include <rapport/core/check.hpp>
#include <rapport/core/time.hpp>

#include "json_tree.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport::io::json {

/// Malformed UTF-8 becomes U+FFFD, so that a card of odd data is JSON all the same.
[[nodiscard]] std::string quoted_safely(std::string_view text);

/// A line break, and the indentation of a level.
[[nodiscard]] std::string line_at(int level);

/// An object on one line, or with each member on a line of its own.
class Object {
 public:
  /// On one line; texts as quoted_safely() writes them.
  Object() = default;
  /// For readers that trust nobody: text() throws a relationship::DefinitionError for malformed
  /// UTF-8, which names `place`, a JSON pointer to this object, and the key.
  [[nodiscard]] static Object on_one_line(std::string place);
  /// The same, but on lines of their own, the members at `level` + 1.
  [[nodiscard]] static Object on_lines(std::string place, int level);

  Object& raw(std::string_view key, std::string_view value) {
    body_.append(body_.empty() ? begin_ : separator_).append(quoted(key)).append(": ");
    body_.append(value);
    return *this;
  }
  Object& text(std::string_view key, std::string_view value) {
    if (place_) check(key, value);
    return raw(key, quoted_safely(value));
  }
  Object& number(std::string_view key, double value) {
    return raw(key, std::isfinite(value) ? core::to_text(value) : "null");
  }
  Object& integer(std::string_view key, std::int64_t value) {
    return raw(key, std::to_string(value));
  }
  Object& boolean(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
  Object& day(std::string_view key, core::Day value) { return text(key, core::to_text(value)); }
  Object& day(std::string_view key, const std::optional<core::Day>& value) {
    return value ? day(key, *value) : raw(key, "null");
  }
  /// Left out where there is nothing to say.
  Object& optional(std::string_view key, std::string_view value) {
    return value.empty() ? *this : text(key, value);
  }
  Object& optional(std::string_view key, const std::optional<double>& value) {
    return value ? number(key, *value) : *this;
  }
  Object& optional(std::string_view key, const std::optional<core::Day>& value) {
    return value ? day(key, *value) : *this;
  }
  Object& object(std::string_view key, const Object& value) { return raw(key, value.str()); }
  /// An array: `written` turns each element into JSON.
  template <class Elements, class Write>
  Object& list(std::string_view key, const Elements& elements, const Write& written) {
    std::string array = "[";
    for (const auto& element : elements) {
      if (array.size() > 1) array += ", ";
      array += written(element);
    }
    return raw(key, array + ']');
  }

  [[nodiscard]] std::string str() const { return '{' + body_ + end_ + '}'; }

 private:
  void check(std::string_view key, std::string_view value) const;

  std::string begin_, separator_ = ", ", end_;
  std::optional<std::string> place_;
  std::string body_;
};

}  // namespace rapport::io::json

#endif  // RAPPORT_SRC_IO_JSON_TEXT_HPP
