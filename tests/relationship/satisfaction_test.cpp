#include <rapport/relationship/satisfaction.hpp>

#include <rapport/math/proportion.hpp>
#include <rapport/math/random.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;

constexpr record::Name csat{1}, nps{2};
constexpr core::Instant may{core::Day{2024y / 5 / 1}};
const record::Sight sight({.as_of = core::as_of("2024-12-31")}, core::Zone());

record::Survey asked(record::Name kind = csat) { return {.stamp = {.at = may}, .kind = kind}; }

record::Survey answer(std::int32_t score) {
  record::Survey survey = asked();
  survey.score = score;
  survey.answered_at = may + 24h;
  return survey;
}

std::vector<record::Survey> four_of_nine() {
  std::vector<record::Survey> surveys = {answer(3), answer(4), answer(5), answer(5)};
  for (int i = 0; i < 5; ++i) surveys.push_back(asked());
  return surveys;
}

TEST(R57_Satisfaction, FromFourAnswersComesWithIntervalAndResponseRate) {
  const auto lines = satisfaction(four_of_nine(), sight);
  ASSERT_EQ(lines.size(), 1U);
  const Satisfaction& line = lines[0];
  EXPECT_EQ(line.asked, 9U);
  EXPECT_EQ(line.answered, 4U);
  EXPECT_EQ(line.mean.value, 4.25);
  EXPECT_EQ(line.mean.n, 4U);
  // By hand: variance (1.5625 + 0.0625 + 2 x 0.5625) / 3 = 11/12; t of 3 degrees 2.35336.
  const double half = 2.3533634348018264 * std::sqrt(11.0 / 12 / 4);
  EXPECT_NEAR(line.mean.low, 4.25 - half, 1e-12);
  EXPECT_EQ(line.mean.high, 5) << "no mean is above the scale";
  const math::Proportion rate = math::wilson(4, 9, 0.90);
  EXPECT_EQ(line.response_rate.value, rate.value);
  EXPECT_EQ(line.response_rate.low, rate.low);
  EXPECT_EQ(to_text(line, "csat"),
            "csat (1 to 5): 4.25, 90 % interval 3.12 to 5.00; 4 of 9 answered (44.4 %, 90 % "
            "interval 21.8 to 69.7 %)");
}

TEST(R57_Satisfaction, TwoScalesAreNeverAveraged) {
  std::vector<record::Survey> surveys = four_of_nine();
  for (const std::int32_t score : {9, 10}) {
    record::Survey wide = answer(score);
    wide.scale_low = 0;
    wide.scale_high = 10;
    surveys.push_back(wide);
  }
  const auto lines = satisfaction(surveys, sight);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].scale_high, 10) << "one kind, ordered by the ends of the scale";
  EXPECT_EQ(lines[0].mean.value, 9.5);
  EXPECT_EQ(lines[1].scale_high, 5);
  EXPECT_EQ(lines[1].mean.value, 4.25);
}

TEST(Satisfaction, KindsAreApartAndTheOrderOfRowsDoesNotShow) {
  std::vector<record::Survey> surveys = four_of_nine();
  surveys.push_back(asked(nps));
  const auto lines = satisfaction(surveys, sight);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].kind, nps);
  EXPECT_EQ(lines[1].mean.status, core::Status::abstained);
  EXPECT_EQ(to_text(lines[1], "nps"),
            "nps (1 to 5): abstained; 0 of 1 answered (0.0 %, 90 % interval 0.0 to 73.0 %)");
  std::ranges::reverse(surveys);
  const auto reversed = satisfaction(surveys, sight);
  EXPECT_EQ(reversed[0].mean.value, lines[0].mean.value);
  EXPECT_EQ(reversed[0].mean.low, lines[0].mean.low);
}

TEST(Satisfaction, WithoutSpreadHasNoInterval) {
  const auto one = satisfaction(std::vector<record::Survey>{answer(4)}, sight);
  EXPECT_EQ(one[0].mean.value, 4);
  EXPECT_TRUE(std::isnan(one[0].mean.low));
  const auto equal = satisfaction(std::vector<record::Survey>(4, answer(5)), sight);
  EXPECT_EQ(equal[0].mean.value, 5);
  EXPECT_TRUE(std::isnan(equal[0].mean.low)) << "four equal answers do not make certainty";
  EXPECT_NE(to_text(equal[0], "csat").find("5.00, no interval;"), std::string::npos);
}

TEST(Satisfaction, CountsWhatIsSeenAndWhatIsOffTheScale) {
  std::vector<record::Survey> surveys = {answer(5), answer(4), answer(7), answer(5)};
  surveys[3].answered_at = sight.now;  // not yet
  surveys.push_back(answer(1));
  surveys.back().stamp.known = sight.known;
  const auto lines = satisfaction(surveys, sight);
  EXPECT_EQ(lines[0].asked, 4U);
  EXPECT_EQ(lines[0].answered, 3U);
  EXPECT_EQ(lines[0].off_scale, 1U);
  EXPECT_EQ(lines[0].mean.value, 4.5);
  EXPECT_TRUE(satisfaction({}, sight).empty());
  EXPECT_THROW((void)satisfaction({}, sight, 1), std::domain_error);
}

TEST(Satisfaction, NinetyPercentIntervalsHoldTheMeanInAboutNinetyPercentOfRuns) {
  constexpr int runs = 2000;
  int held = 0;
  for (int run = 0; run < runs; ++run) {
    math::RandomStream stream(57, static_cast<std::uint64_t>(run));
    std::vector<record::Survey> surveys;
    // Scores 1 to 10, each as likely: mean 5.5.
    for (int i = 0; i < 12; ++i) {
      surveys.push_back(answer(1 + static_cast<std::int32_t>(10 * math::draw_uniform(stream))));
      surveys.back().scale_high = 10;
    }
    const core::Estimate mean = satisfaction(surveys, sight)[0].mean;
    held += mean.low <= 5.5 && 5.5 <= mean.high;
  }
  EXPECT_GE(held, runs * 87 / 100);
  EXPECT_LE(held, runs * 93 / 100);
}

}  // namespace
}  // namespace rapport::relationship
