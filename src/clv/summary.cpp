#include <rapport/clv/summary.hpp>

#include <rapport/core/check.hpp>
#include <rapport/fold/fold.hpp>
#include <rapport/fold/row_totals.hpp>

#include <limits>

namespace rapport::clv {
namespace {

constexpr double no_mean = std::numeric_limits<double>::quiet_NaN();

// Mean amount of a repeat purchase day, in major units.
double mean_amount(std::int64_t repeat_spend, double repeats, double minor_per_major) {
  return repeats > 0 ? static_cast<double>(repeat_spend) / (repeats * minor_per_major) : no_mean;
}

}  // namespace

Summary summarise(const record::LedgerView& ledger, const SummaryOptions& options) {
  const auto [days, repeat_spend] = fold::each_customer(
      ledger,
      {.window = fold::until(options.as_of), .threads = options.threads, .watch = options.watch},
      fold::PurchaseDays{}, fold::RepeatSpend{});
  Summary result =
      summarise(days, repeat_spend, ledger.rules.currency, options.as_of, options.period);
  if (!options.intervals) return result;
  const auto [gaps] = fold::each_customer(
      ledger,
      {.window = fold::until(options.as_of), .threads = options.threads, .watch = options.watch},
      fold::LogPurchaseGaps{});
  add_intervals(result, gaps);
  return result;
}

CustomerSummary summarise(std::vector<record::TransactionColumns> rows,
                          const SummaryOptions& options) {
  CustomerSummary result;
  if (options.intervals) {  // logarithms of gaps ask for rows in order
    const record::Ledger ledger =
        record::build_ledger(std::move(rows), options.threads, {}, options.watch);
    result.summary = summarise(ledger, options);
    result.customers = ledger.customers();
    return result;
  }
  options.watch.report({"folding rows", 0, 1});
  const auto minor_per_major =
      static_cast<double>(rows.empty() ? 1 : rows.front().rules().currency.minor_per_major());
  fold::RowTotals totals(std::move(rows),
                         {.as_of = options.as_of, .spend = fold::RowTotalsRule::Spend::repeat},
                         options.threads);
  Summary& summary = result.summary;
  summary.period = options.period;
  options.threads.run(5, [&](std::size_t column) {  // threads share the cost of new memory
    if (column == 0) summary.frequency.resize(totals.buyers());
    if (column == 1) summary.recency.resize(totals.buyers());
    if (column == 2) summary.age.resize(totals.buyers());
    if (column == 3) summary.monetary_value.resize(totals.buyers());
    if (column == 4) summary.customer.resize(totals.buyers());
  });
  summary.without_purchase = static_cast<std::uint32_t>(totals.size() - totals.buyers());
  const fold::DayNumber end = fold::day_number(options.as_of.day());
  const double days = options.period.days();
  totals.for_each_buyer(options.threads, [&](std::size_t i, std::size_t customer,
                                             const fold::CustomerTotals& bought) {
    const double repeats = bought.count - 1;
    summary.customer[i] = {static_cast<std::uint32_t>(customer)};
    summary.frequency[i] = repeats;
    summary.recency[i] = (bought.last_day - bought.first_day) / days;
    summary.age[i] = (end - bought.first_day) / days;
    summary.monetary_value[i] = mean_amount(bought.spend, repeats, minor_per_major);
  });
  result.customers = totals.take_customers(options.threads);
  options.watch.report({"folding rows", 1, 1});
  return result;
}

void add_intervals(Summary& summary, std::span<const fold::LogPurchaseGaps::State> gaps) {
  core::check_same_size(gaps.size(), summary.size() + summary.without_purchase, "add_intervals",
                        "gaps");
  summary.sum_log_intervals.clear();
  summary.sum_log_intervals.reserve(summary.size());
  for (const record::CustomerId customer : summary.customer) {
    summary.sum_log_intervals.push_back(gaps[customer.value].sum(summary.period.days()));
  }
}

Summary summarise(std::span<const fold::PurchaseDays::State> days,
                  std::span<const fold::RepeatSpend::State> repeat_spend,
                  const core::Currency& currency, core::AsOf as_of, core::Period period) {
  core::check_same_size(repeat_spend.size(), days.size(), "summarise", "repeat_spend");
  Summary result;
  result.period = period;
  result.customer.reserve(days.size());
  result.frequency.reserve(days.size());
  result.recency.reserve(days.size());
  result.age.reserve(days.size());
  result.monetary_value.reserve(days.size());
  const fold::DayNumber end = fold::day_number(as_of.day());
  const auto minor_per_major = static_cast<double>(currency.minor_per_major());
  for (std::uint32_t customer = 0; customer < days.size(); ++customer) {
    const fold::PurchaseDays::State& bought = days[customer];
    if (bought.days == 0) {
      ++result.without_purchase;
      continue;
    }
    const double repeats = bought.days - 1;
    result.customer.push_back({customer});
    result.frequency.push_back(repeats);
    result.recency.push_back((bought.last_day - bought.first_day) / period.days());
    result.age.push_back((end - bought.first_day) / period.days());
    result.monetary_value.push_back(
        mean_amount(repeat_spend[customer].total, repeats, minor_per_major));
  }
  return result;
}

}  // namespace rapport::clv
