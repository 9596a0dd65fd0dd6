#ifndef RAPPORT_RELATIONSHIP_WHOLE_BASE_HPP
#define RAPPORT_RELATIONSHIP_WHOLE_BASE_HPP

/// \file
/// Questions about all customers of a store at once, as of the date of a view: what each side
/// gains, which promises are kept, why customers complain, who is lost in part, how well they are
/// known. Columns have a row for each customer of the view.
///
///     const record::StoreView view(store, {.as_of = rapport::as_of("2024-06-30")});
///     const auto gains = relationship::two_way_gains(view, {.window_days = 365});
///     for (const auto place : relationship::one_sided(gains).customer) ...
///
/// What is an aggregate needs no function here; accounts of profit, for one, are
///
///     const auto [accounts] = fold::StoreFold(view).each_customer({}, economics::Profit{});
///
/// All of it is the same bytes for any number of threads and any order of rows. Each function
/// throws core::Cancelled if the host asked to stop, beside what it names.

#include <rapport/economics/profit.hpp>
#include <rapport/fold/store.hpp>
#include <rapport/fold/window.hpp>
#include <rapport/record/view.hpp>
#include <rapport/relationship/coverage.hpp>
#include <rapport/relationship/defection.hpp>
#include <rapport/relationship/knowledge.hpp>
#include <rapport/relationship/phase.hpp>
#include <rapport/relationship/promises.hpp>
#include <rapport/relationship/relationality.hpp>
#include <rapport/relationship/root_causes.hpp>
#include <rapport/relationship/two_way.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace rapport::relationship {

/// Over which days, and in which of the store's words, gains are counted.
struct GainsOptions {
  int window_days = 365;  ///< the last so many days, the as-of day among them; >= 1
  economics::TimeCost time_cost = {};
  std::string delivery = "delivery";  ///< the kind of promise that is a delivery
  std::string referrer = "referrer";  ///< what a customer is to those whom they brought
};

/// The aggregate behind two_way_gains().
/// \throws std::domain_error unless window_days >= 1.
[[nodiscard]] TwoWayGains gains_rule(const record::StoreView& view,
                                     const GainsOptions& options = {});

/// What each side of every relationship gained; one_sided() finds those where one side alone does.
/// \throws as gains_rule(); std::overflow_error if a sum leaves 64 bits.
[[nodiscard]] std::vector<TwoWay> two_way_gains(const record::StoreView& view,
                                                const GainsOptions& gains = {},
                                                const fold::StoreOptions& options = {});

/// The phase of every customer. `ends` as for a ledger.
/// \throws as phases() of a ledger.
[[nodiscard]] std::vector<Phase> phases(const record::StoreView& view,
                                        const PhaseDefinition& definition = {},
                                        std::span<const fold::DayNumber> ends = {},
                                        const fold::StoreOptions& options = {});

/// The promises of all customers by side, department and kind.
/// \throws as promise_table() of a span.
[[nodiscard]] std::vector<PromiseRecord> promise_table(
    const record::StoreView& view, const ReliabilityOptions& reliability = {},
    double half_life_days = std::numeric_limits<double>::infinity(),
    const fold::StoreOptions& options = {});

/// Why customers complain: the causes of all complaints that were reported by the date.
/// `value_at_risk` holds minor units for each customer, such as score/on_store.hpp makes; without
/// any, causes stand by their complaints.
/// \throws as root_causes() of a span; std::invalid_argument for another number of values than
/// customers.
[[nodiscard]] std::vector<RootCause> root_causes(const record::StoreView& view,
                                                 std::span<const std::int64_t> value_at_risk = {},
                                                 const fold::StoreOptions& options = {});

/// What speaks for a relationship with each customer. Contacts without a first purchase before them
/// do not count; open commitments are the promises of either side that are still to be kept.
[[nodiscard]] std::vector<RelationalEvidence> relational_evidence(
    const record::StoreView& view, const fold::StoreOptions& options = {});

/// The two windows in which a customer's visits are compared.
struct DefectionWindows {
  fold::Window baseline = {};
  fold::Window recent = {};
};

/// Which categories every customer has lost interest in; they go by the store's names. `p_alive`
/// holds a probability for each customer, NaN where there is none; or nothing at all.
/// \throws as partial_defection() of one customer; std::invalid_argument if the windows overlap, or
/// for another number of probabilities than customers.
[[nodiscard]] std::vector<Defection> partial_defection(const record::StoreView& view,
                                                       const DefectionWindows& windows,
                                                       std::span<const double> p_alive = {},
                                                       const DefectionRule& rule = {},
                                                       const fold::StoreOptions& options = {});

/// How well every customer is known.
/// \throws as knowledge() of one customer.
[[nodiscard]] std::vector<Knowledge> knowledge(const record::StoreView& view,
                                               std::span<const WantedTopic> wanted,
                                               const fold::StoreOptions& options = {});

/// Which of the wanted data there are of every customer.
[[nodiscard]] std::vector<Coverage> coverage(const record::StoreView& view,
                                             std::span<const WantedItem> wanted,
                                             const fold::StoreOptions& options = {});

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_WHOLE_BASE_HPP
