#ifndef RAPPORT_SRC_CLV_WEIBULL_TIME_HPP
#define RAPPORT_SRC_CLV_WEIBULL_TIME_HPP

/// \file
/// The clock of the Weibull laws, t^c.

#include <rapport/math/jet.hpp>

#include <cmath>
#include <cstddef>

namespace rapport::clv {

/// (t + h)^c - t^c, without the cancellation.
[[nodiscard]] inline double weibull_step(double t, double h, double c) noexcept {
  return t > 0 ? std::pow(t, c) * std::expm1(c * std::log1p(h / t)) : std::pow(h, c);
}

/// t^c as a function of ln c, variable i.
template <std::size_t K>
[[nodiscard]] math::Jet<K> weibull_time(double t, double c, std::size_t i) noexcept {
  math::Jet<K> result;
  if (!(t > 0)) return result;
  const double log_time = c * std::log(t);  // its own derivative by ln c
  result.value = std::pow(t, c);
  result.gradient[i] = result.value * log_time;
  result.second(i, i) = result.value * log_time * (1 + log_time);
  return result;
}

/// (t + h)^c - t^c as a function of ln c, variable i.
template <std::size_t K>
[[nodiscard]] math::Jet<K> weibull_step(double t, double h, double c, std::size_t i) noexcept {
  if (!(t > 0)) return weibull_time<K>(h, c, i);
  // t^c times e^v - 1 with v = c ln(1 + h / t), which is its own derivative.
  const double v = c * std::log1p(h / t);
  const double e = std::exp(v);
  math::Jet<K> growth(std::expm1(v));
  growth.gradient[i] = e * v;
  growth.second(i, i) = e * v * (1 + v);
  return weibull_time<K>(t, c, i) * growth;
}

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_WEIBULL_TIME_HPP
