#include <rapport/clv/split.hpp>

#include <rapport/io/transactions.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <numeric>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

using core::as_of;

struct Order {
  int customer;
  const char* day;
  std::int64_t cents = 100;
  [[nodiscard]] core::Day on() const { return as_of(day).day(); }
};

record::Ledger ledger_of(const std::vector<Order>& orders) {
  return record::ledger_of(
      orders, {.customer = &Order::customer, .time = &Order::on, .amount = &Order::cents});
}

// The log of six customers that a peer's own tests use (golden facts, data preparation): hold-out
// counts and means there are of days alike.
TEST(Split, CountsWhatCameAfterTheDayForWhoeverWasThere) {
  const record::Ledger ledger = ledger_of({{1, "2015-01-01", 500},
                                           {1, "2015-01-20", 200},
                                           {1, "2015-01-20", 50},
                                           {1, "2015-02-02", 300},
                                           {1, "2015-02-02", 100},
                                           {1, "2015-02-07", -150},
                                           {2, "2015-01-29"},
                                           {3, "2015-02-03", 700},
                                           {3, "2015-02-05", 400},
                                           {4, "2015-02-08"}});
  const Split split = clv::split(
      ledger, {.as_of = as_of("2015-02-01"), .last = as_of("2015-02-07"), .period = core::days});
  EXPECT_EQ(split.horizon.in(core::days), 6);
  ASSERT_EQ(split.calibration.size(), 2U);
  EXPECT_EQ(split.calibration.frequency, (std::vector<double>{1, 0}));
  EXPECT_EQ(split.calibration.age, (std::vector<double>{31, 3}));
  EXPECT_EQ(split.calibration.monetary_value[0], 2.5);
  EXPECT_EQ(split.holdout_frequency, (std::vector<double>{1, 0}));  // a refund is no purchase
  EXPECT_EQ(split.holdout_spend, (std::vector<double>{2.5, 0}));
  EXPECT_EQ(split.newcomers, (Split::Newcomers{.customers = 1, .purchase_days = 2, .spend = 11}));
}

TEST(Split, CountsRepeatPurchasesOfTheLastHorizon) {
  const record::Ledger ledger = ledger_of({{1, "2015-01-01"},
                                           {1, "2015-01-11"},
                                           {1, "2015-01-12"},
                                           {1, "2015-01-13", -30},
                                           {1, "2015-01-20"},
                                           {2, "2015-01-12"},
                                           {2, "2015-01-15", 250},
                                           {3, "2015-01-20"}});
  // Ten days before the split: from the 12th on. The first purchases of 2 and 3 repeat nothing.
  const Split split =
      clv::split(ledger, {.as_of = as_of("2015-01-21"), .last = as_of("2015-01-31")});
  EXPECT_EQ(split.recent_frequency, (std::vector<double>{2, 1, 0}));
  EXPECT_EQ(split.recent_spend, (std::vector<double>{1.7, 2.5, 0}));
}

TEST(Split, OfCdnowIsThePublishedOne) {
  RAPPORT_REQUIRE_DATA();
  const record::Ledger ledger =
      io::read_transactions(tests::data_file("cdnow_sample_transactions.csv"), {});
  const Split split =
      clv::split(ledger, {.as_of = as_of("1997-09-30"), .last = as_of("1998-06-30"), .threads = 2});
  const tests::Table table(tests::data_file("cdnow_summary.csv"));
  ASSERT_EQ(split.calibration.size(), table.rows());
  EXPECT_EQ(split.horizon.in(core::weeks), 39);
  EXPECT_EQ(split.holdout_frequency, table.numbers("holdout_frequency"));
  EXPECT_EQ(split.calibration.frequency, table.numbers("frequency"));
  EXPECT_EQ(split.recent_frequency, split.calibration.frequency);  // nobody is older
  EXPECT_EQ(split.newcomers, Split::Newcomers{});
  EXPECT_EQ(std::accumulate(split.holdout_frequency.begin(), split.holdout_frequency.end(), 0.0),
            1882);
}

TEST(Split, TakesACalibrationFromSummarise) {
  const record::Ledger ledger = ledger_of(
      {{1, "2015-01-01"}, {2, "2015-01-03", 250}, {2, "2015-01-09", 99}, {3, "2015-02-01"}});
  const Split split =
      clv::split(ledger, {.as_of = as_of("2015-01-31"), .last = as_of("2015-01-31")});
  const Summary summary = summarise(ledger, {.as_of = as_of("2015-01-31")});
  EXPECT_EQ(split.calibration.customer, summary.customer);
  EXPECT_EQ(split.calibration.recency, summary.recency);
  EXPECT_EQ(split.calibration.without_purchase, summary.without_purchase);
  // A hold-out of no days.
  EXPECT_EQ(split.horizon.count(), 0);
  EXPECT_EQ(split.holdout_frequency, (std::vector<double>{0, 0}));
}

TEST(Split, RejectsAHoldOutThatEndsBeforeItBegins) {
  const record::Ledger ledger = ledger_of({{1, "2015-01-01"}});
  EXPECT_THROW(
      (void)clv::split(ledger, {.as_of = as_of("2015-02-01"), .last = as_of("2015-01-31")}),
      std::invalid_argument);
}

}  // namespace
}  // namespace rapport::clv
