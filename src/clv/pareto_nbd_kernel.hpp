#ifndef RAPPORT_SRC_CLV_PARETO_NBD_KERNEL_HPP
#define RAPPORT_SRC_CLV_PARETO_NBD_KERNEL_HPP

/// \file
/// Who is active and how much is expected under Pareto/NBD, for columns of customers.

#include "history_rows.hpp"

namespace rapport::clv {

/// Those of ParetoNbd.
struct ParetoKernelParameters {
  double r, alpha, s, beta;

  /// True if nothing in the kernels can overflow for such parameters, whatever the customer.
  [[nodiscard]] bool moderate() const noexcept;
};

/// Probability of being active; NaN where one panel does not give the integral, or where it is too
/// small for the kernel. \pre p.moderate().
void alive_of_rows(const HistoryRows& rows, const ParetoKernelParameters& p,
                   double* result) noexcept;

/// Mean purchases in the next t periods; NaN as above. \pre p.moderate(), and 0 < t <= 1e100.
void expected_of_rows(const HistoryRows& rows, const ParetoKernelParameters& p, double t,
                      double* result) noexcept;

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_PARETO_NBD_KERNEL_HPP
