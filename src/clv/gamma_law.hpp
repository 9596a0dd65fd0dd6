#ifndef RAPPORT_SRC_CLV_GAMMA_LAW_HPP
#define RAPPORT_SRC_CLV_GAMMA_LAW_HPP

/// \file
/// The gamma law of a rate among customers, drawn from what is known of the customers' rates.

#include <rapport/clv/posterior.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/random.hpp>
#include <rapport/math/slice.hpp>
#include <rapport/math/special.hpp>
#include <rapport/math/variates.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

namespace rapport::clv::posterior {

/// How far logarithms of parameters may go: beyond, laws of rates are points to a computer.
inline constexpr double farthest_log = 30;

/// Shape and rate of a gamma law.
struct GammaLaw {
  double shape = 1, rate = 1;
};

/// What matters of n values to a gamma law.
struct GammaSums {
  double n = 0, sum = 0, sum_of_logs = 0;
};

/// A draw of the law given the values: the shape by a slice with the rate integrated out, where
/// n ln G(shape) and ln G(n shape) are all there is to evaluate; the rate then exactly.
[[nodiscard]] inline GammaLaw draw_gamma_law(math::RandomStream& stream, const GammaLaw& now,
                                             const GammaSums& sums, const GammaPrior& shape,
                                             const GammaPrior& rate) {
  const auto log_density = [&](double log_shape) {
    const double at = std::exp(log_shape);
    return shape.shape * log_shape - shape.rate * at + at * sums.sum_of_logs -
           sums.n * math::log_gamma(at) + math::log_gamma(sums.n * at + rate.shape) -
           (sums.n * at + rate.shape) * std::log(sums.sum + rate.rate);
  };
  const double log_shape =
      math::slice_draw(stream, std::log(now.shape), log_density,
                       {.width = 0.5, .lower = -farthest_log, .upper = farthest_log});
  const double next = std::exp(log_shape);
  const double log_rate =
      math::draw_log_gamma(stream, sums.n * next + rate.shape) - std::log(sums.sum + rate.rate);
  return {next, std::exp(std::clamp(log_rate, -farthest_log, farthest_log))};
}

/// \throws std::domain_error unless both parameters are finite and > 0.
inline void check(const GammaPrior& prior, std::string_view place, const std::string& name) {
  core::check_positive_finite(prior.shape, place, name + ".shape");
  core::check_positive_finite(prior.rate, place, name + ".rate");
}

}  // namespace rapport::clv::posterior

#endif  // RAPPORT_SRC_CLV_GAMMA_LAW_HPP
