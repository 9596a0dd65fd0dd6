#include <rapport/relationship/commitment.hpp>

#include "support/complaint_story.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;
using core::Day;
using core::Instant;
using record::Direction;
using record::Interaction;
using record::Sight;

constexpr Day new_year{2024y / 1 / 1};
const Sight year_end({.as_of = core::as_of(Day{2024y / 12 / 31})}, core::Zone());

Interaction contact(Day day, std::uint32_t agent) {
  return {.stamp = {.at = day + 10h, .known = day + 10h}, .agent = {agent}, .minutes = 15};
}

// Key 1, 2, ... for messages of the customer.
Interaction message(Instant at, record::RowKey key) {
  return {.stamp = {.at = at, .known = at, .key = key}, .direction = Direction::inbound};
}

Interaction reply(Instant at, record::RowKey to) {
  return {.stamp = {.at = at, .known = at, .key = 100 + to},
          .direction = Direction::outbound,
          .in_reply_to = to};
}

// Twelve monthly contacts whose owner changes in March, June, August and November.
std::vector<Interaction> passed_around() {
  const std::uint32_t agents[] = {1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5};
  std::vector<Interaction> contacts;
  for (unsigned month = 1; month <= 12; ++month) {
    contacts.push_back(contact(Day{2024y / std::chrono::month{month} / 5}, agents[month - 1]));
  }
  return contacts;
}

TEST(R20_Commitment, FourChangesOfTheContactPersonInAYearAreNamedByTheirDates) {
  const auto changing = passed_around();
  std::vector<Interaction> steady;
  for (Interaction i : changing) {
    i.agent = {1};
    steady.push_back(i);
  }
  const Commitment passed = commitment({.interactions = changing}, year_end);
  const Commitment kept = commitment({.interactions = steady}, year_end);
  EXPECT_EQ(passed.continuity.changes.size(), 4U);
  EXPECT_EQ(kept.continuity.usual_share(), 1);
  EXPECT_EQ(kept.continuity.sequential_share(), 1);
  EXPECT_LT(passed.continuity.usual_share(), kept.continuity.usual_share());
  EXPECT_EQ(passed.continuity.usual_share(), 3.0 / 12);
  EXPECT_EQ(passed.continuity.sequential_share(), 7.0 / 11);
  const auto lines = reasons(passed, core::Zone());
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0],
            "contact person changed 4 times: 2024-03-05, 2024-06-05, 2024-08-05, 2024-11-05");
  EXPECT_EQ(lines[1], "invested: 180 minutes and 0");
  EXPECT_EQ(reasons(kept, core::Zone())[0], "the same contact person in all 12 contacts");
}

TEST(ContactContinuity, TellsTheUsualAgentInAnyOrderOfRows) {
  auto contacts = passed_around();
  const ContactContinuity before = contact_continuity(contacts, year_end);
  EXPECT_EQ(before.usual, record::Name{4}) << "three contacts, later than agent 2's";
  EXPECT_EQ(before.changes[0], (AgentChange{Day{2024y / 3 / 5} + 10h, {1}, {2}}));
  std::reverse(contacts.begin(), contacts.end());
  const ContactContinuity after = contact_continuity(contacts, year_end);
  EXPECT_EQ(before.changes, after.changes);
  EXPECT_EQ(before.usual, after.usual);
}

TEST(ContactContinuity, CountsAChangeAtTheBeginOfItsWindow) {
  const auto contacts = passed_around();
  const ContactContinuity since = contact_continuity(contacts, year_end, Day{2024y / 6 / 1});
  EXPECT_EQ(since.contacts, 7U);
  EXPECT_EQ(since.changes.size(), 3U);
  EXPECT_EQ(since.changes[0].at, Day{2024y / 6 / 5} + 10h) << "agent 2 was before the window";
  EXPECT_EQ(since.successions, 7U);
}

TEST(ContactContinuity, WithoutKnownAgentsIsUnknown) {
  const std::vector<Interaction> contacts = {contact(new_year, 0), contact(new_year, 0)};
  const ContactContinuity none = contact_continuity(contacts, year_end);
  EXPECT_TRUE(std::isnan(none.usual_share()));
  EXPECT_TRUE(std::isnan(none.sequential_share()));
  const std::vector<Interaction> one = {contact(new_year, 1)};
  EXPECT_EQ(contact_continuity(one, year_end).usual_share(), 1);
  EXPECT_TRUE(std::isnan(contact_continuity(one, year_end).sequential_share()));
  EXPECT_TRUE(reasons(commitment({}, year_end), core::Zone()).empty());
}

