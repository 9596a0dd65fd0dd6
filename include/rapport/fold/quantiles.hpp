#ifndef RAPPORT_FOLD_QUANTILES_HPP
#define RAPPORT_FOLD_QUANTILES_HPP

/// \file
/// Quantiles of a column, exact and without sorting it.
///
/// Type 7 of R. J. Hyndman, Y. Fan (1996), Sample Quantiles in Statistical Packages, The American
/// Statistician 50(4), 361-365, doi:10.1080/00031305.1996.10473566: linear between the values at
/// the places around (n - 1) p, counted from 0. Where those two are equal it is that very value.

#include <rapport/core/parallel.hpp>

#include <span>
#include <vector>

namespace rapport::fold {

/// The quantiles of the values that are not NaN, at probabilities in [0, 1] in any order; NaN if
/// there are no values. O(n) time and, as a rule, little memory.
/// \throws std::domain_error for a probability outside [0, 1] or an infinite value.
[[nodiscard]] std::vector<double> quantiles(std::span<const double> values,
                                            std::span<const double> probabilities,
                                            const core::Threads& threads = {});

/// The quantiles at 1/parts, 2/parts, ..., (parts - 1)/parts, ascending. Their places are computed
/// in integers: no rounding of 0.6 moves a cut past a value.
/// \throws std::domain_error for parts < 1 or an infinite value.
[[nodiscard]] std::vector<double> equal_parts(std::span<const double> values, int parts,
                                              const core::Threads& threads = {});

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_QUANTILES_HPP
