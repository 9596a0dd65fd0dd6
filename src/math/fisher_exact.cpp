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

// Hypergeometric law of the hits in the second group, up to `later` of them.
struct Hits {
  double n1, n2, hits, later;

  // As few as the first group leaves: either no hit is in the second group, or no miss in the
  // first.
  [[nodiscard]] double fewest() const noexcept { return std::max(0.0, hits - n1); }

  // From the fewest up, by products alone. At least 1 / C(1000, 500) for the totals that this is
  // for: no underflow.
  [[nodiscard]] double sum_of_products() const noexcept {
    const double n = n1 + n2;
    const bool no_hit = hits <= n1;
    const double from = no_hit ? n1 : n2;  // the group that holds all hits, or all misses: `held`
    const double held = no_hit ? hits : n - hits;
    double term = 1;  // C(from, held) / C(n, held)
    for (double i = 0; i < held; ++i) term *= (from - i) / (n - i);
    double sum = term;
    for (double x = fewest(); x < later; ++x) {
      term *= (n2 - x) * (hits - x) / ((x + 1) * (n1 - hits + x + 1));
      sum += term;
    }
    return sum;
  }

  // From `later` down, which holds most of the sum.
  [[nodiscard]] double sum_by_logarithms() const noexcept {
    double term =
        std::exp(log_choose(n2, later) + log_choose(n1, hits - later) - log_choose(n1 + n2, hits));
    double sum = term;
    for (double x = later; x > fewest(); --x) {
      term *= x * (n1 - hits + x) / ((n2 - x + 1) * (hits - x + 1));
      sum += term;
    }
    return sum;
  }
};

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
  const Hits law{static_cast<double>(earlier_total), static_cast<double>(later_total),
                 static_cast<double>(earlier) + static_cast<double>(later),
                 static_cast<double>(later)};
  constexpr double longest_product = 1000;
  return std::min(
      1.0, law.n1 + law.n2 <= longest_product ? law.sum_of_products() : law.sum_by_logarithms());
}

}  // namespace rapport::math
