#ifndef RAPPORT_CLV_SPLIT_HPP
#define RAPPORT_CLV_SPLIT_HPP

/// \file
/// A ledger cut in two by a day: what a model may see, and what it is tried on.
///
/// The summary up to that day is exactly clv::summarise's; the days after it, the hold-out, give
/// each of its customers the purchase days and the spend that the model should have foretold.
/// Customers whose first purchase falls into the hold-out were nobody's forecast: they are counted
/// apart.

#include <rapport/clv/summary.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/time.hpp>
#include <rapport/record/ledger.hpp>

#include <cstdint>
#include <vector>

namespace rapport::clv {

/// Both sides of the day; row = row of `calibration`.
struct Split {
  Summary calibration;                     ///< as of the split
  core::TimeSpan horizon = core::days(0);  ///< from the split to the end, in whole days
  std::vector<double> holdout_frequency;   ///< purchase days after the split
  std::vector<double> holdout_spend;       ///< net spend after the split, in major units
  /// Repeat purchase days within the last `horizon` up to the split: for the rule that customers go
  /// on as lately (evaluation/baselines.hpp).
  std::vector<double> recent_frequency;
  /// Net spend in that time, that of the first purchase day left out; in major units.
  std::vector<double> recent_spend;

  /// Those whose first purchase came after the split.
  struct Newcomers {
    std::uint32_t customers = 0;
    double purchase_days = 0;  ///< their first ones among them
    double spend = 0;          ///< net, in major units

    friend bool operator==(const Newcomers&, const Newcomers&) = default;
  } newcomers;
};

/// Where a ledger is cut.
struct SplitOptions {
  core::AsOf as_of;  ///< the last day of the calibration
  core::AsOf last;   ///< the last day of the hold-out, which begins on the day after `as_of`
  core::Period period = core::weeks;
  core::Threads threads = {};
  core::Watch watch = {};
};

/// Cuts a ledger. Rows after `last` play no part. O(rows), one pass.
/// \throws std::invalid_argument if `last` is before `as_of`; core::Cancelled.
[[nodiscard]] Split split(const record::LedgerView& ledger, const SplitOptions& options);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_SPLIT_HPP
