#include <rapport/relationship/knowledge.hpp>

#include <rapport/core/check.hpp>

#include <algorithm>
#include <cmath>

namespace rapport::relationship {
namespace {

bool is_current(const record::KnowledgeItem& item, record::Name topic,
                const record::Sight& sight) noexcept {
  return item.topic == topic && sight.sees(item.stamp) && !(item.until && *item.until < sight.now);
}

}  // namespace

double freshness(std::int64_t age_days, std::uint32_t half_life_days) noexcept {
  if (half_life_days == 0 || age_days <= 0) return 1;
  return std::exp2(-static_cast<double>(age_days) / half_life_days);
}

TopicKnowledge topic_knowledge(std::span<const record::KnowledgeItem> items, record::Name topic,
                               const record::Sight& sight) {
  TopicKnowledge result{.topic = topic};
  for (std::size_t i = 0; i < items.size(); ++i) {
    const record::KnowledgeItem& item = items[i];
    if (!is_current(item, topic, sight)) continue;
    const bool said_before = std::ranges::any_of(items.first(i), [&](const auto& earlier) {
      return earlier.value == item.value && is_current(earlier, topic, sight);
    });
    result.contradictions += !said_before && result.items > 0;
    const double left = freshness(age_days(item.stamp.at, sight.now), item.half_life_days);
    const double worth = left * item.confidence_percent / 100;
    // In the order of worth, then of date, then of value: no order of rows shows.
    const auto better = [&] {
      if (worth != result.worth) return worth > result.worth;
      if (item.stamp.at != result.learned_at) return item.stamp.at > result.learned_at;
      return item.value < result.value;
    };
    if (result.items == 0 || better()) {
      result.worth = worth;
      result.freshness = left;
      result.value = item.value;
      result.learned_at = item.stamp.at;
    }
    ++result.items;
  }
  return result;
}

Knowledge knowledge(std::span<const record::KnowledgeItem> items,
                    std::span<const WantedTopic> wanted, const record::Sight& sight) {
  Knowledge result;
  double all = 0, known = 0, worth = 0;
  for (const WantedTopic& topic : wanted) {
    core::check_positive_finite(topic.weight, "WantedTopic", "weight");
    const TopicKnowledge of_topic = topic_knowledge(items, topic.topic, sight);
    ++result.wanted;
    result.known += of_topic.known();
    result.contradictions += of_topic.contradictions;
    all += topic.weight;
    known += of_topic.known() ? topic.weight : 0;
    worth += topic.weight * of_topic.worth;
  }
  if (result.wanted > 0) {
    result.completeness = known / all;
    result.score = worth / all;
  }
  if (result.known > 0) result.freshness = worth / known;
  return result;
}

std::vector<TopicKnowledge> knowledge_by_topic(std::span<const record::KnowledgeItem> items,
                                               std::span<const WantedTopic> wanted,
                                               const record::Sight& sight) {
  std::vector<TopicKnowledge> topics;
  topics.reserve(wanted.size());
  for (const WantedTopic& topic : wanted) {
    topics.push_back(topic_knowledge(items, topic.topic, sight));
  }
  return topics;
}

}  // namespace rapport::relationship
