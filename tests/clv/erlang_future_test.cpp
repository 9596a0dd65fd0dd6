#include <rapport/clv/beta_geometric_future.hpp>
#include <rapport/clv/erlang_future.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

// scripts/reference/erlang_future.py: quadrature over the rate of stages at 30 digits. Of no
// purchase, alive, one purchase, three, mean, discounted, discounted for ever.
const struct {
  const char* label;
  ErlangFuture::Params params;
  double t, delta;
  std::array<double, 7> expected;
} reference_rows[] = {
    {"k = 1: CDNOW",
     {.shape = 2.25, .rate = 35, .idle = 8.5, .a = 0.75, .b = 4.5, .k = 1},
     39,
     0.0027,
     {0.23690784590586557536, 0.79212294880074712066, 0.32499927893022392287,
      0.11244242056080534989, 1.7020692539875384129, 1.6200731722571402543, 7.4337763877215436088}},
    {"new customer, grocery",
     {.shape = 1.329, .rate = 2.8125, .idle = 0, .a = 0.4247, .b = 1.79, .k = 2},
     52,
     0.0027,
     {0.04366530696549787216, 0.48338961707501800281, 0.22802351937324168642,
      0.096551760928266483201, 6.2960704469276269266, 5.9277635840113018738,
      20.326588073188138987}},
    {"19 purchases in 48.6 weeks",
     {.shape = 39.3, .rate = 51.4, .idle = 3.43, .a = 0.4247, .b = 20.79, .k = 2},
     52,
     0.0027,
     {2.5534254149035978589e-11, 0.75900451424820470445, 0.02001913968308437271,
      0.017586114559247931815, 16.439422336099448801, 15.394136621437294068,
      70.099031132996864085}},
    {"nearly silent",
     {.shape = 5.33, .rate = 14.8, .idle = 40, .a = 0.4247, .b = 3.79, .k = 2},
     52,
     0.1,
     {0.032627276320185281595, 0.78279474640694496803, 0.23332019096137125124,
      0.20825261072062828753, 2.6869053745741353445, 0.63084668460431673234,
      0.63314328542489628496}},
    {"k = 3, a = 1",
     {.shape = 3.9, .rate = 12.75, .idle = 20, .a = 1, .b = 2.5, .k = 3},
     10,
     0.02,
     {0.42998615904545188526, 0.82373551908196625, 0.51218390725062120953, 0.0028409140775884374189,
      0.63089839212813276961, 0.57803624854798803367, 1.7430739003158304253}},
    {"k = 12, regular",
     {.shape = 120.6, .rate = 60, .idle = 3, .a = 0.8, .b = 11.5, .k = 12},
     30,
     0.05,
     {5.0971281561416131427e-13, 0.74736681492256019437, 0.065040827745384848103,
      0.070199718895605854206, 4.4519844929874881683, 2.3960695345435247085,
      2.8937019919732188229}},
    {"k = 12, due long ago",
     {.shape = 24.6, .rate = 25, .idle = 40, .a = 1.5, .b = 4.25, .k = 12},
     26,
     0.05,
     {0.0013676748500134422008, 0.65172693886671349716, 0.61005791378727459865,
      0.0072693432106508563339, 1.394494940522114519, 0.99392321308505410685,
      1.1410710159946364764}},
    {"a + b = 1, tiny shape",
     {.shape = 0.125, .rate = 4, .idle = 0.5, .a = 0.375, .b = 0.625, .k = 2},
     60,
     0.01,
     {0.78997954498292130947, 0.89043497791879308478, 0.12425397822243506587,
      0.016983454398643416526, 0.48435341475104128124, 0.37191815506283183566,
      0.64102288165076598522}},
    {"a large",
     {.shape = 3.5, .rate = 20, .idle = 5, .a = 60, .b = 250, .k = 2},
     80,
     0.003,
     {0.014850981184680395389, 0.34351943462717642827, 0.23043304916572585363,
      0.16342747648389894372, 3.4145088009597382142, 3.1138858684783676149, 4.1941435191731558541}},
    {"tiny horizon",
     {.shape = 6.5, .rate = 20, .idle = 2, .a = 0.7, .b = 3, .k = 4},
     0.001,
     0.01,
     {0.99998784460552586966, 0.99999770033077516453, 0.000012155394474130333094,
      5.5638226530460515543e-37, 0.000012155394474130347371, 0.000012155333687004594682,
      4.0797040505705482671}},
};

TEST(ErlangFuture, MatchesQuadratureAtThirtyDigits) {
  for (const auto& row : reference_rows) {
    SCOPED_TRACE(row.label);
    const ErlangFuture future(row.params);
    const std::array<double, 7> found{future.none(row.t),
                                      future.alive(row.t),
                                      future.probability_of_purchases(1, row.t),
                                      future.probability_of_purchases(3, row.t),
                                      future.expected(row.t),
                                      future.discounted(row.t, row.delta),
                                      future.discounted(row.delta)};
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_NEAR(found[i] / row.expected[i], 1, 1e-12) << i;
    }
  }
}

