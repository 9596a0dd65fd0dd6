#ifndef RAPPORT_TESTS_SUPPORT_COMPLAINT_STORY_HPP
#define RAPPORT_TESTS_SUPPORT_COMPLAINT_STORY_HPP

/// \file
/// One customer's story. Books come in torn packaging, and she says nothing. Weeks later, when she
/// orders again, she asks on Instagram for stronger packaging and mentions what happened. The agent
/// apologises, asks for a photograph, does what was asked, and sends a gift with the new order.

#include <rapport/record/complaint.hpp>
#include <rapport/record/transaction.hpp>

#include <chrono>
#include <vector>

namespace rapport::tests {

struct ComplaintStory {
  static constexpr core::Day failure_day{std::chrono::year{2024} / 5 / 1};
  static constexpr record::SourceId customer{4};
  static constexpr record::Name instagram{1}, packaging{2}, agent{3};
  static constexpr record::RowKey torn_order = 11, new_order = 12, complaint_key = 21;
  static constexpr std::int64_t gift = 400'000;  ///< IRR

  /// Noon of the day so many days after the failure, and some minutes.
  [[nodiscard]] static constexpr core::Instant day(int number, int minutes = 0) {
    return failure_day + std::chrono::days{number} + std::chrono::hours{12} +
           std::chrono::minutes{minutes};
  }

  /// What is seen at the end of that day, by the knowledge of that day or of a later one.
  [[nodiscard]] static record::Sight sight(int number) { return sight(number, number); }
  [[nodiscard]] static record::Sight sight(int number, int known) {
    return {{.as_of = core::as_of(failure_day + std::chrono::days{number}),
             .known = core::as_of(failure_day + std::chrono::days{known})},
            core::Zone()};
  }

  record::Complaint complaint = {
      .stamp = {.source = customer, .at = day(0), .known = day(45), .key = complaint_key},
      .reported_at = day(45),
      .channel = instagram,
      .category = packaging,
      .about = torn_order,
      .severity = 3,
      .evidence = 1,
      .resolved_at = day(47)};

  std::vector<record::RecoveryAction> acts = {
      act(record::RecoveryKind::acknowledge, day(45, 20)),
      act(record::RecoveryKind::apologise, day(45, 21)),
      act(record::RecoveryKind::ask_evidence, day(45, 22)),
      act(record::RecoveryKind::fix, day(47)),
      act(record::RecoveryKind::compensate, day(47), gift),
      act(record::RecoveryKind::follow_up, day(54)),
  };

  /// When the torn order was placed, and the new one.
  std::vector<core::Instant> orders = {day(-5), day(45)};

  [[nodiscard]] static record::RecoveryAction act(record::RecoveryKind kind, core::Instant at,
                                                  std::int64_t cost = 0) {
    return {.stamp = {.source = customer, .at = at, .known = at},
            .complaint = complaint_key,
            .kind = kind,
            .department = record::Department::service,
            .agent = agent,
            .cost = cost};
  }
};

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_COMPLAINT_STORY_HPP
