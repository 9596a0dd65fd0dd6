#include <rapport/relationship/responses.hpp>

#include <rapport/fold/aggregate.hpp>
#include <rapport/fold/replies.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;
using record::Direction;

constexpr core::Day first_of_may{2024y / 5 / 1};
constexpr core::Instant may{first_of_may};

record::Sight sight_on(int day) {
  return {{.as_of = core::as_of(first_of_may + std::chrono::days{day})}, core::Zone()};
}

record::StoredTransaction sale(std::chrono::seconds after) {
  return {.stamp = {.at = may + after}, .amount = 100};
}

record::Interaction contact(Direction direction, std::chrono::seconds after, record::RowKey key = 0,
                            record::RowKey answers = 0) {
  return {.stamp = {.at = may + after, .key = key}, .direction = direction, .in_reply_to = answers};
}

using Sales = std::vector<record::StoredTransaction>;
using Contacts = std::vector<record::Interaction>;

TEST(R11_Interactive, AFollowUpOnDayNineAfterASaleOnDayZeroTookNineDays) {
  const auto waits = follow_ups(Sales{sale(20h)}, Contacts{contact(Direction::outbound, 24h * 9)},
                                sight_on(30), {});
  ASSERT_EQ(waits.size(), 1U);
  EXPECT_EQ(waits[0], (FollowUp{first_of_may, 9, false}));
  EXPECT_EQ(to_text(waits[0]), "9 d");
  EXPECT_EQ(median_days(waits), 9);
}

TEST(R11_Interactive, WithoutFollowUpTheWaitIsOpenAndCensored) {
  const auto waits = follow_ups(Sales{sale(20h)}, Contacts{contact(Direction::outbound, 24h * 9)},
                                sight_on(5), {});
  ASSERT_EQ(waits.size(), 1U) << "not a missing row";
  EXPECT_EQ(to_text(waits[0]), "open (5 days)");
  EXPECT_TRUE(std::isnan(median_days(waits)));
}

TEST(Responses, FollowUpsAreOfTheFirmAndAfterTheLastSaleOfTheDay) {
  Sales sales = {sale(24h), sale(1h), sale(2h), sale(24h * 3)};
  sales.push_back(sale(24h * 2));
  sales.back().kind = record::TransactionKind::refund;
  sales.push_back(sale(24h * 2));
  sales.back().role = record::Role::supplier;
  const Contacts contacts = {contact(Direction::outbound, 1h + 1s), contact(Direction::inbound, 3h),
                             contact(Direction::outbound, 24h * 2),
                             contact(Direction::outbound, 2h)};
  const auto waits = follow_ups(sales, contacts, sight_on(9), {});
  ASSERT_EQ(waits.size(), 3U);
  EXPECT_EQ(waits[0], (FollowUp{first_of_may, 2, false}));
  EXPECT_EQ(waits[1], (FollowUp{first_of_may + std::chrono::days{1}, 1, false}));
  EXPECT_EQ(waits[2], (FollowUp{first_of_may + std::chrono::days{3}, 6, true}));
  EXPECT_EQ(median_days(waits), 2);
}

TEST(R11_Interactive, RatesLatenciesAndReciprocityOfAConversation) {
  const Contacts contacts = {
      contact(Direction::outbound, 0h, 1),     contact(Direction::inbound, 48h, 2, 1),
      contact(Direction::outbound, 49h, 3, 2),  // an answer asks for none
      contact(Direction::outbound, 240h, 4),   contact(Direction::inbound, 264h, 5, 4),
      contact(Direction::inbound, 288h, 6, 4),  // the second answer to the same
      contact(Direction::outbound, 480h, 7),    // open since ten days
      contact(Direction::inbound, 600h, 8),    contact(Direction::outbound, 612h, 9, 8),
  };
  const Responses talk = responses(contacts, sight_on(29));
  EXPECT_EQ(talk.by_customer.asked, 3U);
  EXPECT_EQ(talk.by_customer.answered, 2U);
  EXPECT_EQ(talk.by_customer.open(), 1U);
  EXPECT_EQ(talk.by_customer.median_days, 2) << "1 and 2 days, and at least 10";
  EXPECT_EQ(talk.by_customer.longest_open_days, 10);
  EXPECT_NEAR(talk.by_customer.rate.value, 2.0 / 3, 1e-15);
  EXPECT_EQ(talk.by_firm.asked, 1U);
  EXPECT_EQ(talk.by_firm.median_days, 0.5);
  EXPECT_EQ(talk.by_firm.longest_open_days, 0);
  EXPECT_EQ(talk.inbound, 4U);
  EXPECT_EQ(talk.outbound, 5U);
  EXPECT_NEAR(talk.inbound_share.value, 4.0 / 9, 1e-15);
  EXPECT_LT(talk.inbound_share.low, 4.0 / 9);
}

