#include "maximum_likelihood.hpp"
#include "special_values.hpp"

#include <rapport/core/check.hpp>
#include <rapport/math/normal.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <utility>

namespace rapport::clv {
namespace {

// Parameters are searched from 1e-8 to 1e8 of their unit.
constexpr double log_range = 18.420680743952367;  // log(1e8)
// Others from -100 to 100 of their unit.
constexpr double linear_range = 100;

// Where there is too little, parameters run on for ever: far enough is soon reached.
constexpr int iterations_on_too_little = 30;

// The data say nothing of a parameter whose 90 % interval spans e^-16 to e^16.
constexpr double vaguest_log_error = 10;

std::string join(const std::vector<std::string_view>& words) {
  std::string result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) result += i + 1 == words.size() ? " and " : ", ";
    result += words[i];
  }
  return result;
}

std::string rounded(double value) {
  const double scale = std::pow(10, 3 - std::floor(std::log10(std::abs(value))));
  const double near = std::round(value * scale) / scale;
  return core::to_text(value != 0 && std::isfinite(near) ? near : value);
}

// Which parameters run away, and to where.
struct Runaway {
  std::vector<std::size_t> up, down;

  [[nodiscard]] bool any() const { return !up.empty() || !down.empty(); }
};

class LikelihoodSearch {
 public:
  LikelihoodSearch(const LikelihoodProblem& problem, const FitOptions& options)
      : problem_(problem), options_(options), size_(problem.names.size()) {
    report_.names = problem.names;
    report_.coordinates = problem.coordinates;
    if (report_.coordinates.empty()) report_.coordinates.assign(size_, Coordinate::logarithm);
    report_.held = problem.held.empty() ? options.held : problem.held;
    if (!options.held.empty()) {
      core::check_same_size(options.held.size(), size_, problem.place, "held");
      core::check_same_size(options.start.size(), size_, problem.place, "start");
      for (std::size_t i = 0; i < size_; ++i) {
        report_.held[i] = report_.held[i] || options.held[i];
      }
    }
    for (std::size_t i = 0; i < size_; ++i) {
      if (!held(i)) free_.push_back(i);
      const bool log = logarithmic(i);
      centres_.push_back(log ? std::log(problem.units[i]) : 0);
      ranges_.push_back(log ? log_range : linear_range * problem.units[i]);
    }
    report_.customers = problem.customers;
    report_.patterns = problem.patterns;
    report_.working_covariance.assign(size_ * size_, nan);
  }

  FitReport run() {
    auto starts = starting_points();
    if (problem_.customers == 0) {
      report_.parameters = starts.front();
      settle(FitStatus::too_little_data, problem_.too_little_data);
      return std::move(report_);
    }
    if (auto near = maximum_of_sample(starts)) starts.insert(starts.begin(), *std::move(near));
    Found best;
    for (std::size_t i = 0; i < starts.size(); ++i) {
      Found found = search(problem_.log_likelihood, starts[i]);
      report_.passes += found.result.evaluations;
      const bool stopped = found.result.stop == math::NewtonStop::stopped;
      if (i == 0 || better(found.result, best.result)) best = std::move(found);
      if (stopped) {
        best.result.stop = math::NewtonStop::stopped;
        break;
      }
      if (at_maximum(best.result) && !problem_.try_all_starts) break;
      if (!enough_data()) break;
    }
    report_.parameters = best.parameters;
    report_.log_likelihood = -best.result.at.value;
    report_.gradient_norm = best.result.gradient_norm;
    judge(best.result);
    return std::move(report_);
  }

 private:
  static double norm(std::span<const double> values) {
    return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
  }

