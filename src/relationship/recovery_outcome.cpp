#include <rapport/relationship/recovery_outcome.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>
#include <rapport/math/proportion.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

namespace rapport::relationship {
namespace {

using std::chrono::seconds;

template <class Value>
void check_ascending(const std::vector<Value>& cuts, const char* name) {
  // Written so that a NaN is out of order, too.
  for (std::size_t i = 1; i < cuts.size(); ++i) {
    if (!(cuts[i - 1] < cuts[i])) {
      throw std::invalid_argument(std::string("LikenessBins: ") + name + " must ascend strictly");
    }
  }
}

template <class Value>
std::size_t bin_of(Value value, const std::vector<Value>& cuts) {
  return static_cast<std::size_t>(std::upper_bound(cuts.begin(), cuts.end(), value) - cuts.begin());
}

struct Count {
  std::uint64_t again = 0, all = 0;

  void add(bool bought) {
    again += bought;
    ++all;
  }
};

struct Stratum {
  Count recovered, past, peers;
};

std::string proportion_text(const core::Estimate& estimate) {
  if (!estimate.usable()) return "unknown";
  return core::fixed_text(estimate.value, 2) + " (n=" + std::to_string(estimate.n) + ", " +
         core::fixed_text(estimate.low, 2) + "-" + core::fixed_text(estimate.high, 2) + ")";
}

}  // namespace

std::optional<Repurchase> repurchase(std::span<const core::Instant> orders, core::Instant anchor,
                                     seconds window, core::Instant now) {
  core::check_positive_finite(static_cast<double>(window.count()), "repurchase", "window");
  const auto first_at = std::lower_bound(orders.begin(), orders.end(), anchor);
  if (first_at == orders.begin() || anchor + window > now) return std::nullopt;
  const auto next = std::upper_bound(first_at, orders.end(), anchor);

  Repurchase result;
  result.orders_before = static_cast<std::uint32_t>(first_at - orders.begin());
  result.days_since_order =
      std::chrono::duration<double>(anchor - *std::prev(first_at)).count() / 86'400;
  result.days_since_first = std::chrono::duration<double>(anchor - orders.front()).count() / 86'400;
  result.after = next != orders.end() && *next <= anchor + window;
  // The last order at least a window before the anchor; several at one instant are one.
  const auto ended = std::upper_bound(orders.begin(), first_at, anchor - window);
  if (ended != orders.begin()) {
    result.before = ended != first_at && *ended <= *std::prev(ended) + window;
  }
  return result;
}

RecoveryOutcome recovery_outcome(std::span<const Repurchase> recovered,
                                 std::span<const Repurchase> without_failure,
                                 const LikenessBins& bins, double level) {
  check_ascending(bins.orders_before, "orders_before");
  check_ascending(bins.days_since_order, "days_since_order");
  check_ascending(bins.days_since_first, "days_since_first");
  std::map<std::array<std::size_t, 3>, Stratum> strata;
  const auto stratum_of = [&](const Repurchase& row) -> Stratum& {
    return strata[{bin_of(row.orders_before, bins.orders_before),
                   bin_of(row.days_since_order, bins.days_since_order),
                   bin_of(row.days_since_first, bins.days_since_first)}];
  };
  for (const Repurchase& row : recovered) {
    Stratum& stratum = stratum_of(row);
    stratum.recovered.add(row.after);
    if (row.before) stratum.past.add(*row.before);
  }
  for (const Repurchase& row : without_failure) stratum_of(row).peers.add(row.after);

  RecoveryOutcome result;
  result.recovered = recovered.size();
  for (const auto& [bin, stratum] : strata) {
    if (stratum.peers.all > 0) result.matched += stratum.recovered.all;
  }
  Count after, past;
  std::uint64_t peers = 0;
  double peers_again = 0;   // weighted share,
  double share_of_one = 0;  // and the sum of squared weights of single peers
  for (const auto& [bin, stratum] : strata) {
    const bool matched = stratum.recovered.all > 0 && stratum.peers.all > 0;
    if (matched || result.matched == 0) {
      after.again += stratum.recovered.again;
      after.all += stratum.recovered.all;
      past.again += stratum.past.again;
      past.all += stratum.past.all;
    }
    if (!matched) continue;
    const auto all = static_cast<double>(stratum.peers.all);
    const double weight =
        static_cast<double>(stratum.recovered.all) / static_cast<double>(result.matched);
    peers += stratum.peers.all;
    peers_again += weight * (static_cast<double>(stratum.peers.again) / all);
    share_of_one += weight * weight / all;
  }
  result.after = math::to_estimate(math::wilson(after.again, after.all, level), after.all, level);
  result.own_past = math::to_estimate(math::wilson(past.again, past.all, level), past.all, level);
  const math::Proportion none = math::wilson(0, 0, level);
  result.peers = math::to_estimate(
      peers == 0 ? none
                 : math::wilson_weighted(std::min(1.0, peers_again), 1 / share_of_one, level),
      peers, level);
  return result;
}

std::string to_text(const RecoveryOutcome& outcome) {
  if (!outcome.after.usable()) return "after recovery: nobody to tell of";
  std::string text = "after recovery: repurchase " + proportion_text(outcome.after) +
                     ", no-failure peers " + proportion_text(outcome.peers) + ", own past " +
                     proportion_text(outcome.own_past);
  if (outcome.matched > 0 && outcome.matched < outcome.recovered) {
    text += "; " + std::to_string(outcome.recovered - outcome.matched) +
            " more without a like customer are left out";
  }
  return text + "; side by side, no cause implied";
}

}  // namespace rapport::relationship
