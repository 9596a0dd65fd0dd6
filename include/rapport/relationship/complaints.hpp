#ifndef RAPPORT_RELATIONSHIP_COMPLAINTS_HPP
#define RAPPORT_RELATIONSHIP_COMPLAINTS_HPP

/// \file
/// What became of complaints: how long customers kept silent about a failure, what was done in
/// answer, and how many failures nobody has told of yet.
///
/// When a failure took place and when it was reported are two dates. As of a day in between, by
/// what was known then, there is no complaint; with hindsight there is one, and it is silent.

#include <rapport/core/enum_names.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/record/complaint.hpp>
#include <rapport/record/stamp.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {

/// Where a complaint stands.
enum class ComplaintStatus : std::uint8_t {
  silent,    ///< the failure took place, but the customer has not told of it
  open,      ///< reported, not resolved
  resolved,  ///< the firm holds it resolved
};

[[nodiscard]] constexpr auto names_of(ComplaintStatus) noexcept {
  return std::to_array<std::string_view>({"silent", "open", "resolved"});
}

/// The status as of a date. \pre sight.sees(complaint.stamp)
[[nodiscard]] ComplaintStatus status(const record::Complaint& complaint,
                                     const record::Sight& sight) noexcept;

/// A length of time that may not have ended: then it is a lower bound, censored at the date.
struct Elapsed {
  std::chrono::seconds length{0};
  bool ended = false;

  [[nodiscard]] double days() const noexcept {
    return static_cast<double>(length.count()) / 86'400;
  }
  friend constexpr bool operator==(const Elapsed&, const Elapsed&) = default;
};

/// From the failure to the report; up to the date while the customer is silent.
/// \pre sight.sees(complaint.stamp)
[[nodiscard]] Elapsed silent_interval(const record::Complaint& complaint,
                                      const record::Sight& sight) noexcept;

/// Reported complaints and what was done about them. Models Invertible for complaints and for acts
/// of recovery, which it may take in in any order; what the date does not see changes nothing.
struct ComplaintsHandled {
  record::Sight sight;

  struct State {
    std::uint32_t reported = 0;
    std::uint32_t resolved = 0;
    std::uint32_t acts = 0;           ///< of recovery
    std::int64_t service_cost = 0;    ///< of all acts, minor units
    std::int64_t customers_gain = 0;  ///< what the customer got: the compensations, minor units

    friend constexpr bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const record::Complaint& complaint) const noexcept;
  /// A compensation is a cost of service and, on the other side of the relationship, a gain of the
  /// customer: once each. It is neither revenue nor goods sold.
  void absorb(State& state, const record::RecoveryAction& act) const noexcept;
  void merge(State& state, const State& other) const noexcept;
  void unmerge(State& state, const State& part) const noexcept;
};

/// Share of the reported complaints that are resolved; NaN, so unknown, without any.
[[nodiscard]] double resolved_share(const ComplaintsHandled::State& complaints) noexcept;

/// What counts as an answer in time. Plain data.
struct JusticeRules {
  /// The first act of recovery is to come within so long of the report.
  std::chrono::seconds answer_within = std::chrono::hours{48};
};

/// Which of the three kinds of justice a recovery did to one complaint, after S. S. Tax, S. W.
/// Brown, M. Chandrashekaran (1998), Customer Evaluations of Service Complaint Experiences, Journal
/// of Marketing 62(2), 60-76, doi:10.1177/002224299806200205: of the outcome (distributive), of the
/// way to it (procedural), and of the treatment (interactional). It says what was done, not how the
/// customer took it.
struct Justice {
  std::array<std::uint32_t, 7> acts = {};  ///< by RecoveryKind
  Elapsed first_answer = {};               ///< from the report; open while nothing was done
  bool in_time = false;                    ///< the first act came within the stated limit

  [[nodiscard]] bool did(record::RecoveryKind kind) const noexcept {
    return acts[static_cast<std::size_t>(kind)] > 0;
  }
  /// Compensated, or set right.
  [[nodiscard]] bool distributive() const noexcept;
  /// Answered in time, asked for evidence, explained, did what was requested, or followed up.
  [[nodiscard]] bool procedural() const noexcept;
  /// Apologised, or both acknowledged and followed up: care.
  [[nodiscard]] bool interactional() const noexcept;
  /// Kinds of justice done, 0 to 3.
  [[nodiscard]] int covered() const noexcept;
  /// No more than an ordinary apology and what was asked for: nobody asked back, explained,
  /// compensated or followed up.
  [[nodiscard]] bool baseline_only() const noexcept;
};

/// Judges the acts that refer to the complaint (same source, its key) and are in sight.
/// \pre sight.sees(complaint.stamp); a complaint without a key has no acts.
[[nodiscard]] Justice justice(const record::Complaint& complaint,
                              std::span<const record::RecoveryAction> acts,
                              const record::Sight& sight, const JusticeRules& rules = {});

/// "justice 3/3: distributive (fixed, compensated), procedural (in time, asked for evidence,
/// request done), interactional (apologised)". Says what is absent, and "baseline only" where it is
/// so.
[[nodiscard]] std::string to_text(const Justice& justice);

/// How the failures that nobody told of are estimated.
struct UnreportedOptions {
  std::uint64_t minimum_reports = 30;  ///< of a category; with fewer the estimate abstains
  /// For so many days back failures are taken to have happened at one rate; not for less than the
  /// longest delay, nor before the first failure.
  double steady_days = 365;
  double level = 0.90;
};

/// An estimate of the failures that took place and that customers have not told of, but will.
struct UnreportedFailures {
  record::Name category = {};
  std::uint64_t reported = 0;
  double longest_delay_days = 0;  ///< from failure to report, among the reported
  /// Their number; the interval is a prediction's, in whole failures. `n` is that of the reported.
  core::Estimate unreported = {};
};

/// By category, in the order of their names' numbers.
///
/// Reports that take long are missing among recent failures, so the law F of the delay comes from
/// the product-limit estimator in reversed time (S. W. Lagakos, L. M. Barraj, V. De Gruttola
/// (1988), Nonparametric Analysis of Truncated Survival Data, with Application to AIDS, Biometrika
/// 75(3), 515-523, doi:10.1093/biomet/75.3.515). Failures per day are those reported over the sum
/// of F, as in the Cape Cod method of claims reserving; those not reported are that rate times the
/// sum of 1 - F. The interval takes in the chance of Poisson counts and the uncertainty of rate and
/// F.
///
/// It assumes that neither the rate nor the delay's law changed, and it knows nothing of delays
/// longer than the longest seen: failures that are never told of are not in it. Abstains with too
/// few reports, and where some delay leaves F zero for a younger failure.
/// \throws std::domain_error unless level is in (0, 1) and steady_days finite and > 0;
/// std::invalid_argument for a report before its failure. O(n log n) time; the order of rows does
/// not matter.
[[nodiscard]] std::vector<UnreportedFailures> unreported_failures(
    std::span<const record::Complaint> complaints, const record::Sight& sight,
    const UnreportedOptions& options = {});

/// "failures not yet reported: about 12 (estimate, 5-31); 140 reported".
[[nodiscard]] std::string to_text(const UnreportedFailures& failures);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_COMPLAINTS_HPP
