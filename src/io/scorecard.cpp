#include <rapport/io/scorecard.hpp>

#include <utility>

namespace rapport::io {
namespace {

void write(CsvWriter csv, const Scorecard& card) {
  const std::pair<const char*, const core::EstimateColumn*> before_past[] = {
      {"p_alive", &card.p_alive},
      {"churn_risk", &card.churn_risk},
      {"expected_purchases", &card.expected_purchases},
      {"expected_spend", &card.expected_spend}};
  const std::pair<const char*, const core::EstimateColumn*> after_past[] = {
      {"residual_value", &card.residual_value}, {"clv", &card.clv}};

  const auto name = [&](const std::string& estimate) {
    csv.text(estimate);
    csv.text(estimate + "_low");
    csv.text(estimate + "_high");
  };
  for (const char* column : {"customer_id", "recency_days", "length_days", "frequency", "monetary",
                             "r", "f", "m", "segment"}) {
    csv.text(column);
  }
  for (const auto& [text, column] : before_past) name(text);
  csv.text("past_value");
  for (const auto& [text, column] : after_past) name(text);
  csv.end_row();

  const auto estimate = [&](const core::EstimateColumn& column, std::size_t row) {
    csv.number(column.value[row]);
    csv.number(column.low[row]);
    csv.number(column.high[row]);
  };
  for (std::size_t row = 0; row < card.size(); ++row) {
    const record::CustomerId id = card.customer[row];
    const record::CustomerKey key = card.keys->key(id);
    if (const auto* number = std::get_if<std::int64_t>(&key)) {
      csv.number(*number);
    } else {
      csv.text(std::get<std::string_view>(key));
    }
    const std::uint32_t c = id.value;
    csv.number(card.table.recency_days[c]);
    csv.number(card.table.length_days[c]);
    csv.number(card.table.frequency[c]);
    csv.amount(card.table.monetary[c], card.currency);
    csv.number(int{card.scores.r[c]});
    csv.number(int{card.scores.f[c]});
    csv.number(int{card.scores.m[c]});
    csv.text(card.segments.name(card.segment[c]));
    for (const auto& [text, column] : before_past) estimate(*column, row);
    csv.number(card.past_value[row]);
    for (const auto& [text, column] : after_past) estimate(*column, row);
    csv.end_row();
  }
  csv.finish();
}

}  // namespace

void write_csv(const std::string& path, const Scorecard& scorecard, const WriterOptions& options) {
  write(CsvWriter(path, options), scorecard);
}

void write_csv(std::ostream& out, const Scorecard& scorecard, const WriterOptions& options) {
  write(CsvWriter(out, options), scorecard);
}

}  // namespace rapport::io
