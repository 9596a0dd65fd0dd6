#include <rapport/score/scorecard.hpp>

#include <rapport/core/format.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ostream>
#include <stdexcept>

namespace rapport {

namespace {

// In the order of the enumerators.
constexpr std::string_view model_names[] = {
    "mbg_nbd", "bg_nbd", "mbg_cnbd_k", "bg_cnbd_k", "pareto_nbd", "ggompertz_nbd", "nbd"};

}  // namespace

std::string_view to_text(PurchaseModel model) noexcept {
  return model_names[static_cast<std::size_t>(model)];
}

PurchaseModel purchase_model(std::string_view name) {
  std::string known;
  for (std::size_t i = 0; i < std::size(model_names); ++i) {
    if (model_names[i] == name) return static_cast<PurchaseModel>(i);
    known.append(i == 0 ? "" : ", ").append(model_names[i]);
  }
  throw std::invalid_argument("purchase_model: \"" + std::string(name) +
                              "\" is not known; there are " + known);
}

ScoreRow Scorecard::operator[](std::size_t row) const {
  const std::uint32_t c = customer[row].value;
  return {.customer_id = keys->key_text(customer[row]),
          .recency_days = table.recency_days[c],
          .length_days = table.length_days[c],
          .frequency = table.frequency[c],
          .monetary = core::Money(table.monetary[c], currency),
          .rfm = scores[c],
          .segment = std::string(segments.name(segment[c])),
          .p_alive = p_alive[row],
          .churn_risk = churn_risk[row],
          .expected_purchases = expected_purchases[row],
          .expected_spend = expected_spend[row],
          .past_value = past_value[row],
          .residual_value = residual_value[row],
          .clv = clv[row]};
}

std::vector<ScoreRow> Scorecard::top_by_value(std::size_t count) const {
  std::vector<std::size_t> rows(size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const std::vector<double>& value = residual_value.value;
  std::erase_if(rows, [&](std::size_t row) { return std::isnan(value[row]); });
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(std::min(count, rows.size()));
  std::partial_sort(rows.begin(), end, rows.end(), [&](std::size_t a, std::size_t b) {
    return value[a] != value[b] ? value[a] > value[b] : a < b;
  });
  std::vector<ScoreRow> top;
  for (auto row = rows.begin(); row != end; ++row) top.push_back((*this)[*row]);
  return top;
}

std::optional<std::size_t> Scorecard::find(const record::CustomerKey& key) const noexcept {
  const auto id = keys->find(key);
  if (!id) return std::nullopt;
  const auto found = std::lower_bound(customer.begin(), customer.end(), *id);
  if (found == customer.end() || *found != *id) return std::nullopt;
  return static_cast<std::size_t>(found - customer.begin());
}

std::ostream& operator<<(std::ostream& out, const ScoreRow& row) {
  const int decimals = row.monetary.currency().decimals();
  return out << row.customer_id << ": " << row.segment << " (R " << int{row.rfm.r} << ", F "
             << int{row.rfm.f} << ", M " << int{row.rfm.m} << "), " << row.frequency
             << (row.frequency == 1 ? " purchase day" : " purchase days") << ", the last "
             << row.recency_days << " days ago; active " << core::fixed_text(row.p_alive.value, 2)
             << ", churn risk " << core::fixed_text(row.churn_risk.value, 2) << ", expects "
             << core::fixed_text(row.expected_purchases.value, 1) << " purchases of "
             << core::grouped_text(row.expected_spend.value, decimals) << "; residual value "
             << core::grouped_text(row.residual_value.value, decimals) << " ["
             << core::grouped_text(row.residual_value.low, decimals) << ", "
             << core::grouped_text(row.residual_value.high, decimals) << "], CLV "
             << core::grouped_text(row.clv.value, decimals) << ' '
             << row.monetary.currency().code();
}

}  // namespace rapport
