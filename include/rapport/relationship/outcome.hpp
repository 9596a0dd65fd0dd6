#ifndef RAPPORT_RELATIONSHIP_OUTCOME_HPP
#define RAPPORT_RELATIONSHIP_OUTCOME_HPP

/// \file
/// What became of customers after a day, beside how close they were on it: what weights are
/// estimated from. Indicators see what was known by then, the outcome lies wholly after it.
///
///     const record::StoreView then(store, {.as_of = rapport::as_of("2023-12-31")});
///     const auto index = relationship::evaluate(then, definition);
///     const auto outcomes = relationship::outcomes_of(
///         then, index, {.first = day("2024-01-01"), .last = day("2024-06-30")});
///     const auto weights = relationship::estimate_weights(outcomes.sample());

#include <rapport/core/parallel.hpp>
#include <rapport/core/time.hpp>
#include <rapport/record/view.hpp>
#include <rapport/relationship/estimated_weights.hpp>
#include <rapport/relationship/index.hpp>

#include <optional>
#include <string>
#include <vector>

namespace rapport::relationship {

/// When the outcome is looked for: days in the store's zone, both inclusive.
struct OutcomeWindow {
  core::Day first;
  core::Day last;
  /// The last day whose knowledge of the outcome counts; all that the store knows if nothing is
  /// said.
  std::optional<core::AsOf> known = {};
};

/// Columns of a sample, row = customer of the view.
struct Outcomes {
  std::vector<std::string> names = {};  ///< ids of the indicators
  /// [indicator][customer]: closeness in [0, 1] as of the day of the index, before any weight; NaN
  /// where it is unknown, and for customers of whom nothing had been seen by then: that they bought
  /// later is all that there is of them.
  std::vector<std::vector<double>> indicators = {};
  std::vector<double> bought =
      {};            ///< 1 if the customer bought at least once in the window, else 0
  core::AsOf as_of;  ///< the last day that the indicators have seen
  core::Day outcome_first;
  core::Day outcome_last;

  /// The sample that estimate_weights() takes; it refers to these columns.
  [[nodiscard]] OutcomeSample sample() const&;
  void sample() const&& = delete;  // its spans would outlive the columns
};

/// Closeness by `index`, which was evaluated for `then`, and whether the same customers bought in
/// the window. Clusters are those of `then`: links bear no dates, so give the view clusters of what
/// was linked by its day where links made later would say who came back. Nor can it be seen where
/// IndexOptions::scales came from: cuts of a later base are a leak of their own. O(records).
/// \throws std::invalid_argument where the indicators could have seen the outcome: the window
/// begins on or before a day that the index has seen, by its as_of, known or events; if the window
/// ends before it begins, or after the last record of the store: then it is not known yet who
/// buys; if index and view are of different customers, dates or roles.
[[nodiscard]] Outcomes outcomes_of(const record::StoreView& then, const IndexTable& index,
                                   const OutcomeWindow& window, const core::Threads& threads = {});

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_OUTCOME_HPP
