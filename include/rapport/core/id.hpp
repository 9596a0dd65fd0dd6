#ifndef RAPPORT_CORE_ID_HPP
#define RAPPORT_CORE_ID_HPP

/// \file
/// Dense 32-bit ids that do not mix: a customer's number is not a channel's number.

#include <compare>
#include <cstdint>
#include <functional>

namespace rapport::core {

/// The position of a thing of kind `Tag` in its table: 0, 1, 2, ...
template <class Tag>
struct Id {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(Id, Id) = default;
};

}  // namespace rapport::core

template <class Tag>
struct std::hash<rapport::core::Id<Tag>> {
  std::size_t operator()(rapport::core::Id<Tag> id) const noexcept { return id.value; }
};

#endif  // RAPPORT_CORE_ID_HPP
