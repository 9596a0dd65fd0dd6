#include <rapport/core/check.hpp>
#include <rapport/rfm/clumpiness.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace rapport::rfm {

double clumpiness(std::span<const std::int32_t> days, std::int32_t window_days) {
  if (window_days <= 0) {
    core::throw_domain_error("clumpiness", "window_days", window_days, "> 0");
  }
  if (days.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double span = 1.0 + window_days;
  double entropy = 0;
  std::int32_t before = 0;
  const auto add_gap = [&](double gap) { entropy -= gap / span * std::log(gap / span); };
  for (const std::int32_t day : days) {
    if (day <= before || day > window_days) {
      throw std::invalid_argument("clumpiness: day " + std::to_string(day) +
                                  " does not ascend within 1 to " + std::to_string(window_days));
    }
    add_gap(static_cast<double>(day) - before);
    before = day;
  }
  add_gap(span - before);
  // Even gaps have the greatest entropy there is; rounding may not make them less than even.
  return std::max(0.0, 1 - entropy / std::log(static_cast<double>(days.size()) + 1));
}

}  // namespace rapport::rfm
