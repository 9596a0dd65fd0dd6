#ifndef RAPPORT_SRC_CLV_COVARIATE_WALK_HPP
#define RAPPORT_SRC_CLV_COVARIATE_WALK_HPP

/// \file
/// A customer's way through the pieces of time in which covariates are constant, and the clock of
/// a process whose rate they multiply.

#include <rapport/clv/varying_histories.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace rapport::clv {

/// Which covariates move a process, and by how much: the multiplier is exp(coefficients' x).
struct Effects {
  std::vector<std::size_t> columns;
  std::vector<double> coefficients;

  [[nodiscard]] std::size_t size() const noexcept { return columns.size(); }

  [[nodiscard]] double log_multiplier(std::span<const double> values) const noexcept {
    double sum = 0;
    for (std::size_t j = 0; j < columns.size(); ++j) sum += coefficients[j] * values[columns[j]];
    return sum;
  }

  /// The covariates that count here.
  [[nodiscard]] Eigen::VectorXd select(std::span<const double> values) const {
    Eigen::VectorXd result(static_cast<Eigen::Index>(columns.size()));
    for (std::size_t j = 0; j < columns.size(); ++j) {
      result(static_cast<Eigen::Index>(j)) = values[columns[j]];
    }
    return result;
  }
};

/// Calls visit(begin, end, values) for the parts of the row's pieces within [from, to], in order.
template <class Visit>
void walk(const VaryingHistories& data, std::size_t row, double from, double to,
          const Visit& visit) {
  for (std::size_t i = 0; i < data.pieces(row); ++i) {
    const VaryingHistories::Piece piece = data.piece(row, i);
    if (piece.end <= from) continue;
    if (piece.begin >= to) break;
    visit(std::max(piece.begin, from), std::min(piece.end, to), piece.values);
  }
}

/// The clock of a process, the integral of its multiplier, with its derivatives with respect to
/// the coefficients.
struct Clock {
  double time = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;

  explicit Clock(std::size_t coefficients)
      : gradient(Eigen::VectorXd::Zero(static_cast<Eigen::Index>(coefficients))),
        hessian(Eigen::MatrixXd::Zero(gradient.size(), gradient.size())) {}

  void advance(double multiplier, double length, const Eigen::VectorXd& x) {
    const double passed = multiplier * length;
    time += passed;
    gradient += passed * x;
    hessian += (passed * x) * x.transpose();
  }
};

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_COVARIATE_WALK_HPP
