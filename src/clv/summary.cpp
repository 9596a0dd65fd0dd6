#include <rapport/clv/summary.hpp>

#include <rapport/core/check.hpp>
#include <rapport/fold/fold.hpp>

#include <limits>

namespace rapport::clv {

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
    result.monetary_value.push_back(repeats > 0
                                        ? static_cast<double>(repeat_spend[customer].total) /
                                              (repeats * minor_per_major)
                                        : std::numeric_limits<double>::quiet_NaN());
  }
  return result;
}

}  // namespace rapport::clv
