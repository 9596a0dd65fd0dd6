#ifndef RAPPORT_CORE_DISCOUNT_HPP
#define RAPPORT_CORE_DISCOUNT_HPP

/// \file
/// A discount rate that knows its unit of time and how it compounds.
///
///   DiscountRate::effective(0.10, years)     110 in a year are worth 100 today
///   DiscountRate::continuous(0.002, weeks)   a payment t weeks away is worth exp(-0.002 t)
///
/// There is no way from a bare number: "0.10" would be read as yearly by one and as weekly by the
/// next, which is the most frequent mistake with lifetime values.

#include <rapport/core/time.hpp>

namespace rapport::core {

/// A discount rate: an immutable value.
class DiscountRate {
 public:
  /// The rate by which a payment one `period` away is divided: 1 / (1 + rate).
  /// \throws std::domain_error unless `rate` is finite and > -1.
  [[nodiscard]] static DiscountRate effective(double rate, Period period);

  /// The rate of exponential decay: exp(-rate t) for a payment t periods away.
  /// \throws std::domain_error unless `rate` is finite.
  [[nodiscard]] static DiscountRate continuous(double rate, Period period);

  // Implicit on purpose: an AnnualRate has said its unit.
  DiscountRate(AnnualRate rate) noexcept;  // NOLINT(google-explicit-constructor)

  /// A number without a unit is no rate.
  DiscountRate(double) = delete;

  /// The continuous rate delta per `period`, as the models take it; the very number given if the
  /// rate was given so.
  [[nodiscard]] double continuous_per(Period period) const noexcept;

  /// The effective rate per `period`: exp(delta) - 1.
  [[nodiscard]] double effective_per(Period period) const noexcept;

 private:
  DiscountRate(double delta, Period period) noexcept : delta_(delta), period_(period) {}

  double delta_;  // continuous, per period_
  Period period_;
};

}  // namespace rapport::core

namespace rapport {

using core::DiscountRate;

}  // namespace rapport

#endif  // RAPPORT_CORE_DISCOUNT_HPP
