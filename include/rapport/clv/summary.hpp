#ifndef RAPPORT_CLV_SUMMARY_HPP
#define RAPPORT_CLV_SUMMARY_HPP

/// \file
/// From a ledger to what the lifetime models take: x, t_x, T and the mean amount, by customer.
///
/// Purchases of one customer on one day are one purchase, amounts added; the first purchase day
/// starts the clock and does not count as a repeat. Returns and refunds count against spend alone.
/// The rules are those of P. S. Fader, B. G. S. Hardie, K. L. Lee (2005),
/// doi:10.1287/mksc.1040.0098, section 3.

#include <rapport/clv/histories.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/time.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/spend.hpp>
#include <rapport/record/ledger.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rapport::clv {

/// The summary of a customer base as of a day: columns of one size, row = customer with a purchase
/// by then, ascending by the ledger's number.
struct Summary {
  core::Period period = core::weeks;         ///< unit of recency and age; it merges nothing
  std::vector<record::CustomerId> customer;  ///< who the row is, in the ledger
  std::vector<double> frequency;             ///< x: purchase days after the first
  std::vector<double> recency;               ///< t_x: from the first purchase day to the last
  std::vector<double> age;                   ///< T: from the first purchase day to the as-of day
  /// Mean net amount of the repeat purchase days, in major units of the currency; NaN without any.
  std::vector<double> monetary_value;
  /// Sum of the logarithms of the times between successive purchase days, 0 without a repeat
  /// purchase; empty unless SummaryOptions::intervals.
  std::vector<double> sum_log_intervals;
  std::uint32_t without_purchase = 0;  ///< customers of the ledger without a purchase by then

  [[nodiscard]] std::size_t size() const noexcept { return customer.size(); }

  /// The columns as the repeat-buying models take them. A view: the summary must outlive it.
  [[nodiscard]] Histories histories() const {
    return {{.frequency = frequency,
             .recency = recency,
             .age = age,
             .sum_log_intervals = sum_log_intervals},
            period};
  }
  /// The columns as the spend model takes them. A view: the summary must outlive it.
  [[nodiscard]] Spends spends() const {
    return Spends({.frequency = frequency, .monetary_value = monetary_value});
  }
};

/// How a ledger is summarised.
struct SummaryOptions {
  core::AsOf as_of;
  core::Period period = core::weeks;
  /// Also sum_log_intervals, which models of regular buying take: a logarithm a purchase day.
  bool intervals = false;
  core::Threads threads = {};
  core::Watch watch = {};
};

/// The summary of all customers with a purchase by the as-of day. O(rows) time.
/// \throws core::Cancelled.
[[nodiscard]] Summary summarise(const record::LedgerView& ledger, const SummaryOptions& options);

/// A summary, and whose its rows are.
struct CustomerSummary {
  record::Customers customers;  ///< all of the rows; Summary::customer is a place here
  Summary summary;
};

/// The summary of rows in any order: that of a ledger of them, in half the time and memory. Give
/// rows that are not needed any more as `std::move(rows)`: their memory serves again.
/// \throws as record::build_ledger.
[[nodiscard]] CustomerSummary summarise(std::vector<record::TransactionColumns> rows,
                                        const SummaryOptions& options);

/// The same from states that were folded already, up to the as-of day: row i of both columns is
/// customer i.
/// \throws std::invalid_argument if the sizes differ.
[[nodiscard]] Summary summarise(std::span<const fold::PurchaseDays::State> days,
                                std::span<const fold::RepeatSpend::State> repeat_spend,
                                const core::Currency& currency, core::AsOf as_of,
                                core::Period period);

/// Adds sum_log_intervals from states that were folded up to the same day: element i is customer i.
/// \throws std::invalid_argument if there are not as many as the ledger's customers.
void add_intervals(Summary& summary, std::span<const fold::LogPurchaseGaps::State> gaps);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_SUMMARY_HPP
