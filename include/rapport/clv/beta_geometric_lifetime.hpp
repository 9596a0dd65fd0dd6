#ifndef RAPPORT_CLV_BETA_GEOMETRIC_LIFETIME_HPP
#define RAPPORT_CLV_BETA_GEOMETRIC_LIFETIME_HPP

/// \file
/// How long somebody stays who leaves with the same chance before each of a row of occasions, a
/// chance that differs from one to the next by a beta law.
///
/// The lifetime of BG/BB, counted in opportunities, and of the shifted beta-geometric, counted in
/// renewals. With theta ~ Beta(a, b) the occasions survived are k or more with probability
/// S(k) = B(a, b + k) / B(a, b) = (b)_k / (a + b)_k.
///
/// Sums of S have the closed form b / (a - 1) (1 - (b + 1)_m / (a + b)_m), 0 / 0 at a = 1. Here it
/// is the divided difference that it is: with y the log of that last ratio, which is a - 1 times a
/// mean of digamma functions, b expm1(-y) / (a - 1) keeps its digits on either side and at a = 1.

#include <rapport/math/special.hpp>

#include <limits>

namespace rapport::clv {

/// Occasions to come of somebody who has not left: an immutable value.
class BetaGeometricLifetime {
 public:
  /// The beta law of the chance to leave. \pre Both are finite and > 0. Not checked: this is made
  /// once for every customer.
  explicit constexpr BetaGeometricLifetime(double a, double b) noexcept : a_(a), b_(b) {}

  /// ln S(k), the log of the probability of surviving k more occasions. Relative error 1e-14.
  /// \pre k >= 0 is finite.
  [[nodiscard]] double log_survival(double k) const noexcept {
    return math::log_beta_shift(a_, b_, k);
  }

  /// Mean number of occasions survived among the next m: the sum of S(k), k = 1 ... m. Relative
  /// error below 1e-13 for any m; half a microsecond. \pre m >= 0 is whole and finite.
  [[nodiscard]] double expected(double m) const noexcept;

  /// The same for ever: b / (a - 1); NaN if a <= 1, where it is infinite.
  [[nodiscard]] double expected_ever() const noexcept {
    return a_ > 1 ? b_ / (a_ - 1) : std::numeric_limits<double>::quiet_NaN();
  }

  /// The sum of S(k) / (1 + d)^k, k = 1 ... m: occasions survived, each worth 1 / (1 + d) of the
  /// one before. Relative error below 1e-13 for any m and d; up to a microsecond for m up to 256,
  /// some ten beyond. expected(m) for d = 0. \pre m >= 0 is whole and finite, d >= 0 finite.
  [[nodiscard]] double discounted(double m, double d) const;

  /// The same for ever; for d = 0 expected_ever(), NaN where that is. Relative error below 1e-13;
  /// below a microsecond for d down to 1e-3, some ten for smaller ones. \pre d >= 0 is finite.
  [[nodiscard]] double discounted(double d) const;

 private:
  double a_, b_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_BETA_GEOMETRIC_LIFETIME_HPP
