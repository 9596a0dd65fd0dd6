#include <rapport/clv/bootstrap.hpp>

#include <rapport/core/check.hpp>
#include <rapport/math/normal.hpp>

#include "special_values.hpp"

#include <cmath>
#include <numbers>

namespace rapport::clv {
namespace {

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

// The quantile at the expected rank of an order statistic, p (n + 1): NaN beyond the outermost
// ones, which n values do not tell. Infinite neighbours are not averaged.
double quantile(const std::vector<double>& sorted, double p) {
  const double rank = p * (static_cast<double>(sorted.size()) + 1);
  if (!(rank >= 1 && rank <= static_cast<double>(sorted.size()))) return nan;
  const auto below = static_cast<std::size_t>(rank);
  const double share = rank - static_cast<double>(below);
  const double low = sorted[below - 1];
  if (share == 0 || sorted[below] == low) return low;
  if (std::isinf(low) || std::isinf(sorted[below])) return share < 0.5 ? low : sorted[below];
  return low + share * (sorted[below] - low);
}

// A sixth of the skewness of the influences: how fast the standard error changes with the quantity
// (Efron 1987, section 7).
double acceleration(std::span<const double> influences, std::span<const double> customers) {
  double squares = 0, cubes = 0;
  for (std::size_t i = 0; i < influences.size(); ++i) {
    squares += customers[i] * influences[i] * influences[i];
    cubes += customers[i] * influences[i] * influences[i] * influences[i];
  }
  const double a = cubes / (6 * squares * std::sqrt(squares));
  return std::isfinite(a) ? a : 0;
}

// The normal deviate of the share of replicates below the estimate, ties counting half: 0 without
// bias.
double bias(const std::vector<double>& sorted, double estimate) {
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), estimate);
  const double below =
      static_cast<double>(first - sorted.begin()) + 0.5 * static_cast<double>(last - first);
  const double share = below / static_cast<double>(sorted.size());
  return share > 0 && share < 1 ? math::normal_quantile(share) : nan;
}

}  // namespace

std::string_view to_text(BootstrapInterval kind) noexcept {
  static constexpr auto names =
      std::to_array<std::string_view>({"percentile", "basic", "accelerated"});
  return names[static_cast<std::size_t>(kind)];
}

core::Estimate bootstrap_interval(double estimate, std::vector<double> values, double level,
                                  BootstrapInterval kind, std::span<const double> influences,
                                  std::span<const double> customers) {
  const double reach = math::two_sided_quantile(level);
  const std::size_t replicates = values.size();
  std::erase_if(values, [](double value) { return std::isnan(value); });
  std::sort(values.begin(), values.end());

  core::Estimate result;
  result.value = estimate;
  result.level = level;
  result.status = std::isnan(estimate) ? core::Status::undefined : core::Status::estimated;
  result.n = values.size();
  const auto failures = static_cast<double>(replicates - values.size());
  if (!result.usable() || values.empty() ||
      failures > most_failures * static_cast<double>(replicates)) {
    return result;
  }
  double low_p = (1 - level) / 2;
  double high_p = 1 - low_p;
  if (kind == BootstrapInterval::accelerated) {
    const double z0 = bias(values, estimate);
    const double a = acceleration(influences, customers);
    const auto corrected = [&](double z) {
      return normal_cdf(z0 + (z0 + z) / (1 - a * (z0 + z)));  // Efron's (2.3)
    };
    low_p = corrected(-reach);
    high_p = corrected(reach);
  }
  result.low = quantile(values, low_p);
  result.high = quantile(values, high_p);
  if (kind == BootstrapInterval::basic) {
    const bool positive = values.front() > 0 && estimate > 0;
    const auto mirrored = [&](double q) {
      return positive ? estimate * (estimate / q) : 2 * estimate - q;
    };
    const double low = mirrored(result.high);
    result.high = mirrored(result.low);
    result.low = low;
  }
  return result;
}

}  // namespace rapport::clv
