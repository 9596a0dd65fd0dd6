#include <rapport/relationship/responses.hpp>

#include <rapport/math/censored_median.hpp>
#include <rapport/math/proportion.hpp>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace rapport::relationship {
namespace {

using record::Interaction;

core::Estimate share(std::uint32_t count, std::uint32_t total, double level) {
  return math::to_estimate(math::wilson(count, total, level), total, level);
}

// An answer, ordered so that those to one contact stand together, by time.
using Answer = std::tuple<record::SourceId, record::RowKey, record::Direction, core::Instant>;

Replies replies_to(record::Direction asking, std::span<const Interaction* const> contacts,
                   std::span<const Answer> answers, core::Instant now, double level) {
  const record::Direction answering = asking == record::Direction::inbound
                                          ? record::Direction::outbound
                                          : record::Direction::inbound;
  Replies replies;
  std::vector<math::Duration> waits;
  for (const Interaction* contact : contacts) {
    const record::Stamp& stamp = contact->stamp;
    if (contact->direction != asking || !contact->asks()) continue;
    const Answer from{stamp.source, stamp.key, answering, stamp.at};
    const auto first = std::ranges::lower_bound(answers, from);
    const bool answered = first != answers.end() && std::get<0>(*first) == stamp.source &&
                          std::get<1>(*first) == stamp.key && std::get<2>(*first) == answering;
    const core::Instant until = answered ? std::get<3>(*first) : now;
    const double days = static_cast<double>((until - stamp.at).count()) / 86400;
    ++replies.asked;
    replies.answered += answered;
    if (!answered) replies.longest_open_days = std::max(replies.longest_open_days, days);
    waits.push_back({days, answered});
  }
  replies.rate = share(replies.answered, replies.asked, level);
  replies.median_days = math::censored_median(std::move(waits));
  return replies;
}

}  // namespace

Responses responses(std::span<const record::Interaction> interactions, const record::Sight& sight,
                    double level) {
  Responses result;
  std::vector<const Interaction*> contacts;
  std::vector<Answer> answers;
  for (const Interaction& contact : interactions) {
    if (contact.direction == record::Direction::unknown || !sight.sees(contact.stamp)) continue;
    ++(contact.direction == record::Direction::inbound ? result.inbound : result.outbound);
    contacts.push_back(&contact);
    if (contact.in_reply_to != 0) {
      answers.emplace_back(contact.stamp.source, contact.in_reply_to, contact.direction,
                           contact.stamp.at);
    }
  }
  std::ranges::sort(answers);
  result.by_customer = replies_to(record::Direction::outbound, contacts, answers, sight.now, level);
  result.by_firm = replies_to(record::Direction::inbound, contacts, answers, sight.now, level);
  result.inbound_share = share(result.inbound, result.inbound + result.outbound, level);
  return result;
}

std::vector<FollowUp> follow_ups(std::span<const record::StoredTransaction> transactions,
                                 std::span<const record::Interaction> interactions,
                                 const record::Sight& sight, const core::Zone& zone) {
  std::vector<core::Instant> contacts;
  for (const Interaction& contact : interactions) {
    if (contact.direction == record::Direction::outbound && sight.sees(contact.stamp)) {
      contacts.push_back(contact.stamp.at);
    }
  }
  std::ranges::sort(contacts);
  std::map<core::Day, core::Instant> last_sale_of;
  for (const record::StoredTransaction& sale : transactions) {
    if (sale.kind != record::TransactionKind::sale || sale.role != record::Role::customer) continue;
    if (!sight.sees(sale.stamp)) continue;
    core::Instant& last =
        last_sale_of.try_emplace(zone.day_of(sale.stamp.at), sale.stamp.at).first->second;
    last = std::max(last, sale.stamp.at);
  }
  const core::Day today = zone.day_of(sight.now - std::chrono::seconds{1});
  std::vector<FollowUp> waits;
  waits.reserve(last_sale_of.size());
  for (const auto& [day, sold_at] : last_sale_of) {
    const auto next = std::ranges::upper_bound(contacts, sold_at);
    const bool open = next == contacts.end();
    waits.push_back({day, ((open ? today : zone.day_of(*next)) - day).count(), open});
  }
  return waits;
}

double median_days(std::span<const FollowUp> waits) {
  std::vector<math::Duration> durations;
  durations.reserve(waits.size());
  for (const FollowUp& wait : waits) {
    durations.push_back({static_cast<double>(wait.days), !wait.open});
  }
  return math::censored_median(std::move(durations));
}

std::string to_text(const FollowUp& wait) {
  const std::string days = std::to_string(wait.days);
  return wait.open ? "open (" + days + " days)" : days + " d";
}

}  // namespace rapport::relationship
