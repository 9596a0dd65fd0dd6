#include "score_series.hpp"

#include <rapport/core/check.hpp>
#include <rapport/core/time.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace rapport::relationship {

void check_series(const ScoreSeries& series, std::string_view place) {
  core::check_same_size(series.scores.size(), series.days.size(), place, "scores");
  const auto& offsets = series.offsets;
  const bool fits = offsets.empty()
                        ? series.days.empty()
                        : offsets.front() == 0 && offsets.back() == series.days.size() &&
                              std::is_sorted(offsets.begin(), offsets.end());
  if (!fits) {
    throw std::invalid_argument(std::string(place) +
                                ": offsets must ascend from 0 to the number of scores, " +
                                std::to_string(series.days.size()));
  }
}

void check_score_of(Micro score, std::size_t customer, std::string_view place) {
  if (score == unknown_score || (score >= 0 && score <= one)) return;
  core::throw_domain_error(place, "a score of customer " + std::to_string(customer),
                           static_cast<double>(score) / one, "in [0, 1]");
}

void check_date(DayNumber day) { (void)core::AsOf(fold::day_of(day)); }

void check_ascends(DayNumber before, DayNumber day, std::size_t customer, std::string_view place) {
  if (before < day) return;
  throw std::invalid_argument(std::string(place) + ": customer " + std::to_string(customer) +
                              " has " + core::to_text(fold::day_of(day)) + " after " +
                              core::to_text(fold::day_of(before)) +
                              ", but days of a customer must ascend");
}

}  // namespace rapport::relationship
