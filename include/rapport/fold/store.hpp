#ifndef RAPPORT_FOLD_STORE_HPP
#define RAPPORT_FOLD_STORE_HPP

/// \file
/// Aggregates over a store of many kinds of records. A rule takes in the kinds that it has an
/// `absorb` for: transactions as fold::Entry, or as themselves where it does not take in those; all
/// others as themselves. A rule that takes in several kinds gets them interleaved by time, ties in
/// the order of kinds; if it is Mergeable, one kind after the other, which is the same by its law.
///
///     fold::StoreFold folding(view);
///     const auto kept_by_one = folding.state(promises_kept, view.customer(id));
///     const auto [spend, kept] = folding.each_customer({.threads = 2}, NetSpend{}, promises_kept);

#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/fold/aggregate.hpp>
#include <rapport/fold/day_cut.hpp>
#include <rapport/fold/entry.hpp>
#include <rapport/record/timeline.hpp>
#include <rapport/record/view.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace rapport::fold {

namespace detail {

template <class A, class Row>
inline constexpr bool takes_entries =
    std::same_as<Row, record::StoredTransaction>&& Aggregate<A, Entry>;

template <class A, class Row>
inline constexpr bool takes_in = takes_entries<A, Row> || Aggregate<A, Row>;

template <class A, class Rows>
inline constexpr std::size_t kinds_of = 0;
template <class A, class... Rows>
inline constexpr std::size_t kinds_of<A, std::tuple<Rows...>> = (std::size_t{0} + ... +
                                                                 std::size_t{takes_in<A, Rows>});

}  // namespace detail

/// How a store is folded.
struct StoreOptions {
  core::Threads threads = {};
  core::Watch watch = {};  ///< asked to stop before each block of customers
};

/// Folds the customers of one view, which must outlive it. Safe to use from several threads.
class StoreFold {
 public:
  explicit StoreFold(const record::StoreView& view)
      : view_(&view), days_(view.store().rules().zone, view.store().rules().epoch) {}

  [[nodiscard]] const record::StoreView& view() const noexcept { return *view_; }

  /// A transaction as aggregates over ledgers see it.
  [[nodiscard]] Entry entry(const record::StoredTransaction& row) const noexcept {
    const auto seconds =
        static_cast<std::uint32_t>((row.stamp.at - view_->store().rules().epoch).count());
    return {.day = days_.one_offset() ? days_.only_offset().day(seconds) : days_.day(seconds),
            .at = row.stamp.at,
            .amount = row.amount,
            .kind = row.kind,
            .channel = row.channel.value,
            .category = row.category.value};
  }

  /// The state of one customer's visible records. O(rows).
  template <class A>
  [[nodiscard]] typename A::State state(const A& rule, const record::CustomerView& customer) const {
    constexpr std::size_t kinds = detail::kinds_of<A, record::AllKinds>;
    static_assert(kinds > 0,
                  "rapport: this aggregate lacks absorb(state, event) for fold::Entry or for a "
                  "kind of record, which folding a store needs");
    typename A::State state{};
    if constexpr (kinds == 1) {
      record::each_kind([&]<class Row>() { fold_kind<Row>(rule, state, customer); });
    } else if constexpr (Mergeable<A>) {
      record::each_kind([&]<class Row>() { merge_kind<Row>(rule, state, customer); });
    } else if constexpr (kinds > 1) {
      fold_interleaved(rule, state, customer);
    }
    return state;
  }

  /// The states of every customer, a column for each rule: row = customer. The same bytes for any
  /// number of threads.
  /// \throws core::Cancelled if the host asked to stop.
  template <class... Rules>
  [[nodiscard]] std::tuple<std::vector<typename Rules::State>...> each_customer(
      const StoreOptions& options, const Rules&... rules) const {
    static_assert((!std::same_as<typename Rules::State, bool> && ...),
                  "rapport: wrap a State of bool in a struct: threads cannot write neighbours in a "
                  "std::vector<bool> at once");
    const std::uint32_t customers = view_->customers();
    std::tuple<std::vector<typename Rules::State>...> columns;
    std::apply([&](auto&... column) { (column.resize(customers), ...); }, columns);
    constexpr std::size_t customers_per_block = 4096;
    core::for_blocks(
        options.threads, customers, customers_per_block, [&](std::size_t begin, std::size_t end) {
          if (options.watch.stop.stop_requested()) throw core::Cancelled("folding customers");
          std::apply([&](auto&... column) { (fold_block(rules, column, begin, end), ...); },
                     columns);
        });
    return columns;
  }

 private:
  template <class Row, class A>
  void fold_kind(const A& rule, typename A::State& state,
                 const record::CustomerView& customer) const {
    if constexpr (!detail::takes_in<A, Row>) {
      return;
    } else if constexpr (detail::takes_entries<A, Row>) {
      customer.each<Row>([&](const Row& row) { rule.absorb(state, entry(row)); });
    } else {
      customer.each<Row>([&](const Row& row) { rule.absorb(state, row); });
    }
  }

  // What joins any two states needs no interleaving.
  template <class Row, class A>
  void merge_kind(const A& rule, typename A::State& state,
                  const record::CustomerView& customer) const {
    if constexpr (detail::takes_in<A, Row>) {
      typename A::State part{};
      fold_kind<Row>(rule, part, customer);
      rule.merge(state, part);
    }
  }

  template <class A>
  void fold_interleaved(const A& rule, typename A::State& state,
                        const record::CustomerView& customer) const {
    for (const record::AnyRecord& record : record::timeline(customer).records) {
      std::visit(
          [&]<class Row>(const Row& row) {
            if constexpr (!detail::takes_in<A, Row>) {
              return;
            } else if constexpr (detail::takes_entries<A, Row>) {
              rule.absorb(state, entry(row));
            } else {
              rule.absorb(state, row);
            }
          },
          record);
    }
  }

  template <class A>
  [[gnu::noinline]] void fold_block(A rule, std::vector<typename A::State>& column,
                                    std::size_t begin, std::size_t end) const {
    for (std::size_t i = begin; i < end; ++i) {
      column[i] = state(rule, view_->customer({static_cast<std::uint32_t>(i)}));
    }
  }

  const record::StoreView* view_;
  DayCut days_;
};

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_STORE_HPP
