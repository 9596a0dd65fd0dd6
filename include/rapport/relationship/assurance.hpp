#ifndef RAPPORT_RELATIONSHIP_ASSURANCE_HPP
#define RAPPORT_RELATIONSHIP_ASSURANCE_HPP

/// \file
/// Is the customer safe with the firm? Where it contacted without consent, left complaints or
/// promises lie, or did not erase in time: each breach with the keys that prove it.

#include <rapport/core/time.hpp>
#include <rapport/record/complaint.hpp>
#include <rapport/record/contact_point.hpp>
#include <rapport/record/interaction.hpp>
#include <rapport/record/promise.hpp>
#include <rapport/record/stamp.hpp>
#include <rapport/relationship/consent.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace rapport::relationship {

/// A customer's wish to be erased.
struct ErasureRequest {
  record::Stamp stamp = {};  ///< `at`: when it was made
  core::Instant due_at = {};
  std::optional<core::Instant> done_at = {};
};

/// What is held to be a breach.
struct AssuranceRule {
  /// Purposes for which contact needs consent; all of them if none is named.
  std::vector<record::Name> consent_needed_for = {};
  /// Whether a contact on which there is no word at all is a breach, as under opt-in laws.
  bool silence_refuses = true;
  /// Whether an answer to the customer needs consent too.
  bool replies_need_consent = false;
  /// A complaint is to be resolved so long after it was reported.
  std::chrono::seconds complaint_due = std::chrono::days{14};
};

/// What a breach is about: the record by source and key, and when it became one.
struct Breach {
  record::SourceId source = {};
  record::RowKey key = 0;
  core::Instant at = {};

  friend bool operator==(const Breach&, const Breach&) = default;
};

/// A contact by the firm without consent.
struct ContactBreach {
  Breach contact = {};  ///< the interaction
  Permission permission = Permission::refused;
  record::SourceId consent_source = {};  ///< of the word that refuses; 0 if there is no word
  record::RowKey consent_key = 0;        ///< key of that word; 0 if there is none
  /// Whether the firm could know when it made contact. A breach either way.
  bool known_then = true;

  friend bool operator==(const ContactBreach&, const ContactBreach&) = default;
};

/// The state of a customer's safety at a date; breaches are ordered by instant, source and key.
struct Assurance {
  std::vector<ContactBreach> contacts = {};
  std::vector<Breach> complaints_past_due = {};  ///< open now; `at` is when they were due
  std::vector<Breach> promises_broken = {};      ///< by the firm, still not kept; `at`: when due
  std::vector<Breach> erasures_late = {};        ///< done late, or due and not done; `at`: when due
  std::uint32_t erasures = 0;                    ///< requests
  std::uint32_t erasures_in_time = 0;            ///< done, and in time
  std::uint32_t erasures_open = 0;               ///< not done, and not due yet

  [[nodiscard]] std::size_t breaches() const noexcept {
    return contacts.size() + complaints_past_due.size() + promises_broken.size() +
           erasures_late.size();
  }
};

/// The records of one customer; kinds that the host does not keep stay empty.
struct AssuranceRecords {
  std::span<const record::Interaction> interactions = {};
  std::span<const record::Consent> consents = {};
  std::span<const record::Complaint> complaints = {};
  std::span<const record::Promise> promises = {};
  std::span<const ErasureRequest> erasures = {};
};

/// The panel at the date of `sight`, of records in any order; those that can be seen count. What
/// was done after the date, or was not known by then, is not done yet.
/// \throws std::domain_error unless `rule.complaint_due` >= 0.
[[nodiscard]] Assurance assurance(const AssuranceRecords& records, const record::Sight& sight,
                                  const AssuranceRule& rule = {});

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_ASSURANCE_HPP
