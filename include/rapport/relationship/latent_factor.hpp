#ifndef RAPPORT_RELATIONSHIP_LATENT_FACTOR_HPP
#define RAPPORT_RELATIONSHIP_LATENT_FACTOR_HPP

/// \file
/// Weights from what the indicators have in common: one latent factor, by maximum likelihood.
///
/// Standardised indicators are z_j = loading_j f + e_j with a common f of variance 1 and errors of
/// variance uniqueness_j = 1 - loading_j^2 that have nothing to do with f or with each other. The
/// likelihood is maximised over the uniquenesses by Newton's method, with the best loadings for
/// them from an eigenvector: K. G. Joreskog (1967), Some contributions to maximum likelihood factor
/// analysis, Psychometrika 32(4), 443-482, doi:10.1007/BF02289658.
///
/// The best guess of f (Thomson's regression score) is the sum of scoring_j z_j with scoring_j =
/// (loading_j / uniqueness_j) / (1 + d), where d is the sum of loading_j^2 / uniqueness_j. An index
/// is a sum of weight_j x_j over indicators x_j in their own units, so weight_j is proportional to
/// scoring_j / (standard deviation of x_j): the index then orders customers as the score does.
/// Negative ones count as 0, and the result says so.
///
/// What this cannot do: the factor is what the indicators share, and nothing proves that this is
/// closeness. It asks for no outcome, so it also learns of none.

#include <rapport/core/enum_names.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {

/// Rows that each indicator asks for before anything is estimated.
inline constexpr std::uint64_t rows_per_indicator = 10;

/// A uniqueness is held at this bound or above it, as R's factanal does.
inline constexpr double least_uniqueness = 0.005;

/// What came out.
enum class FactorStatus : std::uint8_t {
  fitted,              ///< loadings and weights stand
  heywood,             ///< a uniqueness ran to its bound: loadings stand, but no weights
  nothing_positive,    ///< loadings stand, but all indicators have the weight 0
  no_factor,           ///< `sphericity_p` > 0.05: correlations like these come by chance
  too_few_rows,        ///< fewer than `rows_per_indicator` an indicator: abstained
  constant_indicator,  ///< an indicator has one value in all rows: abstained
  collinear,           ///< an indicator follows from others: abstained
  not_converged,       ///< the search found no maximum: abstained
};

[[nodiscard]] constexpr auto names_of(FactorStatus) noexcept {
  return std::to_array<std::string_view>({"fitted", "heywood", "nothing_positive", "no_factor",
                                          "too_few_rows", "constant_indicator", "collinear",
                                          "not_converged"});
}

/// A factor and the weights it gives; vectors follow the indicators and are NaN where the status
/// leaves them out.
struct LatentFactor {
  FactorStatus status = FactorStatus::too_few_rows;
  std::string message;         ///< one sentence for people
  std::uint64_t n = 0;         ///< rows behind it
  std::uint64_t left_out = 0;  ///< rows with an unknown indicator

  std::vector<double> correlations;  ///< k x k, row by row
  std::vector<double> loadings;      ///< correlation of indicator and factor; they sum to >= 0
  std::vector<double> uniquenesses;  ///< share of the indicator's variance that is its own
  std::vector<double> scoring;       ///< of standardised indicators
  std::vector<double> weights;       ///< >= 0, of indicators in their own units; they sum to 1

  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
  double share_of_variance = none;  ///< mean squared loading
  double reliability = none;  ///< squared correlation of the score with the factor, d / (1 + d)
  /// Kaiser-Meyer-Olkin: how much of the correlations is not between two indicators alone, in [0,
  /// 1]. Below 0.5 a factor says nothing (H. F. Kaiser 1974, doi:10.1007/BF02291575).
  double sampling_adequacy = none;
  std::vector<double> adequacies;  ///< the same for each indicator
  /// The chance of correlations as great as these if all were 0 (M. S. Bartlett 1950,
  /// doi:10.1111/j.2044-8317.1950.tb00285.x).
  double sphericity_p = none;
  /// -2 times the log of the likelihood ratio against any correlations whatever, with Bartlett's
  /// factor n - 1 - (2 k + 5) / 6 - 2 / 3; its degrees of freedom; the chance of more if one factor
  /// is all there is, NaN with three indicators, which one factor always fits. With many rows the
  /// test finds fault with factors that are good enough: see `worst_residual`.
  double chi_squared = none;
  int degrees = 0;
  double p_value = none;
  double worst_residual = none;  ///< largest |correlation - product of loadings| of two indicators
  int iterations = 0;

  /// True if weights stand.
  [[nodiscard]] bool usable() const noexcept { return status == FactorStatus::fitted; }
};

/// Fits one factor to columns of indicators; NaN is unknown, and its row is left out and counted.
/// Too little evidence is a status, never an exception. O(rows x indicators^2).
/// \throws std::invalid_argument for fewer than three columns or columns that differ in size;
/// std::domain_error for an infinite value.
[[nodiscard]] LatentFactor latent_factor(std::span<const std::span<const double>> indicators);

/// Fits one factor to the correlations (k x k, row by row) of n rows; the weights are those of
/// standardised indicators. The fit's numbers have a relative error of about 1e-9.
/// \throws std::invalid_argument unless the matrix is square, k >= 3, symmetric to 1e-12 and 1 on
/// the diagonal; std::domain_error for a correlation not in [-1, 1].
[[nodiscard]] LatentFactor latent_factor(std::span<const double> correlations,
                                         std::size_t indicators, std::uint64_t n);

/// A table for people: a line an indicator with loading, uniqueness and weight; fit and warnings
/// below.
/// \throws std::invalid_argument unless there is one name an indicator.
[[nodiscard]] std::string to_text(const LatentFactor& factor, std::span<const std::string> names);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_LATENT_FACTOR_HPP
