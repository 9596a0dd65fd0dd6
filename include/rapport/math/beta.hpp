#ifndef RAPPORT_MATH_BETA_HPP
#define RAPPORT_MATH_BETA_HPP

/// \file
/// What is known of a probability after successes and failures were counted: a beta law.

#include <rapport/math/proportion.hpp>  // Proportion

namespace rapport::math {

/// P(X <= x) of the law Beta(a, b): the regularised incomplete beta function I_x(a, b). Relative
/// error about 1e-14; NaN unless x is in [0, 1] and a, b > 0.
[[nodiscard]] double beta_cdf(double x, double a, double b) noexcept;

/// What is believed of a probability before anything was counted, as a beta law: as if so many
/// successes and failures, beyond none at all, had been seen. The default is uniform on [0, 1].
/// Both are finite and > 0.
struct BetaPrior {
  double a = 1;
  double b = 1;

  friend constexpr bool operator==(const BetaPrior&, const BetaPrior&) = default;
};

/// The law of a probability after `successes` and `failures` under a prior: Beta(a + successes,
/// b + failures). An immutable value.
class BetaPosterior {
 public:
  /// Counts may be weighted, so need not be whole.
  /// \throws std::domain_error unless both counts are finite and >= 0, and the prior is valid.
  BetaPosterior(double successes, double failures, const BetaPrior& prior = {});

  [[nodiscard]] double a() const noexcept { return a_; }
  [[nodiscard]] double b() const noexcept { return b_; }
  [[nodiscard]] double mean() const noexcept { return a_ / (a_ + b_); }

  /// The x with P(X <= x) = p; relative error about 1e-14.
  /// \throws std::domain_error unless p is in [0, 1].
  [[nodiscard]] double quantile(double p) const;

  /// The mean, and the bounds that leave (1 - level) / 2 on either side. With 18 successes of 20
  /// and the uniform prior: 0.864, 0.729 to 0.960 at 0.90.
  /// \throws std::domain_error unless level is in (0, 1).
  [[nodiscard]] Proportion interval(double level) const;

 private:
  double a_, b_;
};

}  // namespace rapport::math

#endif  // RAPPORT_MATH_BETA_HPP
