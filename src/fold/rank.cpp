#include <rapport/fold/rank.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rapport::fold {

std::vector<double> ranks(std::span<const double> values, Ties ties) {
  std::vector<std::uint64_t> order;
  order.reserve(values.size());
  for (std::uint64_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&](std::uint64_t a, std::uint64_t b) { return values[a] < values[b]; });
  std::vector<double> result(values.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double least = static_cast<double>(begin + 1);
    const double most = static_cast<double>(end);
    const double shared = ties == Ties::least  ? least
                          : ties == Ties::most ? most
                                               : (least + most) / 2;
    for (; begin < end; ++begin) result[order[begin]] = shared;
  }
  return result;
}

}  // namespace rapport::fold
