#include <rapport/core/refusals.hpp>

#include <numeric>
#include <utility>

namespace rapport::core {

std::string_view to_text(Reason reason) noexcept {
  switch (reason) {
    case Reason::missing_field: return "a field is missing or empty";
    case Reason::extra_field: return "there are more fields than the header names";
    case Reason::bad_quoting: return "the quotes do not match";
    case Reason::bad_encoding: return "the text is not valid UTF-8 or holds a NUL";
    case Reason::too_long: return "the field is longer than the limit";
    case Reason::bad_key: return "the customer key cannot be used";
    case Reason::bad_date: return "the date is not a day of the calendar";
    case Reason::date_out_of_range: return "the date is outside the range of the ledger";
    case Reason::bad_amount: return "the amount is not a decimal number";
    case Reason::inexact_amount: return "the amount has more decimals than the currency";
    case Reason::amount_overflow: return "the amount does not fit 64 bits";
    case Reason::negative_sale: return "a sale has an amount below zero";
    case Reason::bad_kind: return "the kind is not sale, return or refund";
    case Reason::other_currency: return "the currency is not the ledger's";
    case Reason::bad_word: return "the word is not one of those that the field takes";
    case Reason::bad_number: return "the number is not a whole one that the field can hold";
  }
  return "";
}

std::string to_text(const Refusal& refusal) {
  std::string text;
  const auto place = [&](std::string_view name, std::uint64_t number) {
    if (number == 0) return;
    if (!text.empty()) text += ", ";
    text.append(name).append(" ").append(std::to_string(number));
  };
  place("line", refusal.line);
  if (refusal.line == 0) place("row", refusal.row);
  place("column", refusal.column);
  if (!refusal.field.empty()) text.append(text.empty() ? "" : ", ").append(refusal.field);
  text.append(text.empty() ? "" : ": ").append(to_text(refusal.reason));
  if (!refusal.text.empty()) text.append(": \"").append(refusal.text).append("\"");
  return text;
}

void Refusals::add(Refusal refusal) {
  const auto i = static_cast<std::size_t>(refusal.reason);
  ++counts_[i];
  if (first_[i].size() < kept_per_reason) first_[i].push_back(std::move(refusal));
}

void Refusals::append(const Refusals& later, std::uint64_t rows, std::uint64_t lines) {
  for (std::size_t i = 0; i < reason_count; ++i) {
    counts_[i] += later.counts_[i];
    for (Refusal refusal : later.first_[i]) {
      if (first_[i].size() == kept_per_reason) break;
      if (refusal.row != 0) refusal.row += rows;
      if (refusal.line != 0) refusal.line += lines;
      first_[i].push_back(std::move(refusal));
    }
  }
}

std::uint64_t Refusals::total() const noexcept {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::vector<std::string> Refusals::summary() const {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < reason_count; ++i) {
    if (counts_[i] == 0) continue;
    std::string line = std::to_string(counts_[i]);
    line.append(counts_[i] == 1 ? " row: " : " rows: ").append(to_text(static_cast<Reason>(i)));
    std::string_view separator = counts_[i] == 1 ? " (" : " (first: ";
    for (const Refusal& refusal : first_[i]) {
      line.append(separator)
          .append(refusal.line != 0 ? "line " : "row ")
          .append(std::to_string(refusal.line != 0 ? refusal.line : refusal.row));
      if (!refusal.text.empty()) line.append(" \"").append(refusal.text).append("\"");
      separator = ", ";
    }
    lines.push_back(line + ')');
  }
  return lines;
}

}  // namespace rapport::core
