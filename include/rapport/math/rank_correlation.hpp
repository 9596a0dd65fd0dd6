#ifndef RAPPORT_MATH_RANK_CORRELATION_HPP
#define RAPPORT_MATH_RANK_CORRELATION_HPP

/// \file
/// Do two columns rise together? Spearman's rank correlation with an interval.

#include <rapport/core/estimate.hpp>

#include <span>

namespace rapport::math {

/// Spearman's correlation of two columns of ranks, equal values having their mean rank
/// (fold::ranks), with Fisher's z and the variance (1 + r^2 / 2) / (n - 3) of D. G. Bonett, T. A.
/// Wright (2000), Sample size requirements for estimating Pearson, Kendall and Spearman
/// correlations, Psychometrika 65(1), 23-28, doi:10.1007/BF02294183. Abstained below 10 rows: the
/// approximation is not trustworthy there. Undefined where a column holds one value alone. O(n).
/// \throws std::invalid_argument if the sizes differ, std::domain_error unless level is in (0, 1).
/// \pre the ranks are finite.
[[nodiscard]] core::Estimate rank_correlation(std::span<const double> ranks_x,
                                              std::span<const double> ranks_y, double level = 0.90);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_RANK_CORRELATION_HPP
