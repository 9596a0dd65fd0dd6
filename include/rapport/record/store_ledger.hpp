#ifndef RAPPORT_RECORD_STORE_LEDGER_HPP
#define RAPPORT_RECORD_STORE_LEDGER_HPP

/// \file
/// The transactions of a store as a ledger: RFM, lifetime value, churn and scores of a store as of
/// a date, by what was known then.
///
///     const record::StoreView view(store, {.as_of = rapport::as_of("2024-06-30")});
///     const auto scores = rapport::score(record::ledger_of(view), {.as_of = view.point().as_of});

#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/record/ledger.hpp>
#include <rapport/record/view.hpp>

#include <vector>

namespace rapport::record {

/// The visible transactions of the view's customers and role. Source records that were joined are
/// one customer of the ledger, under the key of the first of them; customers without a visible
/// transaction are not in it. The refused transactions of the store come along. It is the ledger
/// that the same rows make without a store: same order, same kinds of keys.
/// \throws std::overflow_error and std::length_error as build_ledger; core::Cancelled.
[[nodiscard]] Ledger ledger_of(const StoreView& view, const core::Threads& threads = {},
                               const core::Watch& watch = {});

/// For each customer of a ledger the customer of the view: where columns of the one and of the
/// other meet. `customers` are those of ledger_of(view), or any whose keys are in the store.
/// \throws std::invalid_argument that names a key which is not.
[[nodiscard]] std::vector<CustomerId> customers_of(const StoreView& view,
                                                   const Customers& customers);

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_STORE_LEDGER_HPP
