#include <rapport/score/score.hpp>
#include <rapport/score/shared_base.hpp>

#include <rapport/churn/risk.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/cnbd_k.hpp>
#include <rapport/clv/forecast.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/summary.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/raw_vector.hpp>
#include <rapport/fold/fold.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/spend.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

namespace rapport {
namespace {

using core::Estimate;
using core::EstimateColumn;
using core::Status;

void check(const ScoreOptions& options) {
  core::check_not_negative_finite(options.horizon.count(), "score", "horizon");
  core::check_not_negative_finite(options.annual_discount.effective(), "score", "annual_discount");
  core::check_fraction(options.margin, "score", "margin");
  if (!(options.level > 0 && options.level < 1)) {
    core::throw_domain_error("score", "level", options.level, "in (0, 1)");
  }
  if (options.segments.bins() != options.rfm.bins) {
    throw std::invalid_argument("score: segments are made for " +
                                std::to_string(options.segments.bins()) + " bins, but rfm has " +
                                std::to_string(options.rfm.bins));
  }
}

// True if the model takes the rhythm of purchases from the intervals between them.
bool sees_rhythm(PurchaseModel model) {
  return model == PurchaseModel::bg_cnbd_k || model == PurchaseModel::mbg_cnbd_k;
}

// What the models are fitted to, and what each customer of the ledger has paid in the end.
struct Folded {
  clv::Summary summary;
  std::vector<fold::NetSpend::State> net;
};

// Purchases are what the table of RFM takes for purchases: so both have the same customers.
Folded fold_ledger(const record::LedgerView& ledger, const ScoreOptions& options) {
  const auto fold_with = [&](const auto& purchase_days, const auto& repeat_spend,
                             const auto& gaps) {
    const auto each = [&](const auto&... aggregates) {
      return fold::each_customer(ledger,
                                 {.window = fold::until(options.as_of),
                                  .threads = options.threads,
                                  .watch = options.watch},
                                 aggregates...);
    };
    auto columns = each(purchase_days, repeat_spend, fold::NetSpend{});
    Folded folded{clv::summarise(std::get<0>(columns), std::get<1>(columns), ledger.rules.currency,
                                 options.as_of, options.period),
                  std::move(std::get<2>(columns))};
    if (sees_rhythm(options.model)) clv::add_intervals(folded.summary, std::get<0>(each(gaps)));
    return folded;
  };
  if (options.table.zero_amounts == rfm::ZeroAmounts::ignored) {
    return fold_with(fold::WithoutZeroSales<fold::PurchaseDays>{},
                     fold::WithoutZeroSales<fold::RepeatSpend>{},
                     fold::WithoutZeroSales<fold::LogPurchaseGaps>{});
  }
  return fold_with(fold::PurchaseDays{}, fold::RepeatSpend{}, fold::LogPurchaseGaps{});
}

// Keys for those who have none.
std::shared_ptr<const record::Customers> numbered(std::uint32_t customers) {
  core::RawVector<std::int64_t> keys(customers);
  std::iota(keys.begin(), keys.end(), std::int64_t{0});
  return std::make_shared<const record::Customers>(std::move(keys));
}

// A value that two fits had a part in. Their errors are independent: the variances of logarithms
// add. Its standing is that of the weaker of the two.
Estimate from_both(double value, const Estimate& a, const Estimate& b) {
  Estimate result = a;
  result.value = value;
  const double reach = std::hypot(std::log(a.high / a.value), std::log(b.high / b.value));
  result.low = value > 0 ? value * std::exp(-reach) : value;
  result.high = value > 0 ? value * std::exp(reach) : value;
  if (!b.usable() || (a.usable() && b.status == Status::prior)) result.status = b.status;
  return result;
}

Estimate shifted(Estimate estimate, double by) {
  estimate.value += by;
  estimate.low += by;
  estimate.high += by;
  return estimate;
}

EstimateColumn column(std::size_t size, double level) {
  EstimateColumn result;
  result.level = level;
  result.resize(size);
  return result;
}

// The fit of everybody: of those at hand, unless they share a base with others.
template <class Model, class Rows>
clv::Fit<Model> fit_everybody(const Rows& rows, const ScoreOptions& options,
                              const SharedBase* base) {
  clv::FitOptions how{.threads = options.threads, .watch = options.watch};
  if (base) how.threads = base->shared(options.threads);
  auto fit = base ? clv::fit<Model>(base->patterns(rows), how) : clv::fit<Model>(rows, how);
  if (fit.status == clv::FitStatus::cancelled) throw core::Cancelled("fitting");
  return fit;
}

rfm::Scores score_rfm(const rfm::Table& table, const ScoreOptions& options,
                      const SharedBase* base) {
  rfm::ScoreOptions how = options.rfm;
  how.threads = options.threads;
  if (!base) return rfm::score(table, how);
  const auto cuts = [&](std::span<const double> values, int bins) {
    return base->quantile_cuts(values, bins, options.threads);
  };
  return rfm::apply(rfm::make_cuts(table, how, cuts), table, options.threads);
}

void forecast_spend(Scorecard& card, const clv::Summary& summary,
                    const clv::Fit<clv::GammaGamma>& fit, const ScoreOptions& options) {
  card.spend_fit = fit;
  card.expected_spend = clv::forecast_spend(fit, summary.spends(), options.level, options.threads);
}

template <class Model>
void forecast_purchases(Scorecard& card, const clv::Summary& summary,
                        const clv::Fit<clv::GammaGamma>& spend_fit, const ScoreOptions& options,
                        const SharedBase* base) {
  const clv::Histories histories = summary.histories();
  const auto fit = fit_everybody<Model>(histories, options, base);
  card.purchase_fit = fit;
  card.churn_risk = churn::no_purchase_risk(
      fit, histories,
      {.horizon = options.horizon, .level = options.level, .threads = options.threads});

  std::vector<double> margins(card.size());
  for (std::size_t i = 0; i < margins.size(); ++i) {
    margins[i] = options.margin * card.expected_spend.value[i];
  }
  clv::Forecast forecast = clv::forecast(fit, histories,
                                         {.horizon = options.horizon,
                                          .annual_discount = options.annual_discount,
                                          .level = options.level,
                                          .threads = options.threads,
                                          .watch = options.watch},
                                         margins);
  card.p_alive = std::move(forecast.probability_alive);
  card.expected_purchases = std::move(forecast.expected_purchases);

  const EstimateColumn& purchases = forecast.discounted_purchases;
  card.residual_value = column(card.size(), options.level);
  for (std::size_t i = 0; i < card.size(); ++i) {
    const Estimate spend = card.expected_spend[i];
    card.residual_value.set(
        i, from_both(options.margin * purchases.value[i] * spend.value, purchases[i], spend));
  }
  // The total of the base: the uncertainty of the purchases with spends held, then the other way.
  // Rows without a spend to expect are in neither, as they are not in the sum of the rows.
  std::vector<double> weights = purchases.value;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] *=
        card.expected_spend[i].usable() ? options.margin : std::numeric_limits<double>::quiet_NaN();
  }
  const Estimate by_spend =
      clv::total_spend(spend_fit, summary.spends(), weights, options.level, options.threads);
  card.residual_value_total = from_both(forecast.total.value, forecast.total, by_spend);
}

