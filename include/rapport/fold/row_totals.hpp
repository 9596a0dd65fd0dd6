#ifndef RAPPORT_FOLD_ROW_TOTALS_HPP
#define RAPPORT_FOLD_ROW_TOTALS_HPP

/// \file
/// What RFM and lifetime models ask of every customer, from rows in any order, without a ledger:
/// when and how often the customer bought, and for how much.

#include <rapport/core/parallel.hpp>
#include <rapport/core/raw_vector.hpp>
#include <rapport/core/time.hpp>
#include <rapport/fold/entry.hpp>
#include <rapport/record/customers.hpp>
#include <rapport/record/transaction_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace rapport::fold {

/// What is counted and summed. Only rows up to the as-of day count, in days of the rows' zone.
struct RowTotalsRule {
  enum class Count : std::uint8_t { purchase_days, purchases };
  enum class Spend : std::uint8_t {
    net,     ///< sales less returns and refunds, as NetSpend
    sales,   ///< sales alone, as GrossSpend::State::sold
    repeat,  ///< net, of the days after the first purchase day alone, as RepeatSpend
  };

  core::AsOf as_of;
  Count count = Count::purchase_days;
  Spend spend = Spend::net;
  bool zero_sales = true;  ///< a sale of amount zero is a purchase
};

/// One customer's totals.
struct CustomerTotals {
  DayNumber first_day;  ///< of a purchase; of no meaning while `count` is 0, as is last_day
  DayNumber last_day;
  std::uint32_t count;
  std::int64_t spend;  ///< in minor units
};

/// The totals of all customers of some rows. They are those of the aggregates named above over a
/// ledger of the rows, at a part of its cost: rows are dealt by key into ranges that fit the
/// cache and folded there.
///
/// Takes 16 bytes a row, of the memory of the rows themselves where keys are integers, and 24 a
/// customer. Amounts of 2^46 minor units and more are folded by way of a ledger.
class RowTotals {
 public:
  /// \throws as record::build_ledger.
  RowTotals(std::vector<record::TransactionColumns> rows, const RowTotalsRule& rule,
            const core::Threads& threads = {});
  RowTotals(RowTotals&&) noexcept;
  RowTotals& operator=(RowTotals&&) noexcept;
  ~RowTotals();

  /// How many customers have a row, of any day: numbered in the order of their keys.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Calls `write(customer, totals)` once for every customer number, several of them at once if
  /// there are threads.
  template <class Write>
  void for_each(const core::Threads& threads, const Write& write) const {
    threads.run(runs_.size(), [&](std::size_t i) {
      std::size_t customer = runs_[i].first;
      for (const Packed& packed : runs_[i].totals) write(customer++, unpacked(packed));
    });
  }

  /// How many of them have bought: count > 0.
  [[nodiscard]] std::size_t buyers() const noexcept { return buyers_; }

  /// Calls `write(buyer, customer, totals)` once for each of them, numbered in the same order.
  template <class Write>
  void for_each_buyer(const core::Threads& threads, const Write& write) const {
    threads.run(runs_.size(), [&](std::size_t i) {
      std::size_t customer = runs_[i].first;
      std::size_t buyer = runs_[i].first_buyer;
      for (const Packed& packed : runs_[i].totals) {
        if (packed.count > 0) write(buyer++, customer, unpacked(packed));
        ++customer;
      }
    });
  }

  /// Their keys. \pre called once.
  [[nodiscard]] record::Customers take_customers(const core::Threads& threads = {});

 private:
  struct Folding;
  struct Memory;
  // In the order of keys, which are unsigned here; days count from base_day_.
  struct Packed {
    std::uint64_t key;
    std::int64_t spend;
    std::uint32_t count;
    std::uint16_t first, last;
  };
  struct Run {
    std::span<const Packed> totals;
    std::size_t buyers;
    std::size_t first = 0, first_buyer = 0;
  };

  [[nodiscard]] CustomerTotals unpacked(const Packed& packed) const noexcept {
    return {base_day_ + packed.first, base_day_ + packed.last, packed.count, packed.spend};
  }
  static Run run_of(std::span<const Packed> totals);
  void number_runs(std::vector<Run> runs);
  void fold_ledger(const RowTotalsRule& rule, const core::Threads& threads);

  DayNumber base_day_ = 0;
  std::size_t size_ = 0, buyers_ = 0;
  std::vector<Run> runs_;
  record::Names names_;  // of text keys, sorted
  std::unique_ptr<Memory> memory_;
};

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_ROW_TOTALS_HPP
