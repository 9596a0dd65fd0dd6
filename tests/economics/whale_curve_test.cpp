#include <rapport/economics/whale_curve.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rapport::economics {
namespace {

TEST(R16_ProfitableCustomers, TheBestHalfOfTenMakesTwoHundredAndThirtyPercentOfTheProfit) {
  std::vector<std::int64_t> contributions = {-5, 50, -30, 10, 0, 30, -10, 20, -20, 5};
  const WhaleCurve curve = whale_curve(contributions);
  EXPECT_EQ(curve.cumulative,
            (std::vector<std::int64_t>{0, 50, 80, 100, 110, 115, 115, 110, 100, 80, 50}));
  EXPECT_EQ(curve.peak, 115);
  EXPECT_EQ(curve.peak_customers, 5U) << "the customer of exactly 0 is not needed for the peak";
  EXPECT_EQ(curve.losing, 4U);
  EXPECT_EQ(curve.end(), 50);
  EXPECT_EQ(curve.share_of(5).value, 2.3);
  EXPECT_EQ(curve.share_of(5).status, core::Status::known);
  EXPECT_EQ(curve.share_of(10).value, 1);
  EXPECT_EQ(curve.share_of(0).value, 0);
  do {
    EXPECT_EQ(whale_curve(contributions).cumulative, curve.cumulative);
  } while (std::next_permutation(contributions.begin(), contributions.begin() + 4));
}

TEST(WhaleCurve, HasNoSharesOfAProfitThatIsNotThere) {
  for (const std::vector<std::int64_t>& contributions :
       {std::vector<std::int64_t>{}, {5, -5}, {5, -6}}) {
    const core::Estimate share = whale_curve(contributions).share_of(0);
    EXPECT_EQ(share.status, core::Status::undefined);
    EXPECT_TRUE(std::isnan(share.value));
  }
}

TEST(WhaleCurve, OfNobodyOrOfLosersAloneStartsAtItsPeak) {
  EXPECT_EQ(whale_curve({}).customers(), 0U);
  const std::vector<std::int64_t> losers = {-1, -2};
  EXPECT_EQ(whale_curve(losers).peak, 0);
  EXPECT_EQ(whale_curve(losers).peak_customers, 0U);
  EXPECT_EQ(whale_curve(losers).end(), -3);
}

TEST(WhaleCurve, RefusesWhatIsTooLargeOrTooMany) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_THROW((void)whale_curve(std::vector<std::int64_t>{most, 1}), std::overflow_error);
  EXPECT_THROW((void)whale_curve({}).share_of(1), std::invalid_argument);
}

}  // namespace
}  // namespace rapport::economics
