#include <rapport/clv/resampling.hpp>

#include <rapport/core/check.hpp>

#include <algorithm>

namespace rapport::clv {

Patterns with_counts(const Patterns& patterns, std::span<const double> counts) {
  core::check_same_size(counts.size(), patterns.size(), "with_counts", "counts");
  return Patterns(Histories({.frequency = patterns.frequency(),
                             .recency = patterns.recency(),
                             .age = patterns.age(),
                             .customers = counts,
                             .sum_log_intervals = patterns.sum_log_intervals()},
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

OpportunityPatterns with_counts(const OpportunityPatterns& patterns,
                                std::span<const double> counts) {
  core::check_same_size(counts.size(), patterns.size(), "with_counts", "counts");
  return OpportunityPatterns(Opportunities({.frequency = patterns.frequency(),
                                            .recency = patterns.recency(),
                                            .opportunities = patterns.opportunities(),
                                            .customers = counts}));
}

Retention with_counts(const Retention& retention, std::span<const double> counts) {
  return retention.with_counts(counts);
}

double frequency_of_row(const SpendPatterns& patterns, std::size_t row) {
  const auto classes = patterns.by_frequency();
  return std::upper_bound(classes.begin(), classes.end(), row,
                          [](std::size_t i, const auto& c) { return i < c.end; })
      ->frequency;
}

}  // namespace rapport::clv
