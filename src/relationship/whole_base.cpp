#include <rapport/relationship/whole_base.hpp>

#include <rapport/core/check.hpp>
#include <rapport/fold/contacts.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/relationship/complaints.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace rapport::relationship {
namespace {

using fold::StoreOptions;
using record::CustomerView;
using record::StoreView;

constexpr std::size_t readings_per_block = 1024;

// What `answer(customer, number)` says of each customer.
template <class Answer>
auto of_each_customer(const StoreView& view, const StoreOptions& options, const Answer& answer) {
  using Result = std::invoke_result_t<const Answer&, const CustomerView&, std::size_t>;
  std::vector<Result> column(view.customers());
  core::for_blocks(options.threads, column.size(), readings_per_block, [&](auto begin, auto end) {
    if (options.watch.stop.stop_requested()) throw core::Cancelled("going through customers");
    for (std::size_t i = begin; i < end; ++i) {
      column[i] = answer(view.customer({static_cast<std::uint32_t>(i)}), i);
    }
  });
  return column;
}

}  // namespace

TwoWayGains gains_rule(const StoreView& view, const GainsOptions& options) {
  if (options.window_days < 1) {
    core::throw_domain_error("gains_rule", "window_days", options.window_days, ">= 1");
  }
  const record::Store& store = view.store();
  const core::Day first = view.point().as_of.day() + std::chrono::days{1 - options.window_days};
  return {.sight = view.sight(),
          .profit = {.time_cost = options.time_cost,
                     .begin = store.rules().zone.begin_of(first),
                     .end = view.sight().now},
          .delivery = store.find_name(options.delivery).value_or(record::Name{}),
          .referrer = store.find_name(options.referrer).value_or(record::Name{})};
}

std::vector<TwoWay> two_way_gains(const StoreView& view, const GainsOptions& gains,
                                  const StoreOptions& options) {
  auto [column] = fold::StoreFold(view).each_customer(options, gains_rule(view, gains));
  return std::move(column);
}

std::vector<Phase> phases(const StoreView& view, const PhaseDefinition& definition,
                          std::span<const fold::DayNumber> ends, const StoreOptions& options) {
  check(definition);
  if (!ends.empty()) core::check_same_size(ends.size(), view.customers(), "phases", "ends");
  const PhaseHistory rule{definition, fold::day_number(view.point().as_of.day())};
  const fold::StoreFold folding(view);
  return of_each_customer(view, options, [&](const CustomerView& customer, std::size_t i) {
    const bool known = !ends.empty() && ends[i] != no_end;
    return rule.phase(folding.state(rule, customer), known ? std::optional(ends[i]) : std::nullopt);
  });
}

std::vector<PromiseRecord> promise_table(const StoreView& view,
                                         const ReliabilityOptions& reliability_options,
                                         double half_life_days, const StoreOptions& options) {
  (void)promise_table(std::span<const record::Promise>(), view.sight(), reliability_options,
                      half_life_days);  // checks the half-life
  (void)reliability({}, reliability_options);
  using Groups =
      std::map<std::tuple<record::Side, record::Department, record::Name>, PromisesKept::State>;
  const auto parts = core::map_blocks(
      options.threads, view.customers(), readings_per_block, [&](auto begin, auto end) {
        if (options.watch.stop.stop_requested()) throw core::Cancelled("going through promises");
        Groups groups;
        for (std::size_t i = begin; i < end; ++i) {
          view.customer({static_cast<std::uint32_t>(i)})
              .each<record::Promise>([&](const record::Promise& promise) {
                const PromisesKept rule{view.sight(), {.by = promise.by}, half_life_days};
                rule.absorb(groups[{promise.by, promise.department, promise.kind}], promise);
              });
        }
        return groups;
      });
  Groups all;
  for (const Groups& part : parts) {
    for (const auto& [group, state] : part) {
      PromisesKept{view.sight()}.merge(all[group], state);  // sums of whole numbers
    }
  }
  std::vector<PromiseRecord> table;
  table.reserve(all.size());
  for (const auto& [group, state] : all) {
    const auto& [by, department, kind] = group;
    table.push_back({by, department, kind, state, reliability(state, reliability_options)});
  }
  return table;
}

