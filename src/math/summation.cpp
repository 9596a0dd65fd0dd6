#include <rapport/math/summation.hpp>

#include <cstddef>

namespace rapport::math {

std::array<Node, 16> gauss_sum(double terms) noexcept {
  constexpr std::size_t n = 16;
  // Monic polynomials in t = (2 k + 1 - N) / N, in [-1, 1]: p_(j+1) = t p_j - c_j p_(j-1), with the
  // c_j of Legendre's times 1 - (j / N)^2.
  std::array<double, n> c{};
  double norm = terms;
  for (std::size_t j = 1; j < n; ++j) {
    const auto i = static_cast<double>(j);
    c[j] = i * i / (4 * i * i - 1) * (1 - i / terms * (i / terms));
    norm *= c[j];
  }
  std::array<Node, n> rule{};
  for (std::size_t i = n / 2; i < n; ++i) {
    double t = 2 * gauss_legendre<n>[i].at - 1;
    double before = 0;
    double slope = 0;
    const auto evaluate = [&] {
      double p = t;
      double p_slope = 1;
      before = 1;
      double before_slope = 0;
      for (std::size_t j = 1; j < n; ++j) {
        const double next = t * p - c[j] * before;
        const double next_slope = p + t * p_slope - c[j] * before_slope;
        before = p;
        before_slope = p_slope;
        p = next;
        p_slope = next_slope;
      }
      slope = p_slope;
      return p;
    };
    // Legendre's nodes are close: Newton's step is below rounding after three or four.
    for (int step = 0; step < 6; ++step) {
      const double move = evaluate() / slope;
      t -= move;
      if (std::abs(move) < 1e-12) break;
    }
    evaluate();
    const double weight = norm / (slope * before);
    const double offset = terms / 2 * t;
    rule[i] = {(terms - 1) / 2 + offset, weight};
    rule[n - 1 - i] = {(terms - 1) / 2 - offset, weight};
  }
  return rule;
}

}  // namespace rapport::math
