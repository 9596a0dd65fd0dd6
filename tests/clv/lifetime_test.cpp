#include <rapport/clv/lifetime.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace rapport::clv {
namespace {

TEST(Lifetime, ParetoByHand) {
  const ParetoLifetime life{.s = 2, .beta = 3};
  EXPECT_DOUBLE_EQ(std::exp(life.log_survival(3)), 0.25);
  EXPECT_DOUBLE_EQ(life.hazard(1), 0.5);
}

TEST(Lifetime, GompertzByHand) {
  // b u = ln 3: survival (2 / (2 + 2))^2, hazard 2 * 0.5 * 3 / (2 + 2).
  const GompertzLifetime life{.b = 0.5, .s = 2, .beta = 2};
  EXPECT_DOUBLE_EQ(std::exp(life.log_survival(2 * std::log(3.))), 0.25);
  EXPECT_DOUBLE_EQ(life.hazard(2 * std::log(3.)), 0.75);
  EXPECT_DOUBLE_EQ(life.hazard(0), 0.5);
}

TEST(Lifetime, GompertzWithBetaOneIsExponential) {
  const GompertzLifetime life{.b = 0.25, .s = 1.5, .beta = 1};
  for (const double u : {1e-12, 0.1, 3.0, 100.0, 1e6}) {
    EXPECT_DOUBLE_EQ(life.log_survival(u), -0.375 * u);
    EXPECT_DOUBLE_EQ(life.hazard(u), 0.375);
  }
}

TEST(Lifetime, WhoWaitedHasALifetimeOfTheSameKind) {
  const auto expect_closed = [](const auto& life) {
    for (const double u : {0.0, 1e-9, 2.0, 30.0, 400.0}) {
      for (const double more : {1e-9, 1.0, 50.0, 2000.0}) {
        const double both = life.log_survival(u + more);
        EXPECT_NEAR(life.after(u).log_survival(more), both - life.log_survival(u),
                    1e-14 * std::abs(both));
        EXPECT_NEAR(life.after(u).hazard(more) / life.hazard(u + more), 1, 1e-13);
      }
    }
  };
  expect_closed(ParetoLifetime{.s = 0.6, .beta = 11.7});
  expect_closed(GompertzLifetime{.b = 0.05, .s = 0.5, .beta = 2});
  expect_closed(GompertzLifetime{.b = 0.05, .s = 0.5, .beta = 0.01});
  expect_closed(GompertzLifetime{.b = 2, .s = 0.5, .beta = 1e9});
}

TEST(Lifetime, HazardIsTheSlopeOfTheLogOfSurvival) {
  const auto expect_slope = [](const auto& life) {
    for (const double u : {0.5, 8.0, 60.0}) {
      const double step = 1e-4 * u;
      EXPECT_NEAR((life.log_survival(u - step) - life.log_survival(u + step)) / (2 * step),
                  life.hazard(u), 1e-6 * life.hazard(u));  // to the square of the step
    }
  };
  expect_slope(ParetoLifetime{.s = 0.6, .beta = 11.7});
  expect_slope(GompertzLifetime{.b = 0.05, .s = 0.5, .beta = 2});
  expect_slope(GompertzLifetime{.b = 0.05, .s = 0.5, .beta = 0.01});
}

TEST(Lifetime, GompertzTendsToPareto) {
  const ParetoLifetime pareto{.s = 0.6, .beta = 11.7};
  for (const double b : {1e-3, 1e-6, 1e-9, 1e-12, 1e-15, 1e-100, 1e-300}) {
    SCOPED_TRACE(b);
    const GompertzLifetime life{.b = b, .s = 0.6, .beta = 11.7 * b};
    EXPECT_NEAR(life.log_survival(40) / pareto.log_survival(40), 1, 25 * b + 1e-14);
    EXPECT_NEAR(life.hazard(40) / pareto.hazard(40), 1, 25 * b + 1e-14);
  }
}

}  // namespace
}  // namespace rapport::clv
