#ifndef RAPPORT_MATH_FISHER_EXACT_HPP
#define RAPPORT_MATH_FISHER_EXACT_HPP

/// \file
/// Did a share fall? Fisher's exact test of two counted shares, right for any counts.

#include <cstdint>

namespace rapport::math {

/// One-sided p-value of R. A. Fisher (1934), Statistical Methods for Research Workers, 5th ed.,
/// section 21.02, for the share `later` of `later_total` being below `earlier` of `earlier_total`:
/// given all four margins, the probability of at most `later` in the second group if both groups
/// have one share. In [0, 1]; 1 if a group is empty. Relative error about 1e-13 for totals up to
/// 1,000 together and 1e-10 for up to 1e5; O(totals) time. 0 where it is below 1e-308.
/// \throws std::invalid_argument if a count is above its total.
[[nodiscard]] double fisher_exact_fall(std::uint64_t earlier, std::uint64_t earlier_total,
                                       std::uint64_t later, std::uint64_t later_total);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_FISHER_EXACT_HPP
