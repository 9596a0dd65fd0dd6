#include <rapport/report/summary.hpp>

#include <rapport/clv/forecast.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace rapport::report {
namespace {

using core::fixed_text;
using core::grouped_text;
using core::padded;
using core::to_text;

constexpr int summary_label_width = 14;

// Lines of a label and what it says.
class Page {
 public:
  void line(std::string_view label, std::string_view text) {
    text_.append(padded(label, summary_label_width)).append(text);
    text_.resize(text_.find_last_not_of(' ') + 1);
    text_ += '\n';
  }
  void line(std::string_view text) { line("", text); }
  void gap() { text_ += '\n'; }
  void heading(std::string_view text) {
    gap();
    text_.append(text).append("\n");
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string percent(double fraction, int decimals = 0) {
  return fixed_text(100 * fraction, decimals) + " %";
}

// Four significant digits, whatever the size: parameters have no natural number of decimals.
std::string significant(double value) {
  if (!std::isfinite(value) || value == 0) return fixed_text(value, 0);
  const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
  return magnitude > 9 || magnitude < -6 ? core::to_text(value)
                                         : fixed_text(value, std::max(0, 3 - magnitude));
}

std::string money(double value, const core::Currency& currency) {
  return grouped_text(value, currency.decimals()) + ' ' + std::string(currency.code());
}

std::string interval(const core::Estimate& estimate, const core::Currency& currency) {
  if (std::isnan(estimate.low)) return "without an interval";
  return percent(estimate.level) + " interval " + grouped_text(estimate.low, currency.decimals()) +
         " to " + grouped_text(estimate.high, currency.decimals());
}

void describe_rows(Page& page, const record::Ledger& ledger) {
  const auto& refusals = ledger.refusals();
  page.line("Rows", grouped_text(ledger.rows_read()) + " read, " + grouped_text(refusals.total()) +
                        " refused");
  for (const std::string& reason : refusals.summary()) page.line(reason);
}

void describe_task(Page& page, const Scorecard& card, bool last_day) {
  std::string customers = grouped_text(std::uint64_t{card.size()});
  if (card.without_purchase > 0) {
    customers += "; " + grouped_text(std::uint64_t{card.without_purchase}) +
                 " more have no purchase by then and are not scored (net " +
                 to_text(core::Money(card.unattributed, card.currency)) + ")";
  }
  page.line("Customers", customers);
  page.line("As of", to_text(card.as_of.day()) + (last_day ? " (the last day in the data)" : ""));
  page.line("Forecasts", "over " + to_text(card.horizon) + ", discounted at " +
                             percent(card.annual_discount.effective(), 1) + " a year, margin " +
                             percent(card.margin, 1));
}

void describe_fit(Page& page, std::string_view heading, const clv::FitReport& fit) {
  page.heading(heading);
  std::string status(to_text(fit.status));
  std::replace(status.begin(), status.end(), '_', ' ');
  if (!clv::predicts(fit)) {
    page.line("Fit", status + ": " + fit.message);
    return;
  }
  page.line("Fit", status + " after " + std::to_string(fit.iterations) +
                       " iterations, log-likelihood " + grouped_text(fit.log_likelihood, 3) + ", " +
                       grouped_text(fit.customers, 0) + " customers");
  if (!fit.usable()) page.line("", fit.message);
  const std::vector<double> errors = fit.standard_errors();
  for (std::size_t i = 0; i < fit.names.size(); ++i) {
    const std::string error =
        std::isnan(errors[i]) ? "" : "  standard error " + padded(significant(errors[i]), -9);
    page.line("  " + std::string(fit.names[i]),
              padded(significant(fit.parameters[i]), -10) + error);
  }
}

void describe_segments(Page& page, const Scorecard& card) {
  std::vector<std::uint64_t> customers(card.segments.size());
  std::vector<double> value(card.segments.size());
  for (std::size_t row = 0; row < card.size(); ++row) {
    const auto segment = card.segment[card.customer[row].value];
    ++customers[segment];
    if (card.residual_value[row].usable()) value[segment] += card.residual_value.value[row];
  }
  const bool forecast = card.customer_equity.usable();
  page.heading(forecast ? "Segments               customers    residual value"
                        : "Segments               customers");
  for (rfm::SegmentIndex i = 0; i < card.segments.size(); ++i) {
    if (customers[i] == 0) continue;
    page.line(padded("  " + std::string(card.segments.name(i)), 22) +
                  padded(grouped_text(customers[i]), -10),
              forecast ? padded(money(value[i], card.currency), -18) : "");
  }
}

void describe_value(Page& page, const Scorecard& card) {
  page.heading("Value");
  const core::Estimate& equity = card.customer_equity;
  if (!equity.usable()) {
    page.line("Past value", money(card.past_value_total, card.currency));
    page.line("Residual", card.size() == 0 ? "there are no customers"
                                           : "not forecast, for want of a fit: see above");
    return;
  }
  page.line("Past value", money(card.past_value_total, card.currency));
  page.line("Residual", money(card.residual_value_total.value, card.currency) + ", " +
                            interval(card.residual_value_total, card.currency));
  page.line("Equity", money(equity.value, card.currency) + ", " + interval(equity, card.currency) +
                          " (of the estimates, not of chance)");
  if (equity.n < card.size()) {
    page.line("", grouped_text(card.size() - equity.n) +
                      " customers have no residual value and are left out: no mean spend exists "
                      "for them");
  }
  page.line("At risk", money(card.value_at_risk_total, card.currency) +
                           ": each residual value times the risk that nothing more is bought");
}

void describe_top(Page& page, const Scorecard& card, std::size_t count) {
  const std::vector<ScoreRow> rows = card.top_by_value(count);
  if (rows.empty()) return;
  page.heading("Highest residual value");
  std::size_t width = 8;
  for (const ScoreRow& row : rows) width = std::max(width, row.customer_id.size());
  const int key_width = static_cast<int>(std::min<std::size_t>(width, 24)) + 2;
  page.line(padded("  customer", key_width + 2) + padded("segment", 20) +
                "R F M  active  purchases      residual value  interval",
            "");
  const int decimals = card.currency.decimals();
  for (const ScoreRow& row : rows) {
    const std::string scores = std::to_string(row.rfm.r) + ' ' + std::to_string(row.rfm.f) + ' ' +
                               std::to_string(row.rfm.m);
    page.line(padded("  " + row.customer_id, key_width + 2) + padded(row.segment, 20) + scores +
                  padded(fixed_text(row.p_alive.value, 3), -8) +
                  padded(fixed_text(row.expected_purchases.value, 1), -11) +
                  padded(grouped_text(row.residual_value.value, decimals), -20) + "  " +
                  grouped_text(row.residual_value.low, decimals) + " to " +
                  grouped_text(row.residual_value.high, decimals),
              "");
  }
}

// The model as the field calls it, with what has to be known of it.
std::string_view title(PurchaseModel model) {
  switch (model) {
    case PurchaseModel::mbg_nbd: return "MBG/NBD";
    case PurchaseModel::bg_nbd: return "BG/NBD (who bought once is taken to be active for ever)";
    case PurchaseModel::mbg_cnbd_k: return "MBG/CNBD-k";
    case PurchaseModel::bg_cnbd_k:
      return "BG/CNBD-k (who bought once is taken to be active for ever)";
    case PurchaseModel::pareto_nbd: return "Pareto/NBD";
    case PurchaseModel::ggompertz_nbd: return "GGompertz/NBD";
    case PurchaseModel::nbd: break;
  }
  return "NBD (nobody is taken ever to leave)";
}

void describe(Page& page, const Scorecard& scorecard, const SummaryOptions& options,
              bool last_day) {
  describe_task(page, scorecard, last_day);
  describe_fit(page, std::string("Repeat buying: ").append(title(scorecard.model)),
               scorecard.purchase_fit);
  describe_fit(page, "Amounts: Gamma-Gamma", scorecard.spend_fit);
  describe_segments(page, scorecard);
  describe_value(page, scorecard);
  describe_top(page, scorecard, options.top);
}

}  // namespace

std::string summary(const record::Ledger& ledger, const Scorecard& scorecard,
                    const SummaryOptions& options) {
  Page page;
  describe_rows(page, ledger);
  describe(page, scorecard, options, ledger.last_day() == scorecard.as_of.day());
  return page.take();
}

std::string summary(const Scorecard& scorecard, const SummaryOptions& options) {
  Page page;
  describe(page, scorecard, options, false);
  return page.take();
}

}  // namespace rapport::report
