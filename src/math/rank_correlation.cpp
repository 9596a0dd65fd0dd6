#include <rapport/math/rank_correlation.hpp>

#include <rapport/core/check.hpp>
#include <rapport/math/normal.hpp>

#include <algorithm>
#include <cmath>

namespace rapport::math {

core::Estimate rank_correlation(std::span<const double> ranks_x, std::span<const double> ranks_y,
                                double level) {
  core::check_same_size(ranks_y.size(), ranks_x.size(), "rank_correlation", "ranks_y");
  const double z = two_sided_quantile(level);
  core::Estimate result;
  result.level = level;
  result.n = ranks_x.size();
  if (ranks_x.size() < 10) return result;
  const auto n = static_cast<double>(ranks_x.size());
  const double middle = (n + 1) / 2;  // the mean of the ranks, ties or not
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < ranks_x.size(); ++i) {
    const double x = ranks_x[i] - middle;
    const double y = ranks_y[i] - middle;
    xy += x * y;
    xx += x * x;
    yy += y * y;
  }
  if (xx == 0 || yy == 0) {
    result.status = core::Status::undefined;
    return result;
  }
  result.status = core::Status::estimated;
  result.value = std::clamp(xy / std::sqrt(xx) / std::sqrt(yy), -1.0, 1.0);
  const double half = z * std::sqrt((1 + result.value * result.value / 2) / (n - 3));
  const double centre = std::atanh(result.value);
  result.low = std::tanh(centre - half);
  result.high = std::tanh(centre + half);
  return result;
}

}  // namespace rapport::math
