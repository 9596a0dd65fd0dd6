#include <rapport/math/rate.hpp>

#include <rapport/core/check.hpp>
#include <rapport/math/policy.hpp>

#include "special_values.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include <cmath>

namespace rapport::math {
namespace {

void check_level(double level, const char* place) {
  if (!(level > 0 && level < 1)) core::throw_domain_error(place, "level", level, "in (0, 1)");
}

}  // namespace

Rate poisson_rate(const EventCount& counted, double level) {
  core::check_positive_finite(counted.exposure, "poisson_rate", "exposure");
  check_level(level, "poisson_rate");
  const double tail = (1 - level) / 2;
  const auto k = static_cast<double>(counted.count);
  const double low = counted.count == 0 ? 0 : boost::math::gamma_p_inv(k, tail, Policy());
  const double high = boost::math::gamma_q_inv(k + 1, tail, Policy());
  return {k / counted.exposure, low / counted.exposure, high / counted.exposure};
}

Rate rate_ratio(const EventCount& first, const EventCount& second, double level) {
  core::check_positive_finite(first.exposure, "rate_ratio", "first.exposure");
  core::check_positive_finite(second.exposure, "rate_ratio", "second.exposure");
  check_level(level, "rate_ratio");
  if (first.count == 0 && second.count == 0) return {nan, nan, nan};
  const auto x = static_cast<double>(first.count);
  const auto y = static_cast<double>(second.count);
  const double tail = (1 - level) / 2;
  const double scale = first.exposure / second.exposure;
  // The odds p / (1 - p) of the binomial share, each bound with its complement in full digits.
  double low = 0, high = infinity, complement = 0;
  if (second.count > 0) {
    const double share = boost::math::ibeta_inv(y, x + 1, tail, &complement, Policy());
    low = share / complement * scale;
  }
  if (first.count > 0) {
    const double share = boost::math::ibetac_inv(y + 1, x, tail, &complement, Policy());
    high = share / complement * scale;
  }
  return {first.count == 0 ? infinity : y / x * scale, low, high};
}

Rate predicted_count(double mean, double variance, double level) {
  core::check_not_negative_finite(mean, "predicted_count", "mean");
  if (!(std::isfinite(variance) && variance >= mean)) {
    core::throw_domain_error("predicted_count", "variance", variance, "finite and >= the mean");
  }
  check_level(level, "predicted_count");
  const double tail = (1 - level) / 2;
  if (mean == 0) return {0, 0, 0};
  // P(count <= k). Where the law is all but Poisson, its shape would overflow.
  const double excess = variance - mean;
  const auto at_most = [&](double k) {
    if (excess < 1e-12 * mean) return boost::math::gamma_q(k + 1, mean, Policy());
    return boost::math::ibeta(mean * mean / excess, k + 1, mean / variance, Policy());
  };
  // The least k with P(count <= k) > p: doubled until passed, then halved.
  const auto quantile = [&](double p) {
    double below = -1, reached = std::ceil(mean);
    while (at_most(reached) <= p) {
      below = reached;
      reached = 2 * reached + 1;
    }
    while (reached - below > 1) {
      const double middle = std::floor((below + reached) / 2);
      (at_most(middle) <= p ? below : reached) = middle;
    }
    return reached;
  };
  return {mean, quantile(tail), quantile(1 - tail)};
}

}  // namespace rapport::math
