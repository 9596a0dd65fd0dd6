#ifndef RAPPORT_ECONOMICS_WHALE_CURVE_HPP
#define RAPPORT_ECONOMICS_WHALE_CURVE_HPP

/// \file
/// The whale curve: profit summed over customers from the best to the worst. It climbs while
/// customers bring profit and falls where serving them costs more than they bring.
///
/// R. S. Kaplan, V. G. Narayanan (2001), Measuring and Managing Customer Profitability, Journal of
/// Cost Management 15(5), 5-15.

#include <rapport/core/estimate.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rapport::economics {

/// Contributions of a base, summed from the best customer on. Minor units.
struct WhaleCurve {
  /// The k-th is the sum of the k best, k from 0 to the number of customers; so the first is 0.
  /// Equal contributions make the same curve in any order.
  std::vector<std::int64_t> cumulative = {0};
  std::int64_t peak = 0;  ///< the highest point
  /// The fewest customers that reach it: those who contribute more than 0. Customers of exactly 0
  /// prolong the top and are not among them.
  std::size_t peak_customers = 0;
  std::size_t losing = 0;  ///< customers who contribute less than 0

  [[nodiscard]] std::size_t customers() const noexcept { return cumulative.size() - 1; }
  /// The profit of the whole base.
  [[nodiscard]] std::int64_t end() const noexcept { return cumulative.back(); }

  /// The profit of the `best` customers as a share of the final profit: 2.3 for 230 %. It is
  /// counted, and undefined where the base as a whole makes no profit.
  /// \throws std::invalid_argument if there are fewer customers than `best`.
  [[nodiscard]] core::Estimate share_of(std::size_t best) const;
};

/// The curve of these contributions, one a customer. O(n log n), exact.
/// \throws std::overflow_error if a sum leaves 64 bits.
[[nodiscard]] WhaleCurve whale_curve(std::span<const std::int64_t> contributions);

}  // namespace rapport::economics

#endif  // RAPPORT_ECONOMICS_WHALE_CURVE_HPP
