#include <rapport/math/jet.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace rapport::math {
namespace {

using Jet2 = Jet<2>;

TEST(Jet, CarriesTheDerivativesOfAProduct) {
  const Jet2 x = Jet2::variable(3, 0), y = Jet2::variable(5, 1);
  const Jet2 f = x * x * y - 2 * y;
  EXPECT_EQ(f.value, 35);
  EXPECT_EQ(f.gradient[0], 30);
  EXPECT_EQ(f.gradient[1], 7);
  EXPECT_EQ(f.second(0, 0), 10);
  EXPECT_EQ(f.second(0, 1), 6);
  EXPECT_EQ(f.second(1, 1), 0);
}

TEST(Jet, KnowsAPositiveParameterByItsLogarithm) {
  const auto r = Jet2::positive(0.25, 0);
  const Jet2 log_r = log(r);
  EXPECT_EQ(log_r.gradient[0], 1);
  EXPECT_NEAR(log_r.second(0, 0), 0, 1e-16);
}

// Every function against differences of order eight of its value in extended steps.
TEST(Jet, AgreesWithDifferencesForEveryFunction) {
  using F = std::function<Jet2(const Jet2&, const Jet2&)>;
  const std::vector<std::pair<std::string, F>> functions = {
      {"quotient", [](const Jet2& x, const Jet2& y) { return (x + 1) / (x * y + y); }},
      {"log", [](const Jet2& x, const Jet2& y) { return log(x * y); }},
      {"log1p", [](const Jet2& x, const Jet2& y) { return log1p(x * y); }},
      {"exp", [](const Jet2& x, const Jet2& y) { return exp(x * y - y); }},
      {"expm1", [](const Jet2& x, const Jet2& y) { return expm1(x * y); }},
      {"sqrt", [](const Jet2& x, const Jet2& y) { return sqrt(x * y); }},
      {"pow", [](const Jet2& x, const Jet2& y) { return pow(x + y, -1.7); }},
      {"log1p_exp", [](const Jet2& x, const Jet2& y) { return log1p_exp(x * y - 2); }},
      {"log_sum_exp", [](const Jet2& x, const Jet2& y) { return log_sum_exp(x * x, y); }},
      {"log_gamma", [](const Jet2& x, const Jet2& y) { return log_gamma(x * y); }},
      {"log_rising", [](const Jet2& x, const Jet2& y) { return log_rising(x + y, 7); }},
      {"log_beta_shift", [](const Jet2& x, const Jet2& y) { return log_beta_shift(x, y, 5); }},
  };
  for (const auto& [name, function] : functions) {
    SCOPED_TRACE(name);
    const F& f = function;  // clang captures no structured binding
    const double x = 0.7, y = 1.9, h = 1e-3;
    const auto at = [&](double dx, double dy) {
      return f(Jet2::variable(x + dx, 0), Jet2::variable(y + dy, 1));
    };
    const auto slope = [&](auto&& g) {
      return 4 * (g(h) - g(-h)) / (5 * h) - (g(2 * h) - g(-2 * h)) / (5 * h) +
             4 * (g(3 * h) - g(-3 * h)) / (105 * h) - (g(4 * h) - g(-4 * h)) / (280 * h);
    };
    const Jet2 here = at(0, 0);
    const double scale = 1 + std::abs(here.value);
    EXPECT_NEAR(here.gradient[0], slope([&](double d) { return at(d, 0).value; }), 1e-11 * scale);
    EXPECT_NEAR(here.gradient[1], slope([&](double d) { return at(0, d).value; }), 1e-11 * scale);
    EXPECT_NEAR(here.second(0, 0), slope([&](double d) { return at(d, 0).gradient[0]; }),
                1e-10 * scale);
    EXPECT_NEAR(here.second(0, 1), slope([&](double d) { return at(0, d).gradient[0]; }),
                1e-10 * scale);
    EXPECT_NEAR(here.second(1, 1), slope([&](double d) { return at(0, d).gradient[1]; }),
                1e-10 * scale);
  }
}

TEST(Jet, AddsUpFunctions) {
  Jet2 sum;
  sum.add(3, exp(Jet2::variable(0, 0)));
  sum += Jet2(4);
  EXPECT_EQ(sum.value, 7);
  EXPECT_EQ(sum.gradient[0], 3);
  EXPECT_EQ(sum.second(0, 0), 3);
}

}  // namespace
}  // namespace rapport::math
