#include <rapport/core/enum_names.hpp>
#include <rapport/core/money.hpp>
#include <rapport/io/relationship_card.hpp>

#include "json_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace rapport::io {
namespace {

namespace rel = relationship;
using json::Object;
using report::RelationshipCard;

std::string micro(rel::Micro value) {
  return value == rel::unknown_score ? "null" : rel::micro_text(value);
}

Object written(const core::Estimate& estimate) {
  return Object()
      .number("value", estimate.value)
      .number("low", estimate.low)
      .number("high", estimate.high)
      .number("level", estimate.level)
      .text("status", core::to_text(estimate.status))
      .integer("n", static_cast<std::int64_t>(estimate.n));
}

Object written(const RelationshipCard::Changed& changed) {
  const rel::Change& change = changed.change;
  Object by_kind;
  for (std::size_t kind = 0; kind < record::kind_count; ++kind) {
    if (change.new_records[kind] > 0) {
      by_kind.integer(record::kind_names[kind], change.new_records[kind]);
    }
  }
  return Object()
      .day("since", changed.since)
      .raw("before", micro(change.before))
      .raw("after", micro(change.after))
      .raw("total", micro(change.total()))
      .list("parts", change.parts,
            [](const rel::ChangePart& part) {
              return Object()
                  .text("cause", core::to_text(part.cause))
                  .text("indicator", part.indicator)
                  .raw("change", micro(part.change))
                  .str();
            })
      .object("new_records", by_kind);
}

Object written(const RelationshipCard& card, const rel::TwoWay& gains) {
  const auto money = [&](std::int64_t minor) {
    return core::decimal_text(minor, card.currency.decimals());
  };
  const economics::ProfitAndLoss& account = gains.firm.account;
  const rel::CustomerGain& customer = gains.customer;
  return Object()
      .text("balance", core::to_text(card.balance))
      .text("currency", card.currency.code())
      .object("firm", Object()
                          .raw("revenue", money(account.revenue))
                          .raw("returns", money(account.returns))
                          .raw("goods", money(account.goods))
                          .raw("activity_cost", money(account.activity_cost()))
                          .raw("contribution", money(account.contribution()))
                          .integer("referrals", gains.firm.referrals)
                          .integer("knowledge", gains.firm.knowledge))
      .object("customer", Object()
                              .raw("discounts", money(customer.discounts))
                              .raw("privileges", money(customer.privileges))
                              .raw("recovery", money(customer.recovery))
                              .integer("promises_kept", customer.promises_kept)
                              .integer("promises_missed", customer.promises_missed)
                              .integer("deliveries", customer.deliveries)
                              .number("delivery_days", customer.delivery_days()));
}

template <class T>
Object written(const rel::Habit<T>& habit, std::string_view value) {
  return (habit.usable() ? Object().text("value", value) : Object().raw("value", "null"))
      .integer("support", habit.support)
      .integer("of", habit.of);
}

Object counts(const RelationshipCard& card) {
  Object kinds;
  for (std::size_t kind = 0; kind < record::kind_count; ++kind) {
    kinds.integer(record::kind_names[kind], static_cast<std::int64_t>(card.by_kind[kind]));
  }
  Object departments;
  for (std::size_t i = 0; i < card.by_department.size(); ++i) {
    const auto name = core::to_text(static_cast<record::Department>(i));
    departments.integer(name.empty() ? "unknown" : name,
                        static_cast<std::int64_t>(card.by_department[i]));
  }
  return Object()
      .integer("all", static_cast<std::int64_t>(card.events))
      .object("by_department", departments)
      .object("by_kind", kinds);
}

}  // namespace

std::string to_json(const RelationshipCard& card) {
  Object object;
  object.text("customer", card.customer)
      .list("sources", card.sources,
            [](const std::string& key) { return json::quoted_safely(key); })
      .day("as_of", card.as_of.day())
      .text("definition", card.definition)
      .text("fingerprint", card.fingerprint)
      .raw("score", micro(card.score))
      .raw("low", micro(card.bounds.low))
      .raw("high", micro(card.bounds.high))
      .raw("coverage", micro(card.coverage))
      .text("distance", card.distance)
      .day("distance_since", card.since)
      .integer("dimensions", card.dimensions)
      .list("reasons", card.reasons, [](const RelationshipCard::Reason& reason) {
        return Object()
            .text("indicator", reason.indicator)
            .text("dimension", core::to_text(reason.dimension))
            .number("value", reason.value)
            .number("weight", reason.weight)
            .raw("contribution", micro(reason.contribution))
            .str();
      });
  if (card.changed) {
    object.object("change", written(*card.changed));
  } else {
    object.raw("change", "null");
  }
  object
      .object("promises", Object()
                              .object("firm", written(card.firm_reliability))
                              .object("customer", written(card.customer_reliability))
                              .list("open", card.open_promises,
                                    [](const RelationshipCard::OpenPromise& promise) {
                                      return Object()
                                          .text("by", core::to_text(promise.by))
                                          .text("kind", promise.kind)
                                          .text("department", core::to_text(promise.department))
                                          .day("due", promise.due)
                                          .boolean("broken", promise.broken)
                                          .str();
                                    }))
      .list("open_complaints", card.open_complaints,
            [](const RelationshipCard::OpenComplaint& complaint) {
              return Object()
                  .text("category", complaint.category)
                  .day("failed", complaint.failed)
                  .day("reported", complaint.reported)
                  .integer("silent_days", complaint.silent_days)
                  .text("answer", complaint.answer)
                  .str();
            })
      .object("contact",
              Object()
                  .day("last", card.last_contact)
                  .day("next", card.next_contact)
                  .list("channels", card.channels,
                        [](const RelationshipCard::Channel& channel) {
                          return Object()
                              .text("channel", channel.channel)
                              .text("permission", core::to_text(channel.permission))
                              .str();
                        })
                  .object("usual_channel", written(card.usual_channel, card.usual_channel.value))
                  .object("usual_hours",
                          written(card.usual_hours, core::to_text(card.usual_hours.value))))
      .list("to_refresh", card.to_refresh, [](const RelationshipCard::Topic& topic) {
        return Object()
            .text("topic", topic.topic)
            .text("value", topic.value)
            .integer("age_days", topic.age_days)
            .number("worth", topic.worth)
            .str();
      });
  if (card.next_question) {
    object.object("next_question", Object()
                                       .text("indicator", card.next_question->indicator)
                                       .number("gain", card.next_question->gain));
  } else {
    object.raw("next_question", "null");
  }
  return object.object("gains", written(card, card.gains)).object("events", counts(card)).str();
}

void write_cards(std::ostream& out, const report::CardMaker& card_of, const core::Threads& threads,
                 const core::Watch& watch) {
  constexpr std::size_t cards_per_block = 128;
  constexpr std::size_t cards_at_a_time = 64 * cards_per_block;
  const std::size_t customers = card_of.customers();
  for (std::size_t done = 0; done < customers; done += cards_at_a_time) {
    watch.report({"writing cards", done, customers});
    const auto texts = core::map_blocks(
        threads, std::min(cards_at_a_time, customers - done), cards_per_block,
        [&](std::size_t begin, std::size_t end) {
          std::string lines;
          for (std::size_t i = begin; i < end; ++i) {
            lines += to_json(card_of({static_cast<std::uint32_t>(done + i)})) + '\n';
          }
          return lines;
        });
    for (const std::string& lines : texts) out << lines;
  }
  out.flush();
  if (!out) {
    throw std::system_error(std::make_error_code(std::errc::io_error), "the cards");
  }
}

}  // namespace rapport::io
