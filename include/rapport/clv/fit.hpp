#ifndef RAPPORT_CLV_FIT_HPP
#define RAPPORT_CLV_FIT_HPP

/// \file
/// Fits by maximum likelihood, and the report that says how far to trust them.
///
///   #include <rapport/clv/mbg_nbd.hpp>
///   const Histories histories({.frequency = x, .recency = t_x, .age = t}, weeks);
///   const auto fit = clv::fit<MbgNbd>(histories, {.threads = 2});
///   if (!fit.usable()) std::cerr << fit.message << '\n';
///
/// The search is Newton's in the logarithms of the parameters (math/newton.hpp), from starting
/// values taken from the data. Trouble with the data or the search is a status of the report,
/// never an exception: the parameters are then the best ones found, finite, within their domain.
///
/// With many patterns the search begins on a sample of them, and goes on over all from where that
/// led: the answer is the same maximum, and the full gradient there is zero.
///
/// Each model has a header of its own, which declares its fit and the likelihood that the fit
/// climbs, log_likelihood_derivatives: value, gradient and Hessian of a whole base in one pass over
/// its patterns. Work is cut into blocks by the patterns alone, so the result is the same bytes for
/// any number of threads and any order of rows.

#include <rapport/clv/histories.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/time.hpp>
#include <rapport/math/newton.hpp>  // Derivatives

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// How to fit.
struct FitOptions {
  core::Threads threads = 1;  ///< the answer is the same bytes for any number
  int max_iterations = 200;   ///< from each starting point
  /// Where to begin, in the model's parameters and order; empty: from the data.
  std::vector<double> start = {};
  /// Parameters that stay where `start` has them, as flags in the model's order; empty: none.
  std::vector<bool> held = {};
  /// Told of each iteration. A request to stop ends the fit with FitStatus::cancelled.
  core::Watch watch = {};
};

/// How a fit ended.
enum class FitStatus : std::uint8_t {
  converged,        ///< a maximum inside: zero gradient, negative definite Hessian
  at_boundary,      ///< a maximum on a boundary of the parameter space, such as the strongest
                    ///< dependence that a law can have: usable, and the message names it
  not_identified,   ///< the likelihood rises, or stays level, as parameters run to 0 or infinity
  too_little_data,  ///< no customers, or none of those who carry the information
  iteration_limit,  ///< `max_iterations` did not suffice
  numeric_failure,  ///< the likelihood could not be computed, or no step improved it
  cancelled,        ///< the host asked to stop
};

/// How a parameter is searched and its uncertainty stated: a positive one by its logarithm, so that
/// a step is a relative change and none becomes negative; any other as it is.
enum class Coordinate : std::uint8_t { logarithm, linear };

/// "converged", "not_identified", ...
[[nodiscard]] std::string_view to_text(FitStatus status) noexcept;

/// What a fit by maximum likelihood found, for k parameters; all vectors follow their order.
struct FitReport {
  std::vector<std::string_view> names;  ///< "r", "alpha", ...
  std::vector<double> parameters;       ///< finite and within their domain, whatever the status
  std::vector<Coordinate> coordinates;  ///< of the search, one a parameter
  double log_likelihood = 0;            ///< at the parameters, in nats; 0 without customers
  double gradient_norm = 0;             ///< Euclidean, in the coordinates of the search
  /// Covariance in the coordinates of the search (k x k, row by row): the inverse of the observed
  /// information. NaN unless usable(); 0 for a parameter that is held.
  std::vector<double> working_covariance;
  /// Parameters that were not searched, or stand on a boundary of their domain: k flags, or none.
  std::vector<bool> held;
  /// Those of `held` that a boundary holds: they were searched. k flags, or none.
  std::vector<bool> at_limit;
  FitStatus status = FitStatus::too_little_data;
  std::string message;  ///< one sentence for people: what happened, and to which parameter

