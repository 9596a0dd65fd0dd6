#include <rapport/clv/histories.hpp>
#include <rapport/clv/spends.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;

struct Table {
  Column frequency, recency, age, customers = {};

  void add(double x, double t_x, double t) {
    frequency.push_back(x);
    recency.push_back(t_x);
    age.push_back(t);
  }
  [[nodiscard]] Histories view(Period period = weeks) const {
    return {{frequency, recency, age, customers}, period};
  }
};

Column to_column(std::span<const double> values) { return {values.begin(), values.end()}; }

std::string refusal(const Table& table) {
  try {
    (void)table.view();
  } catch (const std::domain_error& error) {
    return error.what();
  }
  return "";
}

TEST(Histories, LendsTheColumnsItWasGiven) {
  const Table table{{0, 2}, {0, 3.5}, {10, 12}};
  const Histories histories = table.view();
  ASSERT_EQ(histories.size(), 2U);
  EXPECT_EQ(histories[1], (CustomerHistory{2, 3.5, 12}));
  EXPECT_EQ(histories.columns().age.data(), table.age.data());
  EXPECT_EQ(histories.customers(1), 1);
  EXPECT_EQ(histories.period(), weeks);
}

TEST(Histories, TakesExactlyTheValidHistories) {
  const double values[] = {-1,   -0.0, 0,        1e-300,  0.5,         1, 2, 9007199254740992,
                           1e16, 1e17, INFINITY, -1e-300, std::nan("")};
  int taken = 0;
  for (const double x : values) {
    for (const double t_x : values) {
      for (const double age : values) {
        const bool takes = refusal({{x}, {t_x}, {age}}).empty();
        EXPECT_EQ(takes, valid({x, t_x, age})) << x << ' ' << t_x << ' ' << age;
        taken += takes ? 1 : 0;
      }
    }
  }
  EXPECT_GT(taken, 50);
}

TEST(Histories, NamesTheRowThatCannotHaveHappened) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(refusal({{0, 1.5}, {0, 1}, {1, 2}}),
            "Histories: frequency of row 1 is 1.5, but must be an integer in [0, 2^53]");
  EXPECT_EQ(refusal({{1}, {3}, {2}}),
            "Histories: recency of row 0 is 3, but must be >= 0 and <= age (2)");
  EXPECT_EQ(refusal({{0}, {1}, {2}}),
            "Histories: recency of row 0 is 1, but must be 0 since there are no repeat purchases");
  EXPECT_EQ(refusal({{1}, {0}, {2}}),
            "Histories: recency of row 0 is 0, but must be > 0 since there are repeat purchases");
  EXPECT_NE(refusal({{-1}, {0}, {2}}), "");
  EXPECT_NE(refusal({{nan}, {0}, {2}}), "");
  EXPECT_NE(refusal({{1}, {nan}, {2}}), "");
  EXPECT_NE(refusal({{0}, {0}, {nan}}), "");
  EXPECT_NE(refusal({{0}, {0}, {infinity}}), "");
  EXPECT_NE(refusal({{0}, {0}, {-1}}), "");
  EXPECT_EQ(refusal({{0}, {0}, {1}, {0.5}}),
            "Histories: customers of row 0 is 0.5, but must be an integer in [0, 2^53]");
  EXPECT_EQ(refusal({{0, 0}, {0, 0}, {1, 1}, {0x1p53, 2}}).substr(0, 39),
            "Histories: sum of customers up to and i");
}

TEST(Histories, RefusesColumnsOfDifferentSizes) {
  EXPECT_THROW((void)(Table{{0, 0}, {0}, {1, 1}}.view()), std::invalid_argument);
  EXPECT_THROW((void)(Table{{0, 0}, {0, 0}, {1}}.view()), std::invalid_argument);
  EXPECT_THROW((void)(Table{{0, 0}, {0, 0}, {1, 1}, {1}}.view()), std::invalid_argument);
}

