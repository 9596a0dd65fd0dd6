#ifndef RAPPORT_TESTS_SUPPORT_SCORED_BASE_HPP
#define RAPPORT_TESTS_SUPPORT_SCORED_BASE_HPP

/// \file
/// The histories of scores of many customers, customer after customer.

#include <rapport/relationship/tiers.hpp>

#include <cstdint>
#include <vector>

namespace rapport::tests {

struct ScoredBase {
  std::vector<std::uint64_t> offsets = {0};
  std::vector<relationship::DayNumber> days;
  std::vector<relationship::Micro> scores;

  void add(const std::vector<relationship::ScoreOn>& observations) {
    for (const relationship::ScoreOn& o : observations) {
      days.push_back(o.day);
      scores.push_back(o.score.value_or(relationship::unknown_score));
    }
    offsets.push_back(days.size());
  }
  [[nodiscard]] relationship::ScoreSeries series() const { return {offsets, days, scores}; }
};

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_SCORED_BASE_HPP
