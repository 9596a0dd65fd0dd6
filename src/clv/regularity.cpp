#include <rapport/clv/regularity.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>
#include <rapport/fold/fold.hpp>
#include <rapport/math/normal.hpp>
#include <rapport/math/polygamma.hpp>

#include "special_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

constexpr std::string_view interval_shape_place = "interval_shape";

// Nothing that people do is less or more regular than this.
constexpr double least_k = 1e-6, most_k = 1e9;

// The zero of a function that falls from above 0 to below it, by halving the interval of ln k.
template <class Function>
double falling_zero(const Function& function) {
  double low = std::log(least_k), high = std::log(most_k);
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    if (middle == low || middle == high) break;
    (function(std::exp(middle)) > 0 ? low : high) = middle;
  }
  return std::exp((low + high) / 2);
}

// A customer with `n` >= 2 intervals; `spread` >= 0 is the sum of -ln(share) less n ln n, its value
// for equal intervals.
struct Shares {
  double n, spread;
};

// n (psi(n k) - psi(k)) - n ln n: the mean of the spread under k. Falls from infinity to 0.
double expected_spread(double n, double k) {
  return n * (math::digamma_shift(k, (n - 1) * k) - std::log(n));
}

core::Estimate shape_of(std::vector<Shares> customers, double level) {
  core::Estimate result;
  result.level = level;
  result.n = customers.size();
  const double reach = math::two_sided_quantile(level);
  if (customers.empty()) return result;
  // One term a number of intervals, and sums in an order of the values.
  std::sort(customers.begin(), customers.end(), [](const Shares& a, const Shares& b) {
    return std::pair(a.n, a.spread) < std::pair(b.n, b.spread);
  });
  std::vector<std::pair<double, double>> counts;
  double spread = 0;
  for (const Shares& each : customers) {
    if (counts.empty() || counts.back().first != each.n) counts.emplace_back(each.n, 0);
    ++counts.back().second;
    spread += each.spread;
  }
  const auto score = [&](double k) {
    double sum = -spread;
    for (const auto& [n, number] : counts) sum += number * expected_spread(n, k);
    return sum;
  };
  if (!(spread > 0) || score(most_k) > 0) {
    result.status = core::Status::undefined;
    return result;
  }
  const double k = falling_zero(score);
  double information = 0, squares = 0;
  for (const auto& [n, number] : counts) {
    // psi'(k) - n psi'(n k) > 0, n times
    information +=
        number * n * (-math::trigamma_shift(k, (n - 1) * k) - (n - 1) * math::trigamma(n * k));
  }
  for (const Shares& each : customers) {
    const double own = expected_spread(each.n, k) - each.spread;
    squares += own * own;
  }
  const double error = std::sqrt(squares) / (information * k);  // of ln k
  result.status = core::Status::estimated;
  result.value = k;
  if (customers.size() > 1) {
    result.low = k * std::exp(-reach * error);
    result.high = k * std::exp(reach * error);
  }
  return result;
}

// The intervals between purchase days of a customer.
struct Intervals {
  struct State {
    fold::DayNumber first_day = 0, last_day = 0;
    std::uint32_t purchases = 0;
    fold::DayNumber last_gap = 0, gap_before = 0;
    double sum_logs = 0;
  };
  void absorb(State& state, const fold::Entry& entry) const {
    if (!entry.is_purchase() || (state.purchases > 0 && entry.day == state.last_day)) return;
    if (state.purchases++ == 0) {
      state.first_day = entry.day;
    } else {
      state.gap_before = std::exchange(state.last_gap, entry.day - state.last_day);
      state.sum_logs += std::log(static_cast<double>(state.last_gap));
    }
    state.last_day = entry.day;
  }
};

// The k of one customer's intervals: ln k - psi(k) = ln(mean) - mean of ln.
double own_shape(double n, double spread) {
  const double s = spread / n;
  const auto score = [s](double k) { return std::log(k) - math::digamma(k) - s; };
  return s > 0 && score(most_k) < 0 ? falling_zero(score) : infinity;
}

double median(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  const double low = values[(n - 1) / 2], high = values[n / 2];
  return low == high ? low : (low + high) / 2;
}

}  // namespace

Regularity regularity(const record::LedgerView& ledger, const RegularityOptions& options) {
  const auto [intervals] = fold::each_customer(
      ledger,
      {.window = fold::until(options.as_of), .threads = options.threads, .watch = options.watch},
      Intervals{});
  Regularity result;
  std::vector<Shares> shares;
  std::vector<double> own;
  double squares = 0;
  for (const Intervals::State& state : intervals) {
    if (state.purchases < 3) continue;
    const double n = state.purchases - 1;
    const double length = state.last_day - state.first_day;
    const double spread = std::max(0.0, n * std::log(length / n) - state.sum_logs);
    shares.push_back({n, spread});
    const double share = static_cast<double>(state.last_gap) /
                         static_cast<double>(state.last_gap + state.gap_before);
    squares += (share - 0.5) * (share - 0.5);
    if (n >= 10) own.push_back(own_shape(n, spread));
  }
  result.customers = shares.size();
  result.customers_of_ten = own.size();
  if (!shares.empty()) {
    const double v = squares / static_cast<double>(shares.size());
    result.wheat_morrison = (1 - 4 * v) / (8 * v);
  }
  result.median_of_customers = median(std::move(own));
  result.k = shape_of(std::move(shares), options.level);
  return result;
}

core::Estimate interval_shape(std::span<const double> frequency, std::span<const double> recency,
                              std::span<const double> sum_log_intervals, double level) {
  core::check_same_size(recency.size(), frequency.size(), interval_shape_place, "recency");
  core::check_same_size(sum_log_intervals.size(), frequency.size(), interval_shape_place,
                        "sum_log_intervals");
  std::vector<Shares> shares;
  for (std::size_t i = 0; i < frequency.size(); ++i) {
    const double n = frequency[i];
    if (!(n >= 2)) continue;
    core::check_positive_finite(recency[i], interval_shape_place, "recency");
    const double most = n * std::log(recency[i] / n);
    const double sum = sum_log_intervals[i];
    if (!(std::isfinite(sum) && sum <= most + 1e-9 * (1 + std::abs(most)))) {
      core::throw_domain_error(interval_shape_place, "sum_log_intervals", sum,
                               "finite and <= x ln(t_x / x)");
    }
    shares.push_back({n, std::max(0.0, most - sum)});
  }
  return shape_of(std::move(shares), level);
}

std::string to_text(const Regularity& regularity) {
  const core::Estimate& k = regularity.k;
  if (k.status == core::Status::undefined) return "all intervals of each customer are equal";
  if (!k.usable()) return "no customer has two intervals between purchases";
  std::string text = "k = " + core::fixed_text(k.value, 2) + " (" + core::fixed_text(k.low, 2) +
                     " to " + core::fixed_text(k.high, 2) + "), " +
                     core::grouped_text(regularity.customers) + " customers: ";
  if (k.low > 1) return text + "regular; CNBD-k and Pareto/GGG are worth trying";
  if (k.high < 1)
    return text + "in bursts; no model here has a interval_shape_place for them but Pareto/GGG";
  return text + "at random, as NBD and its kin have it";
}

}  // namespace rapport::clv