TEST(Patterns, CountsEqualHistoriesInTheOrderOfTheirValues) {
  const Table table{{2, 0, 2, 0, 0, 2}, {5, 0, 3, 0, 0, 5}, {9, 7, 9, 4, 7, 9}};
  const Patterns patterns(table.view());
  EXPECT_EQ(to_column(patterns.frequency()), (Column{0, 0, 2, 2}));
  EXPECT_EQ(to_column(patterns.recency()), (Column{0, 0, 3, 5}));
  EXPECT_EQ(to_column(patterns.age()), (Column{4, 7, 9, 9}));
  EXPECT_EQ(to_column(patterns.count()), (Column{1, 2, 1, 2}));
  EXPECT_EQ(patterns.customers(), 6);
  EXPECT_EQ(patterns.purchases(), 6);
  ASSERT_EQ(patterns.by_frequency().size(), 2U);
  EXPECT_EQ(patterns.by_frequency()[1].frequency, 2);
  EXPECT_EQ(patterns.by_frequency()[1].customers, 3);
  EXPECT_EQ(patterns.by_frequency()[1].begin, 2U);
  EXPECT_EQ(patterns.by_frequency()[1].end, 4U);
  ASSERT_EQ(patterns.by_age().size(), 3U);
  EXPECT_EQ(patterns.by_age()[2].age, 9);
  EXPECT_EQ(patterns.by_age()[2].customers, 3);
  EXPECT_EQ(patterns.by_age()[2].purchases, 6);
}

TEST(Histories, TakeTheLogsOfIntervalsThatCanHaveHappened) {
  const Column x{0, 2, 2}, t_x{0, 8, 8}, t{9, 9, 9};
  const auto with = [&](const Column& logs) {
    return Histories({.frequency = x, .recency = t_x, .age = t, .sum_log_intervals = logs}, weeks);
  };
  const double nan = std::nan("");
  const Column equal{nan, 2 * std::log(4), -30};  // nothing is asked of whoever bought once
  const Histories histories = with(equal);
  EXPECT_EQ(histories[1].sum_log_intervals, equal[1]);
  EXPECT_TRUE(std::isnan(Histories({x, t_x, t}, weeks)[1].sum_log_intervals));
  // No two intervals that sum to 8 weeks have logs that sum to more; those of days would.
  const Column in_days{0, 2 * std::log(28), 0};
  try {
    (void)with(in_days);
    FAIL();
  } catch (const std::domain_error& error) {
    EXPECT_EQ(std::string(error.what()),
              "Histories: sum_log_intervals of row 1 is 6.664409020350408, but must be finite and "
              "<= frequency ln(recency / frequency) (2.772588722239781)");
  }
  EXPECT_THROW((void)with({0, nan, 0}), std::domain_error);
  EXPECT_THROW((void)with({0, -INFINITY, 0}), std::domain_error);
  EXPECT_THROW((void)with({0, 1}), std::invalid_argument);
}

TEST(Patterns, TellCustomersOfOtherIntervalsApartIfTheyAreKnown) {
  const double nan = std::nan("");
  const Column x{2, 0, 2, 2, 0}, t_x{8, 0, 8, 8, 0}, t{9, 9, 9, 9, 9}, logs{1, nan, -3, 1, 7};
  const Patterns known(
      Histories({.frequency = x, .recency = t_x, .age = t, .sum_log_intervals = logs}, weeks));
  EXPECT_EQ(to_column(known.frequency()), (Column{0, 2, 2}));
  EXPECT_EQ(to_column(known.sum_log_intervals()), (Column{0, -3, 1}));
  EXPECT_EQ(to_column(known.count()), (Column{2, 1, 2}));
  EXPECT_EQ(to_column(known.age()), (Column{9, 9, 9}));
  EXPECT_EQ(known[1], (CustomerHistory{2, 8, 9, -3}));
  const Patterns unknown(Histories({x, t_x, t}, weeks));
  EXPECT_TRUE(unknown.sum_log_intervals().empty());
  EXPECT_EQ(unknown.size(), 2U);
  EXPECT_EQ(unknown[1], (CustomerHistory{2, 8, 9}));
}

TEST(Patterns, OfNobodyAreNone) {
  EXPECT_EQ(Patterns(Table{}.view()).size(), 0U);
  EXPECT_EQ(Patterns(Table{{0}, {0}, {1}, {0}}.view()).size(), 0U);
}