// Sums over the rows in their order, so that they are what anybody who adds the column finds.
void add_up(Scorecard& card, double level) {
  card.clv = column(card.size(), level);
  double equity = 0, residual = 0, past = 0;
  std::size_t rows = 0;
  for (std::size_t i = 0; i < card.size(); ++i) {
    card.past_value_total += card.past_value[i];
    const Estimate residual_value = card.residual_value[i];
    card.clv.set(i, shifted(residual_value, card.past_value[i]));
    if (!residual_value.usable()) continue;
    ++rows;
    equity += card.clv.value[i];
    residual += residual_value.value;
    past += card.past_value[i];
    card.value_at_risk_total += card.value_at_risk(i);
  }
  if (rows == 0) {
    card.residual_value_total = {};
    card.residual_value_total.level = level;
    card.customer_equity = card.residual_value_total;
    return;
  }
  card.residual_value_total.value = residual;
  card.customer_equity = shifted(card.residual_value_total, past);
  card.customer_equity.value = equity;
  card.customer_equity.n = card.residual_value_total.n = rows;
}

// `base` is null where the ledger holds everybody.
Scorecard score_with(const record::LedgerView& ledger, const ScoreOptions& options,
                     std::shared_ptr<const record::Customers> customers, const SharedBase* base) {
  check(options);
  if (!customers) customers = numbered(ledger.customers());
  core::check_same_size(customers->size(), ledger.customers(), "score", "customers");
  const core::Watch& watch = options.watch;
  const Folded folded = fold_ledger(ledger, options);
  const clv::Summary& summary = folded.summary;

  watch.report({"scoring", 0, summary.size()});
  rfm::TableOptions table_options = options.table;
  table_options.threads = options.threads;
  rfm::Table table = rfm::make_table(ledger, options.as_of, table_options);
  rfm::Scores scores = score_rfm(table, options, base);
  auto segment = options.segments(scores, options.threads);

  Scorecard card{.as_of = options.as_of,
                 .period = options.period,
                 .horizon = options.horizon,
                 .annual_discount = options.annual_discount,
                 .margin = options.margin,
                 .currency = ledger.rules.currency,
                 .model = options.model,
                 .keys = std::move(customers),
                 .customer = summary.customer,
                 .without_purchase = summary.without_purchase,
                 .unattributed = 0,
                 .table = std::move(table),
                 .scores = std::move(scores),
                 .segments = options.segments,
                 .segment = std::move(segment),
                 .past_value_total = 0,
                 .value_at_risk_total = 0};
  for (std::size_t c = 0; c < card.table.size(); ++c) {
    if (!card.table.bought(c)) card.unattributed += folded.net[c].total;
  }
  const auto minor_per_major = static_cast<double>(card.currency.minor_per_major());
  card.past_value.reserve(card.size());
  for (const record::CustomerId id : card.customer) {
    card.past_value.push_back(options.margin * static_cast<double>(folded.net[id.value].total) /
                              minor_per_major);
  }

  watch.report({"fitting", 0, summary.size()});
  const auto spend_fit = fit_everybody<clv::GammaGamma>(summary.spends(), options, base);
  forecast_spend(card, summary, spend_fit, options);
  const auto forecast_by = [&]<class Model>() {
    forecast_purchases<Model>(card, summary, spend_fit, options, base);
  };
  switch (options.model) {
    case PurchaseModel::mbg_nbd: forecast_by.operator()<clv::MbgNbd>(); break;
    case PurchaseModel::bg_nbd: forecast_by.operator()<clv::BgNbd>(); break;
    case PurchaseModel::mbg_cnbd_k: forecast_by.operator()<clv::MbgCnbdK>(); break;
    case PurchaseModel::bg_cnbd_k: forecast_by.operator()<clv::BgCnbdK>(); break;
    case PurchaseModel::pareto_nbd: forecast_by.operator()<clv::ParetoNbd>(); break;
    case PurchaseModel::ggompertz_nbd: forecast_by.operator()<clv::GgompertzNbd>(); break;
    case PurchaseModel::nbd: forecast_by.operator()<clv::Nbd>(); break;
  }
  add_up(card, options.level);
  return card;
}

}  // namespace

Scorecard score(const record::Ledger& ledger, const ScoreOptions& options) {
  return score(ledger.view(), options, ledger.shared_customers());
}

Scorecard score(const record::LedgerView& ledger, const ScoreOptions& options,
                std::shared_ptr<const record::Customers> customers) {
  return score_with(ledger, options, std::move(customers), nullptr);
}

Scorecard score_part(const record::Ledger& part, const ScoreOptions& options,
                     const SharedBase& base) {
  return score_with(part.view(), options, part.shared_customers(), &base);
}

}  // namespace rapport
