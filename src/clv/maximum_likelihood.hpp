#ifndef RAPPORT_SRC_CLV_MAXIMUM_LIKELIHOOD_HPP
#define RAPPORT_SRC_CLV_MAXIMUM_LIKELIHOOD_HPP

/// \file
/// What all fits share: the search from several starts, and the verdict on where it ended.

#include <rapport/clv/fit.hpp>
#include <rapport/math/newton.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// A log-likelihood to be maximised over k parameters.
struct LikelihoodProblem {
  std::string place;                    ///< who asks, for messages: "fit BG/NBD"
  std::vector<std::string_view> names;  ///< k of them
  /// Log-likelihood with derivatives in the coordinates of the search; called with the parameters.
  std::function<math::Derivatives(std::span<const double> parameters)> log_likelihood;
  /// The same of a sample of the customers, or empty. Where a search over it converges, that over
  /// all begins there.
  std::function<math::Derivatives(std::span<const double> parameters)> on_sample;
  /// How each parameter is searched; empty: all by their logarithms.
  std::vector<Coordinate> coordinates;
  /// What each parameter is measured against, > 0: a typical age for a rate of time. Beyond 1e8
  /// times that, or below 1e-8 of it, a parameter has run away; one that is searched as it is,
  /// beyond 100 times that to either side.
  std::vector<double> units;
  /// The ends of a parameter's domain, both of which belong to it where they are finite.
  struct Limits {
    double low, high;
  };
  /// One a parameter, or none: 0 or minus infinity to infinity. A maximum on a limit is
  /// FitStatus::at_boundary; where one parameter's limit depends on others, search its share of it.
  std::vector<Limits> limits;
  std::vector<std::vector<double>> starts;  ///< at least one
  /// Parameters that stay where a start has them: k flags, or none.
  std::vector<bool> held;
  /// Starts after the first are tried too if the first did not converge, or if this is set.
  bool try_all_starts = false;
  double value_noise = 0;  ///< absolute rounding error of the log-likelihood
  double customers = 0;
  std::size_t patterns = 0;
  /// Why there is too little, empty if there is enough; not empty without customers. Better
  /// parameters are looked for all the same, from the first start and not for long.
  std::string too_little_data;
};

/// \throws as fit() does.
[[nodiscard]] FitReport maximise_likelihood(const LikelihoodProblem& problem,
                                            const FitOptions& options);

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_MAXIMUM_LIKELIHOOD_HPP
