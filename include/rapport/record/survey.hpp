#ifndef RAPPORT_RECORD_SURVEY_HPP
#define RAPPORT_RECORD_SURVEY_HPP

/// \file
/// A question to a customer about their satisfaction, answered or not.

#include <rapport/core/refusals.hpp>
#include <rapport/record/column.hpp>
#include <rapport/record/stamp.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

namespace rapport::record {

/// A survey that was sent at `stamp.at`. Answers on different scales are never averaged.
struct Survey {
  static constexpr std::string_view kind_name = "surveys";

  Stamp stamp = {};
  Name kind = {};                                 ///< "csat", "nps"
  Name about = {};                                ///< "delivery", "support"
  std::int32_t scale_low = 1, scale_high = 5;     ///< the ends of the scale
  std::int32_t score = 0;                         ///< within the scale, if answered
  std::optional<core::Instant> answered_at = {};  ///< nothing if there was no answer

  static constexpr auto columns() {
    using S = Survey;
    return std::tuple{Column{"kind", &S::kind},           Column{"about", &S::about},
                      Column{"scale_low", &S::scale_low}, Column{"scale_high", &S::scale_high},
                      Column{"score", &S::score},         Column{"answered_at", &S::answered_at}};
  }

  /// Refuses an answer outside its scale.
  [[nodiscard]] constexpr std::optional<core::Reason> normalise() const noexcept {
    if (scale_low >= scale_high || (answered_at && (score < scale_low || score > scale_high)))
      return core::Reason::bad_number;
    return std::nullopt;
  }

  friend constexpr bool operator==(const Survey&, const Survey&) = default;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_SURVEY_HPP
