#ifndef RAPPORT_CLV_FIT_HPP
#define RAPPORT_CLV_FIT_HPP

/// \file
/// Fits by maximum likelihood, and the report that says how far to trust them.
///
///   const Histories histories({.frequency = x, .recency = t_x, .age = t}, weeks);
///   const auto fit = clv::fit<BgNbd>(histories, {.threads = 2});
///   if (!fit.usable()) std::cerr << fit.message << '\n';
///
/// The search is Newton's in the logarithms of the parameters (math/newton.hpp), from starting
/// values taken from the data. Trouble with the data or the search is a status of the report,
/// never an exception: the parameters are then the best ones found, finite and > 0.

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/histories.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
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
  /// Told of each iteration. A request to stop ends the fit with FitStatus::cancelled.
  core::Watch watch = {};
};

/// How a fit ended.
enum class FitStatus : std::uint8_t {
  converged,        ///< a maximum inside: zero gradient, negative definite Hessian
  not_identified,   ///< the likelihood rises, or stays level, as parameters run to 0 or infinity
  too_little_data,  ///< no customers, or none of those who carry the information
  iteration_limit,  ///< `max_iterations` did not suffice
  numeric_failure,  ///< the likelihood could not be computed, or no step improved it
  cancelled,        ///< the host asked to stop
};

/// "converged", "not_identified", ...
[[nodiscard]] std::string_view to_text(FitStatus status) noexcept;

/// What a fit by maximum likelihood found, for k parameters; all vectors follow their order.
struct FitReport {
  std::vector<std::string_view> names;  ///< "r", "alpha", ...
  std::vector<double> parameters;       ///< finite and > 0, whatever the status
  double log_likelihood = 0;            ///< at the parameters, in nats; 0 without customers
  /// Euclidean norm of the gradient with respect to the logarithms of the parameters.
  double gradient_norm = 0;
  /// Covariance of the logarithms of the parameters (k x k, row by row): the inverse of the
  /// observed information. NaN unless usable().
  std::vector<double> log_covariance;
  FitStatus status = FitStatus::too_little_data;
  std::string message;  ///< one sentence for people: what happened, and to which parameter

  double customers = 0;                ///< customers behind the likelihood
  double left_out = 0;                 ///< customers whose rows say nothing (Gamma-Gamma)
  std::size_t patterns = 0;            ///< distinct rows among them
  int iterations = 0;                  ///< over all starting points
  int evaluations = 0;                 ///< of the likelihood with its derivatives
  std::optional<core::Period> period;  ///< unit of time of the parameters, where they have one

  /// True if converged: only then may parameters be taken as estimates.
  [[nodiscard]] bool usable() const noexcept { return status == FitStatus::converged; }

  /// Covariance of the parameters themselves (k x k, row by row), by the delta method. NaN unless
  /// usable().
  [[nodiscard]] std::vector<double> covariance() const;

  /// Standard errors of the parameters. NaN unless usable().
  [[nodiscard]] std::vector<double> standard_errors() const;

  /// The parameter with that index, with the Wald interval of its logarithm, which holds positive
  /// numbers only. Abstained, all NaN, unless usable().
  /// \throws std::out_of_range for an index of no parameter, std::domain_error unless `level` is
  /// in (0, 1).
  [[nodiscard]] core::Estimate estimate(std::size_t index, double level = 0.90) const;

  /// The same by name. \throws std::invalid_argument for the name of no parameter.
  [[nodiscard]] core::Estimate estimate(std::string_view name, double level = 0.90) const;

  /// Akaike's information criterion, 2 k - 2 ln L.
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

/// Fits BG/NBD or MBG/NBD. They need customers with repeat purchases.
/// \throws std::invalid_argument or std::domain_error for a start that is no model's parameters;
/// what the watch's on_progress throws.
template <class Model>
[[nodiscard]] Fit<Model> fit(const Patterns& patterns, const FitOptions& options = {});

template <class Model>
[[nodiscard]] Fit<Model> fit(const Histories& histories, const FitOptions& options = {}) {
  return fit<Model>(Patterns(histories), options);
}

/// Fits Gamma-Gamma. Customers without purchases or with a mean that is not positive are left out
/// and counted.
/// \throws as above.
template <class Model>
[[nodiscard]] Fit<Model> fit(const SpendPatterns& patterns, const FitOptions& options = {});

template <class Model>
[[nodiscard]] Fit<Model> fit(const Spends& spends, const FitOptions& options = {}) {
  return fit<Model>(SpendPatterns(spends), options);
}

template <>
[[nodiscard]] Fit<BgNbd> fit<BgNbd>(const Patterns& patterns, const FitOptions& options);
template <>
[[nodiscard]] Fit<MbgNbd> fit<MbgNbd>(const Patterns& patterns, const FitOptions& options);
template <>
[[nodiscard]] Fit<GammaGamma> fit<GammaGamma>(const SpendPatterns& patterns,
                                              const FitOptions& options);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_FIT_HPP
