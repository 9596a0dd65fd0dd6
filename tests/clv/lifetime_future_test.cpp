#include <rapport/clv/lifetime_future.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"
#include "support/reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>

namespace rapport::clv {
namespace {

// scripts/reference/lifetime_future.py: quadrature at 40 digits.
struct Values {
  double mean_39;
  double discounted_52;     // delta 0.0027
  double discounted_1000;   // delta 0.1
  double ever_270, ever_1;  // delta 0.0027 and 1e-6
  double none_39, one_39, seven_39;
  double many_200;  // 3000 purchases; 0 if below 1e-300
};

template <class Check>
void for_each_row(const Check& check) {
  const tests::Table table(tests::kept_file("clv/reference/lifetime_future.csv"));
  ASSERT_EQ(table.rows(), 13U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    SCOPED_TRACE(table.text(row, "case"));
    const auto of = [&](const char* column) { return table.number(row, column); };
    const double shape = of("shape"), rate = of("rate"), b = of("b"), s = of("s"),
                 beta = of("beta");
    const Values values{of("mean_39"),  of("discounted_52"), of("discounted_1000"),
                        of("ever_270"), of("ever_1"),        of("none_39"),
                        of("one_39"),   of("seven_39"),      of("many_200")};
    if (b == 0) {
      check(LifetimeFuture<ParetoLifetime>(
                {.shape = shape, .rate = rate, .lifetime = {.s = s, .beta = beta}}),
            values);
    } else {
      check(LifetimeFuture<GompertzLifetime>(
                {.shape = shape, .rate = rate, .lifetime = {.b = b, .s = s, .beta = beta}}),
            values);
    }
  }
}

TEST(LifetimeFuture, AgreesWithQuadratureAtFortyDigits) {
  for_each_row([](const auto& future, const Values& expected) {
    EXPECT_NEAR(future.expected(39) / expected.mean_39, 1, 1e-13);
    EXPECT_NEAR(future.discounted(52, 0.0027) / expected.discounted_52, 1, 1e-13);
    EXPECT_NEAR(future.discounted(1000, 0.1) / expected.discounted_1000, 1, 1e-13);
    EXPECT_NEAR(future.discounted(0.0027) / expected.ever_270, 1, 1e-13);
    EXPECT_NEAR(future.discounted(1e-6) / expected.ever_1, 1, 1e-13);
    EXPECT_NEAR(future.none(39) / expected.none_39, 1, 1e-13);
    // The power of a count that is far from its mode multiplies the rounding of time by n.
    EXPECT_NEAR(future.probability_of_purchases(1, 39) / expected.one_39, 1, 1e-13);
    EXPECT_NEAR(future.probability_of_purchases(7, 39) / expected.seven_39, 1, 1e-12);
    const double many = future.probability_of_purchases(3000, 200);
    if (expected.many_200 > 0) {
      EXPECT_NEAR(many / expected.many_200, 1, 1e-11);
    } else {
      EXPECT_LT(many, 1e-300);
    }
  });
}

TEST(LifetimeFuture, ParetoMatchesFiftyDigitReference) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("reference_pareto_nbd.csv"));
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto of = [&](const char* column) { return table.number(row, column); };
    using Future = LifetimeFuture<ParetoLifetime>;
    const Future new_customer({of("r"), of("alpha"), {of("s"), of("beta")}});
    tests::expect_cell(table, row, "ue_1", new_customer.expected(1), 1e-13);
    tests::expect_cell(table, row, "ue_39", new_customer.expected(39), 1e-13);
    tests::expect_cell(table, row, "ue_1000", new_customer.expected(1000), 1e-13);

    const double alive = of("p_alive");
    if (alive < 1e-280) continue;  // the products are not normal numbers
    const Future future(
        {of("r") + of("x"), of("alpha") + of("T"), {of("s"), of("beta") + of("T")}});
    tests::expect_cell(table, row, "ce_1", alive * future.expected(1), 1e-12);
    tests::expect_cell(table, row, "ce_39", alive * future.expected(39), 1e-12);
    tests::expect_cell(table, row, "ce_1000", alive * future.expected(1000), 1e-12);
    tests::expect_cell(table, row, "dert_1", alive * future.discounted(0.0027), 1e-12);
    tests::expect_cell(table, row, "dert_2", alive * future.discounted(0.1), 1e-12);
  }
}

