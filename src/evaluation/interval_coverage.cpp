#include <rapport/evaluation/interval_coverage.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

namespace rapport::evaluation {

IntervalCoverage interval_coverage(const core::EstimateColumn& intervals,
                                   std::span<const double> actual) {
  core::check_same_size(actual.size(), intervals.size(), "interval_coverage", "actual");
  IntervalCoverage result{.level = intervals.level};
  std::vector<double> widths;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double low = intervals.low[i], high = intervals.high[i], came = actual[i];
    if (std::isnan(low) || std::isnan(high) || std::isnan(came)) {
      ++result.left_out;
      continue;
    }
    widths.push_back(high - low);
    ++(came < low ? result.below : came > high ? result.above : result.within);
  }
  // In an order of the values, so that the order of the rows does not show.
  std::sort(widths.begin(), widths.end());
  double sum = 0;
  for (const double width : widths) sum += width;
  result.mean_width = sum / static_cast<double>(widths.size());
  result.share = math::wilson(result.within, widths.size(), 0.95);
  return result;
}

std::string to_text(const IntervalCoverage& coverage) {
  const auto percent = [](double share) { return core::fixed_text(100 * share, 1); };
  return "held " + core::grouped_text(coverage.within) + " of " +
         core::grouped_text(coverage.below + coverage.within + coverage.above) + " (" +
         percent(coverage.share.value) + " %, " + percent(coverage.share.low) + " to " +
         percent(coverage.share.high) + " %; promised " + core::to_text(100 * coverage.level) +
         " %), " + core::grouped_text(coverage.below) + " below, " +
         core::grouped_text(coverage.above) + " above, width " +
         core::fixed_text(coverage.mean_width, 2);
}

std::vector<double> transform_histogram(std::span<const double> below,
                                        std::span<const double> up_to, int bins) {
  constexpr std::string_view place = "transform_histogram";
  core::check_same_size(up_to.size(), below.size(), place, "up_to");
  if (bins < 1) core::throw_domain_error(place, "bins", bins, "> 0");
  // Mean over customers of the share of [below, up_to] under each edge; point laws step there.
  std::vector<double> under(static_cast<std::size_t>(bins));
  std::vector<std::pair<double, double>> laws;
  for (std::size_t i = 0; i < below.size(); ++i) {
    if (std::isnan(below[i]) || std::isnan(up_to[i])) continue;
    if (!(below[i] >= 0 && below[i] <= up_to[i])) {
      core::throw_domain_error(place, "below", below[i], "in [0, up_to]");
    }
    if (up_to[i] > 1 + 1e-9) core::throw_domain_error(place, "up_to", up_to[i], "in [0, 1]");
    laws.emplace_back(std::min(1.0, below[i]), std::min(1.0, up_to[i]));
  }
  std::sort(laws.begin(), laws.end());
  const auto n = static_cast<double>(laws.size());
  for (std::size_t bin = 0; bin < under.size(); ++bin) {
    const double edge = static_cast<double>(bin + 1) / bins;
    double sum = 0;
    for (const auto& [low, high] : laws) {
      sum += edge >= high ? 1 : edge <= low ? 0 : (edge - low) / (high - low);
    }
    under[bin] = sum / n;
  }
  for (std::size_t bin = under.size() - 1; bin > 0; --bin) under[bin] -= under[bin - 1];
  return under;
}

}  // namespace rapport::evaluation
