#include <rapport/record/ledger.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <stdexcept>
#include <tuple>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;
using core::Day;
using core::Reason;

constexpr Day new_year = Day{1997y / 1 / 1};

struct Order {
  std::string buyer;
  core::Instant at;
  std::int64_t total;
  std::optional<TransactionKind> kind = {};
  std::string channel = {};
};

const TransactionFields<Order> fields = {.customer = &Order::buyer,
                                         .time = &Order::at,
                                         .amount = &Order::total,
                                         .kind = &Order::kind,
                                         .channel = &Order::channel};

TEST(Ledger, ClustersAndOrdersAHostsOwnRows) {
  const std::vector<Order> orders = {{"bo", new_year + 48h, 300},
                                     {"al", new_year + 24h, 200},
                                     {"bo", new_year, 100},
                                     {"al", new_year + 24h, -50}};
  const Ledger ledger = ledger_of(orders, fields);
  const LedgerView view = ledger;
  ASSERT_EQ(view.customers(), 2U);
  EXPECT_EQ(ledger.customers().key_text({0}), "al");
  EXPECT_EQ(ledger.customers().key_text({1}), "bo");
  EXPECT_EQ(std::vector(view.offsets.begin(), view.offsets.end()),
            (std::vector<std::uint64_t>{0, 2, 4}));
  // At one instant, a sale stands before a refund.
  EXPECT_EQ(std::vector(view.amounts.begin(), view.amounts.end()),
            (std::vector<std::int64_t>{200, -50, 100, 300}));
  EXPECT_EQ(view.instant(2), core::Instant{new_year});
  EXPECT_EQ(view.kind(1), TransactionKind::refund);
  EXPECT_EQ(ledger.first_day(), new_year);
  EXPECT_EQ(ledger.last_day(), new_year + std::chrono::days{2});
  EXPECT_TRUE(view.kinds.empty() && view.channels.empty()) << "columns that say nothing";
}

TEST(Ledger, ReadsIntegersDaysAndMoneyThroughCallables) {
  struct Sale {
    int id;
    Day on;
    core::Money paid;
  };
  const std::vector<Sale> sales = {{-3, new_year, core::Money(500, core::Currency("EUR"))},
                                   {11, new_year, core::Money(500, core::Currency("USD"))}};
  const Ledger ledger = ledger_of(
      sales,
      {.customer = [](const Sale& s) { return s.id; }, .time = &Sale::on, .amount = &Sale::paid},
      {.rules = {.currency = core::Currency("EUR"), .zone = core::Zone::fixed(-5h)}});
  EXPECT_EQ(ledger.rows(), 1U);
  EXPECT_TRUE(ledger.customers().numeric());
  EXPECT_EQ(ledger.view().instant(0), core::Instant{new_year + 5h}) << "midnight in the zone";
  EXPECT_EQ(ledger.first_day(), new_year);
  EXPECT_EQ(ledger.refusals().count(Reason::other_currency), 1U);
  EXPECT_EQ(ledger.refusals().first(Reason::other_currency)[0].row, 2U);
  EXPECT_EQ(ledger.rows_read(), 2U);
}

// Keys crowd just above every power of two: leading bits tell few of them apart at a time.
TEST(Ledger, OrdersKeysThatCrowdAtEveryScale) {
  struct Sale {
    std::int64_t key, amount;
  };
  std::vector<Sale> sales;
  for (std::int64_t i = 0; i < 30'000; ++i) {
    sales.push_back({(std::int64_t{1} << (i % 48 + 14)) + i / 48, i});
  }
  const Ledger ledger = ledger_of(sales, {.customer = &Sale::key,
                                          .time = [](const Sale&) { return new_year; },
                                          .amount = &Sale::amount});
  ASSERT_EQ(ledger.customers().size(), sales.size());
  for (std::size_t i = 0; i < sales.size(); i += 997) {
    const auto customer = ledger.customers().find(sales[i].key);
    ASSERT_TRUE(customer);
    EXPECT_EQ(ledger.view().amounts[customer->value], sales[i].amount);
  }
}

