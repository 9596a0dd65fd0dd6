#ifndef RAPPORT_SRC_RELATIONSHIP_INDEX_RULE_HPP
#define RAPPORT_SRC_RELATIONSHIP_INDEX_RULE_HPP

/// \file
/// A definition made ready for one view of a store: what evaluates an index and what explains how
/// it changed share.

#include <rapport/relationship/index.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace rapport::relationship::detail {

/// What one customer's indicators come to.
struct Contributions {
  std::vector<Micro> of;  ///< by indicator
  Micro score = unknown_score;
  Micro coverage = 0;
};

class IndexRule {
 public:
  /// \pre the definition is valid, and the catalogue knows its aggregates. `view` must outlive it.
  IndexRule(const record::StoreView& view, const IndexDefinition& definition,
            std::vector<double> weights, const Catalogue& catalogue);

  [[nodiscard]] std::size_t indicators() const noexcept { return weights_.size(); }
  [[nodiscard]] const std::vector<double>& weights() const noexcept { return weights_; }
  [[nodiscard]] const record::StoreView& view() const noexcept { return folding_.view(); }

  /// The values of customers from `begin` on, a span of the same size for each indicator.
  void values(std::uint32_t begin, std::span<const std::span<double>> values) const;

  /// Contributions of a customer whose indicators have these values on these scales.
  void contribute(std::span<const double> closeness, bool seen, Contributions& result) const;

  /// The same from the customer's records.
  [[nodiscard]] Contributions of_customer(record::CustomerId customer,
                                          std::span<const Scale> scales) const;

 private:
  fold::StoreFold folding_;
  std::vector<double> weights_;
  double all_weights_ = 0;
  double minimum_coverage_;
  std::vector<ReadyAggregate> aggregates_;
  std::vector<std::size_t> folded_as_;  // by indicator: the first one with the same states
};

}  // namespace rapport::relationship::detail

#endif  // RAPPORT_SRC_RELATIONSHIP_INDEX_RULE_HPP