  [[nodiscard]] bool enough_data() const { return problem_.too_little_data.empty(); }
  [[nodiscard]] bool logarithmic(std::size_t i) const {
    return report_.coordinates[i] == Coordinate::logarithm;
  }
  [[nodiscard]] bool held(std::size_t i) const { return !report_.held.empty() && report_.held[i]; }
  [[nodiscard]] std::vector<double> parameters_at(std::span<const double> point) const {
    std::vector<double> result(point.begin(), point.end());
    for (std::size_t i = 0; i < size_; ++i) {
      if (logarithmic(i)) result[i] = std::exp(result[i]);
    }
    return result;
  }
  [[nodiscard]] std::vector<double> point_at(std::span<const double> parameters) const {
    std::vector<double> result(parameters.begin(), parameters.end());
    for (std::size_t i = 0; i < size_; ++i) {
      if (logarithmic(i)) result[i] = std::log(result[i]);
    }
    return result;
  }

  // The end of a parameter's domain on that side, in the coordinates of the search.
  [[nodiscard]] double limit(std::size_t i, int side) const {
    if (problem_.limits.empty()) return side * infinity;
    const double value = side < 0 ? problem_.limits[i].low : problem_.limits[i].high;
    return logarithmic(i) ? std::log(value) : value;
  }
  // True if that variable of the search stands on an end of its domain, and is pushed there.
  [[nodiscard]] bool at_limit(const math::NewtonResult& found, std::size_t variable) const {
    const int side = found.at_bound.empty() ? 0 : found.at_bound[variable];
    return side != 0 && found.point[variable] == limit(free_[variable], side);
  }
  // True for a maximum, be it inside or on ends of domains alone.
  [[nodiscard]] bool at_maximum(const math::NewtonResult& found) const {
    if (found.stop != math::NewtonStop::at_bound) return found.stop == math::NewtonStop::converged;
    for (std::size_t i = 0; i < free_.size(); ++i) {
      if (found.at_bound[i] != 0 && !at_limit(found, i)) return false;
    }
    return true;
  }

  [[nodiscard]] std::vector<std::vector<double>> starting_points() const {
    if (options_.start.empty()) return problem_.starts;
    core::check_same_size(options_.start.size(), size_, problem_.place, "start");
    for (std::size_t i = 0; i < size_; ++i) {
      const std::string name = std::string("start ").append(problem_.names[i]);
      if (logarithmic(i)) {
        core::check_positive_finite(options_.start[i], problem_.place, name);
      } else if (!std::isfinite(options_.start[i])) {
        core::throw_domain_error(problem_.place, name, options_.start[i], "finite");
      }
    }
    auto starts = problem_.starts;
    for (auto& start : starts) {
      for (std::size_t i = 0; i < size_; ++i) {
        if (held(i)) start[i] = options_.start[i];
      }
    }
    starts.insert(starts.begin(), options_.start);
    return starts;
  }

  // Where a search ended, over the free parameters, and all parameters there.
  struct Found {
    math::NewtonResult result;
    std::vector<double> parameters;
  };

  // Nothing if the sample alone has no maximum inside: then all data are asked from the first.
  std::optional<std::vector<double>> maximum_of_sample(
      const std::vector<std::vector<double>>& starts) {
    if (!problem_.on_sample || !enough_data()) return std::nullopt;
    for (const auto& start : starts) {
      Found found = search(problem_.on_sample, start);
      if (found.result.stop == math::NewtonStop::converged) return std::move(found.parameters);
      if (found.result.stop == math::NewtonStop::stopped) break;
    }
    return std::nullopt;
  }

  using LogLikelihood = std::function<math::Derivatives(std::span<const double>)>;

