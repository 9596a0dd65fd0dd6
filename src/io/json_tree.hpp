#ifndef RAPPORT_SRC_IO_JSON_TREE_HPP
#define RAPPORT_SRC_IO_JSON_TREE_HPP

/// \file
/// JSON (RFC 8259) as a tree, for readers that trust nobody: nesting and size have limits, keys may
/// not repeat, numbers are the nearest doubles, and every error names its place. Boost.JSON does
/// the parsing; its own tree keeps the last of repeated keys and, in 1.81, rounds numbers freely.

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rapport::io::json {

struct Member;

/// A value: null, true or false, a number (always finite), a text, an array or an object. Texts
/// and keys are well-formed UTF-8 without NUL. Members stand in the order of the file.
struct Value {
  using Array = std::vector<Value>;
  using Object = std::vector<Member>;

  std::variant<std::nullptr_t, bool, double, std::string, Array, Object> content;
};

struct Member {
  std::string key;
  Value value;
};

struct Limits {
  std::size_t depth = 32;                    ///< arrays and objects within each other
  std::size_t bytes = std::size_t{1} << 20;  ///< of the whole text
};

/// Reads one value. O(n), but for keys: O(log m) each in an object of m. Nothing beyond the limits
/// is looked at.
/// \throws relationship::DefinitionError whose place is a JSON pointer and whose text begins with
/// line and column, both from 1; columns count code points.
[[nodiscard]] Value parse(std::string_view text, const Limits& limits = {});

/// A key as a part of a JSON pointer: ~ and / escaped.
[[nodiscard]] std::string pointer_part(std::string_view key);

/// A text as JSON, in quotes. \pre it is well-formed UTF-8.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace rapport::io::json

#endif  // RAPPORT_SRC_IO_JSON_TREE_HPP
