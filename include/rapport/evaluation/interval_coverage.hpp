#ifndef RAPPORT_EVALUATION_INTERVAL_COVERAGE_HPP
#define RAPPORT_EVALUATION_INTERVAL_COVERAGE_HPP

/// \file
/// Do prediction intervals hold what they should, and is the whole predicted law right?

#include <rapport/core/estimate.hpp>
#include <rapport/math/proportion.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace rapport::evaluation {

/// How often intervals held what came.
struct IntervalCoverage {
  double level = 0.90;       ///< what the intervals promised
  std::uint64_t below = 0;   ///< customers whose value was below their interval
  std::uint64_t within = 0;  ///< in it, its ends included
  std::uint64_t above = 0;
  std::uint64_t left_out = 0;  ///< without an interval or a value
  double mean_width = 0;       ///< of the intervals compared; NaN if none
  /// Share within, with Wilson's 95 % interval; NaN if none. Intervals of counts have whole ends,
  /// so they hold more than they promise: up to the probability of an end.
  math::Proportion share = {};
};

/// Compares row by row.
/// \throws std::invalid_argument if the sizes differ.
[[nodiscard]] IntervalCoverage interval_coverage(const core::EstimateColumn& intervals,
                                                 std::span<const double> actual);

/// "held 2,145 of 2,357 (91.0 %, 89.8 to 92.1 %; promised 90 %), 31 below, 181 above, width 3.41".
[[nodiscard]] std::string to_text(const IntervalCoverage& coverage);

/// The probability integral transform of predicted laws, as a histogram: the share of customers in
/// each of as many equal bins of [0, 1], each customer spread evenly between P(X < actual) and
/// P(X <= actual). Flat (1 / bins each) if the laws are right; low in the middle (U-shaped) if they
/// are too narrow, high there if too wide, sloped if they are biased. C. Czado, T. Gneiting,
/// L. Held (2009), Predictive Model Assessment for Count Data, Biometrics 65(4), 1254-1261,
/// doi:10.1111/j.1541-0420.2009.01191.x, section 2.1. Rows with NaN are left out; all bins are NaN
/// without any row.
/// \throws std::invalid_argument if the sizes differ; std::domain_error unless
/// 0 <= below <= up_to <= 1 (an excess over 1 of 1e-9, as of a sum of probabilities, is cut off)
/// and bins > 0.
[[nodiscard]] std::vector<double> transform_histogram(std::span<const double> below,
                                                      std::span<const double> up_to, int bins = 10);

}  // namespace rapport::evaluation

#endif  // RAPPORT_EVALUATION_INTERVAL_COVERAGE_HPP
