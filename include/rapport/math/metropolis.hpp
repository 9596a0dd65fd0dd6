#ifndef RAPPORT_MATH_METROPOLIS_HPP
#define RAPPORT_MATH_METROPOLIS_HPP

/// \file
/// A Metropolis chain in a few dimensions that learns its proposals while it warms up.
///
/// A step has three parts. A random walk with the covariance of the draws so far: H. Haario, E.
/// Saksman, J. Tamminen (2001), An adaptive Metropolis algorithm, Bernoulli 7(2), 223-242,
/// doi:10.2307/3318737, its scale led to an acceptance of three in ten. A slice along the line
/// through two earlier draws, which follows long tails and bent ridges (the direction as in C. J.
/// F. ter Braak, 2006, A Markov Chain Monte Carlo version of the genetic algorithm Differential
/// Evolution, Statistics and Computing 16, 239-249, doi:10.1007/s11222-006-8769-1). An independent
/// draw from a multivariate t with the mean and covariance of the draws so far (L. Tierney, 1994,
/// Markov chains for exploring posterior distributions, The Annals of Statistics 22(4), 1701-1728,
/// doi:10.1214/aos/1176325750): where the law is nearly normal most of these are accepted, and
/// draws are nearly independent; a step has three of these, which cost an evaluation each. About
/// ten evaluations in all. After warm-up nothing is learned any more, so that the law is left
/// exactly invariant.

#include <rapport/math/random.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace rapport::math {

/// One chain; a value, that continues alike when copied.
class LearningMetropolis {
 public:
  /// Log-density up to a constant, called with d coordinates; -infinity and NaN mean never.
  using LogDensity = std::function<double(std::span<const double>)>;

  /// `scale`: about how far a coordinate may move at first, > 0.
  /// \throws std::invalid_argument if `start` is empty, std::domain_error unless its density is
  /// finite.
  LearningMetropolis(LogDensity log_density, std::vector<double> start, double scale,
                     const RandomStream& stream);

  /// Proposes from there on by that mean and covariance (d x d, row by row), as of a mode of the
  /// law, until more is learned. Nothing changes if the covariance is not positive definite.
  /// \throws std::invalid_argument for other sizes.
  void expect(std::span<const double> mean, std::span<const double> covariance);

  /// One step while the chain warms up. \throws what the density throws.
  void learn();

  /// One step that leaves the law invariant.
  void step();

  [[nodiscard]] std::span<const double> state() const noexcept { return state_; }
  [[nodiscard]] double log_density() const noexcept { return log_density_at_state_; }

 private:
  struct Moments {
    double count = 0;
    std::vector<double> mean, squares;  // squares: d x d sums of products of deviations
    void add(std::span<const double> draw);
  };

  void walk(bool learning);
  void slide();
  void leap();
  void leap_once();
  void take_in();
  [[nodiscard]] bool accept(std::vector<double> proposal, double log_correction);

  LogDensity log_density_;
  RandomStream stream_;
  std::vector<double> state_;
  double log_density_at_state_;
  // What proposals are made of: learned from the windows that are complete.
  std::vector<double> mean_, root_, archive_;
  double log_scale_;
  bool leaps_ = false;
  double learned_ = 0;  // steps of warm-up
  double window_ = 50;  // length of the window being filled
  Moments moments_;
  std::vector<double> window_draws_;
};

}  // namespace rapport::math

#endif  // RAPPORT_MATH_METROPOLIS_HPP
