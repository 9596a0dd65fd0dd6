#ifndef RAPPORT_TESTS_SUPPORT_BETA_GEOMETRIC_HPP
#define RAPPORT_TESTS_SUPPORT_BETA_GEOMETRIC_HPP

/// \file
/// What tests of BgNbd and MbgNbd hold them to: sums over CDNOW as published, and every row of the
/// reference tables.

#include "support/reference.hpp"

#include <rapport/clv/repeat_buying.hpp>

#include <gtest/gtest.h>

#include <string>

namespace rapport::tests {

/// Sums over the 2357 customers of CDNOW's calibration period.
struct CdnowSums {
  double log_likelihood;
  double purchases;          ///< expected in the 39 weeks that follow
  double probability_alive;  ///< the mean
};

/// `model` is at the estimates that the sums are of; the tolerances are the last digits of those
/// estimates. \pre the data are there.
template <class Model>
void expect_cdnow_sums(const Model& model, const CdnowSums& published) {
  const Table table(data_file("cdnow_summary.csv"));
  ASSERT_EQ(table.rows(), 2357);
  CdnowSums sums{0, 0, 0};
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const clv::CustomerHistory c{.frequency = table.number(i, "frequency"),
                                 .recency = table.number(i, "recency"),
                                 .age = table.number(i, "T")};
    sums.log_likelihood += model.log_likelihood(c);
    sums.purchases += model.expected_purchases(c, 39);
    sums.probability_alive += model.probability_alive(c) / 2357;
  }
  EXPECT_NEAR(sums.log_likelihood, published.log_likelihood, 1e-5);
  EXPECT_NEAR(sums.purchases, published.purchases, 1e-3);
  EXPECT_NEAR(sums.probability_alive, published.probability_alive, 1e-6);
}

/// All rows of reference_<model>.csv. \pre the data are there.
template <class Model>
void expect_every_row(const std::string& file) {
  const Table table(data_file(file));
  ASSERT_EQ(table.rows(), 180);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const Model model({.r = table.number(i, "r"),
                       .alpha = table.number(i, "alpha"),
                       .a = table.number(i, "a"),
                       .b = table.number(i, "b")});
    const clv::CustomerHistory c{.frequency = table.number(i, "x"),
                                 .recency = table.number(i, "t_x"),
                                 .age = table.number(i, "T")};
    expect_cell(table, i, "ll", model.log_likelihood(c), 1e-12);
    expect_cell(table, i, "p_alive", model.probability_alive(c), 1e-12);
    expect_cell(table, i, "log_p_alive", model.log_probability_alive(c), 1e-12);
    for (const double t : {1.0, 39.0, 1000.0}) {
      const std::string suffix = std::to_string(static_cast<int>(t));
      expect_cell(table, i, "ce_" + suffix, model.expected_purchases(c, t), 1e-10);
      expect_cell(table, i, "ue_" + suffix, model.expected_purchases(t), 1e-10);
    }
  }
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_BETA_GEOMETRIC_HPP
