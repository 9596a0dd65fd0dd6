#include <rapport/fold/fold.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/row_totals.hpp>
#include <rapport/fold/spend.hpp>
#include <rapport/rfm/table.hpp>

#include <algorithm>

namespace rapport::rfm {
namespace {

std::int64_t monetary(const fold::NetSpend::State& spend, Refunds refunds) {
  return refunds == Refunds::clamped ? std::max<std::int64_t>(spend.total, 0) : spend.total;
}
std::int64_t monetary(const fold::GrossSpend::State& spend, Refunds) { return spend.sold; }

std::uint32_t frequency(const fold::PurchaseDays::State& days) { return days.days; }
std::uint32_t frequency(const fold::PurchaseDays::State&, const fold::PurchaseCount::State& count) {
  return static_cast<std::uint32_t>(count.purchases);
}

constexpr std::size_t folded_per_block = 1 << 13;

// Threads share the cost of new memory.
void resize(Table& table, std::size_t customers, const core::Threads& threads) {
  threads.run(4, [&](std::size_t column) {
    if (column == 0) table.monetary.resize(customers);
    if (column == 1) table.recency_days.resize(customers);
    if (column == 2) table.length_days.resize(customers);
    if (column == 3) table.frequency.resize(customers);
  });
}

// Writes a state into the row `row_of(i)` for each i.
template <class RowOf, class Days, class Spend, class... Counts>
void write(Table& table, Refunds refunds, const RowOf& row_of, const std::vector<Days>& days,
           const std::vector<Spend>& spend, const std::vector<Counts>&... counts) {
  const fold::DayNumber last = fold::day_number(table.as_of.day());
  for (std::size_t i = 0; i < days.size(); ++i) {
    const std::size_t row = row_of(i);
    const bool bought = days[i].days > 0;
    table.recency_days[row] = bought ? last - days[i].last_day : Table::no_days;
    table.length_days[row] = bought ? last - days[i].first_day : Table::no_days;
    table.frequency[row] = frequency(days[i], counts[i]...);
    table.monetary[row] = monetary(spend[i], refunds);
  }
}

// Folds what the options ask for with `fold_with(rules...)`, and writes it.
template <class FoldWith, class RowOf>
void fill(Table& table, const TableOptions& options, const FoldWith& fold_with,
          const RowOf& row_of) {
  const auto finish = [&](const auto&... rules) {
    const auto columns = fold_with(rules...);
    std::apply([&](const auto&... column) { write(table, options.refunds, row_of, column...); },
               columns);
  };
  const auto with_counts = [&](const auto& wrap, const auto& spend) {
    if (options.frequency == Frequency::purchases) {
      finish(wrap(fold::PurchaseDays{}), spend, wrap(fold::PurchaseCount{}));
    } else {
      finish(wrap(fold::PurchaseDays{}), spend);
    }
  };
  const auto with_spend = [&](const auto& wrap) {
    if (options.refunds == Refunds::ignored) {
      with_counts(wrap, fold::GrossSpend{});
    } else {
      with_counts(wrap, fold::NetSpend{});
    }
  };
  if (options.zero_amounts == ZeroAmounts::ignored) {
    with_spend([](auto rule) { return fold::WithoutZeroSales<decltype(rule)>{rule}; });
  } else {
    with_spend([](auto rule) { return rule; });
  }
}

}  // namespace

std::uint64_t Table::without_purchase() const noexcept {
  return static_cast<std::uint64_t>(std::count(frequency.begin(), frequency.end(), 0U));
}

Table make_table(const record::LedgerView& ledger, core::AsOf as_of, const TableOptions& options) {
  Table table;
  table.as_of = as_of;
  table.currency = ledger.rules.currency;
  resize(table, ledger.customers(), options.threads);
  // A block of customers is written while its states are in the cache.
  const fold::Options how{.window = fold::until(as_of)};
  core::for_blocks(options.threads, table.size(), folded_per_block, [&](auto begin, auto end) {
    record::LedgerView block = ledger;
    block.offsets = ledger.offsets.subspan(begin, end - begin + 1);
    fill(
        table, options,
        [&](const auto&... rules) { return fold::each_customer(block, how, rules...); },
        [begin](std::size_t i) { return begin + i; });
  });
  return table;
}

CustomerTable make_table(std::vector<record::TransactionColumns> rows, core::AsOf as_of,
                         const TableOptions& options) {
  using Rule = fold::RowTotalsRule;
  CustomerTable result;
  Table& table = result.table;
  table.as_of = as_of;
  if (!rows.empty()) table.currency = rows.front().rules().currency;
  fold::RowTotals totals(
      std::move(rows),
      {.as_of = as_of,
       .count = options.frequency == Frequency::purchases ? Rule::Count::purchases
                                                          : Rule::Count::purchase_days,
       .spend = options.refunds == Refunds::ignored ? Rule::Spend::sales : Rule::Spend::net,
       .zero_sales = options.zero_amounts == ZeroAmounts::purchases},
      options.threads);
  resize(table, totals.size(), options.threads);
  const fold::DayNumber last = fold::day_number(as_of.day());
  const bool clamped = options.refunds == Refunds::clamped;
  totals.for_each(options.threads, [&](std::size_t i, const fold::CustomerTotals& customer) {
    const bool bought = customer.count > 0;
    table.recency_days[i] = bought ? last - customer.last_day : Table::no_days;
    table.length_days[i] = bought ? last - customer.first_day : Table::no_days;
    table.frequency[i] = customer.count;
    table.monetary[i] = clamped ? std::max<std::int64_t>(customer.spend, 0) : customer.spend;
  });
  result.customers = totals.take_customers(options.threads);
  return result;
}

void update_table(Table& table, const record::LedgerView& ledger,
                  std::span<const std::uint32_t> customers, const TableOptions& options) {
  if (ledger.customers() != table.size()) {
    throw std::invalid_argument("update_table: the ledger has " +
                                std::to_string(ledger.customers()) + " customers, but the table " +
                                std::to_string(table.size()));
  }
  const fold::Options how{.window = fold::until(table.as_of), .threads = options.threads};
  fill(
      table, options,
      [&](const auto&... rules) { return fold::these_customers(ledger, customers, how, rules...); },
      [customers](std::size_t i) { return customers[i]; });
}

}  // namespace rapport::rfm
