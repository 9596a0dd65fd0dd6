#ifndef RAPPORT_SCORE_ON_STORE_HPP
#define RAPPORT_SCORE_ON_STORE_HPP

/// \file
/// Columns of a scorecard in the rows of a store's customers, where they meet promises, complaints
/// and closeness.
///
///     const auto scores = rapport::score(record::ledger_of(view), {.as_of = view.point().as_of});
///     const auto causes = relationship::root_causes(view, value_at_risk(view, scores));

#include <rapport/record/view.hpp>
#include <rapport/score/scorecard.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace rapport {

/// A column of the scorecard with a row for each customer of the view, such as
/// `on_store(view, scores, scores.p_alive.value)`; NaN for who is not on the scorecard.
/// \throws std::invalid_argument if the column is not of the scorecard's size, or the scorecard is
/// of customers that are not in the store.
[[nodiscard]] std::vector<double> on_store(const record::StoreView& view,
                                           const Scorecard& scorecard,
                                           std::span<const double> column);

/// What is to be lost with each customer of the view: churn_risk x residual_value, in minor units,
/// rounded half to even; 0 where either is unknown, or where nothing is to be lost.
/// \throws as on_store(); std::overflow_error for a value beyond 64 bits.
[[nodiscard]] std::vector<std::int64_t> value_at_risk(const record::StoreView& view,
                                                      const Scorecard& scorecard);

}  // namespace rapport

#endif  // RAPPORT_SCORE_ON_STORE_HPP
