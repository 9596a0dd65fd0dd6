#ifndef RAPPORT_MATH_CENSORED_MEDIAN_HPP
#define RAPPORT_MATH_CENSORED_MEDIAN_HPP

/// \file
/// The median of durations some of which are not over yet.

#include <vector>

namespace rapport::math {

/// A duration, >= 0; not ended: it was seen to last at least so long.
struct Duration {
  double length = 0;
  bool ended = true;
};

/// Median by the product-limit estimator of E. L. Kaplan, P. Meier (1958), Nonparametric Estimation
/// from Incomplete Observations, JASA 53(282), 457-481, doi:10.1080/01621459.1958.10501452. Where
/// exactly half are over between two ends, the middle of these: without censored ones it is the
/// sample median. NaN if so many are open that half were not seen to end, or there are none.
/// O(n log n).
[[nodiscard]] double censored_median(std::vector<Duration> durations);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_CENSORED_MEDIAN_HPP
