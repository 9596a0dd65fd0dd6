#include <rapport/relationship/defection.hpp>

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/fold/aggregate.hpp>
#include <rapport/math/random.hpp>
#include <rapport/testing/laws.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::relationship {
namespace {

constexpr std::uint32_t dairy = 1, bread = 2;
constexpr CategoryVisits windows{.baseline = {0, 70}, .recent = {70, 140}};

static_assert(fold::Consecutive<CategoryVisits>);

fold::Entry purchase(fold::DayNumber day, std::uint32_t category) {
  return {.day = day, .amount = 100, .category = category};
}

// Buys bread each week of two times ten; dairy in 9 of the first and `later` of the last ten.
CategoryVisits::State weekly(int later) {
  std::vector<fold::Entry> entries;
  for (int week = 0; week < 20; ++week) {
    entries.push_back(purchase(7 * week, bread));
    if (week < 9 || (week >= 10 && week < 10 + later)) entries.push_back(purchase(7 * week, dairy));
  }
  return fold::over(windows, entries);
}

TEST(R27_PartialDefection, DairyFromNineOfTenVisitsToOneOfTenIsLostWhileTheCustomerIsAlive) {
  // Weekly visits until last week: the CDNOW model has no doubt that this customer is alive.
  const clv::BgNbd model({.r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426});
  const double alive = model.probability_alive({.frequency = 19, .recency = 19, .age = 20});
  EXPECT_GT(alive, 0.9);
  const Defection found = partial_defection(weekly(1), alive);
  EXPECT_TRUE(found.active);
  EXPECT_TRUE(found.any_lost());
  EXPECT_EQ(found.corrected_level, 0.025) << "two categories were tried";
  ASSERT_EQ(found.categories.size(), 2U);
  const CategoryChange& lost = found.categories[0];
  EXPECT_EQ(lost.category, dairy);
  EXPECT_TRUE(lost.lost);
  EXPECT_EQ(lost.with_before, 9U);
  EXPECT_EQ(lost.visits_before, 10U);
  EXPECT_EQ(lost.with_now, 1U);
  EXPECT_EQ(lost.visits_now, 10U);
  EXPECT_NEAR(lost.p_value, 101.0 / 184756, 1e-15);
  EXPECT_FALSE(found.categories[1].lost) << "bread is bought as ever";
}

TEST(Defection, AFallThatChanceMakesIsNotCalledALoss) {
  // 9 of 10, then 6 of 10: p = 0.152.
  EXPECT_FALSE(partial_defection(weekly(6), 0.99).any_lost());
}

TEST(Defection, WhoLeftAltogetherLosesNoCategory) {
  EXPECT_FALSE(partial_defection(weekly(1), 0.1).any_lost()) << "hardly alive";
  std::vector<fold::Entry> entries;
  for (int week = 0; week < 10; ++week) entries.push_back(purchase(7 * week, dairy));
  const Defection found = partial_defection(fold::over(windows, entries), std::nullopt);
  EXPECT_FALSE(found.active);
  EXPECT_FALSE(found.any_lost());
  EXPECT_TRUE(partial_defection(weekly(1), std::nullopt).active) << "recent visits speak too";
  EXPECT_FALSE(partial_defection({}, 1.0).any_lost());
}

TEST(Defection, AVisitIsADayOfPurchasesWithinTheWindows) {
  const CategoryVisits::State state = fold::over(
      windows,
      std::vector<fold::Entry>{
          purchase(-1, dairy), purchase(0, dairy), purchase(0, dairy), purchase(0, bread),
          purchase(1, 0),
          fold::Entry{
              .day = 2, .amount = -1, .kind = record::TransactionKind::refund, .category = dairy},
          purchase(69, bread), purchase(70, bread), purchase(140, dairy)});
  EXPECT_EQ(state.baseline.days, 3U);
  EXPECT_EQ(state.recent.days, 1U);
  ASSERT_EQ(state.categories.size(), 2U);
  EXPECT_EQ(state.categories[0].baseline.days, 1U);
  EXPECT_EQ(state.categories[0].recent.days, 0U);
  EXPECT_EQ(state.categories[1].baseline.days, 2U);
  EXPECT_EQ(state.categories[1].recent.days, 1U);
}

TEST(Defection, VisitsObeyTheLawsThatTheirVerbsPromise) {
  const auto entries = testing::generate_entries(1, 12);
  ASSERT_FALSE(entries.empty());
  const fold::DayNumber middle = entries[entries.size() / 2].day;
  const auto report = testing::check_laws(
      CategoryVisits{.baseline = {middle - 100, middle}, .recent = {middle, middle + 100}});
  EXPECT_TRUE(report.ok()) << report.text();
}

TEST(Defection, WithoutAnyChangeAtMostTheStatedShareLosesACategory) {
  constexpr int customers = 4000;
  int flagged = 0;
  for (int c = 0; c < customers; ++c) {
    math::RandomStream stream(27, static_cast<std::uint64_t>(c));
    CategoryVisits::State state;
    for (fold::DayNumber day = 0; day < 140; day += 3) {
      windows.absorb(state, purchase(day, 0));
      for (std::uint32_t category = 1; category <= 8; ++category) {
        const bool bought = math::draw_uniform(stream) < 0.1 * category;
        if (bought) windows.absorb(state, purchase(day, category));
      }
    }
    flagged += partial_defection(state, 0.9).any_lost();
  }
  // The level, and two binomial standard errors of it.
  EXPECT_LE(flagged, customers * 0.05 + 2 * std::sqrt(customers * 0.05 * 0.95));
  EXPECT_GT(flagged, 0);
}

TEST(R27_PartialDefection, ShareOfBasketIsSaidIfTheHostKnowsTheBasket) {
  const core::Estimate basket{
      .value = 400, .low = 250, .high = 500, .status = core::Status::estimated};
  const core::Estimate share = share_of_basket(100, basket);
  EXPECT_EQ(share.value, 0.25);
  EXPECT_EQ(share.low, 0.2);
  EXPECT_EQ(share.high, 0.4);
  EXPECT_EQ(share.status, core::Status::estimated);
  EXPECT_EQ(share_of_basket(450, basket).value, 1) << "a basket holds what is known to be in it";
  EXPECT_EQ(share_of_basket(100, {}).status, core::Status::abstained);
  EXPECT_TRUE(std::isnan(share_of_basket(100, {}).value));
  core::Estimate empty = basket;
  empty.value = 0;
  EXPECT_EQ(share_of_basket(100, empty).status, core::Status::undefined);
}

TEST(Defection, RejectsWhatIsNoProbability) {
  EXPECT_THROW((void)partial_defection({}, 1.5), std::domain_error);
  EXPECT_THROW((void)partial_defection({}, 0.5, {.level = 0}), std::domain_error);
  EXPECT_THROW((void)partial_defection({}, 0.5, {.p_alive_from = -1}), std::domain_error);
  EXPECT_THROW((void)share_of_basket(-1, {}), std::domain_error);
}

}  // namespace
}  // namespace rapport::relationship
