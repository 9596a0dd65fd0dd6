#include <rapport/relationship/root_causes.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>
#include <rapport/relationship/complaints.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>

namespace rapport::relationship {
namespace {

// \pre both are >= 0
void add(std::int64_t& sum, std::int64_t value) {
  if (value > std::numeric_limits<std::int64_t>::max() - sum) {
    throw std::overflow_error("root_causes: the sum of the values at risk leaves 64 bits");
  }
  sum += value;
}

double days_between(core::Instant begin, core::Instant end) {
  return std::chrono::duration<double>(end - begin).count() / 86'400;
}

std::string rate_text(const math::Rate& rate, int decimals) {
  return core::fixed_text(rate.value, decimals) + " (" + core::fixed_text(rate.low, decimals) +
         "-" + core::fixed_text(rate.high, decimals) + ")";
}

}  // namespace

std::vector<RootCause> root_causes(std::span<const ComplaintAtRisk> complaints) {
  std::map<std::uint32_t, std::int64_t> values;
  std::map<record::Name, RootCause> causes;
  std::set<std::pair<record::Name, std::uint32_t>> seen;
  std::int64_t all = 0;
  for (const ComplaintAtRisk& complaint : complaints) {
    if (complaint.value < 0) {
      core::throw_domain_error("root_causes", "value", static_cast<double>(complaint.value),
                               ">= 0");
    }
    const auto [known, is_new] = values.try_emplace(complaint.customer, complaint.value);
    if (is_new) add(all, complaint.value);
    if (known->second != complaint.value) {
      throw std::invalid_argument("root_causes: customer " + std::to_string(complaint.customer) +
                                  " has two values, " + std::to_string(known->second) + " and " +
                                  std::to_string(complaint.value));
    }
    RootCause& cause = causes[complaint.category];
    cause.category = complaint.category;
    ++cause.complaints;
    if (!seen.emplace(complaint.category, complaint.customer).second) continue;
    ++cause.customers;
    add(cause.value, complaint.value);
  }
  std::vector<RootCause> result;
  for (auto& [category, cause] : causes) {
    cause.share_of_complaints =
        static_cast<double>(cause.complaints) / static_cast<double>(complaints.size());
    if (all > 0) cause.share_of_value = static_cast<double>(cause.value) / static_cast<double>(all);
    result.push_back(cause);
  }
  std::stable_sort(result.begin(), result.end(), [](const RootCause& a, const RootCause& b) {
    return std::tuple(a.value, a.complaints) > std::tuple(b.value, b.complaints);
  });
  return result;
}

std::string to_text(const RootCause& cause, std::string_view name, std::uint64_t all_complaints) {
  return std::string(name) + ": " + std::to_string(cause.complaints) + " of " +
         std::to_string(all_complaints) + " complaints, " +
         core::fixed_text(100 * cause.share_of_value, 1) + " % of the value at risk";
}

RateChange rate_change(const math::EventCount& before, const math::EventCount& after,
                       double level) {
  return {before,
          after,
          math::poisson_rate(before, level),
          math::poisson_rate(after, level),
          math::rate_ratio(before, after, level),
          level};
}

std::optional<RateChange> rate_change(std::span<const record::Complaint> complaints,
                                      const CauseChange& change, const record::Sight& sight,
                                      double level) {
  core::check_positive_finite(days_between(change.from, change.at), "rate_change",
                              "days before the change");
  core::check_not_negative_finite(static_cast<double>(change.reported_within.count()),
                                  "rate_change", "reported_within");
  const core::Instant end = sight.events - change.reported_within;
  if (!(change.at < end)) return std::nullopt;
  math::EventCount before{0, days_between(change.from, change.at)};
  math::EventCount after{0, days_between(change.at, end)};
  for (const record::Complaint& complaint : complaints) {
    const core::Instant failed = complaint.stamp.at;
    if (complaint.category != change.category || failed < change.from || failed >= end ||
        !sight.sees(complaint.stamp) || complaint.reported_at > failed + change.reported_within) {
      continue;
    }
    ++(failed < change.at ? before : after).count;
  }
  return rate_change(before, after, level);
}

std::string to_text(const RateChange& change) {
  std::string text = "before " + rate_text(change.rate_before, 3) + ", after " +
                     rate_text(change.rate_after, 3) + ", ratio " + rate_text(change.ratio, 2);
  if (!change.clear()) return text + ": not clear";
  return text + (change.ratio.high < 1 ? ": rarer" : ": more often");
}

}  // namespace rapport::relationship
