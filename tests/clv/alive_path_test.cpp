#include <rapport/clv/alive_path.hpp>

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>

#include <gtest/gtest.h>

#include "support/simulated_base.hpp"

#include <cmath>
#include <stdexcept>

namespace rapport::clv {
namespace {

using namespace std::chrono;

const ObservedPurchases customer{.purchases = {3, 9.5, 30.43}, .age = 38.86};

TEST(AlivePath, AsksEachMomentWithWhatWasKnownThen) {
  const MbgNbd& model = tests::cdnow_mbg_nbd;
  const std::vector<double> at = {0, 2.9, 3, 20, 38.86};
  const auto path = alive_path(model, customer, at);
  EXPECT_EQ(path[0], model.probability_alive({0, 0, 0}));
  EXPECT_EQ(path[1], model.probability_alive({0, 0, 2.9}));
  EXPECT_EQ(path[2], model.probability_alive({1, 3, 3}));
  EXPECT_EQ(path[3], model.probability_alive({2, 9.5, 20}));
  EXPECT_EQ(path[4], model.probability_alive({3, 30.43, 38.86}));
}

TEST(AlivePath, DoesNotKnowWhatComesLater) {
  const ObservedPurchases longer{.purchases = {3, 9.5, 30.43, 45}, .age = 60};
  const std::vector<double> at = {1, 12, 38};
  EXPECT_EQ(alive_path(tests::cdnow_bg_nbd, customer, at),
            alive_path(tests::cdnow_bg_nbd, longer, at));
}

TEST(AlivePath, FallsInSilenceAndSpringsUpWithAPurchase) {
  std::vector<double> at;
  for (int week = 10; week < 30; ++week) at.push_back(week);
  const auto path = alive_path(tests::cdnow_bg_nbd, customer, at);
  for (std::size_t i = 1; i < path.size(); ++i) EXPECT_LT(path[i], path[i - 1]);
  const std::vector<double> around = {30.42, 30.43};
  const auto jump = alive_path(tests::cdnow_bg_nbd, customer, around);
  EXPECT_GT(jump[1], jump[0]);
}

// After the end of observation nothing is known of purchases: the chance falls more slowly than it
// would with silence, and without a step at the end.
TEST(AlivePath, LooksAheadWithoutAssumingSilence) {
  const BgNbd& model = tests::cdnow_bg_nbd;
  const std::vector<double> at = {38.86, 38.86 + 1e-9, 50};
  const auto path = alive_path(model, customer, at);
  EXPECT_NEAR(path[1], path[0], 1e-9);
  EXPECT_LT(path[2], path[1]);
  EXPECT_GT(path[2], model.probability_alive({3, 30.43, 50}));
  EXPECT_EQ(path[2], model.probability_alive({3, 30.43, 38.86}, 50 - 38.86));
}

TEST(AlivePath, HasTheIntervalOfItsParameters) {
  const tests::SimulatedBase base(tests::cdnow_mbg_nbd, 2000, 3);
  const auto fitted = fit<MbgNbd>(base.histories());
  ASSERT_TRUE(fitted.usable()) << fitted.message;
  const std::vector<double> at = {0, 5, 38.86, 60};
  const auto path = alive_path(fitted, customer, at, 0.8);
  for (std::size_t i = 0; i < at.size(); ++i) {
    EXPECT_EQ(path.status[i], core::Status::estimated);
    EXPECT_LT(path.low[i], path.value[i]);
    EXPECT_GT(path.high[i], path.value[i]);
    EXPECT_LE(path.high[i], 1);
  }
  EXPECT_EQ(path.level, 0.8);
  EXPECT_EQ(path.covers, core::Covers::parameter);
  Fit<MbgNbd> none = fitted;
  none.status = FitStatus::too_little_data;
  EXPECT_EQ(alive_path(none, customer, at).status[1], core::Status::abstained);
}

TEST(AlivePath, CountsDaysAsSummariesDo) {
  const std::vector<core::Day> days = {sys_days{1997y / 3 / 15}, sys_days{1997y / 1 / 1},
                                       sys_days{1997y / 3 / 15}, sys_days{1997y / 1 / 22},
                                       sys_days{1997y / 12 / 1}};
  const auto seen = observed_purchases(days, as_of("1997-09-30"), weeks);
  EXPECT_EQ(seen.purchases, (std::vector{3.0, 73. / 7}));
  EXPECT_EQ(seen.age, 272. / 7);
  EXPECT_EQ(observed_purchases(days, as_of("1997-01-01"), core::days).age, 0);
  EXPECT_THROW((void)observed_purchases(days, as_of("1996-12-31"), weeks), std::invalid_argument);
}

TEST(AlivePath, RejectsTimesThatCannotBe) {
  const std::vector<double> at = {1};
  const auto with = [](std::vector<double> purchases, double age) {
    return ObservedPurchases{std::move(purchases), age};
  };
  const auto ask = [&](const ObservedPurchases& c, const std::vector<double>& times) {
    return alive_path(tests::cdnow_bg_nbd, c, times);
  };
  EXPECT_THROW((void)ask(with({0}, 5), at), std::domain_error);
  EXPECT_THROW((void)ask(with({6}, 5), at), std::domain_error);
  EXPECT_THROW((void)ask(with({3, 2}, 5), at), std::domain_error);
  EXPECT_THROW((void)ask(with({NAN}, 5), at), std::domain_error);
  EXPECT_THROW((void)ask(with({}, INFINITY), at), std::domain_error);
  EXPECT_THROW((void)ask(with({}, 5), {-1}), std::domain_error);
  EXPECT_THROW((void)ask(with({}, 5), {INFINITY}), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
