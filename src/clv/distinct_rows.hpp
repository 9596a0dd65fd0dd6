#ifndef RAPPORT_SRC_CLV_DISTINCT_ROWS_HPP
#define RAPPORT_SRC_CLV_DISTINCT_ROWS_HPP

/// \file
/// Groups equal rows of a table of numbers, in linear time.

#include <rapport/core/parallel.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// The distinct rows in ascending order, the first column first, with the sum of their weights.
struct DistinctRows {
  std::vector<std::vector<double>> columns;
  std::vector<double> weight;
  std::vector<double> last_values;       ///< those of the last column, ascending
  std::vector<std::uint32_t> last_rank;  ///< where a row's last value stands among them
};

/// \pre Columns are finite and of one size; `weights` is empty (each counts 1) or of that
/// size, with integers >= 0; rows of weight 0 are left out.
/// \throws std::invalid_argument for 2^32 rows or more.
[[nodiscard]] DistinctRows distinct_rows(std::span<const std::span<const double>> columns,
                                         std::span<const double> weights, std::string_view place,
                                         const core::Threads& threads = 1);

/// \throws std::domain_error unless `value` is an integer in [0, 2^53].
void check_count(double value, std::string_view place, std::string_view column, std::size_t row);

/// Throws std::domain_error `PLACE: COLUMN of row ROW is VALUE, but must be REQUIREMENT`.
[[noreturn]] void throw_bad_row(std::string_view place, std::string_view column, std::size_t row,
                                double value, std::string_view requirement);

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_DISTINCT_ROWS_HPP
