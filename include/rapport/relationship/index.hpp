#ifndef RAPPORT_RELATIONSHIP_INDEX_HPP
#define RAPPORT_RELATIONSHIP_INDEX_HPP

/// \file
/// How close each customer is: an index by a definition, with what every indicator contributes.
///
///     const record::StoreView view(store, {.as_of = rapport::as_of("2024-06-30")});
///     const auto index = relationship::evaluate(view, definition);
///     index.score[i];              // in millionths: 767'000 is 0.767
///     index.contributions[k][i];   // of indicator k; they add up to the score exactly

#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/record/stamp.hpp>
#include <rapport/record/view.hpp>
#include <rapport/relationship/catalogue.hpp>
#include <rapport/relationship/definition.hpp>
#include <rapport/relationship/micro.hpp>
#include <rapport/relationship/transform.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace rapport::relationship {

/// How an index is evaluated.
struct IndexOptions {
  Catalogue catalogue = built_in_catalogue();
  OwnTransforms own = {};  ///< the host's transforms that the definition names
  /// The scales of an earlier result of the same definition: ranks are then by its cuts, and no
  /// score changes because of others. Empty: cuts are made of this base.
  std::vector<Scale> scales = {};
  core::Threads threads = {};  ///< the result is the same bytes for any number
  core::Watch watch = {};
};

/// An index of all customers of a view: columns, row = customer.
///
/// An indicator that is unknown for a customer takes no part in their score, and the weights of the
/// known ones are scaled up to 1. A customer of whom nothing can be seen, or whose known indicators
/// weigh less than the definition's minimum_coverage, has no score: unknown, which is not far.
struct IndexTable {
  IndexDefinition definition;
  std::string fingerprint;    ///< of the definition: it goes with every figure
  record::PointInTime point;  ///< what was seen
  record::Role role = record::Role::customer;
  std::vector<double> weights;  ///< of each indicator, by itself and through groups
  std::vector<Scale> scales;    ///< of each indicator, with the cuts that made the result

  std::vector<std::vector<double>> values;  ///< [indicator][customer]; NaN if unknown
  /// [indicator][customer]; closeness times the weight, scaled up where others are unknown, rounded
  /// to millionths, halves to even; 0 where the indicator or the score is unknown.
  std::vector<std::vector<Micro>> contributions;
  std::vector<Micro> score;     ///< the sum of the contributions, or unknown_score
  std::vector<Micro> coverage;  ///< share of the weight that is known; 0 if nothing was seen

  [[nodiscard]] std::size_t size() const noexcept { return score.size(); }

  /// Where the score can lie once all is known.
  struct Bounds {
    Micro low, high;
  };
  /// With the unknown indicators at 0 and at 1; the score itself twice if all are known.
  /// \pre customer < size().
  [[nodiscard]] Bounds bounds(std::size_t customer) const;
};

/// The index of every customer of the view. O(records x indicators) time.
/// \throws DefinitionError as check(); std::invalid_argument if options.scales are not those of the
/// definition, or an own transform is missing; std::domain_error for an aggregate of the host's
/// that gives an infinite value; core::Cancelled.
[[nodiscard]] IndexTable evaluate(const record::StoreView& view, const IndexDefinition& definition,
                                  const IndexOptions& options = {});

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_INDEX_HPP