  double customers = 0;                ///< customers behind the likelihood
  double left_out = 0;                 ///< customers whose rows say nothing (Gamma-Gamma)
  std::size_t patterns = 0;            ///< distinct rows among them
  int iterations = 0;                  ///< over all starting points
  int evaluations = 0;                 ///< of the likelihood with its derivatives
  int passes = 0;                      ///< of these, those over all patterns, not over a sample
  std::optional<core::Period> period;  ///< unit of time of the parameters, where they have one

  /// True if converged: only then may parameters be taken as estimates.
  [[nodiscard]] bool usable() const noexcept {
    return status == FitStatus::converged || status == FitStatus::at_boundary;
  }

  /// Covariance of the parameters themselves (k x k, row by row), by the delta method. NaN unless
  /// usable().
  [[nodiscard]] std::vector<double> covariance() const;

  /// Standard errors of the parameters. NaN unless usable().
  [[nodiscard]] std::vector<double> standard_errors() const;

  /// The parameter with that index, with the Wald interval in the coordinate of its search: that of
  /// a logarithm holds positive numbers only. Abstained, all NaN, unless usable().
  /// \throws std::out_of_range for an index of no parameter, std::domain_error unless `level` is
  /// in (0, 1).
  [[nodiscard]] core::Estimate estimate(std::size_t index, double level = 0.90) const;

  /// The same by name. \throws std::invalid_argument for the name of no parameter.
  [[nodiscard]] core::Estimate estimate(std::string_view name, double level = 0.90) const;

  /// Where that parameter stands. \throws std::invalid_argument for the name of no parameter.
  [[nodiscard]] std::size_t index_of(std::string_view name) const;

  /// Parameters that whoever fits again has to hold, as `held`: without those that only a boundary
  /// holds, which other data may move.
  [[nodiscard]] std::vector<bool> held_by_choice() const;

  /// Parameters that were estimated: those not held.
  [[nodiscard]] std::size_t free_parameters() const noexcept;

  /// Akaike's information criterion, 2 k - 2 ln L with k free parameters.
  [[nodiscard]] double aic() const noexcept;

  /// Schwarz's information criterion, k ln n - 2 ln L with n customers; NaN without customers.
  [[nodiscard]] double bic() const noexcept;
};

/// A model with the report of its fit.
template <class Model>
struct Fit : FitReport {
  typename Model::Params params;

  /// The model with the fitted parameters. Ask usable() first.
  [[nodiscard]] Model model() const { return Model(params); }
};

/// Parameters in their order as the model's struct. \pre Params holds that many doubles alone.
template <class Model>
[[nodiscard]] typename Model::Params params_of(std::span<const double> parameters) {
  std::array<double, sizeof(typename Model::Params) / sizeof(double)> values{};
  core::check_same_size(parameters.size(), values.size(), Model::name, "parameters");
  std::copy(parameters.begin(), parameters.end(), values.begin());
  return std::bit_cast<typename Model::Params>(values);
}

/// Fits a model of repeat buying to the distinct histories of a base; the header of each model has
/// its own.
/// \throws std::invalid_argument or std::domain_error for a start that is no model's parameters, or
/// for held parameters without one; what the watch's on_progress throws.
template <class Model>
[[nodiscard]] Fit<Model> fit(const Patterns& patterns, const FitOptions& options = {}) = delete;

template <class Model>
[[nodiscard]] Fit<Model> fit(const Histories& histories, const FitOptions& options = {}) {
  return fit<Model>(Patterns(histories, options.threads), options);
}

/// Fits a model of spending. Customers without purchases or with a mean that is not positive are
/// left out and counted.
/// \throws as above.
template <class Model>
[[nodiscard]] Fit<Model> fit(const SpendPatterns& patterns,
                             const FitOptions& options = {}) = delete;

template <class Model>
[[nodiscard]] Fit<Model> fit(const Spends& spends, const FitOptions& options = {}) {
  return fit<Model>(SpendPatterns(spends), options);
}

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_FIT_HPP
