#ifndef RAPPORT_SRC_CLV_DROPOUT_KERNEL_HPP
#define RAPPORT_SRC_CLV_DROPOUT_KERNEL_HPP

/// \file
/// What BG/NBD and MBG/NBD spend their fits on: ln(1 + e^w) with its derivatives, summed over the
/// histories of one frequency, where
///
///   w = offset + events gap,  gap = ln((alpha + T) / (alpha + t_x)).

#include <cstddef>

namespace rapport::clv {

/// Columns of histories that share a frequency, with the customers of each.
struct DropoutRows {
  const double* recency;
  const double* age;
  const double* count;
  std::size_t size;
};

/// Sums over rows, each times its count. With p = e^w / (1 + e^w) and v = p (1 - p), p_gap is the
/// sum of p gap and so on; slope and bend are the first two derivatives of gap by ln alpha.
struct DropoutSums {
  double value;  ///< ln(1 + e^w)
  double p, p_gap, p_slope, p_bend;
  double v, v_gap, v_slope, v_gap_gap, v_gap_slope, v_slope_slope;
};

/// The same bits on every processor. Some 6 ns a row with 256-bit vectors.
/// \pre alpha > 0 and events > 0 are finite; 0 <= recency <= age.
[[nodiscard]] DropoutSums sum_dropouts(const DropoutRows& rows, double alpha, double events,
                                       double offset) noexcept;

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_DROPOUT_KERNEL_HPP
