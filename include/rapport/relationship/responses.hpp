#ifndef RAPPORT_RELATIONSHIP_RESPONSES_HPP
#define RAPPORT_RELATIONSHIP_RESPONSES_HPP

/// \file
/// Do the two sides answer each other, and how soon? What is not answered yet is open since so many
/// days: a duration that is not over, never a missing row.

#include <rapport/core/estimate.hpp>
#include <rapport/core/zone.hpp>
#include <rapport/record/interaction.hpp>
#include <rapport/record/stamp.hpp>
#include <rapport/record/stored_transaction.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace rapport::relationship {

/// How one side answers the other.
struct Replies {
  std::uint32_t asked = 0;  ///< contacts that ask for an answer: record::Interaction::asks
  std::uint32_t answered = 0;
  core::Estimate rate;  ///< answered / asked with Wilson's interval; abstained if nobody asked
  /// Median days to the first answer, open ones counting for as long as they have been open
  /// (math::censored_median); NaN if so many are open that half were not seen to be answered.
  double median_days = std::numeric_limits<double>::quiet_NaN();
  double longest_open_days = 0;  ///< 0 if none is open

  [[nodiscard]] std::uint32_t open() const noexcept { return asked - answered; }
};

/// The conversation with one customer.
struct Responses {
  Replies by_customer;  ///< what the firm asked
  Replies by_firm;      ///< what the customer asked
  std::uint32_t inbound = 0;
  std::uint32_t outbound = 0;
  /// inbound / all with Wilson's interval: 1/2 is an even exchange. Abstained without any.
  core::Estimate inbound_share;
};

/// The conversation in these interactions of one customer, in any order; those that can be seen
/// count, and an answer does if it comes from the other side and not before the question. Keys are
/// those of one source record: an answer is looked for among the interactions of its own.
/// O(n log n).
/// \throws std::domain_error unless level is in (0, 1).
[[nodiscard]] Responses responses(std::span<const record::Interaction> interactions,
                                  const record::Sight& sight, double level = 0.90);

/// The wait from a sale to the first contact by the firm after it.
struct FollowUp {
  core::Day sold_on = {};
  std::int64_t days = 0;  ///< on the calendar of the zone; until the as-of day if open
  bool open = false;      ///< there was none yet

  friend bool operator==(const FollowUp&, const FollowUp&) = default;
};

/// A wait for each day with a sale to the customer, ordered by day; the day's last sale counts.
/// O((sales + interactions) log).
[[nodiscard]] std::vector<FollowUp> follow_ups(
    std::span<const record::StoredTransaction> transactions,
    std::span<const record::Interaction> interactions, const record::Sight& sight,
    const core::Zone& zone);

/// Median days to the first follow-up, open ones being censored; NaN if not seen.
[[nodiscard]] double median_days(std::span<const FollowUp> waits);

/// "9 d", or "open (9 days)".
[[nodiscard]] std::string to_text(const FollowUp& wait);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_RESPONSES_HPP
