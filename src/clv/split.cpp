#include <rapport/clv/split.hpp>

#include <rapport/fold/fold.hpp>
#include <rapport/fold/only.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace rapport::clv {
namespace {

// Purchases of the last so many days.
struct Lately {
  fold::DayNumber after;
  bool operator()(const fold::Entry& entry) const { return entry.day > after; }
};

// Repeat spend of the last so many days.
struct RepeatSpendLately {
  struct State {
    fold::RepeatSpend::State all;
    std::int64_t total = 0;
  };
  Lately lately;

  void absorb(State& state, const fold::Entry& entry) const {
    const std::int64_t before = state.all.total;
    fold::RepeatSpend{}.absorb(state.all, entry);
    if (lately(entry)) state.total += state.all.total - before;
  }
};

}  // namespace

Split split(const record::LedgerView& ledger, const SplitOptions& options) {
  const core::AsOf as_of = options.as_of;
  if (options.last < as_of) {
    throw std::invalid_argument("split: the hold-out ends on " + core::to_text(options.last.day()) +
                                ", but the calibration on " + core::to_text(as_of.day()));
  }
  const auto length = static_cast<fold::DayNumber>((options.last.day() - as_of.day()).count());
  const fold::DayNumber end = fold::day_number(as_of.day());
  const Lately lately{end - length};
  const auto [before, after] = fold::each_customer_split(
      ledger, as_of, options.last, {.threads = options.threads, .watch = options.watch},
      fold::PurchaseDays{}, fold::RepeatSpend{}, fold::NetSpend{}, RepeatSpendLately{lately},
      fold::Only{fold::PurchaseDays{}, lately});
  const auto& [days, repeat_spend, spend, recent_spend, recent] = before;
  const auto& [days_after, repeat_spend_after, spend_after, recent_spend_after, recent_after] =
      after;

  Split result;
  result.calibration = summarise(days, repeat_spend, ledger.rules.currency, as_of, options.period);
  result.horizon = core::days(length);
  const auto minor_per_major = static_cast<double>(ledger.rules.currency.minor_per_major());
  const auto spent = [&spend_after = spend_after, minor_per_major](std::size_t customer) {
    return static_cast<double>(spend_after[customer].total) / minor_per_major;
  };
  for (std::size_t customer = 0; customer < days.size(); ++customer) {
    const double bought = days_after[customer].days;
    if (days[customer].days == 0) {
      if (bought == 0) continue;
      ++result.newcomers.customers;
      result.newcomers.purchase_days += bought;
      result.newcomers.spend += spent(customer);
      continue;
    }
    const bool new_lately = days[customer].first_day > lately.after;
    result.holdout_frequency.push_back(bought);
    result.holdout_spend.push_back(spent(customer));
    result.recent_frequency.push_back(recent[customer].days - (new_lately ? 1 : 0));
    result.recent_spend.push_back(static_cast<double>(recent_spend[customer].total) /
                                  minor_per_major);
  }
  return result;
}

}  // namespace rapport::clv
