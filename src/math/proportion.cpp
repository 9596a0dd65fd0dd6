#include <rapport/core/check.hpp>
#include <rapport/math/normal.hpp>
#include <rapport/math/proportion.hpp>

#include "special_values.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace rapport::math {
namespace {

// p of n, n > 0, need not be whole.
Proportion score_interval(double p, double n, double z) {
  const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  // At the ends one bound is the end itself, which rounding would miss.
  return {p, p == 0 ? 0 : std::max(0.0, centre - half), p == 1 ? 1 : std::min(1.0, centre + half)};
}

}  // namespace

Proportion wilson(std::uint64_t count, std::uint64_t total, double level) {
  const double z = two_sided_quantile(level);
  if (count > total) {
    throw std::invalid_argument("wilson: count is " + std::to_string(count) +
                                ", but must be at most the total " + std::to_string(total));
  }
  if (total == 0) {
    return {nan, nan, nan};
  }
  const double n = static_cast<double>(total);
  return score_interval(static_cast<double>(count) / n, n, z);
}

core::Estimate to_estimate(const Proportion& proportion, std::uint64_t n, double level) {
  return {.value = proportion.value,
          .low = proportion.low,
          .high = proportion.high,
          .level = level,
          .status = n == 0 ? core::Status::abstained : core::Status::estimated,
          .covers = core::Covers::parameter,
          .n = n};
}

Proportion wilson_weighted(double value, double effective_total, double level) {
  core::check_fraction(value, "wilson_weighted", "value");
  core::check_positive_finite(effective_total, "wilson_weighted", "effective_total");
  return score_interval(value, effective_total, two_sided_quantile(level));
}

Proportion newcombe(const Counted& first, const Counted& second, double level) {
  const Proportion a = wilson(first.count, first.total, level);
  const Proportion b = wilson(second.count, second.total, level);
  const double difference = a.value - b.value;
  return {difference, difference - std::hypot(a.value - a.low, b.high - b.value),
          difference + std::hypot(a.high - a.value, b.value - b.low)};
}

}  // namespace rapport::math
