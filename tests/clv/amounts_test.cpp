#include <rapport/clv/amounts.hpp>
#include <rapport/clv/bootstrap.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/simulate.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

static_assert(Resamplable<AmountPatterns>);

using Column = std::vector<double>;

struct Table {
  Column frequency = {}, mean = {}, logs = {};

  void add(std::span<const double> amounts) {
    double sum = 0;
    double log_sum = 0;
    for (const double amount : amounts) {
      sum += amount;
      log_sum += std::log(amount);
    }
    frequency.push_back(static_cast<double>(amounts.size()));
    mean.push_back(amounts.empty() ? 0 : sum / static_cast<double>(amounts.size()));
    logs.push_back(log_sum);
  }
  [[nodiscard]] Amounts view() const { return Amounts({frequency, mean, logs}); }
};

Table simulated(const GammaGamma& model, std::size_t customers, std::uint64_t seed) {
  std::vector<std::size_t> purchases;
  for (std::size_t i = 0; i < customers; ++i) purchases.push_back(i % 6);
  const CustomerValues amounts = simulate_spends(model, purchases, seed);
  Table table;
  for (std::size_t i = 0; i < customers; ++i) table.add(amounts.of(i));
  return table;
}

TEST(Amounts, OfOnePurchaseAreTheirMean) {
  const GammaGamma model({.p = 6.25, .q = 3.74, .gamma = 15.44});
  EXPECT_NEAR(model.log_likelihood(1, 22.35, std::log(22.35)), model.log_likelihood(1, 22.35),
              1e-14);
}

// With p = 1 amounts are exponential given nu, and nu ~ Gamma(1, 1): the density of 1 and 2 is the
// mean of nu^2 exp(-3 nu), 2 / 4^3.
TEST(Amounts, DensityByHand) {
  const GammaGamma model({.p = 1, .q = 1, .gamma = 1});
  EXPECT_NEAR(model.log_likelihood(2, 1.5, std::log(2)), std::log(2 / 64.0), 1e-14);
}

// scripts/reference/gamma_gamma_amounts.py: differences at 50 digits. Value, gradient, and the
// upper half of the Hessian by ln p, ln q, ln gamma.
constexpr struct {
  double x, mean, logs;
  GammaGamma::Params params;
  std::array<double, 10> expected;
} reference_rows[] = {
    {1,
     22.5,
     3.113515309210374448,
     {6.25, 3.75, 15.5},
     {-3.65634821969206509, -0.142323677081414014, 0.646758992451525173, -0.328947368421052632,
      -2.81079623478635243, 2.46483599253950967, -2.54934210526315789, -2.1681810904814529,
      2.22039473684210526, -2.41516620498614958}},
    {2,
     17.5,
     5.5214609178622464332,
     {2.5, 3.5, 12},
     {-7.96796204947604208, 1.43758517077620782, -1.3590737124575847, 1.32978723404255319,
      -1.57093380750357744, 2.18466708108120538, -1.27659574468085106, -3.87668926792861802,
      2.60638297872340426, -1.61611588954277954}},
    {4,
     10.125,
     9.2591305361456147391,
     {6.25, 3.75, 15.5},
     {-12.1521533390030849, -2.9969231913050837, 3.27786225190700139, -4.20758928571428571,
      -7.9814687221363666, 3.31823769753778029, -6.91964285714285714, -0.518243771919015443,
      2.71205357142857143, -5.7550422512755102}},
    {3,
     10.0,
     3.3322045101752039239,
     {0.5, 0.75, 0.01},
     {-14.5689279436592899, 0.367891004876925449, -4.76122012427262025, 0.749250249916694435,
      -2.07922004789058487, 0.626995298820499582, -0.000499833388870376552, -5.87752977667764911,
      0.749750083305564812, -0.000749500249888935182}},
    {40,
     128.75,
     110.42921835724492866,
     {80, 2, 1000},
     {-7328.90699426363141, -7257.17050524598015, 11.6642766322143231, -518.650406504065041,
      -7278.75315918495181, 1.99906292299405349, -520.32520325203252, 9.08578977914828867,
      1.67479674796747967, -435.991803820477229}},
    {3,
     1334.4166666666667,
     8.0063675676502467434,
     {0.01, 60, 1},
     {-519.557704232267557, 2.97063165645528289, -497.676450797571919, 59.9850084285446713,
      -0.0298395895310039193, 0.0302361444143114755, -7.49203970781045155e-6, -497.706939592436367,
      59.9850159205843791, -0.0149878275403745199}},
};

TEST(Amounts, DerivativesMatchDifferencesAtFiftyDigits) {
  for (const auto& row : reference_rows) {
    SCOPED_TRACE(row.mean);
    const GammaGamma model(row.params);
    // The parts of the sum are as large as p x ln(p x).
    EXPECT_NEAR(model.log_likelihood(row.x, row.mean, row.logs), row.expected[0],
                1e-13 * (std::abs(row.expected[0]) + row.x * row.params.p * 10));
    const Column x{row.x}, mean{row.mean}, logs{row.logs};
    const auto d = log_likelihood_derivatives(model, AmountPatterns(Amounts({x, mean, logs})));
    EXPECT_NEAR(d.value, row.expected[0], 1e-12 * std::abs(row.expected[0]));
    std::size_t next = 1;
    const auto expect_next = [&](double found) {
      EXPECT_NEAR(found, row.expected[next], 1e-9 * std::max(1.0, std::abs(row.expected[next])));
      ++next;
    };
    for (std::size_t i = 0; i < 3; ++i) expect_next(d.gradient[i]);
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = i; j < 3; ++j) expect_next(d.hessian[i * 3 + j]);
    }
  }
}

