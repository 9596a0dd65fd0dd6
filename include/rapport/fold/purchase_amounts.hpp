#ifndef RAPPORT_FOLD_PURCHASE_AMOUNTS_HPP
#define RAPPORT_FOLD_PURCHASE_AMOUNTS_HPP

/// \file
/// What a customer spent on each purchase day, as far as laws of single amounts need it: how many,
/// their sum, and the sum of their logarithms.

#include <rapport/fold/entry.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace rapport::fold {

/// Amounts of purchase days: what was sold on a day with a sale, less what came back on that day.
/// What comes back on a day without a sale belongs to no purchase and is left out. Logarithms are
/// in fixed point of 40 bits: their sum is exact once each is rounded (by at most 5e-13). Models
/// Consecutive.
///
/// Days within a stretch are settled; its first and its last day may go on in the stretch before or
/// after it, and which day was the customer's first only the whole knows. So these are kept apart.
struct PurchaseAmounts {
  /// Amounts of some days.
  struct Sum {
    std::uint32_t days = 0;
    std::uint32_t not_positive = 0;  ///< of them with an amount <= 0, which has no logarithm
    std::int64_t total = 0;          ///< minor units
    std::int64_t logs = 0;           ///< 2^40 times the sum of ln(amount in minor units)

    /// Mean amount in minor units; NaN without a day.
    [[nodiscard]] double mean() const noexcept {
      return days > 0 ? static_cast<double>(total) / days : std::nan("");
    }
    /// Sum of the logarithms of the amounts in units of `unit` minor ones; NaN if one is not
    /// positive, 0 without a day.
    [[nodiscard]] double sum_of_logs(double unit) const noexcept {
      return not_positive > 0 ? std::nan("")
                              : static_cast<double>(logs) * 0x1p-40 - days * std::log(unit);
    }

    friend constexpr bool operator==(const Sum&, const Sum&) = default;
  };

  /// A day with entries of any kind.
  struct OpenDay {
    DayNumber day = 0;
    bool bought = false;
    std::int64_t amount = 0;

    friend constexpr bool operator==(const OpenDay&, const OpenDay&) = default;
  };

  struct State {
    std::uint32_t open = 0;  ///< days with entries, counted to 2: which of head and tail there are
    OpenDay head, tail;      ///< the first and the last of them; tail = head while there is one
    OpenDay first_within;    ///< the first purchase day strictly between them
    Sum within;              ///< the others there

    friend constexpr bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const Entry& entry) const {
    const OpenDay day{entry.day, entry.is_purchase(), entry.amount};
    append(state, {.open = 1, .head = day, .tail = day, .first_within = {}, .within = {}});
  }

  void append(State& state, const State& later) const {
    if (later.open == 0) return;
    if (state.open == 0) {
      state = later;
      return;
    }
    OpenDay from = later.head;
    if (from.day == state.tail.day) {
      from.bought = from.bought || state.tail.bought;
      from.amount += state.tail.amount;
      if (state.open == 1) state.head = from;
    } else if (state.open == 2) {
      settle(state, state.tail);
    }
    // `from` is now the last day of the one and the first of the other.
    if (later.open == 1) {
      state.open = state.head.day == from.day ? 1 : 2;
      state.tail = from;
      return;
    }
    if (from.day != state.head.day) settle(state, from);
    settle(state, later.first_within);
    add(state.within, later.within);
    state.open = 2;
    state.tail = later.tail;
  }

  /// The purchase days after the customer's first one.
  [[nodiscard]] Sum repeats(const State& state) const {
    Sum result = state.within;
    const bool first_is_head = state.open > 0 && state.head.bought;
    if (state.first_within.bought && first_is_head) add(result, state.first_within);
    if (state.open == 2 && state.tail.bought && (first_is_head || state.first_within.bought)) {
      add(result, state.tail);
    }
    return result;
  }

 private:
  static void add(Sum& sum, const Sum& other) {
    sum.days += other.days;
    sum.not_positive += other.not_positive;
    sum.total += other.total;
    sum.logs += other.logs;
  }

  static void add(Sum& sum, const OpenDay& day) {
    ++sum.days;
    sum.total += day.amount;
    if (day.amount > 0) {
      sum.logs += std::llround(std::log(static_cast<double>(day.amount)) * 0x1p40);
    } else {
      ++sum.not_positive;
    }
  }

  static void settle(State& state, const OpenDay& day) {
    if (!day.bought) return;
    if (state.first_within.bought) {
      add(state.within, day);
    } else {
      state.first_within = day;
    }
  }
};

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_PURCHASE_AMOUNTS_HPP
