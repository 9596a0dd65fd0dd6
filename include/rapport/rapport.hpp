#ifndef RAPPORT_RAPPORT_HPP
#define RAPPORT_RAPPORT_HPP

/// \file
/// Everything that needs no optional dependency, for a first try. A program that has found its
/// shape includes what it uses and compiles faster; the library itself never includes this.

#include <rapport/core/business_hours.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/checked.hpp>
#include <rapport/core/discount.hpp>
#include <rapport/core/enum_names.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/format.hpp>
#include <rapport/core/id.hpp>
#include <rapport/core/money.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/raw_vector.hpp>
#include <rapport/core/refusals.hpp>
#include <rapport/core/time.hpp>
#include <rapport/core/wide.hpp>
#include <rapport/core/zone.hpp>

#include <rapport/math/beta.hpp>
#include <rapport/math/censored_median.hpp>
#include <rapport/math/chi_squared.hpp>
#include <rapport/math/fisher_exact.hpp>
#include <rapport/math/jet.hpp>
#include <rapport/math/newton.hpp>
#include <rapport/math/normal.hpp>
#include <rapport/math/policy.hpp>
#include <rapport/math/polygamma.hpp>
#include <rapport/math/proportion.hpp>
#include <rapport/math/quadrature.hpp>
#include <rapport/math/random.hpp>
#include <rapport/math/rank_correlation.hpp>
#include <rapport/math/rate.hpp>
#include <rapport/math/special.hpp>
#include <rapport/math/student_t.hpp>
#include <rapport/math/summation.hpp>

#include <rapport/record/clusters.hpp>
#include <rapport/record/column.hpp>
#include <rapport/record/complaint.hpp>
#include <rapport/record/contact_point.hpp>
#include <rapport/record/customers.hpp>
#include <rapport/record/grant.hpp>
#include <rapport/record/holding.hpp>
#include <rapport/record/interaction.hpp>
#include <rapport/record/knowledge_item.hpp>
#include <rapport/record/ledger.hpp>
#include <rapport/record/names.hpp>
#include <rapport/record/packing.hpp>
#include <rapport/record/party.hpp>
#include <rapport/record/promise.hpp>
#include <rapport/record/stamp.hpp>
#include <rapport/record/store.hpp>
#include <rapport/record/store_builder.hpp>
#include <rapport/record/store_ledger.hpp>
#include <rapport/record/stored_transaction.hpp>
#include <rapport/record/survey.hpp>
#include <rapport/record/table.hpp>
#include <rapport/record/table_builder.hpp>
#include <rapport/record/timeline.hpp>
#include <rapport/record/transaction.hpp>
#include <rapport/record/transaction_columns.hpp>
#include <rapport/record/view.hpp>

#include <rapport/fold/aggregate.hpp>
#include <rapport/fold/balance.hpp>
#include <rapport/fold/contacts.hpp>
#include <rapport/fold/cuts.hpp>
#include <rapport/fold/day_cut.hpp>
#include <rapport/fold/entry.hpp>
#include <rapport/fold/fold.hpp>
#include <rapport/fold/only.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/quantiles.hpp>
#include <rapport/fold/rank.hpp>
#include <rapport/fold/replies.hpp>
#include <rapport/fold/spend.hpp>
#include <rapport/fold/store.hpp>
#include <rapport/fold/tally.hpp>
#include <rapport/fold/window.hpp>

#include <rapport/rfm/clumpiness.hpp>
#include <rapport/rfm/score.hpp>
#include <rapport/rfm/segments.hpp>
#include <rapport/rfm/table.hpp>

