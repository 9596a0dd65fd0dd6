#include "maximum_likelihood.hpp"

#include <rapport/core/check.hpp>
#include <rapport/math/normal.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace rapport::clv {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Parameters are searched from 1e-8 to 1e8 of their unit.
const double log_range = std::log(1e8);

// The data say nothing of a parameter whose 90 % interval spans e^-16 to e^16.
constexpr double vaguest_log_error = 10;

std::vector<double> exponentials(std::span<const double> values) {
  std::vector<double> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(),
                 [](double v) { return std::exp(v); });
  return result;
}

std::vector<double> logarithms(std::span<const double> values) {
  std::vector<double> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(),
                 [](double v) { return std::log(v); });
  return result;
}

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
      : problem_(problem), options_(options), log_units_(logarithms(problem.units)) {
    report_.names = problem.names;
    report_.customers = problem.customers;
    report_.patterns = problem.patterns;
    report_.log_covariance.assign(problem.names.size() * problem.names.size(), nan);
  }

  FitReport run() {
    const auto starts = starting_points();
    if (problem_.customers == 0) {
      report_.parameters = starts.front();
      settle(FitStatus::too_little_data, problem_.too_little_data);
      return std::move(report_);
    }
    math::NewtonResult best;
    for (std::size_t i = 0; i < starts.size(); ++i) {
      math::NewtonResult found = search(starts[i]);
      report_.iterations += found.iterations;
      report_.evaluations += found.evaluations;
      const bool stopped = found.stop == math::NewtonStop::stopped;
      if (i == 0 || better(found, best)) best = std::move(found);
      if (stopped) {
        best.stop = math::NewtonStop::stopped;
        break;
      }
      if (best.stop == math::NewtonStop::converged && !problem_.try_all_starts) break;
    }
    report_.parameters = exponentials(best.point);
    report_.log_likelihood = -best.at.value;
    report_.gradient_norm = best.gradient_norm;
    judge(best);
    return std::move(report_);
  }

 private:
  static double norm(std::span<const double> values) {
    return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
  }

  [[nodiscard]] std::vector<std::vector<double>> starting_points() const {
    if (options_.start.empty()) return problem_.starts;
    core::check_same_size(options_.start.size(), problem_.names.size(), problem_.place, "start");
    for (std::size_t i = 0; i < problem_.names.size(); ++i) {
      core::check_positive_finite(options_.start[i], problem_.place,
                                  std::string("start ").append(problem_.names[i]));
    }
    auto starts = problem_.starts;
    starts.insert(starts.begin(), options_.start);
    return starts;
  }

  math::NewtonResult search(const std::vector<double>& start) {
    math::NewtonOptions newton{.max_iterations = options_.max_iterations};
    newton.value_noise = problem_.value_noise;
    for (const double unit : log_units_) {
      newton.lower.push_back(unit - log_range);
      newton.upper.push_back(unit + log_range);
    }
    newton.keep_going = [this](int iteration) {
      const auto done = static_cast<std::uint64_t>(report_.iterations + iteration);
      try {
        options_.watch.report({problem_.place, done, 0});
      } catch (const core::Cancelled&) {
        return false;
      }
      return true;
    };
    const auto descend = [this](std::span<const double> logs) {
      math::Derivatives d = problem_.log_likelihood(exponentials(logs));
      d.value = -d.value;
      for (double& g : d.gradient) g = -g;
      for (double& h : d.hessian) h = -h;
      return d;
    };
    return math::minimise(descend, logarithms(start), newton);
  }

  // A higher likelihood wins; of two that are equal to rounding, the one that converged.
  static bool better(const math::NewtonResult& a, const math::NewtonResult& b) {
    if (!std::isfinite(b.at.value)) return std::isfinite(a.at.value);
    const double margin = 1e-9 * (1 + std::abs(b.at.value));
    if (a.at.value < b.at.value - margin) return true;
    return a.at.value <= b.at.value + margin && a.stop == math::NewtonStop::converged &&
           b.stop != math::NewtonStop::converged;
  }

  void judge(const math::NewtonResult& found) {
    if (!problem_.too_little_data.empty() && found.stop != math::NewtonStop::stopped) {
      return settle(FitStatus::too_little_data, problem_.too_little_data);
    }
    switch (found.stop) {
      case math::NewtonStop::converged: return judge_maximum(found);
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
        if (runaway(found).any() || found.gradient_norm <= 1e-8) return settle_runaway(found);
        return settle(FitStatus::numeric_failure,
                      "no step improves the likelihood, yet its gradient is not zero");
      case math::NewtonStop::not_finite:
        return settle(FitStatus::numeric_failure,
                      "the likelihood is not finite where the search begins");
      case math::NewtonStop::stopped: break;
    }
    settle(FitStatus::cancelled, "stopped on request before a maximum was found");
  }

  void judge_maximum(const math::NewtonResult& found) {
    const std::size_t k = problem_.names.size();
    auto covariance = math::inverse_positive_definite(found.at.hessian, k);
    if (covariance.empty()) return settle_runaway(found);
    std::vector<std::string_view> vague;
    for (std::size_t i = 0; i < k; ++i) {
      if (!(covariance[i * (k + 1)] <= vaguest_log_error * vaguest_log_error)) {
        vague.push_back(problem_.names[i]);
      }
    }
    if (!vague.empty()) {
      return settle(FitStatus::not_identified,
                    join(vague) + (vague.size() == 1 ? " is" : " are") +
                        " not identified by these data: the likelihood hardly changes over many "
                        "orders of magnitude");
    }
    report_.log_covariance = std::move(covariance);
    settle(FitStatus::converged, "converged");
  }

  [[nodiscard]] Runaway runaway(const math::NewtonResult& found) const {
    Runaway result;
    for (std::size_t i = 0; i < problem_.names.size(); ++i) {
      const double distance = found.point[i] - log_units_[i];
      double direction = found.at_bound[i];
      if (direction == 0 && !found.flat_direction.empty() &&
          std::abs(found.flat_direction[i]) > 0.1) {
        direction = found.flat_direction[i];
      }
      if (direction == 0 && std::abs(distance) > log_range / 2) direction = distance;
      if (direction > 0) result.up.push_back(i);
      if (direction < 0) result.down.push_back(i);
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
    if (!away.down.empty()) text += (text.empty() ? "" : ", ") + describe(away.down, "0");
    for (const auto* which : {&away.up, &away.down}) {
      if (which->size() != 2) continue;
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
  std::vector<double> log_units_;
  FitReport report_;
};

}  // namespace

std::string_view to_text(FitStatus status) noexcept {
  switch (status) {
    case FitStatus::converged: return "converged";
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
  std::vector<double> result = log_covariance;
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) result[i * k + j] *= parameters[i] * parameters[j];
  }
  return result;
}

