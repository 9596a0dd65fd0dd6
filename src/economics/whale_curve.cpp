#include <rapport/economics/whale_curve.hpp>

#include <rapport/core/checked.hpp>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>

namespace rapport::economics {

core::Estimate WhaleCurve::share_of(std::size_t best) const {
  if (best > customers()) {
    throw std::invalid_argument("WhaleCurve: best is " + std::to_string(best) +
                                ", but must be at most the " + std::to_string(customers()) +
                                " customers");
  }
  core::Estimate share;
  share.n = customers();
  if (end() <= 0) {
    share.status = core::Status::undefined;
    return share;
  }
  share.value = static_cast<double>(cumulative[best]) / static_cast<double>(end());
  share.low = share.high = share.value;
  share.status = core::Status::known;
  return share;
}

WhaleCurve whale_curve(std::span<const std::int64_t> contributions) {
  std::vector<std::int64_t> sorted(contributions.begin(), contributions.end());
  std::ranges::sort(sorted, std::greater{});
  WhaleCurve curve;
  curve.cumulative.reserve(sorted.size() + 1);
  std::int64_t sum = 0;
  for (const std::int64_t contribution : sorted) {
    core::add_checked(sum, contribution, "whale_curve");
    curve.cumulative.push_back(sum);
    curve.peak_customers += contribution > 0;
    curve.losing += contribution < 0;
  }
  curve.peak = curve.cumulative[curve.peak_customers];
  return curve;
}

}  // namespace rapport::economics