TEST(LifetimeFuture, CountsOfTheParetoNbdAreThePublishedOnes) {
  // 40 digits, at the parameters on which packages test themselves.
  const LifetimeFuture<ParetoLifetime> future(
      {.shape = 0.55, .rate = 10.56, .lifetime = {.s = 0.61, .beta = 11.64}});
  EXPECT_NEAR(future.probability_of_purchases(10, 2) / 1.89370759668251e-9, 1, 1e-14 * 1e3);
  EXPECT_NEAR(future.none(39), .59593806959792, 1e-14);
  constexpr double from_eleven[] = {.001889941473,  .001332276544,  .0009432439749, .0006702499122,
                                    .0004777460972, .0003414425343, .0002445943922, .0001755737048,
                                    .000126256431,  .00009093734799};
  for (unsigned i = 0; i < 10; ++i) {
    EXPECT_NEAR(future.probability_of_purchases(11 + i, 30) / from_eleven[i], 1, 1e-9);
  }
}

TEST(LifetimeFuture, ByHandForAnExponentialRateAndLifetime) {
  // shape = rate = s = beta = 1, t = 1: survival and chance of none are both 1 / (1 + u), so none
  // is 1/4 plus the integral of (1 + u)^-3.
  const LifetimeFuture<ParetoLifetime> future(
      {.shape = 1, .rate = 1, .lifetime = {.s = 1, .beta = 1}});
  EXPECT_DOUBLE_EQ(future.alive(1), 0.5);
  EXPECT_DOUBLE_EQ(future.none(1), 0.25 + 0.375);
  EXPECT_DOUBLE_EQ(future.expected(1), std::log(2.));
  // p(1, u) = u (1 + u)^-2: 1/8 plus the integral of u (1 + u)^-4.
  EXPECT_DOUBLE_EQ(future.probability_of_purchases(1, 1), 0.125 + (0.375 - 7. / 24));
}

TEST(LifetimeFuture, WithoutAnEndItIsTheNbd) {
  const LifetimeFuture<Unending> future({.shape = 2, .rate = 3, .lifetime = {}});
  EXPECT_DOUBLE_EQ(future.alive(7), 1);
  EXPECT_DOUBLE_EQ(future.expected(6), 4);
  EXPECT_DOUBLE_EQ(future.expected(1, 4), 2);
  EXPECT_DOUBLE_EQ(future.none(3), 0.25);
  EXPECT_DOUBLE_EQ(future.probability_of_purchases(1, 3), 0.25);
  EXPECT_DOUBLE_EQ(future.probability_of_purchases(2, 3), 3. / 16);
  EXPECT_DOUBLE_EQ(future.discounted(0.25), 8. / 3);
  EXPECT_DOUBLE_EQ(future.discounted(2, 0.5), -4. / 3 * std::expm1(-1));
  EXPECT_TRUE(std::isnan(future.expected_ever()));
}

TEST(LifetimeFuture, AVeryLongLifeIsUnending) {
  const LifetimeFuture<Unending> unending({.shape = 2.5, .rate = 40, .lifetime = {}});
  const LifetimeFuture<ParetoLifetime> pareto(
      {.shape = 2.5, .rate = 40, .lifetime = {.s = 0.5, .beta = 1e18}});
  const LifetimeFuture<GompertzLifetime> gompertz(
      {.shape = 2.5, .rate = 40, .lifetime = {.b = 1e-3, .s = 0.5, .beta = 1e18}});
  for (const double t : {1.0, 50.0, 1000.0}) {
    for (const unsigned n : {0U, 1U, 20U, 100U}) {
      const double expected = unending.probability_of_purchases(n, t);
      EXPECT_NEAR(pareto.probability_of_purchases(n, t) / expected, 1, 1e-13);
      EXPECT_NEAR(gompertz.probability_of_purchases(n, t) / expected, 1, 1e-13);
    }
    EXPECT_NEAR(pareto.discounted(t, 0.01) / unending.discounted(t, 0.01), 1, 1e-13);
    EXPECT_NEAR(gompertz.expected(t) / unending.expected(t), 1, 1e-13);
  }
}

