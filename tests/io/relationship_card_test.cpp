#include <rapport/io/relationship_card.hpp>

#include "support/days.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>

namespace rapport::io {
namespace {

using report::RelationshipCard;
using tests::on;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

RelationshipCard unknown_card() {
  return {.customer = "A",
          .sources = {"A"},
          .as_of = core::AsOf(on(79)),
          .definition = "closeness 1",
          .fingerprint = "f00d",
          .currency = core::Currency("EUR"),
          .reasons = {},
          .changed = {},
          .open_promises = {},
          .firm_reliability = {},
          .customer_reliability = {},
          .open_complaints = {},
          .channels = {},
          .last_contact = {},
          .next_contact = {},
          .usual_channel = {},
          .usual_hours = {},
          .to_refresh = {},
          .next_question = {},
          .gains = {}};
}

// The text of a member of the outermost object, up to the member that follows it.
std::string member(const std::string& json, std::string_view key, std::string_view next) {
  const std::string begin = '"' + std::string(key) + "\": ";
  const std::size_t from = json.find(begin);
  const std::size_t to = json.find(", \"" + std::string(next) + "\": ", from);
  if (from == std::string::npos || to == std::string::npos) return json;
  return json.substr(from + begin.size(), to - from - begin.size());
}

TEST(RelationshipCardJson, WhatIsUnknownIsNull) {
  const std::string json = to_json(unknown_card());
  EXPECT_TRUE(json.starts_with(
      R"({"customer": "A", "sources": ["A"], "as_of": "2024-03-20", "definition": "closeness 1", )"
      R"("fingerprint": "f00d", "score": null, )"))
      << json;
  EXPECT_EQ(member(json, "distance", "distance_since"), R"("unknown")");
  EXPECT_EQ(member(json, "distance_since", "dimensions"), "null");
  EXPECT_EQ(member(json, "reasons", "change"), "[]");
  EXPECT_EQ(member(json, "change", "promises"), "null");
  EXPECT_EQ(member(json, "usual_channel", "usual_hours"),
            R"({"value": null, "support": 0, "of": 0})");
  EXPECT_EQ(member(json, "next_question", "gains"), "null");
  EXPECT_EQ(member(json, "balance", "currency"), R"("unknown")");
  EXPECT_EQ(json.find('\n'), std::string::npos);
}

TEST(RelationshipCardJson, PrintedContributionsAddUpToThePrintedScore) {
  RelationshipCard card = unknown_card();
  card.score = 700'001;
  card.coverage = relationship::one;
  card.distance = "near";
  card.since = on(10);
  card.reasons = {{.indicator = "purchases",
                   .dimension = relationship::Dimension::frequency,
                   .value = 5,
                   .weight = 0.5,
                   .contribution = 500'000},
                  {.indicator = "promises",
                   .dimension = relationship::Dimension::reliability,
                   .value = nan,
                   .weight = 0.25,
                   .contribution = 200'001}};
  const std::string json = to_json(card);
  EXPECT_EQ(member(json, "score", "low"), "0.700001");
  EXPECT_EQ(member(json, "coverage", "distance"), "1");
  EXPECT_EQ(member(json, "distance_since", "dimensions"), R"("2024-01-11")");
  EXPECT_EQ(member(json, "reasons", "change"),
            R"([{"indicator": "purchases", "dimension": "frequency", "value": 5, "weight": 0.5, )"
            R"("contribution": 0.5}, {"indicator": "promises", "dimension": "reliability", )"
            R"("value": null, "weight": 0.25, "contribution": 0.200001}])");
}

TEST(RelationshipCardJson, TellsWhyTheScoreChanged) {
  RelationshipCard card = unknown_card();
  card.changed = {.since = on(39), .change = {.before = 100'000, .after = 90'000}};
  card.changed->change.parts = {
      {.cause = relationship::Cause::ageing, .indicator = "length", .change = -10'000}};
  card.changed->change.new_records[record::kind_number<record::Promise>] = 2;
  EXPECT_EQ(member(to_json(card), "change", "promises"),
            R"({"since": "2024-02-09", "before": 0.1, "after": 0.09, "total": -0.01, )"
            R"("parts": [{"cause": "ageing", "indicator": "length", "change": -0.01}], )"
            R"("new_records": {"promises": 2}})");
}

TEST(RelationshipCardJson, ListsPromisesComplaintsContactAndKnowledge) {
  RelationshipCard card = unknown_card();
  card.open_promises = {{.by = record::Side::firm,
                         .kind = "delivery",
                         .department = record::Department::sales,
                         .due = on(90),
                         .broken = true}};
  card.open_complaints = {{.category = "packaging",
                           .failed = on(20),
                           .reported = on(45),
                           .silent_days = 25,
                           .answer = "apology"}};
  card.channels = {{.channel = "sms", .permission = relationship::Permission::refused}};
  card.last_contact = on(76);
  card.usual_channel = {"phone", 4, 5, core::Status::known};
  card.to_refresh = {{.topic = "job", .value = "baker", .age_days = 79, .worth = 0.25}};
  card.next_question = {.indicator = "balance", .gain = 0.5};
  const std::string json = to_json(card);
  EXPECT_EQ(member(json, "open", "open_complaints"),
            R"([{"by": "firm", "kind": "delivery", "department": "sales", "due": "2024-03-31", )"
            R"("broken": true}]})");
  EXPECT_EQ(member(json, "open_complaints", "contact"),
            R"([{"category": "packaging", "failed": "2024-01-21", "reported": "2024-02-15", )"
            R"("silent_days": 25, "answer": "apology"}])");
  EXPECT_EQ(member(json, "contact", "usual_channel"),
            R"({"last": "2024-03-17", "next": null, )"
            R"("channels": [{"channel": "sms", "permission": "refused"}])");
  EXPECT_EQ(member(json, "usual_channel", "usual_hours"),
            R"({"value": "phone", "support": 4, "of": 5})");
  EXPECT_EQ(member(json, "to_refresh", "next_question"),
            R"([{"topic": "job", "value": "baker", "age_days": 79, "worth": 0.25}])");
  EXPECT_EQ(member(json, "next_question", "gains"), R"({"indicator": "balance", "gain": 0.5})");
}

TEST(RelationshipCardJson, AmountsAreExactDecimalsInMajorUnits) {
  RelationshipCard card = unknown_card();
  card.gains.firm.account.revenue = 9'007'199'254'740'993;  // no double
  card.gains.firm.account.goods = 5;
  card.balance = relationship::Balance::one_sided_firm;
  const std::string json = to_json(card);
  EXPECT_EQ(member(json, "revenue", "returns"), "90071992547409.93");
  EXPECT_EQ(member(json, "goods", "activity_cost"), "0.05");
  EXPECT_EQ(member(json, "balance", "currency"), "\"one_sided(firm)\"");
  EXPECT_EQ(member(json, "delivery_days", "events"), "null}}") << "none was delivered";
}

TEST(RelationshipCardJson, CountsEveryDepartmentAndKind) {
  RelationshipCard card = unknown_card();
  card.events = 3;
  card.by_department = {1, 0, 2, 0};
  card.by_kind[record::kind_number<record::Grant>] = 3;
  const std::string json = to_json(card);
  EXPECT_EQ(member(json, "by_department", "by_kind"),
            R"({"unknown": 1, "marketing": 0, "sales": 2, "service": 0})");
  EXPECT_TRUE(json.ends_with(R"("relations": 0, "grants": 3}}})")) << json;
}

TEST(RelationshipCardJson, BytesThatAreNoUtf8BecomeReplacementsAndQuotesAreEscaped) {
  RelationshipCard card = unknown_card();
  card.customer = "a\xFF\"b\n\xD9\x85";
  const std::string json = to_json(card);
  EXPECT_EQ(member(json, "customer", "sources"), "\"a\xEF\xBF\xBD\\\"b\\n\xD9\x85\"");
}

}  // namespace
}  // namespace rapport::io
