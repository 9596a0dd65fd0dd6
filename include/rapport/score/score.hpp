#ifndef RAPPORT_SCORE_SCORE_HPP
#define RAPPORT_SCORE_SCORE_HPP

/// \file
/// The main job: from a ledger to a scorecard.
///
///     const auto scores = rapport::score(ledger, {.as_of = rapport::as_of("1997-09-30")});

#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/time.hpp>
#include <rapport/record/ledger.hpp>
#include <rapport/rfm/score.hpp>
#include <rapport/rfm/segments.hpp>
#include <rapport/rfm/table.hpp>
#include <rapport/score/scorecard.hpp>

#include <memory>

namespace rapport {

/// How to score. Only the day must be said; nothing is taken from a clock.
struct ScoreOptions {
  core::AsOf as_of;                          ///< the last day that counts, inclusive
  core::Period period = core::weeks;         ///< unit of time of the models' parameters
  core::TimeSpan horizon = core::weeks(52);  ///< how far forecasts reach, >= 0
  core::AnnualRate annual_discount = 0.10;   ///< >= 0
  double margin = 1;                         ///< of every amount, in [0, 1]
  PurchaseModel model = PurchaseModel::mbg_nbd;
  double level = 0.90;  ///< of all intervals
  /// What RFM takes for purchases and for money. Purchases are the same for the models; past value
  /// is always net.
  rfm::TableOptions table = {};
  rfm::ScoreOptions rfm = {};
  rfm::Segments segments = rfm::usual_segments();
  core::Threads threads = {};  ///< the scores are the same bytes for any number
  core::Watch watch = {};
};

/// Scores every customer of the ledger who bought by the as-of day: RFM with segments, P(alive),
/// risk of churn, expected purchases and spend, past value, residual value and CLV.
///
/// Trouble with a fit is in Scorecard::purchase_fit and spend_fit, and in the status of the
/// estimates that depend on it; it is no error. Customers whose repeat spending says nothing
/// (none, or a mean that is not positive) are expected to spend as customers do on average, and
/// their spend has the status core::Status::prior.
/// \throws std::domain_error for a horizon, discount, margin or level outside its domain;
/// std::invalid_argument if segments and RFM scores differ in the number of bins; core::Cancelled.
///
/// Where a call does not compile, name the type of its options, `rapport::ScoreOptions{...}`: then
/// the compiler says which one is wrong.
[[nodiscard]] Scorecard score(const record::Ledger& ledger, const ScoreOptions& options);

/// The same for columns that a host lends. Their customers' keys are `customers`, in the order of
/// the columns, or the numbers 0, 1, 2, ... if there are none.
/// \pre record::check(ledger) throws nothing.
/// \throws std::invalid_argument too if there are more or fewer keys than customers.
[[nodiscard]] Scorecard score(const record::LedgerView& ledger, const ScoreOptions& options,
                              std::shared_ptr<const record::Customers> customers = nullptr);

}  // namespace rapport

#endif  // RAPPORT_SCORE_SCORE_HPP
