#include <rapport/core/check.hpp>
#include <rapport/math/newton.hpp>

#include "special_values.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

namespace rapport::math {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double epsilon = std::numeric_limits<double>::epsilon();

VectorXd to_vector(std::span<const double> values) {
  return Eigen::Map<const VectorXd>(values.data(), static_cast<Index>(values.size()));
}

std::vector<double> to_std(const VectorXd& values) {
  return {values.data(), values.data() + values.size()};
}

// A function at one point, in Eigen's words.
struct Local {
  double value = nan;
  VectorXd gradient;
  MatrixXd hessian;

  [[nodiscard]] bool finite() const {
    return std::isfinite(value) && gradient.allFinite() && hessian.allFinite();
  }
};

// The quadratic model on the free variables, along the Hessian's eigenvectors.
class Quadratic {
 public:
  Quadratic(const VectorXd& gradient, const MatrixXd& hessian)
      : eigen_(hessian), along_(eigen_.eigenvectors().transpose() * gradient) {}

  // Eigenvalues below this are not told from zero.
  [[nodiscard]] double noise() const {
    const auto& values = eigen_.eigenvalues();
    return 4 * epsilon * static_cast<double>(values.size()) * values.cwiseAbs().maxCoeff();
  }

  [[nodiscard]] bool positive_definite() const { return eigen_.eigenvalues()(0) > noise(); }

  [[nodiscard]] VectorXd newton_step() const { return step(0); }

  // The minimum of the model within `radius`.
  [[nodiscard]] VectorXd step_within(double radius) const {
    const auto& values = eigen_.eigenvalues();
    if (positive_definite()) {
      VectorXd newton = newton_step();
      if (newton.norm() <= radius) return newton;
    }
    // The length falls as the shift grows: bracket the shift that gives the radius, then halve.
    const double least = std::max(0.0, -values(0));
    double low = least;
    double high = least + along_.norm() / radius + noise() + std::numeric_limits<double>::min();
    for (int i = 0; i < 100 && high - low > 1e-10 * high; ++i) {
      const double middle = low + (high - low) / 2;
      (step(middle).norm() > radius ? low : high) = middle;
    }
    VectorXd result = step(high);
    const double room = radius * radius - result.squaredNorm();
    // The hard case: no part of the gradient pulls along the most negative curvature.
    if (values(0) <= 0 && room > 0.02 * radius * radius) {
      const VectorXd worst = eigen_.eigenvectors().col(0);
      result += std::copysign(std::sqrt(room), worst.dot(result)) * worst;
    }
    return result;
  }

  // The flattest direction, pointing downhill, its largest coordinate +-1.
  [[nodiscard]] VectorXd flattest() const {
    const VectorXd worst = eigen_.eigenvectors().col(0);
    return worst * ((along_(0) > 0 ? -1 : 1) / worst.cwiseAbs().maxCoeff());
  }

 private:
  [[nodiscard]] VectorXd step(double shift) const {
    const VectorXd curvatures =
        (eigen_.eigenvalues().array() + shift).max(std::numeric_limits<double>::min());
    return -(eigen_.eigenvectors() * along_.cwiseQuotient(curvatures));
  }

  Eigen::SelfAdjointEigenSolver<MatrixXd> eigen_;
  VectorXd along_;
};

class Search {
 public:
  Search(const SmoothFunction& function, std::span<const double> start,
         const NewtonOptions& options)
      : function_(function), options_(options), size_(static_cast<Index>(start.size())) {
    if (start.empty()) throw std::invalid_argument("minimise: start is empty");
    if (!options.lower.empty()) {
      core::check_same_size(options.lower.size(), start.size(), "minimise", "lower");
    }
    if (!options.upper.empty()) {
      core::check_same_size(options.upper.size(), start.size(), "minimise", "upper");
    }
    lower_ = options.lower.empty() ? VectorXd::Constant(size_, -infinity).eval()
                                   : to_vector(options.lower);
    upper_ = options.upper.empty() ? VectorXd::Constant(size_, infinity).eval()
                                   : to_vector(options.upper);
    if (!(lower_.array() <= upper_.array()).all()) {
      throw std::invalid_argument("minimise: a lower bound is not <= its upper bound");
    }
    point_ = to_vector(start).cwiseMax(lower_).cwiseMin(upper_);
    held_.assign(start.size(), 0);
  }

