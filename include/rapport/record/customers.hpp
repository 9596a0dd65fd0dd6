#ifndef RAPPORT_RECORD_CUSTOMERS_HPP
#define RAPPORT_RECORD_CUSTOMERS_HPP

/// \file
/// The customers of a ledger, or the source records of a store: their keys in the host's own
/// system, and their dense numbers.

#include <rapport/core/raw_vector.hpp>
#include <rapport/record/names.hpp>
#include <rapport/record/transaction.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rapport::record {

/// A customer key as the host gives it.
using CustomerKey = std::variant<std::int64_t, std::string_view>;

/// The table of customers, ordered by key (numbers by value, texts by their bytes), so that a
/// customer's number does not depend on the order of the input.
class Customers {
 public:
  Customers() = default;
  /// \pre keys are strictly ascending.
  explicit Customers(core::RawVector<std::int64_t> keys) : keys_(std::move(keys)) {}
  /// The same, copied. \pre keys are strictly ascending.
  explicit Customers(std::span<const std::int64_t> keys)
      : keys_(core::RawVector<std::int64_t>(keys.begin(), keys.end())) {}
  /// \pre names are sorted, as Names::sort leaves them.
  explicit Customers(Names keys) : keys_(std::move(keys)) {}

  [[nodiscard]] std::uint32_t size() const noexcept;
  /// True if every key is a whole number.
  [[nodiscard]] bool numeric() const noexcept { return keys_.index() == 0; }
  [[nodiscard]] CustomerKey key(CustomerId id) const noexcept;
  /// The key as text.
  [[nodiscard]] std::string key_text(CustomerId id) const;
  /// A text that writes a whole number finds a numeric key too.
  [[nodiscard]] std::optional<CustomerId> find(const CustomerKey& key) const noexcept;

 private:
  std::variant<core::RawVector<std::int64_t>, Names> keys_;
};

/// The whole number that `text` writes in its one canonical form (no sign +, no leading zeros,
/// no spaces, within 64 bits); nothing for any other text. Only such texts are numeric keys: "007"
/// and "7" stay two customers.
[[nodiscard]] std::optional<std::int64_t> canonical_integer(std::string_view text) noexcept;

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_CUSTOMERS_HPP
