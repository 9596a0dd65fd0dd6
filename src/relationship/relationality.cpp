#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>
#include <rapport/relationship/relationality.hpp>

#include <algorithm>
#include <limits>

namespace rapport::relationship {
namespace {

constexpr std::string_view relational_rule_place = "RelationalRule";

double ratio(std::uint64_t part, std::uint64_t all) {
  return all == 0 ? std::numeric_limits<double>::quiet_NaN()
                  : static_cast<double>(part) / static_cast<double>(all);
}

std::uint32_t repeats(const RelationalEvidence& evidence) {
  return evidence.purchases > 0 ? evidence.purchases - 1 : 0;
}

// \pre the rule was checked.
RelationalAnswer answer_for(const RelationalEvidence& evidence, const RelationalRule& rule) {
  const auto finding = [](RelationalReason reason, double value, double asked_for) {
    return RelationalFinding{reason, value, asked_for, value >= asked_for};
  };
  const double share = evidence.purchases > 0 ? ratio(repeats(evidence), evidence.purchases) : 0;
  RelationalAnswer answer;
  answer.findings = {
      finding(RelationalReason::repeat_share, share, rule.repeat_share),
      finding(RelationalReason::several_categories, evidence.categories, rule.categories),
      finding(RelationalReason::two_way_contacts, std::min(evidence.inbound, evidence.outbound),
              rule.two_way_contacts),
      finding(RelationalReason::open_commitments, evidence.open_commitments,
              rule.open_commitments)};
  if (evidence == RelationalEvidence{}) return answer;
  const auto met = std::count_if(answer.findings.begin(), answer.findings.end(),
                                 [](const RelationalFinding& found) { return found.met; });
  answer.relationality =
      met >= rule.reasons ? Relationality::relational : Relationality::transactional;
  return answer;
}

std::string text_of(const RelationalFinding& finding) {
  const int decimals = finding.reason == RelationalReason::repeat_share ? 2 : 0;
  std::string name(core::to_text(finding.reason));
  std::replace(name.begin(), name.end(), '_', ' ');
  return name + ' ' + core::fixed_text(finding.value, decimals) + " (" +
         core::fixed_text(finding.asked_for, decimals) + " asked for)";
}

}  // namespace

void check(const RelationalRule& rule) {
  if (!(rule.repeat_share > 0 && rule.repeat_share <= 1)) {
    core::throw_domain_error(relational_rule_place, "repeat_share", rule.repeat_share, "in (0, 1]");
  }
  const auto check_count = [](std::uint32_t count, std::string_view name) {
    if (count == 0) core::throw_domain_error(relational_rule_place, name, count, ">= 1");
  };
  check_count(rule.categories, "categories");
  check_count(rule.two_way_contacts, "two_way_contacts");
  check_count(rule.open_commitments, "open_commitments");
  if (rule.reasons < 1 || rule.reasons > relational_reasons) {
    core::throw_domain_error(relational_rule_place, "reasons", rule.reasons, "in [1, 4]");
  }
}

std::vector<RelationalReason> RelationalAnswer::reasons() const {
  std::vector<RelationalReason> met;
  for (const RelationalFinding& finding : findings) {
    if (finding.met) met.push_back(finding.reason);
  }
  return met;
}

RelationalAnswer relationality(const RelationalEvidence& evidence, const RelationalRule& rule) {
  check(rule);
  return answer_for(evidence, rule);
}

std::string to_text(const RelationalAnswer& answer) {
  std::string text(core::to_text(answer.relationality));
  if (answer.relationality == Relationality::unknown) return text + ": nothing is known";
  const bool relational = answer.relationality == Relationality::relational;
  const char* before = relational ? ": " : ": lacks ";
  for (const RelationalFinding& finding : answer.findings) {
    if (finding.met != relational) continue;
    text += before + text_of(finding);
    before = ", ";
  }
  return text;
}

double RelationalityOfBase::relational_share() const noexcept {
  return ratio(relational, relational + transactional);
}

double RelationalityOfBase::repeat_share() const noexcept {
  return ratio(repeat_purchases, purchases);
}

RelationalityOfBase relationality_of_base(std::span<const RelationalEvidence> base,
                                          const RelationalRule& rule) {
  check(rule);
  RelationalityOfBase result;
  for (const RelationalEvidence& evidence : base) {
    const RelationalAnswer answer = answer_for(evidence, rule);
    result.unknown += answer.relationality == Relationality::unknown;
    result.transactional += answer.relationality == Relationality::transactional;
    result.relational += answer.relationality == Relationality::relational;
    for (std::size_t i = 0; i < relational_reasons; ++i) result.met[i] += answer.findings[i].met;
    result.purchases += evidence.purchases;
    result.repeat_purchases += repeats(evidence);
  }
  return result;
}

}  // namespace rapport::relationship
