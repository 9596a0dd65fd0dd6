#include "index_rule.hpp"

#include <algorithm>
#include <any>
#include <cmath>
#include <string>
#include <utility>

namespace rapport::relationship::detail {

IndexRule::IndexRule(const record::StoreView& view, const IndexDefinition& definition,
                     std::vector<double> weights, const Catalogue& catalogue)
    : folding_(view), weights_(std::move(weights)), minimum_coverage_(definition.minimum_coverage) {
  for (const double weight : weights_) all_weights_ += weight;
  for (const Indicator& indicator : definition.indicators) {
    aggregates_.push_back(catalogue.make(indicator.aggregate, indicator.parameters, view));
    const std::string& key = aggregates_.back().key;
    const auto first = std::find_if(aggregates_.begin(), aggregates_.end(), [&](const auto& other) {
      return &other == &aggregates_.back() || (!key.empty() && other.key == key);
    });
    folded_as_.push_back(static_cast<std::size_t>(first - aggregates_.begin()));
  }
}

void IndexRule::values(std::uint32_t begin, std::span<const std::span<double>> values) const {
  std::vector<std::any> states(indicators());
  for (std::size_t k = 0; k < indicators(); ++k) {
    std::any& of = states[folded_as_[k]];
    if (!of.has_value()) of = aggregates_[k].fold(folding_, begin, values[k].size());
    aggregates_[k].measure(of, view(), values[k]);
  }
}

void IndexRule::contribute(std::span<const double> closeness, bool seen,
                           Contributions& result) const {
  double known = 0;
  for (std::size_t k = 0; k < weights_.size(); ++k) {
    if (!std::isnan(closeness[k])) known += weights_[k];
  }
  result.of.assign(weights_.size(), 0);
  // All that is known of nobody is that nothing was seen.
  const double coverage = seen ? known / all_weights_ : 0;
  result.coverage = to_micro(coverage);
  result.score = unknown_score;
  if (!seen || known == 0 || coverage < minimum_coverage_) return;
  result.score = 0;
  for (std::size_t k = 0; k < weights_.size(); ++k) {
    if (std::isnan(closeness[k])) continue;
    result.of[k] = to_micro(weights_[k] * closeness[k] / known);
    result.score += result.of[k];
  }
}

Contributions IndexRule::of_customer(record::CustomerId customer,
                                     std::span<const Scale> scales) const {
  std::vector<double> closeness(indicators());
  std::vector<std::span<double>> places;
  for (double& value : closeness) places.emplace_back(&value, 1);
  values(customer.value, places);
  for (std::size_t k = 0; k < indicators(); ++k) closeness[k] = scales[k](closeness[k]);
  Contributions result;
  contribute(closeness, view().customer(customer).seen(), result);
  return result;
}

}  // namespace rapport::relationship::detail
