#include <rapport/io/utf8.hpp>
#include <rapport/relationship/definition.hpp>

#include "json_text.hpp"

namespace rapport::io::json {

std::string quoted_safely(std::string_view text) {
  std::string clean;
  for (;;) {
    const std::size_t malformed = first_malformed(text);
    clean += text.substr(0, malformed);
    if (malformed == text.size()) return json::quoted(clean);
    clean += "\xEF\xBF\xBD";
    text.remove_prefix(malformed + 1);
  }
}

std::string line_at(int level) {
  return '\n' + std::string(static_cast<std::size_t>(2 * level), ' ');
}

Object Object::on_one_line(std::string place) {
  Object object;
  object.place_ = std::move(place);
  return object;
}

Object Object::on_lines(std::string place, int level) {
  Object object = on_one_line(std::move(place));
  object.begin_ = line_at(level + 1);
  object.separator_ = ',' + object.begin_;
  object.end_ = line_at(level);
  return object;
}

void Object::check(std::string_view key, std::string_view value) const {
  const std::size_t malformed = first_malformed(value);
  if (malformed == value.size()) return;
  throw relationship::DefinitionError(
      *place_ + '/' + pointer_part(key),
      "is not well-formed UTF-8, or holds a NUL, at byte " + std::to_string(malformed + 1));
}

}  // namespace rapport::io::json
