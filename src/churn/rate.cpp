#include <rapport/churn/rate.hpp>
#include <rapport/core/check.hpp>
#include <rapport/fold/fold.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/math/proportion.hpp>

#include <cmath>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace rapport::churn {
namespace {

using Days = fold::PurchaseDays::State;

enum class Standing { none, here, lost };

// Where the customer of these purchase days stands at the end of the day `today`.
Standing stands(const NoPurchaseFor& rule, const Days& days, fold::DayNumber today) {
  if (days.days == 0) return Standing::none;
  return today - days.last_day >= rule.days ? Standing::lost : Standing::here;
}

Standing stands(const SilentBeyondOwnInterval& rule, const Days& days, fold::DayNumber today) {
  if (days.days < 2) return Standing::none;
  const double interval = static_cast<double>(days.last_day - days.first_day) / (days.days - 1.0);
  return today - days.last_day > rule.factor * interval ? Standing::lost : Standing::here;
}

// One decimal, by integers: no locale.
std::string percent(double fraction) {
  const auto tenths = std::llround(fraction * 1000);
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
}

}  // namespace

std::string to_text(const Rule& rule) {
  if (const auto* silent = std::get_if<NoPurchaseFor>(&rule)) {
    core::check_positive_finite(silent->days, "NoPurchaseFor", "days");
    return "no purchase for " + std::to_string(silent->days) + " days";
  }
  if (const auto* own = std::get_if<SilentBeyondOwnInterval>(&rule)) {
    core::check_positive_finite(own->factor, "SilentBeyondOwnInterval", "factor");
    return "silent for more than " + core::to_text(own->factor) +
           " times the customer's own mean interval";
  }
  return "no purchase in the window";
}

ChurnRate churn_rate(std::uint64_t at_start, std::uint64_t lost, std::string rule, double level) {
  ChurnRate result;
  result.at_start = at_start;
  result.lost = lost;
  result.rate = math::to_estimate(math::wilson(lost, at_start, level), at_start, level);
  result.rule = std::move(rule);
  return result;
}

ChurnRate churn_rate(const record::LedgerView& ledger, const Rule& rule, core::AsOf start,
                     core::AsOf end, double level, const core::Threads& threads) {
  std::string words = to_text(rule);
  if (!(start < end)) {
    throw std::invalid_argument("churn_rate: the window ends on " + core::to_text(end.day()) +
                                ", but must end after its start " + core::to_text(start.day()));
  }
  words += "; the window: the days after " + core::to_text(start.day()) + " up to " +
           core::to_text(end.day());
  const auto split =
      fold::each_customer_split(ledger, start, end, {.threads = threads}, fold::PurchaseDays{});
  const auto& before = std::get<0>(split.calibration);
  const auto& within = std::get<0>(split.holdout);
  std::uint64_t at_start = 0, lost = 0, unjudged = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].days == 0) continue;
    Days whole = before[i];
    fold::append(fold::PurchaseDays{}, whole, within[i]);
    std::visit(
        [&](const auto& r) {
          if constexpr (std::is_same_v<std::decay_t<decltype(r)>, NoPurchaseInWindow>) {
            ++at_start;
            lost += within[i].days == 0;
          } else {
            const Standing then = stands(r, before[i], fold::day_number(start.day()));
            unjudged += then == Standing::none;
            if (then != Standing::here) return;
            ++at_start;
            lost += stands(r, whole, fold::day_number(end.day())) == Standing::lost;
          }
        },
        rule);
  }
  ChurnRate result = churn_rate(at_start, lost, std::move(words), level);
  result.unjudged = unjudged;
  return result;
}

std::string to_text(const ChurnRate& rate) {
  const std::string rule = "; rule: " + rate.rule;
  if (!rate.rate.usable()) return "nobody was there to be lost" + rule;
  return percent(rate.rate.value) + " % lost (" + std::to_string(rate.lost) + " of " +
         std::to_string(rate.at_start) + "), " + core::to_text(100 * rate.rate.level) +
         " % interval " + percent(rate.rate.low) + " to " + percent(rate.rate.high) + " %" + rule;
}

}  // namespace rapport::churn
