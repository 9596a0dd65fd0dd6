#include <rapport/core/enum_names.hpp>
#include <rapport/core/format.hpp>
#include <rapport/report/relationship_card.hpp>

#include "display.hpp"

#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

namespace rapport::report {
namespace {

namespace rel = relationship;

constexpr int card_label_width = 12;

// A line of the page: what it is about, and what there is to say.
std::string line(std::string_view label, const std::string& what) {
  return core::padded(label, card_label_width) + what + '\n';
}

std::string number(double value) {
  if (std::isnan(value)) return "unknown";
  return core::grouped_text(value, value == std::floor(value) ? 0 : 2);
}

std::string score_text(rel::Micro score) {
  return score == rel::unknown_score ? "unknown" : core::fixed_text(score / 1e6, 3);
}

// Three digits, or as many as a small part needs.
std::string signed_text(rel::Micro change) {
  const std::string size =
      std::abs(change) < 500 ? rel::micro_text(std::abs(change)) : score_text(std::abs(change));
  return (change < 0 ? "-" : "+") + size;
}

std::string interval_text(const core::Estimate& estimate) {
  if (!estimate.usable()) return std::string(core::to_text(estimate.status));
  return core::fixed_text(estimate.value, 2) + " (" + core::fixed_text(estimate.low, 2) + " to " +
         core::fixed_text(estimate.high, 2) + ", n=" + std::to_string(estimate.n) + ")";
}

// "1 promise kept", "2 promises kept": `what` begins with a plural.
std::string count_text(std::uint64_t count, std::string_view what) {
  const std::string text = core::grouped_text(count) + ' ';
  if (count != 1) return text + std::string(what);
  std::string word(what.substr(0, what.find(' ')));
  const std::string rest(what.substr(word.size()));
  if (word.ends_with("ies")) {
    word.replace(word.size() - 3, 3, "y");
  } else if (word.ends_with('s')) {
    word.pop_back();
  }
  return text + word + rest;
}

// Adds one more part to a list.
void list(std::string& parts, const std::string& part, std::string_view separator = ", ") {
  if (!parts.empty()) parts += separator;
  parts += part;
}

std::string head(const RelationshipCard& card) {
  std::string text =
      isolated(card.customer) + "  " + std::string(card.distance) + "  " + score_text(card.score);
  if (card.bounds.low != card.bounds.high) {
    text += " (" + score_text(card.bounds.low) + " to " + score_text(card.bounds.high) +
            " once all is known)";
  }
  text += "  as of " + core::to_text(card.as_of.day()) + '\n';
  std::string about = isolated(card.definition) + ", " + std::to_string(card.dimensions) +
                      " of 9 dimensions, " + core::fixed_text(card.coverage / 1e4, 0) +
                      " % of the weight known";
  if (card.since) about += ", " + card.distance + " since " + core::to_text(*card.since);
  text += line("Index", about);
  if (card.sources.size() > 1) {
    std::string sources;
    for (const std::string& source : card.sources) list(sources, isolated(source));
    text += line("Records of", sources);
  }
  return text;
}

std::string why(const RelationshipCard& card) {
  std::string text;
  for (const RelationshipCard::Reason& reason : card.reasons) {
    const bool known = !std::isnan(reason.value);
    text += line(text.empty() ? "Why" : "",
                 core::padded(known ? score_text(reason.contribution) : "-", 7) +
                     core::padded(reason.indicator, 22) +
                     core::padded(core::to_text(reason.dimension), 13) + number(reason.value));
  }
  return text;
}

// "frequency: own events".
std::string part_text(const rel::ChangePart& part) {
  std::string cause(core::to_text(part.cause));
  for (char& c : cause) {
    if (c == '_') c = ' ';
  }
  return signed_text(part.change) + "  " + part.indicator + ": " + cause;
}

std::string change(const RelationshipCard& card) {
  if (!card.changed) return {};
  const rel::Change& change = card.changed->change;
  std::string what = "since " + core::to_text(card.changed->since) + ": ";
  if (change.before == rel::unknown_score && change.after == rel::unknown_score) {
    return line("Change", what + "unknown then and now");
  }
  what += signed_text(change.total());
  if (change.before == rel::unknown_score) what += ", unknown then";
  if (change.after == rel::unknown_score) what += ", unknown now";
  std::string events;
  for (std::size_t kind = 0; kind < record::kind_count; ++kind) {
    if (change.new_records[kind] > 0) {
      list(events, count_text(change.new_records[kind], record::kind_names[kind]));
    }
  }
  if (!events.empty()) what += "; new: " + events;
  std::string text = line("Change", what);
  for (const rel::ChangePart& part : change.parts) text += line("", part_text(part));
  return text;
}

std::string promises(const RelationshipCard& card) {
  std::string text =
      line("Promises", "the firm keeps " + interval_text(card.firm_reliability) +
                           ", the customer " + interval_text(card.customer_reliability));
  for (const RelationshipCard::OpenPromise& promise : card.open_promises) {
    std::string what = std::string(core::to_text(promise.by)) + ": " +
                       (promise.kind.empty() ? "a promise" : isolated(promise.kind)) +
                       (promise.broken ? ", was due " : ", due ") + core::to_text(promise.due);
    if (promise.broken) what += ", broken";
    text += line("", what);
  }
  return text;
}

std::string complaints(const RelationshipCard& card) {
  std::string text;
  for (const RelationshipCard::OpenComplaint& complaint : card.open_complaints) {
    text += line(text.empty() ? "Complaints" : "",
                 (complaint.category.empty() ? "a failure" : isolated(complaint.category)) +
                     " on " + core::to_text(complaint.failed) + ", told of on " +
                     core::to_text(complaint.reported) + " after " +
                     count_text(static_cast<std::uint64_t>(complaint.silent_days), "days") +
                     " of silence");
    text += line("", complaint.answer);
  }
  return text.empty() ? line("Complaints", "none open") : text;
}

std::string contact(const RelationshipCard& card) {
  std::string channels;
  for (const RelationshipCard::Channel& channel : card.channels) {
    list(channels,
         isolated(channel.channel) + ' ' + std::string(core::to_text(channel.permission)));
  }
  std::string what = card.next_contact ? "next from " + core::to_text(*card.next_contact)
                                       : "no channel is allowed";
  if (card.last_contact) what += ", last on " + core::to_text(*card.last_contact);
  if (!channels.empty()) what += "; " + channels;
  std::string text = line("Contact", what);
  if (card.usual_channel.usable() || card.usual_hours.usable()) {
    std::string habits;
    if (card.usual_channel.usable()) {
      list(habits, isolated(card.usual_channel.value) + ' ' +
                       std::to_string(card.usual_channel.support) + '/' +
                       std::to_string(card.usual_channel.of));
    }
    if (card.usual_hours.usable()) {
      list(habits, std::string(core::to_text(card.usual_hours.value)) + ' ' +
                       std::to_string(card.usual_hours.support) + '/' +
                       std::to_string(card.usual_hours.of));
    }
    text += line("", "usually by " + habits);
  }
  return text;
}

std::string gains(const RelationshipCard& card) {
  const auto money = [&](std::int64_t minor) { return to_text(core::Money(minor, card.currency)); };
  const rel::CustomerGain& customer = card.gains.customer;
  std::string theirs = money(customer.benefits()) + " in benefits, " +
                       count_text(customer.promises_kept, "promises kept");
  if (customer.deliveries > 0) {
    theirs += ", deliveries in " + core::fixed_text(customer.delivery_days(), 1) + " days";
  }
  std::string ours = money(card.gains.firm.account.contribution()) + " contribution";
  if (card.gains.firm.referrals > 0)
    ours += ", " + count_text(card.gains.firm.referrals, "referrals");
  if (card.gains.firm.knowledge > 0) {
    ours += ", " + count_text(card.gains.firm.knowledge, "things learned");
  }
  return line("Gains", "the firm: " + ours) + line("", "the customer: " + theirs) +
         line("", "together: " + std::string(core::to_text(card.balance)));
}

std::string knowledge(const RelationshipCard& card) {
  std::string text;
  for (const RelationshipCard::Topic& topic : card.to_refresh) {
    text += line(text.empty() ? "To renew" : "",
                 isolated(topic.topic) + ": " + isolated(topic.value) + ", learned " +
                     count_text(static_cast<std::uint64_t>(topic.age_days), "days ago") +
                     ", worth " + core::fixed_text(topic.worth, 2));
  }
  if (card.next_question) {
    text += line("To ask", card.next_question->indicator + ", which narrows the score by " +
                               core::fixed_text(card.next_question->gain, 3));
  }
  return text;
}

std::string whole(const RelationshipCard& card) {
  std::string kinds;
  for (std::size_t kind = 0; kind < record::kind_count; ++kind) {
    if (card.by_kind[kind] > 0)
      list(kinds, count_text(card.by_kind[kind], record::kind_names[kind]));
  }
  std::string departments;
  for (std::size_t i = 0; i < card.by_department.size(); ++i) {
    const auto name = core::to_text(static_cast<record::Department>(i));
    if (card.by_department[i] > 0) {
      list(departments, core::grouped_text(card.by_department[i]) +
                            (name.empty() ? " of no department" : " of " + std::string(name)));
    }
  }
  std::string text = line("Records", count_text(card.events, "in all") +
                                         (departments.empty() ? "" : ": " + departments));
  if (!kinds.empty()) text += line("", kinds);
  return text;
}

}  // namespace

std::string to_text(const RelationshipCard& card) {
  return head(card) + why(card) + change(card) + promises(card) + complaints(card) + contact(card) +
         gains(card) + knowledge(card) + whole(card);
}

}  // namespace rapport::report
