#include <rapport/clv/batch.hpp>

#include "clv/vector_targets.hpp"

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

struct Columns {
  std::vector<double> frequency, recency, age;

  void add(double x, double t_x, double t) {
    frequency.push_back(x);
    recency.push_back(t_x);
    age.push_back(t);
  }
  [[nodiscard]] Histories histories() const {
    return {{.frequency = frequency, .recency = recency, .age = age}, core::weeks};
  }
};

// Whoever is unlike the others, and 500 who are not.
Columns base() {
  Columns result;
  result.add(0, 0, 0);
  result.add(0, 0, 38.86);
  result.add(2, 30.43, 38.86);
  result.add(5, 39, 39);     // bought on the last day
  result.add(1, 1e-9, 39);   // bought at once, and never again
  result.add(4000, 38, 39);  // thousands of purchases
  result.add(4000, 3, 39);   // and then none
  result.add(400, 1, 1e6);   // long gone: e^-700 and less
  result.add(1e15, 10, 11);
  result.add(3, 1e-3, 1e300);
  std::mt19937_64 engine(9);
  for (int i = 0; i < 500; ++i) {
    const double age = static_cast<double>(7 + engine() % 270) / 7;
    const double x = static_cast<double>(engine() % 12);
    const double share = static_cast<double>(1 + engine() % 100) / 100;
    result.add(x, x > 0 ? share * age : 0, age);
  }
  return result;
}

void expect_alike(const std::vector<double>& found, const std::vector<double>& expected) {
  for (std::size_t row = 0; row < expected.size(); ++row) {
    EXPECT_NEAR(found[row], expected[row], 1e-12 * std::abs(expected[row])) << "row " << row;
  }
}

// Kernel and model sum the same series in another order: a few ulp for each of some 100 terms.
template <class Model>
void expect_the_model(const Model& model) {
  const Columns columns = base();
  const Histories histories = columns.histories();
  const std::size_t size = histories.size();
  std::vector<double> found(size), expected(size);
  for (std::size_t row = 0; row < size; ++row) {
    expected[row] = model.probability_alive(histories[row]);
  }
  probability_alive(model, histories, found);
  expect_alike(found, expected);
  for (const double t : {0.0, 1e-9, 1.0, 39.0, 2000.0}) {
    SCOPED_TRACE(t);
    for (std::size_t row = 0; row < size; ++row) {
      expected[row] = model.expected_purchases(histories[row], t);
    }
    expected_purchases(model, histories, t, found);
    expect_alike(found, expected);
  }
}

class Batch : public testing::Test {
 protected:
  template <class Check>
  void try_each_target(const Check& check) {
    for (const VectorTarget& target : vector_targets()) {
      SCOPED_TRACE(target.name);
      const UseVectorTarget use(target);
      check();
    }
  }
};

const BgNbd bg_nbd({.r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426});
const MbgNbd mbg_nbd({.r = 0.525, .alpha = 6.183, .a = 0.891, .b = 1.614});
const ParetoNbd pareto_nbd({.r = .5533, .alpha = 10.578, .s = .6062, .beta = 11.669});

TEST_F(Batch, IsWhatTheModelSaysOfEachCustomer) {
  try_each_target([] {
    expect_the_model(bg_nbd);
    expect_the_model(mbg_nbd);
    expect_the_model(BgNbd({.r = 30, .alpha = 0.01, .a = 1e-6, .b = 1e-6}));
    expect_the_model(MbgNbd({.r = 1e-5, .alpha = 1e5, .a = 400, .b = 3000}));
    expect_the_model(BgNbd({.r = 1e-101, .alpha = 4, .a = 0.6, .b = 2}));
  });
}

