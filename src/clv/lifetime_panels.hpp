#ifndef RAPPORT_SRC_CLV_LIFETIME_PANELS_HPP
#define RAPPORT_SRC_CLV_LIFETIME_PANELS_HPP

/// \file
/// How to cut time into panels on which a rule of 8 or 16 points integrates what has a lifetime in
/// it.

#include <rapport/clv/lifetime.hpp>
#include <rapport/math/quadrature.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rapport::clv {

/// The distance of the nearest singularity of the survival from 0, or less.
[[nodiscard]] inline double scale(const ParetoLifetime& life) noexcept { return life.beta; }
[[nodiscard]] inline double scale(const GompertzLifetime& life) noexcept {
  return std::min(std::min(life.beta, 1.0) / life.b, 1e300);
}

/// How fast the log of the hazard moves now: by no more per period at any later time.
[[nodiscard]] inline double bend(const ParetoLifetime& life) noexcept { return 1 / life.beta; }
[[nodiscard]] inline double bend(const GompertzLifetime& life) noexcept {
  return life.b * std::abs(life.beta - 1) / life.beta;
}

/// How far a panel that begins now may reach. The survival of Gompertz has singularities where b u
/// is ln |beta - 1|, at pi or 2 pi from the real axis: they fall behind once the hazard is near b
/// s.
[[nodiscard]] inline double smooth_reach(const ParetoLifetime&) noexcept {
  return std::numeric_limits<double>::infinity();
}
[[nodiscard]] inline double smooth_reach(const GompertzLifetime& life) noexcept {
  return std::hypot(3, std::min(0.0, std::log(std::abs(life.beta - 1)))) / life.b;
}

/// The curvature of the log of survival where that is concave, else 0: how fast the hazard grows.
[[nodiscard]] inline double bow(const ParetoLifetime&) noexcept { return 0; }
[[nodiscard]] inline double bow(const GompertzLifetime& life) noexcept {
  return life.beta > 1 ? life.hazard(0) * bend(life) : 0;
}

/// Visits the nodes of panels that cover (0, end], for the integral of a positive function: each
/// node as visit(u, weight), then, after each panel, enough(u), which is true if what is beyond u
/// does not matter. `fall(left, u)` is the most that the log of the function moves per period at u,
/// `left` being the lifetime that is left then; it is monotone. Panels are even in
/// ln(1 + u / nearest), where no singularity is nearer to 0 than that.
template <class Lifetime, class Fall, class Visit, class Enough>
void visit_panels(const Lifetime& life, double nearest, double end, const Fall& fall,
                  const Visit& visit, const Enough& enough) {
  constexpr double widest = 11;  // e^2.5 - 1
  constexpr double steepest = 12;
  constexpr double most_bowed = 6;
  const auto visit_nodes = [&](const auto& rule, double low, double from, double length) {
    for (const auto& [at, weight] : rule) {
      const double rise = std::expm1(at * length);
      visit(low + from * rise, weight * length * from * (1 + rise));
    }
  };
  double low = 0;
  while (low < end) {
    const double from = nearest + low;
    const Lifetime left = life.after(low);
    const double reach = smooth_reach(left);
    const double first = fall(left, low);
    double width = std::min({widest * from, reach, end - low, 2 * steepest / first});
    // Over the most bowed panel the log departs from a line as that of a Gaussian does by 3/4.
    const double bowed = bow(left);
    double last = 0;
    for (int i = 0; i < 3; ++i) {  // narrower panels end where these are less
      const Lifetime later = life.after(low + width);
      last = fall(later, low + width);
      width = std::min({width, 2 * steepest / (first + last),
                        std::sqrt(most_bowed / std::max(bowed, bow(later)))});
    }
    const double high = width < end - low ? low + width : end;
    const double length = std::log1p((high - low) / from);
    if (length <= 0.6 && high - low <= 0.15 * reach && (high - low) * (first + last) <= 4) {
      visit_nodes(math::gauss_legendre<8>, low, from, length);
    } else {
      visit_nodes(math::gauss_legendre<16>, low, from, length);
    }
    low = high;
    if (enough(low)) return;
  }
}

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_LIFETIME_PANELS_HPP
