#ifndef RAPPORT_RELATIONSHIP_CATALOGUE_HPP
#define RAPPORT_RELATIONSHIP_CATALOGUE_HPP

/// \file
/// The aggregates that definitions name: what the library offers, and what a host adds.
///
///     auto catalogue = relationship::built_in_catalogue();
///     catalogue.add("returns", ReturnsCount{},
///                   [](const ReturnsCount::State& state, const record::StoreView&) {
///                     return double(state.count);
///                   });
///
/// An aggregate gives each customer a number in its own unit, or NaN where that cannot be known: a
/// balance that nobody looked at is not zero.

#include <rapport/fold/store.hpp>
#include <rapport/record/view.hpp>
#include <rapport/relationship/definition.hpp>

#include <any>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport::relationship {

/// An aggregate made ready for a view of a store: gives the values of a block of customers. Called
/// from several threads at once.
struct ReadyAggregate {
  /// Aggregates of the same key, unless it is empty, have the same states: a block is folded once
  /// for all of them.
  std::string key = {};
  /// The states of customers [begin, begin + size), of a type that `measure` knows.
  std::function<std::any(const fold::StoreFold& folding, std::uint32_t begin, std::size_t size)>
      fold = {};
  /// A value for each state.
  std::function<void(const std::any& states, const record::StoreView& view,
                     std::span<double> values)>
      measure = {};

  /// The values of customers [begin, begin + values.size()).
  void operator()(const fold::StoreFold& folding, std::uint32_t begin,
                  std::span<double> values) const {
    measure(fold(folding, begin, values.size()), folding.view(), values);
  }
};

/// Makes it from the parameters of an indicator.
using AggregateMaker =
    std::function<ReadyAggregate(const Parameters& parameters, const record::StoreView& view)>;

/// `measure(state of rule, view)` for each customer. Aggregates that are given the same key must
/// have equal rules.
template <class Rule, class Measure>
[[nodiscard]] ReadyAggregate values_of(Rule rule, Measure measure, const std::string& key = {}) {
  using States = std::vector<typename Rule::State>;
  return {.key = key,
          .fold =
              [rule = std::move(rule)](const fold::StoreFold& folding, std::uint32_t begin,
                                       std::size_t size) {
                States states(size);
                for (std::size_t i = 0; i < size; ++i) {
                  const record::CustomerId customer{begin + static_cast<std::uint32_t>(i)};
                  states[i] = folding.state(rule, folding.view().customer(customer));
                }
                return std::any(std::move(states));
              },
          .measure =
              [measure = std::move(measure)](const std::any& states, const record::StoreView& view,
                                             std::span<double> values) {
                const auto& of = *std::any_cast<States>(&states);
                for (std::size_t i = 0; i < values.size(); ++i) values[i] = measure(of[i], view);
              }};
}

/// Aggregates by name. A value; copies share nothing that changes.
class Catalogue {
 public:
  /// Adds an aggregate of the host's.
  /// \throws std::invalid_argument if the name is taken.
  void add(KnownAggregate known, AggregateMaker maker);

  /// The same for a rule and a measure of its state that take no parameters.
  template <class Rule, class Measure>
  void add(std::string name, Rule rule, Measure measure) {
    add(KnownAggregate{.name = std::move(name)},
        AggregateMaker(
            [rule = std::move(rule), measure = std::move(measure)](
                const Parameters&, const record::StoreView&) { return values_of(rule, measure); }));
  }

  /// All that is known of the aggregates, by name: what check() holds a definition to.
  [[nodiscard]] std::span<const KnownAggregate> known() const& noexcept { return known_; }
  [[nodiscard]] std::vector<KnownAggregate> known() && { return std::move(known_); }

  /// \throws std::out_of_range if there is no aggregate of that name.
  [[nodiscard]] ReadyAggregate make(std::string_view name, const Parameters& parameters,
                                    const record::StoreView& view) const;

 private:
  std::vector<KnownAggregate> known_;  // in the order of their names
  std::map<std::string, AggregateMaker, std::less<>> makers_;
};

/// What the library offers. Amounts are in major units of the store's currency. Where nothing is
/// said of unknown values, what did not occur counts 0, and is known.
///
///   name               unit      value, and when it is unknown
///   length_days        days      from the first purchase; unknown without one
///   purchases          days      days with a purchase
///   recency_days       days      since the last purchase; unknown without one
///   net_spend          money     sales less returns and refunds
///   mean_purchase      money     net spend by purchase day; unknown without one
///   regularity         0 to 1    1 / (1 + coefficient of variation of the gaps between purchase
///                                days); unknown with fewer than three of these
///   categories         names     categories bought
///   channels           names     channels bought or spoken on
///   mean_balance       money     mean over time of what the accounts hold together; unknown
///                                without a snapshot, as are the next three
///   minimum_balance    money     the least
///   balance_trend      money     slope of its line, by the year; unknown before time has passed
///   products           names     products of accounts that are not empty
///   interactions       contacts  contacts, in either direction
///   visits             contacts  contacts on the channel `channel`, by default "visit"
///   inbound_share      0 to 1    contacts that the customer began; unknown without directed ones
///   response_rate      0 to 1    contacts of the firm that the customer answered; unknown without
///                                contacts of the firm that an answer could name
///   continuity         0 to 1    contacts with the usual agent; unknown if no agent is named
///   firm_promises      0 to 1    (kept + 1) / (kept + late + broken + 2), the mean by a uniform
///                                prior; unknown if none was kept, late or broken
///   customer_promises  0 to 1    the same of the customer's promises
///   recovery           0 to 1    complaints resolved; unknown without complaints
///
/// Parameters: `window_days` counts the last so many days alone; `category` and `channel` those
/// purchases, `channel` and `department` those contacts, `department` and `kind` those promises.
/// known() says which of them each aggregate takes. A text that no record bears selects nothing.
[[nodiscard]] Catalogue built_in_catalogue();

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_CATALOGUE_HPP
