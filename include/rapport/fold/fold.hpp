#ifndef RAPPORT_FOLD_FOLD_HPP
#define RAPPORT_FOLD_FOLD_HPP

/// \file
/// The engine: runs aggregates over a ledger, several in one pass, each into its own column.
///
///     auto [days, spend] = fold::each_customer(ledger, {.window = fold::until(as_of)},
///                                              fold::PurchaseDays{}, fold::NetSpend{});
///
/// Work is cut between customers in fixed blocks, so every aggregate runs in parallel and gives
/// the same bytes for any number of threads. A fold costs what a loop by hand over the columns
/// costs (3 ns a row for three aggregates): rules go by value into a block function that is not
/// inlined, where the optimiser keeps rules and states in registers.

#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/fold/aggregate.hpp>
#include <rapport/fold/day_cut.hpp>
#include <rapport/fold/entry.hpp>
#include <rapport/fold/window.hpp>
#include <rapport/record/ledger.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

namespace rapport::fold {

/// How a ledger is folded.
struct Options {
  Window window = {};
  core::Threads threads = {};
  core::Watch watch = {};  ///< asked to stop before each block of customers
};

/// A column of states for each rule, in the order of the rules: row = customer.
template <class... Rules>
using Columns = std::tuple<std::vector<typename Rules::State>...>;

namespace detail {

inline constexpr std::size_t customers_per_block = 4096;

// What one block function needs of a ledger; `customers` is null where all of them are meant.
struct Rows {
  const std::uint64_t* offsets;
  const std::uint32_t* times;
  const std::int64_t* amounts;
  const record::TransactionKind* kinds;
  const std::uint32_t* channels;
  const std::uint32_t* categories;
  const std::uint32_t* customers;
  core::Instant epoch;
};

// The half-open times of a window.
struct Times {
  std::uint64_t begin, end;
};

[[nodiscard]] Rows rows_of(const record::LedgerView& ledger);
void check_window(const Window& window);
void check_customers(std::span<const std::uint32_t> customers, std::uint32_t known);

// The ways of a loop that would otherwise ask the same question at every row.
struct OneOffset {
  DayCut::Piece piece;
  explicit OneOffset(const DayCut& cut) : piece(cut.only_offset()) {}
  [[nodiscard]] DayNumber day(std::uint32_t time) const { return piece.day_unless_put_back(time); }
};
struct ManyOffsets {
  const DayCut* cut;
  explicit ManyOffsets(const DayCut& all) : cut(&all) {}
  [[nodiscard]] DayNumber day(std::uint32_t time) const { return cut->day(time); }
};

struct PlainRows {  // neither kinds nor names
  static void fill(Entry& entry, const Rows&, std::uint64_t) {
    entry.kind = entry.amount < 0 ? record::TransactionKind::refund : record::TransactionKind::sale;
  }
};
struct DetailedRows {
  static void fill(Entry& entry, const Rows& rows, std::uint64_t row) {
    PlainRows::fill(entry, rows, row);
    if (rows.kinds != nullptr) entry.kind = rows.kinds[row];
    if (rows.channels != nullptr) entry.channel = rows.channels[row];
    if (rows.categories != nullptr) entry.category = rows.categories[row];
  }
};

// Folds customers [begin, end) in each of the windows. Rules come by value, as a tuple, so that no
// write to a state can be taken for a write to a rule; hence not inlined either.
template <class Days, class Kinds, std::size_t windows, class... Rules>
[[gnu::noinline]] void fold_block(Rows rows, Days days, std::array<Times, windows> times,
                                  std::size_t begin, std::size_t end, std::tuple<Rules...> rules,
                                  std::array<std::tuple<typename Rules::State*...>, windows> out) {
  for (std::size_t i = begin; i < end; ++i) {
    const std::size_t customer = rows.customers == nullptr ? i : rows.customers[i];
    const std::uint64_t first = rows.offsets[customer];
    const std::uint64_t last = rows.offsets[customer + 1];
    for (std::size_t w = 0; w < windows; ++w) {
      std::uint64_t row = first;
      std::uint64_t stop = last;
      while (row < stop && rows.times[row] < times[w].begin) ++row;
      while (row < stop && rows.times[stop - 1] >= times[w].end) --stop;
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        std::tuple<typename Rules::State...> states{};
        for (; row < stop; ++row) {
          const std::uint32_t time = rows.times[row];
          Entry entry{.day = days.day(time),
                      .at = rows.epoch + std::chrono::seconds{time},
                      .amount = rows.amounts[row]};
          Kinds::fill(entry, rows, row);
          (std::get<I>(rules).absorb(std::get<I>(states), std::as_const(entry)), ...);
        }
        ((std::get<I>(out[w])[i] = std::move(std::get<I>(states))), ...);
      }
      (std::index_sequence_for<Rules...>{});
    }
  }
}

// All blocks of `size` customers, into columns made here.
template <std::size_t windows, class... Rules>
[[nodiscard]] std::array<Columns<Rules...>, windows> fold_customers(
    const record::LedgerView& ledger, std::span<const std::uint32_t> customers, std::size_t size,
    const std::array<Window, windows>& wanted, const Options& options, const Rules&... rules) {
  static_assert((Aggregate<Rules, Entry> && ...),
                "rapport: this aggregate lacks absorb(state, event) for fold::Entry, which folding "
                "a ledger needs");
  static_assert((!std::same_as<typename Rules::State, bool> && ...),
                "rapport: wrap a State of bool in a struct: threads cannot write neighbours in a "
                "std::vector<bool> at once");
  std::array<Columns<Rules...>, windows> columns;
  if constexpr ((Aggregate<Rules, Entry> && ...)) {
    for (const Window& window : wanted) check_window(window);
    const DayCut cut(ledger.rules.zone, ledger.rules.epoch);
    Rows rows = rows_of(ledger);
    rows.customers = customers.data();
    std::array<Times, windows> times;
    std::array<std::tuple<typename Rules::State*...>, windows> out;
    for (std::size_t w = 0; w < windows; ++w) {
      times[w] = {cut.begin_of(wanted[w].begin), cut.begin_of(wanted[w].end)};
      out[w] = std::apply(
          [size](auto&... column) {
            (column.resize(size), ...);
            return std::tuple(column.data()...);
          },
          columns[w]);
    }
    const auto run = [&]<class Days, class Kinds>(const Days& days, const Kinds&) {
      options.watch.report({"folding customers", 0, size});
      core::for_blocks(options.threads, size, customers_per_block, [&](auto begin, auto end) {
        if (options.watch.stop.stop_requested()) throw core::Cancelled("folding customers");
        fold_block<Days, Kinds, windows, Rules...>(rows, days, times, begin, end,
                                                   std::tuple<Rules...>(rules...), out);
      });
      options.watch.report({"folding customers", size, size});
    };
    const bool plain =
        rows.kinds == nullptr && rows.channels == nullptr && rows.categories == nullptr;
    if (cut.one_offset()) {
      plain ? run(OneOffset(cut), PlainRows{}) : run(OneOffset(cut), DetailedRows{});
    } else {
      plain ? run(ManyOffsets(cut), PlainRows{}) : run(ManyOffsets(cut), DetailedRows{});
    }
  }
  return columns;
}

}  // namespace detail

