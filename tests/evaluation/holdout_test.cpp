#include <rapport/evaluation/holdout.hpp>
#include <rapport/math/random.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace rapport::evaluation {
namespace {

TEST(R30_Effect, NineThousandTreatedShowAnEffectAndNineHundredDoNot) {
  const Effect large = effect_on_proportion({1080, 9000}, {95, 1000}, {.level = 0.95});
  EXPECT_NEAR(large.difference.value, 0.025, 1e-15);
  EXPECT_NEAR(large.difference.low, 0.0042, 5e-5);
  EXPECT_NEAR(large.difference.high, 0.0430, 5e-5);
  EXPECT_EQ(large.verdict, Verdict::effective);
  EXPECT_EQ(points_text(large), "+2.5 points, 95 % interval 0.42 to 4.30: effective");

  const Effect small = effect_on_proportion({108, 900}, {9, 100}, {.level = 0.95});
  EXPECT_NEAR(small.difference.value, 0.030, 1e-15);
  EXPECT_NEAR(small.difference.low, -0.045, 5e-4);
  EXPECT_NEAR(small.difference.high, 0.078, 5e-4);
  EXPECT_EQ(small.verdict, Verdict::inconclusive);
  EXPECT_EQ(points_text(small), "+3.0 points, 95 % interval -4.49 to 7.78: inconclusive");
}

TEST(Effect, OnAProportionIsHarmfulWhereTheSidesChangePlaces) {
  const Effect effect = effect_on_proportion({95, 1000}, {1080, 9000});
  EXPECT_EQ(effect.verdict, Verdict::harmful);
  EXPECT_EQ(effect.treated, 0.095);
  EXPECT_EQ(effect.held_out, 0.12);
  EXPECT_EQ(effect.difference.n, 10'000U);
  EXPECT_EQ(effect.difference.level, 0.90);
}

TEST(Effect, AbstainsWithTooFewCustomersOnEitherSide) {
  for (const auto& [treated, held_out] : {std::pair{29U, 1000U}, {1000U, 29U}, {0U, 1000U}}) {
    const Effect effect = effect_on_proportion({0, treated}, {0, held_out});
    EXPECT_EQ(effect.verdict, Verdict::abstained);
    EXPECT_EQ(effect.difference.status, core::Status::abstained);
    EXPECT_TRUE(std::isnan(effect.difference.value));
    EXPECT_EQ(points_text(effect), "abstained: too few customers");
  }
  EXPECT_EQ(effect_on_proportion({0, 0}, {0, 5}, {.least = 0}).verdict, Verdict::abstained);
  EXPECT_EQ(effect_on_proportion({0, 30}, {0, 30}).verdict, Verdict::inconclusive);
}

TEST(Effect, OnAMeanHasWelchsInterval) {
  // Variances 2.5 and 10 of 5 values each: a standard error of sqrt(2.5), and 2.5^2 / (0.5^2 / 4 +
  // 2^2 / 4) = 100 / 17 degrees of freedom.
  const std::vector<double> treated = {6, 7, 8, 9, 10};
  const std::vector<double> held_out = {1, 3, 5, 7, 9};
  const Effect effect = effect_on_mean(treated, held_out, {.level = 0.95, .least = 5});
  EXPECT_EQ(effect.difference.value, 3);
  // The t quantile for these degrees, by bisection of the integral of its density (Simpson).
  const double half = effect.difference.high - effect.difference.value;
  EXPECT_NEAR(half / std::sqrt(2.5), 2.4588237097, 1e-9);
  EXPECT_NEAR(effect.difference.value - effect.difference.low, half, 1e-14);
  EXPECT_EQ(effect.verdict, Verdict::inconclusive);
  EXPECT_EQ(effect_on_mean(held_out, treated, {.level = 0.5, .least = 5}).verdict,
            Verdict::harmful);
}

TEST(Effect, OnAMeanIsTheSameWithEveryValueShifted) {
  std::vector<double> treated, held_out;
  for (int i = 0; i < 40; ++i) {
    treated.push_back(i * i % 17);
    held_out.push_back(i * i % 13);
  }
  const Effect effect = effect_on_mean(treated, held_out);
  for (double& value : treated) value += 1e9;
  for (double& value : held_out) value += 1e9;
  const Effect shifted = effect_on_mean(treated, held_out);
  // An ulp of 1e9 is 1e-7.
  EXPECT_NEAR(shifted.difference.low, effect.difference.low, 1e-6);
  EXPECT_NEAR(shifted.difference.high, effect.difference.high, 1e-6);
}

TEST(Effect, OnAMeanAbstainsWithoutSpreadOrCustomers) {
  const std::vector<double> ones(50, 1.0), twos(50, 2.0), few(5, 1.0);
  EXPECT_EQ(effect_on_mean(twos, ones).verdict, Verdict::abstained);
  EXPECT_EQ(effect_on_mean(few, ones).verdict, Verdict::abstained);
  EXPECT_TRUE(std::isnan(effect_on_mean({}, ones).treated));
  EXPECT_EQ(effect_on_mean(few, few, {.least = 1}).verdict, Verdict::abstained);
}

TEST(Effect, RefusesWhatCannotBe) {
  EXPECT_THROW((void)effect_on_proportion({2, 1}, {1, 2}), std::invalid_argument);
  EXPECT_THROW((void)effect_on_proportion({1, 2}, {1, 2}, {.level = 1}), std::domain_error);
  const std::vector<double> values = {1, 2, std::nan("")}, fine = {1, 2, 3};
  EXPECT_THROW((void)effect_on_mean(values, fine), std::domain_error);
  EXPECT_THROW((void)effect_on_mean(fine, values), std::domain_error);
  EXPECT_THROW((void)effect_on_mean(fine, fine, {.level = 0}), std::domain_error);
}

TEST(Holdout, IsAFunctionOfTheKeyAloneInAnyOrderAndNumberOfCustomers) {
  const Holdout holdout({.seed = 7, .experiment = "free delivery", .fraction = 0.2});
  // Values that stand for ever: another platform or version must draw the same lot.
  std::vector<std::uint64_t> held_out;
  for (std::uint64_t key = 0; key < 40; ++key) {
    if (holdout.holds_out(key)) held_out.push_back(key);
  }
  EXPECT_EQ(held_out, (std::vector<std::uint64_t>{0, 3, 6, 18, 19, 21, 23, 25, 37}));
  const Holdout half({.seed = 7, .experiment = "free delivery", .fraction = 0.5});
  std::vector<std::string> names;
  for (const char* name : {"anna", "bea", "carl", "dora", "emil", "a customer with a long key", "",
                           "مریم", "finn", "gina"}) {
    if (half.holds_out(name)) names.emplace_back(name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"anna", "bea", "a customer with a long key", "",
                                             "finn", "gina"}));
}

TEST(Holdout, DrawsTheFractionAndExperimentsApart) {
  constexpr std::uint64_t customers = 40'000;
  const Holdout a({.seed = 1, .experiment = "a", .fraction = 0.1});
  const Holdout b({.seed = 1, .experiment = "b", .fraction = 0.1});
  const Holdout c({.seed = 2, .experiment = "a", .fraction = 0.1});
  double in_a = 0, in_b = 0, in_both = 0, in_a_and_c = 0, named = 0;
  for (std::uint64_t key = 0; key < customers; ++key) {
    in_a += a.holds_out(key);
    in_b += b.holds_out(key);
    in_both += a.holds_out(key) && b.holds_out(key);
    in_a_and_c += a.holds_out(key) && c.holds_out(key);
    named += a.holds_out(std::to_string(key));
  }
  // Five binomial standard errors.
  const auto about = [](double p) { return 5 * std::sqrt(customers * p * (1 - p)); };
  EXPECT_NEAR(in_a, 0.1 * customers, about(0.1));
  EXPECT_NEAR(in_b, 0.1 * customers, about(0.1));
  EXPECT_NEAR(named, 0.1 * customers, about(0.1));
  EXPECT_NEAR(in_both, 0.01 * customers, about(0.01));
  EXPECT_NEAR(in_a_and_c, 0.01 * customers, about(0.01));
}

TEST(Holdout, WithALargerFractionKeepsThoseWhoWereHeldOut) {
  const Holdout small({.seed = 3, .fraction = 0.1}), large({.seed = 3, .fraction = 0.3});
  const Holdout none({.seed = 3, .fraction = 0}), all({.seed = 3, .fraction = 1});
  for (std::uint64_t key = 0; key < 1000; ++key) {
    EXPECT_TRUE(!small.holds_out(key) || large.holds_out(key));
    EXPECT_FALSE(none.holds_out(key));
    EXPECT_TRUE(all.holds_out(key));
  }
}

TEST(Holdout, RefusesWhatIsNoFraction) {
  EXPECT_THROW(Holdout({.fraction = 1.1}), std::domain_error);
  EXPECT_THROW(Holdout({.fraction = std::nan("")}), std::domain_error);
}

struct Sides {
  math::Counted treated, held_out;
};

// One experiment on 1000 customers, a fifth of them held out, of whom these shares buy.
Sides experiment(std::uint64_t run, double treated_share, double held_out_share) {
  const Holdout holdout({.seed = run, .experiment = "privilege", .fraction = 0.2});
  math::RandomStream chance(run, 36);
  Sides sides;
  for (std::uint64_t key = 0; key < 1000; ++key) {
    const bool held = holdout.holds_out(key);
    math::Counted& side = held ? sides.held_out : sides.treated;
    ++side.total;
    side.count += math::draw_uniform(chance) < (held ? held_out_share : treated_share);
  }
  return sides;
}

constexpr int runs = 2000;

TEST(R36_Privileges, WithoutEffectIsCalledEffectiveInAtMostFivePercentOfRuns) {
  int effective = 0, harmful = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    const Sides sides = experiment(run, 0.2, 0.2);
    const Verdict verdict = effect_on_proportion(sides.treated, sides.held_out).verdict;
    effective += verdict == Verdict::effective;
    harmful += verdict == Verdict::harmful;
  }
  const double most = 0.05 + 2 * std::sqrt(0.05 * 0.95 / runs);
  EXPECT_LE(effective, most * runs);
  EXPECT_GE(effective, 0.03 * runs) << "else it abstains too much";
  EXPECT_LE(harmful, (0.05 + 4 * std::sqrt(0.05 * 0.95 / runs)) * runs);
}

