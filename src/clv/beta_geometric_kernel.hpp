#ifndef RAPPORT_SRC_CLV_BETA_GEOMETRIC_KERNEL_HPP
#define RAPPORT_SRC_CLV_BETA_GEOMETRIC_KERNEL_HPP

/// \file
/// Who is active and how much is expected under BG/NBD and MBG/NBD, for columns of customers.

#include "history_rows.hpp"

namespace rapport::clv {

/// `first_chances`: chances to drop out before the first repeat purchase, 0 (BG/NBD) or 1.
struct BetaGeometricParameters {
  double r, alpha, a, b, first_chances;

  /// True if nothing in the kernels can overflow for such parameters, whatever the customer.
  [[nodiscard]] bool moderate() const noexcept;
};

/// Probability of being active; NaN where it is too small for the kernel. \pre p.moderate().
void alive_of_rows(const HistoryRows& rows, const BetaGeometricParameters& p,
                   double* result) noexcept;

/// Mean purchases in the next t periods; NaN where its series would be long, or as above.
/// \pre p.moderate(), and t > 0 is finite.
void expected_of_rows(const HistoryRows& rows, const BetaGeometricParameters& p, double t,
                      double* result) noexcept;

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_BETA_GEOMETRIC_KERNEL_HPP