TEST(LifetimeFuture, GompertzTendsToPareto) {
  const LifetimeFuture<ParetoLifetime> pareto(
      {.shape = 2.5, .rate = 40, .lifetime = {.s = 0.6, .beta = 11.7}});
  for (const double b : {1e-6, 1e-9, 1e-12, 1e-15, 1e-100, 1e-300}) {
    SCOPED_TRACE(b);
    const LifetimeFuture<GompertzLifetime> gompertz(
        {.shape = 2.5, .rate = 40, .lifetime = {.b = b, .s = 0.6, .beta = 11.7 * b}});
    const double near = 1e3 * b + 1e-13;
    EXPECT_NEAR(gompertz.expected(39) / pareto.expected(39), 1, near);
    EXPECT_NEAR(gompertz.discounted(0.01) / pareto.discounted(0.01), 1, near);
    EXPECT_NEAR(gompertz.none(39) / pareto.none(39), 1, near);
    EXPECT_NEAR(gompertz.probability_of_purchases(4, 39) / pareto.probability_of_purchases(4, 39),
                1, near);
  }
}

TEST(LifetimeFuture, CountsAddUpToOneAndToTheMean) {
  for_each_row([](const auto& future, const Values&) {
    if (future.expected(20) > 20) return;  // too many counts to add up
    double total = 0;
    double mean = 0;
    // What is left falls at least like z^n with z = t / (rate + t): up to 1e-16 of it.
    const double t = std::min(20.0, 8 * future.params().rate);
    for (unsigned n = 0; n < 700; ++n) {
      const double probability = future.probability_of_purchases(n, t);
      total += probability;
      mean += n * probability;
    }
    EXPECT_NEAR(total, 1, 1e-13);
    EXPECT_NEAR(mean / future.expected(t), 1, 1e-12);
  });
}

TEST(LifetimeFuture, SilenceIsToBeActiveOrLost) {
  for_each_row([](const auto& future, const Values&) {
    const auto& [shape, rate, life] = future.params();
    for (const double t : {1e-9, 1.0, 39.0, 1e4}) {
      const double active = future.alive(t) * std::exp(-shape * std::log1p(t / rate));
      EXPECT_NEAR(future.lost(t) + active, future.none(t), 1e-13);
      EXPECT_NEAR(future.some(t) + future.none(t), 1, 1e-13);
    }
    EXPECT_EQ(future.some(0), 0);
    EXPECT_EQ(future.lost(0), 0);
    // Where a complement would have no digit left.
    EXPECT_NEAR(future.some(1e-20) / (1e-20 * shape / rate), 1, 1e-12);
    EXPECT_NEAR(future.lost(1e-20) / (1e-20 * life.hazard(0)), 1, 1e-12);
  });
}

TEST(LifetimeFuture, SilenceLowersTheRateAndRaisesTheHazard) {
  for_each_row([](const auto& future, const Values&) {
    const auto& [shape, rate, life] = future.params();
    EXPECT_DOUBLE_EQ(future.purchase_rate_after_none(0), shape / rate);
    EXPECT_DOUBLE_EQ(future.hazard_after_none(0), life.hazard(0));
    EXPECT_LT(future.purchase_rate_after_none(39), shape / rate);
    // Not below what it is for who is known to be active.
    EXPECT_GE(future.purchase_rate_after_none(39) * (1 + 1e-13), shape / (rate + 39));
    EXPECT_GE(future.hazard_after_none(39) * (1 + 1e-13), life.hazard(39));
  });
  const LifetimeFuture<Unending> unending({.shape = 2, .rate = 3, .lifetime = {}});
  EXPECT_DOUBLE_EQ(unending.purchase_rate_after_none(1), 0.5);
  EXPECT_EQ(unending.hazard_after_none(1), 0);
  EXPECT_DOUBLE_EQ(unending.some(3), 0.75);
  EXPECT_EQ(unending.lost(3), 0);
}

TEST(LifetimeFuture, MeansOfIntervalsAddUp) {
  for_each_row([](const auto& future, const Values&) {
    EXPECT_NEAR((future.expected(0, 7) + future.expected(7, 60)) / future.expected(60), 1, 1e-13);
    EXPECT_DOUBLE_EQ(future.expected(0, 7), future.expected(7));
    EXPECT_EQ(future.expected(7, 7), 0);
    // Where a difference of two means would have no digit left.
    const double per_period = future.params().shape / future.params().rate * future.alive(1e3);
    EXPECT_NEAR(future.expected(1e3, 1e3 + 0x1p-30), per_period * 0x1p-30, per_period * 1e-15);
  });
}

