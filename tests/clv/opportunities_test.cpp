#include <rapport/clv/opportunities.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;

TEST(OpportunityHistory, IsWhatCanHaveHappened) {
  EXPECT_TRUE(valid(OpportunityHistory{}));
  EXPECT_TRUE(valid(OpportunityHistory{0, 0, 6}));
  EXPECT_TRUE(valid(OpportunityHistory{2, 2, 6}));
  EXPECT_TRUE(valid(OpportunityHistory{6, 6, 6}));
  EXPECT_FALSE(valid(OpportunityHistory{3, 2, 6}));  // three purchases on two opportunities
  EXPECT_FALSE(valid(OpportunityHistory{1, 0, 6}));
  EXPECT_FALSE(valid(OpportunityHistory{0, 1, 6}));
  EXPECT_FALSE(valid(OpportunityHistory{1, 7, 6}));
  EXPECT_FALSE(valid(OpportunityHistory{1, 1.5, 6}));
  EXPECT_FALSE(valid(OpportunityHistory{0.5, 1, 6}));
  EXPECT_FALSE(valid(OpportunityHistory{0, 0, 1e6 + 1}));
  EXPECT_FALSE(valid(OpportunityHistory{0, 0, std::nan("")}));
}

std::string refusal(const Column& x, const Column& t_x, const Column& n,
                    const Column& customers = {}) {
  try {
    (void)Opportunities({x, t_x, n, customers});
  } catch (const std::domain_error& e) {
    return e.what();
  } catch (const std::invalid_argument& e) {
    return std::string("shape: ") + e.what();
  }
  return "taken";
}

TEST(Opportunities, NamesTheFirstBadRow) {
  EXPECT_EQ(refusal({0, 1}, {0, 1}, {6, 6}), "taken");
  EXPECT_NE(refusal({0, 1}, {0, 0}, {6, 6}).find("recency of row 1 is 0"), std::string::npos);
  EXPECT_NE(refusal({0, 0}, {0, 2}, {6, 6}).find("recency of row 1 is 2"), std::string::npos);
  EXPECT_NE(refusal({3}, {2}, {6}).find("frequency of row 0 is 3, but must be at most recency (2)"),
            std::string::npos);
  EXPECT_NE(refusal({1}, {7}, {6}).find("from 0 to opportunities (6)"), std::string::npos);
  EXPECT_NE(refusal({-1}, {0}, {6}).find("frequency"), std::string::npos);
  EXPECT_NE(refusal({0}, {0}, {2e6}).find("opportunities"), std::string::npos);
  EXPECT_NE(refusal({0}, {std::nan("")}, {6}).find("recency"), std::string::npos);
  EXPECT_NE(refusal({0}, {0}, {6}, {1.5}).find("customers"), std::string::npos);
  EXPECT_EQ(refusal({0, 1}, {0}, {6, 6}).substr(0, 6), "shape:");
  EXPECT_EQ(refusal({0}, {0}, {6}, {1, 2}).substr(0, 6), "shape:");
}

TEST(OpportunityPatterns, CountsEqualRowsInAnOrderOfTheirOwn) {
  const Column x = {1, 0, 1, 2, 1}, t_x = {1, 0, 1, 4, 3}, n = {6, 6, 6, 4, 6};
  const Column customers = {2, 3, 1, 0, 1};
  const OpportunityPatterns patterns{Opportunities({x, t_x, n, customers})};
  ASSERT_EQ(patterns.size(), 3U);  // the row that stands for nobody is none
  EXPECT_EQ(patterns[0], (OpportunityHistory{0, 0, 6}));
  EXPECT_EQ(patterns[1], (OpportunityHistory{1, 1, 6}));
  EXPECT_EQ(patterns[2], (OpportunityHistory{1, 3, 6}));
  EXPECT_EQ(patterns.count()[1], 3);
  EXPECT_EQ(patterns.customers(), 7);
  EXPECT_EQ(patterns.purchases(), 4);
  EXPECT_EQ(patterns.active_opportunities(), 6);
  EXPECT_EQ(patterns.opportunities_in_all(), 42);
  ASSERT_EQ(patterns.classes().size(), 2U);
  EXPECT_EQ(patterns.classes()[1].frequency, 1);
  EXPECT_EQ(patterns.classes()[1].customers, 4);
  EXPECT_EQ(patterns.classes()[1].begin, 1U);
  EXPECT_EQ(patterns.classes()[1].end, 3U);
}

}  // namespace
}  // namespace rapport::clv
