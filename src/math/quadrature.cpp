#include <rapport/math/quadrature.hpp>

#include <algorithm>
#include <cmath>

namespace rapport::math {
namespace {

// ln(1 + share * (e^d - 1)), which is d + ln(share) where e^d overflows.
double log_shifted(double share, double d) noexcept {
  return d > 700 ? d + std::log(share) : std::log1p(share * std::expm1(d));
}

}  // namespace

std::vector<Node> beta_rule(double a, double b, double scale) {
  // With y = ln(p / (1 - p)) the density is p^a (1 - p)^b / B(a, b), largest at y = ln(a / b) with
  // curvature ab / (a + b) < min(a, b). A factor G that pulls the bulk elsewhere cannot make it
  // narrower than 1 / sqrt(a). On either side it falls like exp(-e^y), whose Fourier transform
  // |G(a + i w)| is below 1e-17 of its largest value for w = 2 pi / step.
  const double p_mode = a / (a + b);
  const double q_mode = b / (a + b);
  const double y_mode = std::log(a / b);
  const double step = std::min(0.2, 0.6 / std::sqrt(a + 2));

  // The density over that at the mode: each part is a log of 1 + something, without cancellation.
  const auto relative_density = [&](double d) {
    return std::exp(-a * log_shifted(q_mode, -d) - b * log_shifted(p_mode, d));
  };

  constexpr double lost = 1e-18;
  const double smallest_p = lost / std::max({1.0, scale, b});
  const double smallest_q = lost / std::max(1.0, a);

  std::vector<Node> nodes;
  nodes.push_back({p_mode, 1});
  const auto walk = [&](double direction, double least) {
    for (double i = 1;; ++i) {
      const double d = direction * i * step;
      const double p = 1 / (1 + std::exp(-(y_mode + d)));
      const double q = 1 / (1 + std::exp(y_mode + d));
      const double density = relative_density(d);
      if (density < least) return;
      // From here on g and one of the factors are constant, and the rest of the rule's sum is a
      // geometric series.
      if (direction < 0 && p < smallest_p) {
        nodes.push_back({0, density / -std::expm1(-a * step)});
        return;
      }
      if (direction > 0 && q < smallest_q) {
        nodes.push_back({1, density / -std::expm1(-b * step)});
        return;
      }
      nodes.push_back({p, density});
    }
  };
  // g falls with p: it may be larger by any factor at p = 0 than on average, never at p = 1.
  walk(-1, 1e-300);
  walk(+1, 1e-22);

  double total = 0;
  for (const Node& node : nodes) total += node.weight;
  for (Node& node : nodes) node.weight /= total;
  return nodes;
}

}  // namespace rapport::math
