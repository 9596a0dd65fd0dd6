#include <rapport/relationship/latent_factor.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>
#include <rapport/math/chi_squared.hpp>
#include <rapport/math/newton.hpp>

#include "special_values.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace rapport::relationship {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::string_view latent_factor_place = "latent_factor";

std::vector<double> to_std(const VectorXd& values) {
  return {values.data(), values.data() + values.size()};
}

std::vector<double> to_std(const MatrixXd& values) {
  return {values.data(), values.data() + values.size()};
}

LatentFactor blank(std::size_t k) {
  LatentFactor factor;
  factor.correlations.assign(k * k, nan);
  for (auto* column : {&factor.loadings, &factor.uniquenesses, &factor.scoring, &factor.weights,
                       &factor.adequacies}) {
    column->assign(k, nan);
  }
  const auto columns = static_cast<int>(k);
  factor.degrees = columns * (columns - 3) / 2;
  return factor;
}

void check_count(std::size_t indicators) {
  if (indicators >= 3) return;
  throw std::invalid_argument(std::string(latent_factor_place) + ": there are " +
                              std::to_string(indicators) +
                              " indicators, but one factor needs three to be found");
}

bool settle(LatentFactor& factor, FactorStatus status, std::string message) {
  factor.status = status;
  factor.message = std::move(message);
  return false;
}

bool enough_rows(LatentFactor& factor) {
  const std::uint64_t needed = rows_per_indicator * factor.loadings.size();
  if (factor.n >= needed) return true;
  return settle(factor, FactorStatus::too_few_rows,
                "there are " + std::to_string(factor.n) + " rows, but " +
                    std::to_string(factor.loadings.size()) + " indicators need " +
                    std::to_string(needed));
}

// The discrepancy between the correlations and what the best loadings for given uniquenesses make
// of them, as a function of x = log uniqueness. With theta_m, omega_m the eigenvalues and vectors
// of D R D, D = diag(exp(-x / 2)), and theta_1 the largest, it is the sum over m > 1 of theta_m -
// log(theta_m) - 1 (Joreskog 1967). Its derivatives follow from d(D R D)/dx_j = -(E_j D R D + D R D
// E_j) / 2, E_j being 1 at (j, j) alone, and the perturbation of eigenvectors.
class Discrepancy {
 public:
  explicit Discrepancy(MatrixXd correlations) : correlations_(std::move(correlations)) {}

  struct Spectrum {
    VectorXd values;   // ascending: the last is theta_1
    MatrixXd vectors;  // one a column
  };

  [[nodiscard]] Spectrum spectrum(const VectorXd& x) const {
    const VectorXd scale = (-x / 2).array().exp();
    const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(scale.asDiagonal() * correlations_ *
                                                        scale.asDiagonal());
    return {eigen.eigenvalues(), eigen.eigenvectors()};
  }

  [[nodiscard]] math::Derivatives operator()(std::span<const double> point) const {
    const Index k = correlations_.rows();
    const VectorXd x = Eigen::Map<const VectorXd>(point.data(), k);
    const auto [theta, omega] = spectrum(x);
    const double first = theta(k - 1);
    const VectorXd common = omega.col(k - 1);
    double value = 0;
    VectorXd gradient = VectorXd::Zero(k);
    MatrixXd hessian = MatrixXd::Zero(k, k);
    for (Index m = 0; m + 1 < k; ++m) {
      const VectorXd own = omega.col(m);
      value += theta(m) - 1 - std::log(theta(m));
      gradient += (1 - theta(m)) * own.cwiseAbs2();
      const VectorXd shared = own.cwiseProduct(common);
      hessian +=
          (1 - theta(m)) * (theta(m) + first) / (first - theta(m)) * shared * shared.transpose();
      for (Index other = 0; other + 1 < k; ++other) {
        const VectorXd pair = own.cwiseProduct(omega.col(other));
        hessian += (theta(m) + theta(other)) / 2 * pair * pair.transpose();
      }
    }
    return {value, to_std(gradient), to_std(hessian)};
  }

  // The best loadings for these uniquenesses, their sum >= 0; zero if nothing is in common.
  [[nodiscard]] VectorXd loadings(const VectorXd& x) const {
    const Index k = correlations_.rows();
    const auto [theta, omega] = spectrum(x);
    const VectorXd deviations = (x / 2).array().exp();
    VectorXd result =
        deviations.cwiseProduct(omega.col(k - 1)) * std::sqrt(std::max(theta(k - 1) - 1, 0.0));
    if (result.sum() < 0) result = -result;
    return result;
  }

 private:
  MatrixXd correlations_;
};

// Kaiser-Meyer-Olkin, from correlations and from correlations with all others held.
void set_adequacy(const MatrixXd& correlations, const MatrixXd& inverse, LatentFactor& factor) {
  const Index k = correlations.rows();
  double all = 0;
  double all_partial = 0;
  for (Index i = 0; i < k; ++i) {
    double own = 0;
    double partial = 0;
    for (Index j = 0; j < k; ++j) {
      if (i == j) continue;
      own += correlations(i, j) * correlations(i, j);
      partial += inverse(i, j) * inverse(i, j) / (inverse(i, i) * inverse(j, j));
    }
    factor.adequacies[static_cast<std::size_t>(i)] =
        own + partial > 0 ? own / (own + partial) : nan;
    all += own;
    all_partial += partial;
  }
  factor.sampling_adequacy = all + all_partial > 0 ? all / (all + all_partial) : nan;
}

