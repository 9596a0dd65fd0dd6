#include <rapport/core/check.hpp>
#include <rapport/fold/store.hpp>
#include <rapport/relationship/complaints.hpp>
#include <rapport/relationship/knowledge.hpp>
#include <rapport/relationship/next_question.hpp>
#include <rapport/relationship/whole_base.hpp>
#include <rapport/report/relationship_card.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace rapport::report {
namespace {

namespace rel = relationship;
using record::CustomerView;
using record::StoreView;

// One customer's visible records of the kinds that a card looks at.
struct Records {
  std::vector<record::Promise> promises;
  std::vector<record::Complaint> complaints;
  std::vector<record::RecoveryAction> recoveries;
  std::vector<record::Interaction> interactions;
  std::vector<record::Consent> consents;
  std::vector<record::KnowledgeItem> knowledge;

  explicit Records(const CustomerView& customer)
      : promises(customer.rows<record::Promise>()),
        complaints(customer.rows<record::Complaint>()),
        recoveries(customer.rows<record::RecoveryAction>()),
        interactions(customer.rows<record::Interaction>()),
        consents(customer.rows<record::Consent>()),
        knowledge(customer.rows<record::KnowledgeItem>()) {}
};

// Fills a card part by part.
class Filler {
 public:
  Filler(const StoreView& view, record::CustomerId id, const CardOptions& options,
         RelationshipCard& card)
      : store_(view.store()),
        sight_(view.sight()),
        customer_(view.customer(id)),
        records_(customer_),
        options_(options),
        card_(card) {}

  void fill_promises() {
    using rel::PromiseStatus;
    for (const record::Promise& promise : records_.promises) {
      const PromiseStatus status = rel::status(promise, sight_);
      if (status != PromiseStatus::open && status != PromiseStatus::broken) continue;
      card_.open_promises.push_back({.by = promise.by,
                                     .kind = text(promise.kind),
                                     .department = promise.department,
                                     .due = day(promise.due_at),
                                     .broken = status == PromiseStatus::broken});
    }
    std::stable_sort(card_.open_promises.begin(), card_.open_promises.end(),
                     [](const auto& a, const auto& b) { return a.due < b.due; });
    card_.firm_reliability = reliability_of(record::Side::firm);
    card_.customer_reliability = reliability_of(record::Side::customer);
  }

  void fill_complaints() {
    for (const record::Complaint& complaint : records_.complaints) {
      if (rel::status(complaint, sight_) != rel::ComplaintStatus::open) continue;
      card_.open_complaints.push_back(
          {.category = text(complaint.category),
           .failed = day(complaint.stamp.at),
           .reported = day(complaint.reported_at),
           .silent_days =
               std::chrono::floor<std::chrono::days>(rel::silent_interval(complaint, sight_).length)
                   .count(),
           .answer = to_text(rel::justice(complaint, records_.recoveries, sight_))});
    }
    std::stable_sort(card_.open_complaints.begin(), card_.open_complaints.end(),
                     [](const auto& a, const auto& b) { return a.reported < b.reported; });
  }

  void fill_contact(std::optional<record::Name> purpose) {
    std::vector<record::Name> channels;
    std::optional<core::Instant> last;
    for (const record::Interaction& contact : records_.interactions) {
      if (contact.channel.value != 0) channels.push_back(contact.channel);
      if (contact.direction == record::Direction::outbound) last = contact.stamp.at;
    }
    for (const record::Consent& word : records_.consents) {
      if (word.channel.value != 0) channels.push_back(word.channel);
    }
    std::sort(channels.begin(), channels.end());
    channels.erase(std::unique(channels.begin(), channels.end()), channels.end());
    bool open = false;
    for (const record::Name channel : channels) {
      const rel::Permission permission =
          rel::consent(records_.consents, purpose.value_or(record::Name{}), channel,
                       sight_.now - std::chrono::seconds{1}, sight_.known)
              .permission;
      open = open || permission == rel::Permission::allowed ||
             (permission == rel::Permission::unasked && options_.silence_is_consent);
      card_.channels.push_back({text(channel), permission});
    }
    const core::Day tomorrow = card_.as_of.day() + std::chrono::days{1};
    if (last) card_.last_contact = day(*last);
    if (open) {
      card_.next_contact =
          last ? std::max(tomorrow,
                          *card_.last_contact + std::chrono::days{options_.contact_pause_days})
               : tomorrow;
    }
    const rel::ContactHabits rule{.zone = store_.rules().zone};
    rel::ContactHabits::State habits;
    for (const record::Interaction& contact : records_.interactions) rule.absorb(habits, contact);
    const auto channel = rel::usual_channel(habits);
    card_.usual_channel = {.value = text(channel.value),
                           .support = channel.support,
                           .of = channel.of,
                           .status = channel.status};
    card_.usual_hours = rel::usual_hours(habits);
  }

