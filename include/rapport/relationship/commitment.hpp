#ifndef RAPPORT_RELATIONSHIP_COMMITMENT_HPP
#define RAPPORT_RELATIONSHIP_COMMITMENT_HPP

/// \file
/// The firm's commitment to one customer, by what it did: promises kept, the same contact person,
/// quick replies, failures set right, time and money spent. Evidence side by side, not one figure.

#include <rapport/core/business_hours.hpp>
#include <rapport/core/time.hpp>
#include <rapport/core/zone.hpp>
#include <rapport/record/complaint.hpp>
#include <rapport/record/interaction.hpp>
#include <rapport/record/promise.hpp>
#include <rapport/record/stamp.hpp>
#include <rapport/relationship/complaints.hpp>
#include <rapport/relationship/promises.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rapport::relationship {

/// One customer's records, in any order; what the date does not see is passed over.
struct CommitmentRecords {
  std::span<const record::Promise> promises = {};
  std::span<const record::Interaction> interactions = {};
  std::span<const record::Complaint> complaints = {};
  std::span<const record::RecoveryAction> recoveries = {};
};

/// Another person of the firm took over.
struct AgentChange {
  core::Instant at = {};  ///< the first contact with the new one
  record::Name from = {}, to = {};

  friend bool operator==(const AgentChange&, const AgentChange&) = default;
};

/// How far the customer deals with the same person, over the contacts whose agent is known.
struct ContactContinuity {
  std::uint64_t contacts = 0;
  record::Name usual = {};        ///< the agent of most contacts; of several, the latest one
  std::uint64_t with_usual = 0;   ///< contacts with the usual agent
  std::uint64_t successions = 0;  ///< contacts that followed another, be it before the window
  std::vector<AgentChange> changes = {};  ///< in their order

  /// Share of the contacts that were with the usual agent; NaN without contacts.
  [[nodiscard]] double usual_share() const noexcept;
  /// Share of successive contacts with the same agent: D. M. Steinwachs (1979), Measuring Provider
  /// Continuity in Ambulatory Care, Medical Care 17(6), 551-565. NaN without two contacts.
  [[nodiscard]] double sequential_share() const noexcept;
};

/// The contacts from `since` on. O(n log n) time.
[[nodiscard]] ContactContinuity contact_continuity(
    std::span<const record::Interaction> interactions, const record::Sight& sight,
    core::Instant since = core::Instant::min());

/// How long customers wait for a reply.
struct ReplyLatency {
  std::uint64_t answered = 0;
  std::uint64_t open = 0;  ///< not answered yet: censored, not missing
  /// Hours until half of the messages are answered, open ones counted as waiting:
  /// math::censored_median. NaN if fewer than half ever are.
  double median_hours = 0;
  double longest_open_hours = 0;  ///< 0 if none is open
};

/// Replies to what the customer wrote or said from `since` on. A message asks for a reply unless
/// it answers one of the firm's; the reply is the first outbound interaction of the same source
/// that names its key, so messages without a key are left out. Times are working hours where
/// `hours` is given. NaN as median without messages. O(n log n) time.
[[nodiscard]] ReplyLatency reply_latency(std::span<const record::Interaction> interactions,
                                         const record::Sight& sight,
                                         core::Instant since = core::Instant::min(),
                                         const std::optional<core::BusinessHours>& hours = {});

/// What the firm spent on the customer.
struct Investment {
  std::uint64_t minutes = 0;  ///< working time of interactions
  std::int64_t cost = 0;      ///< of interactions beside that time, and of recovery; minor units

  friend bool operator==(const Investment&, const Investment&) = default;
};

/// How the evidence is gathered.
struct CommitmentOptions {
  core::Instant since = core::Instant::min();  ///< earlier contacts, messages, spending: out
  ReliabilityOptions promises = {};
  std::optional<core::BusinessHours> hours = {};  ///< to count replies in working hours
};

/// All of it. Promises and complaints count from the first on: what was broken is not forgotten.
struct Commitment {
  PromisesKept::State promises = {};  ///< the firm's
  Reliability reliability = {};
  ContactContinuity continuity = {};
  ReplyLatency replies = {};
  ComplaintsHandled::State complaints = {};
  std::uint64_t recovered = 0;  ///< reported complaints with at least one act of recovery
  Investment investment = {};
};

/// \throws std::domain_error unless the options for promises are valid.
[[nodiscard]] Commitment commitment(const CommitmentRecords& records, const record::Sight& sight,
                                    const CommitmentOptions& options = {});

/// One line for each kind of evidence that there is, such as "contact person changed 2 times:
/// 2024-02-01, 2024-05-12"; days are those of the zone, costs in minor units.
[[nodiscard]] std::vector<std::string> reasons(const Commitment& commitment,
                                               const core::Zone& zone);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_COMMITMENT_HPP
