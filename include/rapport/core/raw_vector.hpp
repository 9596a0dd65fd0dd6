#ifndef RAPPORT_CORE_RAW_VECTOR_HPP
#define RAPPORT_CORE_RAW_VECTOR_HPP

/// \file
/// Vectors for columns of millions of rows: a new element is left as the memory was, where
/// std::vector writes a zero that is overwritten at once.

#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace rapport::core {

/// The allocator behind RawVector.
template <class T>
struct RawAllocator : std::allocator<T> {
  RawAllocator() = default;
  template <class U>
  RawAllocator(const RawAllocator<U>&) noexcept {}  // NOLINT(google-explicit-constructor)

  template <class U>
  void construct(U* place) noexcept {
    static_assert(std::is_trivially_default_constructible_v<U>);
    ::new (static_cast<void*>(place)) U;
  }
  template <class U, class... Values>
  void construct(U* place, Values&&... values) {
    std::construct_at(place, std::forward<Values>(values)...);
  }
};

/// A vector of plain values. `resize(n)` does not set the new ones: write them before they are
/// read, or give the value, `resize(n, 0)`.
template <class T>
using RawVector = std::vector<T, RawAllocator<T>>;

}  // namespace rapport::core

#endif  // RAPPORT_CORE_RAW_VECTOR_HPP
