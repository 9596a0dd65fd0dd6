#ifndef RAPPORT_EXAMPLES_SUPPORT_ARGUMENTS_HPP
#define RAPPORT_EXAMPLES_SUPPORT_ARGUMENTS_HPP

/// \file
/// Command lines of the example programs: `--name value` pairs and bare `--flags`, each known by
/// name. A wrong one is an error in one line that says what would be right.

#include <charconv>
#include <initializer_list>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace examples {

/// What the user asked for cannot be done as asked; the message is for the user.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Arguments {
 public:
  /// \throws UsageError for an unknown name, a missing value, or an option given twice.
  Arguments(int argc, char** argv, std::initializer_list<std::string_view> options,
            std::initializer_list<std::string_view> flags = {}) {
    const auto knows = [](std::initializer_list<std::string_view> names, std::string_view name) {
      for (const std::string_view known : names) {
        if (known == name) return true;
      }
      return false;
    };
    for (int i = 1; i < argc; ++i) {
      const std::string_view word = argv[i];
      const std::string_view name = word.substr(word.substr(0, 2) == "--" ? 2 : 0);
      const bool is_flag = knows(flags, name);
      if (name.size() == word.size() || !(is_flag || knows(options, name))) {
        std::string known;
        for (const auto option : options) known.append(" --").append(option);
        for (const auto flag : flags) known.append(" --").append(flag);
        throw UsageError(std::string(word) + " is not known; there are:" + known);
      }
      if (!is_flag && i + 1 == argc) throw UsageError(std::string(word) + " needs a value");
      const std::string_view value = is_flag ? std::string_view() : argv[++i];
      if (!values_.emplace(name, value).second) {
        throw UsageError(std::string(word) + " is given twice");
      }
    }
  }

  [[nodiscard]] bool has(std::string_view name) const { return values_.count(name) > 0; }

  [[nodiscard]] std::string text(std::string_view name, std::string_view otherwise) const {
    const auto found = values_.find(name);
    return std::string(found == values_.end() ? otherwise : found->second);
  }

  /// \throws UsageError if the option is not there.
  [[nodiscard]] std::string required(std::string_view name) const {
    if (!has(name)) throw UsageError("--" + std::string(name) + " is missing");
    return text(name, "");
  }

  /// \throws UsageError unless the value is a decimal number.
  [[nodiscard]] double number(std::string_view name, double otherwise) const {
    return has(name) ? parse<double>(name, text(name, ""), "a number") : otherwise;
  }

  /// \throws UsageError unless the value is a whole number.
  [[nodiscard]] int integer(std::string_view name, int otherwise) const {
    return has(name) ? parse<int>(name, text(name, ""), "a whole number") : otherwise;
  }

  /// The parts of `a,b,c`; none if the option is not there.
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const {
    std::vector<std::string> parts;
    if (!has(name)) return parts;
    for (std::string rest = text(name, "");;) {
      const auto comma = rest.find(',');
      parts.push_back(rest.substr(0, comma));
      if (comma == std::string::npos) return parts;
      rest.erase(0, comma + 1);
    }
  }

  /// The same as numbers. \throws UsageError unless each part is one.
  [[nodiscard]] std::vector<double> numbers(std::string_view name) const {
    std::vector<double> result;
    for (const std::string& part : list(name)) {
      result.push_back(parse<double>(name, part, "a number"));
    }
    return result;
  }

 private:
  template <class Number>
  static Number parse(std::string_view name, const std::string& value, std::string_view what) {
    Number number{};
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc{} || stop != end) {
      throw UsageError("--" + std::string(name) + " is \"" + value + "\", but must be " +
                       std::string(what));
    }
    return number;
  }

  std::map<std::string_view, std::string_view> values_;
};

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_ARGUMENTS_HPP
