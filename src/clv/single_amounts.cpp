#include <rapport/clv/single_amounts.hpp>

#include <rapport/core/check.hpp>
#include <rapport/fold/fold.hpp>

#include <cstdint>

namespace rapport::clv {

SingleAmounts single_amounts(const record::LedgerView& ledger, const SummaryOptions& options) {
  const auto [days, spent] = fold::each_customer(
      ledger,
      {.window = fold::until(options.as_of), .threads = options.threads, .watch = options.watch},
      fold::PurchaseDays{}, fold::PurchaseAmounts{});
  return single_amounts(days, spent, ledger.rules.currency);
}

SingleAmounts single_amounts(std::span<const fold::PurchaseDays::State> days,
                             std::span<const fold::PurchaseAmounts::State> spent,
                             const core::Currency& currency) {
  core::check_same_size(spent.size(), days.size(), "single_amounts", "spent");
  const auto minor_per_major = static_cast<double>(currency.minor_per_major());
  SingleAmounts result;
  for (std::uint32_t customer = 0; customer < days.size(); ++customer) {
    if (days[customer].days == 0) continue;
    const fold::PurchaseAmounts::Sum repeats = fold::PurchaseAmounts{}.repeats(spent[customer]);
    result.customer.push_back({customer});
    result.frequency.push_back(repeats.days);
    result.monetary_value.push_back(repeats.mean() / minor_per_major);
    result.sum_log_amounts.push_back(repeats.sum_of_logs(minor_per_major));
  }
  return result;
}

}  // namespace rapport::clv
