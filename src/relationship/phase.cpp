#include <rapport/core/check.hpp>
#include <rapport/fold/fold.hpp>
#include <rapport/relationship/phase.hpp>

#include <algorithm>
#include <limits>

namespace rapport::relationship {
namespace {

constexpr std::string_view phase_definition_place = "PhaseDefinition";

// Days between two dates: as doubles, which hold them all exactly.
double days_between(fold::DayNumber from, fold::DayNumber to) {
  return static_cast<double>(to) - static_cast<double>(from);
}

}  // namespace

void check(const PhaseDefinition& definition) {
  const PhaseDefinition& d = definition;
  core::check_positive_finite(d.fading_after, phase_definition_place, "fading_after");
  core::check_positive_finite(d.dormant_after, phase_definition_place, "dormant_after");
  core::check_positive_finite(d.usual_gap, phase_definition_place, "usual_gap");
  core::check_positive_finite(d.least_gap, phase_definition_place, "least_gap");
  core::check_not_negative_finite(d.new_days, phase_definition_place, "new_days");
  core::check_not_negative_finite(d.won_back_days, phase_definition_place, "won_back_days");
  core::check_positive_finite(d.growth_window, phase_definition_place, "growth_window");
  core::check_positive_finite(d.growing_from, phase_definition_place, "growing_from");
  if (d.dormant_after < d.fading_after) {
    core::throw_domain_error(phase_definition_place, "dormant_after", d.dormant_after,
                             "at least fading_after, " + core::to_text(d.fading_after));
  }
}

void PhaseHistory::absorb(State& state, const fold::Entry& entry) const {
  const double age = days_between(entry.day, today);
  if (age >= 0 && age < definition.growth_window) {
    state.later += entry.amount;
  } else if (age >= definition.growth_window && age < 2.0 * definition.growth_window) {
    state.earlier += entry.amount;
  }
  if (!entry.is_purchase()) return;
  if (state.days == 0) {
    state.first_day = state.last_day = entry.day;
    state.days = 1;
    return;
  }
  if (entry.day == state.last_day) return;
  const double gap = days_between(state.last_day, entry.day);
  // Dormant at the end of the day before.
  if (gap - 1 > definition.dormant_after * own_gap(state)) {
    state.returned = entry.day;
  } else {
    ++state.gaps;
    state.gap_days += static_cast<std::uint64_t>(gap);
  }
  state.last_day = entry.day;
  ++state.days;
}

double PhaseHistory::own_gap(const State& state) const noexcept {
  if (state.gaps == 0) return std::max(definition.usual_gap, definition.least_gap);
  return std::max(static_cast<double>(state.gap_days) / state.gaps, definition.least_gap);
}

Phase PhaseHistory::phase(const State& state, std::optional<fold::DayNumber> ends) const noexcept {
  if (state.days == 0) return Phase::prospect;
  const bool was_ended = ends && *ends <= today;
  if (was_ended && state.last_day <= *ends) return Phase::ended;
  const double silence = days_between(state.last_day, today);
  const double gap = own_gap(state);
  if (silence > definition.dormant_after * gap) return Phase::dormant;
  if (silence > definition.fading_after * gap) return Phase::fading;
  if (was_ended) return Phase::won_back;
  if (state.returned && days_between(*state.returned, today) < definition.won_back_days) {
    return Phase::won_back;
  }
  const double length = days_between(state.first_day, today);
  if (state.days <= definition.new_purchases && length < definition.new_days) {
    return Phase::new_customer;
  }
  // Only who was there for the whole earlier window can have grown since.
  const bool comparable = length >= 2.0 * definition.growth_window - 1;
  if (comparable && state.earlier > 0 &&
      static_cast<double>(state.later) >=
          definition.growing_from * static_cast<double>(state.earlier)) {
    return Phase::growing;
  }
  return Phase::kept;
}

std::vector<Phase> phases(const record::LedgerView& ledger, core::AsOf as_of,
                          const PhaseDefinition& definition, std::span<const fold::DayNumber> ends,
                          const core::Threads& threads) {
  check(definition);
  if (!ends.empty()) core::check_same_size(ends.size(), ledger.customers(), "phases", "ends");
  const PhaseHistory rule{definition, fold::day_number(as_of.day())};
  const auto columns =
      fold::each_customer(ledger, {.window = fold::until(as_of), .threads = threads}, rule);
  const auto& states = std::get<0>(columns);
  std::vector<Phase> result(states.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    const bool known = !ends.empty() && ends[i] != no_end;
    result[i] = rule.phase(states[i], known ? std::optional(ends[i]) : std::nullopt);
  }
  return result;
}

std::uint64_t TransitionMatrix::opening(Phase then) const noexcept {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : counts[static_cast<std::size_t>(then)]) sum += count;
  return sum;
}

std::uint64_t TransitionMatrix::closing(Phase now) const noexcept {
  std::uint64_t sum = 0;
  for (const Row& row : counts) sum += row[static_cast<std::size_t>(now)];
  return sum;
}

double TransitionMatrix::share(Phase then, Phase now) const noexcept {
  const std::uint64_t all = opening(then);
  if (all == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>((*this)(then, now)) / static_cast<double>(all);
}

TransitionMatrix transition_matrix(std::span<const Phase> then, std::span<const Phase> now) {
  core::check_same_size(now.size(), then.size(), "transition_matrix", "now");
  TransitionMatrix matrix;
  for (std::size_t i = 0; i < then.size(); ++i) {
    ++matrix.counts[static_cast<std::size_t>(then[i])][static_cast<std::size_t>(now[i])];
  }
  return matrix;
}

}  // namespace rapport::relationship
