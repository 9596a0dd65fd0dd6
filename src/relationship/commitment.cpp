#include <rapport/relationship/commitment.hpp>

#include <rapport/core/format.hpp>
#include <rapport/math/censored_median.hpp>

#include "special_values.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace rapport::relationship {
namespace {

using record::Interaction;

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? nan : static_cast<double>(part) / static_cast<double>(whole);
}

std::string times_text(std::uint64_t count) {
  return count == 1 ? "once" : std::to_string(count) + " times";
}

}  // namespace

double ContactContinuity::usual_share() const noexcept { return share(with_usual, contacts); }

double ContactContinuity::sequential_share() const noexcept {
  return share(successions - changes.size(), successions);
}

ContactContinuity contact_continuity(std::span<const Interaction> interactions,
                                     const record::Sight& sight, core::Instant since) {
  std::vector<const Interaction*> contacts;
  for (const Interaction& contact : interactions) {
    if (contact.agent != record::Name{} && sight.sees(contact.stamp)) contacts.push_back(&contact);
  }
  std::sort(contacts.begin(), contacts.end(), [](const Interaction* a, const Interaction* b) {
    const auto place = [](const Interaction& i) {
      return std::tuple(i.stamp.at, i.stamp.source, i.stamp.key, i.agent);
    };
    return place(*a) < place(*b);
  });
  ContactContinuity result;
  std::map<record::Name, std::uint64_t> by_agent;
  const Interaction* previous = nullptr;
  for (const Interaction* contact : contacts) {
    if (contact->stamp.at >= since) {
      ++result.contacts;
      const std::uint64_t so_far = ++by_agent[contact->agent];
      if (so_far >= result.with_usual) {
        result.usual = contact->agent;
        result.with_usual = so_far;
      }
      result.successions += previous != nullptr;
      if (previous != nullptr && previous->agent != contact->agent) {
        result.changes.push_back({contact->stamp.at, previous->agent, contact->agent});
      }
    }
    previous = contact;
  }
  return result;
}

ReplyLatency reply_latency(std::span<const Interaction> interactions, const record::Sight& sight,
                           core::Instant since, const std::optional<core::BusinessHours>& hours) {
  using Message = std::pair<record::SourceId, record::RowKey>;
  std::multimap<Message, core::Instant> replies;
  for (const Interaction& i : interactions) {
    if (i.direction == record::Direction::outbound && i.in_reply_to != 0 && sight.sees(i.stamp)) {
      replies.emplace(Message{i.stamp.source, i.in_reply_to}, i.stamp.at);
    }
  }
  ReplyLatency result;
  std::vector<math::Duration> waits;
  for (const Interaction& i : interactions) {
    if (i.direction != record::Direction::inbound || i.in_reply_to != 0 || i.stamp.key == 0 ||
        i.stamp.at < since || !sight.sees(i.stamp)) {
      continue;
    }
    std::optional<core::Instant> answer;
    const auto [begin, end] = replies.equal_range({i.stamp.source, i.stamp.key});
    for (auto reply = begin; reply != end; ++reply) {
      if (reply->second >= i.stamp.at && (!answer || reply->second < *answer)) {
        answer = reply->second;
      }
    }
    const core::Instant until = answer.value_or(sight.now);
    const std::chrono::seconds length =
        hours ? hours->working_time_between(i.stamp.at, until) : until - i.stamp.at;
    const double in_hours = static_cast<double>(length.count()) / 3600;
    waits.push_back({in_hours, answer.has_value()});
    ++(answer ? result.answered : result.open);
    if (!answer) result.longest_open_hours = std::max(result.longest_open_hours, in_hours);
  }
  result.median_hours = math::censored_median(std::move(waits));
  return result;
}

Commitment commitment(const CommitmentRecords& records, const record::Sight& sight,
                      const CommitmentOptions& options) {
  Commitment result;
  const PromisesKept promises{sight};
  for (const record::Promise& promise : records.promises) {
    promises.absorb(result.promises, promise);
  }
  result.reliability = reliability(result.promises, options.promises);
  result.continuity = contact_continuity(records.interactions, sight, options.since);
  result.replies = reply_latency(records.interactions, sight, options.since, options.hours);

  const ComplaintsHandled handled{sight};
  for (const record::RecoveryAction& act : records.recoveries) {
    handled.absorb(result.complaints, act);
    if (act.stamp.at >= options.since && sight.sees(act.stamp)) result.investment.cost += act.cost;
  }
  for (const record::Complaint& complaint : records.complaints) {
    handled.absorb(result.complaints, complaint);
    if (!sight.sees(complaint.stamp)) continue;
    result.recovered += justice(complaint, records.recoveries, sight).first_answer.ended;
  }
  for (const Interaction& contact : records.interactions) {
    if (contact.stamp.at < options.since || !sight.sees(contact.stamp)) continue;
    result.investment.minutes += contact.minutes;
    result.investment.cost += contact.cost;
  }
  return result;
}

std::vector<std::string> reasons(const Commitment& commitment, const core::Zone& zone) {
  std::vector<std::string> lines;
  if (commitment.promises.judged() > 0) {
    lines.push_back(to_text(commitment.promises, commitment.reliability));
  }
  const ContactContinuity& continuity = commitment.continuity;
  if (!continuity.changes.empty()) {
    std::string line = "contact person changed " + times_text(continuity.changes.size());
    const char* separator = ": ";
    for (const AgentChange& change : continuity.changes) {
      line += separator + core::to_text(zone.day_of(change.at));
      separator = ", ";
    }
    lines.push_back(std::move(line));
  } else if (continuity.contacts > 0) {
    lines.push_back("the same contact person in " +
                    (continuity.contacts == 1
                         ? std::string("one contact")
                         : "all " + std::to_string(continuity.contacts) + " contacts"));
  }
  const ReplyLatency& replies = commitment.replies;
  if (replies.answered + replies.open > 0) {
    std::string line = std::to_string(replies.answered) + " messages answered, " +
                       std::to_string(replies.open) + " open";
    if (replies.median_hours >= 0) {  // not NaN
      line += ", half of them within " + core::fixed_text(replies.median_hours, 1) + " hours";
    }
    if (replies.open > 0) {
      line +=
          ", the longest open for " + core::fixed_text(replies.longest_open_hours, 1) + " hours";
    }
    lines.push_back(std::move(line));
  }
  if (commitment.complaints.reported > 0) {
    lines.push_back(std::to_string(commitment.recovered) + " of " +
                    std::to_string(commitment.complaints.reported) +
                    " complaints met with recovery, " +
                    std::to_string(commitment.complaints.resolved) + " resolved");
  }
  if (commitment.investment != Investment{}) {
    lines.push_back("invested: " + core::grouped_text(commitment.investment.minutes) +
                    " minutes and " + core::grouped_text(commitment.investment.cost));
  }
  return lines;
}

}  // namespace rapport::relationship
