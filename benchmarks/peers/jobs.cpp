// The jobs that compare.mjs gives to rapport and to a peer alike, on the same files.
//
//   peers_jobs write FILE ROWS dense|sparse
//   peers_jobs rfm_of_rows|rfm_of_ledger|rfm_of_file|summary_of_rows FILE THREADS TIMES
//
// A job prints one line of JSON: the seconds of each time, and what the answers are compared by.

#include "../support/shop.hpp"

#include <rapport/clv/summary.hpp>
#include <rapport/core/format.hpp>
#include <rapport/io/transactions.hpp>
#include <rapport/rfm/score.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using namespace rapport;

const core::AsOf last_day = as_of("2021-12-31");

// Keys: the customers' numbers, seven digits at most; or 64-bit ones as hashes are.
void write(const std::string& path, std::uint64_t rows, bool sparse) {
  std::ofstream out(path, std::ios::binary);
  std::string text = "customer_id,date,amount\n";
  const std::uint64_t customers = rows * 19 / 100 + 1;
  const core::Day first = std::chrono::year{2020} / 1 / 1;
  for (std::uint64_t row = 0; row < rows; ++row) {
    const std::uint64_t chance = benchmarks::mixed(row);
    const std::uint64_t customer = chance % customers;
    text += std::to_string(sparse ? benchmarks::mixed(~customer) >> 1 : customer);
    text += ',';
    text += core::to_text(first + std::chrono::days{static_cast<int>((chance >> 32) % 731)});
    text += ',';
    text += core::decimal_text(static_cast<std::int64_t>(chance >> 20) % 20'000, 2);
    text += '\n';
    if (text.size() > 1 << 20) {
      out << text;
      text.clear();
    }
  }
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

// Rows as a host holds them: the ledger's rows in the order of the file.
record::TransactionColumns rows_of(const std::string& path) {
  record::TransactionColumns columns{record::LedgerRules{}};
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::map<std::string, core::Instant> instants;
  while (std::getline(file, line)) {
    const auto date = line.find(',');
    const auto amount = line.find(',', date + 1);
    const std::string day = line.substr(date + 1, amount - date - 1);
    auto found = instants.find(day);
    if (found == instants.end()) found = instants.emplace(day, as_of(day).day()).first;
    const double money = std::strtod(line.c_str() + amount + 1, nullptr);
    if (columns.add({.customer = static_cast<std::int64_t>(std::stoll(line.substr(0, date))),
                     .at = found->second,
                     .amount = std::llround(100 * money)})) {
      throw std::runtime_error("a row was refused: " + line);
    }
  }
  return columns;
}

template <class Number>
std::string list_of(const std::vector<Number>& numbers) {
  std::ostringstream text;
  for (std::size_t i = 0; i < numbers.size(); ++i) text << (i > 0 ? "," : "") << numbers[i];
  return text.str();
}

// How many customers have each triple of scores, from (1, 1, 1) to (5, 5, 5).
std::string cells(const rfm::Scores& scores) {
  std::vector<std::uint64_t> counts(125);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    ++counts[static_cast<std::size_t>(25 * scores.r[i] + 5 * scores.f[i] + scores.m[i] - 31)];
  }
  return list_of(counts);
}

std::string sums(const clv::Summary& summary) {
  std::int64_t frequency = 0, recency = 0, age = 0, spend = 0;
  for (std::size_t i = 0; i < summary.size(); ++i) {
    frequency += std::llround(summary.frequency[i]);
    recency += std::llround(summary.recency[i]);
    age += std::llround(summary.age[i]);
    if (summary.frequency[i] > 0) {
      spend += std::llround(100 * summary.monetary_value[i] * summary.frequency[i]);
    }
  }
  return list_of<std::int64_t>(
      {static_cast<std::int64_t>(summary.size()), frequency, recency, age, spend});
}

std::vector<record::TransactionColumns> only(record::TransactionColumns rows) {
  std::vector<record::TransactionColumns> parts;
  parts.push_back(std::move(rows));
  return parts;
}

// Times work(input), each time on an input of its own, made before the clock starts.
template <class MakeInput, class Work>
void time_job(int times, const MakeInput& make_input, const Work& work) {
  std::vector<double> seconds;
  std::string answer;
  for (int i = 0; i < times; ++i) {
    auto input = make_input();
    const auto begin = std::chrono::steady_clock::now();
    const auto result = work(std::move(input));
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    seconds.push_back(passed.count());
    if constexpr (std::is_same_v<decltype(result), const rfm::Scores>) {
      answer = cells(result);
    } else {
      answer = sums(result);
    }
  }
  std::cout << R"({"seconds":[)" << list_of(seconds) << R"(],"answer":[)" << answer << "]}\n";
}

void run(const std::string& job, const std::string& path, const core::Threads& threads, int times) {
  const rfm::TableOptions options{.frequency = rfm::Frequency::purchases, .threads = threads};
  const auto rfm_of = [&](const record::LedgerView& ledger) {
    return rfm::score(rfm::make_table(ledger, last_day, options), {.threads = threads});
  };
  if (job == "rfm_of_file") {
    return time_job(
        times, [&] { return path; },
        [&](const std::string& file) {
          auto read = io::read_transaction_rows(file, {.threads = threads});
          return rfm::score(rfm::make_table(std::move(read.columns), last_day, options).table,
                            {.threads = threads});
        });
  }
  const record::TransactionColumns rows = rows_of(path);
  const auto copy = [&] { return rows; };
  if (job == "rfm_of_rows") {
    return time_job(times, copy, [&](record::TransactionColumns&& mine) {
      return rfm::score(rfm::make_table(only(std::move(mine)), last_day, options).table,
                        {.threads = threads});
    });
  }
  if (job == "summary_of_rows") {
    return time_job(times, copy, [&](record::TransactionColumns&& mine) {
      return clv::summarise(only(std::move(mine)),
                            {.as_of = last_day, .period = core::days, .threads = threads})
          .summary;
    });
  }
  if (job == "rfm_of_ledger") {
    const record::Ledger ledger = record::build_ledger(only(rows), threads);
    return time_job(
        times, [&] { return &ledger; }, [&](const record::Ledger* mine) { return rfm_of(*mine); });
  }
  throw std::invalid_argument("no such job: " + job);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() != 4) throw std::invalid_argument("four arguments: see jobs.cpp");
  if (arguments[0] == "write") {
    write(arguments[1], std::stoull(arguments[2]), arguments[3] == "sparse");
  } else {
    run(arguments[0], arguments[1], std::stoi(arguments[2]), std::stoi(arguments[3]));
  }
  return 0;
} catch (const std::exception& error) {
  std::cerr << "peers_jobs: " << error.what() << '\n';
  return 1;
}
