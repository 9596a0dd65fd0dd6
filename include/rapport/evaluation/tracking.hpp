#ifndef RAPPORT_EVALUATION_TRACKING_HPP
#define RAPPORT_EVALUATION_TRACKING_HPP

/// \file
/// Repeat purchases of a whole base over time, expected and actual: the picture by which people see
/// at once whether a model follows its customers, and when it lost them.
///
/// Customers are born on the day of their first purchase, on whatever day that is, and the model
/// expects of each what it expects of a new customer of that age: no history enters, so the same
/// curve runs through the calibration and on into the hold-out. P. S. Fader, B. G. S. Hardie,
/// K. L. Lee (2005), doi:10.1287/mksc.1040.0098, section 5, figures 3 and 4.
///
/// By the end of day D a customer born on day B is D - B days old, as in clv::Summary.

#include <rapport/clv/fit.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/clv/simulate.hpp>
#include <rapport/clv/uncertainty.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/time.hpp>
#include <rapport/math/random.hpp>
#include <rapport/record/ledger.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rapport::evaluation {

/// What happened on each day, from the day of the first birth on; both columns have one size.
struct PurchaseCalendar {
  core::Day first;              ///< the day of index 0
  std::vector<double> births;   ///< customers whose first purchase was on that day
  std::vector<double> repeats;  ///< purchases on that day by customers born before it

  [[nodiscard]] std::size_t days() const noexcept { return births.size(); }
  [[nodiscard]] double customers() const noexcept;
};

/// How a ledger is counted.
struct CalendarOptions {
  core::AsOf last;  ///< the last day that counts
  /// Customers born later do not count; by default all of them do.
  std::optional<core::AsOf> born_by = std::nullopt;
  core::Threads threads = {};
  core::Watch watch = {};
};

/// Counts purchase days of every customer, exactly. O(rows + days) time, memory for the days of
/// 65,536 customers at a time. Empty if nobody bought.
/// \throws core::Cancelled.
[[nodiscard]] PurchaseCalendar purchase_calendar(const record::LedgerView& ledger,
                                                 const CalendarOptions& options);

/// How to follow a base.
struct TrackingOptions {
  core::AsOf calibration_end;         ///< the last day that the model has seen
  core::Period step = core::weeks;    ///< one row each; months end within a day
  core::Period period = core::weeks;  ///< unit of the model's time; a fit that knows its own wins
  /// True: by the end of day D, a customer born on day B is D - B + 1 days old, as in the tracking
  /// of BTYD and lifetimes, though not in their fits.
  bool first_day_counts = false;
  double level = 0.90;  ///< of the intervals
  /// Pairs of customers simulated for `predicted`: their variance is then right to a few percent.
  std::size_t pairs = 10'000;
  std::uint64_t seed = 1;
};

/// One step of time; counts are repeat purchases of all customers.
struct TrackingRow {
  core::Day last;    ///< the last day of the step, the end of the calendar at the latest
  bool calibration;  ///< the step ended within the calibration
  double actual;
  core::Estimate expected;   ///< with the uncertainty of the parameters, if they come from a fit
  core::Estimate predicted;  ///< the same value with chance included: where the count should fall
  double cumulative_actual;  ///< from the first birth on
  core::Estimate cumulative_expected;
  core::Estimate cumulative_predicted;
};

/// Mean repeat purchases of a new customer up to an age in the model's periods.
using ExpectedPurchases = std::function<double(double age)>;

/// Expected and actual purchases step by step. Without a fit there are no intervals, and
/// `predicted` is abstained.
/// \throws std::domain_error unless level is in (0, 1).
[[nodiscard]] std::vector<TrackingRow> track(const PurchaseCalendar& calendar,
                                             const ExpectedPurchases& expected,
                                             const TrackingOptions& options);

