#include <rapport/core/check.hpp>
#include <rapport/relationship/index.hpp>

#include "index_rule.hpp"

#include <cmath>
#include <stdexcept>

namespace rapport::relationship {
namespace {

constexpr std::size_t scores_per_block = 1024;  // a block's columns stay in the second cache

// The scales given, if they are of this definition.
std::vector<Scale> checked(const std::vector<Scale>& scales, const IndexDefinition& definition) {
  bool same = scales.size() == definition.indicators.size();
  for (std::size_t k = 0; same && k < scales.size(); ++k) {
    same = scales[k].transform() == definition.indicators[k].transform &&
           scales[k].direction() == definition.indicators[k].direction;
  }
  if (!same) throw std::invalid_argument("evaluate: the scales are of another definition");
  return scales;
}

}  // namespace

IndexTable::Bounds IndexTable::bounds(std::size_t customer) const {
  double known = 0;
  double unknown = 0;
  double all = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const double closeness = scales[k](values[k][customer]);
    all += weights[k];
    (std::isnan(closeness) ? unknown : known) +=
        std::isnan(closeness) ? weights[k] : weights[k] * closeness;
  }
  if (unknown == 0 && score[customer] != unknown_score) return {score[customer], score[customer]};
  return {to_micro(known / all), to_micro((known + unknown) / all)};
}

IndexTable evaluate(const record::StoreView& view, const IndexDefinition& definition,
                    const IndexOptions& options) {
  (void)check(definition, options.catalogue.known());
  const detail::IndexRule rule(view, definition, effective_weights(definition), options.catalogue);
  const std::size_t indicators = rule.indicators();
  const std::size_t customers = view.customers();
  IndexTable table{.definition = definition,
                   .fingerprint = fingerprint(definition),
                   .point = view.point(),
                   .role = view.role(),
                   .weights = rule.weights()};
  table.values.assign(indicators, std::vector<double>(customers));
  table.contributions.assign(indicators, std::vector<Micro>(customers));
  table.score.resize(customers);
  table.coverage.resize(customers);

  const auto stop = [&] {
    if (options.watch.stop.stop_requested()) throw core::Cancelled("evaluating the index");
  };
  options.watch.report({"evaluating the index", 0, customers});
  core::for_blocks(options.threads, customers, scores_per_block,
                   [&](std::size_t begin, std::size_t end) {
                     stop();
                     std::vector<std::span<double>> columns;
                     for (auto& column : table.values) {
                       columns.emplace_back(&column[begin], end - begin);
                     }
                     rule.values(static_cast<std::uint32_t>(begin), columns);
                     for (std::size_t k = 0; k < indicators; ++k) {
                       for (const double value : columns[k]) {
                         if (std::isinf(value)) {
                           core::throw_domain_error("evaluate", definition.indicators[k].id, value,
                                                    "finite, or NaN where it is unknown");
                         }
                       }
                     }
                   });
  if (!options.scales.empty()) {
    table.scales = checked(options.scales, definition);
  } else {
    for (std::size_t k = 0; k < indicators; ++k) {
      const Indicator& indicator = definition.indicators[k];
      table.scales.push_back(scale_for(indicator.transform, indicator.direction, table.values[k],
                                       options.own, options.threads));
    }
  }
  core::for_blocks(
      options.threads, customers, scores_per_block, [&](std::size_t begin, std::size_t end) {
        stop();
        const std::size_t size = end - begin;
        std::vector<double> closeness(indicators * size);
        for (std::size_t k = 0; k < indicators; ++k) {
          table.scales[k].apply({&table.values[k][begin], size}, {&closeness[k * size], size});
        }
        std::vector<double> of_one(indicators);
        detail::Contributions result;
        for (std::size_t i = 0; i < size; ++i) {
          for (std::size_t k = 0; k < indicators; ++k) of_one[k] = closeness[k * size + i];
          const record::CustomerId customer{static_cast<std::uint32_t>(begin + i)};
          rule.contribute(of_one, view.customer(customer).seen(), result);
          for (std::size_t k = 0; k < indicators; ++k) {
            table.contributions[k][begin + i] = result.of[k];
          }
          table.score[begin + i] = result.score;
          table.coverage[begin + i] = result.coverage;
        }
      });
  options.watch.report({"evaluating the index", customers, customers});
  return table;
}

}  // namespace rapport::relationship
