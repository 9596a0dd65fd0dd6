#include <rapport/clv/varying_histories.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

const double unknown = std::numeric_limits<double>::quiet_NaN();

// Two customers over four weeks that begin on Sunday.
struct Base {
  std::vector<double> first = {0, 1.0 / 7}, age = {3, 2};
  std::vector<std::size_t> begin = {0, 2, 2};
  std::vector<double> purchases = {1, 2.5};
  std::vector<std::string> names = {"promotion"};
  std::vector<double> promotion = {0, 1, 1, 0, 1, 0, 0, unknown};
  double step = 1;

  [[nodiscard]] VaryingHistories histories() const {
    return {{first, age, begin, purchases, names, {promotion}, step}, core::weeks};
  }
};

TEST(VaryingHistories, MergesEqualStepsAndCountsTimeFromTheFirstPurchase) {
  const VaryingHistories data = Base{}.histories();
  ASSERT_EQ(data.size(), 2U);
  EXPECT_EQ(data.history(0), (CustomerHistory{2, 2.5, 3}));
  EXPECT_EQ(data.history(1), (CustomerHistory{0, 0, 2}));
  ASSERT_EQ(data.pieces(0), 3U);
  EXPECT_EQ(data.piece(0, 0).end, 1);
  EXPECT_EQ(data.piece(0, 1).begin, 1);
  EXPECT_EQ(data.piece(0, 1).end, 3);
  EXPECT_EQ(data.piece(0, 1).values[0], 1);
  EXPECT_EQ(data.piece(0, 2).end, 4);
  // The second one first bought on a Monday: six days of that week are left.
  EXPECT_EQ(data.piece(1, 0).begin, 0);
  EXPECT_DOUBLE_EQ(data.piece(1, 0).end, 6.0 / 7);
  EXPECT_DOUBLE_EQ(data.piece(1, 1).end, 2 + 6.0 / 7);
  EXPECT_DOUBLE_EQ(data.known_ahead(0), 1);
  EXPECT_DOUBLE_EQ(data.known_ahead(1), 6.0 / 7);
}

TEST(VaryingHistories, APurchaseHasTheCovariatesOfTheStepThatBeginsWithIt) {
  const VaryingHistories data = Base{}.histories();
  EXPECT_EQ(data.at_purchase(0, 0)[0], 0);
  EXPECT_EQ(data.at_purchase(0, 1)[0], 1);
  EXPECT_EQ(data.at_purchase(0, 2)[0], 1);
  EXPECT_EQ(data.at_purchase(1, 0)[0], 1);
  // Days in sevenths do not add up to whole weeks exactly.
  for (int first = 0; first < 7; ++first) {
    for (int days = 1; days < 21 - first; ++days) {
      const Base base{.first = {first / 7.0},
                      .age = {3 - first / 7.0},
                      .begin = {0, 1},
                      .purchases = {days / 7.0},
                      .promotion = {10, 11, 12, 13}};
      EXPECT_EQ(base.histories().at_purchase(0, 1)[0], 10 + (first + days) / 7)
          << first << ' ' << days;
    }
  }
}

TEST(VaryingHistories, CovariatesNeedBeKnownOnlyWhereTheyAreUsed) {
  Base base;
  base.promotion[3] = unknown;  // after the end of observation
  EXPECT_EQ(base.histories().known_ahead(0), 0);
  base.promotion[2] = unknown;
  EXPECT_THROW((void)base.histories(), std::domain_error);
  base = {};
  base.purchases = {1, 3};  // the last one in a week of which nothing is known
  base.promotion[3] = unknown;
  EXPECT_THROW((void)base.histories(), std::domain_error);
  base = {};
  base.age[0] = 4.5;  // past the grid
  EXPECT_THROW((void)base.histories(), std::domain_error);
}

TEST(VaryingHistories, OrderDependsOnContentsAlone) {
  const VaryingHistories histories = Base{}.histories();
  const auto order = histories.order();
  EXPECT_EQ(std::vector(order.begin(), order.end()), (std::vector<std::size_t>{1, 0}));
}

TEST(VaryingHistories, RejectsWhatIsNoHistory) {
  const auto rejected = [](auto change) {
    Base base;
    change(base);
    EXPECT_THROW((void)base.histories(), std::domain_error);
  };
  rejected([](Base& b) { b.first[0] = -1; });
  rejected([](Base& b) { b.first[0] = unknown; });
  rejected([](Base& b) { b.age[1] = -1; });
  rejected([](Base& b) { b.purchases = {2.5, 1}; });
  rejected([](Base& b) { b.purchases = {1, 1}; });
  rejected([](Base& b) { b.purchases = {0, 1}; });
  rejected([](Base& b) { b.purchases = {1, 3.5}; });
  rejected([](Base& b) { b.step = 0; });
  const auto shapeless = [](auto change) {
    Base base;
    change(base);
    EXPECT_THROW((void)base.histories(), std::invalid_argument);
  };
  shapeless([](Base& b) { b.first.pop_back(); });
  shapeless([](Base& b) { b.begin = {0, 2}; });
  shapeless([](Base& b) { b.begin = {0, 1, 1}; });
  shapeless([](Base& b) { b.begin = {0, 3, 2}; });
  shapeless([](Base& b) { b.promotion.pop_back(); });
  shapeless([](Base& b) { b.names = {""}; });
  shapeless([](Base& b) { b.names = {}; });
  const Base base;
  EXPECT_THROW(VaryingHistories({base.first,
                                 base.age,
                                 base.begin,
                                 base.purchases,
                                 {"x", "x"},
                                 {base.promotion, base.promotion}},
                                core::weeks),
               std::invalid_argument);
  EXPECT_THROW((void)base.histories().index("nothing"), std::invalid_argument);
}

}  // namespace
}  // namespace rapport::clv
