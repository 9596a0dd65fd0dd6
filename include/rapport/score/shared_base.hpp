#ifndef RAPPORT_SCORE_SHARED_BASE_HPP
#define RAPPORT_SCORE_SHARED_BASE_HPP

/// \file
/// Scores of a base that several machines hold in parts, each customer whole on one of them.
///
/// A score asks of everybody in two places: quantile cuts compare with all customers, and fits
/// learn from all of them. SharedBase answers for everybody; rapport/mpi has one over MPI, and any
/// other way to join machines can have its own. All else is done where a customer's rows are.

#include <rapport/clv/histories.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/fold/cuts.hpp>
#include <rapport/record/ledger.hpp>
#include <rapport/score/score.hpp>
#include <rapport/score/scorecard.hpp>

#include <span>

namespace rapport {

/// What all machines know together. Each is asked the same questions in the same order, with what
/// it holds itself, and all get the same answer: that of one machine which holds everybody.
class SharedBase {
 public:
  SharedBase() = default;
  SharedBase(const SharedBase&) = delete;
  SharedBase& operator=(const SharedBase&) = delete;
  virtual ~SharedBase() = default;

  /// fold::quantile_cuts of the values of everybody.
  [[nodiscard]] virtual fold::Cuts quantile_cuts(std::span<const double> values, int bins,
                                                 const core::Threads& threads) const = 0;

  /// The patterns of everybody's histories and spends.
  [[nodiscard]] virtual clv::Patterns patterns(const clv::Histories& histories) const = 0;
  [[nodiscard]] virtual clv::SpendPatterns patterns(const clv::Spends& spends) const = 0;

  /// Threads for a fit to such patterns: its sums are shared by the machines.
  [[nodiscard]] virtual core::Threads shared(const core::Threads& threads) const = 0;
};

/// Scores the customers of one part, as score() would among all. Cuts and fits are those of the
/// whole base; counts and totals of the scorecard are of this part's rows.
/// \pre No customer is in two parts, and all parts have the same currency and zone.
/// \throws as score(); as `base`.
[[nodiscard]] Scorecard score_part(const record::Ledger& part, const ScoreOptions& options,
                                   const SharedBase& base);

}  // namespace rapport

#endif  // RAPPORT_SCORE_SHARED_BASE_HPP