TEST(R36_Privileges, NinetyPercentIntervalsCoverAPlantedEffect) {
  int covered = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    const Sides sides = experiment(10'000 + run, 0.25, 0.2);
    const core::Estimate d = effect_on_proportion(sides.treated, sides.held_out).difference;
    covered += d.low <= 0.05 && 0.05 <= d.high;
  }
  EXPECT_GE(covered, 0.87 * runs);
  EXPECT_LE(covered, 0.93 * runs);
}

TEST(R36_Privileges, NinetyPercentIntervalsOfAMeanCoverAPlantedEffectAndFindNoneWhereThereIsNone) {
  // Spends of a gamma law with shape 2: the treated have a mean of 110 or 100, the others of 100.
  int covered = 0, effective = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    math::RandomStream stream(run, 37);
    std::vector<double> treated(800), without(800), held_out(200);
    for (double& value : treated) value = 1.1 * math::draw_gamma(stream, 2, 0.02);
    for (double& value : without) value = math::draw_gamma(stream, 2, 0.02);
    for (double& value : held_out) value = math::draw_gamma(stream, 2, 0.02);
    const core::Estimate d = effect_on_mean(treated, held_out).difference;
    covered += d.low <= 10 && 10 <= d.high;
    effective += effect_on_mean(without, held_out).verdict == Verdict::effective;
  }
  EXPECT_GE(covered, 0.87 * runs);
  EXPECT_LE(covered, 0.93 * runs);
  EXPECT_LE(effective, (0.05 + 2 * std::sqrt(0.05 * 0.95 / runs)) * runs);
}

}  // namespace
}  // namespace rapport::evaluation
