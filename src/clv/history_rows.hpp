#ifndef RAPPORT_SRC_CLV_HISTORY_ROWS_HPP
#define RAPPORT_SRC_CLV_HISTORY_ROWS_HPP

/// \file
/// Columns of histories as kernels take them.

#include <cstddef>

namespace rapport::clv {

struct HistoryRows {
  const double* frequency;
  const double* recency;
  const double* age;
  std::size_t size;
};

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_HISTORY_ROWS_HPP
