#ifndef RAPPORT_RELATIONSHIP_MICRO_HPP
#define RAPPORT_RELATIONSHIP_MICRO_HPP

/// \file
/// Scores in whole millionths: contributions in this unit add up to their score exactly, in any
/// order, where those in doubles would add up only nearly.

#include <cstdint>
#include <limits>
#include <string>

namespace rapport::relationship {

/// A score or a contribution to one; 1'000'000 is 1.
using Micro = std::int32_t;

/// A whole: the highest score.
inline constexpr Micro one = 1'000'000;

/// Stands in columns where a score is not known. It is no number to count with.
inline constexpr Micro unknown_score = std::numeric_limits<Micro>::min();

/// `value` in millionths, halves rounded to even.
/// \throws std::domain_error unless |value| is at most 2000.
[[nodiscard]] Micro to_micro(double value);

/// "0.767": the exact decimal without trailing zeros; "unknown" for unknown_score.
[[nodiscard]] std::string micro_text(Micro value);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_MICRO_HPP
