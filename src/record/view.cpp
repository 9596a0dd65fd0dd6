#include <rapport/record/view.hpp>

#include <stdexcept>
#include <string>

namespace rapport::record {
namespace {

std::uint64_t seconds_from(core::Instant epoch, core::Instant instant) {
  const auto seconds = (instant - epoch).count();
  if (seconds < 0) return 0;
  return std::min<std::uint64_t>(static_cast<std::uint64_t>(seconds), std::uint64_t{1} << 32);
}

}  // namespace

StoreView::StoreView(const Store& store, const Clusters& clusters, const PointInTime& point,
                     Role role)
    : store_(&store),
      clusters_(&clusters),
      point_(point),
      sight_(point, store.rules().zone),
      role_(role),
      events_(seconds_from(store.rules().epoch, sight_.events)),
      known_(seconds_from(store.rules().epoch, sight_.known)) {
  if (clusters.source_count() != store.sources().size()) {
    throw std::invalid_argument(
        "StoreView: the clusters are of " + std::to_string(clusters.source_count()) +
        " source records, the store has " + std::to_string(store.sources().size()));
  }
}

}  // namespace rapport::record
