#include <rapport/relationship/estimated_weights.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>
#include <rapport/math/newton.hpp>
#include <rapport/math/normal.hpp>
#include <rapport/math/random.hpp>
#include <rapport/math/special.hpp>

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

namespace rapport::relationship {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Status = EstimatedWeightsStatus;

constexpr std::string_view estimate_weights_place = "estimate_weights";

void check(const OutcomeSample& sample, const EstimatedWeightsOptions& options) {
  core::check_positive_finite(options.ridge, estimate_weights_place, "ridge");
  if (options.draws < 100)
    core::throw_domain_error(estimate_weights_place, "draws", options.draws, ">= 100");
  if (options.max_iterations < 1) {
    core::throw_domain_error(estimate_weights_place, "max_iterations", options.max_iterations,
                             ">= 1");
  }
  if (sample.outcome_first <= sample.as_of.day()) {
    throw std::invalid_argument(
        std::string(estimate_weights_place) + ": the outcome's window begins on " +
        core::to_text(sample.outcome_first) + ", but must begin after the indicators' as-of day " +
        core::to_text(sample.as_of.day()) + ": they would have seen what they are to foretell");
  }
  if (sample.outcome_last < sample.outcome_first) {
    throw std::invalid_argument(std::string(estimate_weights_place) +
                                ": the outcome's window ends on " +
                                core::to_text(sample.outcome_last) + ", before it begins on " +
                                core::to_text(sample.outcome_first));
  }
  if (sample.indicators.empty()) {
    throw std::invalid_argument(std::string(estimate_weights_place) + ": there is no indicator");
  }
  core::check_same_size(sample.names.size(), sample.indicators.size(), estimate_weights_place,
                        "names");
  for (std::size_t j = 0; j < sample.indicators.size(); ++j) {
    const auto column = sample.indicators[j];
    core::check_same_size(column.size(), sample.outcome.size(), estimate_weights_place,
                          sample.names[j]);
    for (const double value : column) {
      if (!std::isnan(value)) core::check_fraction(value, estimate_weights_place, sample.names[j]);
    }
  }
  for (const double value : sample.outcome) {
    if (value != 0 && value != 1 && !std::isnan(value)) {
      core::throw_domain_error(estimate_weights_place, "outcome", value, "0, 1 or NaN");
    }
  }
}

// The rows whose numbers are all known. Row = customer; column 0 is the intercept's.
struct Design {
  MatrixXd x;
  VectorXd y;
};

Design known_rows(const OutcomeSample& sample, EstimatedWeights& result) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < sample.outcome.size(); ++i) {
    const bool unknown = std::any_of(sample.indicators.begin(), sample.indicators.end(),
                                     [&](const auto& column) { return std::isnan(column[i]); });
    if (unknown) {
      ++result.unknown_indicator;
    } else if (std::isnan(sample.outcome[i])) {
      ++result.unknown_outcome;
    } else {
      rows.push_back(i);
    }
  }
  const auto n = static_cast<Index>(rows.size());
  const auto k = static_cast<Index>(sample.indicators.size());
  Design design{MatrixXd::Ones(n, k + 1), VectorXd(n)};
  for (Index i = 0; i < n; ++i) {
    const std::size_t row = rows[static_cast<std::size_t>(i)];
    for (Index j = 0; j < k; ++j) {
      design.x(i, j + 1) = sample.indicators[static_cast<std::size_t>(j)][row];
    }
    design.y(i) = sample.outcome[row];
  }
  result.n = rows.size();
  result.events = static_cast<std::uint64_t>(design.y.sum());
  return design;
}

// Minus the log-likelihood, with its derivatives, over blocks of rows that do not depend on the
// number of threads.
struct LogLoss {
  double value = 0;
  VectorXd gradient;
  MatrixXd hessian;
};

