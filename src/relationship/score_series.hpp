#ifndef RAPPORT_SRC_RELATIONSHIP_SCORE_SERIES_HPP
#define RAPPORT_SRC_RELATIONSHIP_SCORE_SERIES_HPP

/// \file
/// How the columns of a series of scores are checked and walked.

#include <rapport/relationship/tiers.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rapport::relationship {

inline constexpr std::size_t series_per_block = 1024;

/// \throws std::invalid_argument for columns of other sizes or offsets that fall.
void check_series(const ScoreSeries& series, std::string_view place);

/// \throws std::domain_error unless the score is in [0, 1] or unknown.
void check_score_of(Micro score, std::size_t customer, std::string_view place);

/// \throws std::domain_error unless a calendar has the day: days then differ by less than 2^31.
void check_date(DayNumber day);

/// \throws std::invalid_argument unless day > before.
void check_ascends(DayNumber before, DayNumber day, std::size_t customer, std::string_view place);

/// Calls `take(day, score)` for each score of the customer. Throws as the checks above.
template <class Take>
void each_score(const ScoreSeries& series, std::size_t customer, std::string_view place,
                const Take& take) {
  const std::uint64_t begin = series.offsets[customer];
  const std::uint64_t end = series.offsets[customer + 1];
  if (begin == end) return;
  check_date(series.days[begin]);
  check_date(series.days[end - 1]);
  for (std::uint64_t row = begin; row < end; ++row) {
    check_score_of(series.scores[row], customer, place);
    if (row > begin) check_ascends(series.days[row - 1], series.days[row], customer, place);
    take(series.days[row], series.scores[row]);
  }
}

}  // namespace rapport::relationship

#endif  // RAPPORT_SRC_RELATIONSHIP_SCORE_SERIES_HPP
