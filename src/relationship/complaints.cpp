#include <rapport/relationship/complaints.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>
#include <rapport/math/rate.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>

namespace rapport::relationship {
namespace {

using record::RecoveryKind;
using std::chrono::seconds;

// A reported failure: how long its customer was silent, and how long ago it took place.
struct Report {
  seconds delay, age;
};

// The chance to be reported within a delay, F, as a product-limit estimate in reversed time: a step
// at each distinct delay, from the longest down.
struct DelayLaw {
  struct Step {
    double delay;  // days
    double below;  // F for shorter delays, down to the next step
    double noise;  // what it adds to the variance of log F below
  };
  std::vector<Step> steps;
};

// Nothing if F would be zero at the age of some failure.
std::optional<DelayLaw> delay_law(std::span<const Report> reports) {
  std::vector<seconds> delays, ages;
  for (const Report& report : reports) {
    delays.push_back(report.delay);
    ages.push_back(report.age);
  }
  std::sort(delays.begin(), delays.end(), std::greater<>());
  std::sort(ages.begin(), ages.end(), std::greater<>());
  DelayLaw law;
  const std::size_t n = delays.size();
  double reported = 1;
  std::size_t older = 0;  // failures of at least that age
  for (std::size_t i = 0, next = 0; i < n; i = next) {
    while (next < n && delays[next] == delays[i]) ++next;
    while (older < n && ages[older] >= delays[i]) ++older;
    // At risk are those whose delay is not longer and whose age is not less.
    const auto at_risk = static_cast<double>((n - i) - (n - older));
    const auto now = static_cast<double>(next - i);
    if (now == at_risk && next < n) return std::nullopt;
    reported *= 1 - now / at_risk;
    law.steps.push_back({Elapsed{delays[i], true}.days(), reported,
                         now == at_risk ? 0 : now / (at_risk * (at_risk - now))});
  }
  return law;
}

core::Estimate estimate_unreported(std::span<const Report> reports,
                                   const UnreportedOptions& options) {
  core::Estimate result;
  result.level = options.level;
  result.covers = core::Covers::prediction;
  result.n = reports.size();
  if (reports.size() < std::max<std::uint64_t>(1, options.minimum_reports)) return result;
  const auto law = delay_law(reports);
  if (!law) return result;

  // The days for which failures took place at one rate, and how many of them are reported.
  double oldest = 0;
  for (const Report& report : reports) oldest = std::max(oldest, Elapsed{report.age}.days());
  const double days = std::max(law->steps.front().delay, std::min(options.steady_days, oldest));
  const auto in_days =
      static_cast<double>(std::count_if(reports.begin(), reports.end(), [&](const Report& report) {
        return Elapsed{report.age}.days() <= days;
      }));

  // Of a rate of one a day, so many are silent. F is a step function, its noise a sum over steps.
  double silent = 0, reported = 0, noise = 0, from = 0;
  for (auto step = law->steps.rbegin(); step != law->steps.rend(); ++step) {
    reported += (step->delay - from) * step->below;
    silent += (step->delay - from) * (1 - step->below);
    noise += step->noise * reported * reported;
    from = step->delay;
  }
  reported = days - silent;

  const double expected = in_days / reported * silent;
  double variance = expected;
  if (silent > 0) {
    const double relative = 1 / in_days + noise * std::pow(1 / silent + 1 / reported, 2);
    variance += expected * expected * relative;
  }
  const math::Rate interval = math::predicted_count(expected, variance, options.level);
  result.status = core::Status::estimated;
  result.value = expected;
  result.low = interval.low;
  result.high = interval.high;
  return result;
}

void append(std::string& list, bool there, std::string_view word) {
  if (!there) return;
  if (!list.empty()) list += ", ";
  list += word;
}

std::string kind_text(std::string_view kind, bool done, const std::string& parts) {
  std::string text(kind);
  if (!done) return text.append(" absent");
  return text.append(" (").append(parts).append(")");
}

}  // namespace

ComplaintStatus status(const record::Complaint& complaint, const record::Sight& sight) noexcept {
  if (complaint.reported_at >= sight.events) return ComplaintStatus::silent;
  const auto& resolved = complaint.resolved_at;
  return resolved && sight.sees(*resolved, *resolved) ? ComplaintStatus::resolved
                                                      : ComplaintStatus::open;
}

Elapsed silent_interval(const record::Complaint& complaint, const record::Sight& sight) noexcept {
  if (status(complaint, sight) == ComplaintStatus::silent) {
    return {sight.now - complaint.stamp.at, false};
  }
  return {complaint.reported_at - complaint.stamp.at, true};
}

void ComplaintsHandled::absorb(State& state, const record::Complaint& complaint) const noexcept {
  if (!sight.sees(complaint.stamp)) return;
  const ComplaintStatus stands = status(complaint, sight);
  state.reported += stands != ComplaintStatus::silent;
  state.resolved += stands == ComplaintStatus::resolved;
}

void ComplaintsHandled::absorb(State& state, const record::RecoveryAction& act) const noexcept {
  if (!sight.sees(act.stamp)) return;
  ++state.acts;
  state.service_cost += act.cost;
  if (act.kind == RecoveryKind::compensate) state.customers_gain += act.cost;
}

void ComplaintsHandled::merge(State& state, const State& other) const noexcept {
  state.reported += other.reported;
  state.resolved += other.resolved;
  state.acts += other.acts;
  state.service_cost += other.service_cost;
  state.customers_gain += other.customers_gain;
}

void ComplaintsHandled::unmerge(State& state, const State& part) const noexcept {
  state.reported -= part.reported;
  state.resolved -= part.resolved;
  state.acts -= part.acts;
  state.service_cost -= part.service_cost;
  state.customers_gain -= part.customers_gain;
}

double resolved_share(const ComplaintsHandled::State& complaints) noexcept {
  if (complaints.reported == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(complaints.resolved) / complaints.reported;
}

bool Justice::distributive() const noexcept {
  return did(RecoveryKind::compensate) || did(RecoveryKind::fix);
}

bool Justice::procedural() const noexcept {
  return in_time || did(RecoveryKind::ask_evidence) || did(RecoveryKind::explain) ||
         did(RecoveryKind::fix) || did(RecoveryKind::follow_up);
}

bool Justice::interactional() const noexcept {
  return did(RecoveryKind::apologise) ||
         (did(RecoveryKind::acknowledge) && did(RecoveryKind::follow_up));
}

int Justice::covered() const noexcept { return distributive() + procedural() + interactional(); }

bool Justice::baseline_only() const noexcept {
  return !did(RecoveryKind::ask_evidence) && !did(RecoveryKind::explain) &&
         !did(RecoveryKind::compensate) && !did(RecoveryKind::follow_up);
}

Justice justice(const record::Complaint& complaint, std::span<const record::RecoveryAction> acts,
                const record::Sight& sight, const JusticeRules& rules) {
  Justice result;
  std::optional<core::Instant> first;
  for (const record::RecoveryAction& act : acts) {
    if (complaint.stamp.key == 0 || act.complaint != complaint.stamp.key ||
        act.stamp.source != complaint.stamp.source || !sight.sees(act.stamp)) {
      continue;
    }
    ++result.acts[static_cast<std::size_t>(act.kind)];
    if (!first || act.stamp.at < *first) first = act.stamp.at;
  }
  if (status(complaint, sight) == ComplaintStatus::silent) return result;
  // What the firm did before the customer spoke is an answer at once.
  const core::Instant end = std::max(first.value_or(sight.now), complaint.reported_at);
  result.first_answer = {end - complaint.reported_at, first.has_value()};
  result.in_time = first && result.first_answer.length <= rules.answer_within;
  return result;
}

std::string to_text(const Justice& justice) {
  std::string outcome, way, treatment;
  append(outcome, justice.did(RecoveryKind::fix), "fixed");
  append(outcome, justice.did(RecoveryKind::compensate), "compensated");
  append(way, justice.in_time, "in time");
  append(way, justice.did(RecoveryKind::ask_evidence), "asked for evidence");
  append(way, justice.did(RecoveryKind::explain), "explained");
  append(way, justice.did(RecoveryKind::fix), "request done");
  append(way, justice.did(RecoveryKind::follow_up), "followed up");
  append(treatment, justice.did(RecoveryKind::acknowledge), "acknowledged");
  append(treatment, justice.did(RecoveryKind::apologise), "apologised");
  append(treatment, justice.did(RecoveryKind::follow_up), "followed up");
  std::string text = "justice " + std::to_string(justice.covered()) +
                     "/3: " + kind_text("distributive", justice.distributive(), outcome) + ", " +
                     kind_text("procedural", justice.procedural(), way) + ", " +
                     kind_text("interactional", justice.interactional(), treatment);
  if (justice.baseline_only()) text += "; baseline only";
  if (!justice.did(RecoveryKind::compensate)) text += "; compensation absent";
  return text;
}

std::vector<UnreportedFailures> unreported_failures(std::span<const record::Complaint> complaints,
                                                    const record::Sight& sight,
                                                    const UnreportedOptions& options) {
  std::map<record::Name, std::vector<Report>> categories;
  for (const record::Complaint& complaint : complaints) {
    if (complaint.reported_at < complaint.stamp.at) {
      throw std::invalid_argument("unreported_failures: a complaint was reported at " +
                                  core::to_text(complaint.reported_at) +
                                  ", before its failure took place at " +
                                  core::to_text(complaint.stamp.at));
    }
    if (!sight.sees(complaint.stamp)) continue;
    if (status(complaint, sight) == ComplaintStatus::silent) continue;
    categories[complaint.category].push_back(
        {complaint.reported_at - complaint.stamp.at, sight.events - complaint.stamp.at});
  }
  if (!(options.level > 0 && options.level < 1)) {
    core::throw_domain_error("unreported_failures", "level", options.level, "in (0, 1)");
  }
  core::check_positive_finite(options.steady_days, "unreported_failures", "steady_days");
  std::vector<UnreportedFailures> result;
  for (auto& [category, reports] : categories) {
    seconds longest{0};
    for (const Report& report : reports) longest = std::max(longest, report.delay);
    result.push_back({category, reports.size(), Elapsed{longest, true}.days(),
                      estimate_unreported(reports, options)});
  }
  return result;
}

std::string to_text(const UnreportedFailures& failures) {
  std::string text = "failures not yet reported: ";
  const core::Estimate& number = failures.unreported;
  if (!number.usable()) {
    text += "abstained";
  } else {
    text += "about " + core::fixed_text(number.value, 0) + " (estimate, " +
            core::fixed_text(number.low, 0) + "-" + core::fixed_text(number.high, 0) + ")";
  }
  return text + "; " + std::to_string(failures.reported) + " reported";
}

}  // namespace rapport::relationship
