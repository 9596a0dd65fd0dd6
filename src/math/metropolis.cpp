#include <rapport/math/metropolis.hpp>

#include <rapport/core/check.hpp>
#include <rapport/math/slice.hpp>
#include <rapport/math/variates.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace rapport::math {
namespace {

constexpr double walk_acceptance = 0.3;
constexpr double leap_freedom = 6;
constexpr int leaps_of_a_step = 3;

// L z for a lower triangle L.
std::vector<double> times(const std::vector<double>& root, const std::vector<double>& z) {
  const std::size_t d = z.size();
  std::vector<double> product(d, 0.0);
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j <= i; ++j) product[i] += root[i * d + j] * z[j];
  }
  return product;
}

// Log-density of the multivariate t up to its constant.
double log_t(std::span<const double> x, const std::vector<double>& mean,
             const std::vector<double>& root) {
  const std::size_t d = mean.size();
  std::vector<double> z(d);
  double squares = 0;
  for (std::size_t i = 0; i < d; ++i) {
    double rest = x[i] - mean[i];
    for (std::size_t j = 0; j < i; ++j) rest -= root[i * d + j] * z[j];
    z[i] = rest / root[i * d + i];
    squares += z[i] * z[i];
  }
  return -(leap_freedom + static_cast<double>(d)) / 2 * std::log1p(squares / leap_freedom);
}

std::vector<double> draw_normals(RandomStream& stream, std::size_t count) {
  std::vector<double> z(count);
  for (double& value : z) value = draw_normal(stream);
  return z;
}

}  // namespace

LearningMetropolis::LearningMetropolis(LogDensity log_density, std::vector<double> start,
                                       double scale, const RandomStream& stream)
    : log_density_(std::move(log_density)),
      stream_(stream),
      state_(std::move(start)),
      log_density_at_state_(0),
      mean_(state_),
      log_scale_(0) {
  const std::size_t d = state_.size();
  if (d == 0) throw std::invalid_argument("LearningMetropolis: there are no coordinates");
  core::check_positive_finite(scale, "LearningMetropolis", "scale");
  log_density_at_state_ = log_density_(state_);
  if (!std::isfinite(log_density_at_state_)) {
    core::throw_domain_error("LearningMetropolis", "log density at the start",
                             log_density_at_state_, "finite");
  }
  root_.assign(d * d, 0);
  for (std::size_t i = 0; i < d; ++i) root_[i * d + i] = scale;
  log_scale_ = std::log(2.4 / std::sqrt(static_cast<double>(d)));  // best for a normal law
  moments_ = {0, std::vector<double>(d, 0.0), std::vector<double>(d * d, 0.0)};
}

void LearningMetropolis::Moments::add(std::span<const double> draw) {
  const std::size_t d = mean.size();
  count += 1;
  std::vector<double> before(d);
  for (std::size_t i = 0; i < d; ++i) {
    before[i] = draw[i] - mean[i];
    mean[i] += before[i] / count;
  }
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < d; ++j) squares[i * d + j] += before[i] * (draw[j] - mean[j]);
  }
}

bool LearningMetropolis::accept(std::vector<double> proposal, double log_correction) {
  const double at_proposal = log_density_(proposal);
  const double log_ratio = at_proposal - log_density_at_state_ + log_correction;
  if (!(-draw_exponential(stream_) < log_ratio)) return false;
  state_ = std::move(proposal);
  log_density_at_state_ = at_proposal;
  return true;
}

void LearningMetropolis::walk(bool learning) {
  std::vector<double> proposal = times(root_, draw_normals(stream_, state_.size()));
  for (std::size_t i = 0; i < proposal.size(); ++i) {
    proposal[i] = state_[i] + std::exp(log_scale_) * proposal[i];
  }
  const bool accepted = accept(std::move(proposal), 0);
  if (!learning) return;
  const double rate = 1 / std::sqrt(1 + learned_);
  log_scale_ += rate * ((accepted ? 1 : 0) - walk_acceptance);
}

void LearningMetropolis::expect(std::span<const double> mean, std::span<const double> covariance) {
  if (mean.size() != state_.size() || covariance.size() != mean.size() * mean.size()) {
    throw std::invalid_argument("LearningMetropolis: mean or covariance of another size");
  }
  std::vector<double> root = cholesky(covariance);
  if (root.empty()) return;
  mean_.assign(mean.begin(), mean.end());
  root_ = std::move(root);
  leaps_ = true;
  window_ = std::max(window_, 100.0);  // fewer draws tell less than that
}

void LearningMetropolis::leap() {
  if (!leaps_) return;
  for (int i = 0; i < leaps_of_a_step; ++i) leap_once();
}

void LearningMetropolis::leap_once() {
  const double chi_squared = 2 * std::exp(draw_log_gamma(stream_, leap_freedom / 2));
  std::vector<double> proposal = times(root_, draw_normals(stream_, state_.size()));
  for (std::size_t i = 0; i < proposal.size(); ++i) {
    proposal[i] = mean_[i] + proposal[i] * std::sqrt(leap_freedom / chi_squared);
  }
  const double correction = log_t(state_, mean_, root_) - log_t(proposal, mean_, root_);
  (void)accept(std::move(proposal), correction);
}

// Windows of 50, 100, 200, ... steps: each one forgets how the one before found its way.
void LearningMetropolis::take_in() {
  learned_ += 1;
  moments_.add(state_);
  window_draws_.insert(window_draws_.end(), state_.begin(), state_.end());
  if (moments_.count < window_) return;
  std::vector<double> covariance = moments_.squares;
  for (double& value : covariance) value /= moments_.count - 1;
  std::vector<double> root = cholesky(covariance);
  if (!root.empty()) {
    root_ = std::move(root);
    mean_ = moments_.mean;
    leaps_ = leaps_ || window_ >= 100;
    if (window_ < 100) log_scale_ = std::log(2.4 / std::sqrt(static_cast<double>(mean_.size())));
  }
  window_ *= 2;
  archive_ = std::exchange(window_draws_, {});
  const std::size_t d = mean_.size();
  moments_ = {0, std::vector<double>(d, 0.0), std::vector<double>(d * d, 0.0)};
}

// Along the line through two earlier draws: long tails and bent ridges are in it as often as they
// are in the law.
void LearningMetropolis::slide() {
  const std::size_t d = state_.size();
  const std::size_t draws = archive_.size() / d;
  if (draws < 2) return;
  const auto pick = [&] { return static_cast<std::size_t>(stream_() % draws) * d; };
  const std::size_t one = pick();
  const std::size_t other = pick();
  std::vector<double> direction(d);
  double length = 0;
  for (std::size_t i = 0; i < d; ++i) {
    direction[i] = archive_[one + i] - archive_[other + i];
    length += direction[i] * direction[i];
  }
  if (!(length > 0)) return;  // the chain had stood still between them
  std::vector<double> point(d);
  double at_point = log_density_at_state_;
  const auto along = [&](double distance) {
    for (std::size_t i = 0; i < d; ++i) point[i] = state_[i] + distance * direction[i];
    return at_point = distance == 0 ? log_density_at_state_ : log_density_(point);
  };
  if (slice_draw(stream_, 0.0, along, {.width = 1.5}) == 0) return;
  // The last point asked for is the one that was taken.
  state_ = std::move(point);
  log_density_at_state_ = at_point;
}

void LearningMetropolis::learn() {
  walk(true);
  slide();
  leap();
  take_in();
}

void LearningMetropolis::step() {
  walk(false);
  slide();
  leap();
}

}  // namespace rapport::math
