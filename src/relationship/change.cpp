#include <rapport/relationship/change.hpp>

#include "index_rule.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace rapport::relationship {
namespace {

record::PointInTime with_events_said(record::PointInTime point) {
  point.known = point.known.value_or(point.as_of);
  point.events = point.events.value_or(point.as_of);
  return point;
}

}  // namespace

Micro Change::total() const noexcept {
  Micro sum = 0;
  for (const ChangePart& part : parts) sum += part.change;
  return sum;
}

Micro Change::of(Cause cause) const noexcept {
  Micro sum = 0;
  for (const ChangePart& part : parts) sum += part.cause == cause ? part.change : 0;
  return sum;
}

// What was evaluated then, and the same after each cause.
struct ChangeExplainer::Steps {
  // One setting: who is a customer, what is seen, by which definition and scales.
  struct Step {
    record::StoreView view;
    detail::IndexRule rule;
    std::vector<Scale> scales;
    const IndexDefinition* definition;

    Step(const record::Store& store, const record::Clusters& clusters,
         const record::PointInTime& point, const IndexTable& table, const Catalogue& catalogue)
        : view(store, clusters, point, table.role),
          rule(view, table.definition, table.weights, catalogue),
          scales(table.scales),
          definition(&table.definition) {}
    Step(const Step&) = delete;  // the rule refers to the view
    Step& operator=(const Step&) = delete;
  };

  const record::Store* store;
  record::Clusters clusters_then, clusters_now;
  IndexDefinition definition_then, definition_now;
  std::deque<Step> steps;  // then, and after each cause

  Steps(const record::Store& of, const IndexResult& then, const IndexResult& now,
        const IndexOptions& options)
      : store(&of),
        clusters_then(then.clusters),
        clusters_now(now.clusters),
        definition_then(then.table.definition),
        definition_now(now.table.definition) {
    if (then.table.role != now.table.role) {
      throw std::invalid_argument("ChangeExplainer: the results are of different roles");
    }
    const record::PointInTime before = with_events_said(then.table.point);
    const record::PointInTime after = with_events_said(now.table.point);
    if (after.as_of < before.as_of || *after.known < *before.known ||
        *after.events < *before.events) {
      throw std::invalid_argument("ChangeExplainer: the result of now is as of " +
                                  core::to_text(after.as_of.day()) + ", before that of then, " +
                                  core::to_text(before.as_of.day()));
    }
    const auto add = [&](const record::Clusters& clusters, const record::PointInTime& point,
                         const IndexTable& table) -> Step& {
      return steps.emplace_back(of, clusters, point, table, options.catalogue);
    };
    record::PointInTime point = before;
    add(clusters_then, point, then.table);
    point.known = after.known;
    add(clusters_then, point, then.table);  // late facts
    add(clusters_now, point, then.table);   // merge
    point.as_of = after.as_of;
    add(clusters_now, point, then.table);  // ageing
    point.events = after.events;
    add(clusters_now, point, then.table);          // own events
    add(clusters_now, point, then.table).scales =  // others
        scales_of_now(of, then.table, now, options);
    add(clusters_now, point, now.table);  // definition
    for (std::size_t i = 0; i < steps.size(); ++i) {
      steps[i].definition = i + 1 < steps.size() ? &definition_then : &definition_now;
    }
  }

  // The scales that the definition of then has for the base of now.
  static std::vector<Scale> scales_of_now(const record::Store& store, const IndexTable& then,
                                          const IndexResult& now, const IndexOptions& options) {
    if (then.definition == now.table.definition) return now.table.scales;
    const bool ranks = std::any_of(then.scales.begin(), then.scales.end(), [](const Scale& scale) {
      return std::holds_alternative<Rank>(scale.transform());
    });
    if (!ranks) return then.scales;
    const record::StoreView view(store, now.clusters, now.table.point, now.table.role);
    IndexOptions fresh = options;
    fresh.scales.clear();
    return evaluate(view, then.definition, fresh).scales;
  }
};

ChangeExplainer::ChangeExplainer(const record::Store& store, const IndexResult& then,
                                 const IndexResult& now, const IndexOptions& options)
    : steps_(std::make_unique<const Steps>(store, then, now, options)) {}
ChangeExplainer::ChangeExplainer(ChangeExplainer&&) noexcept = default;
ChangeExplainer& ChangeExplainer::operator=(ChangeExplainer&&) noexcept = default;
ChangeExplainer::~ChangeExplainer() = default;

Change ChangeExplainer::operator()(record::SourceId source) const {
  const auto at = [&](std::size_t i) {
    const Steps::Step& step = steps_->steps[i];
    return step.rule.of_customer(step.view.clusters().customer(source), step.scales);
  };
  Change change;
  detail::Contributions before = at(0);
  change.before = before.score;
  for (std::size_t cause = 0; cause < cause_count; ++cause) {
    const detail::Contributions after = at(cause + 1);
    const auto& ids_before = steps_->steps[cause].definition->indicators;
    const auto& ids_after = steps_->steps[cause + 1].definition->indicators;
    std::vector<bool> taken(ids_after.size(), false);
    const auto add = [&](const std::string& id, Micro difference) {
      if (difference != 0) change.parts.push_back({static_cast<Cause>(cause), id, difference});
    };
    for (std::size_t k = 0; k < ids_before.size(); ++k) {
      Micro now = 0;
      for (std::size_t j = 0; j < ids_after.size(); ++j) {
        if (ids_after[j].id != ids_before[k].id) continue;
        now = after.of[j];
        taken[j] = true;
      }
      add(ids_before[k].id, now - before.of[k]);
    }
    for (std::size_t j = 0; j < ids_after.size(); ++j) {
      if (!taken[j]) add(ids_after[j].id, after.of[j]);
    }
    before = after;
  }
  change.after = before.score;

  const Steps::Step& last = steps_->steps.back();
  const core::Instant since = steps_->steps.front().view.sight().events;
  const auto customer = last.view.customer(last.view.clusters().customer(source));
  record::each_kind([&]<class Row>() {
    customer.each<Row>([&](const Row& row) {
      change.new_records[record::kind_number<Row>] += row.stamp.at >= since;
    });
  });
  return change;
}

}  // namespace rapport::relationship
