#include "shop.hpp"

#include <rapport/rfm/segments.hpp>

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

namespace rapport::rfm {
namespace {

TEST(Segments, FirstRuleThatMatchesWins) {
  const Segments segments({{"top", {2, 2}, {1, 2}, {1, 2}}, {"any", {1, 2}, {1, 2}, {2, 2}}}, 2);
  EXPECT_EQ(segments(RfmScore{2, 1, 2}), 0);
  EXPECT_EQ(segments(RfmScore{1, 1, 2}), 1);
  EXPECT_EQ(segments(RfmScore{1, 1, 1}), segments.rest());
  EXPECT_EQ(segments(RfmScore{}), Segments::no_segment);
  EXPECT_EQ(segments.size(), 3U);
}

TEST(Segments, SayWhichRulePutACustomerThere) {
  const Segments segments = usual_segments();
  const auto said = [&](const RfmScore& score) { return segments.rule_text(segments(score)); };
  EXPECT_EQ(said({5, 5, 5}), "Champions: R 5, F 5, M 5");
  EXPECT_EQ(said({5, 4, 1}), "Others: no other rule matches");
  EXPECT_EQ(said({4, 2, 1}), "New Customers: R 4 to 5, F 1 to 3, M 1 to 5");
  EXPECT_EQ(said({}), "no scores: no purchase");
  EXPECT_EQ(segments.name(segments(RfmScore{1, 1, 1})), "Lost");
  EXPECT_EQ(segments.name(Segments::no_segment), "");
}

TEST(Segments, ReportCellsThatNoRuleCovers) {
  const Segments half({{"recent", {2, 2}, {1, 2}, {1, 2}}}, 2);
  EXPECT_EQ(half.uncovered(), (std::vector<ScoreCell>{{1, 1, 1}, {1, 1, 2}, {1, 2, 1}, {1, 2, 2}}));
  EXPECT_TRUE(Segments({{"all", {1, 3}, {1, 3}, {1, 3}}}, 3).uncovered().empty());
  const auto usual = usual_segments().uncovered();
  EXPECT_FALSE(usual.empty()) << "the usual table leaves cells to Others";
  for (const auto& cell : usual)
    EXPECT_EQ(usual_segments()(RfmScore{static_cast<Score>(cell.r), static_cast<Score>(cell.f),
                                        static_cast<Score>(cell.m)}),
              10);
}

TEST(Segments, ReportRulesThatCanNeverWin) {
  const Segments segments({{"all", {1, 2}, {1, 2}, {1, 2}}, {"hidden", {2, 2}, {2, 2}, {2, 2}}}, 2);
  EXPECT_EQ(segments.never_first(), (std::vector<SegmentIndex>{1}));
  EXPECT_TRUE(usual_segments().never_first().empty());
}

TEST(Segments, RejectTablesThatCannotBeMeant) {
  using Rules = std::vector<SegmentRule>;
  EXPECT_THROW(Segments(Rules{{"", {1, 5}, {1, 5}, {1, 5}}}), std::invalid_argument);
  EXPECT_THROW(Segments(Rules{{"a", {1, 5}, {1, 5}, {1, 5}}, {"a", {1, 1}, {1, 1}, {1, 1}}}),
               std::invalid_argument);
  EXPECT_THROW(Segments(Rules{{"Others", {1, 5}, {1, 5}, {1, 5}}}), std::invalid_argument);
  EXPECT_THROW(Segments(Rules{{"a", {3, 2}, {1, 5}, {1, 5}}}), std::invalid_argument);
  EXPECT_THROW(Segments(Rules{{"a", {0, 2}, {1, 5}, {1, 5}}}), std::invalid_argument);
  EXPECT_THROW(Segments(Rules{{"a", {1, 5}, {1, 6}, {1, 5}}}), std::invalid_argument);
  EXPECT_THROW(Segments(Rules{}, 1), std::domain_error);
  EXPECT_THROW((void)usual_segments()(RfmScore{6, 1, 1}), std::invalid_argument);
}

// golden.md section 5, made with the R package rfm.
TEST(R58_Segments, CountsAreThoseOfTheRPackage) {
  RAPPORT_REQUIRE_DATA();
  const Table table =
      make_table(tests::rfm_orders(), as_of("2006-12-31"), {.frequency = Frequency::purchases});
  const Segments segments = usual_segments();
  std::map<std::string_view, int> counts;
  for (const SegmentIndex index :
       segments(score(table, {.convention = Convention::r_package}), 2)) {
    ++counts[segments.name(index)];
  }
  const std::map<std::string_view, int> expected = {{"Potential Loyalist", 342},
                                                    {"Loyal Customers", 170},
                                                    {"Lost", 148},
                                                    {"New Customers", 104},
                                                    {"About To Sleep", 102},
                                                    {"Can't Lose Them", 47},
                                                    {"Champions", 35},
                                                    {"At Risk", 28},
                                                    {"Need Attention", 10},
                                                    {"Promising", 9}};
  EXPECT_EQ(counts, expected);
}

}  // namespace
}  // namespace rapport::rfm
