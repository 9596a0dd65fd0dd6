#ifndef RAPPORT_ECONOMICS_PROFIT_HPP
#define RAPPORT_ECONOMICS_PROFIT_HPP

/// \file
/// What a customer brings in and costs: a profit and loss account in whole minor units, whose lines
/// add up to the last one, for a customer, for a base, before and after records are linked.
///
/// Working time becomes money at a stated rate (time-driven costing: R. S. Kaplan, S. R. Anderson
/// (2004), Time-Driven Activity-Based Costing, Harvard Business Review 82(11), 131-138). It is
/// rounded once for each interaction, half to even, so that every sum of customers, departments or
/// linked records reconciles exactly; the price is at most half a minor unit an interaction.

#include <rapport/core/time.hpp>
#include <rapport/record/complaint.hpp>
#include <rapport/record/grant.hpp>
#include <rapport/record/interaction.hpp>
#include <rapport/record/stored_transaction.hpp>

#include <cstdint>
#include <span>

namespace rapport::economics {

/// What working time costs, as an exact ratio: 200,000,000 for a practical capacity of 4,000
/// minutes. The default counts no cost for time.
struct TimeCost {
  std::int64_t amount = 0;   ///< minor units, >= 0 ...
  std::int64_t minutes = 1;  ///< ... for so many minutes, > 0

  /// What `spent` minutes cost, rounded half to even to a minor unit.
  /// \throws std::domain_error unless amount >= 0 and minutes > 0; std::overflow_error if the cost
  /// leaves 64 bits.
  [[nodiscard]] std::int64_t of(std::uint64_t spent) const;
};

/// The account of a customer, or of many. Minor units. A line for which the host keeps no records
/// is 0: whether costs are recorded at all is to be asked before a contribution is called profit.
struct ProfitAndLoss {
  std::int64_t revenue = 0;       ///< sales, after discounts; >= 0
  std::int64_t returns = 0;       ///< returns and refunds; >= 0
  std::int64_t goods = 0;         ///< cost of the goods that went out, less of those that came back
  std::int64_t contact_time = 0;  ///< working time of interactions, at the stated cost
  std::int64_t contacts = 0;      ///< other cost of interactions
  std::int64_t recovery = 0;      ///< acts of recovery: fixing, compensating
  std::int64_t privileges = 0;    ///< grants

  /// What serving the customer costs beside the goods. \throws std::overflow_error beyond 64 bits.
  [[nodiscard]] std::int64_t activity_cost() const;
  /// Revenue less returns, goods and activity cost. \throws std::overflow_error beyond 64 bits.
  [[nodiscard]] std::int64_t contribution() const;

  /// Line by line. \throws std::overflow_error beyond 64 bits; some lines may then be added.
  ProfitAndLoss& operator+=(const ProfitAndLoss& other);
  ProfitAndLoss& operator-=(const ProfitAndLoss& other);

  friend bool operator==(const ProfitAndLoss&, const ProfitAndLoss&) = default;
};

/// The account of a base: the sum of its customers' accounts, 0 for none.
/// \throws std::overflow_error beyond 64 bits.
[[nodiscard]] ProfitAndLoss total(std::span<const ProfitAndLoss> accounts);

/// The account as an aggregate over records: what took place within [begin, end). Transactions in
/// another role than customer are not the customer's and do not count. Models Invertible; absorbs
/// events in any order.
struct Profit {
  using State = ProfitAndLoss;

  TimeCost time_cost = {};
  core::Instant begin = core::Instant::min();
  core::Instant end = core::Instant::max();

  /// \throws std::overflow_error if a line leaves 64 bits; the same for all below.
  void absorb(State& state, const record::StoredTransaction& transaction) const;
  void absorb(State& state, const record::Interaction& interaction) const;
  void absorb(State& state, const record::RecoveryAction& action) const;
  void absorb(State& state, const record::Grant& grant) const;
  void merge(State& state, const State& other) const { state += other; }
  void unmerge(State& state, const State& part) const { state -= part; }

  /// Whether what took place at that instant counts.
  [[nodiscard]] constexpr bool takes(core::Instant at) const noexcept {
    return begin <= at && at < end;
  }
};

}  // namespace rapport::economics

#endif  // RAPPORT_ECONOMICS_PROFIT_HPP
