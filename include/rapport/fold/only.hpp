#ifndef RAPPORT_FOLD_ONLY_HPP
#define RAPPORT_FOLD_ONLY_HPP

/// \file
/// A rule that sees some of the events alone.

#include <rapport/core/time.hpp>
#include <rapport/fold/aggregate.hpp>
#include <rapport/fold/entry.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace rapport::fold {

/// When an event took place.
[[nodiscard]] constexpr core::Instant instant_of(const Entry& entry) noexcept { return entry.at; }
template <class Record>
  requires requires(const Record& record) { record.stamp.at; }
[[nodiscard]] constexpr core::Instant instant_of(const Record& record) noexcept {
  return record.stamp.at;
}

/// `A` of the events for which `wanted` holds. It has the verbs that `A` has: leaving events out
/// breaks no law.
template <class A, class Wanted>
struct Only {
  using State = typename A::State;
  A rule;
  Wanted wanted;

  template <class Event>
  void absorb(State& state, const Event& event)
      const requires Aggregate<A, Event> && std::predicate<const Wanted&, const Event&> {
    if (wanted(event)) rule.absorb(state, event);
  }
  void append(State& state, const State& later) const requires requires(const A& a, State& s) {
    a.append(s, s);
  }
  { rule.append(state, later); }
  void merge(State& state, const State& other) const requires Mergeable<A> {
    rule.merge(state, other);
  }
  void unmerge(State& state, const State& part) const requires Invertible<A> {
    rule.unmerge(state, part);
  }
};
template <class A, class Wanted>
Only(A, Wanted) -> Only<A, Wanted>;

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_ONLY_HPP
