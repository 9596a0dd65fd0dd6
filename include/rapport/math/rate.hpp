#ifndef RAPPORT_MATH_RATE_HPP
#define RAPPORT_MATH_RATE_HPP

/// \file
/// Exact intervals of a rate that was counted over an exposure, of the ratio of two, and of a count
/// to come.
///
/// They rest on the Poisson law and on nothing else; being exact, they cover at least `level`, and
/// more than that for small counts.

#include <cstdint>

namespace rapport::math {

/// Events over an exposure, in any unit: days, orders.
struct EventCount {
  std::uint64_t count = 0;
  double exposure = 0;  ///< finite and > 0
};

/// A rate, or a ratio of rates, with an interval.
struct Rate {
  double value, low, high;
};

/// count / exposure with the interval of F. Garwood (1936), Fiducial Limits for the Poisson
/// Distribution, Biometrika 28, 437-442, doi:10.1093/biomet/28.3-4.437.
/// \throws std::domain_error unless the exposure is finite and > 0 and level is in (0, 1).
[[nodiscard]] Rate poisson_rate(const EventCount& counted, double level);

/// The rate of `second` over that of `first`. Given both counts' sum, the second is binomial
/// (J. Przyborowski, H. Wilenski (1940), Homogeneity of Results in Testing Samples from Poisson
/// Series, Biometrika 31, 313-323, doi:10.1093/biomet/31.3-4.313); its exact interval is that of
/// C. J. Clopper, E. S. Pearson (1934), Biometrika 26, 404-413, doi:10.1093/biomet/26.4.404. The
/// value and the upper bound are infinite if nothing was counted in `first`; all NaN if nothing was
/// counted at all.
/// \throws std::domain_error as poisson_rate().
[[nodiscard]] Rate rate_ratio(const EventCount& first, const EventCount& second, double level);

/// Where a count will fall whose mean is not known for certain: value = `mean`, and the least and
/// the greatest count that leave at most (1 - level) / 2 on either side, under the negative
/// binomial law (Poisson counts of gamma-distributed means) of that mean and variance. It covers at
/// least `level`, being of whole numbers. \throws std::domain_error unless mean is finite and >= 0,
/// variance finite and >= mean, and level in (0, 1).
[[nodiscard]] Rate predicted_count(double mean, double variance, double level);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_RATE_HPP
