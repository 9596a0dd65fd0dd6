#ifndef RAPPORT_RELATIONSHIP_RECOVERY_OUTCOME_HPP
#define RAPPORT_RELATIONSHIP_RECOVERY_OUTCOME_HPP

/// \file
/// Did customers buy again after a failure was recovered? Beside their own past, and beside like
/// customers without a failure.
///
/// That a failure recovered well leaves customers closer than no failure would is a claim that this
/// library never makes: over the published studies it holds for satisfaction, and not for
/// repurchase or word of mouth (C. A. de Matos, J. L. Henrique, C. A. V. Rossi (2007), Service
/// Recovery Paradox: A Meta-Analysis, Journal of Service Research 10(1), 60-77,
/// doi:10.1177/1094670507303012). Who fails, complains and is recovered is not drawn by lot, so
/// the figures stand side by side and no cause is read from them.

#include <rapport/core/estimate.hpp>
#include <rapport/core/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rapport::relationship {

/// What one customer did around one instant, the anchor: the end of a recovery or, for a customer
/// without a failure, any order.
struct Repurchase {
  std::uint32_t orders_before = 0;  ///< before the anchor; of like customers it is alike
  double days_since_order = 0;      ///< from the last of them to the anchor
  double days_since_first = 0;      ///< from the first of them to the anchor
  bool after = false;               ///< bought again within the window that begins at the anchor
  /// The same question about the past: whether the last order whose window had ended by the anchor
  /// was followed by another within it. Nothing for who was too young then. The last order before a
  /// failure would not do: that it was followed by the order that failed is why it is looked at.
  std::optional<bool> before = {};
};

/// \param orders one customer's orders, ascending; one at the anchor itself is not "again".
/// \return nothing if the customer had not ordered before `anchor`, or if the window has not ended
/// by `now`: whoever may still buy has not failed to. O(log n) time.
/// \throws std::domain_error unless the window is > 0.
[[nodiscard]] std::optional<Repurchase> repurchase(std::span<const core::Instant> orders,
                                                   core::Instant anchor,
                                                   std::chrono::seconds window, core::Instant now);

/// Who is like whom: those of the same bins of orders before, of days since the last and of days
/// since the first: three orders in a month are not three in a year. Each cut is the first value of
/// a bin; cuts ascend strictly.
struct LikenessBins {
  std::vector<std::uint32_t> orders_before = {2, 3, 5, 10, 20};
  std::vector<double> days_since_order = {30, 60, 120, 240};
  std::vector<double> days_since_first = {90, 180, 365, 730};
};

/// The three proportions, each with its Wilson interval.
struct RecoveryOutcome {
  std::uint64_t recovered = 0;  ///< customers after a recovery
  std::uint64_t matched = 0;    ///< of them, those with a like customer without a failure
  core::Estimate after = {};    ///< repurchase of the recovered
  /// The matched customers' own past; abstained if none was old enough.
  core::Estimate own_past = {};
  /// Repurchase of customers without a failure, each bin weighted as among the matched. `n` is how
  /// many there are in those bins; the interval is that of the weighted mean's effective number.
  core::Estimate peers = {};
};

/// `after` and `own_past` are those of the matched; if none is, of all recovered, and `peers`
/// abstains. Rows may come in any order.
/// \throws std::invalid_argument unless cuts ascend; std::domain_error unless level is in (0, 1).
[[nodiscard]] RecoveryOutcome recovery_outcome(std::span<const Repurchase> recovered,
                                               std::span<const Repurchase> without_failure,
                                               const LikenessBins& bins = {}, double level = 0.90);

/// "after recovery: repurchase 0.62 (n=21, 0.41-0.79), no-failure peers 0.66 (n=210, 0.60-0.71),
/// own past 0.60 (n=20, 0.39-0.78); side by side, no cause implied".
[[nodiscard]] std::string to_text(const RecoveryOutcome& outcome);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_RECOVERY_OUTCOME_HPP
