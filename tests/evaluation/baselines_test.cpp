#include <rapport/evaluation/baselines.hpp>
#include <rapport/evaluation/forecast_errors.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rapport::evaluation {
namespace {

// Four customers in weeks: a regular one, one who left, one who came once, one who came today.
struct Four {
  std::vector<double> x = {10, 5, 0, 0}, t_x = {19, 5, 0, 0}, age = {20, 40, 15, 0};
  [[nodiscard]] clv::Histories histories() const {
    return {{.frequency = x, .recency = t_x, .age = age}, core::weeks};
  }
};

TEST(Baselines, OfFourCustomersAreThoseByHand) {
  const Four four;
  const std::vector<double> recent = {6, 0, 0, 0};
  const auto rules =
      purchase_baselines(four.histories(), {.horizon = core::weeks(10), .recent = recent});
  ASSERT_EQ(rules.size(), 4U);
  EXPECT_EQ(rules[0].name, "own rate");
  EXPECT_EQ(rules[0].values, (std::vector<double>{5, 1.25, 0, 2}));
  EXPECT_EQ(rules[1].name, "mean rate");  // 15 purchases in 75 weeks
  EXPECT_EQ(rules[1].values, (std::vector<double>{2, 2, 2, 2}));
  EXPECT_EQ(rules[2].name, "as lately");
  EXPECT_EQ(rules[2].values, recent);
  EXPECT_EQ(rules[3].name, "hiatus");  // half a year is 26.09 weeks
  EXPECT_EQ(rules[3].values, (std::vector<double>{5, 0, 0, 2}));
}

TEST(Baselines, OfSpendFollowTheSameRules) {
  const Four four;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> amount = {6, 9, nan, nan};  // 105 in 75 weeks
  const std::vector<double> recent = {40, 0, 0, 0};
  const auto rules =
      spend_baselines(four.histories(), amount, {.horizon = core::weeks(10), .recent = recent});
  ASSERT_EQ(rules.size(), 4U);
  EXPECT_EQ(rules[0].values, (std::vector<double>{30, 11.25, 0, 14}));
  EXPECT_EQ(rules[1].values, (std::vector<double>{14, 14, 14, 14}));
  EXPECT_EQ(rules[2].values, recent);
  EXPECT_EQ(rules[3].values, (std::vector<double>{30, 0, 0, 14}));
  // An amount that is not known is that of the mean repeat purchase.
  const auto unknown = spend_baselines(four.histories(), std::vector<double>{nan, 9, nan, nan},
                                       {.horizon = core::weeks(10)});
  ASSERT_EQ(unknown.size(), 3U);
  EXPECT_EQ(unknown[0].values[0], 45);
  EXPECT_THROW((void)spend_baselines(four.histories(), recent, {.recent = std::vector<double>{1}}),
               std::invalid_argument);
  EXPECT_THROW((void)spend_baselines(four.histories(), std::vector<double>{1}),
               std::invalid_argument);
  EXPECT_THROW((void)spend_baselines(four.histories(), std::vector<double>{INFINITY, 1, 1, 1}),
               std::domain_error);
}

TEST(Baselines, DoNotSayWhatNobodyCounted) {
  const Four four;
  EXPECT_EQ(purchase_baselines(four.histories(), {.horizon = core::weeks(39)}).size(), 3U);
  const auto all = purchase_baselines(four.histories(), {.horizon = core::days(280)});
  ASSERT_EQ(all.size(), 4U);  // nobody is older than 40 weeks
  EXPECT_EQ(all[2].values, four.x);
}

TEST(Baselines, OfActivityAnswerYesOrNo) {
  const Four four;
  const auto rules = activity_baselines(four.histories(), {.hiatus = core::weeks(14)});
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0].values, (std::vector<double>{1, 0, 0, 1}));
  EXPECT_EQ(rules[1].values, (std::vector<double>{1, 1, 1, 1}));
  EXPECT_EQ(rules[2].values, (std::vector<double>{0, 0, 0, 0}));
}

TEST(Baselines, CountEachCustomerOfARow) {
  const Four four;
  const std::vector<double> customers = {1, 3, 0, 2};
  const clv::Histories histories(
      {.frequency = four.x, .recency = four.t_x, .age = four.age, .customers = customers},
      core::weeks);
  const auto rules = purchase_baselines(histories, {.horizon = core::weeks(140)});
  EXPECT_EQ(rules[1].values[0], 25);  // 25 purchases in 140 weeks
}

TEST(Baselines, OfNobodyAreEmpty) {
  const clv::Histories nobody({}, core::weeks);
  for (const Baseline& rule : purchase_baselines(nobody)) EXPECT_TRUE(rule.values.empty());
  EXPECT_TRUE(std::isnan(best_hiatus(nobody, {}).share_right));
}

TEST(Baselines, RejectSizesAndTimesThatCannotBe) {
  const Four four;
  const std::vector<double> two = {1, 2};
  EXPECT_THROW((void)purchase_baselines(four.histories(), {.recent = two}), std::invalid_argument);
  EXPECT_THROW((void)purchase_baselines(four.histories(), {.horizon = core::weeks(-1)}),
               std::domain_error);
  EXPECT_THROW((void)activity_baselines(four.histories(), {.hiatus = core::weeks(NAN)}),
               std::domain_error);
  EXPECT_THROW((void)best_hiatus(four.histories(), two), std::invalid_argument);
}

TEST(Hiatus, IsTheSilenceThatPartsThemBest) {
  const Four four;  // silent for 1, 35, 15 and 0 weeks
  const Hiatus best = best_hiatus(four.histories(), std::vector<double>{2, 0, 1, 0});
  EXPECT_EQ(best.periods, 15);
  EXPECT_EQ(best.share_right, 0.75);
  // Whoever is not known takes no part.
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(best_hiatus(four.histories(), std::vector<double>{2, nan, 0, 1}).periods, 1);
}

TEST(Hiatus, LearntFromAPeriodIsRightInNoFewerThanAnyOther) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("cdnow_summary.csv"));
  const auto x = table.numbers("frequency");
  const auto t_x = table.numbers("recency");
  const auto age = table.numbers("T");
  const auto actual = table.numbers("holdout_frequency");
  const clv::Histories histories({.frequency = x, .recency = t_x, .age = age}, core::weeks);
  const Hiatus best = best_hiatus(histories, actual);
  for (double weeks = 0; weeks < 40; weeks += 0.5) {
    const auto rules = activity_baselines(histories, {.hiatus = core::weeks(weeks)});
    EXPECT_LE(probability_errors(rules[0].values, actual).accuracy.value, best.share_right);
  }
  const auto rules = activity_baselines(histories, {.hiatus = core::weeks(best.periods)});
  EXPECT_NEAR(probability_errors(rules[0].values, actual).accuracy.value, best.share_right, 1e-15);
}

}  // namespace
}  // namespace rapport::evaluation