TEST(Ledger, ReadsDatesOfTheCalendarAndRefusesThoseThatAreNot) {
  struct Sale {
    int buyer;
    std::chrono::year_month_day on;
  };
  const Ledger ledger = ledger_of(std::vector<Sale>{{1, 1997y / 2 / 28}, {1, 1997y / 2 / 30}},
                                  {.customer = &Sale::buyer, .time = &Sale::on});
  EXPECT_EQ(ledger.rows(), 1U);
  EXPECT_EQ(ledger.last_day(), Day{1997y / 2 / 28});
  EXPECT_EQ(ledger.refusals().first(Reason::bad_date)[0].row, 2U);
}

TEST(Ledger, TellsHowManyRowsWereTakenInAndStopsWhenAsked) {
  const std::vector<Order> orders(200'000, {"a", new_year, 1});
  std::stop_source stop;
  std::uint64_t taken_in = 0;
  LedgerOptions options;
  options.watch.stop = stop.get_token();
  options.watch.on_progress = [&](const core::Progress& progress) {
    EXPECT_EQ(progress.total, orders.size());
    taken_in = progress.done;
    if (taken_in > 0) stop.request_stop();
  };
  EXPECT_THROW((void)ledger_of(orders, fields, options), core::Cancelled);
  EXPECT_GT(taken_in, 0U);
  EXPECT_LT(taken_in, orders.size());
}

TEST(Ledger, RefusesAKeyOfNoText) {
  const Ledger ledger =
      ledger_of(std::vector<Order>{{"", new_year, 1}, {"a", new_year, 1}}, fields);
  EXPECT_EQ(ledger.customers().size(), 1U) << "nobody's sales are not one customer's";
  EXPECT_EQ(ledger.refusals().count(Reason::bad_key), 1U);
}

TEST(Ledger, RefusesInstantsThatOnlyMeanNever) {
  const Ledger ledger = ledger_of(
      std::vector<Order>{{"a", core::Instant::max(), 1}, {"a", core::Instant::min(), 1}}, fields);
  EXPECT_EQ(ledger.refusals().count(Reason::date_out_of_range), 2U);
}

// St. John's in Newfoundland put its clocks back at one minute past midnight.
TEST(Ledger, LastDayHoldsEveryRowWhereClocksArePutBackOverMidnight) {
  const core::Instant change = core::Day{1997y / 11 / 2} + 2h + 31min;
  const core::Zone zone("St. John's", -(2h + 30min), {{change, -(3h + 30min)}});
  const Ledger ledger = ledger_of(std::vector<Order>{{"a", change - 1h, 1}, {"a", change + 1h, 1}},
                                  fields, {.rules = {.zone = zone}});
  EXPECT_EQ(ledger.first_day(), Day{1997y / 11 / 1});
  EXPECT_EQ(ledger.last_day(), Day{1997y / 11 / 2});
  const Ledger minutes_shown_twice =
      ledger_of(std::vector<Order>{{"a", change + 10min, 1}}, fields, {.rules = {.zone = zone}});
  EXPECT_EQ(zone.day_of(change + 10min), Day{1997y / 11 / 1}) << "by the calendar on the wall";
  EXPECT_EQ(minutes_shown_twice.last_day(), Day{1997y / 11 / 2}) << "as folds cut days";
}

TEST(Ledger, RefusesRowsThatCannotBeAndSaysWhich) {
  const std::vector<Order> orders = {
      {"a", new_year, 1},
      {"a", core::Instant{Day{1929y / 12 / 31}}, 1},
      {"a", core::Instant{Day{2066y / 2 / 8}}, 1},
      {"a", new_year, -1, TransactionKind::sale},
      {"a", new_year, std::numeric_limits<std::int64_t>::min()},
  };
  const Ledger ledger = ledger_of(orders, fields);
  EXPECT_EQ(ledger.rows(), 1U);
  EXPECT_EQ(ledger.refusals().count(Reason::date_out_of_range), 2U);
  EXPECT_EQ(ledger.refusals().count(Reason::negative_sale), 1U);
  EXPECT_EQ(ledger.refusals().count(Reason::amount_overflow), 1U);
  try {
    (void)ledger_of(orders, fields, {.strict = true});
    FAIL() << "no exception";
  } catch (const core::RowRefused& error) {
    EXPECT_STREQ(error.what(), "row 2: the date is outside the range of the ledger");
  }
}

TEST(Ledger, ReturnsCountAgainstSpendInEitherSign) {
  const std::vector<Order> orders = {{"a", new_year, 500},
                                     {"a", new_year + 1h, 200, TransactionKind::goods_return},
                                     {"a", new_year + 2h, -100, TransactionKind::goods_return},
                                     {"a", new_year + 3h, 0, TransactionKind::refund}};
  const Ledger ledger = ledger_of(orders, fields);
  const LedgerView view = ledger;
  EXPECT_EQ(std::vector(view.amounts.begin(), view.amounts.end()),
            (std::vector<std::int64_t>{500, -200, -100, 0}));
  EXPECT_EQ(view.kind(0), TransactionKind::sale);
  EXPECT_EQ(view.kind(1), TransactionKind::goods_return);
  EXPECT_EQ(view.kind(3), TransactionKind::refund);
  EXPECT_NO_THROW(check(view));
}

TEST(Ledger, NumericKeysAreOrderedByValueAndMixedOnesAsTexts) {
  const auto keys_of = [](const std::vector<std::string>& keys) {
    std::vector<Order> orders;
    for (const auto& key : keys) orders.push_back({key, new_year, 1});
    const Ledger ledger = ledger_of(orders, fields);
    std::vector<std::string> result;
    for (std::uint32_t i = 0; i < ledger.customers().size(); ++i) {
      result.push_back(ledger.customers().key_text({i}));
    }
    return std::pair(ledger.customers().numeric(), result);
  };
  using Strings = std::vector<std::string>;
  EXPECT_EQ(keys_of({"10", "9", "-2", "9"}), std::pair(true, Strings{"-2", "9", "10"}));
  EXPECT_EQ(keys_of({"10", "9", "x"}), std::pair(false, Strings{"10", "9", "x"}));
  EXPECT_EQ(keys_of({"7", "007"}), std::pair(false, Strings{"007", "7"}));
  EXPECT_EQ(keys_of({"9223372036854775807", "-9223372036854775808"}),
            std::pair(true, Strings{"-9223372036854775808", "9223372036854775807"}));
  EXPECT_EQ(keys_of({"9223372036854775808"}).first, false);
}

TEST(Ledger, FindsCustomersByEitherKindOfKey) {
  const std::vector<Order> orders = {{"10", new_year, 1}, {"9", new_year, 1}};
  const Ledger ledger = ledger_of(orders, fields);
  EXPECT_EQ(ledger.customers().find(std::int64_t{10}), CustomerId{1});
  EXPECT_EQ(ledger.customers().find("10"), CustomerId{1});
  EXPECT_EQ(ledger.customers().find("010"), std::nullopt);
  EXPECT_EQ(ledger.customers().find(std::int64_t{11}), std::nullopt);
}

TEST(Ledger, AmountsWhoseSumCouldWrapAreAnError) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  EXPECT_NO_THROW((void)ledger_of(std::vector<Order>{{"a", new_year, most}}, fields));
  const std::vector<Order> two = {{"a", new_year, most}, {"b", new_year, -1}};
  EXPECT_THROW((void)ledger_of(two, fields), std::overflow_error);
}