  NewtonResult run() {
    local_ = evaluate(point_);
    result_.stop = local_.finite() ? search() : NewtonStop::not_finite;
    result_.point = to_std(point_);
    result_.at.value = local_.value;
    result_.at.gradient = to_std(local_.gradient);
    result_.at.hessian.assign(local_.hessian.data(), local_.hessian.data() + local_.hessian.size());
    result_.gradient_norm = local_.gradient.norm();
    result_.at_bound = held_;
    return result_;
  }

 private:
  NewtonStop search() {
    double radius = options_.first_radius;
    for (;; ++result_.iterations) {
      // Which variables are held by a bound, and the model over the others.
      std::vector<Index> free = free_variables();
      if (free.empty()) return NewtonStop::at_bound;
      Quadratic model = model_over(free);
      result_.newton_step = nan;
      if (const auto stop = finished(model, free)) return *stop;
      if (result_.iterations >= options_.max_iterations) return NewtonStop::iteration_limit;
      if (options_.keep_going && !options_.keep_going(result_.iterations)) {
        return NewtonStop::stopped;
      }

      VectorXd step = spread(model.step_within(radius), free);
      while (hold_if_leaving(step)) {  // a variable at its bound, inward pull, outward step
        free = free_variables(true);
        if (free.empty()) return NewtonStop::at_bound;
        step = spread(model_over(free).step_within(radius), free);
      }
      step *= room_along(step);
      const double predicted = -(local_.gradient.dot(step) + 0.5 * step.dot(local_.hessian * step));
      const VectorXd next = (point_ + step).cwiseMax(lower_).cwiseMin(upper_);
      Local there = evaluate(next);
      const double gain = local_.value - there.value;
      const double length = step.norm();
      if (!there.finite()) {
        radius = length / 4;
      } else if (predicted <= rounding()) {
        // Values no longer tell better from worse: let the gradient decide.
        if (!(there.gradient.norm() < local_.gradient.norm())) return stalled();
        accept(next, std::move(there));
      } else {
        const double ratio = gain / predicted;
        if (ratio < 0.25) radius = length / 4;
        if (ratio > 0.75 && length > 0.8 * radius) {
          radius = std::min(2 * radius, options_.largest_radius);
        }
        if (ratio > 1e-4) accept(next, std::move(there));
      }
      if (radius < 1e-13 * (1 + point_.cwiseAbs().maxCoeff())) return NewtonStop::no_progress;
    }
  }

  // Below this, differences of values are noise.
  [[nodiscard]] double rounding() const {
    return std::max(8 * epsilon * std::abs(local_.value), options_.value_noise);
  }

  // The end, if the model says that this is it.
  std::optional<NewtonStop> finished(const Quadratic& model, const std::vector<Index>& free) {
    if (!model.positive_definite()) {
      // Neither slope nor curvature that could be told from rounding: a plateau.
      const VectorXd step = spread(model.step_within(1), free);
      const double predicted = -(local_.gradient.dot(step) + 0.5 * step.dot(local_.hessian * step));
      if (predicted > rounding()) return std::nullopt;
      result_.flat_direction = to_std(spread(model.flattest(), free));
      return NewtonStop::flat;
    }
    const VectorXd newton = spread(model.newton_step(), free);
    result_.newton_step = newton.cwiseAbs().maxCoeff();
    const double relative = (newton.array().abs() / (1 + point_.array().abs())).maxCoeff();
    const double predicted = -0.5 * local_.gradient.dot(newton);
    const bool held = static_cast<Index>(free.size()) < size_;
    if (relative <= options_.step_tolerance) {
      return held ? NewtonStop::at_bound : NewtonStop::converged;
    }
    if (predicted > rounding()) return std::nullopt;
    if (relative > 1e-3) {
      result_.flat_direction = to_std(newton / result_.newton_step);
      return NewtonStop::flat;
    }
    return std::nullopt;
  }

  // The gradient no longer falls where values are all noise: short steps mean that we are there.
  NewtonStop stalled() {
    const bool held = std::any_of(held_.begin(), held_.end(), [](int side) { return side != 0; });
    if (std::isnan(result_.newton_step)) return NewtonStop::no_progress;
    return held ? NewtonStop::at_bound : NewtonStop::converged;
  }

