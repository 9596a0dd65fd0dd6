#ifndef RAPPORT_CORE_ENUM_NAMES_HPP
#define RAPPORT_CORE_ENUM_NAMES_HPP

/// \file
/// Enumerations whose values have names in files and on pages. Beside such an enumeration stands
///
///     constexpr auto names_of(Department) { return std::to_array<std::string_view>({...}); }
///
/// with the name of each value from 0 on.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace rapport::core {

/// An enumeration with names.
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E value) {
  std::string_view(names_of(value)[0]);
};

/// The name of the value.
template <NamedEnum E>
[[nodiscard]] constexpr std::string_view to_text(E value) noexcept {
  return names_of(value)[static_cast<std::size_t>(value)];
}

/// The value of that name; nothing for any other text.
template <NamedEnum E>
[[nodiscard]] constexpr std::optional<E> from_text(std::string_view name) noexcept {
  const auto names = names_of(E{});
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

/// All names, for messages: "marketing, sales, service".
template <NamedEnum E>
[[nodiscard]] std::string names_listed() {
  std::string list;
  for (const std::string_view name : names_of(E{})) {
    if (name.empty()) continue;
    if (!list.empty()) list += ", ";
    list += name;
  }
  return list;
}

}  // namespace rapport::core

#endif  // RAPPORT_CORE_ENUM_NAMES_HPP