TEST(R20_ReplyLatency, OpenMessagesAreCensoredNotMissing) {
  const Instant noon = new_year + 12h;
  std::vector<Interaction> talk = {message(noon, 1), message(noon, 2), message(noon, 3),
                                   reply(noon + 1h, 1), reply(noon + 5h, 2)};
  const ReplyLatency latency = reply_latency(talk, year_end);
  EXPECT_EQ(latency.answered, 2U);
  EXPECT_EQ(latency.open, 1U);
  EXPECT_EQ(latency.median_hours, 5) << "the median of the answered alone would be 3";
  EXPECT_EQ(latency.longest_open_hours, 366 * 24 - 12);

  talk.push_back(message(noon, 4));
  talk.push_back(message(noon, 5));
  EXPECT_TRUE(std::isnan(reply_latency(talk, year_end).median_hours)) << "fewer than half";
  EXPECT_TRUE(std::isnan(reply_latency({}, year_end).median_hours));
}

TEST(R20_ReplyLatency, ARecentMessageDoesNotSpoilTheMedian) {
  const Instant noon = Day{2024y / 12 / 31} + 12h;
  const std::vector<Interaction> talk = {message(noon, 1), reply(noon + 1h, 1), message(noon, 2),
                                         reply(noon + 2h, 2), message(noon + 11h + 59min, 3)};
  // The third has waited a minute: it leaves the count before either reply.
  EXPECT_EQ(reply_latency(talk, year_end).median_hours, 1.5);
}

TEST(ReplyLatency, CountsWorkingHoursIfToldThem) {
  const core::BusinessHours office(
      core::BusinessHours::Week().on({std::chrono::Friday, std::chrono::Monday}, {{9h, 17h}}));
  const std::vector<Interaction> talk = {message(Day{2024y / 6 / 7} + 16h + 30min, 1),
                                         reply(Day{2024y / 6 / 10} + 9h + 30min, 1)};
  EXPECT_EQ(reply_latency(talk, year_end, new_year, office).median_hours, 1);
  EXPECT_EQ(reply_latency(talk, year_end).median_hours, 65);
}

TEST(ReplyLatency, TakesTheFirstReplyThatFollowsAndNoThanks) {
  const Instant noon = new_year + 12h;
  Interaction thanks = message(noon + 3h, 7);
  thanks.in_reply_to = 101;  // answers the firm's, asks for nothing
  Interaction before = reply(noon - 1h, 1);
  Interaction other = reply(noon + 1min, 1);
  other.stamp.source = {5};  // another customer's record with a message 1
  const std::vector<Interaction> talk = {
      message(noon, 1), reply(noon + 4h, 1), reply(noon + 2h, 1), thanks, before, other,
      message(noon, 0)};
  const ReplyLatency latency = reply_latency(talk, year_end);
  EXPECT_EQ(latency.answered, 1U);
  EXPECT_EQ(latency.open, 0U);
  EXPECT_EQ(latency.median_hours, 2);
}

TEST(R20_Commitment, GathersTheEvidenceOfTheStory) {
  const tests::ComplaintStory story;
  using Story = tests::ComplaintStory;
  const std::vector<record::Complaint> complaints = {story.complaint};
  const std::vector<record::Promise> promises = {
      {.stamp = {.at = Story::day(45)}, .due_at = Story::day(50), .kept_at = Story::day(47)}};
  std::vector<Interaction> talk = {message(Story::day(45), 1), reply(Story::day(45, 30), 1)};
  talk[1].agent = Story::agent;
  talk[1].minutes = 25;
  talk[1].cost = 1000;
  const Commitment done = commitment({.promises = promises,
                                      .interactions = talk,
                                      .complaints = complaints,
                                      .recoveries = story.acts},
                                     Story::sight(60));
  EXPECT_EQ(done.recovered, 1U);
  EXPECT_EQ(done.investment, (Investment{25, Story::gift + 1000}));
  EXPECT_EQ(
      reasons(done, core::Zone()),
      (std::vector<std::string>{
          "1 of 1 promises kept: 0.67 (0.22-0.97)", "the same contact person in one contact",
          "1 messages answered, 0 open, half of them within 0.5 hours",
          "1 of 1 complaints met with recovery, 1 resolved", "invested: 25 minutes and 401,000"}));
  const Commitment then = commitment({.promises = promises,
                                      .interactions = talk,
                                      .complaints = complaints,
                                      .recoveries = story.acts},
                                     Story::sight(20));
  EXPECT_TRUE(reasons(then, core::Zone()).empty()) << "nothing of it was known";
}

}  // namespace
}  // namespace rapport::relationship
