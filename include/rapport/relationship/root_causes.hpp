#ifndef RAPPORT_RELATIONSHIP_ROOT_CAUSES_HPP
#define RAPPORT_RELATIONSHIP_ROOT_CAUSES_HPP

/// \file
/// Which cause of complaints endangers the most value, and whether a change made it rarer.

#include <rapport/core/id.hpp>
#include <rapport/core/time.hpp>
#include <rapport/math/rate.hpp>
#include <rapport/record/complaint.hpp>
#include <rapport/record/stamp.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {

/// A complaint and what stands behind it.
struct ComplaintAtRisk {
  record::Name category = {};
  std::uint32_t customer = 0;
  /// The customer's value at risk, minor units, >= 0; the same in all of one customer's rows.
  std::int64_t value = 0;
};

/// One cause. Shares are of all complaints, and of the value of all who complained.
struct RootCause {
  record::Name category = {};
  std::uint64_t complaints = 0;
  std::uint64_t customers = 0;
  std::int64_t value = 0;  ///< at risk, minor units; each customer counts once
  double share_of_complaints = 0;
  double share_of_value = 0;  ///< 0 if no value is at risk at all
};

/// Causes by value at risk, the largest first; then by complaints, then by the category's number.
/// Sums are exact. A customer who complained of two causes counts in both, so that values and their
/// shares may add up to more than the whole. O(n log n) time, the order of rows does not matter.
/// \throws std::domain_error for a negative value; std::invalid_argument if one customer has two
/// values; std::overflow_error if a sum leaves 64 bits.
[[nodiscard]] std::vector<RootCause> root_causes(std::span<const ComplaintAtRisk> complaints);

/// "packaging: 7 of 12 complaints, 60.0 % of the value at risk".
[[nodiscard]] std::string to_text(const RootCause& cause, std::string_view name,
                                  std::uint64_t all_complaints);

/// A change that was to make failures of a cause rarer.
struct CauseChange {
  record::Name category = {};
  core::Instant from = {};  ///< failures before it do not count
  core::Instant at = {};    ///< when the change was made
  /// Failures count if they were reported within so long, on both sides of the change; those
  /// younger than that when it is asked do not count yet. Otherwise recent failures, of which many
  /// are not reported, would look like success.
  std::chrono::seconds reported_within = std::chrono::days{60};
};

/// Failures per day before and after a change, and their ratio, with exact intervals.
struct RateChange {
  math::EventCount before = {}, after = {};  ///< failures, over days or over what the caller says
  math::Rate rate_before = {}, rate_after = {};
  math::Rate ratio = {};  ///< after / before
  double level = 0.90;

  /// Whether the interval of the ratio is wholly on one side of 1.
  [[nodiscard]] bool clear() const noexcept { return ratio.low > 1 || ratio.high < 1; }
};

/// From counts over exposures such as orders sent: better than days where business grows.
/// \throws std::domain_error unless exposures are finite and > 0 and level is in (0, 1).
[[nodiscard]] RateChange rate_change(const math::EventCount& before, const math::EventCount& after,
                                     double level = 0.90);

/// From complaints of a whole base, over days; nothing if no day on one of the sides has matured by
/// the date. Failures count by when they took place, not by when they were reported.
/// \throws std::domain_error unless from < at, reported_within >= 0 and level is in (0, 1).
[[nodiscard]] std::optional<RateChange> rate_change(std::span<const record::Complaint> complaints,
                                                    const CauseChange& change,
                                                    const record::Sight& sight,
                                                    double level = 0.90);

/// "before 0.120 (0.069-0.194), after 0.060 (0.016-0.155), ratio 0.50 (0.12-1.57): not clear".
[[nodiscard]] std::string to_text(const RateChange& change);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_ROOT_CAUSES_HPP
