#ifndef RAPPORT_TESTS_SUPPORT_REFERENCE_HPP
#define RAPPORT_TESTS_SUPPORT_REFERENCE_HPP

/// \file
/// Comparison with the reference tables reference_<model>.csv.

#include "support/data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace rapport::tests {

/// Expects `value` to be the cell of that row and column: within the relative `tolerance`, or 256
/// ulp times the cell's condition number where that is larger; NaN where the cell is; anything not
/// above 1e-308 where the cell is below it.
inline void expect_cell(const Table& table, std::size_t row, const std::string& column,
                        double value, double tolerance) {
  const double expected = table.number(row, column);
  const double condition = table.number(row, "cond_" + column);
  SCOPED_TRACE(testing::Message() << "row " << row + 2 << " (" << table.text(row, "case") << "), "
                                  << column << ", condition " << condition);
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(value)) << value;
    return;
  }
  if (std::abs(expected) < 1e-308) {
    EXPECT_LE(std::abs(value), 1e-308);
    return;
  }
  const double relative =
      std::max(tolerance, std::isnan(condition) ? 0 : 256 * 2.2e-16 * condition);
  EXPECT_NEAR(value, expected, relative * std::abs(expected));
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_REFERENCE_HPP