/// The states of every customer of the ledger within the window. O(rows) time; a customer without
/// rows there has the state of no events.
/// \throws core::Cancelled if the host asked to stop; std::invalid_argument for a window that
/// ends before it begins.
template <class... Rules>
[[nodiscard]] Columns<Rules...> each_customer(const record::LedgerView& ledger,
                                              const Options& options, const Rules&... rules) {
  return std::move(detail::fold_customers<1, Rules...>(ledger, {}, ledger.customers(),
                                                       {options.window}, options, rules...)[0]);
}

/// The same for these customers alone, row = place in `customers`: how the touched ones are
/// folded anew after late rows, joins, separations or erasure. O(their rows).
/// \throws std::invalid_argument for a customer that the ledger does not have.
template <class... Rules>
[[nodiscard]] Columns<Rules...> these_customers(const record::LedgerView& ledger,
                                                std::span<const std::uint32_t> customers,
                                                const Options& options, const Rules&... rules) {
  detail::check_customers(customers, ledger.customers());
  return std::move(detail::fold_customers<1, Rules...>(ledger, customers, customers.size(),
                                                       {options.window}, options, rules...)[0]);
}

/// What a model may see, and what it is tried on.
template <class... Rules>
struct Split {
  Columns<Rules...> calibration;
  Columns<Rules...> holdout;
};

/// Both sides of a date in one pass: calibration up to `as_of`, hold-out on the days after it up
/// to `last`. `options.window` is not used.
template <class... Rules>
[[nodiscard]] Split<Rules...> each_customer_split(const record::LedgerView& ledger,
                                                  core::AsOf as_of, core::AsOf last,
                                                  const Options& options, const Rules&... rules) {
  auto both = detail::fold_customers<2, Rules...>(
      ledger, {}, ledger.customers(), {until(as_of), after(as_of, last)}, options, rules...);
  return {std::move(both[0]), std::move(both[1])};
}

/// The states of all customers joined from the first to the last, the same for any number of
/// threads: the total over the base. The state of no events if there are none.
template <class A>
[[nodiscard]] typename A::State total(const A& rule, std::span<const typename A::State> states,
                                      const core::Threads& threads = {}) {
  static_assert(Consecutive<A>,
                "rapport: this aggregate lacks append(state, later), which joining stretches of "
                "time and totals over the base need");
  typename A::State sum{};
  if constexpr (Consecutive<A>) {
    const auto parts = core::map_blocks(threads, states.size(), detail::customers_per_block,
                                        [&](std::size_t begin, std::size_t end) {
                                          typename A::State part{};
                                          for (std::size_t i = begin; i < end; ++i) {
                                            append(rule, part, states[i]);
                                          }
                                          return part;
                                        });
    for (const auto& part : parts) append(rule, sum, part);
  }
  return sum;
}

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_FOLD_HPP
