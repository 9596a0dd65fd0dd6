#ifndef RAPPORT_CHURN_RATE_HPP
#define RAPPORT_CHURN_RATE_HPP

/// \file
/// The churn rate of a base in a window, by a stated rule. It looks back and counts; the risk of
/// one customer at a horizon is another thing, and a model's (clv/).
///
/// Where no contract says when a customer leaves, "lost" is what a rule says: so the rule is data,
/// and the report carries it.

#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/time.hpp>
#include <rapport/record/ledger.hpp>

#include <cstdint>
#include <string>
#include <variant>

namespace rapport::churn {

/// A customer is lost on the day that makes `days` days without a purchase; before the first
/// purchase nobody is in the base.
struct NoPurchaseFor {
  int days;
};

/// A customer is lost when silent for more than `factor` times the mean interval between his own
/// purchase days. Who has bought on one day alone has no interval: left out, and counted.
struct SilentBeyondOwnInterval {
  double factor;
};

/// Everybody who has bought before the window is in the base, and is lost without a purchase in
/// it.
struct NoPurchaseInWindow {};

using Rule = std::variant<NoPurchaseFor, SilentBeyondOwnInterval, NoPurchaseInWindow>;

/// The rule in words: "no purchase for 90 days".
/// \throws std::domain_error unless its days or factor are finite and > 0.
[[nodiscard]] std::string to_text(const Rule& rule);

/// A counted rate.
struct ChurnRate {
  std::uint64_t at_start = 0;  ///< customers who were not lost at the end of the day `start`
  std::uint64_t lost = 0;      ///< those of them who were lost at the end of the day `end`
  std::uint64_t unjudged = 0;  ///< customers whom the rule says nothing about
  /// lost / at_start with its Wilson interval; abstained if nobody was there at the start.
  core::Estimate rate;
  std::string rule;  ///< rule and window, in words
};

/// The rate with which customers who were there at the end of the day `start` were lost by the end
/// of the day `end`. Who came in between counts in neither number. O(rows).
/// \throws std::domain_error for a rule without meaning or a level outside (0, 1);
/// std::invalid_argument unless start < end.
[[nodiscard]] ChurnRate churn_rate(const record::LedgerView& ledger, const Rule& rule,
                                   core::AsOf start, core::AsOf end, double level = 0.90,
                                   const core::Threads& threads = {});

/// The same from counts: contracts at the start, and those of them that ended in the window.
/// \throws std::domain_error for a level outside (0, 1); std::invalid_argument if lost > at_start.
[[nodiscard]] ChurnRate churn_rate(std::uint64_t at_start, std::uint64_t lost, std::string rule,
                                   double level = 0.90);

/// "15.0 % lost (30 of 200), 95 % interval 10.7 to 20.6 %; rule: ...".
[[nodiscard]] std::string to_text(const ChurnRate& rate);

}  // namespace rapport::churn

#endif  // RAPPORT_CHURN_RATE_HPP
