#ifndef RAPPORT_SRC_IO_JSON_MEMBERS_HPP
#define RAPPORT_SRC_IO_JSON_MEMBERS_HPP

/// \file
/// Objects of JSON with members that are known: what is unknown, missing or of the wrong kind is an
/// error that names its place.

#include <rapport/core/check.hpp>
#include <rapport/core/enum_names.hpp>
#include <rapport/core/time.hpp>
#include <rapport/io/utf8.hpp>
#include <rapport/relationship/definition.hpp>

#include "json_tree.hpp"

#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rapport::io::json {

/// A name for each kind of value.
[[nodiscard]] inline std::string_view kind_of(const Value& value) {
  static constexpr auto names = std::to_array<std::string_view>(
      {"null", "true or false", "a number", "a text", "an array", "an object"});
  return names[value.content.index()];
}

/// What the value holds. \throws relationship::DefinitionError at `place` if it is no `kind`.
template <class T>
[[nodiscard]] const T& as(const Value& value, const std::string& place, std::string_view kind) {
  if (const auto* content = std::get_if<T>(&value.content)) return *content;
  throw relationship::DefinitionError(
      place, "must be " + std::string(kind) + ", but is " + std::string(kind_of(value)));
}

/// Names with commas between them, for messages.
template <class Names>
[[nodiscard]] std::string listed(const Names& names) {
  std::string list;
  for (const std::string_view name : names) {
    if (!list.empty()) list += ", ";
    list += name;
  }
  return list;
}

/// The members of an object, all of them known; errors name the place.
class Members {
 public:
  Members(const Value& value, std::string place, std::initializer_list<std::string_view> known)
      : place_(std::move(place)), members_(as<Value::Object>(value, place_, "an object")) {
    for (const auto& member : members_) {
      bool found = false;
      for (const auto name : known) found = found || name == member.key;
      if (!found) {
        throw relationship::DefinitionError(place_of(member.key),
                                            "there is no such member; there are: " + listed(known));
      }
    }
  }

  [[nodiscard]] std::string place_of(std::string_view key) const {
    return place_ + '/' + json::pointer_part(key);
  }

  [[nodiscard]] const Value* find(std::string_view key) const {
    for (const auto& member : members_) {
      if (member.key == key) return &member.value;
    }
    return nullptr;
  }

  [[nodiscard]] const Value& at(std::string_view key) const {
    if (const auto* value = find(key)) return *value;
    throw relationship::DefinitionError(place_, "lacks the member \"" + std::string(key) + '"');
  }

  [[nodiscard]] const std::string& text(std::string_view key) const {
    return as<std::string>(at(key), place_of(key), "a text");
  }
  [[nodiscard]] double number(std::string_view key) const {
    return as<double>(at(key), place_of(key), "a number");
  }
  [[nodiscard]] int whole(std::string_view key) const {
    const double value = number(key);
    if (value != std::floor(value) || std::abs(value) > std::numeric_limits<int>::max()) {
      throw relationship::DefinitionError(
          place_of(key), "is " + core::to_text(value) + ", but must be a whole number");
    }
    return static_cast<int>(value);
  }
  [[nodiscard]] core::Day day(std::string_view key) const {
    const std::string& value = text(key);
    try {
      return core::as_of(value).day();
    } catch (const std::invalid_argument&) {
      throw relationship::DefinitionError(place_of(key),
                                          '"' + excerpt(value) + "\" is no day as in 2024-03-01");
    }
  }
  template <class E>
  [[nodiscard]] E named(std::string_view key) const {
    const std::string& value = text(key);
    if (const auto found = core::from_text<E>(value)) return *found;
    throw relationship::DefinitionError(
        place_of(key), '"' + excerpt(value) + "\" is none of these: " + core::names_listed<E>());
  }

  /// Each leaves `to` as it is where the member is left out.
  void read(std::string_view key, std::string& to) const {
    if (find(key) != nullptr) to = text(key);
  }
  template <core::NamedEnum E>
  void read(std::string_view key, E& to) const {
    if (find(key) != nullptr) to = named<E>(key);
  }
  void read(std::string_view key, std::optional<double>& to) const {
    if (find(key) != nullptr) to = number(key);
  }
  void read(std::string_view key, std::optional<core::Day>& to) const {
    if (find(key) != nullptr) to = day(key);
  }
  /// The elements of an array, each by read_one(element, place).
  template <class T, class ReadOne>
  void read(std::string_view key, std::vector<T>& to, const ReadOne& read_one) const {
    const auto* value = find(key);
    if (value == nullptr) return;
    const auto& array = as<Value::Array>(*value, place_of(key), "an array");
    to.reserve(array.size());
    for (const auto& element : array) {
      to.push_back(read_one(element, place_of(key) + '/' + std::to_string(to.size())));
    }
  }

 private:
  std::string place_;
  const Value::Object& members_;
};

}  // namespace rapport::io::json

#endif  // RAPPORT_SRC_IO_JSON_MEMBERS_HPP
