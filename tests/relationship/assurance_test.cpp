#include <rapport/relationship/assurance.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;

constexpr record::Name promotion{1}, service{2}, sms{3};
constexpr core::Instant may{core::Day{2024y / 5 / 1}};
const record::Sight sight({.as_of = core::as_of("2024-05-31")}, core::Zone());

record::Interaction message(core::Instant at, record::RowKey key) {
  return {.stamp = {.source = record::SourceId{4}, .at = at, .key = key},
          .direction = record::Direction::outbound,
          .channel = sms,
          .purpose = promotion};
}

record::Consent word(record::ConsentState state, core::Instant at, record::RowKey key) {
  return {.stamp = {.source = record::SourceId{4}, .at = at, .key = key},
          .purpose = promotion,
          .channel = sms,
          .state = state};
}

struct Customer {
  std::vector<record::Interaction> interactions;
  std::vector<record::Consent> consents;
  std::vector<record::Complaint> complaints;
  std::vector<record::Promise> promises;
  std::vector<ErasureRequest> erasures;

  [[nodiscard]] Assurance at(const record::Sight& when, const AssuranceRule& rule = {}) const {
    return assurance({interactions, consents, complaints, promises, erasures}, when, rule);
  }
};

// Consent to SMS in May, withdrawn on the 11th; messages before and two days after.
Customer withdrew() {
  Customer customer;
  customer.consents = {word(record::ConsentState::granted, may, 100),
                       word(record::ConsentState::revoked, may + 240h, 101)};
  customer.interactions = {message(may + 288h, 8), message(may + 24h, 7)};
  return customer;
}

TEST(R21_Assurance, AnSmsTwoDaysAfterTheCustomerWithdrewIsOneBreachWithBothKeys) {
  const Assurance panel = withdrew().at(sight);
  EXPECT_EQ(panel.breaches(), 1U);
  ASSERT_EQ(panel.contacts.size(), 1U);
  EXPECT_EQ(panel.contacts[0].contact, (Breach{record::SourceId{4}, 8, may + 288h}));
  EXPECT_EQ(panel.contacts[0].consent_key, 101U);
  EXPECT_EQ(panel.contacts[0].consent_source, record::SourceId{4});
  EXPECT_EQ(panel.contacts[0].permission, Permission::refused);
  EXPECT_TRUE(panel.contacts[0].known_then);
}

TEST(R21_Assurance, AWithdrawalThatNobodyKnewOfIsABreachInGoodFaith) {
  Customer customer = withdrew();
  customer.consents[1].stamp.known = may + 480h;
  const Assurance panel = customer.at(sight);
  ASSERT_EQ(panel.contacts.size(), 1U);
  EXPECT_FALSE(panel.contacts[0].known_then);
  customer.consents[1].stamp.known = sight.known;
  EXPECT_EQ(customer.at(sight).breaches(), 0U) << "as of the date nobody could tell";
}

TEST(Assurance, SilenceAndRepliesAreJudgedByTheRule) {
  Customer customer = withdrew();
  customer.consents.clear();
  const Assurance opt_in = customer.at(sight);
  EXPECT_EQ(opt_in.contacts.size(), 2U);
  EXPECT_EQ(opt_in.contacts[0].contact.key, 7U) << "ordered by instant";
  EXPECT_EQ(opt_in.contacts[0].permission, Permission::unasked);
  EXPECT_EQ(opt_in.contacts[0].consent_key, 0U);
  EXPECT_EQ(customer.at(sight, {.silence_refuses = false}).breaches(), 0U);
  EXPECT_EQ(customer.at(sight, {.consent_needed_for = {service}}).breaches(), 0U);
  customer = withdrew();
  customer.interactions[0].in_reply_to = 6;
  EXPECT_EQ(customer.at(sight).breaches(), 0U) << "an answer to the customer";
  EXPECT_EQ(customer.at(sight, {.replies_need_consent = true}).breaches(), 1U);
  customer = withdrew();
  customer.interactions[0].direction = record::Direction::inbound;
  EXPECT_EQ(customer.at(sight).breaches(), 0U);
}