// The integral over the time of leaving is taken in one panel for eight, or alone in many: rates of
// buying and of leaving that are alike, far apart either way, or hardly vary; a survival whose
// integral is a logarithm, nearly one, or grows without end; and parameters out of the kernel's
// range.
TEST_F(Batch, IsWhatTheParetoNbdSaysOfEachCustomer) {
  try_each_target([] {
    expect_the_model(pareto_nbd);
    expect_the_model(ParetoNbd({.r = 1.2, .alpha = 12, .s = 1, .beta = 12}));
    expect_the_model(ParetoNbd({.r = 0.8, .alpha = 60, .s = 1 + 1e-9, .beta = 3}));
    expect_the_model(ParetoNbd({.r = 30, .alpha = 0.01, .s = 1e-6, .beta = 1e-6}));
    expect_the_model(ParetoNbd({.r = 1e-5, .alpha = 1e5, .s = 400, .beta = 3000}));
    expect_the_model(ParetoNbd({.r = 2, .alpha = 1e-100, .s = 3, .beta = 1e100}));
    expect_the_model(ParetoNbd({.r = 2, .alpha = 1e100, .s = 3, .beta = 1e-100}));
    expect_the_model(ParetoNbd({.r = 1e-101, .alpha = 4, .s = 0.6, .beta = 2}));
  });
}

TEST_F(Batch, GivesTheSameBitsOnEveryKindOfProcessor) {
  const Columns columns = base();
  std::vector<double> expected(columns.age.size()), found(columns.age.size());
  expected_purchases(bg_nbd, columns.histories(), 39, expected);
  try_each_target([&] {
    expected_purchases(bg_nbd, columns.histories(), 39, found);
    EXPECT_EQ(found, expected);
  });
  expected_purchases(pareto_nbd, columns.histories(), 39, expected);
  try_each_target([&] {
    expected_purchases(pareto_nbd, columns.histories(), 39, found);
    EXPECT_EQ(found, expected);
  });
}

TEST(BatchOfAnyModel, AsksRowByRowWhereThereIsNoKernel) {
  const ParetoNbd& model = pareto_nbd;
  Columns columns;
  for (int x = 0; x < 20; ++x) columns.add(x, x, 39);
  const Histories histories = columns.histories();
  std::vector<double> found(histories.size());
  discounted_purchases(model, histories, 52, 0.002, found, 2);
  EXPECT_EQ(found[3], model.discounted_purchases(histories[3], 52, 0.002));
  discounted_purchases(model, histories, 0.002, found, 2);
  EXPECT_EQ(found[3], model.discounted_purchases(histories[3], 0.002));
}

// Each value is the customer's own, whoever stands beside; and whoever computes it.
template <class Model>
void expect_nothing_to_depend_on_order(const Model& model) {
  const Columns columns = base();
  Columns reversed = columns;
  std::reverse(reversed.frequency.begin(), reversed.frequency.end());
  std::reverse(reversed.recency.begin(), reversed.recency.end());
  std::reverse(reversed.age.begin(), reversed.age.end());
  std::vector<double> once(columns.age.size()), twice(columns.age.size());
  expected_purchases(model, columns.histories(), 39, once, 1);
  expected_purchases(model, reversed.histories(), 39, twice, 3);
  std::reverse(twice.begin(), twice.end());
  EXPECT_EQ(once, twice);
}

TEST(BatchOfAnyModel, DoesNotDependOnTheOrderOfRowsOrTheNumberOfThreads) {
  expect_nothing_to_depend_on_order(mbg_nbd);
  expect_nothing_to_depend_on_order(pareto_nbd);
}

TEST(BatchOfAnyModel, RejectsAResultOfAnotherSizeAndABadHorizon) {
  Columns columns;
  columns.add(0, 0, 1);
  std::vector<double> result(2);
  EXPECT_THROW(probability_alive(bg_nbd, columns.histories(), result), std::invalid_argument);
  result.resize(1);
  EXPECT_THROW(expected_purchases(bg_nbd, columns.histories(), -1, result), std::domain_error);
  EXPECT_THROW(expected_purchases(bg_nbd, columns.histories(), std::nan(""), result),
               std::domain_error);
  Columns none;
  probability_alive(bg_nbd, none.histories(), {});
}

}  // namespace
}  // namespace rapport::clv