LogLoss log_loss(const Design& design, const VectorXd& coefficients, const core::Threads& threads) {
  constexpr std::size_t grain = 4096;
  const auto parts =
      core::map_blocks(threads, static_cast<std::size_t>(design.y.size()), grain,
                       [&](std::size_t begin, std::size_t end) {
                         const auto first = static_cast<Index>(begin);
                         const auto size = static_cast<Index>(end - begin);
                         const auto x = design.x.middleRows(first, size);
                         const VectorXd log_odds = x * coefficients;
                         VectorXd residual(size);
                         VectorXd spread(size);
                         LogLoss part;
                         for (Index i = 0; i < size; ++i) {
                           const double y = design.y(first + i);
                           const double p = math::complement_of_log_odds(-log_odds(i));
                           const double q = math::complement_of_log_odds(log_odds(i));
                           part.value += math::log1p_exp(y == 1 ? -log_odds(i) : log_odds(i));
                           residual(i) = y == 1 ? -q : p;
                           spread(i) = p * q;
                         }
                         part.gradient = x.transpose() * residual;
                         part.hessian = x.transpose() * spread.asDiagonal() * x;
                         return part;
                       });
  LogLoss sum{0, VectorXd::Zero(coefficients.size()),
              MatrixXd::Zero(coefficients.size(), coefficients.size())};
  for (const LogLoss& part : parts) {
    sum.value += part.value;
    sum.gradient += part.gradient;
    sum.hessian += part.hessian;
  }
  return sum;
}

math::NewtonResult search(const Design& design, const EstimatedWeightsOptions& options) {
  const Index size = design.x.cols();
  const auto penalised = [&](std::span<const double> point) {
    const VectorXd coefficients = Eigen::Map<const VectorXd>(point.data(), size);
    LogLoss loss = log_loss(design, coefficients, options.threads);
    VectorXd slopes = coefficients;
    slopes(0) = 0;
    loss.value += options.ridge / 2 * slopes.squaredNorm();
    loss.gradient += options.ridge * slopes;
    loss.hessian.diagonal().tail(size - 1).array() += options.ridge;
    return math::Derivatives{loss.value,
                             {loss.gradient.data(), loss.gradient.data() + loss.gradient.size()},
                             {loss.hessian.data(), loss.hessian.data() + loss.hessian.size()}};
  };
  std::vector<double> start(static_cast<std::size_t>(size), 0.0);
  const double share = design.y.mean();
  start[0] = std::log(share / (1 - share));
  return math::minimise(penalised, start, {.max_iterations = options.max_iterations});
}

// True if the log-odds have the right sign in every row.
bool foretells_all(const Design& design, const VectorXd& coefficients) {
  const VectorXd log_odds = design.x * coefficients;
  for (Index i = 0; i < log_odds.size(); ++i) {
    if (design.y(i) == 1 ? log_odds(i) <= 0 : log_odds(i) >= 0) return false;
  }
  return true;
}

core::Estimate wald(double value, double variance, double z, const EstimatedWeights& result) {
  core::Estimate estimate;
  estimate.value = value;
  estimate.low = value - z * std::sqrt(variance);
  estimate.high = value + z * std::sqrt(variance);
  estimate.level = result.level;
  estimate.status = core::Status::estimated;
  estimate.n = result.n;
  return estimate;
}