std::vector<RootCause> root_causes(const StoreView& view,
                                   std::span<const std::int64_t> value_at_risk,
                                   const StoreOptions& options) {
  if (!value_at_risk.empty()) {
    core::check_same_size(value_at_risk.size(), view.customers(), "root_causes", "value_at_risk");
  }
  const auto parts = core::map_blocks(
      options.threads, view.customers(), readings_per_block, [&](auto begin, auto end) {
        if (options.watch.stop.stop_requested()) throw core::Cancelled("going through complaints");
        std::vector<ComplaintAtRisk> found;
        for (std::size_t i = begin; i < end; ++i) {
          const auto customer = static_cast<std::uint32_t>(i);
          view.customer({customer})
              .each<record::Complaint>([&](const record::Complaint& complaint) {
                if (status(complaint, view.sight()) == ComplaintStatus::silent) return;
                found.push_back({.category = complaint.category,
                                 .customer = customer,
                                 .value = value_at_risk.empty() ? 0 : value_at_risk[i]});
              });
        }
        return found;
      });
  std::vector<ComplaintAtRisk> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return root_causes(all);
}

std::vector<RelationalEvidence> relational_evidence(const StoreView& view,
                                                    const StoreOptions& options) {
  const fold::StoreFold folding(view);
  return of_each_customer(view, options, [&](const CustomerView& customer, std::size_t) {
    RelationalEvidence evidence;
    std::optional<core::Instant> first;
    fold::PurchaseDays::State days;
    fold::PurchasedCategories::State categories;
    customer.each<record::StoredTransaction>([&](const record::StoredTransaction& row) {
      const fold::Entry entry = folding.entry(row);
      if (!first && entry.is_purchase()) first = entry.at;
      fold::PurchaseDays{}.absorb(days, entry);
      fold::PurchasedCategories{}.absorb(categories, entry);
    });
    evidence.purchases = days.days;
    evidence.categories = static_cast<std::uint32_t>(categories.counts().size());
    customer.each<record::Interaction>([&](const record::Interaction& contact) {
      if (!first || contact.stamp.at <= *first) return;
      evidence.inbound += contact.direction == record::Direction::inbound;
      evidence.outbound += contact.direction == record::Direction::outbound;
    });
    customer.each<record::Promise>([&](const record::Promise& promise) {
      evidence.open_commitments += status(promise, view.sight()) == PromiseStatus::open;
    });
    return evidence;
  });
}

std::vector<Defection> partial_defection(const StoreView& view, const DefectionWindows& windows,
                                         std::span<const double> p_alive, const DefectionRule& rule,
                                         const StoreOptions& options) {
  const auto& [baseline, recent] = windows;
  if (baseline.begin < recent.end && recent.begin < baseline.end) {
    throw std::invalid_argument("partial_defection: the windows overlap");
  }
  if (!p_alive.empty()) {
    core::check_same_size(p_alive.size(), view.customers(), "partial_defection", "p_alive");
  }
  const CategoryVisits visits{.baseline = baseline, .recent = recent};
  const fold::StoreFold folding(view);
  return of_each_customer(view, options, [&](const CustomerView& customer, std::size_t i) {
    const bool known = !p_alive.empty() && !std::isnan(p_alive[i]);
    return partial_defection(folding.state(visits, customer),
                             known ? std::optional(p_alive[i]) : std::nullopt, rule);
  });
}

std::vector<Knowledge> knowledge(const StoreView& view, std::span<const WantedTopic> wanted,
                                 const StoreOptions& options) {
  (void)knowledge(std::span<const record::KnowledgeItem>(), wanted, view.sight());  // checks them
  return of_each_customer(view, options, [&](const CustomerView& customer, std::size_t) {
    return knowledge(customer.rows<record::KnowledgeItem>(), wanted, view.sight());
  });
}

std::vector<Coverage> coverage(const StoreView& view, std::span<const WantedItem> wanted,
                               const StoreOptions& options) {
  return of_each_customer(view, options, [&](const CustomerView& customer, std::size_t) {
    const auto contact_points = customer.rows<record::ContactPoint>();
    const auto knowledge = customer.rows<record::KnowledgeItem>();
    const auto transactions = customer.rows<record::StoredTransaction>();
    const auto interactions = customer.rows<record::Interaction>();
    return coverage({.contact_points = contact_points,
                     .knowledge = knowledge,
                     .transactions = transactions,
                     .interactions = interactions},
                    wanted, view.sight());
  });
}

}  // namespace rapport::relationship
