#ifndef RAPPORT_FOLD_BALANCE_HPP
#define RAPPORT_FOLD_BALANCE_HPP

/// \file
/// What a customer holds over time. A balance is a stock, looked at now and then: between two looks
/// at an account it is what it was, so its mean weighs each balance by how long it stood. The mean
/// of the snapshots would weigh them by how often somebody looked.

#include <rapport/core/time.hpp>
#include <rapport/core/wide.hpp>
#include <rapport/record/holding.hpp>

#include <cstdint>
#include <limits>
#include <vector>

namespace rapport::fold {

/// The sum of a customer's accounts from the first snapshot on. Models Aggregate: a later snapshot
/// changes how long the balance before it stood.
struct Balance {
  /// Time counts from here on; balances before it are known all the same.
  core::Instant begin = core::Instant::min();

  struct Account {
    record::Name account = {};
    record::Name product = {};
    std::int64_t balance = 0;

    friend bool operator==(const Account&, const Account&) = default;
  };

  struct State {
    std::vector<Account> accounts = {};  ///< as they last were, in the order of their names
    core::Instant first = {};            ///< from here on time was counted; if any account is known
    core::Instant since = {};            ///< the last change
    std::int64_t total = 0;              ///< minor units, since then
    /// The least total that stood for any time before `since`; the greatest value if none did.
    std::int64_t minimum = std::numeric_limits<std::int64_t>::max();
    core::Int128 area = 0;  ///< total times seconds, from `first` to `since`
    double moment = 0;      ///< total times seconds from `first`, times seconds

    friend bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const record::Holding& holding) const;
};

/// Mean over time, and least, of what the accounts hold together, up to an instant; minor units,
/// NaN if no account is known by then.
/// \pre no snapshot is after `now`.
[[nodiscard]] double mean_balance(const Balance::State& state, core::Instant now) noexcept;
[[nodiscard]] double minimum_balance(const Balance::State& state, core::Instant now) noexcept;
/// Slope of the least-squares line through the balance over time, in minor units a day. NaN too
/// where no time has gone by.
[[nodiscard]] double balance_trend(const Balance::State& state, core::Instant now) noexcept;
/// Distinct products among the accounts that are not empty; accounts of no named product count as
/// one.
[[nodiscard]] std::uint32_t products_held(const Balance::State& state);

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_BALANCE_HPP
