#ifndef RAPPORT_SCORE_SCORECARD_HPP
#define RAPPORT_SCORE_SCORECARD_HPP

/// \file
/// The scorecard: what is known of each customer as of a day, in columns, each estimate with its
/// interval and standing.

#include <rapport/clv/fit.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/money.hpp>
#include <rapport/core/time.hpp>
#include <rapport/record/customers.hpp>
#include <rapport/rfm/score.hpp>
#include <rapport/rfm/segments.hpp>
#include <rapport/rfm/table.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rapport {

/// All that a scorecard says of one customer. Amounts are in major units of the currency.
struct ScoreRow {
  std::string customer_id;
  std::int32_t recency_days;          ///< days from the last purchase to the as-of day
  std::int32_t length_days;           ///< days from the first purchase to the as-of day
  std::uint32_t frequency;            ///< purchase days, the first included
  core::Money monetary;               ///< net total, or as ScoreOptions::table says
  rfm::RfmScore rfm;                  ///< 1 is worst
  std::string segment;                ///< the name of the segment
  core::Estimate p_alive;             ///< probability that the customer is active now
  core::Estimate churn_risk;          ///< probability of no purchase within the horizon
  core::Estimate expected_purchases;  ///< within the horizon
  core::Estimate expected_spend;      ///< mean amount of a purchase to come
  double past_value;                  ///< net total times margin
  core::Estimate residual_value;      ///< expected discounted margin within the horizon
  core::Estimate clv;                 ///< past value + residual value
};

/// One line for people: `7: Champions (R 5, F 5, M 4), active 0.97, ...`.
std::ostream& operator<<(std::ostream& out, const ScoreRow& row);

/// Which model of repeat buying stands behind a scorecard.
enum class PurchaseModel : std::uint8_t {
  mbg_nbd,        ///< the default: who bought once may be gone
  bg_nbd,         ///< P(alive) of who bought once is 1 by construction, for ever
  mbg_cnbd_k,     ///< as mbg_nbd, for purchases at regular intervals
  bg_cnbd_k,      ///< as bg_nbd, for purchases at regular intervals
  pareto_nbd,     ///< customers leave at any time, not right after a purchase
  ggompertz_nbd,  ///< as pareto_nbd, with a risk to leave that grows with age
  nbd,            ///< nobody ever leaves: a yardstick for the others
};

/// "mbg_nbd", "bg_nbd", ...
[[nodiscard]] std::string_view to_text(PurchaseModel model) noexcept;
/// \throws std::invalid_argument for any other text.
[[nodiscard]] PurchaseModel purchase_model(std::string_view name);

/// Scores by column, row = customer with a purchase by the as-of day, ascending by key. All
/// columns have the same size. Intervals cover the uncertainty of the estimated parameters.
struct Scorecard {
  core::AsOf as_of;
  core::Period period;  ///< unit of time of the models
  core::TimeSpan horizon;
  core::AnnualRate annual_discount;
  double margin;  ///< of every amount, in [0, 1]
  core::Currency currency;
  PurchaseModel model;

  std::shared_ptr<const record::Customers> keys;  ///< of all customers of the ledger
  std::vector<record::CustomerId> customer;       ///< who the row is, in the ledger
  std::uint32_t without_purchase;  ///< customers of the ledger without a purchase by then
  std::int64_t unattributed;       ///< their net total, in minor units: returns alone

  rfm::Table table;    ///< row = customer of the ledger
  rfm::Scores scores;  ///< row = customer of the ledger; with the cuts that made them
  rfm::Segments segments;
  std::vector<rfm::SegmentIndex> segment;  ///< row = customer of the ledger

  clv::FitReport purchase_fit;  ///< of the model of repeat buying
  clv::FitReport spend_fit;     ///< of Gamma-Gamma

  core::EstimateColumn p_alive, churn_risk, expected_purchases, expected_spend;
  std::vector<double> past_value;
  core::EstimateColumn residual_value, clv;

  double past_value_total;              ///< of all rows
  core::Estimate residual_value_total;  ///< of the rows that have one
  /// The sum of clv, in the order of the rows, over those that have one.
  core::Estimate customer_equity;
  /// The sum of churn_risk x residual_value over the rows that have both.
  double value_at_risk_total;

  [[nodiscard]] std::size_t size() const noexcept { return customer.size(); }
  /// \pre row < size().
  [[nodiscard]] ScoreRow operator[](std::size_t row) const;
  /// What is to be lost if the customer does not come back: churn_risk x residual_value.
  /// \pre row < size().
  [[nodiscard]] double value_at_risk(std::size_t row) const noexcept {
    return churn_risk.value[row] * residual_value.value[row];
  }

  /// The rows with the highest residual value, highest first, equal ones by key; rows without a
  /// value are left out. Whom to care for is a question of what is to come.
  [[nodiscard]] std::vector<ScoreRow> top_by_value(std::size_t count) const;

  /// The row of a customer; nothing if there is none.
  [[nodiscard]] std::optional<std::size_t> find(const record::CustomerKey& key) const noexcept;
};

}  // namespace rapport

#endif  // RAPPORT_SCORE_SCORECARD_HPP
