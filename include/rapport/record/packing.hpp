#ifndef RAPPORT_RECORD_PACKING_HPP
#define RAPPORT_RECORD_PACKING_HPP

/// \file
/// How one column of a record is kept: instants in 32 bits from the store's epoch, names and
/// choices as small integers, and nothing at all while every row has the default.

#include <rapport/core/raw_vector.hpp>
#include <rapport/core/time.hpp>
#include <rapport/record/stamp.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace rapport::record {

/// Whether an instant lies in the range that a store keeps: [epoch, epoch + 2^32 - 1 seconds).
[[nodiscard]] constexpr bool in_range(core::Instant instant, core::Instant epoch) noexcept {
  const auto seconds = (instant - epoch).count();
  return seconds >= 0 && seconds < std::numeric_limits<std::uint32_t>::max();
}

/// `instant` in seconds from the epoch, moved to the ends of the range where it lies outside.
[[nodiscard]] constexpr std::uint32_t clamped_seconds(core::Instant instant,
                                                      core::Instant epoch) noexcept {
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  const std::int64_t seconds = (instant - epoch).count();
  return static_cast<std::uint32_t>(seconds < 0 ? 0 : seconds > most ? most : seconds);
}

namespace detail {

/// What a value is kept as, and the way there and back.
template <class Value>
struct Packing {
  static_assert(std::integral<Value> || std::is_enum_v<Value>);
  using Kept = Value;
  static constexpr bool is_instant = false;
  static Kept pack(Value value, core::Instant) noexcept { return value; }
  static Value unpack(Kept kept, core::Instant) noexcept { return kept; }
};

template <>
struct Packing<Name> {
  using Kept = std::uint32_t;
  static constexpr bool is_instant = false;
  static Kept pack(Name value, core::Instant) noexcept { return value.value; }
  static Name unpack(Kept kept, core::Instant) noexcept { return {kept}; }
};

template <>
struct Packing<core::Instant> {
  using Kept = std::uint32_t;
  static constexpr bool is_instant = true;
  static Kept pack(core::Instant value, core::Instant epoch) noexcept {
    return clamped_seconds(value, epoch);
  }
  static core::Instant unpack(Kept kept, core::Instant epoch) noexcept {
    return epoch + std::chrono::seconds{kept};
  }
  static bool fits(core::Instant value, core::Instant epoch) noexcept {
    return in_range(value, epoch);
  }
};

// 0 for none, else a second more than the seconds.
template <>
struct Packing<std::optional<core::Instant>> {
  using Kept = std::uint32_t;
  static constexpr bool is_instant = true;
  static Kept pack(const std::optional<core::Instant>& value, core::Instant epoch) noexcept {
    return value ? clamped_seconds(*value, epoch) + 1 : 0;
  }
  static std::optional<core::Instant> unpack(Kept kept, core::Instant epoch) noexcept {
    if (kept == 0) return std::nullopt;
    return epoch + std::chrono::seconds{kept - 1};
  }
  static bool fits(const std::optional<core::Instant>& value, core::Instant epoch) noexcept {
    return !value || in_range(*value, epoch);
  }
};

/// A column of `Value`s.
template <class Value>
class PackedColumn {
 public:
  using Kept = typename Packing<Value>::Kept;

  /// The value of row `row`; `standard` where the column is not kept.
  [[nodiscard]] Value get(std::size_t row, const Value& standard,
                          core::Instant epoch) const noexcept {
    return kept_.empty() ? standard : Packing<Value>::unpack(kept_[row], epoch);
  }

  /// Adds the value of the row after `rows` rows.
  void add(std::size_t rows, const Value& value, const Value& standard, core::Instant epoch) {
    if (kept_.empty()) {
      if (value == standard) return;
      kept_.resize(rows, Packing<Value>::pack(standard, epoch));
    }
    kept_.push_back(Packing<Value>::pack(value, epoch));
  }

  [[nodiscard]] int compare(std::size_t a, std::size_t b) const noexcept {
    if (kept_.empty()) return 0;
    return kept_[a] < kept_[b] ? -1 : kept_[b] < kept_[a] ? 1 : 0;
  }

  /// Puts row order[i] in place i.
  template <class Order>
  void permute(const Order& order) {
    if (kept_.empty()) return;
    core::RawVector<Kept> permuted(kept_.size());
    for (std::size_t i = 0; i < kept_.size(); ++i) permuted[i] = kept_[order[i]];
    kept_ = std::move(permuted);
  }

  /// Empty while every row has the default.
  [[nodiscard]] const core::RawVector<Kept>& kept() const noexcept { return kept_; }
  [[nodiscard]] core::RawVector<Kept>& kept() noexcept { return kept_; }

 private:
  core::RawVector<Kept> kept_;
};

}  // namespace detail
}  // namespace rapport::record

#endif  // RAPPORT_RECORD_PACKING_HPP
