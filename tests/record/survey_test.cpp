#include <rapport/record/survey.hpp>

#include "support/kept_record.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;
using namespace tests;

TEST(Survey, EachMemberIsAColumn) {
  const Survey row{.stamp = full_stamp,
                   .kind = {2},
                   .about = {3},
                   .scale_low = -2,
                   .scale_high = 10,
                   .score = 9,
                   .answered_at = noon + 30h};
  EXPECT_EQ(kept(row), row);
  EXPECT_EQ(column_names<Survey>(),
            (Names{"kind", "about", "scale_low", "scale_high", "score", "answered_at"}));
}

TEST(Survey, AnswersLieOnTheScaleEndsIncluded) {
  const auto refused = [](std::int32_t score) {
    return Survey{.scale_low = 0, .scale_high = 10, .score = score, .answered_at = noon}
        .normalise()
        .has_value();
  };
  EXPECT_TRUE(refused(-1));
  EXPECT_FALSE(refused(0));
  EXPECT_FALSE(refused(10));
  EXPECT_TRUE(refused(11));
}

TEST(Survey, WithoutAnAnswerTheScoreSaysNothing) {
  EXPECT_FALSE((Survey{.score = 99}).normalise());
}

TEST(Survey, RefusesAScaleWithoutWidth) {
  EXPECT_EQ((Survey{.scale_low = 5, .scale_high = 5}).normalise(), core::Reason::bad_number);
}

}  // namespace
}  // namespace rapport::record
