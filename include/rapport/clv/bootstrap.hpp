#ifndef RAPPORT_CLV_BOOTSTRAP_HPP
#define RAPPORT_CLV_BOOTSTRAP_HPP

/// \file
/// Intervals from fits to customers drawn again: what the delta method says by formula, by trial.
///
///   const auto trials = bootstrap(fitted, patterns, {.replicates = 999, .seed = 7, .threads = 2});
///   trials.estimate([](const MbgNbd& m) { return m.expected_purchases(52); });
///
/// Each replicate is a base of as many customers, drawn from the given one with replacement, and
/// fitted from the estimate on. It asks nothing of the shape of the likelihood, and holds where the
/// model is wrong as long as the customers are independent; it costs a fit a replicate.
///
/// B. Efron (1987), Better Bootstrap Confidence Intervals, JASA 82(397), 171-185,
/// doi:10.1080/01621459.1987.10478410.

#include <rapport/clv/fit.hpp>
#include <rapport/clv/forecast.hpp>  // predicts
#include <rapport/clv/resampling.hpp>
#include <rapport/clv/uncertainty.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/math/random.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport::clv {

/// How to draw and fit again.
struct BootstrapOptions {
  int replicates = 200;  ///< 200 show a spread; 999 and more steady the ends of an interval
  std::uint64_t seed = 0;
  core::Threads threads = 1;  ///< replicates side by side; the same bytes for any number
  core::Watch watch = {};
};

/// How an interval is made of the replicates' values.
enum class BootstrapInterval : std::uint8_t {
  percentile,   ///< their quantiles
  basic,        ///< their quantiles mirrored at the estimate: in logarithms if all are positive
  accelerated,  ///< their quantiles at levels corrected for bias and skewness (BCa)
};

/// "percentile", "basic" or "accelerated".
[[nodiscard]] std::string_view to_text(BootstrapInterval kind) noexcept;

/// More replicates without a value than this share, and there is no interval: those left would be
/// the ones that went well.
inline constexpr double most_failures = 0.1;

/// An interval from the values of replicates, of which those that are NaN have none; +-infinity is
/// a value. `influences`, one for each distinct row of the data, say how a customer of that row
/// moves the quantity, in any unit, and `customers` how many there are: empty for an acceleration
/// of 0. The n of the estimate is the number of values.
/// Ends that lie beyond the replicates, since there are too few for the level, are NaN; so are both
/// with more failures than most_failures.
/// \throws std::domain_error unless level is in (0, 1).
[[nodiscard]] core::Estimate bootstrap_interval(double estimate, std::vector<double> values,
                                                double level, BootstrapInterval kind,
                                                std::span<const double> influences = {},
                                                std::span<const double> customers = {});

/// A fit with its replicates: a value.
template <class Model>
class Bootstrap {
 public:
  using Params = typename Model::Params;

  /// How each replicate's fit ended, in the order of drawing.
  [[nodiscard]] std::span<const FitStatus> statuses() const noexcept { return statuses_; }

  /// Replicates whose fit ended like that.
  [[nodiscard]] int count(FitStatus status) const noexcept {
    return static_cast<int>(std::count(statuses_.begin(), statuses_.end(), status));
  }

  /// Parameters of the replicates, in the order of drawing. Those whose fit found none at all
  /// (see predicts) are left out of every estimate; those with a parameter that ran out count, with
  /// a value as extreme as theirs is.
  [[nodiscard]] std::span<const Params> params() const noexcept { return params_; }

  /// A number that the model gives, with its interval; it covers the uncertainty of the parameters.
  /// Abstained if the fit itself predicts nothing.
  /// \throws std::domain_error unless level is in (0, 1).
  template <std::invocable<const Model&> Quantity>
  [[nodiscard]] core::Estimate estimate(
      const Quantity& quantity, double level = 0.90,
      BootstrapInterval kind = BootstrapInterval::accelerated) const {
    if (!predicts(fit_)) {
      core::Estimate none;
      none.level = level;
      return none;
    }
    std::vector<double> values(params_.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < params_.size(); ++i) {
      if (found_[i]) values[i] = quantity(Model(params_[i]));
    }
    const auto asked = neighbours_.ask(quantity);
    std::vector<double> influences;
    if (kind == BootstrapInterval::accelerated && fit_.usable()) {
      influences = influences_on(asked);
    }
    return bootstrap_interval(asked[0], std::move(values), level, kind, influences, customers_);
  }

