#include <rapport/fold/row_totals.hpp>

#include <rapport/fold/fold.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/spend.hpp>
#include <rapport/record/ledger.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>

namespace rapport::fold {
namespace {

using namespace std::chrono_literals;
using record::Transaction;
using record::TransactionColumns;
using record::TransactionKind;
using Rule = RowTotalsRule;

const core::AsOf as_of_2015 = as_of("2015-12-31");
constexpr core::Instant first_of_2015 = core::Day{2015y / 1 / 1};

using Row = std::tuple<std::string, DayNumber, DayNumber, std::uint32_t, std::int64_t>;

std::vector<Row> rows_of(std::vector<TransactionColumns> parts, const Rule& rule,
                         const core::Threads& threads) {
  RowTotals totals(std::move(parts), rule, threads);
  std::vector<Row> rows(totals.size());
  totals.for_each(threads, [&](std::size_t i, const CustomerTotals& c) {
    rows[i] = {{}, c.count > 0 ? c.first_day : 0, c.count > 0 ? c.last_day : 0, c.count, c.spend};
  });
  const record::Customers customers = totals.take_customers(threads);
  EXPECT_EQ(customers.size(), rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) std::get<0>(rows[i]) = customers.key_text({i});
  return rows;
}

// The same from a ledger, by the aggregates that RowTotalsRule names.
std::vector<Row> by_ledger(std::vector<TransactionColumns> parts, const Rule& rule) {
  const record::Ledger ledger = record::build_ledger(std::move(parts));
  std::vector<Row> rows;
  const auto fold_with = [&](const auto& wrap) {
    const auto [days, counts, net, gross, repeat] = each_customer(
        ledger, {.window = until(rule.as_of)}, wrap(PurchaseDays{}), wrap(PurchaseCount{}),
        wrap(NetSpend{}), wrap(GrossSpend{}), wrap(RepeatSpend{}));
    for (std::uint32_t i = 0; i < ledger.customers().size(); ++i) {
      rows.push_back({ledger.customers().key_text({i}), days[i].first_day, days[i].last_day,
                      rule.count == Rule::Count::purchases
                          ? static_cast<std::uint32_t>(counts[i].purchases)
                          : days[i].days,
                      rule.spend == Rule::Spend::net     ? net[i].total
                      : rule.spend == Rule::Spend::sales ? gross[i].sold
                                                         : repeat[i].total});
    }
  };
  if (rule.zero_sales) {
    fold_with([](auto aggregate) { return aggregate; });
  } else {
    fold_with([](auto aggregate) { return WithoutZeroSales<decltype(aggregate)>{aggregate}; });
  }
  return rows;
}

std::vector<Rule> all_rules() {
  std::vector<Rule> rules;
  for (const auto count : {Rule::Count::purchase_days, Rule::Count::purchases}) {
    for (const auto spend : {Rule::Spend::net, Rule::Spend::sales, Rule::Spend::repeat}) {
      for (const bool zero_sales : {true, false}) {
        rules.push_back({as_of_2015, count, spend, zero_sales});
      }
    }
  }
  return rules;
}

void expect_those_of_a_ledger(const std::vector<TransactionColumns>& parts) {
  for (const Rule& rule : all_rules()) {
    const auto expected = by_ledger(parts, rule);
    ASSERT_TRUE(rows_of(parts, rule, 1) == expected);
  }
  const auto expected = by_ledger(parts, all_rules().front());
  for (const int threads : {2, 3, 8}) {
    ASSERT_TRUE(rows_of(parts, all_rules().front(), threads) == expected) << threads << " threads";
  }
}

std::int64_t below(std::mt19937& random, std::int64_t end) {
  return static_cast<std::int64_t>(random()) % end;
}

// Rows from the year before the as-of day to the year after, sales of nothing and refunds on days
// of sales and before them among them.
TransactionColumns by_chance(unsigned seed, int rows, const record::LedgerRules& rules,
                             const std::function<void(std::mt19937&, Transaction&)>& finish) {
  std::mt19937 random(seed);
  TransactionColumns columns(rules);
  for (int i = 0; i < rows; ++i) {
    Transaction row{.customer = std::int64_t{0},
                    .at = first_of_2015 + std::chrono::hours{random() % 12'000}};
    row.amount = static_cast<std::int64_t>(random() % 50) - 10;
    if (random() % 8 == 0) row.amount = 0;
    finish(random, row);
    EXPECT_FALSE(columns.add(row));
  }
  return columns;
}

TEST(RowTotals, OneCustomerByHand) {
  TransactionColumns rows{record::LedgerRules{}};
  const auto add = [&](int day, std::int64_t amount) {
    ASSERT_FALSE(rows.add({.customer = std::int64_t{7},
                           .at = core::Day{2015y / 3 / 1} + std::chrono::days{day - 1} + 9h,
                           .amount = amount}));
  };
  add(9, 500);
  add(4, 300);
  add(9, 250);
  add(2, -40);  // a refund before the first purchase
  add(20, -90);
  add(4, -10);
  const core::AsOf as_of_april = as_of("2015-04-01");
  const auto first = day_number(core::Day{2015y / 3 / 4});
  EXPECT_EQ(rows_of({rows}, {.as_of = as_of_april}, 1),
            (std::vector<Row>{{"7", first, first + 5, 2, 910}}));
  EXPECT_EQ(
      rows_of({rows},
              {.as_of = as_of_april, .count = Rule::Count::purchases, .spend = Rule::Spend::sales},
              1),
      (std::vector<Row>{{"7", first, first + 5, 3, 1050}}));
  EXPECT_EQ(rows_of({rows}, {.as_of = as_of_april, .spend = Rule::Spend::repeat}, 1),
            (std::vector<Row>{{"7", first, first + 5, 2, 660}}));
  EXPECT_EQ(rows_of({rows}, {.as_of = as_of("2015-03-03")}, 1),
            (std::vector<Row>{{"7", 0, 0, 0, -40}}));
}

TEST(RowTotals, NoRowsHaveNoCustomers) {
  EXPECT_TRUE(rows_of({}, {.as_of = as_of_2015}, 2).empty());
  EXPECT_TRUE(
      rows_of({TransactionColumns({}), TransactionColumns({})}, {.as_of = as_of_2015}, 1).empty());
}

TEST(RowTotals, AreThoseOfALedgerWhateverTheKeys) {
  const auto keys = std::to_array<std::function<std::int64_t(std::mt19937&)>>({
      [](std::mt19937& random) { return below(random, 3000); },
      [](std::mt19937& random) { return below(random, 2); },
      [](std::mt19937& random) {  // sparse
        return static_cast<std::int64_t>((random() % 2000) * 0x9e3779b97f4a7c15U);
      },
      [](std::mt19937& random) {  // two dense ranges far apart
        const std::int64_t key = below(random, 900);
        return random() % 2 == 0 ? key : key + (std::int64_t{1} << 60);
      },
      [](std::mt19937& random) {  // dense but for the least and greatest keys there are
        const auto chance = random() % 5000;
        if (chance == 0) return std::numeric_limits<std::int64_t>::min();
        if (chance == 1) return std::numeric_limits<std::int64_t>::max();
        return below(random, 4000);
      },
      [](std::mt19937& random) {  // ever denser towards zero
        return below(random, 64) << random() % 50;
      },
  });
  for (std::size_t i = 0; i < keys.size(); ++i) {
    SCOPED_TRACE(i);
    const auto finish = [&](std::mt19937& random, Transaction& row) {
      row.customer = keys[i](random);
    };
    expect_those_of_a_ledger(
        {by_chance(1, 9'000, {}, finish), TransactionColumns({}), by_chance(2, 4'000, {}, finish)});
  }
}

TEST(RowTotals, AreThoseOfALedgerWithKindsTextKeysAndZones) {
  const core::Zone berlin(
      "Europe/Berlin", 1h,
      {{core::Day{2015y / 3 / 29} + 1h, 2h}, {core::Day{2015y / 10 / 25} + 1h, 1h}});
  std::string key;
  const auto finish = [&](std::mt19937& random, Transaction& row) {
    key = std::to_string(random() % 700);
    if (random() % 2 == 0) key.insert(0, "c");
    row.customer = std::string_view(key);
    if (row.amount < 0 && random() % 2 == 0) row.kind = TransactionKind::goods_return;
    if (row.amount == 0 && random() % 3 == 0) row.kind = TransactionKind::refund;
    if (random() % 5 == 0) row.channel = "web";
  };
  const auto by_number = [](std::mt19937& random, Transaction& row) {
    row.customer = below(random, 700);
  };
  const record::LedgerRules rules{.zone = berlin};
  expect_those_of_a_ledger(
      {by_chance(3, 6'000, rules, finish), by_chance(4, 3'000, rules, by_number)});
}

TEST(RowTotals, AmountsOfAnySizeAreExact) {
  for (const std::int64_t size : {(std::int64_t{1} << 46) - 1, std::int64_t{1} << 46,
                                  std::numeric_limits<std::int64_t>::max() / 4}) {
    SCOPED_TRACE(size);
    TransactionColumns rows{record::LedgerRules{}};
    for (const std::int64_t amount : {size, -size, size}) {
      ASSERT_FALSE(rows.add({.customer = std::int64_t{-3}, .at = first_of_2015, .amount = amount}));
      ASSERT_FALSE(rows.add({.customer = std::string_view("-4"), .at = first_of_2015 + 25h}));
    }
    expect_those_of_a_ledger({rows});
  }
}

TEST(RowTotals, TakeManyRowsPerBlockAndRange) {
  // More rows than are dealt at a time, of a customer with very many of them.
  const auto finish = [](std::mt19937& random, Transaction& row) {
    row.customer = below(random, 4) == 0 ? 5 : below(random, 50'000);
  };
  const std::vector<TransactionColumns> parts = {by_chance(5, 200'000, {}, finish)};
  const Rule rule{.as_of = as_of_2015};
  const auto expected = by_ledger(parts, rule);
  for (const int threads : {1, 3}) EXPECT_TRUE(rows_of(parts, rule, threads) == expected);
}

TEST(RowTotals, RefuseWhatALedgerRefuses) {
  const record::LedgerRules euros{.currency = core::Currency("EUR")};
  EXPECT_THROW(
      RowTotals({TransactionColumns({}), TransactionColumns(euros)}, {.as_of = as_of_2015}),
      std::invalid_argument);
  TransactionColumns rows{record::LedgerRules{}};
  for (int i = 0; i < 2; ++i) {
    ASSERT_FALSE(rows.add({.customer = std::int64_t{i},
                           .at = first_of_2015,
                           .amount = std::numeric_limits<std::int64_t>::max()}));
  }
  EXPECT_THROW(RowTotals({rows}, {.as_of = as_of_2015}), std::overflow_error);
}

}  // namespace
}  // namespace rapport::fold