TEST(Ledger, NoRowsAreALedgerWithoutCustomers) {
  const Ledger ledger = ledger_of(std::vector<Order>{}, fields);
  EXPECT_EQ(ledger.customers().size(), 0U);
  EXPECT_EQ(ledger.view().customers(), 0U);
  EXPECT_EQ(ledger.first_day(), std::nullopt);
  EXPECT_EQ(build_ledger({}).rows(), 0U);
}

TEST(Ledger, StopsWhenTheHostAsksItTo) {
  std::stop_source stop;
  stop.request_stop();
  LedgerOptions options;
  options.watch.stop = stop.get_token();
  EXPECT_THROW((void)ledger_of(std::vector<Order>{{"a", new_year, 1}}, fields, options),
               core::Cancelled);
}

// A row as plain values, to compare a ledger with what must come out: the rows, sorted.
using Plain = std::tuple<std::int64_t, std::int64_t, TransactionKind, std::int64_t, std::string>;

std::vector<Plain> plain_rows(const Ledger& ledger) {
  std::vector<Plain> rows;
  const LedgerView view = ledger;
  for (std::uint32_t c = 0; c < view.customers(); ++c) {
    for (auto row = view.offsets[c]; row < view.offsets[c + 1]; ++row) {
      const auto channel = view.channels.empty() ? 0 : view.channels[row];
      rows.emplace_back(std::get<0>(ledger.customers().key({c})),
                        (view.instant(row) - new_year).count(), view.kind(row), view.amounts[row],
                        channel == 0 ? "" : std::string(ledger.channel_names()[channel - 1]));
    }
  }
  return rows;
}

