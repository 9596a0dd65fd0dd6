#ifndef RAPPORT_FOLD_SPEND_HPP
#define RAPPORT_FOLD_SPEND_HPP

/// \file
/// What a customer spends, in whole minor units. No sum can overflow: the ledger proved it when
/// its rows were loaded.

#include <rapport/fold/entry.hpp>

#include <cstdint>

namespace rapport::fold {

/// Sales less returns and refunds. Models Invertible.
struct NetSpend {
  struct State {
    std::int64_t total = 0;

    friend constexpr bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const Entry& entry) const { state.total += entry.amount; }
  void merge(State& state, const State& other) const { state.total += other.total; }
  void unmerge(State& state, const State& part) const { state.total -= part.total; }
};

/// Sales and what came back, apart. Models Invertible.
struct GrossSpend {
  struct State {
    std::int64_t sold = 0;      ///< amounts of purchases, >= 0
    std::int64_t returned = 0;  ///< size of returns and refunds, >= 0

    friend constexpr bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const Entry& entry) const {
    (entry.is_purchase() ? state.sold : state.returned) +=
        entry.is_purchase() ? entry.amount : -entry.amount;
  }
  void merge(State& state, const State& other) const {
    state.sold += other.sold;
    state.returned += other.returned;
  }
  void unmerge(State& state, const State& part) const {
    state.sold -= part.sold;
    state.returned -= part.returned;
  }
};

/// Net spend on the days after the first purchase day: with PurchaseDays, the mean amount of
/// repeat purchase days that spend models take. Aggregate and no more: a later stretch does not
/// know which day of its own was the customer's first.
struct RepeatSpend {
  struct State {
    DayNumber first_day = 0;  ///< first purchase day
    bool bought = false;
    std::int64_t total = 0;  ///< sales less returns and refunds after that day

    friend constexpr bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const Entry& entry) const {
    if (state.bought) {
      if (entry.day != state.first_day) state.total += entry.amount;
    } else if (entry.is_purchase()) {
      state.first_day = entry.day;
      state.bought = true;
    }
  }
};

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_SPEND_HPP
