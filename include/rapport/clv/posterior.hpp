#ifndef RAPPORT_CLV_POSTERIOR_HPP
#define RAPPORT_CLV_POSTERIOR_HPP

/// \file
/// What the Bayesian models share: how to sample, and what is known afterwards.
///
///   const auto posterior = clv::posterior::sample(clv::ParetoNbdPrior{}, histories,
///                                                 {.horizon = weeks(52), .threads = 4});
///   if (!posterior.report.usable()) std::cerr << posterior.report.message << '\n';
///
/// Draws of the parameters of the whole base are kept. Those of single customers are folded into
/// running summaries as they are made, so that memory does not grow with draws times customers: a
/// customer costs customer_bytes(options), however long the chains.
///
/// Chains and customers have random streams of their own, and customers are put in order of their
/// histories: results are the same bytes for any number of threads and any order of rows.
/// Customers with equal histories share what is known of them: their draws are pooled.

#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// A gamma law as a prior: density proportional to x^(shape - 1) exp(-rate x). Both are finite and
/// > 0. The default is all but flat in ln x between 0 and 1 / rate.
struct GammaPrior {
  double shape = 1e-3;
  double rate = 1e-3;
};

namespace posterior {

/// How to sample. A sweep draws each parameter of the base, and of each customer, anew.
struct Options {
  int chains = 4;     ///< from starting points that lie apart; R-hat compares them
  int warmup = 1000;  ///< sweeps of each chain that are thrown away, and learned from
  int draws = 1000;   ///< kept of each chain
  int thin = 1;       ///< sweeps for each draw that is kept
  std::uint64_t seed = 1;
  core::TimeSpan horizon = core::weeks(52);  ///< of the forecasts
  /// Draws of all chains together behind each customer's prediction interval, evenly spaced; fewer
  /// if there are not so many. This bounds the memory.
  int forecast_draws = 400;
  double level = 0.90;        ///< of the intervals
  core::Threads threads = 1;  ///< the answer is the same bytes for any number
  core::Watch watch = {};
};

/// How far to trust the draws.
enum class Status : std::uint8_t {
  converged,        ///< R-hat below 1.01 and 100 effective draws a chain, for each parameter
  not_converged,    ///< not so: the message names the parameter that is worst off
  too_little_data,  ///< no customers: there are no draws
};

/// "converged", "not_converged", "too_little_data".
[[nodiscard]] std::string_view to_text(Status status) noexcept;

/// What the draws say of a parameter of the base.
struct Parameter {
  std::string name;
  core::Estimate estimate;  ///< the median, between equal-tailed quantiles of the draws
  double mean = 0;
  double standard_deviation = 0;
  double r_hat = 0;     ///< NaN where it cannot be told: see math::convergence
  double bulk_ess = 0;  ///< effective draws for the centre
  double tail_ess = 0;  ///< effective draws for the 5 % and 95 % quantiles
};

struct Report {
  std::vector<Parameter> parameters;
  Status status = Status::too_little_data;
  std::string message;  ///< one sentence for people
  double customers = 0;
  std::size_t patterns = 0;  ///< distinct histories among them
  std::optional<core::Period> period;

  /// True if converged.
  [[nodiscard]] bool usable() const noexcept { return status == Status::converged; }
};

/// The draws of the parameters of the base that were kept.
struct Draws {
  std::vector<std::string> names;
  int chains = 0;
  std::size_t draws = 0;       ///< of each chain
  std::vector<double> values;  ///< parameter by parameter, in it chain by chain

  /// All draws of a parameter, chain after chain. \pre parameter < names.size().
  [[nodiscard]] std::span<const double> of(std::size_t parameter) const noexcept {
    const std::size_t all = static_cast<std::size_t>(chains) * draws;
    return std::span(values).subspan(parameter * all, all);
  }
};

/// What is known of every customer, row = row of the histories. Abstained without draws.
struct Customers {
  /// At the end of observation: the posterior mean. The interval is the uncertainty of the
  /// parameters of the base, NaN for models that have no closed form given those.
  core::EstimateColumn probability_alive;
  core::EstimateColumn expected_purchases;  ///< within the horizon; interval: the same
  /// Purchases within the horizon: the same mean, between quantiles of drawn counts, chance
  /// included. The least counts that are not exceeded with the probabilities (1 -+ level) / 2.
  core::EstimateColumn purchases;
  std::vector<double> purchase_rate;  ///< posterior mean of purchases per period while active
  std::vector<double> dropout_rate;   ///< posterior mean of the rate of leaving, per period
  /// Posterior mean of k: 1 for purchases at random, above it for regular ones. Pareto/GGG alone.
  std::vector<double> regularity;
  /// Purchases of all customers within the horizon: mean and quantiles of drawn totals.
  core::Estimate total;
};

/// What sample() found.
struct Posterior {
  Report report;
  Draws draws;
  Customers customers;
};

/// Bytes that a customer costs while chains run, all chains together: does not depend on the
/// number of draws once that reaches `forecast_draws`.
[[nodiscard]] std::size_t customer_bytes(const Options& options) noexcept;

/// Median, quantiles and convergence of every parameter.
[[nodiscard]] std::vector<Parameter> summarise(const Draws& draws, double level);

/// \throws std::invalid_argument that names the first option that makes no sense.
void check(const Options& options);

}  // namespace posterior
}  // namespace rapport::clv

#endif  // RAPPORT_CLV_POSTERIOR_HPP
