#include <rapport/clv/fingerprint.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>
#include <vector>

namespace rapport::clv {
namespace {

std::string of(const std::vector<double>& x, const std::vector<double>& t_x,
               const std::vector<double>& t, core::Period period = core::weeks) {
  return fingerprint(Patterns(Histories({.frequency = x, .recency = t_x, .age = t}, period)));
}

TEST(Fingerprint, DoesNotMindTheOrderOfRowsNorHowTheyAreCounted) {
  const std::string one = of({0, 2, 2}, {0, 3, 3}, {9, 9, 9});
  EXPECT_EQ(of({2, 0, 2}, {3, 0, 3}, {9, 9, 9}), one);
  const std::vector<double> x = {0, 2}, t_x = {0, 3}, t = {9, 9}, n = {1, 2};
  const Patterns counted(
      Histories({.frequency = x, .recency = t_x, .age = t, .customers = n}, core::weeks));
  EXPECT_EQ(fingerprint(counted), one);
  EXPECT_EQ(one.size(), 36);
}

TEST(Fingerprint, MindsEveryNumberAndTheUnitOfTime) {
  std::set<std::string> all = {of({0, 2}, {0, 3}, {9, 9}),
                               of({0, 3}, {0, 3}, {9, 9}),
                               of({0, 2}, {0, std::nextafter(3.0, 4.0)}, {9, 9}),
                               of({0, 2}, {0, 3}, {9, 10}),
                               of({0, 2, 2}, {0, 3, 3}, {9, 9, 9}),
                               of({0, 2}, {0, 3}, {9, 9}, core::days),
                               of({}, {}, {})};
  EXPECT_EQ(all.size(), 7);
  const std::vector<double> x = {0, 2}, t_x = {0, 3}, t = {9, 9}, logs = {0, 0.5};
  all.insert(fingerprint(Patterns(Histories(
      {.frequency = x, .recency = t_x, .age = t, .sum_log_intervals = logs}, core::weeks))));
  all.insert(fingerprint(SpendPatterns(Spends({.frequency = t_x, .monetary_value = t}))));
  all.insert(fingerprint(
      OpportunityPatterns(Opportunities({.frequency = x, .recency = t_x, .opportunities = t}))));
  EXPECT_EQ(all.size(), 10);
  all.insert(fingerprint(Durations({.duration = t, .churned = std::vector<double>{0, 1}})));
  all.insert(fingerprint(
      AmountPatterns(Amounts({.frequency = x, .monetary_value = x, .sum_log_amounts = logs}))));
  EXPECT_EQ(all.size(), 12);
}

TEST(Fingerprint, OfContractsAndAmountsIsTheSameForEveryOrderOfTheRows) {
  const std::vector<double> a = {1, 2, 3}, b = {3, 1, 2}, gone = {0, 1, 1}, gone_b = {1, 0, 1};
  EXPECT_EQ(fingerprint(Durations({.duration = a, .churned = gone})),
            fingerprint(Durations({.duration = b, .churned = gone_b})));
  EXPECT_NE(fingerprint(Durations({.duration = a, .churned = gone})),
            fingerprint(Durations({.duration = b, .churned = gone})));
  const std::vector<double> logs = {0, 1, 2}, logs_b = {2, 0, 1};
  EXPECT_EQ(fingerprint(AmountPatterns(
                Amounts({.frequency = a, .monetary_value = a, .sum_log_amounts = logs}))),
            fingerprint(AmountPatterns(
                Amounts({.frequency = b, .monetary_value = b, .sum_log_amounts = logs_b}))));
}

// A block of 64 KiB holds 8192 numbers.
TEST(Fingerprint, GoesOnBeyondABlock) {
  std::vector<double> numbers(20'000, 1.5);
  const auto name = [&] {
    const std::array<std::span<const double>, 1> columns = {numbers};
    return fingerprint("numbers", columns);
  };
  const std::string one = name();
  for (const std::size_t i : {std::size_t{0}, std::size_t{8191}, std::size_t{19'999}}) {
    numbers[i] = 2;
    EXPECT_NE(name(), one);
    numbers[i] = 1.5;
  }
  EXPECT_EQ(name(), one);
}

// Files keep them: they may not change from release to release.
TEST(Fingerprint, StaysWhatItWas) {
  const std::vector<double> a = {1, 2.5}, b = {-0.0, 1e300};
  const std::array<std::span<const double>, 2> columns = {a, b};
  EXPECT_EQ(fingerprint("numbers", columns), "c72ae4b6-3444-5662-a59f-e14d43fbb776");
}

}  // namespace
}  // namespace rapport::clv
