#include <rapport/math/censored_median.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace rapport::math {

double censored_median(std::vector<Duration> durations) {
  // At one length, ends come before what was still open then.
  std::ranges::sort(durations, [](const Duration& a, const Duration& b) {
    return a.length != b.length ? a.length < b.length : a.ended && !b.ended;
  });
  // A product of ratios of counts: what is 1/2 in truth misses it by some rounding alone.
  constexpr double rounding = 1e-12;
  double lasting = 1;
  double half_over_at = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = 0; i < durations.size(); ++i) {
    if (!durations[i].ended) continue;
    if (lasting <= 0.5 + rounding) return (half_over_at + durations[i].length) / 2;
    lasting *= 1 - 1 / static_cast<double>(durations.size() - i);
    if (lasting < 0.5 - rounding) return durations[i].length;
    half_over_at = durations[i].length;
  }
  return lasting <= 0.5 + rounding ? half_over_at : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace rapport::math
