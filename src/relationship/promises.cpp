#include <rapport/relationship/promises.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace rapport::relationship {
namespace {

constexpr double one_weight = 0x1p32;

// What was so at `at` and known with the settlement, if it can be seen.
std::optional<core::Instant> seen(const std::optional<core::Instant>& at,
                                  const record::Promise& promise,
                                  const record::Sight& sight) noexcept {
  return at && sight.sees(*at, promise.settled_known.value_or(*at)) ? at : std::nullopt;
}

std::uint64_t weight_of(core::Instant due, core::Instant now, double half_life_days) {
  const double age = std::max(0.0, std::chrono::duration<double>(now - due).count() / 86'400);
  return static_cast<std::uint64_t>(std::llround(one_weight * std::exp2(-age / half_life_days)));
}

void check_half_life(double days) {
  if (!(days > 0)) {
    core::throw_domain_error("PromisesKept", "half_life_days", days, "> 0");
  }
}

}  // namespace

std::optional<core::Instant> kept_by(const record::Promise& promise,
                                     const record::Sight& sight) noexcept {
  return seen(promise.kept_at, promise, sight);
}

PromiseStatus status(const record::Promise& promise, const record::Sight& sight) noexcept {
  const auto kept = kept_by(promise, sight);
  const auto waived = seen(promise.waived_at, promise, sight);
  if (kept && *kept <= promise.due_at) return PromiseStatus::kept;
  if (waived && !(kept && *kept <= *waived)) return PromiseStatus::waived;
  if (kept) return PromiseStatus::late;
  return promise.due_at < sight.now ? PromiseStatus::broken : PromiseStatus::open;
}

void PromisesKept::absorb(State& state, const record::Promise& promise) const {
  if (!scope.holds(promise) || !sight.sees(promise.stamp)) return;
  const auto weight = [&] { return weight_of(promise.due_at, sight.now, half_life_days); };
  switch (status(promise, sight)) {
    case PromiseStatus::open: ++state.open; break;
    case PromiseStatus::waived: ++state.waived; break;
    case PromiseStatus::kept:
      ++state.kept;
      state.kept_weight += weight();
      break;
    case PromiseStatus::late:
      ++state.late;
      state.late_weight += weight();
      break;
    case PromiseStatus::broken:
      ++state.broken;
      state.broken_weight += weight();
      break;
  }
}

void PromisesKept::merge(State& state, const State& other) const noexcept {
  state.open += other.open;
  state.kept += other.kept;
  state.late += other.late;
  state.broken += other.broken;
  state.waived += other.waived;
  state.kept_weight += other.kept_weight;
  state.late_weight += other.late_weight;
  state.broken_weight += other.broken_weight;
}

void PromisesKept::unmerge(State& state, const State& part) const noexcept {
  state.open -= part.open;
  state.kept -= part.kept;
  state.late -= part.late;
  state.broken -= part.broken;
  state.waived -= part.waived;
  state.kept_weight -= part.kept_weight;
  state.late_weight -= part.late_weight;
  state.broken_weight -= part.broken_weight;
}

Reliability reliability(const PromisesKept::State& promises, const ReliabilityOptions& options) {
  core::check_fraction(options.late_credit, "reliability", "late_credit");
  const double kept = static_cast<double>(promises.kept_weight) / one_weight;
  const double late = static_cast<double>(promises.late_weight) / one_weight;
  const double broken = static_cast<double>(promises.broken_weight) / one_weight;
  const math::BetaPosterior posterior(kept + options.late_credit * late,
                                      broken + (1 - options.late_credit) * late, options.prior);
  const math::Proportion rate = posterior.interval(options.level);
  return {.rate = {rate.value, rate.low, rate.high, options.level,
                   promises.judged() == 0 ? core::Status::prior : core::Status::estimated,
                   core::Covers::parameter, promises.judged()},
          .effective_n = kept + late + broken};
}

double reliable_at_least(const PromisesKept::State& promises, const ReliabilityOptions& options) {
  const Reliability known = reliability(promises, options);
  return known.rate.n == 0 ? std::numeric_limits<double>::quiet_NaN() : known.rate.low;
}

std::vector<PromiseRecord> promise_table(std::span<const record::Promise> promises,
                                         const record::Sight& sight,
                                         const ReliabilityOptions& options, double half_life_days) {
  check_half_life(half_life_days);
  std::map<std::tuple<record::Side, record::Department, record::Name>, PromisesKept::State> groups;
  for (const record::Promise& promise : promises) {
    if (!sight.sees(promise.stamp)) continue;
    const PromisesKept rule{sight, {.by = promise.by}, half_life_days};
    rule.absorb(groups[{promise.by, promise.department, promise.kind}], promise);
  }
  std::vector<PromiseRecord> table;
  table.reserve(groups.size());
  for (const auto& [group, state] : groups) {
    const auto& [by, department, kind] = group;
    table.push_back({by, department, kind, state, reliability(state, options)});
  }
  return table;
}

std::string to_text(const PromisesKept::State& promises, const Reliability& reliability) {
  if (promises.judged() == 0) return "no promise was due";
  std::string text =
      std::to_string(promises.kept) + " of " + std::to_string(promises.judged()) + " promises kept";
  if (promises.late > 0) text += ", " + std::to_string(promises.late) + " late";
  if (promises.broken > 0) text += ", " + std::to_string(promises.broken) + " broken";
  const core::Estimate& rate = reliability.rate;
  return text + ": " + core::fixed_text(rate.value, 2) + " (" + core::fixed_text(rate.low, 2) +
         "-" + core::fixed_text(rate.high, 2) + ")";
}

}  // namespace rapport::relationship
