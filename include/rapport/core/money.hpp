#ifndef RAPPORT_CORE_MONEY_HPP
#define RAPPORT_CORE_MONEY_HPP

/// \file
/// Exact money: whole minor units of a currency in 64 bits. Nothing rounds, wraps or mixes
/// currencies in silence. Rates and expectations are doubles and another type.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace rapport::core {

/// A currency: its three-letter code and how many decimals its minor unit has (USD 2, JPY 0,
/// KWD 3). IRR has 0, since no smaller unit is in use.
class Currency {
 public:
  /// A currency of ISO 4217, with the decimals that standard gives it (but IRR 0).
  /// \throws std::invalid_argument if `code` is not in the standard: name its decimals then.
  explicit Currency(std::string_view code);

  /// A currency or unit of account of the host's own.
  /// \throws std::invalid_argument unless `code` is three letters A to Z and decimals in [0, 6].
  Currency(std::string_view code, int decimals);

  [[nodiscard]] std::string_view code() const noexcept { return {code_, 3}; }
  [[nodiscard]] int decimals() const noexcept { return decimals_; }
  /// Minor units in one major unit: 100 for USD.
  [[nodiscard]] std::int64_t minor_per_major() const noexcept;

  friend bool operator==(const Currency&, const Currency&) = default;

 private:
  char code_[3];
  std::int8_t decimals_;
};

/// An amount of one currency.
class Money {
 public:
  constexpr Money(std::int64_t minor, const Currency& currency) noexcept
      : minor_(minor), currency_(currency) {}

  [[nodiscard]] constexpr std::int64_t minor() const noexcept { return minor_; }
  [[nodiscard]] constexpr const Currency& currency() const noexcept { return currency_; }
  /// The amount in major units, rounded to the nearest double.
  [[nodiscard]] double major() const noexcept;

  /// \throws std::overflow_error if the sum leaves 64 bits, std::invalid_argument if the
  /// currencies differ. The same for the operators below.
  Money& operator+=(const Money& other);
  Money& operator-=(const Money& other);
  friend Money operator+(Money a, const Money& b) { return a += b; }
  friend Money operator-(Money a, const Money& b) { return a -= b; }
  /// \throws std::overflow_error if the product leaves 64 bits.
  friend Money operator*(const Money& a, std::int64_t factor);

  friend bool operator==(const Money&, const Money&) = default;
  /// \throws std::invalid_argument if the currencies differ.
  friend std::strong_ordering operator<=>(const Money& a, const Money& b);

 private:
  std::int64_t minor_;
  Currency currency_;
};

/// `12.34` for 1234 with 2 decimals; `-0.05` for -5.
[[nodiscard]] std::string decimal_text(std::int64_t minor, int decimals);
/// `12.34 USD`.
[[nodiscard]] std::string to_text(const Money& money);

}  // namespace rapport::core

namespace rapport {

using core::Currency;
using core::Money;

}  // namespace rapport

#endif  // RAPPORT_CORE_MONEY_HPP
