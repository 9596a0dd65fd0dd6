#ifndef RAPPORT_CLV_LIKELIHOOD_RATIO_HPP
#define RAPPORT_CLV_LIKELIHOOD_RATIO_HPP

/// \file
/// Is the wider of two nested models worth its additional parameters?
///
///   const auto test = likelihood_ratio(fit<Sbg>(retention), fit<Bdw>(retention));
///   if (test.p_value < 0.05) ...
///
/// Under the narrow model, twice the gain in log-likelihood follows a chi-squared law with one
/// degree a restriction: S. S. Wilks (1938), Annals of Mathematical Statistics 9(1), 60-62,
/// doi:10.1214/aoms/1177732360. Where a restriction puts a parameter on the edge of what it may be
/// (a correlation at its bound, a dropout rate at 0), only half of all samples would want to cross
/// that edge, and the law is a mixture: S. G. Self, K.-Y. Liang (1987), JASA 82(398), 605-610,
/// doi:10.1080/01621459.1987.10478472.

#include <rapport/clv/fit.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rapport::clv {

/// What two fits allow to say.
enum class LikelihoodRatioStatus : std::uint8_t {
  valid,           ///< the p-value stands
  unusable_fit,    ///< one of the fits is not usable(): its likelihood may not be the greatest
  different_data,  ///< the fits rest on different numbers of customers
  not_nested,      ///< the wide model has no more free parameters than the narrow one
  not_maximal,     ///< the narrow model explains more: the wide fit is not at its maximum
};

/// "valid", "unusable_fit", ...
[[nodiscard]] std::string_view to_text(LikelihoodRatioStatus status) noexcept;

/// How to compare.
struct LikelihoodRatioOptions {
  /// Restrictions that turn the wide model into the narrow one; nothing: as many as it has more
  /// free parameters, those that ended on a boundary among them. Has to be said where parameters
  /// vanish otherwise: covariates that share a coefficient, say.
  std::optional<int> degrees = {};
  /// How many of these restrictions hold a parameter on the edge of what it may be.
  int on_boundary = 0;
};

/// The outcome of a test of nested models.
struct LikelihoodRatio {
  double statistic = 0;  ///< 2 (ln L of the wide model - ln L of the narrow one), in nats
  int degrees = 0;       ///< restrictions
  /// Probability of a statistic as large if the narrow model holds; NaN unless valid. Exact in
  /// large samples, also with one parameter on an edge; with more of them if their estimates are
  /// uncorrelated.
  double p_value = 0;
  LikelihoodRatioStatus status = LikelihoodRatioStatus::valid;
  std::string message;  ///< one sentence for people: what the comparison says, or why it does not

  [[nodiscard]] bool usable() const noexcept { return status == LikelihoodRatioStatus::valid; }
};

/// Compares two fits to the same customers. That the narrow model is a case of the wide one is the
/// caller's claim; what contradicts it is a status.
/// \throws std::invalid_argument unless 0 < degrees and 0 <= on_boundary <= degrees, as far as they
/// are given.
[[nodiscard]] LikelihoodRatio likelihood_ratio(const FitReport& narrow, const FitReport& wide,
                                               const LikelihoodRatioOptions& options = {});

/// The same from the statistic: the probability that the mixture of chi-squared laws with
/// `degrees` - `on_boundary` to `degrees` degrees, with binomial weights, exceeds it. NaN unless
/// the statistic is >= 0, degrees > 0 and 0 <= on_boundary <= degrees.
[[nodiscard]] double likelihood_ratio_tail(double statistic, int degrees,
                                           int on_boundary = 0) noexcept;

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_LIKELIHOOD_RATIO_HPP
