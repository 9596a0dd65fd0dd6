#ifndef RAPPORT_FOLD_RANK_HPP
#define RAPPORT_FOLD_RANK_HPP

/// \file
/// Ranks of a column. Equal values always share a rank, so no order of rows shows in them.

#include <cstdint>
#include <span>
#include <vector>

namespace rapport::fold {

/// What equal values share of the ranks that they take up together.
enum class Ties : std::uint8_t {
  average,  ///< the mean of them: 1, 2.5, 2.5, 4
  least,    ///< the least: 1, 2, 2, 4
  most,     ///< the greatest: 1, 3, 3, 4
};

/// Ranks from 1 for the least value; NaN has the rank NaN and takes up none. O(n log n).
[[nodiscard]] std::vector<double> ranks(std::span<const double> values, Ties ties = Ties::average);

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_RANK_HPP