TEST(Amounts, LeaveOutCustomersWithAnAmountThatIsNotPositive) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Column x{2, 2, 0, 3, 2, 2}, mean{10, 10, std::nan(""), -1, 10, 10};
  const Column logs{4.5, -infinity, 0, 0, std::nan(""), 4.5};
  const AmountPatterns patterns(Amounts({x, mean, logs}));
  EXPECT_EQ(patterns.size(), 1U);
  EXPECT_EQ(patterns.customers(), 2);
  EXPECT_EQ(patterns.left_out(), 4);
  EXPECT_EQ(patterns.count()[0], 2);
  EXPECT_NEAR(patterns.spread(), 2 * (4.5 - 2 * std::log(10)), 1e-14);
}

TEST(Amounts, RefuseWhatCannotHaveHappened) {
  const Column x{2}, mean{10};
  const auto with = [&](const Column& logs) { return Amounts({x, mean, logs}); };
  EXPECT_NO_THROW((void)with({2 * std::log(10)}));
  try {
    (void)with({5});
    FAIL();
  } catch (const std::domain_error& error) {
    EXPECT_EQ(std::string(error.what()),
              "Amounts: sum_log_amounts of row 0 is 5, but must be <= frequency "
              "ln(monetary_value) (4.605170185988092)");
  }
  EXPECT_THROW((void)with({1, 2}), std::invalid_argument);
  const Column half{1.5};
  EXPECT_THROW((void)Amounts({half, mean, x}), std::domain_error);
}

TEST(Amounts, TellMoreOfTheShapeAndTheSameOfCustomers) {
  const GammaGamma truth({.p = 6, .q = 4, .gamma = 15});
  const Table table = simulated(truth, 3000, 7);
  const auto by_amounts = fit<GammaGamma>(table.view());
  const auto by_means = fit<GammaGamma>(table.view().spends());
  ASSERT_TRUE(by_amounts.usable()) << by_amounts.message;
  ASSERT_TRUE(by_means.usable()) << by_means.message;
  EXPECT_EQ(by_amounts.left_out, 500);
  EXPECT_LT(by_amounts.standard_errors()[0], 0.4 * by_means.standard_errors()[0]);
  EXPECT_NEAR(by_amounts.params.p, 6, 3 * by_amounts.standard_errors()[0]);
  EXPECT_NEAR(by_amounts.model().expected_spend(3, 60) / by_means.model().expected_spend(3, 60), 1,
              0.02);
}

TEST(Amounts, FitIsTheSameBytesForAnyOrderOfRowsAndThreads) {
  Table table = simulated(GammaGamma({.p = 2, .q = 3, .gamma = 20}), 2000, 8);
  const auto before = fit<GammaGamma>(table.view(), {.threads = 2});
  for (Column* column : {&table.frequency, &table.mean, &table.logs}) {
    std::reverse(column->begin(), column->end());
  }
  const auto after = fit<GammaGamma>(table.view());
  EXPECT_EQ(after.parameters, before.parameters);
  EXPECT_EQ(after.log_likelihood, before.log_likelihood);
}

TEST(Amounts, OfEqualPurchasesHaveNoShape) {
  Table table;
  for (int i = 1; i < 40; ++i) table.add(std::vector<double>(3, 5.0 * i));
  const auto found = fit<GammaGamma>(table.view());
  EXPECT_EQ(found.status, FitStatus::not_identified);
  EXPECT_NE(found.message.find('p'), std::string::npos) << found.message;
  EXPECT_EQ(fit<GammaGamma>(Table().view()).status, FitStatus::too_little_data);
}

TEST(AmountsSlow, FindTheirParametersAgain) {
  const Table table = simulated(GammaGamma({.p = 1.5, .q = 2.5, .gamma = 30}), 20000, 9);
  const auto found = fit<GammaGamma>(table.view());
  ASSERT_TRUE(found.usable()) << found.message;
  const std::vector<double> errors = found.standard_errors();
  EXPECT_NEAR(found.params.p, 1.5, 3 * errors[0]);
  EXPECT_NEAR(found.params.q, 2.5, 3 * errors[1]);
  EXPECT_NEAR(found.params.gamma, 30, 3 * errors[2]);
}

TEST(AmountsSlow, CanBeDrawnAgain) {
  const Table table = simulated(GammaGamma({.p = 6, .q = 4, .gamma = 15}), 1200, 10);
  const AmountPatterns patterns(table.view());
  const auto spend = fit<GammaGamma>(patterns);
  const auto trials = bootstrap(spend, patterns, {.replicates = 99, .seed = 4});
  const auto p = trials.estimate([](const GammaGamma& m) { return m.params().p; });
  const auto wald = spend.estimate("p");
  EXPECT_NEAR(p.low, wald.low, 0.3 * (wald.high - wald.low));
  EXPECT_NEAR(p.high, wald.high, 0.3 * (wald.high - wald.low));
}

}  // namespace
}  // namespace rapport::clv
