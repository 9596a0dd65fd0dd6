#ifndef RAPPORT_TESTS_SUPPORT_RECOVERY_HPP
#define RAPPORT_TESTS_SUPPORT_RECOVERY_HPP

/// \file
/// Do fits find the parameters that their bases were simulated with? Asked of many small bases,
/// jointly of all parameters, so that the answer does not hang on a seed: among 6 parameters one is
/// 3 standard errors off for one base in 60 or so, and along a ridge several are at once.

#include <rapport/clv/fit.hpp>

#include <gtest/gtest.h>

#include <Eigen/Dense>

#include <cmath>
#include <cstddef>
#include <vector>

namespace rapport::tests {

class Recovery {
 public:
  /// True parameters in the order of the report.
  explicit Recovery(std::vector<double> truth) : truth_(std::move(truth)) {}

  /// A fit with the log-likelihood of its base at the truth.
  void add(const clv::FitReport& fit, double log_likelihood_at_truth) {
    ASSERT_TRUE(fit.usable()) << fit.message;
    ASSERT_EQ(fit.parameters.size(), truth_.size());
    const auto k = static_cast<Eigen::Index>(truth_.size());
    Eigen::VectorXd error(k);
    for (std::size_t i = 0; i < truth_.size(); ++i) {
      error(static_cast<Eigen::Index>(i)) = fit.coordinates[i] == clv::Coordinate::logarithm
                                                ? std::log(fit.parameters[i] / truth_[i])
                                                : fit.parameters[i] - truth_[i];
    }
    const Eigen::Map<const Eigen::MatrixXd> covariance(fit.working_covariance.data(), k, k);
    const double distance = error.dot(covariance.ldlt().solve(error));
    ++bases_;
    ratio_ += 2 * (fit.log_likelihood - log_likelihood_at_truth);
    held_ += distance < ninety_percent() ? 1 : 0;
  }

  /// Both criteria within 4 standard deviations of chance: a right fit fails them for one choice of
  /// seeds in 10,000.
  void expect_the_truth() const {
    const auto k = static_cast<double>(truth_.size());
    const double n = bases_;
    // Twice the gain over the truth is chi-square with k degrees of freedom; in bases of a thousand
    // customers its mean is up to 3% above k.
    EXPECT_NEAR(ratio_ / n, k, 4 * std::sqrt(2 * k / n) + 0.03 * k);
    // The joint 90% region in the coordinates of the search holds the truth nine times in ten.
    EXPECT_NEAR(held_ / n, 0.9, 4 * std::sqrt(0.09 / n));
  }

 private:
  // The 90% quantile of chi-square, by Wilson and Hilferty (right to 0.1% from 4 degrees on).
  [[nodiscard]] double ninety_percent() const {
    const auto k = static_cast<double>(truth_.size());
    const double root = 1 - 2 / (9 * k) + 1.2815515655446004 * std::sqrt(2 / (9 * k));
    return k * root * root * root;
  }

  std::vector<double> truth_;
  double bases_ = 0, ratio_ = 0, held_ = 0;
};

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_RECOVERY_HPP
