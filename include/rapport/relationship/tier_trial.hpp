#ifndef RAPPORT_RELATIONSHIP_TIER_TRIAL_HPP
#define RAPPORT_RELATIONSHIP_TIER_TRIAL_HPP

/// \file
/// What a policy of tiers would have done with the scores that a store has seen: how restless it
/// is, how many it raises and drops, and where customers spend their time.

#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/relationship/tiers.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace rapport::relationship {

/// One tier in a trial.
struct TierUse {
  std::uint64_t entered = 0;  ///< how often it was entered: so many grants of what it gives
  std::uint64_t departed = 0;
  std::uint64_t days = 0;     ///< customer-days in it
  double share_of_time = 0;   ///< of all customer-days; NaN if there are none
  double mean_stay_days = 0;  ///< days / departed, so that stays still going on count; NaN if none
};

/// One policy on one history.
struct TierTrial {
  std::uint64_t customers = 0;
  double customer_years = 0;  ///< from each one's first observation to the last, of 365.2425 days
  std::uint64_t placed = 0;   ///< from unknown to a tier: no changes
  std::uint64_t nearer = 0;
  std::uint64_t farther = 0;
  std::uint64_t to_unknown = 0;
  /// nearer, farther and to unknown, per customer-year. The interval takes customers as the
  /// independent units (ratio estimator); abstained without time, without interval for a single
  /// customer.
  core::Estimate changes_per_year;
  std::vector<TierUse> tiers;  ///< from near to far
  TierUse unknown;

  [[nodiscard]] std::uint64_t changes() const noexcept { return nearer + farther + to_unknown; }
};

/// What each of the policies would have done, in their order. A tier lasts from its observation
/// to the next one; the last observation has no length. O(policies x scores); the same bytes for
/// any number of threads.
/// \throws as tiers_of does; std::domain_error unless level is in (0, 1).
[[nodiscard]] std::vector<TierTrial> simulate_policies(std::span<const TierPolicy> policies,
                                                       const ScoreSeries& series,
                                                       double level = 0.90,
                                                       const core::Threads& threads = {});

/// The same for one policy.
[[nodiscard]] TierTrial simulate_policy(const TierPolicy& policy, const ScoreSeries& series,
                                        double level = 0.90, const core::Threads& threads = {});

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_TIER_TRIAL_HPP