Ledger ledger_of_plain(const std::vector<Plain>& rows, int threads, std::size_t parts = 1) {
  std::vector<TransactionColumns> columns(parts, TransactionColumns(LedgerRules{}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [key, time, kind, amount, channel] = rows[i];
    const auto refused =
        columns[i * parts / rows.size()].add({.customer = key,
                                              .at = new_year + std::chrono::seconds{time},
                                              .amount = amount,
                                              .kind = kind,
                                              .channel = channel});
    EXPECT_FALSE(refused);
  }
  return build_ledger(std::move(columns), threads);
}

RC_GTEST_PROP(Ledger, IsTheSortedRowsForAnyOrderPartsAndThreads, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 200);
  const auto spread = *rc::gen::element<std::int64_t>(3, 1000, std::int64_t{1} << 62);
  std::vector<Plain> rows;
  for (std::size_t i = 0; i < size; ++i) {
    const auto kind = *rc::gen::element(TransactionKind::sale, TransactionKind::goods_return,
                                        TransactionKind::refund);
    const auto amount = *rc::gen::inRange<std::int64_t>(0, 5);
    rows.emplace_back(*rc::gen::inRange<std::int64_t>(-spread, spread),
                      *rc::gen::inRange<std::int64_t>(0, 10), kind,
                      kind == TransactionKind::sale ? amount : -amount,
                      *rc::gen::element<std::string>("", "web", "shop"));
  }
  const auto arrived = rows;
  // The order of channel names is that of their texts, and no channel comes before all of them.
  std::sort(rows.begin(), rows.end());
  RC_ASSERT(plain_rows(ledger_of_plain(arrived, 1)) == rows);
  RC_ASSERT(plain_rows(ledger_of_plain(arrived, 3, 4)) == rows);
}

TEST(Ledger, LargeLedgersAreTheSameForAnyOrderPartsAndThreads) {
  // Enough rows for many ranges; keys crowded, spread, or both with one far outlier, whose amount
  // is the one that does not fit 32 bits.
  for (const std::int64_t spread : {1'000, 1'000'000'000}) {
    for (const bool outlier : {false, true}) {
      std::mt19937_64 random(7);
      std::vector<Plain> rows;
      for (int i = 0; i < 300'000; ++i) {
        const auto amount = static_cast<std::int64_t>(random() % 1'000) - 100;
        rows.emplace_back(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(spread)),
                          static_cast<std::int64_t>(random() % 10'000),
                          amount < 0 ? TransactionKind::refund : TransactionKind::sale, amount, "");
      }
      if (outlier)
        rows.emplace_back(std::numeric_limits<std::int64_t>::max(), 0, TransactionKind::sale,
                          std::int64_t{1} << 40, "");
      const auto arrived = rows;
      std::sort(rows.begin(), rows.end());
      EXPECT_TRUE(plain_rows(ledger_of_plain(arrived, 2, 3)) == rows) << spread << outlier;
    }
  }
}

TEST(LedgerView, LentColumnsAreCheckedBeforeTheyAreTrusted) {
  const std::vector<std::uint64_t> offsets = {0, 2, 3};
  const std::vector<std::uint32_t> times = {1, 2, 1};
  const std::vector<std::int64_t> amounts = {5, -5, 5};
  const LedgerView good{.offsets = offsets, .times = times, .amounts = amounts};
  EXPECT_NO_THROW(check(good));

  const auto rejected = [](const LedgerView& view) {
    EXPECT_THROW(check(view), std::invalid_argument);
  };
  LedgerView bad = good;
  bad.amounts = bad.amounts.first(2);
  rejected(bad);
  const std::vector<std::uint64_t> short_offsets = {0, 2}, unsorted = {0, 4, 3};
  bad = good;
  bad.offsets = short_offsets;
  rejected(bad);
  bad.offsets = unsorted;
  rejected(bad);
  const std::vector<std::uint32_t> back_in_time = {2, 1, 1};
  bad = good;
  bad.times = back_in_time;
  rejected(bad);
  const std::vector<TransactionKind> kinds(3, TransactionKind::sale);
  bad = good;
  bad.kinds = kinds;  // a sale of -5
  rejected(bad);
}

}  // namespace
}  // namespace rapport::record
