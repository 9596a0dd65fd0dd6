#include <rapport/relationship/provenance.hpp>

#include <stdexcept>

namespace rapport::relationship {
namespace {

Provenance recorded(WeightSource source, const WeighedBy& by) {
  Provenance provenance;
  provenance.weights = source;
  provenance.by = by.name;
  provenance.date = by.date;
  return provenance;
}

void check_usable(bool usable, const std::string& message) {
  if (!usable) throw std::invalid_argument("provenance_of: there are no weights: " + message);
}

}  // namespace

Provenance provenance_of(const AhpWeights& weights, const WeighedBy& by) {
  Provenance provenance = recorded(WeightSource::ahp, by);
  provenance.consistency_ratio = weights.consistency_ratio;
  return provenance;
}

Provenance provenance_of(const EstimatedWeights& weights, const WeighedBy& by) {
  check_usable(weights.usable(), weights.message);
  Provenance provenance = recorded(WeightSource::estimated, by);
  provenance.features_as_of = weights.as_of.day();
  provenance.outcome = DayRange{.first = weights.outcome_first, .last = weights.outcome_last};
  return provenance;
}

Provenance provenance_of(const LatentFactor& factor, core::AsOf features_as_of,
                         const WeighedBy& by) {
  check_usable(factor.usable(), factor.message);
  Provenance provenance = recorded(WeightSource::latent, by);
  provenance.features_as_of = features_as_of.day();
  return provenance;
}

}  // namespace rapport::relationship
