#ifndef RAPPORT_TESTS_SUPPORT_VARYING_DERIVATIVES_HPP
#define RAPPORT_TESTS_SUPPORT_VARYING_DERIVATIVES_HPP

/// \file
/// The reference of scripts/reference/varying_derivatives.py, and a check against it.

#include <gtest/gtest.h>

#include "data.hpp"
#include "seasons.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace rapport::tests {

/// Every row of that model: value to 1e-13, gradient and Hessian to 1e-9, each relative to itself
/// or to 1, which is the order of a customer's terms.
template <class Model>
void expect_reference_derivatives(const std::string& model_name) {
  const std::vector<double> season = {0, 0, 0.5, 1, 1, -0.25, -0.25, 0, 2, 0, 0, 0.125, 0.125, 1};
  std::vector<double> many;
  for (int i = 1; i <= 40; ++i) many.push_back(0.125 * i);
  const std::map<std::string, Seasons::Customer> customers = {
      {"none", {12.5, {}, 1.0}},
      {"young", {0.25, {}, -0.5}},
      {"few", {13, {0.75, 3, 8.25}, -0.5}},
      {"recent", {9, {1.5, 2.5, 4, 6.25, 9}, 1}},
      {"many", {12, many, 0.25}}};
  struct Set {
    double base[4], coefficients[3];
  };
  const std::map<std::string, Set> sets = {
      {"plain", {{0.55, 10.5, 0.6, 11.5}, {0, 0, 0}}},
      {"usual", {{1.8, 9, 0.6, 5}, {0.5, 0.3, -0.75}}},
      {"short scales", {{0.5, 0.125, 2.5, 0.25}, {-1, 0.5, 1}}},
      {"alike", {{40, 50, 30, 400}, {0.25, -0.5, 2}}}};
  const Table table(kept_file("clv/reference/varying_derivatives.csv"));
  int rows = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (table.text(row, "model") != model_name) continue;
    SCOPED_TRACE(table.text(row, "parameters") + ", " + table.text(row, "customer"));
    const auto& [p, c] = sets.at(table.text(row, "parameters"));
    const Model model(typename Model::Params{
        p[0], p[1], p[2], p[3], {{"season", "kind"}, {c[0], c[1]}}, {{"season"}, {c[2]}}});
    const Seasons data(season, {customers.at(table.text(row, "customer"))});
    const auto d = log_likelihood_derivatives(model, data.histories());
    const auto expect = [&](double actual, const std::string& column, double tolerance) {
      const double reference = table.number(row, column);
      EXPECT_NEAR(actual, reference, tolerance * std::max(1.0, std::abs(reference))) << column;
    };
    expect(d.value, "ll", 1e-13);
    expect(model.log_likelihood(data.histories(), 0), "ll", 1e-13);
    for (std::size_t i = 0; i < 7; ++i) {
      expect(d.gradient[i], "g" + std::to_string(i), 1e-9);
      for (std::size_t j = i; j < 7; ++j) {
        expect(d.hessian[7 * i + j], "h" + std::to_string(i) + std::to_string(j), 1e-9);
      }
    }
    ++rows;
  }
  EXPECT_EQ(rows, 20);
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_VARYING_DERIVATIVES_HPP
