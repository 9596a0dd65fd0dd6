#include <rapport/clv/summary.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <cmath>
#include <random>
#include <string>

namespace rapport::clv {
namespace {

using core::as_of;
using core::Day;

struct Order {
  int customer;
  const char* day;
  std::int64_t cents = 100;
  [[nodiscard]] Day on() const { return as_of(day).day(); }
};

record::Ledger ledger_of(const std::vector<Order>& orders) {
  return record::ledger_of(
      orders, {.customer = &Order::customer, .time = &Order::on, .amount = &Order::cents});
}

void expect_row(const Summary& summary, std::size_t row, double x, double t_x, double t,
                double mean) {
  SCOPED_TRACE(row);
  EXPECT_EQ(summary.frequency[row], x);
  EXPECT_EQ(summary.recency[row], t_x);
  EXPECT_EQ(summary.age[row], t);
  EXPECT_TRUE(std::isnan(mean) ? std::isnan(summary.monetary_value[row])
                               : summary.monetary_value[row] == mean)
      << summary.monetary_value[row];
}

// The log of three customers that a peer's own tests use, as golden facts of data preparation.
TEST(Summary, CountsRepeatDaysFromTheFirst) {
  const record::Ledger ledger = ledger_of({{1, "2015-02-01"},
                                           {1, "2015-02-06"},
                                           {2, "2015-01-01"},
                                           {3, "2015-01-01"},
                                           {3, "2015-01-02"},
                                           {3, "2015-01-05"}});
  const Summary daily = summarise(ledger, {.as_of = as_of("2015-02-07"), .period = core::days});
  ASSERT_EQ(daily.size(), 3U);
  expect_row(daily, 0, 1, 5, 6, 1);
  expect_row(daily, 1, 0, 0, 37, std::nan(""));
  expect_row(daily, 2, 2, 4, 37, 1);

  const Summary weekly = summarise(ledger, {.as_of = as_of("2015-02-07"), .period = core::weeks});
  expect_row(weekly, 2, 2, 4 / 7.0, 37 / 7.0, 1);
}

TEST(Summary, MergesTheOrdersOfOneDayAndAddsTheirAmounts) {
  const record::Ledger ledger = ledger_of({{1, "2015-01-01", 5'000},
                                           {1, "2015-01-11", 200},
                                           {1, "2015-01-11", 100},
                                           {1, "2015-01-21", 100}});
  expect_row(summarise(ledger, {.as_of = as_of("2015-01-31"), .period = core::days}), 0, 2, 20, 30,
             2);
}

TEST(Summary, RefundsCountAgainstRepeatSpendNeverAgainstPurchases) {
  const record::Ledger ledger = ledger_of({{1, "2015-01-01", 5'000},
                                           {1, "2015-01-01", -1'000},
                                           {1, "2015-01-11", 300},
                                           {1, "2015-01-25", -100}});
  expect_row(summarise(ledger, {.as_of = as_of("2015-01-31"), .period = core::days}), 0, 1, 10, 30,
             2);
}

TEST(Summary, KnowsNothingAfterTheAsOfDay) {
  const record::Ledger ledger = ledger_of({{1, "2015-01-01"},
                                           {1, "2015-01-31"},
                                           {1, "2015-02-01"},
                                           {2, "2015-02-01"},
                                           {3, "2015-01-05", -100}});
  const Summary summary = summarise(ledger, {.as_of = as_of("2015-01-31"), .period = core::days});
  ASSERT_EQ(summary.size(), 1U);
  expect_row(summary, 0, 1, 30, 30, 1);
  EXPECT_EQ(summary.without_purchase, 2U) << "one came later, one only returned";
}

TEST(Summary, OfRowsIsThatOfTheirLedger) {
  record::TransactionColumns rows{record::LedgerRules{.currency = core::Currency("JPY")}};
  std::mt19937 random(7);
  for (int i = 0; i < 6000; ++i) {
    ASSERT_FALSE(rows.add(
        {.customer = static_cast<std::int64_t>(random() % 700) << random() % 3,
         .at = core::Day{std::chrono::year{2014} / 1 / 1} + std::chrono::hours{random() % 9000},
         .amount = static_cast<std::int64_t>(random() % 900) - 90}));
  }
  const record::Ledger ledger = record::build_ledger({rows});
  for (const bool intervals : {false, true}) {
    const SummaryOptions options{
        .as_of = as_of("2014-07-31"), .intervals = intervals, .threads = 2};
    const Summary expected = summarise(ledger, options);
    const auto [customers, summary] = summarise({rows}, options);
    EXPECT_EQ(customers.size(), ledger.customers().size());
    EXPECT_EQ(customers.key({99}), ledger.customers().key({99}));
    EXPECT_EQ(summary.customer, expected.customer);
    EXPECT_EQ(summary.frequency, expected.frequency);
    EXPECT_EQ(summary.recency, expected.recency);
    EXPECT_EQ(summary.age, expected.age);
    EXPECT_EQ(summary.sum_log_intervals, expected.sum_log_intervals);
    EXPECT_EQ(summary.without_purchase, expected.without_purchase);
    EXPECT_GT(summary.without_purchase, 0U);
    ASSERT_EQ(summary.size(), expected.size());
    for (std::size_t i = 0; i < summary.size(); ++i) {
      expect_row(summary, i, expected.frequency[i], expected.recency[i], expected.age[i],
                 expected.monetary_value[i]);
    }
  }
}

TEST(Summary, OfAnEmptyLedgerIsEmpty) {
  const Summary summary = summarise(record::Ledger(), {.as_of = as_of("2015-01-31")});
  EXPECT_EQ(summary.size(), 0U);
  EXPECT_EQ(summary.histories().size(), 0U);
}

TEST(Summary, SumsTheLogarithmsOfIntervalsIfAsked) {
  const record::Ledger ledger = ledger_of({{1, "2015-01-01"},
                                           {1, "2015-01-15"},
                                           {1, "2015-01-15"},
                                           {1, "2015-01-18"},
                                           {2, "2015-01-02"},
                                           {1, "2015-02-20"}});
  const Summary weekly = summarise(ledger, {.as_of = as_of("2015-01-31"), .intervals = true});
  ASSERT_EQ(weekly.sum_log_intervals.size(), 2U);
  EXPECT_NEAR(weekly.sum_log_intervals[0], std::log(14 / 7.0) + std::log(3 / 7.0), 1e-12);
  EXPECT_EQ(weekly.sum_log_intervals[1], 0);
  EXPECT_EQ(weekly.histories()[0].sum_log_intervals, weekly.sum_log_intervals[0]);
  const Summary without = summarise(ledger, {.as_of = as_of("2015-01-31")});
  EXPECT_TRUE(without.sum_log_intervals.empty());
  EXPECT_TRUE(std::isnan(without.histories()[0].sum_log_intervals));
}

// golden.md, 1.3: what elog2cbs of BTYDplus finds for two customers, in weeks.
TEST(Summary, OfTheGroceryDataKnowsHowRegularCustomersAre) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table log(tests::data_file("grocery_transactions.csv"));
  struct Row {
    std::string customer;
    Day on;
    std::int64_t cents = 100;
  };
  std::vector<Row> rows;
  for (std::size_t i = 0; i < log.rows(); ++i) {
    rows.push_back({log.text(i, "customer_id"), as_of(log.text(i, "date")).day()});
  }
  const record::Ledger ledger = record::ledger_of(
      rows, {.customer = &Row::customer, .time = &Row::on, .amount = &Row::cents});
  const Summary summary = summarise(ledger, {.as_of = as_of("2006-12-31"), .intervals = true});
  ASSERT_EQ(summary.size(), 1525U);
  // The customers 2 and 3; the first one is in row 0.
  EXPECT_EQ(summary.frequency[1], 1);
  EXPECT_NEAR(summary.recency[1], 50.28571429, 1e-8);
  EXPECT_NEAR(summary.sum_log_intervals[1], 3.91772103, 1e-8);
  EXPECT_EQ(summary.frequency[2], 19);
  EXPECT_NEAR(summary.recency[2], 48.57142857, 1e-8);
  // Sevenths of days as such have it end on 84; that package rounds them.
  EXPECT_NEAR(summary.sum_log_intervals[2], 16.95217888, 1e-7);
  EXPECT_EQ(summary.age[2], 52);
}

TEST(Summary, OfCdnowIsThePublishedOneRowByRow) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table log(tests::data_file("cdnow_sample_transactions.csv"));
  struct Row {
    int customer;
    Day on;
    std::int64_t cents;
  };
  std::vector<Row> rows;
  for (std::size_t i = 0; i < log.rows(); ++i) {
    rows.push_back({static_cast<int>(log.number(i, "customer_id")),
                    as_of(log.text(i, "date")).day(), std::llround(100 * log.number(i, "amount"))});
  }
  const record::Ledger ledger = record::ledger_of(
      rows, {.customer = &Row::customer, .time = &Row::on, .amount = &Row::cents});
  const Summary summary = summarise(ledger, {.as_of = as_of("1997-09-30"), .threads = 2});
  const tests::Table published(tests::data_file("cdnow_summary.csv"));
  ASSERT_EQ(summary.size(), published.rows());
  for (std::size_t i = 0; i < summary.size(); ++i) {
    SCOPED_TRACE(i);
    ASSERT_EQ(summary.frequency[i], published.number(i, "frequency"));
    ASSERT_NEAR(summary.recency[i], published.number(i, "recency"), 1e-12);
    ASSERT_NEAR(summary.age[i], published.number(i, "T"), 1e-12);
    if (summary.frequency[i] > 0) {
      ASSERT_NEAR(summary.monetary_value[i], published.number(i, "monetary_value"), 1e-9);
    }
  }
}

}  // namespace
}  // namespace rapport::clv