TEST(Patterns, DoNotTellMinusZeroFromZero) {
  EXPECT_EQ(Patterns(Table{{0, -0.0}, {0, -0.0}, {0, -0.0}}.view()).size(), 1U);
}

// Compares with a std::map, for whole days and for times that are all different, and with weights.
class PatternsOfRandomHistories : public testing::TestWithParam<bool> {};

TEST_P(PatternsOfRandomHistories, AgreeWithAnOrderedMap) {
  std::mt19937_64 engine(7);
  std::uniform_real_distribution<double> uniform(0, 1);
  Table table;
  std::map<std::array<double, 3>, double> expected;
  for (int i = 0; i < 40000; ++i) {
    const bool whole = GetParam();
    const double age = whole ? std::floor(1 + 30 * uniform(engine)) : 300 * uniform(engine);
    const double x = std::floor(-2 * std::log(uniform(engine)));
    double t_x = x == 0 ? 0 : age * uniform(engine);
    if (whole && x > 0) t_x = std::ceil(t_x);
    table.add(x, t_x, age);
    table.customers.push_back(i % 3);
    if (i % 3 > 0) expected[{x, t_x, age}] += i % 3;
  }
  const Patterns patterns(table.view());
  ASSERT_EQ(patterns.size(), expected.size());
  std::size_t i = 0;
  for (const auto& [row, count] : expected) {
    EXPECT_EQ(patterns.frequency()[i], row[0]);
    EXPECT_EQ(patterns.recency()[i], row[1]);
    EXPECT_EQ(patterns.age()[i], row[2]);
    EXPECT_EQ(patterns.count()[i], count);
    ++i;
  }
}

INSTANTIATE_TEST_SUITE_P(WholeAndContinuousTimes, PatternsOfRandomHistories, testing::Bool());

TEST(Patterns, EveryThirdOfThemIsABaseOfItsOwn) {
  Column x, t_x, age, n;
  for (int i = 0; i < 10; ++i) {
    x.push_back(i / 4);
    t_x.push_back(i < 4 ? 0 : i);
    age.push_back(20 + i % 2 * 0.5 + i % 3);
    n.push_back(i + 1);
  }
  const Patterns all(
      Histories({.frequency = x, .recency = t_x, .age = age, .customers = n}, weeks));
  ASSERT_EQ(all.size(), 10U);
  const Patterns some = all.every(3);
  ASSERT_EQ(some.size(), 4U);
  double customers = 0, purchases = 0, by_age = 0;
  for (std::size_t i = 0; i < some.size(); ++i) {
    EXPECT_EQ(some[i], all[3 * i]);
    EXPECT_EQ(some.count()[i], all.count()[3 * i]);
    customers += some.count()[i];
    purchases += some.count()[i] * some.frequency()[i];
  }
  for (const auto& c : some.by_age()) by_age += c.customers;
  EXPECT_EQ(some.customers(), customers);
  EXPECT_EQ(some.purchases(), purchases);
  EXPECT_EQ(by_age, customers);
  EXPECT_EQ(some.by_frequency().back().end, some.size());
  EXPECT_EQ(all.every(1).customers(), all.customers());
  EXPECT_THROW((void)all.every(0), std::invalid_argument);
}

TEST(Spends, TellsRowsThatSayNothing) {
  const Column x = {0, 1, 2, 3}, z = {0, 5, 0, -1};
  const Spends spends({x, z});
  EXPECT_FALSE(spends.informative(0));
  EXPECT_TRUE(spends.informative(1));
  EXPECT_FALSE(spends.informative(2));
  EXPECT_FALSE(spends.informative(3));
}

TEST(Spends, RefusesWhatIsNoMean) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Column one = {1}, two = {1, 1}, bad = {nan}, none = {0}, half = {0.5};
  EXPECT_THROW((void)Spends({one, bad}), std::domain_error);
  EXPECT_NO_THROW((void)Spends({none, bad}));
  EXPECT_THROW((void)Spends({half, one}), std::domain_error);
  EXPECT_THROW((void)Spends({one, two}), std::invalid_argument);
  EXPECT_THROW((void)Spends({one, one, half}), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
