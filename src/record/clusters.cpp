#include <rapport/core/check.hpp>
#include <rapport/record/clusters.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

namespace rapport::record {

Clusters::Clusters(std::uint32_t sources, std::span<const Link> links) {
  // The root of a cluster is its least source record, so numbers do not depend on the links' order.
  std::vector<std::uint32_t> parent(sources);
  std::iota(parent.begin(), parent.end(), 0U);
  const auto root = [&](std::uint32_t source) {
    while (parent[source] != source) source = parent[source] = parent[parent[source]];
    return source;
  };
  for (const Link& link : links) {
    if (link.a.value >= sources || link.b.value >= sources) {
      throw std::invalid_argument("Clusters: a link names source record " +
                                  std::to_string(std::max(link.a.value, link.b.value)) +
                                  ", but there are " + std::to_string(sources));
    }
    const std::uint32_t a = root(link.a.value);
    const std::uint32_t b = root(link.b.value);
    parent[std::max(a, b)] = std::min(a, b);
  }
  customers_.resize(sources);
  for (std::uint32_t source = 0; source < sources; ++source) {
    const std::uint32_t first = root(source);
    if (first == source) {
      customers_[source] = {static_cast<std::uint32_t>(offsets_.size() - 1)};
      offsets_.push_back(0);
    } else {
      customers_[source] = customers_[first];
    }
    ++offsets_[customers_[source].value + 1];
  }
  std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
  members_.resize(sources);
  std::vector<std::uint32_t> next(offsets_.begin(), offsets_.end() - 1);
  for (std::uint32_t source = 0; source < sources; ++source) {
    members_[next[customers_[source].value]++] = {source};
  }
}

double match_probability(std::span<const double> weights) {
  double sum = 0;
  for (const double weight : weights) {
    if (std::isnan(weight)) {
      core::throw_domain_error("match_probability", "weight", weight, "a number");
    }
    sum += weight;
  }
  return 1 / (1 + std::exp2(-sum));
}

}  // namespace rapport::record