double normal_share(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

// The bias-corrected percentiles of the draws around a weight (B. Efron 1987,
// doi:10.1080/01621459.1987.10478410, with no acceleration): where negative coefficients are cut
// off at 0 the other weights are drawn too low, and plain percentiles would err twice. Reorders.
struct Interval {
  double low, high;
};

Interval corrected_percentiles(std::vector<double>& draws, double weight, double z) {
  const double n = static_cast<double>(draws.size());
  double below = 0;
  for (const double draw : draws) below += draw < weight ? 1 : draw == weight ? 0.5 : 0;
  // A weight of 0 has no draws below it: its percentiles are as they are.
  const double bias =
      weight > 0 ? math::normal_quantile(std::clamp(below / n, 1 / n, 1 - 1 / n)) : 0;
  const auto percentile = [&](double share) {
    const auto at = static_cast<std::ptrdiff_t>(share * (n - 1));
    std::nth_element(draws.begin(), draws.begin() + at, draws.end());
    return draws[static_cast<std::size_t>(at)];
  };
  return {percentile(normal_share(2 * bias - z)), percentile(normal_share(2 * bias + z))};
}

// Weights of coefficients: negative ones count as 0. Empty if none is positive.
std::vector<double> weights_of(const VectorXd& slopes) {
  const VectorXd positive = slopes.cwiseMax(0);
  const double total = positive.sum();
  if (!(total > 0)) return {};
  std::vector<double> weights(static_cast<std::size_t>(slopes.size()));
  for (Index j = 0; j < slopes.size(); ++j) {
    weights[static_cast<std::size_t>(j)] = positive(j) / total;
  }
  return weights;
}

// Draws of the weights, a vector each, from the normal law of the slopes.
std::vector<std::vector<double>> draw_weights(const VectorXd& slopes, const MatrixXd& covariance,
                                              const EstimatedWeightsOptions& options) {
  const MatrixXd root = covariance.llt().matrixL();
  std::vector<std::vector<double>> drawn(static_cast<std::size_t>(slopes.size()));
  math::RandomStream stream(options.seed);
  VectorXd noise(slopes.size());
  for (int i = 0; i < options.draws; ++i) {
    for (double& z : noise) z = math::normal_quantile(math::draw_uniform(stream));
    const std::vector<double> weights = weights_of(slopes + root * noise);
    for (std::size_t j = 0; j < weights.size(); ++j) drawn[j].push_back(weights[j]);
  }
  return drawn;
}

void set_weights(const VectorXd& slopes, const MatrixXd& covariance, double z,
                 const EstimatedWeightsOptions& options, EstimatedWeights& result) {
  const std::vector<double> weights = weights_of(slopes);
  if (weights.empty()) {
    result.status = Status::nothing_positive;
    result.message = "no indicator has a positive coefficient: there are no weights";
    return;
  }
  auto drawn = draw_weights(slopes, covariance, options);
  const double tail = (1 - options.level) / 2;
  // Draws without a positive coefficient have no weights; where they are more than an interval
  // leaves out, the weights are not known well enough to have one.
  const bool enough = static_cast<double>(drawn.front().size()) >= (1 - tail) * options.draws;
  for (std::size_t j = 0; j < weights.size(); ++j) {
    EstimatedWeight& indicator = result.indicators[j];
    core::Estimate& weight = indicator.weight;
    weight.value = weights[j];
    weight.status = core::Status::estimated;
    weight.n = result.n;
    if (!enough) continue;
    const Interval interval = corrected_percentiles(drawn[j], weights[j], z);
    weight.low = indicator.covers_zero ? 0 : std::min(weights[j], interval.low);
    weight.high = std::max(weights[j], interval.high);
  }
  result.status = Status::estimated;
  result.message = "estimated";
}

bool enough_evidence(const Design& design, EstimatedWeights& result) {
  const std::uint64_t rarer = std::min(result.events, result.n - result.events);
  const std::uint64_t needed = events_per_indicator * result.indicators.size();
  if (rarer < needed) {
    result.status = Status::too_few_events;
    result.message = "the rarer outcome happened " + std::to_string(rarer) + " times, but " +
                     std::to_string(result.indicators.size()) + " indicators need " +
                     std::to_string(needed);
    return false;
  }
  for (std::size_t j = 0; j < result.indicators.size(); ++j) {
    const auto column = design.x.col(static_cast<Index>(j) + 1);
    if (column.minCoeff() < column.maxCoeff()) continue;
    result.status = Status::constant_indicator;
    result.message = result.indicators[j].name + " is the same in all rows: it can tell nothing";
    return false;
  }
  return true;
}

std::string interval(const core::Estimate& estimate, int decimals) {
  if (std::isnan(estimate.low)) return "without an interval";
  return core::fixed_text(estimate.low, decimals) + " to " +
         core::fixed_text(estimate.high, decimals);
}

}  // namespace

