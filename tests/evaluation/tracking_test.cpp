#include <rapport/evaluation/tracking.hpp>

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/split.hpp>
#include <rapport/io/transactions.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace rapport::evaluation {
namespace {

using core::as_of;

struct Order {
  int customer;
  const char* day;
  [[nodiscard]] core::Day on() const { return as_of(day).day(); }
};

record::Ledger ledger_of(const std::vector<Order>& orders) {
  return record::ledger_of(orders, {.customer = &Order::customer, .time = &Order::on});
}

record::Ledger cdnow() {
  return io::read_transactions(tests::data_file("cdnow_sample_transactions.csv"), {});
}

TEST(PurchaseCalendar, CountsBirthsAndRepeatPurchasesByDay) {
  const record::Ledger ledger = ledger_of({{1, "2015-01-02"},
                                           {1, "2015-01-02"},
                                           {1, "2015-01-04"},
                                           {2, "2015-01-04"},
                                           {2, "2015-01-06"},
                                           {1, "2015-01-06"},
                                           {3, "2015-01-06"},
                                           {1, "2015-01-09"}});
  const PurchaseCalendar all = purchase_calendar(ledger, {.last = as_of("2015-01-07")});
  EXPECT_EQ(all.first, as_of("2015-01-02").day());
  EXPECT_EQ(all.births, (std::vector<double>{1, 0, 1, 0, 1, 0}));
  EXPECT_EQ(all.repeats, (std::vector<double>{0, 0, 1, 0, 2, 0}));
  EXPECT_EQ(all.customers(), 3);
  const PurchaseCalendar early =
      purchase_calendar(ledger, {.last = as_of("2015-01-07"), .born_by = as_of("2015-01-03")});
  EXPECT_EQ(early.customers(), 1);
  EXPECT_EQ(early.repeats, (std::vector<double>{0, 0, 1, 0, 1, 0}));
  EXPECT_EQ(purchase_calendar(ledger, {.last = as_of("2015-01-01")}).days(), 0U);
}

// What the model expects of a customer is simple here: one purchase a day, for ever.
TEST(Tracking, AddsTheExpectationOfEachBirth) {
  const PurchaseCalendar calendar{.first = as_of("2015-01-01").day(),
                                  .births = {2, 0, 0, 0, 0, 0, 0, 0, 3, 0},
                                  .repeats = {0, 1, 1, 0, 0, 0, 0, 1, 0, 1}};
  TrackingOptions options{.calibration_end = as_of("2015-01-07"), .period = core::days};
  const ExpectedPurchases daily = [](double age) { return age; };
  const auto rows = track(calendar, daily, options);
  ASSERT_EQ(rows.size(), 2U);  // a week, and three days of the next
  EXPECT_EQ(rows[0].last, as_of("2015-01-07").day());
  EXPECT_TRUE(rows[0].calibration);
  EXPECT_EQ(rows[0].actual, 2);
  EXPECT_EQ(rows[0].expected.value, 12);  // 2 customers of 6 days
  EXPECT_EQ(rows[1].last, as_of("2015-01-10").day());
  EXPECT_FALSE(rows[1].calibration);
  EXPECT_EQ(rows[1].cumulative_actual, 4);
  EXPECT_EQ(rows[1].cumulative_expected.value, 21);  // 2 of 9 days, 3 of 1 day
  EXPECT_EQ(rows[1].expected.value, 9);
  EXPECT_FALSE(rows[1].predicted.usable());
  options.first_day_counts = true;
  EXPECT_EQ(track(calendar, daily, options)[1].cumulative_expected.value, 26);
  options.step = core::days;
  EXPECT_EQ(track(calendar, daily, options).size(), 10U);
  options.step = core::months;
  EXPECT_EQ(track(calendar, daily, options).size(), 1U);
  options.level = 1;
  EXPECT_THROW((void)track(calendar, daily, options), std::domain_error);
  EXPECT_TRUE(track({}, daily, {.calibration_end = as_of("2015-01-07")}).empty());
}

TEST(Tracking, OfCdnowCountsThePublishedWeeks) {
  RAPPORT_REQUIRE_DATA();
  const PurchaseCalendar calendar =
      purchase_calendar(cdnow(), {.last = as_of("1998-06-30"), .threads = 2});
  const auto rows =
      track(calendar, [](double) { return 0; }, {.calibration_end = as_of("1997-09-30")});
  const tests::Table table(tests::data_file("cdnow_weekly_repeat.csv"));
  ASSERT_EQ(rows.size(), table.rows());
  for (std::size_t k = 0; k < rows.size(); ++k) {
    EXPECT_EQ(rows[k].cumulative_actual, table.number(k, "cumulative_repeat_transactions")) << k;
    EXPECT_EQ(rows[k].calibration, k < 39) << k;
  }
}

// The vignette of BTYD (golden facts 2.1), at its own estimates, and daily values of lifetimes;
// both count the first day as whole.
TEST(Tracking, OnCdnowExpectsWhatPeersPrint) {
  RAPPORT_REQUIRE_DATA();
  const PurchaseCalendar calendar = purchase_calendar(cdnow(), {.last = as_of("1998-06-30")});
  const clv::BgNbd model({.r = .2425967, .alpha = 4.413659, .a = .7929869, .b = 2.426164});
  const auto weekly =
      track(calendar, model, {.calibration_end = as_of("1997-09-30"), .first_day_counts = true});
  const double incremental[] = {76.86531, 74.88843, 73.04554, 71.32166, 69.70412, 68.18213};
  const double total[] = {1312.458, 1387.346, 1460.392, 1531.713, 1601.418, 1669.6};
  const double actual[] = {73, 55, 70, 33, 56, 99};
  for (std::size_t k = 0; k < 6; ++k) {
    SCOPED_TRACE(20 + k);
    EXPECT_NEAR(weekly[19 + k].expected.value, incremental[k], 2e-3);
    EXPECT_NEAR(weekly[19 + k].cumulative_expected.value, total[k], 2e-3);
    EXPECT_EQ(weekly[19 + k].actual, actual[k]);
  }
  const auto daily =
      track(calendar, model,
            {.calibration_end = as_of("1997-09-30"), .step = core::days, .first_day_counts = true});
  const double by_day[] = {10.67, 12.67, 14.87, 17.24};
  const double actual_by_day[] = {11, 12, 15, 19};
  for (std::size_t k = 0; k < 4; ++k) {
    SCOPED_TRACE(11 + k);
    EXPECT_NEAR(daily[10 + k].cumulative_expected.value, by_day[k], 6e-3);
    EXPECT_EQ(daily[10 + k].cumulative_actual, actual_by_day[k]);
  }
}

// Without histories and with them, the model expects much the same of the hold-out.
TEST(Tracking, AgreesWithConditionalExpectationsOfTheSameBase) {
  RAPPORT_REQUIRE_DATA();
  const record::Ledger ledger = cdnow();
  const clv::Split split =
      clv::split(ledger, {.as_of = as_of("1997-09-30"), .last = as_of("1998-06-30")});
  const auto fit = clv::fit<clv::MbgNbd>(split.calibration.histories());
  const auto rows = track(purchase_calendar(ledger, {.last = as_of("1998-06-30")}), fit,
                          {.calibration_end = as_of("1997-09-30"), .pairs = 1000});
  double conditional = 0;
  for (std::size_t i = 0; i < split.calibration.size(); ++i) {
    conditional += fit.model().expected_purchases(split.calibration.histories()[i], 39);
  }
  const double unconditional =
      rows[77].cumulative_expected.value - rows[38].cumulative_expected.value;
  EXPECT_NEAR(unconditional / conditional, 1, 0.02);
  for (const TrackingRow& row : rows) {
    EXPECT_LE(row.predicted.low, row.expected.low);
    EXPECT_GE(row.predicted.high, row.expected.high);
    EXPECT_EQ(row.predicted.covers, core::Covers::prediction);
  }
  EXPECT_NE(to_text(rows).find("1997-10-07 held out"), std::string::npos);
}

// Bases of 500 customers by a known model, born over 60 days and followed for 200: their counts
// should fall into 90 % intervals in 90 % of 300 bases, which itself errs by 1.7 %.
TEST(Tracking, PredictsTheCountsThatComeAsOftenAsItSays) {
  const clv::MbgNbd model({.r = 0.5, .alpha = 6, .a = 0.9, .b = 1.6});
  PurchaseCalendar calendar{.first = as_of("2015-01-01").day(),
                            .births = std::vector<double>(200),
                            .repeats = std::vector<double>(200)};
  for (std::size_t i = 0; i < 500; ++i) ++calendar.births[i % 60];
  // A fit without any doubt about its parameters: what is left is chance.
  clv::Fit<clv::MbgNbd> fit{};
  fit.params = model.params();
  fit.parameters = {0.5, 6, 0.9, 1.6};
  fit.working_covariance.assign(16, 0);
  fit.status = clv::FitStatus::converged;
  fit.period = core::weeks;
  const auto rows = track(calendar, fit, {.calibration_end = as_of("2015-04-01")});
  int incremental = 0, cumulative = 0;
  constexpr int bases = 300;
  for (std::uint64_t base = 0; base < bases; ++base) {
    double step = 0, total = 0;
    for (std::size_t i = 0; i < 500; ++i) {
      math::RandomStream stream(1000 + base, i);
      const double end = static_cast<double>(199 - i % 60) / 7;
      const auto times = draw_purchases(model, end, stream);
      total += static_cast<double>(times.size());
      // The week that ends on day 139.
      for (const double t : times) {
        const double day = 7 * t + static_cast<double>(i % 60);
        step += day > 132 && day <= 139 ? 1 : 0;
      }
    }
    const auto holds = [](const core::Estimate& e, double value) {
      return e.low <= value && value <= e.high;
    };
    incremental += holds(rows[19].predicted, step);
    cumulative += holds(rows.back().cumulative_predicted, total);
  }
  EXPECT_NEAR(incremental, 0.9 * bases, 4 * 0.017 * bases);
  EXPECT_NEAR(cumulative, 0.9 * bases, 4 * 0.017 * bases);
}

}  // namespace
}  // namespace rapport::evaluation
