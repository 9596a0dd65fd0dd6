// The main kernels on small fixed inputs, for callgrind: what each takes is dumped under its name.

#include <rapport/clv/batch.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/clv/summary.hpp>
#include <rapport/fold/fold.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/spend.hpp>
#include <rapport/io/csv.hpp>
#include <rapport/io/transactions.hpp>
#include <rapport/record/ledger.hpp>
#include <rapport/rfm/score.hpp>

#include <valgrind/callgrind.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace rapport;

const core::AsOf last_day = as_of("2021-12-31");

// The second run is counted: memory and tables are there by then.
template <class Work>
void count(const char* name, const Work& work) {
  work();
  CALLGRIND_ZERO_STATS;
  work();
  CALLGRIND_DUMP_STATS_AT(name);
}

std::uint64_t mixed(std::uint64_t z) {
  z += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

constexpr std::uint64_t row_count = 20'000;

record::TransactionColumns make_rows() {
  record::TransactionColumns columns{record::LedgerRules{}};
  constexpr core::Instant first = core::Day{std::chrono::year{2020} / 1 / 1};
  for (std::uint64_t row = 0; row < row_count; ++row) {
    const std::uint64_t chance = mixed(row);
    const record::Transaction transaction{
        .customer = static_cast<std::int64_t>(mixed(~(chance % 4'000)) >> 1),
        .at = first + std::chrono::seconds{(chance >> 32) % 63'072'000},
        .amount = static_cast<std::int64_t>(chance >> 20) % 20'000};
    if (columns.add(transaction)) std::abort();
  }
  return columns;
}

std::string make_text() {
  std::string text = "customer_id,date,amount\n";
  for (std::uint64_t row = 0; row < row_count; ++row) {
    const std::uint64_t chance = mixed(row);
    const auto day = core::Day{std::chrono::year{2020} / 1 / 1} +
                     std::chrono::days{static_cast<int>((chance >> 32) % 731)};
    text.append(std::to_string(chance % 4'000)).append(1, ',').append(core::to_text(day));
    text.append(1, ',').append(
        core::decimal_text(static_cast<std::int64_t>(chance >> 20) % 20'000, 2));
    text.append(1, '\n');
  }
  return text;
}

void count_rows() {
  const record::TransactionColumns rows = make_rows();
  record::Ledger ledger;
  count("clustering rows", [&] {
    std::vector<record::TransactionColumns> parts = {rows};
    ledger = record::build_ledger(std::move(parts), 1);
  });
  rfm::Table table;
  count("RFM table", [&] { table = rfm::make_table(ledger, last_day, {.threads = 1}); });
  count("RFM scores", [&] { std::ignore = rfm::score(table, {.threads = 1}); });
  count("summary of purchases",
        [&] { std::ignore = clv::summarise(ledger, {.as_of = last_day, .threads = 1}); });
  count("RFM table of unsorted rows",
        [&] { std::ignore = rfm::make_table({rows}, last_day, {.threads = 1}); });
  count("summary of unsorted rows",
        [&] { std::ignore = clv::summarise({rows}, {.as_of = last_day, .threads = 1}); });
  count("three aggregates", [&] {
    std::ignore = fold::each_customer(ledger, {}, fold::PurchaseDays{}, fold::NetSpend{},
                                      fold::RepeatSpend{});
  });
}

void count_text() {
  const std::string text = make_text();
  count("fields of CSV", [&] {
    io::CsvReader csv(io::Input::text(text));
    while (csv.next()) {
    }
  });
  count("CSV into a ledger",
        [&] { std::ignore = io::read_transactions(io::Input::text(text), {.threads = 1}); });
}

template <class Model>
void count_model(const std::string& name, const Model& model, const clv::Summary& summary) {
  const clv::Histories histories = summary.histories();
  const clv::Patterns patterns(histories);
  count((name + ": likelihood and derivatives").c_str(),
        [&] { std::ignore = log_likelihood_derivatives(model, patterns); });
  double sum = 0;
  const auto count_answers = [&](const char* what, const auto& answer) {
    count((name + ": " + what).c_str(), [&] {
      for (std::size_t i = 0; i < histories.size(); i += 10) sum += answer(histories[i]);
    });
  };
  count_answers("P(alive)", [&](const auto& c) { return model.probability_alive(c); });
  count_answers("purchases", [&](const auto& c) { return model.expected_purchases(c, 39); });
  std::vector<double> column(histories.size());
  count((name + ": P(alive) by column").c_str(),
        [&] { clv::probability_alive(model, histories, column); });
  count((name + ": purchases by column").c_str(),
        [&] { clv::expected_purchases(model, histories, 39, column); });
  if (!(sum > 0)) std::abort();
}

void count_models() {
  std::vector<record::TransactionColumns> parts;
  parts.push_back(make_rows());
  const auto ledger = record::build_ledger(std::move(parts), 1);
  const clv::Summary summary = clv::summarise(ledger, {.as_of = last_day});
  count_model("BG/NBD", clv::BgNbd({.r = 0.24, .alpha = 4.4, .a = 0.79, .b = 2.43}), summary);
  count_model("MBG/NBD", clv::MbgNbd({.r = 0.52, .alpha = 6.2, .a = 0.89, .b = 1.6}), summary);
  count_model("Pareto/NBD", clv::ParetoNbd({.r = 0.55, .alpha = 10.6, .s = 0.61, .beta = 11.7}),
              summary);
  const clv::SpendPatterns spends(summary.spends());
  count("Gamma-Gamma: likelihood and derivatives", [&] {
    std::ignore =
        log_likelihood_derivatives(clv::GammaGamma({.p = 6.2, .q = 3.7, .gamma = 15.4}), spends);
  });
}

}  // namespace

int main() {
  count_rows();
  count_text();
  count_models();
  return 0;
}