  Found search(const LogLikelihood& log_likelihood, const std::vector<double>& start) {
    math::NewtonOptions newton{.max_iterations = options_.max_iterations};
    if (!enough_data()) {
      newton.max_iterations = std::min(newton.max_iterations, iterations_on_too_little);
    }
    newton.value_noise = problem_.value_noise;
    for (const std::size_t i : free_) {
      newton.lower.push_back(std::max(centres_[i] - ranges_[i], limit(i, -1)));
      newton.upper.push_back(std::min(centres_[i] + ranges_[i], limit(i, 1)));
    }
    // The search knows the free parameters alone.
    std::vector<double> whole = point_at(start);
    const auto among_all = [this, &whole](std::span<const double> point) {
      for (std::size_t i = 0; i < free_.size(); ++i) whole[free_[i]] = point[i];
      return parameters_at(whole);
    };
    newton.keep_going = [this](int iteration) {
      const auto done = static_cast<std::uint64_t>(report_.iterations + iteration);
      try {
        options_.watch.report({problem_.place, done, 0});
      } catch (const core::Cancelled&) {
        return false;
      }
      return true;
    };
    const auto descend = [&](std::span<const double> point) {
      const math::Derivatives all = log_likelihood(among_all(point));
      math::Derivatives d{-all.value, {}, {}};
      for (const std::size_t i : free_) {
        d.gradient.push_back(-all.gradient[i]);
        for (const std::size_t j : free_) d.hessian.push_back(-all.hessian[i * size_ + j]);
      }
      return d;
    };
    if (free_.empty()) {  // nothing to search: the likelihood where everything is held
      math::NewtonResult there;
      there.at = descend({});
      there.stop = std::isfinite(there.at.value) ? math::NewtonStop::converged
                                                 : math::NewtonStop::not_finite;
      report_.evaluations += there.evaluations = 1;
      return {std::move(there), parameters_at(whole)};
    }
    std::vector<double> first;
    for (const std::size_t i : free_) first.push_back(whole[i]);
    math::NewtonResult found = math::minimise(descend, first, newton);
    report_.iterations += found.iterations;
    report_.evaluations += found.evaluations;
    std::vector<double> parameters = among_all(found.point);
    return {std::move(found), std::move(parameters)};
  }

  // A higher likelihood wins; of two that are equal to rounding, the one that converged.
  [[nodiscard]] bool better(const math::NewtonResult& a, const math::NewtonResult& b) const {
    if (!std::isfinite(b.at.value)) return std::isfinite(a.at.value);
    const double margin = 1e-9 * (1 + std::abs(b.at.value));
    if (a.at.value < b.at.value - margin) return true;
    return a.at.value <= b.at.value + margin && at_maximum(a) && !at_maximum(b);
  }

  void judge(const math::NewtonResult& found) {
    if (!enough_data() && found.stop != math::NewtonStop::stopped) {
      return settle(FitStatus::too_little_data, problem_.too_little_data);
    }
    if (at_maximum(found)) return judge_maximum(found);
    switch (found.stop) {
      case math::NewtonStop::converged:
      case math::NewtonStop::at_bound:
      case math::NewtonStop::flat: return settle_runaway(found);
      case math::NewtonStop::iteration_limit:
        if (runaway(found).any()) return settle_runaway(found);
        return settle(FitStatus::iteration_limit,
                      "no maximum after " + std::to_string(found.iterations) +
                          " iterations: allow more, or start elsewhere");
      case math::NewtonStop::no_progress:
        // Gains below rounding: that is a maximum, or a plateau, by the last Newton step.
        if (found.newton_step <= 1e-6) return judge_maximum(found);
        if (runaway(found).any() || slope_is_noise(found)) return settle_runaway(found);
        return settle(FitStatus::numeric_failure,
                      "no step improves the likelihood, yet its gradient is not zero");
      case math::NewtonStop::not_finite:
        return settle(FitStatus::numeric_failure,
                      "the likelihood is not finite where the search begins");
      case math::NewtonStop::stopped: break;
    }
    settle(FitStatus::cancelled, "stopped on request before a maximum was found");
  }

  // Over the variables that stand on no end of their domain: the others are held there.
  // Along the gradient, a curvature h and a slope g promise g^2 / (2 h): less than rounding hides.
  [[nodiscard]] bool slope_is_noise(const math::NewtonResult& found) const {
    if (found.gradient_norm <= 1e-8) return true;
    double curvature = 0;
    for (std::size_t i = 0; i < free_.size(); ++i) {
      curvature = std::max(curvature, found.at.hessian[i * (free_.size() + 1)]);
    }
    return found.gradient_norm * found.gradient_norm <= 2 * curvature * problem_.value_noise;
  }

