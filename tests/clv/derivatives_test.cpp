#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;
using Real = long double;
using Point = std::vector<Real>;  // logarithms of the parameters

struct Table {
  Column frequency, recency, age, monetary_value;

  [[nodiscard]] Patterns patterns() const {
    return Patterns(Histories({frequency, recency, age}, weeks));
  }
  [[nodiscard]] SpendPatterns spends() const {
    return SpendPatterns(Spends({frequency, monetary_value}));
  }
};

Table random_table(std::uint64_t seed, std::size_t rows, double most) {
  std::mt19937_64 engine(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  Table table;
  for (std::size_t i = 0; i < rows; ++i) {
    const double x = std::floor(most * std::pow(uniform(engine), 3));
    const double age = std::ceil(100 * uniform(engine));
    table.frequency.push_back(x);
    table.age.push_back(age);
    table.recency.push_back(x > 0 ? age * (0.01 + 0.99 * uniform(engine)) : 0);
    table.monetary_value.push_back(std::exp(4 * uniform(engine)));
  }
  return table;
}

// ln B(a, b), and the likelihoods as README_reference.md prints them, in extended precision.
Real log_beta(Real a, Real b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

Real dropout_value(const Table& table, const Point& logs, bool modified) {
  const Real r = std::exp(logs[0]), alpha = std::exp(logs[1]);
  const Real a = std::exp(logs[2]), b = std::exp(logs[3]);
  Real sum = 0;
  for (std::size_t i = 0; i < table.age.size(); ++i) {
    const Real x = table.frequency[i], t_x = table.recency[i], t = table.age[i];
    const Real m = modified ? x + 1 : x;
    Real log_sum = log_beta(a, b + m) - (r + x) * std::log(alpha + t);
    if (m > 0) {
      const Real dropped = log_beta(a + 1, b + m - 1) - (r + x) * std::log(alpha + t_x);
      log_sum = std::max(log_sum, dropped) + std::log1p(std::exp(-std::abs(log_sum - dropped)));
    }
    sum += std::lgamma(r + x) - std::lgamma(r) + r * logs[1] - log_beta(a, b) + log_sum;
  }
  return sum;
}

Real spend_value(const Table& table, const Point& logs) {
  const Real p = std::exp(logs[0]), q = std::exp(logs[1]), gamma = std::exp(logs[2]);
  Real sum = 0;
  for (std::size_t i = 0; i < table.frequency.size(); ++i) {
    const Real x = table.frequency[i], z = table.monetary_value[i];
    if (x == 0) continue;
    sum += std::lgamma(p * x + q) - std::lgamma(p * x) - std::lgamma(q) + q * logs[2] +
           (p * x - 1) * std::log(z) + p * x * std::log(x) - (p * x + q) * std::log(gamma + x * z);
  }
  return sum;
}

// The derivative at 0 by central differences of order eight: the error is that of h^8.
template <class Scalar, class F>
Scalar slope(const F& f, Scalar h) {
  constexpr std::array<double, 4> weights = {4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280};
  Scalar sum = 0;
  for (std::size_t k = 1; k <= 4; ++k) {
    const Scalar step = static_cast<Scalar>(k) * h;
    sum += static_cast<Scalar>(weights[k - 1]) * (f(step) - f(-step));
  }
  return sum / h;
}

using Evaluate = std::function<math::Derivatives(const Column& parameters)>;
using Value = std::function<Real(const Point& logs)>;

void expect_derivatives(const Evaluate& evaluate, const Value& value, const Column& parameters) {
  const std::size_t k = parameters.size();
  Point logs;
  for (const double p : parameters) logs.push_back(std::log(static_cast<Real>(p)));
  const auto at = [&](std::size_t i, double shift) {
    Column moved = parameters;
    moved[i] *= std::exp(shift);
    return evaluate(moved);
  };
  const math::Derivatives d = evaluate(parameters);
  const double expected = static_cast<double>(value(logs));
  EXPECT_NEAR(d.value, expected, 2e-13 * (1 + std::abs(expected)));
  double largest = 0;
  for (const double h : d.hessian) largest = std::max(largest, std::abs(h));
  for (std::size_t i = 0; i < k; ++i) {
    const auto along = [&](Real shift) {
      Point moved = logs;
      moved[i] += shift;
      return value(moved);
    };
    const double gradient = static_cast<double>(slope<Real>(along, 0.01L));
    EXPECT_NEAR(d.gradient[i], gradient, 1e-9 * (std::abs(gradient) + 1e-3 * largest)) << i;
    for (std::size_t j = 0; j < k; ++j) {
      const double second = slope<double>([&](double s) { return at(i, s).gradient[j]; }, 0.01);
      EXPECT_NEAR(d.hessian[i * k + j], second, 1e-9 * (std::abs(second) + 1e-2 * largest))
          << i << ' ' << j;
      EXPECT_EQ(d.hessian[i * k + j], d.hessian[j * k + i]);
    }
  }
}

constexpr std::array<std::array<double, 4>, 5> dropout_parameters = {{
    {0.243, 4.414, 0.793, 2.426},  // CDNOW
    {2.5, 40, 0.05, 0.02},
    {1, 1, 1, 1},
    {30, 500, 0.3, 80},
    {0.01, 0.2, 20, 3},
}};

TEST(LogLikelihoodDerivatives, OfBgNbdMatchHighOrderDifferences) {
  for (const double most : {12.0, 6000.0}) {
    const Table table = random_table(1, 60, most);
    const Patterns patterns = table.patterns();
    for (const auto& p : dropout_parameters) {
      SCOPED_TRACE(testing::Message() << "r " << p[0] << " most " << most);
      expect_derivatives(
          [&](const Column& q) {
            return log_likelihood_derivatives(BgNbd({q[0], q[1], q[2], q[3]}), patterns);
          },
          [&](const Point& logs) { return dropout_value(table, logs, false); },
          {p.begin(), p.end()});
    }
  }
}

TEST(LogLikelihoodDerivatives, OfMbgNbdMatchHighOrderDifferences) {
  for (const double most : {12.0, 6000.0}) {
    const Table table = random_table(2, 60, most);
    const Patterns patterns = table.patterns();
    for (const auto& p : dropout_parameters) {
      SCOPED_TRACE(testing::Message() << "r " << p[0] << " most " << most);
      expect_derivatives(
          [&](const Column& q) {
            return log_likelihood_derivatives(MbgNbd({q[0], q[1], q[2], q[3]}), patterns);
          },
          [&](const Point& logs) { return dropout_value(table, logs, true); },
          {p.begin(), p.end()});
    }
  }
}

TEST(LogLikelihoodDerivatives, OfGammaGammaMatchHighOrderDifferences) {
  const Table table = random_table(3, 60, 40);
  const SpendPatterns patterns = table.spends();
  for (const Column& p :
       {Column{6.25, 3.74, 15.44}, Column{0.3, 0.7, 2}, Column{1, 1, 1}, Column{80, 40, 300}}) {
    SCOPED_TRACE(p[0]);
    expect_derivatives(
        [&](const Column& q) {
          return log_likelihood_derivatives(GammaGamma({q[0], q[1], q[2]}), patterns);
        },
        [&](const Point& logs) { return spend_value(table, logs); }, p);
  }
}

TEST(LogLikelihoodDerivatives, AreTheSumOfTheModelsOwnLikelihoods) {
  const Table table = random_table(4, 500, 300);
  const BgNbd bg({.r = 0.7, .alpha = 9, .a = 0.4, .b = 3});
  const MbgNbd mbg({.r = 0.7, .alpha = 9, .a = 0.4, .b = 3});
  const GammaGamma spend({.p = 3, .q = 5, .gamma = 60});
  double sums[3] = {};
  for (std::size_t i = 0; i < table.age.size(); ++i) {
    const CustomerHistory c{table.frequency[i], table.recency[i], table.age[i]};
    sums[0] += bg.log_likelihood(c);
    sums[1] += mbg.log_likelihood(c);
    if (c.frequency > 0) sums[2] += spend.log_likelihood(c.frequency, table.monetary_value[i]);
  }
  const auto patterns = table.patterns();
  EXPECT_NEAR(log_likelihood_derivatives(bg, patterns).value / sums[0], 1, 1e-13);
  EXPECT_NEAR(log_likelihood_derivatives(mbg, patterns).value / sums[1], 1, 1e-13);
  EXPECT_NEAR(log_likelihood_derivatives(spend, table.spends()).value / sums[2], 1, 1e-13);
}

TEST(LogLikelihoodDerivatives, OfNobodyAreZero) {
  const auto d = log_likelihood_derivatives(BgNbd({1, 1, 1, 1}), Table{}.patterns());
  EXPECT_EQ(d.value, 0);
  EXPECT_EQ(d.gradient, Column(4));
  EXPECT_EQ(d.hessian, Column(16));
}

}  // namespace
}  // namespace rapport::clv
