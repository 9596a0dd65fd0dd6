#ifndef RAPPORT_RELATIONSHIP_RANK_STABILITY_HPP
#define RAPPORT_RELATIONSHIP_RANK_STABILITY_HPP

/// \file
/// Who is near whatever the weights, and who only with these? The index under weights drawn around
/// the stated ones.
///
/// Nobody knows the weights of an index to three digits. Drawn weights have a Dirichlet law with
/// the stated weights as its mean: concentration c times weight w gives that weight a standard
/// deviation of sqrt(w (1 - w) / (c + 1)). A weight of 0 stays 0. A customer with a share of 0.97
/// is among the nearest with almost any weights; one with 0.55 is there because of a choice.

#include <rapport/core/parallel.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace rapport::relationship {

/// How to draw.
struct RankStabilityOptions {
  /// > 0; how sure the weights are: a weight of 0.25 has a standard deviation of 0.14 with 8, of
  /// 0.043 with 100. There is no right value: say which one was taken.
  double concentration = 100;
  double top_share = 0.10;  ///< in (0, 1]: who counts as near
  int draws = 1000;
  std::uint64_t seed = 0;
  /// Stated weight that the known indicators of a customer must have together, in [0, 1].
  double minimum_coverage = 0;
  core::Threads threads = 1;  ///< the answer is the same bytes for any number
};

/// How stable the ranks are. Row = customer.
struct RankStability {
  /// Share of the draws in which the customer is in the top; NaN for one without a score.
  std::vector<double> share_in_top;
  std::vector<std::uint8_t> in_top;  ///< 1 if in the top with the stated weights
  std::uint64_t scored = 0;          ///< customers with a score
  std::uint64_t top_size = 0;  ///< customers in the top with the stated weights, ties included
  /// Mean share of those who are in the top with the stated weights: 1 if the choice of weights
  /// decides nothing. NaN if nobody is scored.
  double kept = std::numeric_limits<double>::quiet_NaN();
  /// Spearman's correlation between the scores with the stated weights and with drawn ones: its
  /// mean over the draws, and the least of them. A draw in which all scores are equal counts as 0;
  /// NaN if the stated ones are.
  double mean_rank_correlation = std::numeric_limits<double>::quiet_NaN();
  double least_rank_correlation = std::numeric_limits<double>::quiet_NaN();
};

/// The stability of an index over columns of transformed indicators in [0, 1]. A score is a sum of
/// contributions in whole micro-units, as everywhere. An indicator that is not known (NaN) takes no
/// part, and the weights of the known ones are scaled up.
///
/// The top are the ceil(top_share x scored) customers with the highest scores, and whoever has the
/// same score as the last of them: ties stay together, so the top may be larger, never smaller.
/// Draw i uses random stream i of the seed. O(draws x customers x indicators); the top is selected,
/// not sorted.
/// \throws std::invalid_argument if there is no column, columns differ in size, weights are not one
/// a column or do not sum to 1 within 1e-6; std::domain_error for a negative weight, an indicator
/// outside [0, 1] or an option out of range.
[[nodiscard]] RankStability rank_stability(std::span<const std::span<const double>> indicators,
                                           std::span<const double> weights,
                                           const RankStabilityOptions& options = {});

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_RANK_STABILITY_HPP
