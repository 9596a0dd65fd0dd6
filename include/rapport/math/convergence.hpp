#ifndef RAPPORT_MATH_CONVERGENCE_HPP
#define RAPPORT_MATH_CONVERGENCE_HPP

/// \file
/// Whether Markov chains have found the same law, and how much their draws tell.
///
/// A. Vehtari, A. Gelman, D. Simpson, B. Carpenter, P.-C. Buerkner (2021), Rank-normalization,
/// folding, and localization: an improved R-hat for assessing convergence of MCMC, Bayesian
/// Analysis 16(2), 667-718, doi:10.1214/20-BA1221. Their advice: trust draws with R-hat < 1.01 and
/// an effective sample size of at least 100 a chain.

#include <span>

namespace rapport::math {

/// What the draws of one quantity say about themselves.
struct Convergence {
  double r_hat = 0;     ///< max of rank-normalised split R-hat and that of the folded draws
  double bulk_ess = 0;  ///< independent draws that would tell the centre as well
  double tail_ess = 0;  ///< the same for the 5 % and 95 % quantiles, the lesser of both
};

/// Judges `chains` chains of equal length that stand one after the other in `draws`. All NaN if a
/// chain has fewer than 4 draws, if any draw is not finite, or if all draws are equal. O(n log n)
/// plus n times the lag at which autocorrelation dies out.
/// \throws std::invalid_argument unless chains >= 1 divides the number of draws.
[[nodiscard]] Convergence convergence(std::span<const double> draws, int chains);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_CONVERGENCE_HPP
