#ifndef RAPPORT_RELATIONSHIP_TIER_HISTORY_HPP
#define RAPPORT_RELATIONSHIP_TIER_HISTORY_HPP

/// \file
/// Where every customer of a store stands after a history of scores. A tier depends on the way to
/// it, so a store that kept no tiers replays them: the index as of each of some days, by what was
/// known on that day.
///
///     const auto index = relationship::evaluate(view, definition);
///     const auto history = relationship::tier_history(
///         view, index, relationship::usual_tiers(), relationship::days_before(as_of, 12));

#include <rapport/core/time.hpp>
#include <rapport/record/view.hpp>
#include <rapport/relationship/index.hpp>
#include <rapport/relationship/tiers.hpp>

#include <optional>
#include <span>
#include <vector>

namespace rapport::relationship {

/// So many days before `last`, each `step_days` before the next, the earliest first; `last` is not
/// among them.
/// \throws std::domain_error unless count >= 0 and step_days > 0.
[[nodiscard]] std::vector<core::AsOf> days_before(core::AsOf last, int count, int step_days = 30);

struct TierHistory {
  std::vector<TierState> states;  ///< row = customer, after the last score
  /// The index on the last of the days before: what a change is explained from.
  std::optional<IndexTable> before = {};
};

/// Lets tiers go through the index on each of `days` and, at last, through `index` itself, which is
/// of `view`. Customers are those of the view on all days. With `options` as they were for `index`;
/// without scales of its own each day ranks customers among those of that day. Time of as many
/// indices as there are days, memory of one.
/// \throws std::invalid_argument unless the days ascend and are before that of the index, or if
/// index and view are of different customers; as evaluate().
[[nodiscard]] TierHistory tier_history(const record::StoreView& view, const IndexTable& index,
                                       const TierPolicy& policy, std::span<const core::AsOf> days,
                                       const IndexOptions& options = {});

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_TIER_HISTORY_HPP
