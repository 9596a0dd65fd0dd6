#ifndef RAPPORT_ECONOMICS_PROFIT_AND_DURATION_HPP
#define RAPPORT_ECONOMICS_PROFIT_AND_DURATION_HPP

/// \file
/// Profit against the duration of relations: who stands where, and whether long relations are the
/// profitable ones. That they are is often said and not always so, hence it is asked of the store's
/// own data and nothing is assumed.
///
/// W. Reinartz, V. Kumar (2000), On the Profitability of Long-Life Customers in a Noncontractual
/// Setting, Journal of Marketing 64(4), 17-35, doi:10.1509/jmkg.64.4.17.18077.
/// W. Reinartz, V. Kumar (2002), The Mismanagement of Customer Loyalty, Harvard Business Review
/// 80(7), 86-94.

#include <rapport/core/estimate.hpp>
#include <rapport/core/time.hpp>
#include <rapport/fold/entry.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::economics {

/// Where a customer stands, in the words of Reinartz and Kumar (2002).
enum class Quadrant : std::uint8_t {
  unknown,      ///< the duration is not known
  stranger,     ///< little profit, short relation
  butterfly,    ///< much profit, short relation
  barnacle,     ///< little profit, long relation
  true_friend,  ///< much profit, long relation
};

[[nodiscard]] constexpr auto names_of(Quadrant) noexcept {
  return std::to_array<std::string_view>(
      {"unknown", "stranger", "butterfly", "barnacle", "true friend"});
}

/// Where the lines between the quadrants run; who stands on a line stands above it.
struct QuadrantLines {
  std::int64_t profit = 0;  ///< minor units; much profit from here on
  double duration = 0;      ///< in the unit of the durations; long from here on
};

/// \pre the line of the duration is not NaN.
[[nodiscard]] Quadrant quadrant(std::int64_t profit, double duration,
                                const QuadrantLines& lines) noexcept;

/// One relation, from its first day to the day before its end; nothing where it still goes on.
struct Relation {
  fold::DayNumber begin = 0;
  std::optional<fold::DayNumber> end = {};
};

/// Profit or loss of one day of one relation, minor units.
struct DatedProfit {
  std::uint32_t relation = 0;  ///< its place in the column of relations
  fold::DayNumber day = 0;
  std::int64_t amount = 0;
};

/// What relations brought while they were of an age in [from, to) months, the last band without an
/// end. A relation that goes on is censored: it takes part up to the age that was seen.
struct AgeBand {
  double from = 0;
  double to = 0;  ///< infinity for the last band
  std::int64_t profit = 0;
  double months = 0;            ///< relation-months spent in the band
  std::uint64_t relations = 0;  ///< that reached the band
  std::uint64_t ended = 0;      ///< of these, that ended within it
  std::uint64_t censored = 0;   ///< of these, that were last seen within it and go on
  /// profit / months, minor units a month, with the interval of a ratio of sums over independent
  /// relations and Student's t. Abstained for fewer than 5 relations.
  core::Estimate per_month;
};

/// What the data say of a claim.
enum class Verdict : std::uint8_t {
  undecided,     ///< the interval holds 0, or there is too little evidence
  supported,     ///< the whole interval is above 0
  contradicted,  ///< the whole interval is below 0
};

[[nodiscard]] constexpr auto names_of(Verdict) noexcept {
  return std::to_array<std::string_view>({"undecided", "supported", "contradicted"});
}

/// A claim, and what the data say of it.
struct TestedClaim {
  core::Estimate rank_correlation;
  Verdict verdict = Verdict::undecided;
};

/// How profit is held against duration.
struct DurationOptions {
  /// Where age bands begin and end, in months of 365.2425 / 12 days: finite, > 0 and ascending.
  std::vector<double> edges = {6, 12, 24, 36};
  /// The span over which profit is held against duration. Only relations that began at least so
  /// long before the last day seen take part, each with its first `span` alone: so all were watched
  /// equally long, and that a young relation is short proves nothing.
  core::TimeSpan span = core::months(24);
  double level = 0.90;
};

/// Profit against duration on a store's own data.
struct ProfitAndDuration {
  /// By the age that relations had; profits sum exactly to those given.
  std::vector<AgeBand> bands;
  /// "Longer relations bring more": rank correlation of the duration within the span, and the
  /// profit within it.
  TestedClaim in_all;
  /// "A month of a long relation brings more than a month of a short one": the same with the
  /// profit per month of relation. Where this fails and the other holds, long relations are worth
  /// keeping, but are no better than several short ones.
  TestedClaim per_month;
  std::uint64_t compared = 0;   ///< relations behind the two
  std::uint64_t too_young = 0;  ///< relations that were left out of them
};

/// Profit by age band, and both claims tested. A row before its relation began counts on its first
/// day, one after its end (a late cost) on its last. O((relations + profits) log relations).
/// \param as_of the last day seen.
/// \throws std::invalid_argument if edges are not finite, > 0 and ascending, a relation begins
/// after as_of, does not begin before its end or ends later than the day after as_of, or a row
/// names no relation; std::domain_error for a span not finite and > 0 or a level outside (0, 1);
/// std::overflow_error if a sum leaves 64 bits.
[[nodiscard]] ProfitAndDuration profit_and_duration(std::span<const Relation> relations,
                                                    std::span<const DatedProfit> profits,
                                                    core::AsOf as_of,
                                                    const DurationOptions& options = {});

}  // namespace rapport::economics

#endif  // RAPPORT_ECONOMICS_PROFIT_AND_DURATION_HPP
