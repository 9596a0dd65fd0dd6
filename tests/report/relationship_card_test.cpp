#include <rapport/report/relationship_card.hpp>

#include <rapport/record/store_builder.hpp>
#include <rapport/relationship/tiers.hpp>

#include "support/days.hpp"
#include "support/indicator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::report {
namespace {

using namespace std::chrono_literals;
using tests::indicator;
using namespace relationship;
using record::Stamp;
using record::Store;
using record::StoreView;

using tests::first_day;
using tests::on;

IndexDefinition closeness() {
  return {.name = "closeness",
          .indicators = {
              indicator("purchases", "purchases", Saturating{8}, Dimension::frequency, 0.4),
              indicator("promises", "firm_promises", Linear{0, 1}, Dimension::reliability, 0.3),
              indicator("balance", "mean_balance", Saturating{50}, Dimension::depth, 0.3)}};
}

// A: three purchases and a kept promise, then two purchases and a late promise; a promise to come,
// an open complaint by Instagram, knowledge that is old, and words on two channels.
Store shop() {
  record::StoreBuilder builder;
  const auto of_a = [&](int day, record::RowKey key = 0) {
    return Stamp{.source = builder.source(std::string_view("A")), .at = on(day), .key = key};
  };
  const auto add = [&](const auto& row) { EXPECT_FALSE(builder.add(row)); };
  for (const int day : {0, 10, 20, 60, 70}) {
    add(record::StoredTransaction{.stamp = of_a(day), .amount = 1'000, .goods = 600});
  }
  const auto promise = [&](int made, int due, std::optional<int> kept) {
    add(record::Promise{.stamp = of_a(made),
                        .department = record::Department::sales,
                        .kind = builder.name("delivery"),
                        .due_at = on(due),
                        .kept_at = kept ? std::optional<core::Instant>(on(*kept)) : std::nullopt});
  };
  promise(5, 8, 7);
  promise(40, 45, 50);
  promise(75, 90, {});
  add(record::Interaction{.stamp = of_a(45, 7),
                          .department = record::Department::service,
                          .direction = record::Direction::inbound,
                          .channel = builder.name("social:instagram"),
                          .topic = builder.name("packaging")});
  record::Complaint complaint{.stamp = of_a(20, 3),
                              .channel = builder.name("social:instagram"),
                              .category = builder.name("packaging")};
  complaint.stamp.known = complaint.reported_at = on(45);
  add(complaint);
  add(record::RecoveryAction{
      .stamp = of_a(46), .complaint = 3, .kind = record::RecoveryKind::apologise});
  add(record::Interaction{.stamp = of_a(76),
                          .department = record::Department::sales,
                          .direction = record::Direction::outbound,
                          .channel = builder.name("phone")});
  add(record::Consent{.stamp = of_a(1), .channel = builder.name("phone")});
  add(record::Consent{
      .stamp = of_a(2), .channel = builder.name("sms"), .state = record::ConsentState::revoked});
  add(record::KnowledgeItem{.stamp = of_a(0),
                            .topic = builder.name("job"),
                            .value = builder.name("baker"),
                            .half_life_days = 30});
  add(record::Grant{.stamp = of_a(61), .privilege = builder.name("free delivery"), .cost = 250});
  return std::move(builder).build();
}

struct Cards {
  Store store = shop();
  record::PointInTime then{.as_of = core::AsOf(on(39))};
  record::PointInTime now{.as_of = core::AsOf(on(79))};
  StoreView view{store, now};
  IndexTable index = evaluate(view, closeness());
  IndexTable before = evaluate(StoreView(store, then), closeness());
  ChangeExplainer changes{store, {before, store.clusters()}, {index, store.clusters()}};

  [[nodiscard]] RelationshipCard card(CardOptions options = {}) const {
    options.changes = &changes;
    options.changes_since = then.as_of.day();
    return CardMaker(view, index, options)({0});
  }
};

// "+0.03 since last month: +0.04 two purchases, -0.01 one late promise": the parts are the change.
TEST(R37_Card, ListsWhyTheScoreChangedInPartsThatAddUpExactly) {
  const Cards cards;
  const RelationshipCard card = cards.card();
  ASSERT_TRUE(card.changed);
  const Change& change = card.changed->change;
  EXPECT_EQ(card.changed->since, on(39));
  EXPECT_EQ(change.after - change.before, change.total());
  EXPECT_EQ(change.after, card.score);
  const auto of = [&](std::string_view indicator) {
    Micro sum = 0;
    for (const ChangePart& part : change.parts)
      sum += part.indicator == indicator ? part.change : 0;
    return sum;
  };
  EXPECT_GT(of("purchases"), 0);
  EXPECT_LT(of("promises"), 0);
  EXPECT_EQ(of("purchases") + of("promises"), change.total());
  EXPECT_EQ(change.new_records[record::kind_number<record::StoredTransaction>], 2U);
  const std::string text = to_text(card);
  EXPECT_NE(text.find("new: 2 transactions"), std::string::npos) << text;
  EXPECT_NE(text.find("purchases: own events"), std::string::npos) << text;
}

TEST(R37_Card, ShowsReasonsPromisesComplaintsContactAndKnowledge) {
  const RelationshipCard card = Cards().card();
  EXPECT_EQ(card.customer, "A");
  Micro sum = 0;
  for (const auto& reason : card.reasons) sum += reason.contribution;
  EXPECT_EQ(sum, card.score);
  EXPECT_EQ(card.dimensions, 3U);
  EXPECT_EQ(card.coverage, 700'000);
  EXPECT_LT(card.bounds.low, card.score);
  EXPECT_GT(card.bounds.high, card.score);
  ASSERT_EQ(card.open_promises.size(), 1U);
  EXPECT_EQ(card.open_promises[0].due, on(90));
  EXPECT_FALSE(card.open_promises[0].broken);
  EXPECT_EQ(card.firm_reliability.n, 2U);
  EXPECT_EQ(card.customer_reliability.status, core::Status::prior);
  ASSERT_EQ(card.open_complaints.size(), 1U);
  EXPECT_EQ(card.open_complaints[0].silent_days, 25);
  EXPECT_EQ(card.last_contact, on(76));
  EXPECT_EQ(card.next_contact, on(83));
  ASSERT_EQ(card.channels.size(), 3U);
  EXPECT_EQ(card.channels[0].channel, "phone");
  EXPECT_EQ(card.channels[0].permission, Permission::allowed);
  EXPECT_EQ(card.channels[1].permission, Permission::refused);
  EXPECT_EQ(card.channels[2].permission, Permission::unasked);
  ASSERT_EQ(card.to_refresh.size(), 1U);
  EXPECT_EQ(card.to_refresh[0].topic, "job");
  ASSERT_TRUE(card.next_question);
  EXPECT_EQ(card.next_question->indicator, "balance");
  EXPECT_NEAR(card.next_question->gain, 0.3, 1e-12);
}

TEST(R37_Card, ShowsBothSidesOfTheRelationship) {
  const RelationshipCard card = Cards().card();
  EXPECT_EQ(card.gains.firm.account.revenue, 5'000);
  EXPECT_EQ(card.gains.firm.account.contribution(), 5'000 - 3'000 - 250);
  EXPECT_EQ(card.gains.customer.privileges, 250);
  EXPECT_EQ(card.gains.customer.deliveries, 2U);
  EXPECT_EQ(card.balance, Balance::mutual);
  CardOptions last_week;
  last_week.gains_window_days = 7;
  EXPECT_EQ(Cards().card(last_week).gains.firm.account.revenue, 0);
}

TEST(R14_SocialComplaint, IsOneInteractionAndOneComplaint) {
  const Cards cards;
  const RelationshipCard card = cards.card();
  EXPECT_EQ(card.by_kind[record::kind_number<record::Complaint>], 1U);
  const auto contacts = cards.view.customer({0}).rows<record::Interaction>();
  const auto by_instagram = std::count_if(contacts.begin(), contacts.end(), [&](const auto& row) {
    return cards.store.text(row.channel) == "social:instagram" &&
           row.direction == record::Direction::inbound;
  });
  EXPECT_EQ(by_instagram, 1);
  const auto complaints = cards.view.customer({0}).rows<record::Complaint>();
  EXPECT_EQ(cards.store.text(complaints[0].channel), "social:instagram");
}

TEST(R56_Card, DepartmentsAndKindsAddUpToTheWhole) {
  const RelationshipCard card = Cards().card();
  EXPECT_EQ(std::accumulate(card.by_kind.begin(), card.by_kind.end(), std::uint64_t{0}),
            card.events);
  EXPECT_EQ(std::accumulate(card.by_department.begin(), card.by_department.end(), std::uint64_t{0}),
            card.events);
}

TEST(Card, SilenceIsNoConsentUnlessSaid) {
  record::StoreBuilder builder;
  EXPECT_FALSE(builder.add(
      record::Interaction{.stamp = {.source = builder.source(std::string_view("A")), .at = on(1)},
                          .direction = record::Direction::inbound,
                          .channel = builder.name("phone")}));
  const Store store = std::move(builder).build();
  const StoreView view(store, {.as_of = core::AsOf(on(5))});
  const IndexTable index = evaluate(view, closeness());
  EXPECT_FALSE(CardMaker(view, index)({0}).next_contact);
  EXPECT_EQ(CardMaker(view, index, {.silence_is_consent = true})({0}).next_contact, on(6));
  EXPECT_EQ(CardMaker(view, index)({0}).distance, "unknown");  // too little is known
}

TEST(Card, OfSomebodyOfWhomNothingIsSeenIsUnknownAndNotFar) {
  const Store store = shop();
  const StoreView view(store, {.as_of = core::AsOf(first_day - std::chrono::days{2})});
  const IndexTable index = evaluate(view, closeness());
  const RelationshipCard card = CardMaker(view, index)({0});
  EXPECT_EQ(card.distance, "unknown");
  EXPECT_EQ(card.score, unknown_score);
  EXPECT_EQ(card.events, 0U);
  EXPECT_NE(to_text(card).find("unknown"), std::string::npos);
}

TEST(Card, TakesTheTierFromAHistoryOfScores) {
  const Cards cards;
  const TierPolicy policy = usual_tiers();
  std::vector<TierState> states(1);
  const std::vector<Micro> near = {900'000};
  states = advance(policy, std::move(states), fold::day_number(on(70)), near);
  states = advance(policy, std::move(states), fold::day_number(on(79)), cards.index.score);
  CardOptions options;
  options.tier_states = states;
  const RelationshipCard card = cards.card(options);
  EXPECT_EQ(card.distance, "near");  // the minimum stay holds it
  EXPECT_EQ(card.since, on(70));
}

TEST(CardText, KeepsRightToLeftNamesAndHostileTextsInTheirPlace) {
  record::StoreBuilder builder;
  const auto add = [&](std::string_view key, std::string_view kind) {
    EXPECT_FALSE(builder.add(record::Promise{.stamp = {.source = builder.source(key), .at = on(1)},
                                             .kind = builder.name(kind),
                                             .due_at = on(9)}));
  };
  add("\xD9\x85\xD8\xB1\xDB\x8C\xD9\x85", "\x1B[31mred\xE2\x80\xAE");
  const Store store = std::move(builder).build();
  const StoreView view(store, {.as_of = core::AsOf(on(5))});
  const std::string text = to_text(CardMaker(view, evaluate(view, closeness()))({0}));
  EXPECT_NE(text.find("\xE2\x81\xA8\xD9\x85\xD8\xB1\xDB\x8C\xD9\x85\xE2\x81\xA9"),
            std::string::npos);
  EXPECT_EQ(text.find('\x1B'), std::string::npos);
  EXPECT_EQ(text.find("\xE2\x80\xAE"), std::string::npos);
  EXPECT_NE(text.find(" [31mred"), std::string::npos);
}

TEST(CardMaker, RejectsWhatDoesNotFit) {
  const Cards cards;
  const std::vector<TierState> states(2);
  EXPECT_THROW(CardMaker(cards.view, cards.index, {.tier_states = states}), std::invalid_argument);
  EXPECT_THROW(CardMaker(cards.view, cards.index, {.contact_pause_days = -1}), std::domain_error);
  EXPECT_THROW(CardMaker(cards.view, cards.index, {.refresh_below = 2}), std::domain_error);
  EXPECT_THROW(CardMaker(cards.view, cards.index, {.gains_window_days = 0}), std::domain_error);
  EXPECT_THROW(CardMaker(cards.view, IndexTable{.point = cards.now}), std::invalid_argument);
}

}  // namespace
}  // namespace rapport::report
