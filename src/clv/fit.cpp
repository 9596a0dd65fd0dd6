#include "maximum_likelihood.hpp"

#include <rapport/clv/fit.hpp>
#include <rapport/clv/likelihood.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace rapport::clv {
namespace {

// Up to so many patterns other starts cost little, and small data may have more than one maximum.
constexpr std::size_t few_patterns = 2000;

// Terms of the likelihood are of order one a customer and purchase, and are rounded as such.
constexpr double rounding = 16 * std::numeric_limits<double>::epsilon();

// A scale to search around: absurd data must not make it, or 1e8 times it, overflow.
double scale(double value) { return std::isnan(value) ? 1 : std::clamp(value, 1e-100, 1e100); }

template <class Model>
Fit<Model> fit_repeat_buying(std::string_view place, const Patterns& patterns,
                             const FitOptions& options) {
  LikelihoodProblem problem;
  problem.place = place;
  problem.names = {"r", "alpha", "a", "b"};
  problem.log_likelihood = [&](std::span<const double> p) {
    return log_likelihood_derivatives(Model({p[0], p[1], p[2], p[3]}), patterns, options.threads);
  };
  problem.customers = patterns.customers();
  problem.patterns = patterns.size();
  if (patterns.customers() == 0) {
    problem.too_little_data = "there are no customers";
  } else if (patterns.purchases() == 0) {
    problem.too_little_data =
        "no customer has a repeat purchase: the purchase rate runs to 0, a and b do not matter";
  }

  problem.value_noise = rounding * (patterns.customers() + patterns.purchases());

  double exposure = 0;
  for (const auto& c : patterns.by_age()) exposure += c.customers * c.age;
  const double mean_age = exposure > 0 ? scale(exposure / patterns.customers()) : 1;
  problem.units = {1, mean_age, 1, 1};
  const double mean_time =
      patterns.purchases() > 0 ? scale(exposure / patterns.purchases()) : mean_age;
  // Rates around the observed mean, or above it since customers who dropped out had less time; then
  // how the chance to drop out is spread. The likelihood may have maxima, or run out, on both
  // sides of that: much the same for everyone, or nearly 0 for some and nearly 1 for the rest.
  problem.starts = {{0.5, mean_time / 4, 1, 3},    {2, mean_time * 2, 0.5, 10},
                    {1, mean_time / 4, 2, 2},      {0.5, mean_time / 4, 0.1, 0.3},
                    {0.5, mean_time / 4, 20, 100}, {0.1, mean_time / 20, 0.1, 0.1}};
  problem.try_all_starts = patterns.size() <= few_patterns;

  Fit<Model> result{maximise_likelihood(problem, options), {}};
  const auto& p = result.parameters;
  result.params = {p[0], p[1], p[2], p[3]};
  result.period = patterns.period();
  return result;
}

}  // namespace

template <>
Fit<BgNbd> fit<BgNbd>(const Patterns& patterns, const FitOptions& options) {
  return fit_repeat_buying<BgNbd>("fit BG/NBD", patterns, options);
}

template <>
Fit<MbgNbd> fit<MbgNbd>(const Patterns& patterns, const FitOptions& options) {
  return fit_repeat_buying<MbgNbd>("fit MBG/NBD", patterns, options);
}

template <>
Fit<GammaGamma> fit<GammaGamma>(const SpendPatterns& patterns, const FitOptions& options) {
  LikelihoodProblem problem;
  problem.place = "fit Gamma-Gamma";
  problem.names = {"p", "q", "gamma"};
  problem.log_likelihood = [&](std::span<const double> p) {
    return log_likelihood_derivatives(GammaGamma({p[0], p[1], p[2]}), patterns, options.threads);
  };
  problem.customers = patterns.customers();
  problem.patterns = patterns.size();
  if (patterns.customers() == 0) {
    problem.too_little_data = "no customer has purchases with a positive mean amount";
  } else if (patterns.customers() < 3) {
    problem.too_little_data = "three parameters cannot be told from fewer than three customers";
  }

  problem.value_noise = rounding * patterns.customers();

  // The geometric mean: one large customer does not move it far.
  double logs = 0;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    logs += patterns.count()[i] * patterns.log_mean()[i];
  }
  const double typical =
      patterns.customers() > 0 ? scale(std::exp(logs / patterns.customers())) : 1;
  problem.units = {1, 1, typical};
  // The population's mean is p gamma / (q - 1).
  problem.starts = {{4, 4, typical * 3 / 4}, {1, 2, typical}, {20, 10, typical * 9 / 20}};
  problem.try_all_starts = patterns.size() <= few_patterns;

  Fit<GammaGamma> result{maximise_likelihood(problem, options), {}};
  const auto& p = result.parameters;
  result.params = {p[0], p[1], p[2]};
  result.left_out = patterns.left_out();
  return result;
}

}  // namespace rapport::clv
