#ifndef RAPPORT_MATH_PROPORTION_HPP
#define RAPPORT_MATH_PROPORTION_HPP

/// \file
/// The interval of a proportion that was counted.

#include <cstdint>

namespace rapport::math {

/// A proportion with an interval.
struct Proportion {
  double value, low, high;
};

/// `count` of `total` with the interval of E. B. Wilson (1927), Probable Inference, the Law of
/// Succession, and Statistical Inference, JASA 22, 209-212, doi:10.1080/01621459.1927.10502953:
/// the proportions that a score test at `level` would not reject. It stays within [0, 1] and says
/// something at 0 of n. All NaN if total is 0.
/// \throws std::domain_error unless level is in (0, 1); std::invalid_argument if count > total.
[[nodiscard]] Proportion wilson(std::uint64_t count, std::uint64_t total, double level);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_PROPORTION_HPP