TEST(R21_Assurance, ComplaintsOpenPastDueAreListed) {
  Customer customer;
  customer.complaints = {
      {.stamp = {.at = may, .key = 1}, .reported_at = may + 48h},
      {.stamp = {.at = may, .key = 2}, .reported_at = may, .resolved_at = may + 24h * 25},
      {.stamp = {.at = may, .key = 3}, .reported_at = may, .resolved_at = sight.now},
      {.stamp = {.at = may + 24h * 20, .key = 4}, .reported_at = may + 24h * 20},
  };
  const Assurance panel = customer.at(sight);
  ASSERT_EQ(panel.complaints_past_due.size(), 2U);
  EXPECT_EQ(panel.complaints_past_due[0], (Breach{{}, 3, may + 24h * 14}));
  EXPECT_EQ(panel.complaints_past_due[1], (Breach{{}, 1, may + 24h * 16}));
  EXPECT_EQ(customer.at(sight, {.complaint_due = std::chrono::days{40}}).breaches(), 0U);
  EXPECT_THROW((void)customer.at(sight, {.complaint_due = -1s}), std::domain_error);
}

TEST(R21_Assurance, PromisesBrokenAreThoseOfTheFirmStillNotKept) {
  Customer customer;
  const auto promise = [&](record::RowKey key) -> record::Promise& {
    customer.promises.push_back({.stamp = {.at = may, .key = key}, .due_at = may + 24h});
    return customer.promises.back();
  };
  promise(1);
  promise(2).kept_at = may + 480h;  // late, not broken
  promise(3).waived_at = may + 1h;
  promise(4).due_at = sight.now;
  promise(5).by = record::Side::customer;
  promise(6).kept_at = may + 1h;
  customer.promises.back().settled_known = sight.known;  // nobody knew
  const Assurance panel = customer.at(sight);
  ASSERT_EQ(panel.promises_broken.size(), 2U);
  EXPECT_EQ(panel.promises_broken[0].key, 1U);
  EXPECT_EQ(panel.promises_broken[1].key, 6U);
}

TEST(R21_Assurance, ErasureRequestsAreInTimeLateOrOpen) {
  Customer customer;
  const core::Instant due = may + 24h * 20;
  customer.erasures = {{{.at = may, .key = 1}, due, due},
                       {{.at = may, .key = 2}, due, due + 1s},
                       {{.at = may, .key = 3}, due, std::nullopt},
                       {{.at = may, .key = 4}, sight.now + 24h, std::nullopt},
                       {{.at = sight.now, .key = 5}, sight.now, std::nullopt}};
  const Assurance panel = customer.at(sight);
  EXPECT_EQ(panel.erasures, 4U);
  EXPECT_EQ(panel.erasures_in_time, 1U);
  EXPECT_EQ(panel.erasures_open, 1U);
  ASSERT_EQ(panel.erasures_late.size(), 2U);
  EXPECT_EQ(panel.erasures_late[0].key, 2U);
  EXPECT_EQ(panel.erasures_late[1].key, 3U);
  EXPECT_EQ(panel.breaches(), 2U);
}

TEST(Assurance, DoesNotDependOnTheOrderOfRowsAndStandsStillWithoutRecords) {
  Customer customer = withdrew();
  customer.consents.erase(customer.consents.begin());
  const Assurance panel = customer.at(sight);
  EXPECT_EQ(panel.contacts.size(), 2U);
  std::ranges::reverse(customer.interactions);
  std::ranges::reverse(customer.consents);
  EXPECT_EQ(customer.at(sight).contacts, panel.contacts);
  EXPECT_EQ(Customer{}.at(sight).breaches(), 0U);
  const record::Sight early({.as_of = core::as_of("2024-05-05")}, core::Zone());
  EXPECT_EQ(withdrew().at(early).breaches(), 0U);
}

}  // namespace
}  // namespace rapport::relationship
