#include <rapport/relationship/tier_history.hpp>

#include <rapport/core/check.hpp>

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace rapport::relationship {

std::vector<core::AsOf> days_before(core::AsOf last, int count, int step_days) {
  if (count < 0) core::throw_domain_error("days_before", "count", count, ">= 0");
  if (step_days < 1) core::throw_domain_error("days_before", "step_days", step_days, ">= 1");
  std::vector<core::AsOf> days;
  days.reserve(static_cast<std::size_t>(count));
  for (int ago = count; ago > 0; --ago) {
    days.emplace_back(last.day() - ago * std::chrono::days{step_days});
  }
  return days;
}

TierHistory tier_history(const record::StoreView& view, const IndexTable& index,
                         const TierPolicy& policy, std::span<const core::AsOf> days,
                         const IndexOptions& options) {
  core::check_same_size(index.size(), view.customers(), "tier_history", "index");
  for (std::size_t i = 0; i < days.size(); ++i) {
    const core::AsOf next = i + 1 < days.size() ? days[i + 1] : index.point.as_of;
    if (days[i] < next) continue;
    throw std::invalid_argument("tier_history: " + core::to_text(days[i].day()) +
                                " is followed by " + core::to_text(next.day()) +
                                ", but days must ascend to that of the index");
  }
  TierHistory history{.states = std::vector<TierState>(index.size())};
  const auto go_on = [&](const IndexTable& table) {
    history.states =
        advance(policy, std::move(history.states), fold::day_number(table.point.as_of.day()),
                table.score, options.threads);
  };
  for (const core::AsOf day : days) {
    history.before.reset();  // before the next one takes its room
    const record::StoreView then(view.store(), view.clusters(), {.as_of = day}, index.role);
    history.before = evaluate(then, index.definition, options);
    go_on(*history.before);
  }
  go_on(index);
  return history;
}

}  // namespace rapport::relationship
