#include <rapport/fold/replies.hpp>

#include <rapport/fold/aggregate.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace rapport::fold {
namespace {

using record::Direction;
using record::Interaction;

static_assert(Mergeable<Replies> && !Invertible<Replies>);

Interaction asked(record::RowKey key, std::uint32_t source = 0) {
  return {.stamp = {.source = {source}, .key = key}, .direction = Direction::outbound};
}
Interaction answer(record::RowKey to, std::uint32_t source = 0) {
  return {.stamp = {.source = {source}}, .direction = Direction::inbound, .in_reply_to = to};
}

TEST(Replies, AContactThatWasAnsweredTwiceCountsOnce) {
  const auto state = over(
      Replies{}, std::vector<Interaction>{asked(1), asked(2), answer(1), answer(1), answer(9)});
  EXPECT_EQ(state.asked.size(), 2U);
  EXPECT_EQ(Replies::answered(state), 1U);
}

TEST(Replies, KeysOfTwoSourceRecordsAreNotMixedUp) {
  auto state = over(Replies{}, std::vector<Interaction>{asked(1, 0), answer(1, 0)});
  merge(Replies{}, state, over(Replies{}, std::vector<Interaction>{asked(1, 1)}));
  EXPECT_EQ(state.asked.size(), 2U);
  EXPECT_EQ(Replies::answered(state), 1U);
}

TEST(Replies, AnAnswerIsNotBeforeTheQuestion) {
  Interaction question = asked(1);
  question.stamp.at = core::Instant(std::chrono::seconds{100});
  Interaction reply = answer(1);
  const auto answered_at = [&](int second) {
    reply.stamp.at = core::Instant(std::chrono::seconds{second});
    return Replies::answered(over(Replies{}, std::vector<Interaction>{reply, question}));
  };
  EXPECT_EQ(answered_at(99), 0U);
  EXPECT_EQ(answered_at(100), 1U);
  EXPECT_EQ(answered_at(101), 1U);
}

TEST(Replies, AnAnswerOfTheFirmAsksForNone) {
  Interaction contact = asked(1);
  contact.in_reply_to = 7;
  EXPECT_TRUE(over(Replies{}, std::vector<Interaction>{contact}).asked.empty());
}

TEST(Replies, WhatBearsNoKeyCannotBeAnswered) {
  const auto state = over(Replies{}, std::vector<Interaction>{asked(0), answer(0), {}});
  EXPECT_TRUE(state.asked.empty());
  EXPECT_TRUE(state.answered.empty());
}

}  // namespace
}  // namespace rapport::fold