TEST(Responses, AnAnswerComesFromTheOtherSideOfTheSameRecordAndNotBefore) {
  Contacts contacts = {contact(Direction::outbound, 24h, 1),
                       contact(Direction::outbound, 48h, 2, 1),  // the firm itself
                       contact(Direction::inbound, 0h, 3, 1),    // before
                       contact(Direction::inbound, 72h, 4, 1)};
  contacts[3].stamp.source = record::SourceId{7};
  EXPECT_EQ(responses(contacts, sight_on(9)).by_customer.answered, 0U);
  contacts[3].stamp.source = {};
  EXPECT_EQ(responses(contacts, sight_on(9)).by_customer.median_days, 2);
  EXPECT_EQ(responses(contacts, sight_on(2)).by_customer.answered, 0U) << "not yet";
  EXPECT_EQ(responses(contacts, sight_on(2)).by_customer.longest_open_days, 2);
}

TEST(Responses, OrderOfRowsDoesNotShow) {
  Contacts contacts = {contact(Direction::outbound, 0h, 1), contact(Direction::inbound, 9h, 2, 1),
                       contact(Direction::inbound, 5h, 3, 1), contact(Direction::outbound, 24h, 4)};
  const Responses talk = responses(contacts, sight_on(9));
  EXPECT_EQ(talk.by_customer.longest_open_days, 9);
  std::ranges::reverse(contacts);
  const Responses reversed = responses(contacts, sight_on(9));
  EXPECT_EQ(talk.by_customer.answered, reversed.by_customer.answered);
  EXPECT_EQ(talk.by_customer.rate.low, reversed.by_customer.rate.low);
}

TEST(Responses, OfSilenceAreAbstained) {
  const Responses silence = responses({}, sight_on(0));
  EXPECT_EQ(silence.by_firm.rate.status, core::Status::abstained);
  EXPECT_EQ(silence.inbound_share.status, core::Status::abstained);
  EXPECT_TRUE(std::isnan(silence.by_firm.median_days));
  const Responses unknown = responses(Contacts{contact(Direction::unknown, 0h, 1)}, sight_on(1));
  EXPECT_EQ(unknown.inbound + unknown.outbound, 0U);
  EXPECT_EQ(responses(Contacts{contact(Direction::outbound, 0h)}, sight_on(1)).by_customer.asked,
            0U)
      << "without a key nothing can refer to it";
  EXPECT_THROW((void)responses({}, sight_on(0), 0), std::domain_error);
}

// The catalogue's response rate folds what this counts.
TEST(Responses, CountAnswersAsTheFoldOfRepliesDoes) {
  std::mt19937 random(31);
  for (int trial = 0; trial < 200; ++trial) {
    Contacts contacts;
    for (record::RowKey key = 1; key <= 8; ++key) {
      const auto direction = static_cast<Direction>(random() % 3);
      contacts.push_back(contact(direction, std::chrono::hours{random() % 20},
                                 random() % 4 == 0 ? 0 : key,
                                 random() % 2 == 0 ? 0 : random() % 9));
      contacts.back().stamp.source = {static_cast<std::uint32_t>(random() % 2)};
    }
    const Replies by_customer = responses(contacts, sight_on(2)).by_customer;
    const auto folded = fold::over(fold::Replies{}, contacts);
    ASSERT_EQ(folded.asked.size(), by_customer.asked);
    ASSERT_EQ(fold::Replies::answered(folded), by_customer.answered);
  }
}

}  // namespace
}  // namespace rapport::relationship
