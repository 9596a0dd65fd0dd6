#ifndef RAPPORT_RELATIONSHIP_SATISFACTION_HPP
#define RAPPORT_RELATIONSHIP_SATISFACTION_HPP

/// \file
/// What customers say about their satisfaction: beside the index of the relationship, never inside
/// it, and never without saying how many were asked and answered.

#include <rapport/core/estimate.hpp>
#include <rapport/record/stamp.hpp>
#include <rapport/record/survey.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {

/// The answers to one kind of survey on one scale. Another scale is another line.
struct Satisfaction {
  record::Name kind = {};
  std::int32_t scale_low = 0, scale_high = 0;
  std::uint64_t asked = 0;
  std::uint64_t answered = 0;
  std::uint64_t off_scale = 0;  ///< answered with a score outside the scale: in no mean
  /// Mean score with Student's interval, held to the scale. Abstained without answers; without an
  /// interval where a single answer, or answers that are all equal, show no spread.
  core::Estimate mean;
  /// answered / asked with Wilson's interval.
  core::Estimate response_rate;
};

/// A line for each kind and scale, ordered by kind, then by the ends of the scale. For one customer
/// or a base; surveys and answers that can be seen count. Sums are exact, so the order of rows does
/// not show. O(n log lines).
/// \throws std::domain_error unless level is in (0, 1).
[[nodiscard]] std::vector<Satisfaction> satisfaction(std::span<const record::Survey> surveys,
                                                     const record::Sight& sight,
                                                     double level = 0.90);

/// "csat (1 to 5): 4.25, 90 % interval 3.12 to 5.00; 4 of 9 answered (44.4 %, 90 % interval 21.8 to
/// 69.7 %)". `kind` is the text of the line's kind.
[[nodiscard]] std::string to_text(const Satisfaction& line, std::string_view kind);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_SATISFACTION_HPP
