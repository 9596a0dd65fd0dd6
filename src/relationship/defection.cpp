#include <rapport/relationship/defection.hpp>

#include <rapport/core/check.hpp>
#include <rapport/math/fisher_exact.hpp>

#include <algorithm>
#include <cmath>

namespace rapport::relationship {
namespace {

constexpr fold::PurchaseDays days_counted{};

CategoryVisits::Category& category_of(CategoryVisits::State& state, std::uint32_t category) {
  auto at =
      std::ranges::lower_bound(state.categories, category, {}, &CategoryVisits::Category::category);
  if (at == state.categories.end() || at->category != category) {
    at = state.categories.insert(at, {.category = category});
  }
  return *at;
}

constexpr bool holds(const fold::Window& window, fold::DayNumber day) noexcept {
  return window.begin <= day && day < window.end;
}

}  // namespace

void CategoryVisits::absorb(State& state, const fold::Entry& entry) const {
  if (!entry.is_purchase()) return;
  const bool before = holds(baseline, entry.day);
  if (!before && !holds(recent, entry.day)) return;
  days_counted.absorb(before ? state.baseline : state.recent, entry);
  if (entry.category == 0) return;
  Category& of_category = category_of(state, entry.category);
  days_counted.absorb(before ? of_category.baseline : of_category.recent, entry);
}

void CategoryVisits::append(State& state, const State& later) const {
  days_counted.append(state.baseline, later.baseline);
  days_counted.append(state.recent, later.recent);
  for (const Category& of_later : later.categories) {
    Category& of_category = category_of(state, of_later.category);
    days_counted.append(of_category.baseline, of_later.baseline);
    days_counted.append(of_category.recent, of_later.recent);
  }
}

bool Defection::any_lost() const noexcept {
  return std::ranges::any_of(categories, &CategoryChange::lost);
}

Defection partial_defection(const CategoryVisits::State& visits, std::optional<double> p_alive,
                            const DefectionRule& rule) {
  if (!(rule.level > 0 && rule.level < 1)) {
    core::throw_domain_error("DefectionRule", "level", rule.level, "in (0, 1)");
  }
  core::check_fraction(rule.p_alive_from, "DefectionRule", "p_alive_from");
  if (p_alive) core::check_fraction(*p_alive, "partial_defection", "p_alive");
  Defection result;
  result.active = p_alive ? *p_alive >= rule.p_alive_from : visits.recent.days > 0;
  for (const CategoryVisits::Category& category : visits.categories) {
    if (category.baseline.days == 0) continue;
    CategoryChange change{.category = category.category,
                          .with_before = category.baseline.days,
                          .visits_before = visits.baseline.days,
                          .with_now = category.recent.days,
                          .visits_now = visits.recent.days};
    change.p_value = math::fisher_exact_fall(change.with_before, change.visits_before,
                                             change.with_now, change.visits_now);
    result.categories.push_back(change);
  }
  result.corrected_level =
      rule.level / static_cast<double>(std::max<std::size_t>(1, result.categories.size()));
  for (CategoryChange& change : result.categories) {
    change.lost = result.active && change.p_value <= result.corrected_level;
  }
  return result;
}

core::Estimate share_of_basket(double own_spend, const core::Estimate& basket) {
  core::check_not_negative_finite(own_spend, "share_of_basket", "own_spend");
  core::Estimate share;
  share.level = basket.level;
  share.covers = basket.covers;
  share.n = basket.n;
  if (!basket.usable()) return share;
  if (!(basket.value > 0)) {
    share.status = core::Status::undefined;
    return share;
  }
  const auto of = [&](double whole) {
    return std::isnan(whole) ? whole : whole > own_spend ? own_spend / whole : 1;
  };
  share.value = of(basket.value);
  share.low = of(basket.high);
  share.high = of(basket.low);
  share.status = basket.status;
  return share;
}

}  // namespace rapport::relationship