std::vector<double> FitReport::standard_errors() const {
  const std::size_t k = parameters.size();
  std::vector<double> result(k);
  for (std::size_t i = 0; i < k; ++i) {
    result[i] = parameters[i] * std::sqrt(log_covariance[i * k + i]);
  }
  return result;
}

core::Estimate FitReport::estimate(std::size_t index, double level) const {
  const double z = math::two_sided_quantile(level);  // throws, whether there is an estimate or not
  const double value = parameters.at(index);
  core::Estimate result;
  result.level = level;
  result.n = static_cast<std::uint64_t>(customers);
  if (!usable()) return result;
  const double factor = std::exp(z * std::sqrt(log_covariance[index * (parameters.size() + 1)]));
  result.value = value;
  result.low = value / factor;
  result.high = value * factor;
  result.status = core::Status::estimated;
  return result;
}

core::Estimate FitReport::estimate(std::string_view name, double level) const {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw std::invalid_argument("FitReport: no parameter is named " + std::string(name));
  }
  return estimate(static_cast<std::size_t>(found - names.begin()), level);
}

double FitReport::aic() const noexcept {
  return 2 * static_cast<double>(parameters.size()) - 2 * log_likelihood;
}

double FitReport::bic() const noexcept {
  if (customers == 0) return nan;
  return static_cast<double>(parameters.size()) * std::log(customers) - 2 * log_likelihood;
}

FitReport maximise_likelihood(const LikelihoodProblem& problem, const FitOptions& options) {
  return LikelihoodSearch(problem, options).run();
}

}  // namespace rapport::clv
