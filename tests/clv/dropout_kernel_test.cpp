#include "clv/dropout_kernel.hpp"

#include "clv/vector_targets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

namespace rapport::clv {
namespace {

constexpr std::size_t quantities = 11;
using Sums = std::array<double, quantities>;

struct Parameters {
  double alpha, events, offset;
};

// From nobody leaves to everybody has left; one rate and thousands of purchases; periods of
// nanoseconds and of centuries.
const std::vector<Parameters> parameter_points = {
    {4.4, 0.24, -1.1}, {60, 3.2, -2}, {10, 5000.5, -8}, {1e-8, 1.5, 0.3}, {1e8, 12, -4},
    {5, 40, -800},     {5, 40, 800},  {1, 1e-8, -18},   {30, 1e6, -14},   {0.01, 0.5, 18.4},
};

struct Rows {
  std::vector<double> recency, age, count;

  void add(double t_x, double t, double n) {
    recency.push_back(t_x);
    age.push_back(t);
    count.push_back(n);
  }
  [[nodiscard]] DropoutRows from(std::size_t begin, std::size_t size) const {
    return {&recency[begin], &age[begin], &count[begin], size};
  }
};

Rows rows() {
  Rows result;
  result.add(0, 0, 1);      // seen on the first day only
  result.add(0, 38.86, 7);  // never came back
  result.add(39, 39, 2);    // bought on the last day
  result.add(1e-9, 39, 1);  // bought at once, and never again
  result.add(39, 39 + 1e-12, 3);
  result.add(1, 1e7, 1e9);
  std::mt19937_64 engine(3);
  for (int i = 0; i < 40; ++i) {
    const double age = static_cast<double>(engine() % 1000);
    result.add(static_cast<double>(engine() % (static_cast<unsigned>(age) + 1)), age,
               static_cast<double>(engine() % 4));
  }
  return result;
}

Sums sums_of(const DropoutRows& rows, const Parameters& p) {
  return std::bit_cast<Sums>(sum_dropouts(rows, p.alpha, p.events, p.offset));
}

// The formulas as they are read, by the C library.
Sums by_hand(double t_x, double t, double n, const Parameters& p) {
  const double gap = std::log1p((t - t_x) / (p.alpha + t_x));
  const double w = p.offset + p.events * gap;
  const double chance = w > 0 ? 1 / (1 + std::exp(-w)) : std::exp(w) / (1 + std::exp(w));
  const double other = w > 0 ? std::exp(-w) / (1 + std::exp(-w)) : 1 / (1 + std::exp(w));
  const double v = chance * other;
  const double a = p.alpha / (p.alpha + t);
  const double b = p.alpha / (p.alpha + t_x);
  const double slope = -(t - t_x) / (p.alpha + t_x) * a;
  const double bend = slope * (1 - (a + b));
  const double value = std::max(w, 0.0) + std::log1p(std::exp(-std::abs(w)));
  return {n * value,           n * chance,           n * chance * gap,
          n * chance * slope,  n * chance * bend,    n * v,
          n * v * gap,         n * v * slope,        n * v * gap * gap,
          n * v * gap * slope, n * v * slope * slope};
}

class OnEveryProcessor : public testing::Test {
 protected:
  template <class Check>
  void try_each(const Check& check) {
    for (const VectorTarget& target : vector_targets()) {
      SCOPED_TRACE(target.name);
      const UseVectorTarget use(target);
      check();
    }
  }
};

using DropoutKernel = OnEveryProcessor;

// An error of 4 ulp in w = offset + events gap, of its largest part, is one of as much in the logs
// of p and v; each other factor adds one of its own.
TEST_F(DropoutKernel, IsTheScalarFormRowByRow) {
  const Rows all = rows();
  try_each([&] {
    for (const Parameters& p : parameter_points) {
      for (std::size_t i = 0; i < all.age.size(); ++i) {
        SCOPED_TRACE(testing::Message() << p.alpha << ' ' << p.events << ' ' << p.offset << ": "
                                        << all.recency[i] << ' ' << all.age[i]);
        const Sums expected = by_hand(all.recency[i], all.age[i], all.count[i], p);
        const Sums found = sums_of(all.from(i, 1), p);
        const double gap = std::log1p((all.age[i] - all.recency[i]) / (p.alpha + all.recency[i]));
        const double ulp = std::numeric_limits<double>::epsilon();
        const double in_w = 4 * ulp * (std::abs(p.offset) + p.events * gap);
        EXPECT_NEAR(found[0], expected[0], (4 * ulp * expected[0] + all.count[i] * in_w));
        for (std::size_t q = 1; q < quantities; ++q) {
          // Beyond e^-700 nothing is left of it.
          EXPECT_NEAR(found[q], expected[q],
                      (16 * ulp + in_w) * std::abs(expected[q]) + 1e-290 * all.count[i])
              << q;
        }
      }
    }
  });
}

TEST_F(DropoutKernel, AddsUpAnyNumberOfRows) {
  const Rows all = rows();
  const Parameters p = parameter_points[1];
  try_each([&] {
    Sums expected{};
    for (std::size_t size = 0; size < all.age.size(); ++size) {
      const Sums found = sums_of(all.from(0, size), p);
      for (std::size_t q = 0; q < quantities; ++q) {
        EXPECT_NEAR(found[q], expected[q], 1e-14 * std::abs(expected[q])) << size << ' ' << q;
      }
      const Sums row = sums_of(all.from(size, 1), p);
      for (std::size_t q = 0; q < quantities; ++q) expected[q] += row[q];
    }
  });
}

TEST_F(DropoutKernel, GivesTheSameBitsOnEveryKindOfProcessor) {
  const Rows all = rows();
  for (const Parameters& p : parameter_points) {
    const Sums expected = sums_of(all.from(0, all.age.size()), p);
    try_each([&] { EXPECT_EQ(sums_of(all.from(0, all.age.size()), p), expected); });
  }
}

TEST(VectorTargets, AreSeveralOnMostProcessors) { EXPECT_FALSE(vector_targets().empty()); }

}  // namespace
}  // namespace rapport::clv