#include <rapport/clv/alive_path.hpp>
#include <rapport/clv/beta_geometric_future.hpp>
#include <rapport/clv/beta_geometric_lifetime.hpp>
#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/bootstrap.hpp>
#include <rapport/clv/cnbd_k.hpp>
#include <rapport/clv/equity.hpp>
#include <rapport/clv/erlang_future.hpp>
#include <rapport/clv/fit.hpp>
#include <rapport/clv/forecast.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/histories.hpp>
#include <rapport/clv/lifetime.hpp>
#include <rapport/clv/lifetime_future.hpp>
#include <rapport/clv/likelihood_ratio.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/nbd.hpp>
#include <rapport/clv/opportunities.hpp>
#include <rapport/clv/parameter_points.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/prediction.hpp>
#include <rapport/clv/profile_likelihood.hpp>
#include <rapport/clv/purchase_moments.hpp>
#include <rapport/clv/regularity.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/clv/resampling.hpp>
#include <rapport/clv/simulate.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/clv/split.hpp>
#include <rapport/clv/summary.hpp>
#include <rapport/clv/uncertainty.hpp>

#include <rapport/churn/rate.hpp>
#include <rapport/churn/risk.hpp>

#include <rapport/economics/profit.hpp>
#include <rapport/economics/profit_and_duration.hpp>
#include <rapport/economics/whale_curve.hpp>

#include <rapport/relationship/ahp.hpp>
#include <rapport/relationship/assurance.hpp>
#include <rapport/relationship/catalogue.hpp>
#include <rapport/relationship/change.hpp>
#include <rapport/relationship/commitment.hpp>
#include <rapport/relationship/complaints.hpp>
#include <rapport/relationship/consent.hpp>
#include <rapport/relationship/coverage.hpp>
#include <rapport/relationship/defection.hpp>
#include <rapport/relationship/definition.hpp>
#include <rapport/relationship/estimated_weights.hpp>
#include <rapport/relationship/expectation.hpp>
#include <rapport/relationship/habit.hpp>
#include <rapport/relationship/habits.hpp>
#include <rapport/relationship/index.hpp>
#include <rapport/relationship/knowledge.hpp>
#include <rapport/relationship/latent_factor.hpp>
#include <rapport/relationship/micro.hpp>
#include <rapport/relationship/next_question.hpp>
#include <rapport/relationship/outcome.hpp>
#include <rapport/relationship/phase.hpp>
#include <rapport/relationship/promises.hpp>
#include <rapport/relationship/provenance.hpp>
#include <rapport/relationship/rank_stability.hpp>
#include <rapport/relationship/recovery_outcome.hpp>
#include <rapport/relationship/relationality.hpp>
#include <rapport/relationship/responses.hpp>
#include <rapport/relationship/root_causes.hpp>
#include <rapport/relationship/satisfaction.hpp>
#include <rapport/relationship/tier_history.hpp>
#include <rapport/relationship/tier_trial.hpp>
#include <rapport/relationship/tiers.hpp>
#include <rapport/relationship/transform.hpp>
#include <rapport/relationship/two_way.hpp>
#include <rapport/relationship/whole_base.hpp>

#include <rapport/score/on_store.hpp>
#include <rapport/score/score.hpp>
#include <rapport/score/scorecard.hpp>

#include <rapport/evaluation/baselines.hpp>
#include <rapport/evaluation/forecast_errors.hpp>
#include <rapport/evaluation/holdout.hpp>
#include <rapport/evaluation/interval_coverage.hpp>
#include <rapport/evaluation/model_comparison.hpp>
#include <rapport/evaluation/tracking.hpp>

#include <rapport/act/compensation.hpp>
#include <rapport/act/privilege.hpp>

#include <rapport/report/relationship_card.hpp>
#include <rapport/report/summary.hpp>

#include <rapport/io/csv.hpp>
#include <rapport/io/csv_writer.hpp>
#include <rapport/io/definition.hpp>
#include <rapport/io/dialect.hpp>
#include <rapport/io/input.hpp>
#include <rapport/io/parse.hpp>
#include <rapport/io/preset.hpp>
#include <rapport/io/relationship_card.hpp>
#include <rapport/io/scorecard.hpp>
#include <rapport/io/store.hpp>
#include <rapport/io/transactions.hpp>
#include <rapport/io/utf8.hpp>
#include <rapport/io/zone.hpp>

#include <rapport/testing/laws.hpp>
#include <rapport/testing/shop.hpp>
#include <rapport/testing/small_shop.hpp>

#endif  // RAPPORT_RAPPORT_HPP
