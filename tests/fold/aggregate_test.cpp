#include <rapport/fold/aggregate.hpp>

#include <rapport/fold/purchases.hpp>
#include <rapport/fold/spend.hpp>

#include <gtest/gtest.h>

namespace rapport::fold {
namespace {

static_assert(Aggregate<RepeatSpend, Entry> && !Consecutive<RepeatSpend>);
static_assert(Consecutive<PurchaseDays> && !Mergeable<PurchaseDays>);
static_assert(Consecutive<EntrySpan> && Mergeable<EntrySpan> && !Invertible<EntrySpan>);
static_assert(Invertible<NetSpend> && Invertible<PurchaseCount> && Invertible<GrossSpend>);
static_assert(!Aggregate<NetSpend, int> && !Rule<int>);

TEST(Aggregate, StateOfNoEventsIsTheDefaultOne) {
  EXPECT_EQ(over(NetSpend{}, std::vector<Entry>{}), NetSpend::State{});
}

TEST(Aggregate, WhatMergesAnyTwoStatesAlsoAppends) {
  NetSpend::State state{5};
  append(NetSpend{}, state, {7});
  EXPECT_EQ(state.total, 12);
  merge(NetSpend{}, state, {1});
  unmerge(NetSpend{}, state, {7});
  EXPECT_EQ(state.total, 6);
}

// An aggregate of two record kinds: what it absorbs is asked apart for each.
struct Contact {
  DayNumber day;
};
struct LastSeen {
  using State = DayNumber;
  void absorb(State& state, const Entry& entry) const { state = entry.day; }
  void absorb(State& state, const Contact& contact) const { state = contact.day; }
};
static_assert(Aggregate<LastSeen, Entry> && Aggregate<LastSeen, Contact>);

}  // namespace
}  // namespace rapport::fold
