#include <rapport/clv/profile_likelihood.hpp>

#include <rapport/core/check.hpp>
#include <rapport/math/normal.hpp>

#include "special_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace rapport::clv {
namespace {

// A parameter that may change by 1e8 without the likelihood minding has no end there.
constexpr double widest = 18.420680743952367;  // log(1e8)

constexpr int most_fits = 60;  // an end; three to six are usual

// Fits that found the greatest likelihood, if only as parameters run out.
bool answers(const ProfilePoint& point) {
  return point.status != FitStatus::numeric_failure && point.status != FitStatus::iteration_limit &&
         point.status != FitStatus::cancelled && std::isfinite(point.log_likelihood);
}

class ProfileSearch {
 public:
  ProfileSearch(const FitReport& fit, std::size_t index, const HeldFit& refit,
                const ProfileOptions& options)
      : fit_(fit),
        index_(index),
        refit_(refit),
        options_(options),
        logarithm_(fit.coordinates.empty() || fit.coordinates[index] == Coordinate::logarithm),
        centre_(logarithm_ ? std::log(fit.parameters[index]) : fit.parameters[index]),
        reach_(math::two_sided_quantile(options.level)),
        noise_(1e-9 * (1 + std::abs(fit.log_likelihood))) {}

  ProfileInterval run() {
    result_.estimate.level = options_.level;
    result_.estimate.n = static_cast<std::uint64_t>(fit_.customers);
    if (fit_.customers == 0 || !std::isfinite(fit_.log_likelihood) ||
        fit_.status == FitStatus::numeric_failure || fit_.status == FitStatus::too_little_data) {
      result_.message = "there is no likelihood to profile: " + fit_.message;
      return result_;
    }
    result_.estimate.value = fit_.parameters[index_];
    result_.estimate.status = core::Status::estimated;
    result_.estimate.low = end(-1, result_.low_end);
    result_.estimate.high = end(+1, result_.high_end);
    return result_;
  }

 private:
  [[nodiscard]] double parameter(double coordinate) const {
    return logarithm_ ? std::exp(coordinate) : coordinate;
  }

  // The first step: as far as the interval reaches if the likelihood is quadratic.
  [[nodiscard]] double first_step() const {
    const std::size_t k = fit_.parameters.size();
    const double variance = fit_.usable() && fit_.working_covariance.size() == k * k
                                ? fit_.working_covariance[index_ * (k + 1)]
                                : 0;
    const double unit = logarithm_ ? 1 : std::max(1.0, std::abs(centre_));
    return variance > 0 ? std::min(reach_ * std::sqrt(variance), unit) : 0.1 * unit;
  }

