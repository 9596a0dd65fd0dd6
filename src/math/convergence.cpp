#include <rapport/math/convergence.hpp>

#include <rapport/math/normal.hpp>

#include "special_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace rapport::math {
namespace {

// Chains of equal length, one after the other.
struct Chains {
  std::vector<double> values;
  std::size_t chains;

  [[nodiscard]] std::size_t length() const { return values.size() / chains; }
  [[nodiscard]] std::span<const double> of(std::size_t chain) const {
    return std::span(values).subspan(chain * length(), length());
  }
};

// Each chain in two halves; the middle draw of an odd number is dropped.
Chains split(std::span<const double> draws, std::size_t chains) {
  const std::size_t length = draws.size() / chains;
  const std::size_t half = length / 2;
  Chains result{{}, 2 * chains};
  result.values.reserve(2 * chains * half);
  for (std::size_t chain = 0; chain < chains; ++chain) {
    const auto whole = draws.subspan(chain * length, length);
    result.values.insert(result.values.end(), whole.begin(), whole.first(half).end());
    result.values.insert(result.values.end(), whole.last(half).begin(), whole.end());
  }
  return result;
}

// Eq. (14): normal scores of the ranks among all draws; equal values share their mean rank.
Chains rank_normalised(const Chains& chains) {
  const std::vector<double>& values = chains.values;
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  Chains result{std::vector<double>(values.size()), chains.chains};
  const auto size = static_cast<double>(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double rank = static_cast<double>(begin + 1 + end) / 2;
    const double score = normal_quantile((rank - 0.375) / (size + 0.25));
    for (; begin < end; ++begin) result.values[order[begin]] = score;
  }
  return result;
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Eqs. (1) to (3).
struct Variances {
  double within = 0;
  double total = 0;  // var+
  std::vector<double> means;
};

Variances variances(const Chains& chains) {
  const auto m = static_cast<double>(chains.chains);
  const auto n = static_cast<double>(chains.length());
  Variances result;
  for (std::size_t chain = 0; chain < chains.chains; ++chain) {
    const auto values = chains.of(chain);
    const double mean = mean_of(values);
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    result.within += squares / (n - 1) / m;
    result.means.push_back(mean);
  }
  const double grand = mean_of(result.means);
  double between = 0;  // B / n
  for (const double mean : result.means) between += (mean - grand) * (mean - grand) / (m - 1);
  result.total = result.within * (n - 1) / n + between;
  return result;
}

double r_hat(const Chains& chains) {
  const Variances v = variances(chains);
  return std::sqrt(v.total / v.within);  // eq. (4)
}

// Eqs. (10) to (13), with Geyer's initial monotone sequence: sums of neighbouring autocorrelations
// until they turn negative, and never rising.
double effective_sample_size(const Chains& chains) {
  const Variances v = variances(chains);
  if (!(v.total > 0)) return nan;
  const std::size_t n = chains.length();
  const auto draws = static_cast<double>(chains.values.size());
  const auto autocorrelation = [&](std::size_t lag) {
    double covariance = 0;
    for (std::size_t chain = 0; chain < chains.chains; ++chain) {
      const auto values = chains.of(chain);
      const double mean = v.means[chain];
      double sum = 0;
      for (std::size_t i = 0; i + lag < n; ++i)
        sum += (values[i] - mean) * (values[i + lag] - mean);
      covariance += sum / static_cast<double>(n);
    }
    covariance /= static_cast<double>(chains.chains);
    return 1 - (v.within - covariance) / v.total;
  };
  double tau = -1;
  double previous = std::numeric_limits<double>::infinity();
  for (std::size_t lag = 0; lag + 1 < n; lag += 2) {
    const double pair = (lag == 0 ? 1 : autocorrelation(lag)) + autocorrelation(lag + 1);
    if (!(pair > 0)) break;
    previous = std::min(previous, pair);
    tau += 2 * previous;
  }
  // Chains that alternate tell more than independent draws: believed up to a factor of log10.
  return draws / std::max(tau, 1 / std::log10(draws));
}

// Which draws are at most the quantile: 1 or 0.
Chains below(const Chains& chains, double quantile) {
  Chains result = chains;
  for (double& value : result.values) value = value <= quantile ? 1 : 0;
  return result;
}

double quantile(const std::vector<double>& ascending, double p) {
  const double place = p * static_cast<double>(ascending.size() - 1);
  const auto index = static_cast<std::size_t>(place);
  const std::size_t next = std::min(index + 1, ascending.size() - 1);
  return std::lerp(ascending[index], ascending[next], place - static_cast<double>(index));
}

}  // namespace

Convergence convergence(std::span<const double> draws, int chains) {
  if (chains < 1 || draws.size() % static_cast<std::size_t>(chains) != 0) {
    throw std::invalid_argument("convergence: the draws are not chains of equal length");
  }
  const auto count = static_cast<std::size_t>(chains);
  const auto finite = [](double value) { return std::isfinite(value); };
  if (draws.size() / count < 4 || !std::all_of(draws.begin(), draws.end(), finite)) {
    return {nan, nan, nan};
  }
  const Chains halves = split(draws, count);
  std::vector<double> ascending = halves.values;
  std::sort(ascending.begin(), ascending.end());
  if (ascending.front() == ascending.back()) return {nan, nan, nan};

  const Chains ranked = rank_normalised(halves);
  Chains folded = halves;
  const double median = quantile(ascending, 0.5);
  for (double& value : folded.values) value = std::abs(value - median);
  return {.r_hat = std::max(r_hat(ranked), r_hat(rank_normalised(folded))),
          .bulk_ess = effective_sample_size(ranked),
          .tail_ess = std::min(effective_sample_size(below(halves, quantile(ascending, 0.05))),
                               effective_sample_size(below(halves, quantile(ascending, 0.95))))};
}

}  // namespace rapport::math
