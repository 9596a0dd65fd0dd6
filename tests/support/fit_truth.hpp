#ifndef RAPPORT_TESTS_SUPPORT_FIT_TRUTH_HPP
#define RAPPORT_TESTS_SUPPORT_FIT_TRUTH_HPP

/// \file
/// Whether a fit tells the truth: what it says of itself is held against the likelihood of the
/// model's own answers, customer by customer, which is not the code that the search climbs.

#include <rapport/clv/fit.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::tests {

/// A log-likelihood of the parameters, in their order; throws std::domain_error where the model
/// admits none.
using LogLikelihoodAt = std::function<double(const std::vector<double>&)>;

/// Where parameters go in a step of some size along a path; a step of 0 stays.
using ParameterPath = std::function<std::vector<double>(double step)>;

/// Steps along each coordinate of the search to both sides, and along some diagonals.
inline std::vector<ParameterPath> straight_paths(const clv::FitReport& fit) {
  const std::size_t k = fit.parameters.size();
  std::vector<std::vector<double>> directions;
  for (std::size_t i = 0; i < k; ++i) {
    for (const double side : {-1.0, 1.0}) {
      directions.emplace_back(k, 0.0)[i] = side;
    }
  }
  for (std::size_t signs = 0; k > 1 && signs < (std::size_t{1} << k); ++signs) {
    auto& diagonal = directions.emplace_back(k);
    for (std::size_t i = 0; i < k; ++i) diagonal[i] = ((signs >> i) & 1U) == 0 ? -1 : 1;
  }
  std::vector<ParameterPath> paths;
  for (const auto& direction : directions) {
    paths.emplace_back([&fit, direction](double step) {
      auto at = fit.parameters;
      for (std::size_t i = 0; i < at.size(); ++i) {
        const bool log = fit.coordinates[i] == clv::Coordinate::logarithm;
        at[i] = log ? at[i] * std::exp(step * direction[i]) : at[i] + step * direction[i];
      }
      return at;
    });
  }
  return paths;
}

/// How fast the log-likelihood rises along a path, from there on: the one-sided derivative, which
/// also exists in a corner; empty if the path leaves what the model admits. `curvature` is the
/// second one.
struct PathSlope {
  double slope, curvature;
};
inline std::optional<PathSlope> slope_along(const ParameterPath& path, double step, double top,
                                            const LogLikelihoodAt& log_likelihood) {
  try {
    const double one = log_likelihood(path(step));
    const double two = log_likelihood(path(2 * step));
    return PathSlope{(4 * one - 3 * top - two) / (2 * step), (top - 2 * one + two) / (step * step)};
  } catch (const std::domain_error&) {
    return std::nullopt;
  }
}

/// Answers are finite, a status is none of those that mean "failed", and a fit that calls itself
/// usable is a maximum: along no admissible path does the likelihood rise. A rise is a one-sided
/// slope that means a maximum more than 1e-5 away, a hundredth of a step of 1e-3, beyond what
/// rounding of the likelihood, `noise`, makes of the difference; in a corner near the point, only
/// one that shorter steps confirm.
inline void expect_truth(const clv::FitReport& fit, const LogLikelihoodAt& log_likelihood,
                         double noise, const std::vector<ParameterPath>& more_paths = {}) {
  SCOPED_TRACE(testing::Message() << to_text(fit.status) << ' ' << fit.message << ' '
                                  << testing::PrintToString(fit.parameters));
  ASSERT_TRUE(std::isfinite(fit.log_likelihood));
  ASSERT_TRUE(std::isfinite(fit.gradient_norm));
  ASSERT_FALSE(fit.message.empty());
  for (const double p : fit.parameters) ASSERT_TRUE(std::isfinite(p));
  for (const double e : fit.standard_errors()) ASSERT_EQ(std::isfinite(e), fit.usable());
  EXPECT_NE(fit.status, clv::FitStatus::numeric_failure);
  EXPECT_NE(fit.status, clv::FitStatus::iteration_limit);
  EXPECT_NE(fit.status, clv::FitStatus::cancelled);
  if (!fit.usable()) return;
  const double top = log_likelihood(fit.parameters);
  EXPECT_NEAR(fit.log_likelihood, top, 10 * noise);
  auto paths = straight_paths(fit);
  paths.insert(paths.end(), more_paths.begin(), more_paths.end());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    double rise = 0;
    for (const double step : {1e-3, 1e-4, 1e-5}) {
      const auto there = slope_along(paths[i], step, top, log_likelihood);
      if (!there) break;
      const double hidden = 4 * noise / step;
      if (hidden > 0.5 * rise && step < 1e-3) break;  // steps as short as this do not tell
      rise = there->slope - 1e-2 * step * std::abs(there->curvature) - hidden;
      if (rise <= 0) break;
    }
    EXPECT_LE(rise, 1e-7) << "along path " << i;
  }
}

/// A fit of the same data with other options.
using Refit = std::function<clv::FitReport(const clv::FitOptions&)>;

/// A fit that calls a parameter not identified has one that may be some seven times as large, or as
/// small, while the likelihood stays: alone or together with others as much, or with the best of
/// the others for it. To stay is to fall by less than that of an estimate whose standard error is
/// ten logarithms, (2 / 10)^2 / 2, and rounding.
inline void expect_level(const clv::FitReport& fit, const LogLikelihoodAt& log_likelihood,
                         const Refit& refit, double noise) {
  SCOPED_TRACE(testing::Message() << fit.message << ' ' << testing::PrintToString(fit.parameters));
  constexpr double step = 2;
  const double enough = fit.log_likelihood - step * step / 200 - 10 * noise;
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < fit.parameters.size(); ++i) {
    const bool held = !fit.held.empty() && fit.held[i];
    if (fit.coordinates[i] == clv::Coordinate::logarithm && !held) free.push_back(i);
  }
  double best = -std::numeric_limits<double>::infinity();
  const auto ways = static_cast<int>(std::pow(3, free.size()));
  for (int way = 1; way < ways; ++way) {
    auto at = fit.parameters;
    for (int i = 0, rest = way; rest > 0; ++i, rest /= 3) {
      const int side = rest % 3 == 2 ? -1 : rest % 3;
      at[free[static_cast<std::size_t>(i)]] *= std::exp(side * step);
    }
    try {
      best = std::max(best, log_likelihood(at));
    } catch (const std::domain_error&) {  // beyond what the model admits
    }
    if (best >= enough) return;
  }
  for (const std::size_t i : free) {
    for (const double side : {-1.0, 1.0}) {
      clv::FitOptions options{.start = fit.parameters, .held = fit.held};
      options.held.resize(fit.parameters.size(), false);
      options.held[i] = true;
      options.start[i] *= std::exp(side * step);
      best = std::max(best, refit(options).log_likelihood);
      if (best >= enough) return;
    }
  }
  EXPECT_GE(best, enough);
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_FIT_TRUTH_HPP
