#include <rapport/act/compensation.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/wide.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace rapport::act {
namespace {

constexpr std::int64_t whole = 10'000;

void check_amount(std::int64_t amount, std::string_view place, std::string_view name) {
  if (amount < 0) core::throw_domain_error(place, name, static_cast<double>(amount), ">= 0");
}

// \pre sum >= 0
void add_cost(std::int64_t& sum, const record::RecoveryAction& act) {
  check_amount(act.cost, "RecoveryAction", "cost");
  if (act.cost > std::numeric_limits<std::int64_t>::max() - sum) {
    throw std::overflow_error("compensation: the sum of costs leaves 64 bits");
  }
  sum += act.cost;
}

}  // namespace

CompensationCap cap(const CompensationPolicy& policy, std::uint8_t severity, std::int64_t value) {
  constexpr std::string_view place = "CompensationPolicy";
  for (const std::int64_t amount : policy.by_severity) check_amount(amount, place, "by_severity");
  check_amount(policy.at_least, place, "at_least");
  if (policy.share_of_value < 0 || policy.share_of_value > whole) {
    core::throw_domain_error(place, "share_of_value", policy.share_of_value, "in [0, 10000]");
  }
  if (severity >= policy.by_severity.size()) {
    core::throw_domain_error(place, "severity", severity, "in 0 to 5");
  }
  const core::Int128 share =
      core::Int128{std::max<std::int64_t>(0, value)} * policy.share_of_value / whole;
  CompensationCap result{static_cast<std::int64_t>(share), CapReason::value};
  if (result.amount < policy.at_least) result = {policy.at_least, CapReason::at_least};
  const std::int64_t most = policy.by_severity[severity];
  return most <= result.amount ? CompensationCap{most, CapReason::severity} : result;
}

CompensationReview review(const CompensationPolicy& policy, const record::Complaint& complaint,
                          std::span<const record::RecoveryAction> acts, std::int64_t value,
                          const record::Sight& sight) {
  CompensationReview result{cap(policy, complaint.severity, value), 0};
  for (const record::RecoveryAction& act : acts) {
    if (act.kind == record::RecoveryKind::compensate && complaint.stamp.key != 0 &&
        act.complaint == complaint.stamp.key && act.stamp.source == complaint.stamp.source &&
        sight.sees(act.stamp)) {
      add_cost(result.given, act);
    }
  }
  return result;
}

Posting posting(std::span<const record::RecoveryAction> acts, const record::Sight& sight) {
  Posting sum;
  for (const record::RecoveryAction& act : acts) {
    if (!sight.sees(act.stamp)) continue;
    add_cost(sum.service_cost, act);
    sum.customers_gain += posting(act).customers_gain;  // never more than the cost
  }
  return sum;
}

}  // namespace rapport::act