EstimatedWeights estimate_weights(const OutcomeSample& sample,
                                  const EstimatedWeightsOptions& options) {
  const double z = math::two_sided_quantile(options.level);
  check(sample, options);
  EstimatedWeights result;
  result.as_of = sample.as_of;
  result.outcome_first = sample.outcome_first;
  result.outcome_last = sample.outcome_last;
  result.ridge = options.ridge;
  result.level = options.level;
  result.intercept.level = options.level;
  for (const std::string& name : sample.names) {
    EstimatedWeight& indicator = result.indicators.emplace_back();
    indicator.name = name;
    indicator.coefficient.level = options.level;
    indicator.weight.level = options.level;
  }
  const Design design = known_rows(sample, result);
  if (!enough_evidence(design, result)) return result;

  const math::NewtonResult found = search(design, options);
  result.iterations = found.iterations;
  result.gradient_norm = found.gradient_norm;
  result.converged = found.stop == math::NewtonStop::converged;
  const auto size = static_cast<Index>(found.point.size());
  const std::vector<double> inverse =
      math::inverse_positive_definite(found.at.hessian, found.point.size());
  if (!result.converged || inverse.empty()) {
    result.status = Status::not_converged;
    result.message =
        "no maximum of the likelihood was found: " + std::string(math::to_text(found.stop));
    return result;
  }
  const VectorXd coefficients = Eigen::Map<const VectorXd>(found.point.data(), size);
  const MatrixXd covariance = Eigen::Map<const MatrixXd>(inverse.data(), size, size);
  result.log_likelihood = -log_loss(design, coefficients, options.threads).value;
  const double n = static_cast<double>(result.n);
  const double events = static_cast<double>(result.events);
  result.null_log_likelihood =
      events * std::log(events / n) + (n - events) * std::log((n - events) / n);
  if (foretells_all(design, coefficients)) {
    result.status = Status::separated;
    result.message =
        "the indicators foretell every outcome, so the coefficients have no finite "
        "estimate: look for an indicator that has seen the outcome";
    return result;
  }

  result.intercept = wald(coefficients(0), covariance(0, 0), z, result);
  for (Index j = 1; j < size; ++j) {
    EstimatedWeight& indicator = result.indicators[static_cast<std::size_t>(j) - 1];
    indicator.coefficient = wald(coefficients(j), covariance(j, j), z, result);
    indicator.covers_zero = indicator.coefficient.low <= 0 && indicator.coefficient.high >= 0;
    indicator.set_to_zero = coefficients(j) < 0;
  }
  set_weights(coefficients.tail(size - 1), covariance.bottomRightCorner(size - 1, size - 1), z,
              options, result);
  return result;
}

std::string to_text(const EstimatedWeights& weights) {
  std::string text = "indicators as of " + core::to_text(weights.as_of.day()) + ", outcome from " +
                     core::to_text(weights.outcome_first) + " to " +
                     core::to_text(weights.outcome_last) + '\n';
  text += core::grouped_text(weights.n) + " customers, " + core::grouped_text(weights.events) +
          " with the outcome; left out: " + core::grouped_text(weights.unknown_indicator) +
          " with an unknown indicator, " + core::grouped_text(weights.unknown_outcome) +
          " with an unknown outcome\n";
  const bool coefficients = weights.intercept.usable();
  if (!weights.usable()) {
    text += std::string(core::to_text(weights.status)) + ": " + weights.message + '\n';
    if (!coefficients) return text;
  }
  std::size_t width = 0;
  for (const EstimatedWeight& indicator : weights.indicators) {
    width = std::max(width, indicator.name.size());
  }
  for (const EstimatedWeight& indicator : weights.indicators) {
    const core::Estimate& coefficient = indicator.coefficient;
    text += core::padded(indicator.name, static_cast<int>(width)) + "  coefficient " +
            core::fixed_text(coefficient.value, 2) + " (" + interval(coefficient, 2) + ")";
    if (indicator.weight.usable()) {
      text += ", weight " + core::fixed_text(indicator.weight.value, 3) + " (" +
              interval(indicator.weight, 3) + ")";
    }
    if (indicator.set_to_zero) text += "; negative: weight set to 0";
    if (indicator.covers_zero) text += "; interval covers 0";
    text += '\n';
  }
  text += core::fixed_text(100 * weights.level, 0) + " % intervals; ridge " +
          core::to_text(weights.ridge) + "; log-likelihood " +
          core::fixed_text(weights.log_likelihood, 2) + ", without the indicators " +
          core::fixed_text(weights.null_log_likelihood, 2) + '\n';
  return text;
}

}  // namespace rapport::relationship