  void fill_knowledge() {
    std::vector<record::Name> topics;
    for (const record::KnowledgeItem& item : records_.knowledge) topics.push_back(item.topic);
    std::sort(topics.begin(), topics.end());
    topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
    for (const record::Name topic : topics) {
      const auto known = rel::topic_knowledge(records_.knowledge, topic, sight_);
      if (!known.known() || known.worth >= options_.refresh_below) continue;
      card_.to_refresh.push_back({.topic = text(topic),
                                  .value = text(known.value),
                                  .age_days = rel::age_days(known.learned_at, sight_.now),
                                  .worth = known.worth});
    }
    std::stable_sort(card_.to_refresh.begin(), card_.to_refresh.end(),
                     [](const auto& a, const auto& b) { return a.worth < b.worth; });
  }

  void fill_gains(const rel::TwoWayGains& rule, const StoreView& view) {
    card_.gains = fold::StoreFold(view).state(rule, customer_);
    card_.balance = rel::balance(card_.gains);
  }

  void fill_counts() {
    const record::Timeline line = record::timeline(customer_);
    card_.events = line.records.size();
    card_.by_kind = line.by_kind();
    card_.by_department = line.by_department();
  }

 private:
  [[nodiscard]] std::string text(record::Name name) const { return std::string(store_.text(name)); }
  [[nodiscard]] core::Day day(core::Instant at) const { return store_.rules().zone.day_of(at); }

  [[nodiscard]] core::Estimate reliability_of(record::Side side) const {
    const rel::PromisesKept rule{.sight = sight_, .scope = {.by = side}};
    rel::PromisesKept::State state;
    for (const record::Promise& promise : records_.promises) rule.absorb(state, promise);
    return rel::reliability(state).rate;
  }

  const record::Store& store_;
  const record::Sight& sight_;
  CustomerView customer_;
  Records records_;
  const CardOptions& options_;
  RelationshipCard& card_;
};

void fill_index(const rel::IndexTable& index, std::size_t row, RelationshipCard& card) {
  card.score = index.score[row];
  card.bounds = index.bounds(row);
  card.coverage = index.coverage[row];
  std::vector<rel::IndexTerm> terms;
  for (std::size_t k = 0; k < index.weights.size(); ++k) {
    const rel::Indicator& indicator = index.definition.indicators[k];
    card.reasons.push_back({.indicator = indicator.id,
                            .dimension = indicator.dimension,
                            .value = index.values[k][row],
                            .weight = index.weights[k],
                            .contribution = index.contributions[k][row]});
    terms.push_back({.id = static_cast<std::uint32_t>(k),
                     .weight = index.weights[k],
                     .known = !std::isnan(index.values[k][row])});
  }
  if (const auto question = rel::next_question(terms)) {
    card.next_question = {index.definition.indicators[question->id].id, question->gain};
  }
}

}  // namespace

CardMaker::CardMaker(const StoreView& view, const rel::IndexTable& index,
                     const CardOptions& options)
    : view_(&view),
      index_(&index),
      options_(options),
      purpose_(view.store().find_name(options.contact_purpose)),
      gains_(rel::gains_rule(view, {.window_days = options.gains_window_days,
                                    .time_cost = options.time_cost,
                                    .delivery = options.delivery})),
      dimensions_(
          static_cast<std::uint32_t>(rel::dimensions_covered(index.definition).dimensions.size())) {
  core::check_same_size(index.size(), view.customers(), "CardMaker", "index");
  if (!options.tier_states.empty()) {
    core::check_same_size(options.tier_states.size(), view.customers(), "CardMaker", "tier_states");
  }
  core::check_fraction(options.refresh_below, "CardMaker", "refresh_below");
  if (options.contact_pause_days < 0) {
    core::throw_domain_error("CardMaker", "contact_pause_days", options.contact_pause_days, ">= 0");
  }
}

RelationshipCard CardMaker::operator()(record::CustomerId id) const {
  const record::Store& store = view_->store();
  const std::size_t row = id.value;
  const auto sources = view_->clusters().sources(id);
  RelationshipCard card{
      .customer = store.key_text(sources.front()),
      .as_of = view_->point().as_of,
      .definition = index_->definition.name + ' ' + std::to_string(index_->definition.version),
      .fingerprint = index_->fingerprint,
      .currency = store.rules().currency,
      .dimensions = dimensions_};
  for (const record::SourceId source : sources) card.sources.push_back(store.key_text(source));
  fill_index(*index_, row, card);
  if (!options_.tier_states.empty()) {
    const rel::TierState& state = options_.tier_states[row];
    card.distance = options_.tiers.name(state.tier);
    if (state.tier != rel::unknown_tier) card.since = fold::day_of(state.since);
  } else if (card.score != rel::unknown_score) {
    card.distance = options_.tiers.name(options_.tiers.entered_by(card.score));
  }
  if (options_.changes != nullptr) {
    card.changed = {options_.changes_since.value_or(card.as_of.day()),
                    (*options_.changes)(sources.front())};
  }
  Filler filler(*view_, id, options_, card);
  filler.fill_promises();
  filler.fill_complaints();
  filler.fill_contact(purpose_);
  filler.fill_knowledge();
  filler.fill_gains(gains_, *view_);
  filler.fill_counts();
  return card;
}

}  // namespace rapport::report
