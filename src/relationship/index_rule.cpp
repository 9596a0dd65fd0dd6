#include "index_rule.hpp"

#include <cmath>
#include <utility>

namespace rapport::relationship::detail {

IndexRule::IndexRule(const record::StoreView& view, const IndexDefinition& definition,
                     std::vector<double> weights, const Catalogue& catalogue)
    : folding_(view), weights_(std::move(weights)), minimum_coverage_(definition.minimum_coverage) {
  for (const double weight : weights_) all_weights_ += weight;
  for (const Indicator& indicator : definition.indicators) {
    of_block_.push_back(catalogue.make(indicator.aggregate, indicator.parameters, view));
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
  for (std::size_t k = 0; k < indicators(); ++k) {
    values(k, customer.value, {&closeness[k], 1});
    closeness[k] = scales[k](closeness[k]);
  }
  Contributions result;
  contribute(closeness, view().customer(customer).seen(), result);
  return result;
}

}  // namespace rapport::relationship::detail
