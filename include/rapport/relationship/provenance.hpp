#ifndef RAPPORT_RELATIONSHIP_PROVENANCE_HPP
#define RAPPORT_RELATIONSHIP_PROVENANCE_HPP

/// \file
/// Where the weights of an index come from, as its definition records it.

#include <rapport/core/time.hpp>
#include <rapport/relationship/ahp.hpp>
#include <rapport/relationship/definition.hpp>
#include <rapport/relationship/estimated_weights.hpp>
#include <rapport/relationship/latent_factor.hpp>

#include <string>

namespace rapport::relationship {

/// Who took the weights over into a definition, and on which day.
struct WeighedBy {
  std::string name;
  core::Day date;
};

/// Of weights by comparison: with their consistency ratio, acceptable or not.
[[nodiscard]] Provenance provenance_of(const AhpWeights& weights, const WeighedBy& by);

/// Of estimated weights: with the indicators' as-of day and the outcome's window.
/// \throws std::invalid_argument unless weights stand.
[[nodiscard]] Provenance provenance_of(const EstimatedWeights& weights, const WeighedBy& by);

/// Of a latent factor, whose indicators were taken as of that day.
/// \throws std::invalid_argument unless weights stand.
[[nodiscard]] Provenance provenance_of(const LatentFactor& factor, core::AsOf features_as_of,
                                       const WeighedBy& by);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_PROVENANCE_HPP
