/// \file
/// How fast transactions in CSV are cut into fields, and read into a ledger.

#include <rapport/io/csv.hpp>
#include <rapport/io/transactions.hpp>
#include <rapport/rfm/score.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <string>

#if !defined(NDEBUG)
#error "measure with the preset release: assertions are on"
#endif

namespace {

using namespace rapport;

// Rows as CDNOW's: key, day, amount; from a fixed seed.
std::string shop(std::int64_t rows, bool quoted) {
  std::mt19937 random(1);
  std::string text = "customer_id,date,amount\n";
  text.reserve(static_cast<std::size_t>(rows) * 26);
  const char* quote = quoted ? "\"" : "";
  for (std::int64_t row = 0; row < rows; ++row) {
    const core::Day day = core::Day{std::chrono::year{1997} / 1 / 1} +
                          std::chrono::days{static_cast<int>(random() % 500)};
    const auto key = random() % static_cast<std::uint32_t>(rows / 3 + 1);
    text.append(std::to_string(key)).append(",").append(quote).append(core::to_text(day));
    text.append(quote)
        .append(",")
        .append(core::decimal_text(static_cast<int>(random() % 20'000), 2))
        .append("\n");
  }
  return text;
}

void count_bytes(benchmark::State& state, const std::string& text, std::int64_t rows) {
  state.SetItemsProcessed(state.iterations() * rows);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void cut_into_fields(benchmark::State& state) {
  const std::string text = shop(state.range(0), state.range(1) != 0);
  for (auto _ : state) {
    io::CsvReader csv(io::Input::text(text));
    std::size_t sum = 0;
    while (csv.next()) sum += csv.field(2).size();
    benchmark::DoNotOptimize(sum);
  }
  count_bytes(state, text, state.range(0));
}
BENCHMARK(cut_into_fields)
    ->ArgNames({"rows", "quoted"})
    ->ArgsProduct({{10'000, 1'000'000, 10'000'000}, {0, 1}})
    ->Unit(benchmark::kMillisecond);

void read_into_ledger(benchmark::State& state) {
  const std::string text = shop(state.range(0), false);
  const io::TransactionsOptions options{.threads = static_cast<int>(state.range(1))};
  for (auto _ : state) {
    const auto ledger = io::read_transactions(io::Input::text(text), options);
    benchmark::DoNotOptimize(ledger.rows());
  }
  count_bytes(state, text, state.range(0));
}
BENCHMARK(read_into_ledger)
    ->ArgNames({"rows", "threads"})
    ->ArgsProduct({{10'000, 100'000, 1'000'000, 10'000'000}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void rfm_of_csv(benchmark::State& state) {
  const std::string text = shop(state.range(0), false);
  const core::Threads threads(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    auto rows = io::read_transaction_rows(io::Input::text(text), {.threads = threads});
    const auto made =
        rfm::make_table(std::move(rows.columns), as_of("1998-12-31"), {.threads = threads});
    const auto scores = rfm::score(made.table, {.threads = threads});
    benchmark::DoNotOptimize(scores.r.data());
  }
  count_bytes(state, text, state.range(0));
}
BENCHMARK(rfm_of_csv)
    ->ArgNames({"rows", "threads"})
    ->ArgsProduct({{100'000, 1'000'000, 10'000'000}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
