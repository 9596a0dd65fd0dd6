#ifndef RAPPORT_MATH_SLICE_HPP
#define RAPPORT_MATH_SLICE_HPP

/// \file
/// Slice sampling: draws from a density that can be evaluated but not inverted, without tuning.
///
/// R. M. Neal (2003), Slice sampling, The Annals of Statistics 31(3), 705-767,
/// doi:10.1214/aos/1056562461; for a Gaussian prior: I. Murray, R. P. Adams, D. J. C. MacKay
/// (2010), Elliptical slice sampling, AISTATS 9, 541-548 (arXiv:1001.0131).

#include <rapport/math/random.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

namespace rapport::math {

/// How far and where a slice is sought.
struct SliceOptions {
  double width = 1;    ///< about the width of the law; a bad guess costs time, not correctness
  int max_steps = 64;  ///< of that width, to both sides together
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
};

/// The next state of a chain at `x` that leaves exp(log_density) invariant: stepping out (Neal,
/// Fig. 3) and shrinkage (Fig. 5). The density is 0 outside [lower, upper]; a NaN counts as 0.
/// About six evaluations if `width` suits.
/// \pre log_density(x) > -infinity and x is in [lower, upper].
template <class LogDensity>
[[nodiscard]] double slice_draw(RandomStream& stream, double x, const LogDensity& log_density,
                                const SliceOptions& options = {}) {
  const double level = log_density(x) - draw_exponential(stream);
  const auto inside = [&](double at) {
    return at >= options.lower && at <= options.upper && log_density(at) > level;
  };
  double left = x - options.width * draw_uniform(stream);
  double right = left + options.width;
  int steps_left = static_cast<int>(options.max_steps * draw_uniform(stream));
  int steps_right = options.max_steps - 1 - steps_left;
  for (; steps_left > 0 && inside(left); --steps_left) left -= options.width;
  for (; steps_right > 0 && inside(right); --steps_right) right += options.width;
  for (;;) {
    const double next = left + (right - left) * draw_uniform(stream);
    // The interval has shrunk to x itself where rounding leaves nothing else.
    if (next == x || inside(next)) return next;
    (next < x ? left : right) = next;
  }
}

/// The next state of a chain at deviation `x` from the mean that leaves
/// exp(log_likelihood) times a Gaussian law of mean 0 invariant; `other` is a fresh draw of that
/// law. Moves all coordinates at once and has nothing to tune. `log_likelihood` takes a deviation.
/// \pre log_likelihood(x) > -infinity.
template <std::size_t Size, class LogLikelihood>
[[nodiscard]] std::array<double, Size> elliptical_slice_draw(RandomStream& stream,
                                                             const std::array<double, Size>& x,
                                                             const std::array<double, Size>& other,
                                                             const LogLikelihood& log_likelihood) {
  const double level = log_likelihood(x) - draw_exponential(stream);
  double angle = 2 * std::numbers::pi * draw_uniform(stream);
  double left = angle - 2 * std::numbers::pi;
  double right = angle;
  for (;;) {
    const double cosine = std::cos(angle);
    const double sine = std::sin(angle);
    std::array<double, Size> next;
    for (std::size_t i = 0; i < Size; ++i) next[i] = x[i] * cosine + other[i] * sine;
    if (log_likelihood(next) > level || angle == 0) return next;
    (angle < 0 ? left : right) = angle;
    angle = left + (right - left) * draw_uniform(stream);
  }
}

}  // namespace rapport::math

#endif  // RAPPORT_MATH_SLICE_HPP