  Local evaluate(const VectorXd& point) {
    ++result_.evaluations;
    const Derivatives d = function_(to_std(point));
    Local local;
    if (d.gradient.size() != static_cast<std::size_t>(size_) ||
        d.hessian.size() != static_cast<std::size_t>(size_ * size_)) {
      throw std::invalid_argument("minimise: the function's gradient or Hessian has another size");
    }
    local.value = d.value;
    local.gradient = to_vector(d.gradient);
    local.hessian = Eigen::Map<const MatrixXd>(d.hessian.data(), size_, size_);
    return local;
  }

  void accept(const VectorXd& next, Local&& there) {
    point_ = next;
    local_ = std::move(there);
  }

  // Variables that no bound holds. A bound holds where the gradient pushes against it; with
  // `keep`, those that are held stay so.
  std::vector<Index> free_variables(bool keep = false) {
    std::vector<Index> free;
    for (Index i = 0; i < size_; ++i) {
      int& side = held_[static_cast<std::size_t>(i)];
      if (!keep) {
        side = point_(i) <= lower_(i) && local_.gradient(i) >= 0   ? -1
               : point_(i) >= upper_(i) && local_.gradient(i) <= 0 ? 1
                                                                   : 0;
      }
      if (side == 0) free.push_back(i);
    }
    return free;
  }

  bool hold_if_leaving(const VectorXd& step) {
    bool any = false;
    for (Index i = 0; i < size_; ++i) {
      const bool below = point_(i) <= lower_(i) && step(i) < 0;
      const bool above = point_(i) >= upper_(i) && step(i) > 0;
      if (below || above) {
        held_[static_cast<std::size_t>(i)] = below ? -1 : 1;
        any = true;
      }
    }
    return any;
  }

  // The share of the step that stays within the bounds.
  [[nodiscard]] double room_along(const VectorXd& step) const {
    double share = 1;
    for (Index i = 0; i < size_; ++i) {
      if (step(i) < 0) share = std::min(share, (lower_(i) - point_(i)) / step(i));
      if (step(i) > 0) share = std::min(share, (upper_(i) - point_(i)) / step(i));
    }
    return share;
  }

  [[nodiscard]] Quadratic model_over(const std::vector<Index>& free) const {
    return {local_.gradient(free), local_.hessian(free, free)};
  }

  [[nodiscard]] VectorXd spread(const VectorXd& values, const std::vector<Index>& free) const {
    VectorXd all = VectorXd::Zero(size_);
    all(free) = values;
    return all;
  }

  const SmoothFunction& function_;
  const NewtonOptions& options_;
  Index size_;
  VectorXd lower_, upper_, point_;
  Local local_;
  std::vector<int> held_;
  NewtonResult result_;
};

}  // namespace

std::string_view to_text(NewtonStop stop) noexcept {
  switch (stop) {
    case NewtonStop::converged: return "converged";
    case NewtonStop::at_bound: return "at_bound";
    case NewtonStop::flat: return "flat";
    case NewtonStop::iteration_limit: return "iteration_limit";
    case NewtonStop::no_progress: return "no_progress";
    case NewtonStop::not_finite: return "not_finite";
    case NewtonStop::stopped: break;
  }
  return "stopped";
}

NewtonResult minimise(const SmoothFunction& function, std::span<const double> start,
                      const NewtonOptions& options) {
  return Search(function, start, options).run();
}

std::vector<double> inverse_positive_definite(std::span<const double> matrix, std::size_t size) {
  core::check_same_size(matrix.size(), size * size, "inverse_positive_definite", "matrix");
  const auto n = static_cast<Index>(size);
  const MatrixXd original = Eigen::Map<const MatrixXd>(matrix.data(), n, n);
  if (!original.allFinite() || !(original.diagonal().array() > 0).all()) return {};
  const VectorXd scale = original.diagonal().array().rsqrt();
  const MatrixXd scaled = scale.asDiagonal() * original * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(scaled);
  if (!(eigen.eigenvalues()(0) > 4 * epsilon * static_cast<double>(n * n))) return {};
  const MatrixXd inverse = scale.asDiagonal() * eigen.eigenvectors() *
                           eigen.eigenvalues().cwiseInverse().asDiagonal() *
                           eigen.eigenvectors().transpose() * scale.asDiagonal();
  if (!inverse.allFinite()) return {};
  std::vector<double> result(size * size);
  Eigen::Map<MatrixXd>(result.data(), n, n) = (inverse + inverse.transpose()) / 2;
  return result;
}

}  // namespace rapport::math