  void judge_maximum(const math::NewtonResult& found) {
    std::vector<std::size_t> inside;
    std::string ends;
    for (std::size_t i = 0; i < free_.size(); ++i) {
      if (!at_limit(found, i)) {
        inside.push_back(i);
        continue;
      }
      ends += (ends.empty() ? "" : ", ") + std::string(problem_.names[free_[i]]) +
              " is at its limit " + rounded(report_.parameters[free_[i]]);
    }
    const std::size_t k = inside.size();
    std::vector<double> covariance;
    if (k > 0) {
      std::vector<double> hessian;
      for (const std::size_t i : inside) {
        for (const std::size_t j : inside) {
          hessian.push_back(found.at.hessian[i * free_.size() + j]);
        }
      }
      covariance = math::inverse_positive_definite(hessian, k);
      if (covariance.empty()) return settle_runaway(found);
    }
    std::vector<std::string_view> vague;
    for (std::size_t i = 0; i < k; ++i) {
      if (!(covariance[i * (k + 1)] <= vaguest_log_error * vaguest_log_error)) {
        vague.push_back(problem_.names[free_[inside[i]]]);
      }
    }
    if (!vague.empty()) {
      return settle(FitStatus::not_identified,
                    join(vague) + (vague.size() == 1 ? " is" : " are") +
                        " not identified by these data: the likelihood hardly changes over many "
                        "orders of magnitude");
    }
    report_.working_covariance.assign(size_ * size_, 0);
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j < k; ++j) {
        report_.working_covariance[free_[inside[i]] * size_ + free_[inside[j]]] =
            covariance[i * k + j];
      }
    }
    if (ends.empty()) return settle(FitStatus::converged, "converged");
    std::vector<double> slopes;  // those at the ends stay
    for (const std::size_t i : inside) slopes.push_back(found.at.gradient[i]);
    report_.gradient_norm = norm(slopes);
    report_.held.resize(size_, false);
    report_.at_limit.assign(size_, false);
    for (std::size_t i = 0; i < free_.size(); ++i) {
      if (at_limit(found, i)) report_.held[free_[i]] = report_.at_limit[free_[i]] = true;
    }
    settle(FitStatus::at_boundary, "converged on the boundary: " + ends);
  }

  [[nodiscard]] Runaway runaway(const math::NewtonResult& found) const {
    Runaway result;
    for (std::size_t i = 0; i < free_.size(); ++i) {
      const double distance = found.point[i] - centres_[free_[i]];
      double direction = at_limit(found, i) ? 0 : found.at_bound[i];
      if (direction == 0 && !found.flat_direction.empty() &&
          std::abs(found.flat_direction[i]) > 0.1) {
        direction = found.flat_direction[i];
      }
      if (direction == 0 && std::abs(distance) > ranges_[free_[i]] / 2) direction = distance;
      if (direction > 0) result.up.push_back(free_[i]);
      if (direction < 0) result.down.push_back(free_[i]);
    }
    return result;
  }

  void settle_runaway(const math::NewtonResult& found) {
    const Runaway away = runaway(found);
    const auto describe = [&](const std::vector<std::size_t>& which, std::string_view where) {
      std::vector<std::string_view> words;
      for (const std::size_t i : which) words.push_back(problem_.names[i]);
      return join(words) + (which.size() == 1 ? " runs to " : " run to ") + std::string(where) +
             (which.size() == 2 ? " together" : "");
    };
    std::string text;
    if (!away.up.empty()) text += describe(away.up, "infinity");
    std::vector<std::size_t> to_zero, to_minus_infinity;
    for (const std::size_t i : away.down) {
      (logarithmic(i) ? to_zero : to_minus_infinity).push_back(i);
    }
    if (!to_zero.empty()) text += (text.empty() ? "" : ", ") + describe(to_zero, "0");
    if (!to_minus_infinity.empty()) {
      text += (text.empty() ? "" : ", ") + describe(to_minus_infinity, "minus infinity");
    }
    for (const auto* which : {&std::as_const(away.up), &std::as_const(to_zero)}) {
      if (which->size() != 2 || !logarithmic(which->front()) || !logarithmic(which->back())) {
        continue;
      }
      const std::size_t i = which->front();
      const std::size_t j = which->back();
      text += ", " + std::string(problem_.names[i]) + " / " + std::string(problem_.names[j]) +
              " near " + rounded(report_.parameters[i] / report_.parameters[j]);
    }
    if (text.empty()) text = "the likelihood has no distinct maximum";
    settle(FitStatus::not_identified, text + ": not identified by these data");
  }

  void settle(FitStatus status, std::string message) {
    report_.status = status;
    report_.message = std::move(message);
  }

  const LikelihoodProblem& problem_;
  const FitOptions& options_;
  std::size_t size_;
  std::vector<std::size_t> free_;         // parameters that are not held
  std::vector<double> centres_, ranges_;  // of the search, in its coordinates
  FitReport report_;
};

}  // namespace

