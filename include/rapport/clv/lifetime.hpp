#ifndef RAPPORT_CLV_LIFETIME_HPP
#define RAPPORT_CLV_LIFETIME_HPP

/// \file
/// Laws of how long a customer will stay active, seen from now = 0: small immutable values.
///
/// Each is what is left when a chance to drop out varies between customers by a gamma law: of
/// constant hazards (ParetoLifetime), or of hazards that grow by the same exp(b u) for all
/// (GompertzLifetime). Both are closed under waiting: who is still active at u has a lifetime of
/// the same kind, after(u). Times are in periods, u >= 0.

#include <cmath>

namespace rapport::clv {

/// Nobody drops out.
struct Unending {
  [[nodiscard]] double log_survival(double) const noexcept { return 0; }
  [[nodiscard]] double hazard(double) const noexcept { return 0; }
  [[nodiscard]] Unending after(double) const noexcept { return {}; }
};

/// Survival (beta / (beta + u))^s: exponential lifetimes whose rate is Gamma(s, rate beta), also
/// called Pareto of the second kind or Lomax. \pre s and beta are finite and > 0.
struct ParetoLifetime {
  double s;
  double beta;  ///< periods

  /// Log of the chance to be active still at u.
  [[nodiscard]] double log_survival(double u) const noexcept { return -s * std::log1p(u / beta); }
  /// Chance per period to drop out at u, if active until then.
  [[nodiscard]] double hazard(double u) const noexcept { return s / (beta + u); }
  /// The lifetime that is left at u.
  [[nodiscard]] ParetoLifetime after(double u) const noexcept { return {s, beta + u}; }
};

/// Survival (beta / (beta + exp(b u) - 1))^s: Gompertz lifetimes, whose hazard is eta b exp(b u)
/// with eta ~ Gamma(s, rate beta). Tends to ParetoLifetime{s, beta / b} for b to 0 with beta / b
/// held. \pre All three are finite and > 0.
struct GompertzLifetime {
  double b;  ///< per period
  double s;
  double beta;  ///< a number; below 1 the hazard falls with time, above 1 it grows

  /// Log of the chance to be active still at u.
  [[nodiscard]] double log_survival(double u) const noexcept {
    // The second form does not overflow for large b u, the first has no difference where b u or
    // beta - 1 is small.
    const double d = b * u;
    return -s * (d <= 1 || (beta > 1 && d <= 700)
                     ? std::log1p(std::expm1(d) / beta)
                     : d - std::log(beta) + std::log1p((beta - 1) * std::exp(-d)));
  }
  /// Chance per period to drop out at u, if active until then: from b s / beta at 0 to b s.
  [[nodiscard]] double hazard(double u) const noexcept { return b * s / after(u).beta; }
  /// The lifetime that is left at u.
  [[nodiscard]] GompertzLifetime after(double u) const noexcept {
    return {b, s, beta * std::exp(-b * u) - std::expm1(-b * u)};
  }
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_LIFETIME_HPP
