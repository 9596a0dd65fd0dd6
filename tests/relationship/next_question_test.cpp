#include <rapport/relationship/next_question.hpp>

#include <rapport/relationship/knowledge.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::relationship {
namespace {

constexpr std::uint32_t job = 1, balance = 2, length = 3;

// The job is not known; the balance was, 400 days ago; the length of the relation always is.
std::vector<IndexTerm> terms(double job_weight, double balance_weight) {
  return {
      {.id = job, .weight = job_weight},
      {.id = balance, .weight = balance_weight, .known = true, .freshness = freshness(400, 365)},
      {.id = length, .weight = 1 - job_weight - balance_weight, .known = true}};
}

TEST(R25_NextQuestion, IsTheOldBalanceIfTheIndexWeighsItMore) {
  const auto question = next_question(terms(0.1, 0.4));
  ASSERT_TRUE(question);
  EXPECT_EQ(question->id, balance);
  const double stale = 1 - std::exp2(-400.0 / 365);
  EXPECT_NEAR(question->gain, stale * 0.4, 1e-15);
  EXPECT_NEAR(question->width_before, 0.1 + stale * 0.4, 1e-15);
  EXPECT_NEAR(question->width_after, 0.1, 1e-15);
}

TEST(R25_NextQuestion, IsTheUnknownJobIfTheIndexWeighsThatMore) {
  const auto question = next_question(terms(0.3, 0.4));
  ASSERT_TRUE(question);
  EXPECT_EQ(question->id, job);
  EXPECT_EQ(question->gain, 0.3);
}

TEST(NextQuestion, OfEqualGainsHasTheLeastNumberInAnyOrder) {
  EXPECT_EQ(next_question(std::vector<IndexTerm>{{7, 0.2}, {3, 0.2}, {5, 0.2}})->id, 3U);
  EXPECT_EQ(next_question(std::vector<IndexTerm>{{3, 0.2}, {5, 0.2}, {7, 0.2}})->id, 3U);
}

TEST(NextQuestion, IsNoneWhereEverythingIsKnownAndFresh) {
  EXPECT_FALSE(next_question({}));
  EXPECT_FALSE(next_question(std::vector<IndexTerm>{{1, 1, true, 1}, {2, 0}}));
}

TEST(NextQuestion, QueuesAllThatTellSomething) {
  const std::vector<Question> queue = questions(terms(0.1, 0.4));
  ASSERT_EQ(queue.size(), 2U);
  EXPECT_EQ(queue[0].id, balance);
  EXPECT_EQ(queue[1].id, job);
  EXPECT_NEAR(queue[0].gain + queue[1].gain, queue[0].width_before, 1e-15);
}

TEST(NextQuestion, RejectsWhatIsNoWeightOrFreshness) {
  const auto ask = [](const IndexTerm& term) { (void)next_question(std::vector<IndexTerm>{term}); };
  EXPECT_THROW(ask({1, -1}), std::domain_error);
  EXPECT_THROW(ask({1, INFINITY}), std::domain_error);
  EXPECT_THROW(ask({1, 1, true, 1.5}), std::domain_error);
  EXPECT_THROW(ask({1, 1, true, std::nan("")}), std::domain_error);
  EXPECT_NO_THROW(ask({1, 1, false, 1.5})) << "freshness is of what is known";
}

}  // namespace
}  // namespace rapport::relationship