// Bartlett's test that all correlations are 0.
double sphericity(const MatrixXd& correlations, std::uint64_t n) {
  const double k = static_cast<double>(correlations.rows());
  const MatrixXd root = correlations.llt().matrixL();
  const double log_determinant = 2 * root.diagonal().array().log().sum();
  const double statistic = -(static_cast<double>(n) - 1 - (2 * k + 5) / 6) * log_determinant;
  return math::chi_squared_tail(std::max(statistic, 0.0), k * (k - 1) / 2);
}

void set_fit(const MatrixXd& correlations, const VectorXd& loadings, double discrepancy,
             LatentFactor& factor) {
  const double k = static_cast<double>(loadings.size());
  const double n = static_cast<double>(factor.n);
  factor.share_of_variance = loadings.squaredNorm() / k;
  factor.chi_squared = (n - 1 - (2 * k + 5) / 6 - 2. / 3) * std::max(discrepancy, 0.0);
  if (factor.degrees > 0)
    factor.p_value = math::chi_squared_tail(factor.chi_squared, factor.degrees);
  MatrixXd residual = correlations - loadings * loadings.transpose();
  residual.diagonal().setZero();
  factor.worst_residual = residual.cwiseAbs().maxCoeff();
}

std::string listed(const std::vector<Index>& which) {
  std::string text;
  for (const Index i : which) text += (text.empty() ? "" : ", ") + std::to_string(i + 1);
  return text;
}

// Fits the factor; `deviations` are those of the indicators.
void fit(const MatrixXd& correlations, const VectorXd& deviations, LatentFactor& factor) {
  const Index k = correlations.rows();
  factor.correlations = to_std(correlations);
  const std::vector<double> packed =
      math::inverse_positive_definite(factor.correlations, static_cast<std::size_t>(k));
  if (packed.empty()) {
    settle(factor, FactorStatus::collinear, "an indicator follows from the others");
    return;
  }
  const MatrixXd inverse = Eigen::Map<const MatrixXd>(packed.data(), k, k);
  set_adequacy(correlations, inverse, factor);

  factor.sphericity_p = sphericity(correlations, factor.n);
  if (factor.sphericity_p > 0.05) {
    settle(factor, FactorStatus::no_factor,
           "the indicators have no more in common than chance would give them");
    return;
  }

  // The usual start (Joreskog 1967): what the other indicators do not explain, and a little less.
  const Discrepancy discrepancy(correlations);
  const VectorXd start =
      ((1 - 0.5 / static_cast<double>(k)) * inverse.diagonal().cwiseInverse()).array().log();
  math::NewtonOptions newton;
  newton.lower.assign(static_cast<std::size_t>(k), std::log(least_uniqueness));
  newton.value_noise = 1e-15 * static_cast<double>(k);
  const math::NewtonResult found = math::minimise(discrepancy, to_std(start), newton);
  factor.iterations = found.iterations;

  const VectorXd x = Eigen::Map<const VectorXd>(found.point.data(), k);
  const VectorXd loadings = discrepancy.loadings(x);
  if (found.stop != math::NewtonStop::converged && found.stop != math::NewtonStop::at_bound) {
    settle(factor, FactorStatus::not_converged,
           "no maximum of the likelihood was found: " + std::string(math::to_text(found.stop)));
    return;
  }
  const VectorXd uniquenesses = x.array().exp();
  factor.loadings = to_std(loadings);
  factor.uniquenesses = to_std(uniquenesses);
  set_fit(correlations, loadings, found.at.value, factor);

  std::vector<Index> at_bound;
  for (Index i = 0; i < k; ++i) {
    if (uniquenesses(i) <= least_uniqueness * (1 + 1e-9)) at_bound.push_back(i);
  }
  if (!at_bound.empty()) {
    settle(factor, FactorStatus::heywood,
           "the uniqueness of indicator " + listed(at_bound) +
               " runs to 0 (a Heywood case): the factor is that indicator, or there is none");
    return;
  }
  const VectorXd ratio = loadings.cwiseQuotient(uniquenesses);
  const double d = loadings.dot(ratio);
  factor.reliability = d / (1 + d);
  factor.scoring = to_std(VectorXd(ratio / (1 + d)));
  const VectorXd positive = ratio.cwiseQuotient(deviations).cwiseMax(0);
  if (!(positive.sum() > 0)) {
    settle(factor, FactorStatus::nothing_positive, "no indicator has a positive loading");
    return;
  }
  factor.weights = to_std(VectorXd(positive / positive.sum()));
  settle(factor, FactorStatus::fitted, "fitted");
}

}  // namespace

