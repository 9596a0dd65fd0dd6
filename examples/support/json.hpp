#ifndef RAPPORT_EXAMPLES_SUPPORT_JSON_HPP
#define RAPPORT_EXAMPLES_SUPPORT_JSON_HPP

/// \file
/// A JSON object written key by key. Boost.JSON would write the shortest digits, always with an
/// exponent, and NaN as a number that overflows; here numbers have 17 digits and NaN is null.

#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

namespace examples {

/// 17 significant digits, which tell every double from its neighbours; `nan` and `inf` as such.
inline std::string digits_17(double value) {
  if (std::isnan(value)) return "nan";  // never -nan
  char buffer[40];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 17).ptr;
  return {buffer, end};
}

/// An object whose keys stand in the order of writing.
class Json {
 public:
  Json& number(std::string_view key, double value) {
    return raw(key, std::isfinite(value) ? digits_17(value) : "null");
  }
  Json& boolean(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
  Json& object(std::string_view key, const Json& value) { return raw(key, value.str()); }
  /// The keys of the other object after those of this one.
  Json& append(const Json& other) {
    if (!body_.empty() && !other.body_.empty()) body_ += ", ";
    body_ += other.body_;
    return *this;
  }
  /// Control characters become spaces.
  Json& text(std::string_view key, std::string_view value) {
    std::string quoted = "\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return raw(key, quoted + '"');
  }

  [[nodiscard]] std::string str() const { return '{' + body_ + '}'; }

 private:
  Json& raw(std::string_view key, const std::string& value) {
    if (!body_.empty()) body_ += ", ";
    body_.append("\"").append(key).append("\": ").append(value);
    return *this;
  }

  std::string body_;
};

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_JSON_HPP