// R = 1, rate 1, idle 1: z = 1/2, so that weights are 1 and 1/2, and the rate of stages is
// Gamma(1, 2) or Gamma(2, 2).
TEST(ErlangFuture, PhasesByHand) {
  const ErlangFuture future({.shape = 1, .rate = 1, .idle = 1, .a = 1, .b = 1, .k = 2});
  const auto phases = future.phases();
  ASSERT_EQ(phases.size(), 2U);
  EXPECT_DOUBLE_EQ(phases[0], 2 / 3.0);
  EXPECT_DOUBLE_EQ(phases[1], 1 / 3.0);
  // (2/3 x 1 + 1/3 x 2) / 2 stages a period, two to a purchase.
  EXPECT_DOUBLE_EQ(future.mean_rate(), 1 / 3.0);
  // In the next 2 periods: fewer than two stages, 1/2 (1 + 1/2), or none, (1/2)^2.
  EXPECT_NEAR(future.none(2), 2 / 3.0 * 0.75 + 1 / 3.0 * 0.25, 1e-15);
}

TEST(ErlangFuture, WithOneStageIsTheBetaGeometricFuture) {
  const ErlangFuture one({.shape = 2.2, .rate = 20, .idle = 7, .a = .8, .b = 4, .k = 1});
  const BetaGeometricFuture plain({.shape = 2.2, .rate = 27, .a = .8, .b = 4});
  for (const double t : {1e-9, 0.1, 5.0, 52.0, 1000.0}) {
    EXPECT_NEAR(one.none(t) / plain.none(t), 1, 1e-12);
    EXPECT_NEAR(one.expected(t) / plain.expected(t), 1, 1e-12);
    EXPECT_NEAR(one.discounted(t, 0.01) / plain.discounted(t, 0.01), 1, 1e-11);
    EXPECT_NEAR(one.probability_of_purchases(2, t) / plain.probability_of_purchases(2, t), 1,
                1e-11);
  }
  EXPECT_NEAR(one.discounted(0.01) / plain.discounted(0.01), 1, 1e-11);
  EXPECT_NEAR(one.discounted(1e-5) / plain.discounted(1e-5), 1, 1e-11);
}

TEST(ErlangFuture, ProbabilitiesAddUpAndHaveTheMean) {
  for (const auto& row : reference_rows) {
    if (row.params.shape < 1) continue;  // its tail is too long to be summed here
    SCOPED_TRACE(row.label);
    const ErlangFuture future(row.params);
    double sum = 0;
    double mean = 0;
    for (unsigned n = 0; n < 1500; ++n) {
      const double p = future.probability_of_purchases(n, row.t);
      sum += p;
      mean += n * p;
    }
    EXPECT_NEAR(sum, 1, 1e-11);
    EXPECT_NEAR(mean / future.expected(row.t), 1, 1e-10);
  }
}

TEST(ErlangFuture, PurchasesOfStretchesAddUp) {
  for (const auto& row : reference_rows) {
    SCOPED_TRACE(row.label);
    const ErlangFuture future(row.params);
    const double whole = future.expected(row.t);
    const double cut = row.t / 3;
    EXPECT_NEAR((future.expected(cut) + future.expected(cut, row.t)) / whole, 1, 1e-12);
    // A short stretch, which the difference of two means would lose digits of.
    const double step = 1e-3 * row.t;
    const double wide = future.expected(row.t - step, row.t + step);
    const double halves =
        future.expected(row.t - step, row.t) + future.expected(row.t, row.t + step);
    EXPECT_NEAR(halves / wide, 1, 1e-12);
    EXPECT_NEAR((future.expected(row.t + step) - future.expected(row.t - step)) / wide, 1, 1e-9);
    EXPECT_EQ(future.expected(row.t, row.t), 0);
  }
}

TEST(ErlangFuture, DiscountingFadesInAndHorizonsOpenUp) {
  for (const auto& row : reference_rows) {
    SCOPED_TRACE(row.label);
    const ErlangFuture future(row.params);
    EXPECT_NEAR(future.discounted(row.t, 1e-14) / future.expected(row.t), 1, 1e-11);
    EXPECT_EQ(future.discounted(row.t, 0), future.expected(row.t));
    EXPECT_EQ(future.discounted(0, row.delta), 0);
    EXPECT_EQ(future.expected(0), 0);
    EXPECT_EQ(future.none(0), 1);
    EXPECT_NEAR(future.alive(0), 1, 1e-15);
    if (row.delta < 0.01) continue;  // what is left after 40 / delta is below 1e-17
    EXPECT_NEAR(future.discounted(40 / row.delta, row.delta) / future.discounted(row.delta), 1,
                1e-11);
  }
}

TEST(ErlangFuture, CountsPurchasesForEverOrSaysThatItCannot) {
  const ErlangFuture finite({.shape = 2, .rate = 9, .idle = 3, .a = 1.5, .b = 2, .k = 3});
  EXPECT_DOUBLE_EQ(finite.expected_ever(), 5);
  EXPECT_EQ(finite.discounted(0), finite.expected_ever());
  EXPECT_NEAR(finite.discounted(1e-12), 5, 1e-4);  // the rest falls like delta^(a - 1)
  const ErlangFuture endless({.shape = 2, .rate = 9, .idle = 3, .a = 1, .b = 2, .k = 3});
  EXPECT_TRUE(std::isnan(endless.expected_ever()));
}

