#ifndef RAPPORT_FOLD_PURCHASES_HPP
#define RAPPORT_FOLD_PURCHASES_HPP

/// \file
/// When and how often a customer buys. Only sales are purchases, those of amount zero too; returns
/// and refunds change nothing here.

#include <rapport/fold/entry.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace rapport::fold {

/// The days with a purchase: the first, the last, and how many. Recency, length and frequency, and
/// the x, t_x and T of the lifetime models, are functions of it. Models Consecutive; not Mergeable,
/// since two states do not say which days they share.
struct PurchaseDays {
  struct State {
    DayNumber first_day = 0;  ///< 0 while `days` is 0, as is last_day
    DayNumber last_day = 0;
    std::uint32_t days = 0;  ///< distinct days with a purchase

    friend constexpr bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const Entry& entry) const {
    if (!entry.is_purchase()) return;
    if (state.days == 0) state.first_day = entry.day;
    state.days += state.days == 0 || entry.day != state.last_day;
    state.last_day = entry.day;
  }

  /// A day that the cut runs through counts once.
  void append(State& state, const State& later) const {
    if (later.days == 0) return;
    if (state.days == 0) {
      state = later;
      return;
    }
    state.days += later.days - (later.first_day == state.last_day);
    state.last_day = later.last_day;
  }
};

/// Purchases one by one, several on a day counted apart. Models Invertible.
struct PurchaseCount {
  struct State {
    std::uint64_t purchases = 0;

    friend constexpr bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const Entry& entry) const { state.purchases += entry.is_purchase(); }
  void merge(State& state, const State& other) const { state.purchases += other.purchases; }
  void unmerge(State& state, const State& part) const { state.purchases -= part.purchases; }
};

/// Gaps between successive purchase days, summed exactly: their mean and spread are functions of
/// it. Models Consecutive.
struct PurchaseGaps {
  struct State {
    PurchaseDays::State days;
    std::uint64_t squares = 0;  ///< sum of the squared gaps, in days^2; below 2^49 for any ledger
    DayNumber longest = 0;      ///< longest gap in days; 0 without two purchase days

    friend constexpr bool operator==(const State&, const State&) = default;

    [[nodiscard]] std::uint32_t gaps() const noexcept { return days.days > 1 ? days.days - 1 : 0; }
  };

  void absorb(State& state, const Entry& entry) const {
    if (entry.is_purchase()) append(state, {.days = {entry.day, entry.day, 1}});
  }

  void append(State& state, const State& later) const {
    if (state.days.days > 0 && later.days.days > 0) {
      const DayNumber gap = later.days.first_day - state.days.last_day;
      state.squares += static_cast<std::uint64_t>(std::int64_t{gap} * gap);
      state.longest = std::max(state.longest, gap);
    }
    state.squares += later.squares;
    state.longest = std::max(state.longest, later.longest);
    PurchaseDays{}.append(state.days, later.days);
  }
};

/// The logarithms of the gaps between successive purchase days, summed: with the mean gap they tell
/// how regular a customer is. In fixed point of 40 bits, so that the sum is exact once each
/// logarithm is rounded (by at most 5e-13); no ledger overflows it. Models Consecutive.
struct LogPurchaseGaps {
  struct State {
    PurchaseDays::State days;
    std::int64_t logs = 0;  ///< 2^40 times the sum of ln(gap in days)

    friend constexpr bool operator==(const State&, const State&) = default;

    /// Sum of the logarithms of the gaps in units of `unit_days` days; 0 without a gap.
    [[nodiscard]] double sum(double unit_days) const noexcept {
      const double gaps = days.days > 1 ? days.days - 1.0 : 0;
      return static_cast<double>(logs) * 0x1p-40 - gaps * std::log(unit_days);
    }
  };

  void absorb(State& state, const Entry& entry) const {
    if (entry.is_purchase()) append(state, {.days = {entry.day, entry.day, 1}});
  }

  void append(State& state, const State& later) const {
    if (state.days.days > 0 && later.days.days > 0) {
      const DayNumber gap = later.days.first_day - state.days.last_day;
      if (gap > 1) state.logs += std::llround(std::log(static_cast<double>(gap)) * 0x1p40);
    }
    state.logs += later.logs;
    PurchaseDays{}.append(state.days, later.days);
  }
};

/// `A` without the sales of amount zero: it does not see them. Models Aggregate.
template <class A>
struct WithoutZeroSales {
  using State = typename A::State;
  A rule = {};

  void absorb(State& state, const Entry& entry) const {
    if (entry.amount != 0 || !entry.is_purchase()) rule.absorb(state, entry);
  }
};

/// The first and last entry of any kind. Models Mergeable.
struct EntrySpan {
  struct State {
    core::Instant first = {};  ///< 1970 while `entries` is 0, as is `last`
    core::Instant last = {};
    std::uint64_t entries = 0;

    friend constexpr bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const Entry& entry) const { merge(state, {entry.at, entry.at, 1}); }

  void merge(State& state, const State& other) const {
    if (other.entries == 0) return;
    state.first = state.entries == 0 ? other.first : std::min(state.first, other.first);
    state.last = state.entries == 0 ? other.last : std::max(state.last, other.last);
    state.entries += other.entries;
  }
};

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_PURCHASES_HPP
