#ifndef RAPPORT_MATH_NEWTON_HPP
#define RAPPORT_MATH_NEWTON_HPP

/// \file
/// The optimiser: Newton's method in a trust region, for smooth functions of few variables whose
/// gradient and Hessian are known.
///
/// The subproblem in the region is solved exactly by the eigenvalues of the Hessian, as in
/// J. J. More, D. C. Sorensen (1983), Computing a Trust Region Step, SIAM J. Sci. Stat. Comput.
/// 4(3), 553-572, doi:10.1137/0904038: so an indefinite Hessian is no special case. That costs
/// O(n^3) an iteration and is meant for n up to 16 or so.

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::math {

/// A function at one point: its value, gradient (n) and Hessian (n x n, row by row, symmetric).
struct Derivatives {
  double value = 0;
  std::vector<double> gradient;
  std::vector<double> hessian;
};

/// A smooth function to be minimised. It may answer with numbers that are not finite: the search
/// steps back from there.
using SmoothFunction = std::function<Derivatives(std::span<const double> point)>;

/// When and where the search ends. Variables are expected to be of order one, as logarithms of
/// parameters are: the first step is at most `first_radius` long.
struct NewtonOptions {
  int max_iterations = 200;
  double first_radius = 1;    ///< Euclidean length of the longest first step
  double largest_radius = 8;  ///< and of any step
  /// Converged if a full Newton step would move no variable x by more than this times 1 + |x|.
  double step_tolerance = 1e-10;
  /// Absolute rounding error of values, where it is more than a few ulp of the value itself because
  /// large terms cancel.
  double value_noise = 0;
  std::vector<double> lower;  ///< smallest values of the variables; empty: none
  std::vector<double> upper;  ///< largest values; empty: none
  /// Called before each iteration; the search ends with NewtonStop::stopped if it answers false.
  std::function<bool(int iteration)> keep_going;
};

/// Why the search ended.
enum class NewtonStop : std::uint8_t {
  converged,        ///< a minimum: zero gradient, positive definite Hessian
  at_bound,         ///< the function falls towards a bound, and is at its minimum on that bound
  flat,             ///< what is left to gain is lost in rounding, yet the Newton step is not short:
                    ///< the function has no distinct minimum, it runs out along `flat_direction`
  iteration_limit,  ///< `max_iterations` did not suffice
  no_progress,      ///< no step lowers the value: value and derivatives do not fit together
  not_finite,       ///< value or derivatives are not finite where the search began
  stopped,          ///< the caller asked to stop
};

/// "converged", "at_bound", ...
[[nodiscard]] std::string_view to_text(NewtonStop stop) noexcept;

/// The best point found and why the search ended there.
struct NewtonResult {
  std::vector<double> point;
  Derivatives at;  ///< value, gradient and Hessian at `point`
  NewtonStop stop = NewtonStop::not_finite;
  int iterations = 0;         ///< steps tried
  int evaluations = 0;        ///< calls of the function
  double gradient_norm = 0;   ///< Euclidean
  double newton_step = 0;     ///< largest coordinate of the last full Newton step; NaN if none
  std::vector<int> at_bound;  ///< -1, 0 or 1 a variable: held by its lower, no, its upper bound
  /// Where the function runs out: largest coordinate +-1, pointing downhill; empty unless flat.
  std::vector<double> flat_direction;
};

/// Minimises `function` from `start`. Numeric trouble is a value of NewtonResult::stop, never an
/// exception; what `function` throws goes through.
/// \throws std::invalid_argument if `start` is empty, or a bound's size differs from it, or a
/// lower bound is above its upper one.
[[nodiscard]] NewtonResult minimise(const SmoothFunction& function, std::span<const double> start,
                                    const NewtonOptions& options = {});

/// The inverse of a symmetric positive definite matrix (n x n, row by row), through its
/// eigenvalues after scaling the diagonal to one; empty if the matrix is not finite or not
/// positive definite to working accuracy.
[[nodiscard]] std::vector<double> inverse_positive_definite(std::span<const double> matrix,
                                                            std::size_t size);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_NEWTON_HPP
