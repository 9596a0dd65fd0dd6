#ifndef RAPPORT_RELATIONSHIP_KNOWLEDGE_HPP
#define RAPPORT_RELATIONSHIP_KNOWLEDGE_HPP

/// \file
/// How well a customer is known: what is known of the topics that matter, and how fresh it is.
/// Knowledge that nobody renews loses half of its worth in each half-life.

#include <rapport/core/time.hpp>
#include <rapport/record/knowledge_item.hpp>
#include <rapport/record/stamp.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace rapport::relationship {

/// Whole days from an instant of the past to the last second before `now`: on the as-of day itself
/// 0, on the day before 1. \pre `now` is a midnight, such as Sight::now; in zones that put their
/// clocks forward or back, an instant within an hour of midnight may count for the day beside it.
[[nodiscard]] constexpr std::int64_t age_days(core::Instant at, core::Instant now) noexcept {
  return std::chrono::floor<std::chrono::days>(now - at - std::chrono::seconds{1}).count();
}

/// What is left of the worth of knowledge: 2^(-age / half-life), 1 on the day it was learned (and
/// before), 1/2 after one half-life. Exactly 1 for a half-life of 0, which stands for never ageing.
[[nodiscard]] double freshness(std::int64_t age_days, std::uint32_t half_life_days) noexcept;

/// A topic that the business wants to know.
struct WantedTopic {
  record::Name topic = {};
  double weight = 1;  ///< finite, > 0
};

/// What is known of one topic. Items that contradict each other are all kept; that they do is said.
struct TopicKnowledge {
  record::Name topic = {};
  std::uint32_t items = 0;           ///< current items of the topic
  std::uint32_t contradictions = 0;  ///< distinct values beyond the first
  /// Worth of the best item, its freshness times its confidence; 0 if nothing is known.
  double worth = 0;
  double freshness = 0;     ///< of that item; 0 if nothing is known
  record::Name value = {};  ///< what that item says
  core::Instant learned_at = {};

  [[nodiscard]] bool known() const noexcept { return items > 0; }
};

/// What is known of a topic at a date: items that can be seen, and have not ceased to be so. Of
/// items of equal worth the latest counts, of these the one with the least value. O(items + k^2)
/// for k items of the topic, no allocation.
[[nodiscard]] TopicKnowledge topic_knowledge(std::span<const record::KnowledgeItem> items,
                                             record::Name topic, const record::Sight& sight);

/// How well one customer is known. Weights are those of the wanted topics.
struct Knowledge {
  /// Weight of the topics of which something is known, as a share of all; NaN if nothing is wanted.
  double completeness = std::numeric_limits<double>::quiet_NaN();
  /// Mean worth of what is known, by weight; NaN if nothing is.
  double freshness = std::numeric_limits<double>::quiet_NaN();
  /// Completeness times freshness, in [0, 1]: the weighted worth of all that is wanted, nothing
  /// known counting 0; NaN if nothing is wanted.
  double score = std::numeric_limits<double>::quiet_NaN();
  std::uint32_t known = 0;
  std::uint32_t wanted = 0;
  std::uint32_t contradictions = 0;  ///< over the wanted topics
};

/// O(items x wanted), no allocation: cheap enough for each customer of a large base.
/// \throws std::domain_error unless each weight is finite and > 0.
[[nodiscard]] Knowledge knowledge(std::span<const record::KnowledgeItem> items,
                                  std::span<const WantedTopic> wanted, const record::Sight& sight);

/// The same topic by topic, in the order of `wanted`.
[[nodiscard]] std::vector<TopicKnowledge> knowledge_by_topic(
    std::span<const record::KnowledgeItem> items, std::span<const WantedTopic> wanted,
    const record::Sight& sight);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_KNOWLEDGE_HPP