TEST(LifetimeFuture, DiscountingGoesOverIntoNone) {
  for_each_row([](const auto& future, const Values&) {
    EXPECT_EQ(future.discounted(52, 0), future.expected(52));
    EXPECT_NEAR(future.discounted(52, 1e-16) / future.expected(52), 1, 1e-13);
    EXPECT_NEAR(future.discounted(1e9, 0.0027) / future.discounted(0.0027), 1, 1e-13);
    EXPECT_LT(future.discounted(52, 0.0027), future.expected(52));
  });
}

TEST(LifetimeFuture, NothingHappensInNoTime) {
  for_each_row([](const auto& future, const Values&) {
    EXPECT_EQ(future.alive(0), 1);
    EXPECT_EQ(future.expected(0), 0);
    EXPECT_EQ(future.discounted(0, 0.1), 0);
    EXPECT_EQ(future.none(0), 1);
    EXPECT_EQ(future.probability_of_purchases(0, 0), 1);
    EXPECT_EQ(future.probability_of_purchases(3, 0), 0);
    const double slope = future.params().shape / future.params().rate;
    EXPECT_NEAR(future.expected(1e-14) / (1e-14 * slope), 1, 1e-9);
    EXPECT_NEAR(future.probability_of_purchases(1, 1e-14) / (1e-14 * slope), 1, 1e-8);
  });
}

TEST(LifetimeFuture, MeanEverIsFiniteWhereTheLifetimeIs) {
  const auto pareto = [](double s) {
    return LifetimeFuture<ParetoLifetime>(
        {.shape = 2, .rate = 4, .lifetime = {.s = s, .beta = 10}});
  };
  EXPECT_TRUE(std::isnan(pareto(1).expected_ever()));
  EXPECT_TRUE(std::isnan(pareto(0.5).discounted(0)));
  EXPECT_DOUBLE_EQ(pareto(3).expected_ever(), 2.5);
  EXPECT_NEAR(pareto(3).discounted(1e-15) / 2.5, 1, 1e-13);
  // beta = 1 is exponential with rate b s.
  const LifetimeFuture<GompertzLifetime> exponential(
      {.shape = 2, .rate = 4, .lifetime = {.b = 0.25, .s = 0.5, .beta = 1}});
  EXPECT_NEAR(exponential.expected_ever(), 4, 4e-15);
  for_each_row([](const auto& future, const Values&) {
    if (std::isnan(future.expected_ever())) return;
    EXPECT_NEAR(future.expected_ever() / future.discounted(1e-60), 1, 1e-12);
  });
}

TEST(LifetimeFuture, NoStepAtSingularityOfTheClosedForm) {
  const auto mean = [](double s) {
    return LifetimeFuture<ParetoLifetime>({.shape = 2, .rate = 4, .lifetime = {s, 10}})
        .expected(39);
  };
  for (double s = 1 - 1e-11; s < 1 + 1e-11; s += 1e-12) {
    EXPECT_NEAR(mean(s) / mean(1), 1, 3e-11);
    EXPECT_GE(mean(s) / mean(s + 1e-12), 1 - 1e-15);
  }
}

TEST(LifetimeFuture, RejectsTimesAndRatesThatMakeNoSense) {
  const LifetimeFuture<ParetoLifetime> future(
      {.shape = 1, .rate = 1, .lifetime = {.s = 1, .beta = 1}});
  for (const double bad : {-1.0, std::nan(""), double{INFINITY}}) {
    EXPECT_THROW((void)future.alive(bad), std::domain_error);
    EXPECT_THROW((void)future.none(bad), std::domain_error);
    EXPECT_THROW((void)future.some(bad), std::domain_error);
    EXPECT_THROW((void)future.lost(bad), std::domain_error);
    EXPECT_THROW((void)future.purchase_rate_after_none(bad), std::domain_error);
    EXPECT_THROW((void)future.hazard_after_none(bad), std::domain_error);
    EXPECT_THROW((void)future.expected(bad), std::domain_error);
    EXPECT_THROW((void)future.expected(bad, 1), std::domain_error);
    EXPECT_THROW((void)future.expected(0, bad), std::domain_error);
    EXPECT_THROW((void)future.discounted(bad), std::domain_error);
    EXPECT_THROW((void)future.discounted(bad, 0.1), std::domain_error);
    EXPECT_THROW((void)future.discounted(1, bad), std::domain_error);
    EXPECT_THROW((void)future.probability_of_purchases(0, bad), std::domain_error);
    EXPECT_THROW((void)future.probability_of_purchases(2, bad), std::domain_error);
  }
  EXPECT_THROW((void)future.expected(2, 1), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