  /// A parameter by name. \throws std::invalid_argument for the name of none; as above.
  [[nodiscard]] core::Estimate estimate(
      std::string_view parameter, double level = 0.90,
      BootstrapInterval kind = BootstrapInterval::accelerated) const {
    const std::size_t index = fit_.index_of(parameter);
    return estimate(
        [index](const Model& model) {
          return std::bit_cast<std::array<double, parameters>>(model.params())[index];
        },
        level, kind);
  }

 private:
  template <class M, Resamplable Data>
  friend Bootstrap<M> bootstrap(const Fit<M>&, const Data&, const BootstrapOptions&);

  static constexpr std::size_t parameters = sizeof(Params) / sizeof(double);
  using Scores = std::array<double, parameters>;

  explicit Bootstrap(const Fit<Model>& fit) : fit_(fit), neighbours_(fit) {}

  // How much a customer of each row moves the quantity: its gradient times the covariance times the
  // row's score. Gradient and scores are steps of the same length: the unit does not matter.
  [[nodiscard]] std::vector<double> influences_on(
      const typename Neighbourhood<Model>::Values& asked) const {
    Scores direction{};
    for (std::size_t i = 0; i < parameters; ++i) {
      for (std::size_t j = 0; j < parameters; ++j) {
        direction[i] += fit_.working_covariance[i * parameters + j] * (asked[j + 1] - asked[0]);
      }
    }
    std::vector<double> result(scores_.size());
    for (std::size_t row = 0; row < scores_.size(); ++row) {
      for (std::size_t i = 0; i < parameters; ++i) result[row] += direction[i] * scores_[row][i];
    }
    return result;
  }

  Fit<Model> fit_;
  Neighbourhood<Model> neighbours_;
  std::vector<Params> params_;
  std::vector<char> found_;  // whether the replicate's fit found parameters at all
  std::vector<FitStatus> statuses_;
  std::vector<Scores> scores_;  // of a customer of each row, up to a factor
  std::vector<double> customers_;
};

/// Draws the customers of `data` again and fits them, `replicates` times. `data` are those of the
/// fit; parameters that the fit was asked to hold stay held, and those on a boundary may leave it.
/// The uninformative customers of a spend model are not drawn: the intervals are given how many
/// informative ones there are. \throws std::invalid_argument unless there are replicates >= 1;
/// core::Cancelled.
template <class Model, Resamplable Data>
[[nodiscard]] Bootstrap<Model> bootstrap(const Fit<Model>& fitted, const Data& data,
                                         const BootstrapOptions& options = {}) {
  if (options.replicates < 1) {
    throw std::invalid_argument("bootstrap: replicates is " + std::to_string(options.replicates) +
                                ", but must be >= 1");
  }
  constexpr std::uint32_t purpose = 0x626F6F74;  // a stream of its own
  constexpr std::size_t at_once = 16;            // between two looks at the watch
  const auto replicates = static_cast<std::size_t>(options.replicates);

  Bootstrap<Model> result(fitted);
  result.params_.resize(replicates, fitted.params);
  result.found_.resize(replicates, 0);
  result.statuses_.resize(replicates, FitStatus::too_little_data);
  const FitOptions from_here{.start = fitted.parameters, .held = fitted.held_by_choice()};
  for (std::size_t begin = 0; begin < replicates; begin += at_once) {
    options.watch.report({"bootstrapping", begin, replicates});
    const std::size_t count = std::min(at_once, replicates - begin);
    core::for_blocks(options.threads, count, 1, [&](std::size_t block, std::size_t) {
      const std::size_t i = begin + block;
      math::RandomStream stream(options.seed, i, purpose);
      const Fit<Model> again = fit<Model>(resample(data, stream), from_here);
      result.params_[i] = again.params;
      result.found_[i] = predicts(again);
      result.statuses_[i] = again.status;
    });
  }
  options.watch.report({"bootstrapping", replicates, replicates});

  result.customers_.assign(data.count().begin(), data.count().end());
  result.scores_.resize(data.size());
  core::for_blocks(options.threads, data.size(), 1024, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const auto values = result.neighbours_.ask(
          [&](const Model& model) { return log_likelihood_of_row(model, data, row); });
      for (std::size_t i = 0; i < Bootstrap<Model>::parameters; ++i) {
        result.scores_[row][i] = values[i + 1] - values[0];
      }
    }
  });
  return result;
}

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_BOOTSTRAP_HPP
