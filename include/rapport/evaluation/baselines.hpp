#ifndef RAPPORT_EVALUATION_BASELINES_HPP
#define RAPPORT_EVALUATION_BASELINES_HPP

/// \file
/// Rules of thumb that a model has to beat before it is worth its trouble.
///
/// M. Wuebben, F. von Wangenheim (2008), Instant Customer Base Analysis: Managerial Heuristics
/// Often "Get It Right", Journal of Marketing 72(3), 82-93, doi:10.1509/jmkg.72.3.082: such rules
/// did at least as well as Pareto/NBD and BG/NBD, but for the total of all future purchases.
/// Whoever reports errors of a model should report these beside them.
///
/// All see the calibration period alone.

#include <rapport/clv/histories.hpp>
#include <rapport/core/time.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::evaluation {

/// What a rule of thumb says of every customer.
struct Baseline {
  std::string_view name;  ///< "own rate"
  std::string_view rule;  ///< "x / T a period, as so far; the mean rate for whoever came today"
  std::vector<double> values;  ///< row = row of the histories
};

/// What the rules need beside the histories.
struct BaselineOptions {
  core::TimeSpan horizon = core::weeks(52);
  /// Whoever has been silent for longer is taken for lost. Half a year unless the business knows
  /// better, or best_hiatus() does.
  core::TimeSpan hiatus = core::months(6);
  /// Repeat purchases within the last `horizon` before the forecast, row = row of the histories
  /// (clv::Split counts them). Empty if that is not known: they are x where no customer is older
  /// than the horizon, and otherwise the rule that needs them is left out.
  std::span<const double> recent = {};
};

/// Purchases within the horizon, by each rule:
///
///  - "own rate": x / T a period, as so far; the mean rate of all where T = 0;
///  - "mean rate": the sum of all x / the sum of all T, for everybody;
///  - "as lately": as many repeat purchases as within the last `horizon`;
///  - "hiatus": own rate, but nothing from whoever has been silent for longer than the hiatus.
///
/// Rates are per period of the histories; the mean rate is 0 if the sum of all T is.
/// \throws std::invalid_argument if `recent` has another size; std::domain_error unless horizon and
/// hiatus are finite and >= 0.
[[nodiscard]] std::vector<Baseline> purchase_baselines(const clv::Histories& histories,
                                                       const BaselineOptions& options = {});

/// Net spend within the horizon, by the same rules: "own rate" is x / T times the customer's own
/// mean amount of a repeat purchase, `mean_amount` (NaN, as of whoever has none: the mean of all
/// repeat purchases), "mean rate" the repeat spend of all / the sum of all T. `recent` is the
/// repeat spend of the last horizon (clv::Split::recent_spend); if it is empty, "as lately" is x
/// times the mean amount where nobody is older than the horizon, and otherwise left out. \throws as
/// purchase_baselines(), and std::domain_error for an infinite mean amount.
[[nodiscard]] std::vector<Baseline> spend_baselines(const clv::Histories& histories,
                                                    std::span<const double> mean_amount,
                                                    const BaselineOptions& options = {});

/// Whether a customer is still active, as 0 or 1 for probability_errors():
///
///  - "hiatus": 1 unless silent (T - t_x) for longer than the hiatus;
///  - "everybody", "nobody": one answer for all. Of the two, the better one is what an accuracy has
///    to be compared with.
///
/// \throws as purchase_baselines().
[[nodiscard]] std::vector<Baseline> activity_baselines(const clv::Histories& histories,
                                                       const BaselineOptions& options = {});

/// A hiatus with what it got right.
struct Hiatus {
  double periods = 0;      ///< silent for longer: lost
  double share_right = 0;  ///< of the customers, told right by it; NaN without customers
};

/// The hiatus that tells best who bought again (outcome > 0) and who did not: a silence that
/// occurs, the longest of equally good ones. Learn it where the outcome is known, on an earlier
/// split, and never on the hold-out that it is then judged by. Rows whose outcome is NaN are left
/// out. O(n log n).
/// \throws std::invalid_argument if the sizes differ.
[[nodiscard]] Hiatus best_hiatus(const clv::Histories& histories, std::span<const double> outcome);

}  // namespace rapport::evaluation

#endif  // RAPPORT_EVALUATION_BASELINES_HPP
