#ifndef RAPPORT_SRC_CLV_FIT_MODEL_HPP
#define RAPPORT_SRC_CLV_FIT_MODEL_HPP

/// \file
/// From a model's likelihood, units and starts to its fit.

#include "maximum_likelihood.hpp"

#include <rapport/clv/fit.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>

namespace rapport::clv {

/// Up to so many patterns other starts cost little, and small data may have more than one maximum.
inline constexpr std::size_t few_patterns = 2000;

/// Terms of a likelihood are of order one a customer and purchase, and are rounded as such.
inline constexpr double likelihood_rounding = 16 * std::numeric_limits<double>::epsilon();

/// A scale to search around: absurd data must not make it, or 1e8 times it, overflow.
[[nodiscard]] inline double search_scale(double value) {
  return std::isnan(value) ? 1 : std::clamp(value, 1e-100, 1e100);
}

/// Above so many patterns a search begins on every `sample_step`-th of them.
inline constexpr std::size_t many_patterns = 50'000;
inline constexpr std::size_t sample_step = 16;

/// Typical times of a base, in its periods: what starts and units of models are made of.
struct TypicalTimes {
  double age = 1;       ///< mean age
  double interval = 1;  ///< mean time to a repeat purchase over all customers

  explicit TypicalTimes(const Patterns& patterns) {
    double exposure = 0;
    for (const auto& c : patterns.by_age()) exposure += c.customers * c.age;
    if (exposure > 0) age = search_scale(exposure / patterns.customers());
    interval = patterns.purchases() > 0 ? search_scale(exposure / patterns.purchases()) : age;
  }
};

/// What is always so in a fit of repeat buying: who asks, how many, how exact, and why there would
/// be too little. Units and starts are the model's to say.
template <class Model>
[[nodiscard]] LikelihoodProblem repeat_buying_problem(const Patterns& patterns) {
  LikelihoodProblem problem;
  problem.place = std::string("fit ").append(Model::name);
  problem.customers = patterns.customers();
  problem.patterns = patterns.size();
  problem.value_noise = likelihood_rounding * (patterns.customers() + patterns.purchases());
  problem.try_all_starts = patterns.size() <= few_patterns;
  if (patterns.customers() == 0) {
    problem.too_little_data = "there are no customers";
  } else if (patterns.purchases() == 0) {
    problem.too_little_data =
        "no customer has a repeat purchase: the purchase rate runs to 0, and what is lost cannot "
        "be told";
  }
  return problem;
}

/// Searches the parameters of Model in `problem`, whose names and likelihood are filled in here, if
/// they are not there, from Model::parameter_names and log_likelihood_derivatives.
template <class Model, class Data>
[[nodiscard]] Fit<Model> fit_with(LikelihoodProblem problem, const Data& data,
                                  const FitOptions& options) {
  if (problem.names.empty()) {
    problem.names.assign(Model::parameter_names.begin(), Model::parameter_names.end());
  }
  std::optional<Data> sample;
  if (!problem.log_likelihood) {
    const auto over = [&options](const Data& rows) {
      return [&options, &rows](std::span<const double> p) {
        return log_likelihood_derivatives(Model(params_of<Model>(p)), rows, options.threads);
      };
    };
    problem.log_likelihood = over(data);
    if constexpr (requires { data.every(sample_step); }) {
      if (data.size() > many_patterns)
        problem.on_sample = over(sample.emplace(data.every(sample_step)));
    }
  }
  Fit<Model> result{maximise_likelihood(problem, options), {}};
  result.params = params_of<Model>(result.parameters);
  if constexpr (requires { data.period(); }) result.period = data.period();
  return result;
}

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_FIT_MODEL_HPP
