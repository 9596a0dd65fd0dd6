#include <rapport/clv/bg_nbd.hpp>

#include "support/reference.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::clv {
namespace {

static_assert(RepeatBuyingModel<BgNbd>);

TEST(BgNbdReference, EveryRowOfTheTable) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("reference_bg_nbd.csv"));
  ASSERT_EQ(table.rows(), 180);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const BgNbd model({.r = table.number(i, "r"),
                       .alpha = table.number(i, "alpha"),
                       .a = table.number(i, "a"),
                       .b = table.number(i, "b")});
    const CustomerHistory c{.frequency = table.number(i, "x"),
                            .recency = table.number(i, "t_x"),
                            .age = table.number(i, "T")};
    tests::expect_cell(table, i, "ll", model.log_likelihood(c), 1e-12);
    tests::expect_cell(table, i, "p_alive", model.probability_alive(c), 1e-12);
    tests::expect_cell(table, i, "log_p_alive", model.log_probability_alive(c), 1e-12);
    for (const double t : {1.0, 39.0, 1000.0}) {
      const std::string suffix = std::to_string(static_cast<int>(t));
      tests::expect_cell(table, i, "ce_" + suffix, model.expected_purchases(c, t), 1e-10);
      tests::expect_cell(table, i, "ue_" + suffix, model.expected_purchases(t), 1e-10);
    }
  }
}

TEST(BgNbd, RejectsParametersThatAreNotPositive) {
  EXPECT_THROW(BgNbd({.r = 0, .alpha = 1, .a = 1, .b = 1}), std::domain_error);
  EXPECT_THROW(BgNbd({.r = 1, .alpha = 0, .a = 1, .b = 1}), std::domain_error);
  EXPECT_THROW(BgNbd({.r = 1, .alpha = 1, .a = -1, .b = 1}), std::domain_error);
  EXPECT_THROW(BgNbd({.r = 1, .alpha = 1, .a = 1, .b = std::nan("")}), std::domain_error);
  EXPECT_THROW(BgNbd({.r = 1, .alpha = 1, .a = 1, .b = INFINITY}), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
