#include <rapport/fold/fold.hpp>

#include <rapport/fold/purchases.hpp>
#include <rapport/fold/spend.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace rapport::fold {
namespace {

using namespace std::chrono_literals;
using record::Ledger;
using record::TransactionKind;

struct Order {
  int buyer;
  core::Instant at;
  std::int64_t total = 0;
  std::optional<TransactionKind> kind = {};
  std::string channel = {};
};

Ledger ledger_of(const std::vector<Order>& orders, const core::Zone& zone = {}) {
  return record::ledger_of(orders,
                           {.customer = &Order::buyer,
                            .time = &Order::at,
                            .amount = &Order::total,
                            .kind = &Order::kind,
                            .channel = &Order::channel},
                           {.rules = {.zone = zone}});
}

core::Instant on(int month, int day, std::chrono::hours hour = 0h) {
  return core::Day{2015y / month / day} + hour;
}

const std::vector<Order> shop = {
    {1, on(2, 1, 9h), 500},  {1, on(2, 6, 9h), 200},
    {1, on(2, 6, 20h), 300}, {1, on(2, 7, 9h), -100, TransactionKind::refund},
    {2, on(1, 1, 9h), 700},  {3, on(1, 3, 9h), -50, TransactionKind::goods_return}};

TEST(Fold, FillsAColumnForEachRuleInOnePass) {
  const auto [days, net, repeat, count] = each_customer(ledger_of(shop), {}, PurchaseDays{},
                                                        NetSpend{}, RepeatSpend{}, PurchaseCount{});
  ASSERT_EQ(days.size(), 3U);
  EXPECT_EQ(days[0].days, 2U) << "two purchases of one day are one";
  EXPECT_EQ(day_of(days[0].first_day), core::Day{2015y / 2 / 1});
  EXPECT_EQ(day_of(days[0].last_day), core::Day{2015y / 2 / 6}) << "a refund is no purchase";
  EXPECT_EQ(net[0].total, 900);
  EXPECT_EQ(repeat[0].total, 400);
  EXPECT_EQ(count[0].purchases, 3U);
  EXPECT_EQ(days[2], PurchaseDays::State{});
  EXPECT_EQ(net[2].total, -50);
}

TEST(Fold, CutsAtTheMidnightThatFollowsTheLastDay) {
  const Ledger ledger =
      ledger_of({{1, on(2, 1, 0h), 1}, {1, on(2, 2, 0h) - 1s, 10}, {1, on(2, 2), 100}});
  const auto spend = [&](const Window& window) {
    return std::get<0>(each_customer(ledger, {.window = window}, NetSpend{}))[0].total;
  };
  EXPECT_EQ(spend(until(as_of("2015-01-31"))), 0);
  EXPECT_EQ(spend(until(as_of("2015-02-01"))), 11);
  EXPECT_EQ(spend(until(as_of("2015-02-02"))), 111);
  EXPECT_EQ(spend(between(core::Day{2015y / 2 / 1}, as_of("2015-02-01"))), 11);
  EXPECT_EQ(spend(between(core::Day{2015y / 2 / 2}, as_of("2015-02-02"))), 100);
  EXPECT_EQ(spend(after(as_of("2015-02-01"), as_of("2015-02-09"))), 100);
  EXPECT_EQ(spend({}), 111);
  EXPECT_THROW(spend({.begin = 1, .end = 0}), std::invalid_argument);
}

TEST(Fold, DaysAndWindowsAreThoseOfTheLedgersZone) {
  const std::vector<Order> orders = {{1, on(2, 1, 20h), 1}, {1, on(2, 1, 22h), 10}};
  const auto days_in = [&](const core::Zone& zone) {
    return std::get<0>(each_customer(ledger_of(orders, zone), {}, PurchaseDays{}))[0].days;
  };
  EXPECT_EQ(days_in({}), 1U);
  const core::Zone tehran = core::Zone::fixed(3h + 30min);
  EXPECT_EQ(days_in(tehran), 2U) << "22:00 UTC is the next day in Tehran";
  EXPECT_EQ(days_in(core::Zone::fixed(-5h)), 1U);
  const auto [spend] =
      each_customer(ledger_of(orders, tehran), {.window = until(as_of("2015-02-01"))}, NetSpend{});
  EXPECT_EQ(spend[0].total, 1);
}

// The engine must agree with h, folded by hand over entries whose days come from the zone itself.
template <class A>
typename A::State by_definition(const A& rule, const record::LedgerView& view, std::uint32_t id,
                                const Window& window) {
  typename A::State state{};
  for (auto row = view.offsets[id]; row < view.offsets[id + 1]; ++row) {
    const core::Instant at = view.instant(row);
    const DayNumber day = day_number(view.rules.zone.day_of(at));
    if (day < window.begin || day >= window.end) continue;
    rule.absorb(state, {.day = day,
                        .at = at,
                        .amount = view.amounts[row],
                        .kind = view.kind(row),
                        .channel = view.channels.empty() ? 0 : view.channels[row]});
  }
  return state;
}

struct LastChannel {
  using State = std::uint32_t;
  void absorb(State& state, const Entry& entry) const { state = entry.channel; }
};

std::vector<Order> many_orders(bool detailed) {
  std::mt19937 random(7);
  std::vector<Order> orders;
  for (int i = 0; i < 60'000; ++i) {
    Order order{static_cast<int>(random() % 12'000), on(1, 1) + 1s * (random() % 70'000'000),
                static_cast<std::int64_t>(random() % 10'000)};
    if (random() % 20 == 0) order.total = -order.total;
    if (detailed && random() % 20 == 0) order.kind = TransactionKind::goods_return;
    if (detailed) order.channel = std::string(1, static_cast<char>('a' + random() % 4));
    orders.push_back(order);
  }
  return orders;
}

const core::Zone berlin("Europe/Berlin", 1h,
                        {{core::Day{2015y / 3 / 29} + 1h, 2h},
                         {core::Day{2015y / 10 / 25} + 1h, 1h},
                         {core::Day{2016y / 3 / 27} + 1h, 2h},
                         {core::Day{2016y / 10 / 30} + 1h, 1h}});

TEST(Fold, AgreesWithItsDefinitionForPlainAndDetailedLedgersInAnyZone) {
  for (const bool detailed : {false, true}) {
    for (const core::Zone& zone : {core::Zone{}, core::Zone::fixed(-9h - 30min), berlin}) {
      SCOPED_TRACE(zone.name());
      const Ledger ledger = ledger_of(many_orders(detailed), zone);
      const Window window = between(core::Day{2015y / 4 / 1}, as_of("2016-09-30"));
      const auto [days, net, repeat, channel] = each_customer(
          ledger, {.window = window}, PurchaseDays{}, NetSpend{}, RepeatSpend{}, LastChannel{});
      for (std::uint32_t id = 0; id < days.size(); ++id) {
        ASSERT_EQ(days[id], by_definition(PurchaseDays{}, ledger, id, window)) << id;
        ASSERT_EQ(net[id], by_definition(NetSpend{}, ledger, id, window)) << id;
        ASSERT_EQ(repeat[id], by_definition(RepeatSpend{}, ledger, id, window)) << id;
        ASSERT_EQ(channel[id], by_definition(LastChannel{}, ledger, id, window)) << id;
      }
    }
  }
}

// Doubles in the order of the entries: no law but that of Aggregate, and still the same bytes.
struct DoubleSpend {
  using State = double;
  void absorb(State& state, const Entry& entry) const {
    state += 0.01 * static_cast<double>(entry.amount);
  }
  void append(State& state, const State& later) const { state += later; }
};

TEST(Fold, GivesTheSameBytesForAnyNumberOfThreads) {
  const Ledger ledger = ledger_of(many_orders(true), berlin);
  const auto one = each_customer(ledger, {}, PurchaseGaps{}, DoubleSpend{});
  const auto many = each_customer(ledger, {.threads = 3}, PurchaseGaps{}, DoubleSpend{});
  EXPECT_TRUE(one == many);
  EXPECT_EQ(total(DoubleSpend{}, std::get<1>(one)), total(DoubleSpend{}, std::get<1>(many), 3));
}

TEST(Fold, TotalsOverTheBaseAreTheSumsOfTheColumns) {
  const Ledger ledger = ledger_of(many_orders(false));
  const auto [net, count] = each_customer(ledger, {}, NetSpend{}, PurchaseCount{});
  const record::LedgerView view = ledger;
  EXPECT_EQ(total(NetSpend{}, net, 2).total,
            std::accumulate(view.amounts.begin(), view.amounts.end(), std::int64_t{0}));
  EXPECT_EQ(total(PurchaseCount{}, count).purchases,
            static_cast<std::uint64_t>(std::count_if(view.amounts.begin(), view.amounts.end(),
                                                     [](auto amount) { return amount >= 0; })));
  EXPECT_EQ(total(NetSpend{}, {}), NetSpend::State{});
}

TEST(Fold, SplitsCalibrationAndHoldOutInOnePass) {
  const Ledger ledger = ledger_of(many_orders(false), berlin);
  const auto split = each_customer_split(ledger, as_of("2015-12-31"), as_of("2016-10-15"), {},
                                         PurchaseDays{}, NetSpend{});
  EXPECT_TRUE(split.calibration == each_customer(ledger, {.window = until(as_of("2015-12-31"))},
                                                 PurchaseDays{}, NetSpend{}));
  EXPECT_TRUE(split.holdout ==
              each_customer(ledger,
                            {.window = between(core::Day{2016y / 1 / 1}, as_of("2016-10-15"))},
                            PurchaseDays{}, NetSpend{}));
}

TEST(Fold, PanesOfTimeAppendToTheWhole) {
  const Ledger ledger = ledger_of(many_orders(false));
  auto [joined] = each_customer(ledger, {.window = until(as_of("2015-07-03"))}, PurchaseGaps{});
  const auto [later] =
      each_customer(ledger, {.window = {.begin = until(as_of("2015-07-03")).end}}, PurchaseGaps{});
  const auto [whole] = each_customer(ledger, {}, PurchaseGaps{});
  for (std::size_t id = 0; id < joined.size(); ++id) append(PurchaseGaps{}, joined[id], later[id]);
  EXPECT_TRUE(joined == whole);
}

TEST(Fold, TheseCustomersAloneAreFoldedAnewAsBefore) {
  const Ledger ledger = ledger_of(many_orders(false));
  const auto [all] = each_customer(ledger, {}, PurchaseDays{});
  const std::vector<std::uint32_t> touched = {700, 3, 9'999, 3};
  const auto [some] = these_customers(ledger, touched, {}, PurchaseDays{});
  ASSERT_EQ(some.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(some[i], all[touched[i]]);
  const std::vector<std::uint32_t> unknown = {1'000'000};
  EXPECT_THROW((void)these_customers(ledger, unknown, {}, PurchaseDays{}), std::invalid_argument);
}

TEST(Fold, AnEmptyLedgerHasEmptyColumns) {
  const auto [days] = each_customer(record::LedgerView{}, {}, PurchaseDays{});
  EXPECT_TRUE(days.empty());
  EXPECT_TRUE(std::get<0>(each_customer(Ledger{}, {}, NetSpend{})).empty());
}

TEST(Fold, StopsWhenTheHostAsks) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(
      (void)each_customer(ledger_of(shop), {.watch = {.stop = stop.get_token()}}, NetSpend{}),
      core::Cancelled);
}

}  // namespace
}  // namespace rapport::fold
