#ifndef RAPPORT_FOLD_AGGREGATE_HPP
#define RAPPORT_FOLD_AGGREGATE_HPP

/// \file
/// What an aggregate is, and which law each of its verbs promises.
///
/// An aggregate is a rule (a constant value, shared by all customers) with a `State` that takes in
/// one customer's events in order. A default State is that of no events. Write h(X) for the state
/// after the events X; the verb says the law:
///
///   concept       verb                      law
///   Aggregate     absorb(state, event)      h(X and e) from h(X): prefixes, and events at the end
///   Consecutive   append(state, later)      h(X and Y) from h(X), h(Y) if all of X is before Y
///   Mergeable     merge(state, other)       h(X and Y) from h(X), h(Y) for any disjoint X and Y
///   Invertible    unmerge(state, part)      h(X) from h(X and Y), h(Y)
///
/// Each is a const member function of the rule that changes its first argument. Laws hold to the
/// last bit: sums of doubles obey none of the last three, so sum integers. testing/laws.hpp tries
/// the laws on generated events.

#include <concepts>
#include <type_traits>

namespace rapport::fold {

/// A rule with a State: what every concept below begins with. The rule is copied into the loops,
/// and read from several threads at once.
template <class A>
concept Rule = std::copyable<A> && requires {
  typename A::State;
} && std::default_initializable<typename A::State> && std::copyable<typename A::State>;

/// Takes in one customer's events of kind `Event`, in order.
template <class A, class Event>
concept Aggregate = Rule<A> &&
    requires(const A& rule, typename A::State& state, const Event& event) {
  rule.absorb(state, event);
};

/// Joins the states of any two disjoint sets of one customer's events, such as those of two
/// source records that turn out to be one customer.
template <class A>
concept Mergeable = Rule<A> &&
    requires(const A& rule, typename A::State& state, const typename A::State& other) {
  rule.merge(state, other);
};

/// Joins the states of two stretches of time, one all before the other; the cut may run through a
/// day. What merges any two states joins these too.
template <class A>
concept Consecutive = Mergeable<A> ||
    (Rule<A>&& requires(const A& rule, typename A::State& state, const typename A::State& later) {
      rule.append(state, later);
    });

/// Takes a part out of a state again, such as a source record that is separated or erased.
template <class A>
concept Invertible = Mergeable<A> &&
    requires(const A& rule, typename A::State& state, const typename A::State& part) {
  rule.unmerge(state, part);
};

/// The state of a range of events, in their order: h itself, for one customer.
template <class A, class Events>
[[nodiscard]] typename A::State over(const A& rule, const Events& events) {
  typename A::State state{};
  for (const auto& event : events) {
    static_assert(Aggregate<A, std::remove_cvref_t<decltype(event)>>,
                  "rapport: this aggregate lacks absorb(state, event), which folding needs");
    rule.absorb(state, event);
  }
  return state;
}

/// Joins `later` to `state`. \pre no event behind `later` is before one behind `state`.
template <class A>
void append(const A& rule, typename A::State& state, const typename A::State& later) {
  static_assert(Consecutive<A>,
                "rapport: this aggregate lacks append(state, later), which joining stretches of "
                "time and totals over the base need");
  if constexpr (requires { rule.append(state, later); }) {
    rule.append(state, later);
  } else if constexpr (Mergeable<A>) {
    rule.merge(state, later);
  }
}

/// Joins `other` to `state`. \pre no event is behind both.
template <class A>
void merge(const A& rule, typename A::State& state, const typename A::State& other) {
  static_assert(Mergeable<A>,
                "rapport: this aggregate lacks merge(state, other), which joining two states "
                "needs; without it, fold the joined rows anew");
  if constexpr (Mergeable<A>) rule.merge(state, other);
}

/// Takes `part` out of `state`. \pre every event behind `part` is behind `state`.
template <class A>
void unmerge(const A& rule, typename A::State& state, const typename A::State& part) {
  static_assert(Invertible<A>,
                "rapport: this aggregate lacks unmerge(state, part), which erasing from a state "
                "needs; without it, fold the rows that stay anew");
  if constexpr (Invertible<A>) rule.unmerge(state, part);
}

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_AGGREGATE_HPP
