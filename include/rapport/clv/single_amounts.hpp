#ifndef RAPPORT_CLV_SINGLE_AMOUNTS_HPP
#define RAPPORT_CLV_SINGLE_AMOUNTS_HPP

/// \file
/// From a ledger to the single amounts that Gamma-Gamma may be fitted to, by customer.
///
///   const SingleAmounts single = single_amounts(ledger, {.as_of = as_of});
///   const auto spend = fit<GammaGamma>(single.amounts());
///
/// Purchases of one customer on one day are one, and the first purchase day is left out, as in
/// summary.hpp. A day's amount is what was sold less what came back on that very day; what came
/// back later belongs to no single amount, so that means may be above Summary::monetary_value.

#include <rapport/clv/amounts.hpp>
#include <rapport/clv/summary.hpp>
#include <rapport/fold/purchase_amounts.hpp>

#include <span>
#include <vector>

namespace rapport::clv {

/// Amounts as of a day: columns of one size, row = customer with a purchase by then, ascending by
/// the ledger's number: the rows of a Summary of the same day.
struct SingleAmounts {
  std::vector<record::CustomerId> customer;
  std::vector<double> frequency;       ///< purchase days after the first
  std::vector<double> monetary_value;  ///< their mean amount, in major units; NaN without any
  /// Sum of the logarithms of these amounts; 0 without any, NaN if one is not positive.
  std::vector<double> sum_log_amounts;

  /// As the spend model takes them. A view: this must outlive it.
  [[nodiscard]] Amounts amounts() const {
    return Amounts({.frequency = frequency,
                    .monetary_value = monetary_value,
                    .sum_log_amounts = sum_log_amounts});
  }
};

/// The amounts of all customers with a purchase by the as-of day; `options.period` and
/// `options.intervals` have no say. O(rows) time. \throws core::Cancelled.
[[nodiscard]] SingleAmounts single_amounts(const record::LedgerView& ledger,
                                           const SummaryOptions& options);

/// The same from states that were folded already, beside those of a summary or alone: row i of both
/// is customer i. \throws std::invalid_argument if the sizes differ.
[[nodiscard]] SingleAmounts single_amounts(std::span<const fold::PurchaseDays::State> days,
                                           std::span<const fold::PurchaseAmounts::State> spent,
                                           const core::Currency& currency);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_SINGLE_AMOUNTS_HPP