std::string_view to_text(FitStatus status) noexcept {
  switch (status) {
    case FitStatus::converged: return "converged";
    case FitStatus::at_boundary: return "at_boundary";
    case FitStatus::not_identified: return "not_identified";
    case FitStatus::too_little_data: return "too_little_data";
    case FitStatus::iteration_limit: return "iteration_limit";
    case FitStatus::numeric_failure: return "numeric_failure";
    case FitStatus::cancelled: break;
  }
  return "cancelled";
}

std::vector<double> FitReport::covariance() const {
  const std::size_t k = parameters.size();
  std::vector<double> result = working_covariance;
  const auto slope = [&](std::size_t i) {  // d parameter / d coordinate
    return coordinates[i] == Coordinate::logarithm ? parameters[i] : 1;
  };
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) result[i * k + j] *= slope(i) * slope(j);
  }
  return result;
}

std::vector<double> FitReport::standard_errors() const {
  const std::size_t k = parameters.size();
  const std::vector<double> all = covariance();
  std::vector<double> result(k);
  for (std::size_t i = 0; i < k; ++i) result[i] = std::sqrt(all[i * k + i]);
  return result;
}

core::Estimate FitReport::estimate(std::size_t index, double level) const {
  const double z = math::two_sided_quantile(level);  // throws, whether there is an estimate or not
  const double value = parameters.at(index);
  core::Estimate result;
  result.level = level;
  result.n = static_cast<std::uint64_t>(customers);
  if (!usable()) return result;
  const double reach = z * std::sqrt(working_covariance[index * (parameters.size() + 1)]);
  const bool log = coordinates[index] == Coordinate::logarithm;
  result.value = value;
  result.low = log ? value / std::exp(reach) : value - reach;
  result.high = log ? value * std::exp(reach) : value + reach;
  result.status = core::Status::estimated;
  return result;
}

core::Estimate FitReport::estimate(std::string_view name, double level) const {
  return estimate(index_of(name), level);
}

std::size_t FitReport::index_of(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw std::invalid_argument("FitReport: no parameter is named " + std::string(name));
  }
  return static_cast<std::size_t>(found - names.begin());
}

std::vector<bool> FitReport::held_by_choice() const {
  std::vector<bool> result = held;
  for (std::size_t i = 0; i < at_limit.size(); ++i) result[i] = result[i] && !at_limit[i];
  return result;
}

std::size_t FitReport::free_parameters() const noexcept {
  return parameters.size() - static_cast<std::size_t>(std::count(held.begin(), held.end(), true));
}

double FitReport::aic() const noexcept {
  return 2 * static_cast<double>(free_parameters()) - 2 * log_likelihood;
}

double FitReport::bic() const noexcept {
  if (customers == 0) return nan;
  return static_cast<double>(free_parameters()) * std::log(customers) - 2 * log_likelihood;
}

FitReport maximise_likelihood(const LikelihoodProblem& problem, const FitOptions& options) {
  return LikelihoodSearch(problem, options).run();
}

}  // namespace rapport::clv