  // Looks for the coordinate where sqrt(2 (fall of the log-likelihood)), which is close to linear
  // in it, reaches what the level asks for.
  double end(double side, ProfileEnd& how) {
    const double limit =
        logarithm_ ? widest : 1e4 * std::max({first_step(), 1.0, std::abs(centre_)});
    double inside = 0, inside_root = 0;           // distance from the estimate, and the root there
    double outside = infinity, outside_root = 0;  // unknown yet
    double distance = first_step();
    std::vector<double> start = fit_.parameters;
    for (int i = 0; i < most_fits; ++i) {
      options_.watch.report({"profiling", static_cast<std::uint64_t>(result_.fits), 0});
      ProfilePoint point;
      try {
        ++result_.fits;
        point = refit_(parameter(centre_ + side * distance), start);
      } catch (const std::domain_error&) {
        // Beyond what the model admits: the middle of what is left is nearer to its boundary.
        outside = std::min(outside, distance);
        outside_root = nan;
        if (outside - inside <= 1e-9 * std::max(1.0, std::abs(centre_))) {
          return boundary(how, inside, side);
        }
        distance = inside == 0 && i == 0 ? 1e-10 * first_step() : 0.5 * (inside + outside);
        continue;
      }
      if (!answers(point)) {
        // Perhaps too far a leap: come nearer, unless that has been done.
        if (distance - inside < 1e-3 * first_step()) return fail(how, distance, side);
        outside = std::min(outside, distance);
        outside_root = nan;
        distance = 0.5 * (inside + distance);
        continue;
      }
      const double fall = fit_.log_likelihood - point.log_likelihood;
      if (fall < -noise_) {
        result_.message = "the fit is not at its maximum: with " + std::string(fit_.names[index_]) +
                          " at " + core::to_text(point.value) + " the likelihood is higher";
        how = ProfileEnd::failed;
        return nan;
      }
      const double root = std::sqrt(2 * std::max(fall, 0.0));
      start = point.parameters;
      if (std::abs(root - reach_) <= 1e-7 * reach_) return found(how, distance, side);
      if (root < reach_) {
        if (distance >= limit) return unbounded(how, side);
        inside = distance;
        inside_root = root;
      } else {
        outside = distance;
        outside_root = root;
      }
      if (std::isfinite(outside) && outside - inside <= 1e-12 * outside)
        return found(how, distance, side);
      distance = next(side, point, distance, root, inside, inside_root, outside, outside_root);
      distance = std::min(distance, limit);
    }
    return fail(how, distance, side);
  }

  // Newton's step for the root, whose slope is known from the gradient; the secant, or the middle,
  // where that leaves the bracket; not more than three times as far where there is none.
  double next(double side, const ProfilePoint& point, double distance, double root, double inside,
              double inside_root, double outside, double outside_root) const {
    const double slope = root > 0 ? -side * point.slope / root : 0;
    double step = slope > 0 ? distance + (reach_ - root) / slope : infinity;
    if (!std::isfinite(outside)) {
      return std::min(std::max(step, 1.1 * distance), 3 * distance);
    }
    if (step > inside && step < outside) return step;
    if (std::isfinite(outside_root)) {
      step = inside + (outside - inside) * (reach_ - inside_root) / (outside_root - inside_root);
      if (step > inside && step < outside) return step;
    }
    return 0.5 * (inside + outside);
  }

  double found(ProfileEnd& how, double distance, double side) const {
    how = ProfileEnd::found;
    return parameter(centre_ + side * distance);
  }

  double unbounded(ProfileEnd& how, double side) {
    how = ProfileEnd::unbounded;
    say(side > 0 ? "the data set it no upper limit" : "the data set it no lower limit");
    return side > 0 ? infinity : (logarithm_ ? 0 : -infinity);
  }

  double boundary(ProfileEnd& how, double distance, double side) {
    how = ProfileEnd::boundary;
    const double value = parameter(centre_ + side * distance);
    say("the model admits no value beyond " + core::to_text(value));
    return value;
  }

  double fail(ProfileEnd& how, double distance, double side) {
    how = ProfileEnd::failed;
    say("there is no fit with it at " + core::to_text(parameter(centre_ + side * distance)));
    return nan;
  }

  void say(const std::string& sentence) {
    if (!result_.message.empty()) {
      result_.message += "; ";
    } else {
      result_.message = std::string(fit_.names[index_]) + ": ";
    }
    result_.message += sentence;
  }

  const FitReport& fit_;
  std::size_t index_;
  const HeldFit& refit_;
  const ProfileOptions& options_;
  bool logarithm_;
  double centre_, reach_, noise_;
  ProfileInterval result_;
};

}  // namespace

std::string_view to_text(ProfileEnd end) noexcept {
  static constexpr auto names =
      std::to_array<std::string_view>({"found", "unbounded", "boundary", "failed"});
  return names[static_cast<std::size_t>(end)];
}

ProfileInterval find_profile_interval(const FitReport& fit, std::size_t index, const HeldFit& refit,
                                      const ProfileOptions& options) {
  return ProfileSearch(fit, index, refit, options).run();
}

}  // namespace rapport::clv
