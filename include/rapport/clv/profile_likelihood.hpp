#ifndef RAPPORT_CLV_PROFILE_LIKELIHOOD_HPP
#define RAPPORT_CLV_PROFILE_LIKELIHOOD_HPP

/// \file
/// The interval of one parameter from the likelihood itself, with the others at their best for each
/// of its values.
///
///   const auto b = profile_interval(fitted, patterns, "b", {.threads = 2});
///   if (b.high_end == ProfileEnd::unbounded) ...  // the data give b no upper limit
///
/// A Wald interval (FitReport::estimate) takes the likelihood for quadratic, and ends on both sides
/// whatever the data say. This one ends where twice the fall of the log-likelihood reaches the
/// quantile of a chi-squared law of one degree, and does not end where the likelihood never falls
/// so far: then the data set no limit on that side, and the fit's own error bars would hide it. It
/// also needs no usable() fit: of a parameter that runs to infinity it gives the lower end.
///
/// D. J. Venzon, S. H. Moolgavkar (1988), A Method for Computing Profile-Likelihood-Based
/// Confidence Intervals, Applied Statistics 37(1), 87-94, doi:10.2307/2347496.

#include <rapport/clv/fit.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// How to profile.
struct ProfileOptions {
  double level = 0.90;
  core::Threads threads = 1;  ///< of each fit; the answer is the same bytes for any number
  core::Watch watch = {};     ///< asked before each fit
};

/// How an interval ends on one side.
enum class ProfileEnd : std::uint8_t {
  found,      ///< where the likelihood has fallen as far as the level asks
  unbounded,  ///< it never falls so far: the end is 0, or infinite
  boundary,   ///< it has not fallen so far where the model ends: the end is that boundary
  failed,     ///< a fit on the way gave no answer: the end is NaN
};

/// "found", "unbounded", "boundary" or "failed".
[[nodiscard]] std::string_view to_text(ProfileEnd end) noexcept;

/// The interval of one parameter.
struct ProfileInterval {
  /// Value and ends; value NaN and abstained without a likelihood to start from.
  core::Estimate estimate;
  ProfileEnd low_end = ProfileEnd::failed;
  ProfileEnd high_end = ProfileEnd::failed;
  int fits = 0;         ///< with the parameter held
  std::string message;  ///< one sentence for people: what is not as it should be; empty if all is

  /// True if both ends were found, or are known not to exist.
  [[nodiscard]] bool usable() const noexcept {
    return low_end != ProfileEnd::failed && high_end != ProfileEnd::failed;
  }
};

/// A point of a profile: a value of one parameter, with the best that the others can make of it.
struct ProfilePoint {
  double value = 0;
  double log_likelihood = 0;  ///< NaN where the model does not admit the value
  double slope = 0;           ///< of the log-likelihood along the parameter's search coordinate
  std::vector<double> parameters;
  FitStatus status = FitStatus::numeric_failure;
};

/// The best with one parameter held at `value`, searched from `start`, all parameters in order.
using HeldFit = std::function<ProfilePoint(double value, std::span<const double> start)>;

/// The search for both ends, for any likelihood that `refit` maximises. Some three to six fits an
/// end. \throws std::domain_error unless level is in (0, 1); core::Cancelled.
[[nodiscard]] ProfileInterval find_profile_interval(const FitReport& fit, std::size_t index,
                                                    const HeldFit& refit,
                                                    const ProfileOptions& options);

/// A model's fit with one parameter held, and those that the first fit was asked to hold; one that
/// a boundary held is free to leave it.
template <class Model, class Data>
[[nodiscard]] HeldFit held_fit(const Fit<Model>& fitted, const Data& data, std::size_t index,
                               const core::Threads& threads = 1) {
  return [&fitted, &data, index, threads](double value, std::span<const double> start) {
    FitOptions options{.threads = threads};
    options.start.assign(start.begin(), start.end());
    options.start[index] = value;
    options.held = fitted.held_by_choice();
    options.held.resize(start.size(), false);
    options.held[index] = true;
    const Fit<Model> best = fit<Model>(data, options);
    ProfilePoint point{.value = value,
                       .log_likelihood = best.log_likelihood,
                       .parameters = best.parameters,
                       .status = best.status};
    point.slope = log_likelihood_derivatives(best.model(), data, threads).gradient[index];
    return point;
  };
}

/// The interval of a parameter by name. `data` are those of the fit, which have to outlive the call
/// only. Parameters that the fit was asked to hold stay held; those on a boundary may leave it.
/// \throws std::invalid_argument for the name of no parameter; std::domain_error unless level is in
/// (0, 1); core::Cancelled.
template <class Model, class Data>
[[nodiscard]] ProfileInterval profile_interval(const Fit<Model>& fitted, const Data& data,
                                               std::string_view parameter,
                                               const ProfileOptions& options = {}) {
  const std::size_t index = fitted.index_of(parameter);
  return find_profile_interval(fitted, index, held_fit(fitted, data, index, options.threads),
                               options);
}

/// The profile at values of your choice, for a chart: each fit starts where the one before ended.
/// \throws as above, and std::domain_error for a value that the model does not admit.
template <class Model, class Data>
[[nodiscard]] std::vector<ProfilePoint> profile_curve(const Fit<Model>& fitted, const Data& data,
                                                      std::string_view parameter,
                                                      std::span<const double> values,
                                                      const ProfileOptions& options = {}) {
  const std::size_t index = fitted.index_of(parameter);
  const HeldFit refit = held_fit(fitted, data, index, options.threads);
  std::vector<ProfilePoint> points;
  std::vector<double> start = fitted.parameters;
  for (const double value : values) {
    options.watch.report({"profiling", points.size(), values.size()});
    points.push_back(refit(value, start));
    if (points.back().status != FitStatus::numeric_failure) start = points.back().parameters;
  }
  return points;
}

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_PROFILE_LIKELIHOOD_HPP
