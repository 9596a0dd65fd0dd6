#ifndef RAPPORT_CLV_REGULARITY_HPP
#define RAPPORT_CLV_REGULARITY_HPP

/// \file
/// Do customers buy at random, or with a rhythm? That tells whether a model of regular buying
/// (CNBD-k, Pareto/GGG) is worth trying before it is fitted.
///
/// Intervals between purchases of a customer are taken to be Gamma with one shape k for all and a
/// rate of the customer's own: k = 1 is buying at random (the Poisson law of NBD and its kin),
/// larger k is a rhythm, smaller k bursts. Given their sum, the shares of n intervals are Dirichlet
/// (k, ..., k): rate, dropout and the end of observation all fall out of that law, so k is
/// estimated from it alone, without a model of them.
///
/// Beware of days: two purchases on one day are one, so whoever buys nearly every day looks regular
/// for that reason alone.

#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/time.hpp>
#include <rapport/record/ledger.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace rapport::clv {

/// What the rhythm of purchases looks like.
struct Regularity {
  /// k by maximum likelihood of the shares of intervals (see above), all customers with two
  /// intervals or more, with a Wald interval of ln k that counts customers, not intervals, and so
  /// holds if they differ in k. Abstained without such customers, undefined (infinite) if every one
  /// of them has equal intervals.
  core::Estimate k;
  /// (1 - 4 v) / (8 v), where v is the variance around 1/2 of the share that the last interval has
  /// of the last two. R. D. Wheat, D. G. Morrison (1990), Estimating Purchase Regularity with Two
  /// Interpurchase Times, Journal of Marketing Research 27(1), 87-93, doi:10.1177/
  /// 002224379002700108; which of the two intervals is taken, there drawn by lot, does not matter
  /// around 1/2. NaN without customers, infinite if v is 0.
  double wheat_morrison = std::numeric_limits<double>::quiet_NaN();
  /// Median over customers with ten intervals or more of each one's own k by maximum likelihood.
  /// Such estimates of few intervals are too large, by a third at ten. NaN without customers.
  double median_of_customers = std::numeric_limits<double>::quiet_NaN();
  std::uint64_t customers = 0;         ///< with two intervals or more
  std::uint64_t customers_of_ten = 0;  ///< with ten intervals or more
};

/// How a ledger is looked at.
struct RegularityOptions {
  core::AsOf as_of;     ///< the last day that counts
  double level = 0.90;  ///< of the interval of k
  core::Threads threads = {};
  core::Watch watch = {};
};

/// The rhythm of the purchase days of a base. O(rows).
/// \throws std::domain_error unless level is in (0, 1); core::Cancelled.
[[nodiscard]] Regularity regularity(const record::LedgerView& ledger,
                                    const RegularityOptions& options);

/// Regularity::k alone, from columns as CNBD-k takes them: x, t_x and the sum of the logarithms of
/// the x intervals, in one unit; row = customer, those with x < 2 say nothing. O(n log n).
/// \throws std::invalid_argument if the sizes differ; std::domain_error for a row with x >= 2 in
/// which t_x is not finite and > 0 or the sum is not finite or above x ln(t_x / x) (the sum for
/// equal intervals) by more than rounding, or unless level is in (0, 1).
[[nodiscard]] core::Estimate interval_shape(std::span<const double> frequency,
                                            std::span<const double> recency,
                                            std::span<const double> sum_log_intervals,
                                            double level = 0.90);

/// "k = 1.99 (1.93 to 2.04), 779 customers: regular; CNBD-k and Pareto/GGG are worth trying".
[[nodiscard]] std::string to_text(const Regularity& regularity);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_REGULARITY_HPP
