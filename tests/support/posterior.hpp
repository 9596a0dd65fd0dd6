#ifndef RAPPORT_TESTS_SUPPORT_POSTERIOR_HPP
#define RAPPORT_TESTS_SUPPORT_POSTERIOR_HPP

/// \file
/// What tests of the Bayesian models share.

#include "support/data.hpp"

#include <rapport/clv/histories.hpp>
#include <rapport/clv/posterior.hpp>
#include <rapport/clv/simulate.hpp>

#include <gtest/gtest.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace rapport::tests {

/// Columns that a Histories looks at.
struct HistoryColumns {
  std::vector<double> frequency, recency, age, sum_log_intervals;

  void add(std::span<const double> times, double at) {
    const clv::CustomerHistory c = clv::history_at(times, at);
    double sum = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(c.frequency); ++i) {
      sum += std::log(times[i] - (i == 0 ? 0 : times[i - 1]));
    }
    frequency.push_back(c.frequency);
    recency.push_back(c.recency);
    age.push_back(c.age);
    sum_log_intervals.push_back(sum);
  }

  [[nodiscard]] clv::Histories histories() const {
    return {{.frequency = frequency, .recency = recency, .age = age}, core::weeks};
  }

  /// With the column of models of regular buying.
  [[nodiscard]] clv::Histories regular_histories() const {
    return {{.frequency = frequency,
             .recency = recency,
             .age = age,
             .sum_log_intervals = sum_log_intervals},
            core::weeks};
  }

  /// The same rows in another order.
  [[nodiscard]] HistoryColumns reversed() const {
    HistoryColumns result = *this;
    for (auto* column :
         {&result.frequency, &result.recency, &result.age, &result.sum_log_intervals}) {
      std::reverse(column->begin(), column->end());
    }
    return result;
  }
};

inline HistoryColumns cdnow_columns() {
  const Table table(data_file("cdnow_summary.csv"));
  return {table.numbers("frequency"), table.numbers("recency"), table.numbers("T"),
          std::vector<double>(table.rows(), 0.0)};
}

inline double weeks_between(core::Day from, core::Day to) {
  return static_cast<double>((to - from).count()) / 7;
}

/// Grocery customers up to 2006-12-31, in weeks.
inline HistoryColumns grocery_columns() {
  const Table table(data_file("grocery_transactions.csv"));
  const core::Day end = core::as_of("2006-12-31").day();
  std::map<std::string, std::set<core::Day>> days;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const core::Day day = core::as_of(table.text(i, "date")).day();
    if (day <= end) days[table.text(i, "customer_id")].insert(day);
  }
  HistoryColumns columns;
  for (const auto& [customer, of_customer] : days) {
    std::vector<double> times;
    for (const core::Day day : of_customer)
      times.push_back(weeks_between(*of_customer.begin(), day));
    times.erase(times.begin());
    columns.add(times, weeks_between(*of_customer.begin(), end));
  }
  return columns;
}

/// Customers of a model, seen up to an age, and what they buy in the horizon that follows.
struct BaseWithFuture {
  HistoryColumns columns;
  std::vector<double> later;  ///< purchases in (age, age + horizon]

  [[nodiscard]] double total() const { return std::accumulate(later.begin(), later.end(), 0.0); }
};

template <class Model>
BaseWithFuture simulate_base(const Model& model, std::size_t customers, double horizon,
                             std::uint64_t seed) {
  BaseWithFuture base;
  for (std::size_t i = 0; i < customers; ++i) {
    math::RandomStream stream(seed, i, 77);
    const double age = 20 + static_cast<double>(i % 21);
    const std::vector<double> times = draw_purchases(model, age + horizon, stream);
    base.columns.add(times, age);
    base.later.push_back(static_cast<double>(times.size()) - base.columns.frequency.back());
  }
  return base;
}

/// Where a value stands among draws: in [0, 1], uniform if the draws are of its own law.
inline double rank_among(std::span<const double> draws, double value) {
  const auto below = std::count_if(draws.begin(), draws.end(), [&](double x) { return x < value; });
  return static_cast<double>(below) / static_cast<double>(draws.size());
}

/// Ranks in ten bins against the uniform law: chi-squared has 9 degrees of freedom, 27.9 is
/// exceeded once in a thousand.
inline void expect_uniform(const std::vector<double>& ranks, const std::string& name) {
  std::vector<double> bins(10);
  for (const double rank : ranks)
    bins[std::min<std::size_t>(9, static_cast<std::size_t>(rank * 10))] += 1;
  const double expected = static_cast<double>(ranks.size()) / 10;
  double chi_squared = 0;
  for (const double bin : bins) chi_squared += (bin - expected) * (bin - expected) / expected;
  EXPECT_LT(chi_squared, 27.9) << name;
}

