#include <rapport/clv/resampling.hpp>

#include <rapport/core/check.hpp>

#include <algorithm>
#include <cmath>

namespace rapport::clv {

namespace {

// What a history's sum of log intervals is at most: that of equal intervals.
double regular_sum(const CustomerHistory& c) {
  return c.frequency > 0 ? c.frequency * std::log(c.recency / c.frequency) : 0;
}

// Patterns keep the sum of all customers alone. Each row gets that of equal intervals, less what
// purchases fall short of it on average.
std::vector<double> shared_out_intervals(const Patterns& patterns) {
  if (std::isnan(patterns.sum_log_intervals()) || patterns.purchases() == 0) return {};
  double regular = 0;
  std::vector<double> sums(patterns.size());
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    sums[i] = regular_sum(patterns[i]);
    regular += patterns.count()[i] * sums[i];
  }
  const double short_of = std::max(0.0, regular - patterns.sum_log_intervals());
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    sums[i] -= patterns.frequency()[i] * (short_of / patterns.purchases());
  }
  return sums;
}

}  // namespace

Patterns with_counts(const Patterns& patterns, std::span<const double> counts) {
  core::check_same_size(counts.size(), patterns.size(), "with_counts", "counts");
  const std::vector<double> intervals = shared_out_intervals(patterns);
  return Patterns(Histories({.frequency = patterns.frequency(),
                             .recency = patterns.recency(),
                             .age = patterns.age(),
                             .customers = counts,
                             .sum_log_intervals = intervals},
                            patterns.period()));
}

SpendPatterns with_counts(const SpendPatterns& patterns, std::span<const double> counts) {
  core::check_same_size(counts.size(), patterns.size(), "with_counts", "counts");
  std::vector<double> frequency;
  frequency.reserve(patterns.size());
  for (const auto& c : patterns.by_frequency()) frequency.resize(c.end, c.frequency);
  return SpendPatterns(
      Spends({.frequency = frequency, .monetary_value = patterns.mean(), .customers = counts}));
}

double frequency_of_row(const SpendPatterns& patterns, std::size_t row) {
  const auto classes = patterns.by_frequency();
  return std::upper_bound(classes.begin(), classes.end(), row,
                          [](std::size_t i, const auto& c) { return i < c.end; })
      ->frequency;
}

}  // namespace rapport::clv
