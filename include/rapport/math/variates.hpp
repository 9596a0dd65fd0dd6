#ifndef RAPPORT_MATH_VARIATES_HPP
#define RAPPORT_MATH_VARIATES_HPP

/// \file
/// The laws that samplers of posteriors draw from by the million, beside those of random.hpp.

#include <rapport/math/random.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace rapport::math {

/// Standard normal, by Boost.Random's ziggurat.
[[nodiscard]] double draw_normal(RandomStream& stream);

/// The logarithm of a gamma variate of that shape > 0 and rate 1: right also for tiny shapes, whose
/// variates themselves round to 0. About one normal and one uniform number a draw. G. Marsaglia,
/// W. W. Tsang (2000), A simple method for generating gamma variables, ACM Transactions on
/// Mathematical Software 26(3), 363-372, doi:10.1145/358407.358414.
[[nodiscard]] double draw_log_gamma(RandomStream& stream, double shape);

/// Poisson with that mean >= 0; means above 1e15 are taken for 1e15.
[[nodiscard]] std::uint64_t draw_poisson(RandomStream& stream, double mean);

/// The lower triangle L with L L' = `matrix` (d x d, row by row); zeros above the diagonal. Empty
/// if the matrix is not positive definite to working accuracy.
/// \throws std::invalid_argument unless `matrix` is square.
[[nodiscard]] std::vector<double> cholesky(std::span<const double> matrix);

/// A d x d covariance matrix (row by row) from the inverse Wishart law with density proportional to
/// |X|^-(freedom + d + 1) / 2 exp(-tr(scale X^-1) / 2), mean scale / (freedom - d - 1); by the
/// decomposition of M. S. Bartlett (1933), doi:10.1017/S0370164600011573.
/// \throws std::invalid_argument unless `scale` is square and positive definite,
/// std::domain_error unless freedom > d - 1.
[[nodiscard]] std::vector<double> draw_inverse_wishart(RandomStream& stream, double freedom,
                                                       std::span<const double> scale);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_VARIATES_HPP