LatentFactor latent_factor(std::span<const double> correlations, std::size_t indicators,
                           std::uint64_t n) {
  check_count(indicators);
  core::check_same_size(correlations.size(), indicators * indicators, latent_factor_place,
                        "correlations");
  for (const double value : correlations) {
    if (!(value >= -1 && value <= 1)) {
      core::throw_domain_error(latent_factor_place, "correlation", value, "in [-1, 1]");
    }
  }
  const auto k = static_cast<Index>(indicators);
  const MatrixXd matrix = Eigen::Map<const MatrixXd>(correlations.data(), k, k);
  if (!((matrix - matrix.transpose()).cwiseAbs().maxCoeff() <= 1e-12)) {
    throw std::invalid_argument(std::string(latent_factor_place) +
                                ": the correlations are not symmetric");
  }
  if (!((matrix.diagonal().array() - 1).abs().maxCoeff() <= 1e-12)) {
    throw std::invalid_argument(std::string(latent_factor_place) +
                                ": the correlations are not 1 on the diagonal");
  }
  LatentFactor factor = blank(indicators);
  factor.n = n;
  if (enough_rows(factor)) fit(matrix, VectorXd::Ones(k), factor);
  return factor;
}

LatentFactor latent_factor(std::span<const std::span<const double>> indicators) {
  check_count(indicators.size());
  const std::size_t rows = indicators.front().size();
  for (std::size_t j = 0; j < indicators.size(); ++j) {
    const std::string name = "indicator " + std::to_string(j + 1);
    core::check_same_size(indicators[j].size(), rows, latent_factor_place, name);
    for (const double value : indicators[j]) {
      if (std::isinf(value))
        core::throw_domain_error(latent_factor_place, name, value, "finite or NaN");
    }
  }
  LatentFactor factor = blank(indicators.size());
  std::vector<std::size_t> known;
  for (std::size_t i = 0; i < rows; ++i) {
    const bool unknown = std::any_of(indicators.begin(), indicators.end(),
                                     [&](const auto& column) { return std::isnan(column[i]); });
    if (!unknown) known.push_back(i);
  }
  factor.n = known.size();
  factor.left_out = rows - known.size();
  if (!enough_rows(factor)) return factor;

  const auto n = static_cast<Index>(known.size());
  const auto k = static_cast<Index>(indicators.size());
  MatrixXd centred(n, k);
  for (Index j = 0; j < k; ++j) {
    const auto column = indicators[static_cast<std::size_t>(j)];
    for (Index i = 0; i < n; ++i) centred(i, j) = column[known[static_cast<std::size_t>(i)]];
    if (centred.col(j).minCoeff() == centred.col(j).maxCoeff()) {
      settle(factor, FactorStatus::constant_indicator,
             "indicator " + std::to_string(j + 1) + " is the same in all rows");
      return factor;
    }
    centred.col(j).array() -= centred.col(j).mean();
  }
  const MatrixXd moments = centred.transpose() * centred;
  const VectorXd lengths = moments.diagonal().cwiseSqrt();
  MatrixXd correlations(k, k);
  for (Index i = 0; i < k; ++i) {
    for (Index j = 0; j < k; ++j) {
      // From the lower half for both, so that the matrix is symmetric to the last bit.
      correlations(i, j) =
          i == j ? 1 : moments(std::max(i, j), std::min(i, j)) / (lengths(i) * lengths(j));
    }
  }
  fit(correlations, lengths / std::sqrt(static_cast<double>(n - 1)), factor);
  return factor;
}

std::string to_text(const LatentFactor& factor, std::span<const std::string> names) {
  core::check_same_size(names.size(), factor.loadings.size(), "to_text(LatentFactor)", "names");
  std::string text = core::grouped_text(factor.n) +
                     " customers; left out: " + core::grouped_text(factor.left_out) +
                     " with an unknown indicator\n";
  if (!factor.usable()) {
    text += std::string(core::to_text(factor.status)) + ": " + factor.message + '\n';
  }
  if (std::isnan(factor.share_of_variance)) return text;
  std::size_t width = 0;
  for (const std::string& name : names) width = std::max(width, name.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += core::padded(names[i], static_cast<int>(width)) + "  loading " +
            core::fixed_text(factor.loadings[i], 3) + ", uniqueness " +
            core::fixed_text(factor.uniquenesses[i], 3);
    if (factor.usable()) {
      text += ", weight " + core::fixed_text(factor.weights[i], 3);
      if (factor.loadings[i] < 0) text += "; negative: weight set to 0";
    }
    text += '\n';
  }
  text += "share of variance " + core::fixed_text(factor.share_of_variance, 3) +
          ", Kaiser-Meyer-Olkin " + core::fixed_text(factor.sampling_adequacy, 2) +
          (factor.sampling_adequacy < 0.5 ? ", below 0.5: a factor says nothing" : "") +
          ", worst residual " + core::fixed_text(factor.worst_residual, 3);
  if (factor.degrees > 0) {
    text += ", chi-squared " + core::fixed_text(factor.chi_squared, 2) + " with " +
            std::to_string(factor.degrees) + " degrees, p " + core::fixed_text(factor.p_value, 3);
  }
  return text + '\n';
}

}  // namespace rapport::relationship