TEST(ErlangFuture, CrossesASingularityInStepsOfOneInATrillion) {
  double before = 0;
  for (int step = -3; step <= 3; ++step) {
    const ErlangFuture future(
        {.shape = 2.25, .rate = 30, .idle = 9, .a = 1 + 1e-12 * step, .b = 2.5, .k = 2});
    const double now = future.expected(52) + future.discounted(0.01);
    EXPECT_NEAR(now / (before > 0 ? before : now), 1, 1e-11);
    before = now;
  }
}

TEST(ErlangFuture, PairsWithoutDiscountingAreThoseOfTheCount) {
  for (const auto& row : reference_rows) {
    if (row.params.shape < 1) continue;  // its tail is too long to be summed here
    SCOPED_TRACE(row.label);
    const ErlangFuture future(row.params);
    double pairs = 0;
    for (unsigned n = 2; n < 2500; ++n) {
      pairs += n * (n - 1.) / 2 * future.probability_of_purchases(n, row.t);
    }
    EXPECT_NEAR(future.pairs(row.t, 0) / pairs, 1, 1e-11);
    EXPECT_NEAR(future.pairs(row.t, 1e-13) / pairs, 1, 1e-10);
  }
}

// Nodes over the time of the second purchase on one side, over the rate of stages on the other: two
// ways that share nothing but phases.
TEST(ErlangFuture, PairsOverAllTimeAreTheLimitOfLongHorizons) {
  for (const auto& row : reference_rows) {
    SCOPED_TRACE(row.label);
    const ErlangFuture future(row.params);
    for (const double delta : {0.05, 0.5}) {
      const double ever = future.pairs(INFINITY, delta);
      EXPECT_NEAR(future.pairs(44 / delta, delta) / ever, 1, 1e-10);
      EXPECT_EQ(future.pairs(1e6 / delta, delta), ever);
    }
  }
}

// Both end what they add up where it stops to count, with k as large as it may be.
TEST(ErlangFuture, CountsPairsOfFiftyStages) {
  const ErlangFuture future({.shape = 60.5, .rate = 20, .idle = 2, .a = .7, .b = 3, .k = 50});
  double pairs = 0;
  for (unsigned n = 2; n < 100; ++n) {
    pairs += n * (n - 1.) / 2 * future.probability_of_purchases(n, 20);
  }
  EXPECT_NEAR(future.pairs(20, 0) / pairs, 1, 1e-10);
  EXPECT_NEAR(future.pairs(440, 0.1) / future.pairs(INFINITY, 0.1), 1, 1e-10);
  // Two purchases in a moment: chances below what a double holds, and no harm done.
  EXPECT_EQ(future.pairs(1e-9, 0.1), 0);
}

TEST(ErlangFuture, CountsPairsForEverOrSaysThatItCannot) {
  const ErlangFuture finite({.shape = 2, .rate = 9, .idle = 3, .a = 3.5, .b = 2, .k = 3});
  EXPECT_EQ(finite.pairs(INFINITY, 0), finite.pairs_ever());
  EXPECT_NEAR(finite.pairs(INFINITY, 1e-9) / finite.pairs_ever(), 1, 1e-6);
  const ErlangFuture endless({.shape = 2, .rate = 9, .idle = 3, .a = 2, .b = 2, .k = 3});
  EXPECT_TRUE(std::isnan(endless.pairs(INFINITY, 0)));
  EXPECT_EQ(finite.pairs(0, 0.1), 0);
}

TEST(ErlangFuture, RefusesTimesThatAreNone) {
  const ErlangFuture future({.shape = 2, .rate = 9, .idle = 3, .a = 1.5, .b = 2, .k = 3});
  for (const double t : std::vector<double>{-1, std::nan(""), INFINITY}) {
    EXPECT_THROW((void)future.none(t), std::domain_error);
    EXPECT_THROW((void)future.alive(t), std::domain_error);
    EXPECT_THROW((void)future.expected(t), std::domain_error);
    EXPECT_THROW((void)future.expected(0, t), std::domain_error);
    EXPECT_THROW((void)future.probability_of_purchases(1, t), std::domain_error);
    EXPECT_THROW((void)future.discounted(t, 0.1), std::domain_error);
    EXPECT_THROW((void)future.discounted(1, t), std::domain_error);
    EXPECT_THROW((void)future.discounted(t), std::domain_error);
  }
  EXPECT_THROW((void)future.expected(2, 1), std::domain_error);
  EXPECT_THROW((void)future.pairs(-1, 0.1), std::domain_error);
  EXPECT_THROW((void)future.pairs(std::nan(""), 0.1), std::domain_error);
  EXPECT_THROW((void)future.pairs(1, -0.1), std::domain_error);
  EXPECT_THROW((void)future.pairs(INFINITY, INFINITY), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
