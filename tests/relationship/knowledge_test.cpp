#include <rapport/relationship/knowledge.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;

constexpr record::Name job{1}, family{2}, price{3}, baker{11}, teacher{12}, no_matter{13};

const record::Sight sight({.as_of = core::as_of("2024-12-31")}, core::Zone());

// Learned in the morning so many days before the as-of day.
record::KnowledgeItem item(record::Name topic, record::Name value, int days_ago,
                           std::uint32_t half_life = 365) {
  const core::Instant at = core::Instant{core::Day{2024y / 12 / 31}} + 9h - 24h * days_ago;
  return {.stamp = {.at = at}, .topic = topic, .value = value, .half_life_days = half_life};
}

TEST(R51_FreshnessOfKnowledge, HalvesWithEachHalfLife) {
  EXPECT_EQ(freshness(0, 365), 1);
  EXPECT_EQ(freshness(365, 365), 0.50);
  EXPECT_EQ(freshness(730, 365), 0.25);
  EXPECT_EQ(freshness(10'000, 0), 1) << "without a half-life it does not age";
  EXPECT_EQ(freshness(-1, 365), 1);
}

TEST(R51_FreshnessOfKnowledge, AJobLearnedAYearAgoIsWorthHalfAndTwoYearsAgoAQuarter) {
  const std::vector<record::KnowledgeItem> year = {item(job, baker, 365)};
  const std::vector<record::KnowledgeItem> two_years = {item(job, baker, 730)};
  EXPECT_EQ(topic_knowledge(year, job, sight).freshness, 0.50);
  EXPECT_EQ(topic_knowledge(two_years, job, sight).freshness, 0.25);
}

TEST(Knowledge, AgesAreCountedInDaysOfTheCalendar) {
  EXPECT_EQ(age_days(sight.now - 1s, sight.now), 0);
  EXPECT_EQ(age_days(sight.now - 24h, sight.now), 0) << "the first second of the as-of day";
  EXPECT_EQ(age_days(sight.now - 24h - 1s, sight.now), 1);
}

TEST(Knowledge, IsCompletenessTimesFreshnessByTopic) {
  const std::vector<record::KnowledgeItem> items = {item(job, baker, 365), item(price, baker, 0)};
  const std::vector<WantedTopic> wanted = {{job, 2}, {family, 1}, {price, 1}};
  const Knowledge known = knowledge(items, wanted, sight);
  EXPECT_EQ(known.known, 2U);
  EXPECT_EQ(known.wanted, 3U);
  EXPECT_EQ(known.completeness, 0.75);
  EXPECT_EQ(known.score, 0.5) << "(2 x 0.5 + 0 + 1 x 1) / 4";
  EXPECT_NEAR(known.completeness * known.freshness, known.score, 1e-15);
  EXPECT_EQ(known.contradictions, 0U);

  const auto topics = knowledge_by_topic(items, wanted, sight);
  ASSERT_EQ(topics.size(), 3U);
  EXPECT_TRUE(topics[0].known());
  EXPECT_FALSE(topics[1].known());
  EXPECT_EQ(topics[1].worth, 0);
}

TEST(Knowledge, KeepsContradictionsAndCountsThem) {
  std::vector<record::KnowledgeItem> items = {item(price, no_matter, 10), item(price, baker, 5),
                                              item(price, baker, 700), item(job, teacher, 1)};
  items[1].basis = record::Basis::inferred;
  TopicKnowledge topic = topic_knowledge(items, price, sight);
  EXPECT_EQ(topic.items, 3U);
  EXPECT_EQ(topic.contradictions, 1U) << "two values, though three items";
  EXPECT_EQ(topic.value, baker);
  items[1].confidence_percent = 50;
  topic = topic_knowledge(items, price, sight);
  EXPECT_EQ(topic.value, no_matter) << "what is less certain is worth less";
  EXPECT_NEAR(topic.worth, std::exp2(-10.0 / 365), 1e-15);
  const std::vector<WantedTopic> wanted = {{job}, {price}};
  EXPECT_EQ(knowledge(items, wanted, sight).contradictions, 1U);
}

TEST(Knowledge, DoesNotDependOnTheOrderOfRows) {
  std::vector<record::KnowledgeItem> items = {item(job, teacher, 30), item(job, baker, 30),
                                              item(job, no_matter, 60), item(job, baker, 10, 5)};
  std::ranges::sort(items, {}, &record::KnowledgeItem::value);
  const TopicKnowledge first = topic_knowledge(items, job, sight);
  EXPECT_EQ(first.value, baker) << "of equal worth and date the least value";
  EXPECT_EQ(first.contradictions, 2U);
  do {
    const TopicKnowledge topic = topic_knowledge(items, job, sight);
    EXPECT_EQ(topic.value, first.value);
    EXPECT_EQ(topic.worth, first.worth);
    EXPECT_EQ(topic.contradictions, first.contradictions);
  } while (std::ranges::next_permutation(items, {}, &record::KnowledgeItem::value).found);
}

TEST(Knowledge, SeesOnlyWhatWasKnownAndStillSo) {
  std::vector<record::KnowledgeItem> items(4, item(job, baker, 5));
  items[0].stamp.known = sight.now;        // learned of later
  items[1].stamp.voided = sight.now - 1h;  // taken back
  items[2].until = sight.now - 24h;        // no longer so
  items[3].stamp.at = sight.now + 24h;     // yet to come
  EXPECT_FALSE(topic_knowledge(items, job, sight).known());
  items[2].until = sight.now + 24h;
  EXPECT_TRUE(topic_knowledge(items, job, sight).known());
}

TEST(Knowledge, OfNothingWantedOrNothingKnownIsNoNumber) {
  EXPECT_TRUE(std::isnan(knowledge({}, {}, sight).completeness));
  const std::vector<WantedTopic> wanted = {{job}};
  const Knowledge nothing = knowledge({}, wanted, sight);
  EXPECT_EQ(nothing.completeness, 0);
  EXPECT_EQ(nothing.score, 0);
  EXPECT_TRUE(std::isnan(nothing.freshness));
}

TEST(Knowledge, RejectsWeightsThatAreNotPositive) {
  EXPECT_THROW((void)knowledge({}, std::vector<WantedTopic>{{job, 0}}, sight), std::domain_error);
  EXPECT_THROW((void)knowledge({}, std::vector<WantedTopic>{{job, std::nan("")}}, sight),
               std::domain_error);
}

}  // namespace
}  // namespace rapport::relationship
