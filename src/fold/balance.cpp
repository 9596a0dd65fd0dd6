#include <rapport/fold/balance.hpp>

#include <algorithm>
#include <iterator>

namespace rapport::fold {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr double seconds_per_day = 86'400;

// The state after the total has stood until `now`.
struct Stood {
  core::Int128 area;
  double moment;
  std::int64_t minimum;
};

Stood stood(const Balance::State& state, core::Instant now) noexcept {
  Stood result{state.area, state.moment, state.minimum};
  if (now <= state.since) return result;
  const std::int64_t from = (state.since - state.first).count();
  const std::int64_t to = (now - state.first).count();
  result.area += core::Int128{state.total} * (to - from);
  result.moment += static_cast<double>(state.total) * 0.5 * static_cast<double>(to - from) *
                   static_cast<double>(to + from);
  result.minimum = std::min(result.minimum, state.total);
  return result;
}

}  // namespace

void Balance::absorb(State& state, const record::Holding& holding) const {
  const core::Instant at = std::max(holding.stamp.at, begin);
  if (state.accounts.empty()) {
    state.first = state.since = at;
  } else {
    const Stood until = stood(state, at);
    state.area = until.area;
    state.moment = until.moment;
    state.minimum = until.minimum;
    state.since = at;
  }
  auto account = std::lower_bound(
      state.accounts.begin(), state.accounts.end(), holding.account,
      [](const Account& known, record::Name name) { return known.account < name; });
  if (account == state.accounts.end() || account->account != holding.account) {
    account = state.accounts.insert(account, {.account = holding.account});
  }
  state.total += holding.balance - account->balance;
  account->balance = holding.balance;
  account->product = holding.product;
}

double mean_balance(const Balance::State& state, core::Instant now) noexcept {
  if (state.accounts.empty()) return unknown;
  const auto seconds = (std::max(now, state.since) - state.first).count();
  if (seconds <= 0) return static_cast<double>(state.total);
  return static_cast<double>(stood(state, now).area) / static_cast<double>(seconds);
}

double minimum_balance(const Balance::State& state, core::Instant now) noexcept {
  if (state.accounts.empty()) return unknown;
  return static_cast<double>(std::min(stood(state, now).minimum, state.total));
}

double balance_trend(const Balance::State& state, core::Instant now) noexcept {
  if (state.accounts.empty()) return unknown;
  const auto seconds = static_cast<double>((std::max(now, state.since) - state.first).count());
  if (seconds <= 0) return unknown;
  // Over [0, s] the line's slope is the integral of (t - s/2) B(t) over s^3 / 12.
  const Stood all = stood(state, now);
  const double covariance = all.moment - 0.5 * seconds * static_cast<double>(all.area);
  return 12 * covariance / (seconds * seconds * seconds) * seconds_per_day;
}

std::uint32_t products_held(const Balance::State& state) {
  std::vector<record::Name> products;
  for (const Balance::Account& account : state.accounts) {
    if (account.balance != 0) products.push_back(account.product);
  }
  std::sort(products.begin(), products.end());
  return static_cast<std::uint32_t>(
      std::distance(products.begin(), std::unique(products.begin(), products.end())));
}

}  // namespace rapport::fold
