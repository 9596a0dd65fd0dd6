#include <rapport/io/utf8.hpp>

#include "json_text.hpp"

namespace rapport::io::json {

std::string quoted_safely(std::string_view text) {
  std::string clean;
  for (;;) {
    const std::size_t malformed = first_malformed(text);
    clean += text.substr(0, malformed);
    if (malformed == text.size()) return quoted(clean);
    clean += "\xEF\xBF\xBD";
    text.remove_prefix(malformed + 1);
  }
}

}  // namespace rapport::io::json