/// The same of a model with known parameters.
template <clv::RepeatBuyingModel Model>
[[nodiscard]] std::vector<TrackingRow> track(const PurchaseCalendar& calendar, const Model& model,
                                             const TrackingOptions& options) {
  return track(
      calendar, [&model](double age) { return model.expected_purchases(age); }, options);
}

namespace detail {

// The rows without what is expected.
[[nodiscard]] std::vector<TrackingRow> actual_rows(const PurchaseCalendar& calendar,
                                                   const TrackingOptions& options);

// Ages of a customer in periods: by_age[d] is that of one born d days before.
[[nodiscard]] std::vector<double> ages(const PurchaseCalendar& calendar, core::Period period,
                                       const TrackingOptions& options);

// For each row, the sum over all births of the expectation by then. `by_age` follows ages().
[[nodiscard]] std::vector<double> cumulative(const PurchaseCalendar& calendar,
                                             std::span<const TrackingRow> rows,
                                             std::span<const double> by_age);

// A simulated customer: repeat purchase times in (0, age].
using Simulated = std::function<std::vector<double>(double age, math::RandomStream&)>;

// Variance of the counts by chance, of each row and from the beginning on.
struct Chance {
  std::vector<double> incremental, cumulative;
};
[[nodiscard]] Chance chance(const PurchaseCalendar& calendar, std::span<const TrackingRow> rows,
                            std::span<const double> ages, const Simulated& simulated,
                            const TrackingOptions& options);

// Where a count of that mean falls, if these are the variances of its mean and around it.
[[nodiscard]] core::Estimate prediction(double mean, double parameter_error, double variance,
                                        double level);

}  // namespace detail

/// The same of a fit, with its uncertainty: `expected` by the delta method, `predicted` with the
/// variance of simulated customers added, as a normal interval cut off at 0. In the calibration the
/// parameters were chosen to suit the counts, so there both are a little too wide.
template <class Model>
[[nodiscard]] std::vector<TrackingRow> track(const PurchaseCalendar& calendar,
                                             const clv::Fit<Model>& fit,
                                             const TrackingOptions& options) {
  using Models = clv::Neighbourhood<Model>;
  const Models models(fit, options.level);
  const core::Period period = fit.period.value_or(options.period);
  std::vector<TrackingRow> rows = detail::actual_rows(calendar, options);
  const std::vector<double> ages = detail::ages(calendar, period, options);
  std::vector<typename Models::Values> by_age;
  by_age.reserve(ages.size());
  for (const double age : ages) {
    by_age.push_back(models.ask([age](const Model& m) { return m.expected_purchases(age); }));
  }
  std::vector<typename Models::Values> totals(rows.size());
  for (std::size_t m = 0; m < Models::models; ++m) {
    std::vector<double> column;
    column.reserve(ages.size());
    for (const auto& values : by_age) column.push_back(values[m]);
    const std::vector<double> sums = detail::cumulative(calendar, rows, column);
    for (std::size_t row = 0; row < rows.size(); ++row) totals[row][m] = sums[row];
  }
  const detail::Chance chance = detail::chance(
      calendar, rows, ages,
      [&](double age, math::RandomStream& stream) {
        return draw_purchases(models.centre(), age, stream);
      },
      options);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    typename Models::Values step = totals[row];
    if (row > 0) {
      for (std::size_t m = 0; m < Models::models; ++m) step[m] -= totals[row - 1][m];
    }
    TrackingRow& each = rows[row];
    each.expected = models.positive(step);
    each.cumulative_expected = models.positive(totals[row]);
    each.predicted = detail::prediction(step[0], models.standard_error(step),
                                        chance.incremental[row], options.level);
    each.cumulative_predicted = detail::prediction(
        totals[row][0], models.standard_error(totals[row]), chance.cumulative[row], options.level);
  }
  return rows;
}

/// A table for a terminal, one line a row.
[[nodiscard]] std::string to_text(std::span<const TrackingRow> rows);

}  // namespace rapport::evaluation

#endif  // RAPPORT_EVALUATION_TRACKING_HPP
