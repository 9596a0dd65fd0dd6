#include <rapport/math/fisher_exact.hpp>

#include <rapport/math/special.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace rapport::math {
namespace {

double log_choose(double n, double k) noexcept {
  return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1);
}

void check(std::uint64_t count, std::uint64_t total, const char* name) {
  if (count <= total) return;
  throw std::invalid_argument(std::string("fisher_exact_fall: ") + name + " is " +
                              std::to_string(count) + ", but must be at most its total " +
                              std::to_string(total));
}

}  // namespace

double fisher_exact_fall(std::uint64_t earlier, std::uint64_t earlier_total, std::uint64_t later,
                         std::uint64_t later_total) {
  check(earlier, earlier_total, "earlier");
  check(later, later_total, "later");
  const auto n1 = static_cast<double>(earlier_total);
  const auto n2 = static_cast<double>(later_total);
  const double hits = static_cast<double>(earlier) + static_cast<double>(later);
  // Hypergeometric law of the hits in the second group: from as many as are seen down to as few as
  // the first group leaves.
  auto x = static_cast<double>(later);
  const double fewest = std::max(0.0, hits - n1);
  double term = std::exp(log_choose(n2, x) + log_choose(n1, hits - x) - log_choose(n1 + n2, hits));
  double sum = term;
  for (; x > fewest; --x) {
    term *= x * (n1 - hits + x) / ((n2 - x + 1) * (hits - x + 1));
    sum += term;
  }
  return std::min(1.0, sum);
}

}  // namespace rapport::math
