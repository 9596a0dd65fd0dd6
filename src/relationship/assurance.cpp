#include <rapport/relationship/assurance.hpp>

#include <rapport/core/check.hpp>
#include <rapport/relationship/promises.hpp>

#include <algorithm>
#include <tuple>

namespace rapport::relationship {
namespace {

auto order_of(const Breach& breach) noexcept {
  return std::tuple(breach.at, breach.source, breach.key);
}

Breach breach_of(const record::Stamp& stamp, core::Instant at) noexcept {
  return {stamp.source, stamp.key, at};
}

bool needs_consent(const record::Interaction& contact, const AssuranceRule& rule) {
  if (contact.direction != record::Direction::outbound) return false;
  if (contact.in_reply_to != 0 && !rule.replies_need_consent) return false;
  return rule.consent_needed_for.empty() ||
         std::ranges::count(rule.consent_needed_for, contact.purpose) > 0;
}

std::optional<ContactBreach> breach_by(const record::Interaction& contact,
                                       std::span<const record::Consent> words,
                                       const record::Sight& sight, const AssuranceRule& rule) {
  if (!sight.sees(contact.stamp) || !needs_consent(contact, rule)) return std::nullopt;
  const core::Instant at = contact.stamp.at;
  const auto forbids = [&](const ConsentAnswer& answer) {
    return answer.permission == Permission::refused ||
           (answer.permission == Permission::unasked && rule.silence_refuses);
  };
  const ConsentAnswer answer = consent(words, contact.purpose, contact.channel, at, sight.known);
  if (!forbids(answer)) return std::nullopt;
  ContactBreach breach{.contact = breach_of(contact.stamp, at), .permission = answer.permission};
  if (answer.word != nullptr) {
    breach.consent_source = answer.word->stamp.source;
    breach.consent_key = answer.word->stamp.key;
  }
  // Known at the very second of the contact is known then.
  breach.known_then =
      forbids(consent(words, contact.purpose, contact.channel, at, at + std::chrono::seconds{1}));
  return breach;
}

}  // namespace

Assurance assurance(const AssuranceRecords& records, const record::Sight& sight,
                    const AssuranceRule& rule) {
  if (rule.complaint_due < std::chrono::seconds{0}) {
    core::throw_domain_error("AssuranceRule", "complaint_due",
                             static_cast<double>(rule.complaint_due.count()), ">= 0 seconds");
  }
  const auto done = [&](const std::optional<core::Instant>& at) {
    return at && sight.sees(*at, *at);
  };
  Assurance panel;
  for (const record::Interaction& contact : records.interactions) {
    if (const auto breach = breach_by(contact, records.consents, sight, rule)) {
      panel.contacts.push_back(*breach);
    }
  }
  for (const record::Complaint& complaint : records.complaints) {
    const core::Instant due = complaint.reported_at + rule.complaint_due;
    if (!sight.sees(complaint.stamp) || done(complaint.resolved_at) || due >= sight.now) continue;
    panel.complaints_past_due.push_back(breach_of(complaint.stamp, due));
  }
  for (const record::Promise& promise : records.promises) {
    if (promise.by != record::Side::firm || !sight.sees(promise.stamp)) continue;
    if (status(promise, sight) != PromiseStatus::broken) continue;
    panel.promises_broken.push_back(breach_of(promise.stamp, promise.due_at));
  }
  for (const ErasureRequest& request : records.erasures) {
    if (!sight.sees(request.stamp)) continue;
    ++panel.erasures;
    if (done(request.done_at) && *request.done_at <= request.due_at) {
      ++panel.erasures_in_time;
    } else if (done(request.done_at) || request.due_at < sight.now) {
      panel.erasures_late.push_back(breach_of(request.stamp, request.due_at));
    } else {
      ++panel.erasures_open;
    }
  }
  std::ranges::sort(panel.contacts, {},
                    [](const ContactBreach& breach) { return order_of(breach.contact); });
  for (auto* breaches :
       {&panel.complaints_past_due, &panel.promises_broken, &panel.erasures_late}) {
    std::ranges::sort(*breaches, {}, order_of);
  }
  return panel;
}

}  // namespace rapport::relationship
