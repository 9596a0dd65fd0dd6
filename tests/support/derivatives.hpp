#ifndef RAPPORT_TESTS_SUPPORT_DERIVATIVES_HPP
#define RAPPORT_TESTS_SUPPORT_DERIVATIVES_HPP

/// \file
/// Comparison with the tables that scripts/reference/derivatives.py prints: ll, then d_<name>, then
/// d_<name>_<name> for the upper half of the Hessian.

#include <rapport/clv/histories.hpp>
#include <rapport/core/time.hpp>
#include <rapport/math/newton.hpp>

#include <gtest/gtest.h>

#include "data.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport::tests {

/// Expects the derivatives of that row: the value to 1e-12 of itself, gradient and Hessian to 1e-9
/// of themselves; or, where the sums that they are cancel, to 2e-15 of `terms`, the size of their
/// terms.
inline void expect_derivatives(const math::Derivatives& found, const Table& table, std::size_t row,
                               const std::vector<std::string>& names, double terms = 0) {
  constexpr double noise = 1e-40;  // of the table, which has 50 digits
  const double rounding = 2e-15 * terms + noise;
  const auto expect = [&](double value, const std::string& column, double tolerance) {
    const double reference = table.number(row, column);
    EXPECT_NEAR(value, reference, std::max(tolerance * std::abs(reference), rounding))
        << column << " of row " << row + 2;
  };
  const std::size_t k = names.size();
  ASSERT_EQ(found.gradient.size(), k);
  expect(found.value, "ll", 1e-12);
  for (std::size_t i = 0; i < k; ++i) {
    const std::string column = "d_" + names[i];
    expect(found.gradient[i], column, 1e-9);
    for (std::size_t j = i; j < k; ++j) {
      expect(found.hessian[i * k + j], column + "_" + names[j], 1e-9);
      EXPECT_EQ(found.hessian[i * k + j], found.hessian[j * k + i]) << column << ' ' << names[j];
    }
  }
}

/// The names of a model's parameters.
template <class Model>
[[nodiscard]] std::vector<std::string> parameter_names() {
  return {Model::parameter_names.begin(), Model::parameter_names.end()};
}

/// The model whose parameters stand in that row under their names.
template <class Model>
[[nodiscard]] Model model_of_row(const Table& table, std::size_t row) {
  std::array<double, Model::parameter_names.size()> values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = table.number(row, std::string(Model::parameter_names[i]));
  }
  return Model(std::bit_cast<typename Model::Params>(values));
}

/// x, t_x and T of that row.
[[nodiscard]] inline clv::CustomerHistory history_of_row(const Table& table, std::size_t row) {
  return {table.number(row, "x"), table.number(row, "t_x"), table.number(row, "T")};
}

/// That customer alone.
[[nodiscard]] inline clv::Patterns patterns_of(const clv::CustomerHistory& c) {
  const std::vector<double> x{c.frequency}, t_x{c.recency}, t{c.age};
  return clv::Patterns(clv::Histories({x, t_x, t}, core::weeks));
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_DERIVATIVES_HPP
