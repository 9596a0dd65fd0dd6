#ifndef RAPPORT_MATH_PROPORTION_HPP
#define RAPPORT_MATH_PROPORTION_HPP

/// \file
/// Intervals of proportions that were counted, and of the difference of two.

#include <rapport/core/estimate.hpp>

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

/// A proportion of `n` cases as it is published: abstained where there were none.
[[nodiscard]] core::Estimate to_estimate(const Proportion& proportion, std::uint64_t n,
                                         double level);

/// So many of a total.
struct Counted {
  std::uint64_t count = 0;
  std::uint64_t total = 0;
};

/// The first proportion less the second, with the hybrid score interval of R. G. Newcombe (1998),
/// Interval estimation for the difference between independent proportions: comparison of eleven
/// methods, Statistics in Medicine 17, 873-890,
/// doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10: the distances
/// of each proportion to the bounds of its own Wilson interval, added as squares. It stays within
/// [-1, 1] and says something at 0 of n. All NaN if a total is 0.
/// \throws as wilson() does.
[[nodiscard]] Proportion newcombe(const Counted& first, const Counted& second, double level);

/// The same interval of a weighted mean of proportions, which is as sure as a proportion counted of
/// `effective_total`: 1 / (sum of the squared weights of its observations), the weights adding up
/// to 1 (L. Kish (1965), Survey Sampling, section 8.2).
/// \throws std::domain_error unless value is in [0, 1], effective_total finite and > 0, and level
/// in (0, 1).
[[nodiscard]] Proportion wilson_weighted(double value, double effective_total, double level);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_PROPORTION_HPP