/// Equal to the last bit, in everything that is told of parameters and of row i against row
/// map(i).
template <class Map>
void expect_same_bytes(const clv::posterior::Posterior& one, const clv::posterior::Posterior& other,
                       const Map& map) {
  EXPECT_EQ(one.draws.values, other.draws.values);
  EXPECT_EQ(one.report.message, other.report.message);
  EXPECT_EQ(one.customers.total.low, other.customers.total.low);
  EXPECT_EQ(one.customers.total.value, other.customers.total.value);
  const std::size_t rows = one.customers.purchase_rate.size();
  ASSERT_EQ(other.customers.purchase_rate.size(), rows);
  for (std::size_t i = 0; i < rows; ++i) {
    EXPECT_EQ(one.customers.probability_alive.value[i],
              other.customers.probability_alive.value[map(i)]);
    EXPECT_EQ(one.customers.expected_purchases.value[i],
              other.customers.expected_purchases.value[map(i)]);
    EXPECT_EQ(one.customers.purchases.high[i], other.customers.purchases.high[map(i)]);
    EXPECT_EQ(one.customers.purchase_rate[i], other.customers.purchase_rate[map(i)]);
    EXPECT_EQ(one.customers.dropout_rate[i], other.customers.dropout_rate[map(i)]);
  }
}

/// `ask(columns, options)` samples: the same bytes for any number of threads and order of rows.
template <class Ask>
void expect_no_trace_of_threads_and_order(const HistoryColumns& columns,
                                          clv::posterior::Options options, const Ask& ask) {
  options.threads = 1;
  const auto one = ask(columns, options);
  options.threads = 3;
  expect_same_bytes(one, ask(columns, options), [](std::size_t i) { return i; });
  const std::size_t rows = columns.frequency.size();
  expect_same_bytes(one, ask(columns.reversed(), options),
                    [&](std::size_t i) { return rows - 1 - i; });
}

/// Most bytes allocated, beyond those before the call, while `ask(options)` samples; 0 where the C
/// library does not say. `ask` must pass the options' watch on.
template <class Ask>
double bytes_while_sampling(const Ask& ask) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
  const auto allocated = [] {
    const auto info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
  };
  const double before = allocated();
  double most = 0;
  clv::posterior::Options options;
  options.watch.on_progress = [&](const core::Progress&) {
    most = std::max(most, allocated() - before);
  };
  (void)ask(options);
  return most;
#else
  (void)ask;
  return 0;
#endif
}

/// Bases of which little can be known: the answer is finite, and not taken for settled if it is
/// not.
template <class Ask>
void expect_an_answer_to_poor_data(const Ask& ask) {
  struct Case {
    const char* name;
    HistoryColumns columns;
  };
  const double steady = 40 * std::log(0.5);
  const Case cases[] = {
      {"one customer", {{3}, {20}, {30}, {3 * std::log(5)}}},
      {"one one-timer", {{0}, {0}, {30}, {0}}},
      {"age zero", {{0, 0}, {0, 0}, {0, 0}, {0, 0}}},
      {"all one-timers",
       {std::vector<double>(20), std::vector<double>(20), std::vector<double>(20, 30.0),
        std::vector<double>(20)}},
      {"all equal and regular",
       {std::vector<double>(20, 40.0), std::vector<double>(20, 20.0), std::vector<double>(20, 20.5),
        std::vector<double>(20, steady)}},
      {"one with ten thousand purchases",
       {{10'000, 0, 1}, {39, 0, 5}, {40, 40, 40}, {10'000 * std::log(1e-3), 0, std::log(5)}}},
  };
  for (const auto& [name, columns] : cases) {
    SCOPED_TRACE(name);
    const auto found =
        ask(columns,
            clv::posterior::Options{.chains = 2, .warmup = 60, .draws = 60, .forecast_draws = 40});
    for (const double value : found.draws.values) EXPECT_TRUE(std::isfinite(value));
    for (std::size_t i = 0; i < columns.frequency.size(); ++i) {
      const auto alive = found.customers.probability_alive[i];
      EXPECT_TRUE(alive.value >= 0 && alive.value <= 1) << alive.value;
      const auto expected = found.customers.expected_purchases[i];
      EXPECT_TRUE(std::isfinite(expected.value) && expected.value >= 0) << expected.value;
      const auto counts = found.customers.purchases[i];
      EXPECT_LE(counts.low, counts.high);
    }
    EXPECT_TRUE(std::isfinite(found.customers.total.value));
    EXPECT_FALSE(found.report.message.empty());
    // 120 draws in all cannot be 100 effective ones of each chain in all four or more parameters.
    EXPECT_FALSE(found.report.usable());
  }
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_POSTERIOR_HPP
