#include <rapport/clv/equity.hpp>

#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/cnbd_k.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/sbg.hpp>

#include <gtest/gtest.h>

#include "support/simulated_base.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace rapport::clv {
namespace {

// Made when first asked for: each test is a process of its own.
const tests::SimulatedBase& base() {
  static const tests::SimulatedBase made(tests::cdnow_mbg_nbd, 2000, 5);
  return made;
}
const std::vector<double>& means() {
  static const std::vector<double> made = base().mean_amounts(tests::cdnow_gamma_gamma, 6);
  return made;
}
const Fit<MbgNbd>& fitted() {
  static const Fit<MbgNbd> made = fit<MbgNbd>(base().histories());
  return made;
}
const Spends& spends() {
  static const Spends made({.frequency = base().frequency, .monetary_value = means()});
  return made;
}
const Fit<GammaGamma>& spend() {
  static const Fit<GammaGamma> made = fit<GammaGamma>(spends());
  return made;
}

std::vector<Equity> equity_with(const EquityOptions& options) {
  return customer_equity(fitted(), base().histories(), spend(), spends(), options);
}

// The whole is the sum of its customers, bit for bit, for any number of threads.
TEST(R07_CustomerEquity, IsTheSumOfItsCustomersBitForBit) {
  ASSERT_TRUE(fitted().usable() && spend().usable());
  const auto one = equity_with({.threads = 1});
  for (const int threads : {2, 5}) {
    const auto many = equity_with({.threads = threads});
    EXPECT_EQ(many[0].value, one[0].value);
    EXPECT_EQ(many[0].together.low, one[0].together.low);
    double sum = 0;
    for (const double value : many[0].value) sum += value;
    EXPECT_EQ(sum, many[0].together.value);
  }
}

TEST(Equity, IsWhatTheModelsSayOfEachCustomer) {
  const auto equity = equity_with(
      {.horizons = {core::weeks(26)}, .discount = core::AnnualRate(0.15), .margin = 0.3});
  const double delta = core::AnnualRate(0.15).continuous_per(core::weeks);
  for (std::size_t i = 0; i < base().age.size(); i += 97) {
    const double x = base().frequency[i];
    const double amount = spend().model().expected_spend(x, x > 0 ? means()[i] : 0);
    const double purchases =
        fitted().model().discounted_purchases(base().histories()[i], 26, delta);
    EXPECT_NEAR(equity[0].value[i] / (0.3 * amount * purchases), 1, 1e-13);
  }
  EXPECT_EQ(equity[0].left_out, 0);
  EXPECT_EQ(equity[0].together.n, 2000);
}

TEST(Equity, OfSeveralHorizonsIsThatOfEach) {
  const std::vector<core::TimeSpan> horizons = {core::weeks(52), core::weeks(4), core::years(3)};
  const auto all = equity_with({.horizons = horizons});
  ASSERT_EQ(all.size(), 3);
  for (std::size_t h = 0; h < 3; ++h) {
    const auto one = equity_with({.horizons = {horizons[h]}});
    EXPECT_EQ(all[h].together.value, one[0].together.value);
    EXPECT_EQ(all[h].together.high, one[0].together.high);
    EXPECT_EQ(all[h].deviation, one[0].deviation);
  }
  EXPECT_LT(all[1].together.value, all[0].together.value);
  EXPECT_LT(all[0].together.value, all[2].together.value);
}

TEST(Equity, StatesParametersAndChanceApartAndTogether) {
  const Equity equity = equity_with({})[0];
  EXPECT_EQ(equity.parameters.covers, core::Covers::parameter);
  EXPECT_EQ(equity.chance.covers, core::Covers::prediction);
  EXPECT_EQ(equity.together.covers, core::Covers::prediction);
  EXPECT_NEAR(std::log(equity.together.high / equity.together.value),
              std::hypot(std::log(equity.parameters.high / equity.parameters.value),
                         std::log(equity.chance.high / equity.chance.value)),
              1e-12);
  double variance = 0;
  for (const double d : equity.deviation) variance += d * d;
  EXPECT_NEAR(equity.chance_error / std::sqrt(variance), 1, 1e-12);
  EXPECT_LT(equity.parameters.low, equity.parameters.value);
}

// Amounts of 1 and no spend model: the total of a forecast with the same weights.
TEST(Equity, OfCertainAmountsAgreesWithTheForecast) {
  std::vector<double> amounts(base().age.size());
  std::iota(amounts.begin(), amounts.end(), 0.0);
  amounts[7] = NAN;
  const Equity equity = customer_equity(fitted(), base().histories(), amounts)[0];
  const Forecast expected = forecast(fitted(), base().histories(), {}, amounts);
  EXPECT_NEAR(equity.parameters.value / expected.total.value, 1, 1e-12);
  EXPECT_NEAR(equity.parameters.low / expected.total.low, 1, 1e-9);
  EXPECT_EQ(equity.left_out, 1);
  EXPECT_TRUE(std::isnan(equity.value[7]));
}

TEST(Equity, DiscountsEachCustomerAtARateOfTheirOwn) {
  std::vector<core::DiscountRate> rates;
  for (std::size_t i = 0; i < base().age.size(); ++i) {
    rates.push_back(i % 2 == 0 ? core::DiscountRate(core::AnnualRate(0.05))
                               : core::DiscountRate::continuous(0.01, core::weeks));
  }
  const auto mixed = equity_with({.discounts = rates});
  const auto low = equity_with({.discount = core::AnnualRate(0.05)});
  const auto high = equity_with({.discount = core::DiscountRate::continuous(0.01, core::weeks)});
  for (std::size_t i = 0; i < base().age.size(); i += 101) {
    EXPECT_EQ(mixed[0].value[i], (i % 2 == 0 ? low : high)[0].value[i]);
  }
}

// A row that stands for customers is as many rows.
TEST(Equity, OfCountedRowsIsThatOfTheirCustomers) {
  const std::vector<double> x = {2, 2, 2, 0}, t_x = {20, 20, 20, 0}, t = {38, 38, 38, 30};
  const std::vector<double> x2 = {2, 0}, t2 = {20, 0}, age2 = {38, 30}, three = {3, 1};
  const Histories rows({.frequency = x, .recency = t_x, .age = t}, core::weeks);
  const Histories counted({.frequency = x2, .recency = t2, .age = age2, .customers = three},
                          core::weeks);
  const Equity a = customer_equity(fitted(), rows, std::vector<double>(4, 10.0))[0];
  const Equity b = customer_equity(fitted(), counted, std::vector<double>(2, 10.0))[0];
  EXPECT_NEAR(a.together.value / b.together.value, 1, 1e-14);
  EXPECT_NEAR(a.chance_error / b.chance_error, 1, 1e-14);
}

// p / nu with nu ~ Gamma(q, gamma): mean p gamma / (q - 1); q = 3, p = 2, gamma = 10 by hand.
TEST(AmountMoments, OfGammaGammaByHand) {
  const auto moments = AmountMoments::of({2, 3, 10});
  EXPECT_EQ(moments.mean, 10);          // 2 * 10 / 2
  EXPECT_EQ(moments.mean_square, 200);  // 4 * 100 / (2 * 1)
  EXPECT_EQ(moments.square, 300);       // 6 * 50
  EXPECT_TRUE(std::isnan(AmountMoments::of({2, 1.5, 10}).square));
  EXPECT_TRUE(std::isfinite(AmountMoments::of({2, 1.5, 10}).mean));
  EXPECT_TRUE(std::isnan(AmountMoments::of({2, 1, 10}).mean));
}

TEST(Equity, SaysWhereAmountsHaveNoVarianceOrNoMean) {
  Fit<GammaGamma> wild = spend();
  wild.params = {.p = 0.1, .q = 1.5, .gamma = 10};
  wild.parameters = {0.1, 1.5, 10};
  const Equity no_variance = customer_equity(fitted(), base().histories(), wild, spends())[0];
  EXPECT_TRUE(std::isfinite(no_variance.parameters.low));
  EXPECT_TRUE(std::isnan(no_variance.chance_error));
  EXPECT_TRUE(std::isnan(no_variance.together.low));
  wild.params.q = wild.parameters[1] = 0.9;
  const Equity no_mean = customer_equity(fitted(), base().histories(), wild, spends())[0];
  EXPECT_GT(no_mean.left_out, 500);  // those who spent nothing yet
  EXPECT_TRUE(std::isfinite(no_mean.parameters.value));
}

TEST(Equity, KeepsToWhatTheFitsAllow) {
  Fit<MbgNbd> lost = fitted();
  lost.status = FitStatus::not_identified;
  const Equity unsure = customer_equity(lost, base().histories(), spend(), spends())[0];
  EXPECT_TRUE(std::isfinite(unsure.together.value) && std::isnan(unsure.together.low));
  EXPECT_TRUE(std::isfinite(unsure.chance.low));
  lost.status = FitStatus::too_little_data;
  const Equity none = customer_equity(lost, base().histories(), spend(), spends())[0];
  EXPECT_EQ(none.together.status, core::Status::abstained);
  EXPECT_EQ(none.value.size(), 2000);
}

TEST(Equity, RejectsWhatMakesNoSense) {
  EXPECT_THROW((void)equity_with({.horizons = {}}), std::invalid_argument);
  EXPECT_THROW((void)equity_with({.horizons = {core::weeks(-1)}}), std::domain_error);
  EXPECT_THROW((void)equity_with({.margin = -1}), std::domain_error);
  EXPECT_THROW((void)equity_with({.level = 1}), std::domain_error);
  EXPECT_THROW((void)equity_with({.discount = core::DiscountRate::continuous(-1, core::weeks)}),
               std::domain_error);
  EXPECT_THROW((void)equity_with({.discounts = {core::AnnualRate(0.1)}}), std::invalid_argument);
  EXPECT_THROW((void)customer_equity(fitted(), base().histories(), std::vector<double>{1}),
               std::invalid_argument);
  EXPECT_THROW((void)customer_equity(fitted(), base().histories(), std::vector<double>(2000, -1)),
               std::domain_error);
  EXPECT_THROW((void)customer_equity(fitted(), base().histories(core::days), spend(), spends()),
               std::invalid_argument);
}

TEST(Equity, MayLookForEver) {
  const auto equity = equity_with({.horizons = {core::years(50), forever}});
  EXPECT_GT(equity[1].together.value, equity[0].together.value);
  // Purchases grow rarer, so what lies beyond is less than 1.1^-50 = 0.9 % of all.
  EXPECT_NEAR(equity[0].together.value / equity[1].together.value, 1, 0.01);
  EXPECT_NEAR(equity[0].chance_error / equity[1].chance_error, 1, 0.01);
  EXPECT_TRUE(std::isfinite(equity[1].together.low));
  EXPECT_FALSE(equity[1].infinite_variance);
}

// a < 1: some would buy for so long that there is no mean.
TEST(Equity, ForEverWithoutDiscountIsUndefinedWhereItIsInfinite) {
  const core::DiscountRate none = core::DiscountRate::continuous(0, core::weeks);
  Fit<MbgNbd> loyal = fitted();
  loyal.params.a = loyal.parameters[2] = 0.8;
  const auto equity = customer_equity(loyal, base().histories(), spend(), spends(),
                                      {.horizons = {forever, core::weeks(52)}, .discount = none});
  EXPECT_EQ(equity[0].together.status, core::Status::undefined);
  EXPECT_EQ(equity[0].parameters.status, core::Status::undefined);
  EXPECT_TRUE(std::isnan(equity[0].together.value));
  EXPECT_EQ(equity[0].left_out, 0);
  EXPECT_EQ(equity[1].together.status, core::Status::estimated);
  Fit<MbgNbd> heavy = fitted();
  heavy.params.a = heavy.parameters[2] = 1.5;
  const Equity no_variance = customer_equity(heavy, base().histories(), spend(), spends(),
                                             {.horizons = {forever}, .discount = none})[0];
  EXPECT_EQ(no_variance.chance.status, core::Status::estimated);
  EXPECT_TRUE(no_variance.infinite_variance);
  EXPECT_TRUE(std::isnan(no_variance.chance.low) && std::isfinite(no_variance.parameters.low));
}

struct Donors {
  std::vector<double> frequency, recency, opportunities;

  Donors(const BgBb& model, std::size_t customers, std::uint64_t seed)
      : opportunities(customers, 6) {
    const CustomerValues all = simulate_purchases(model, opportunities, seed);
    for (std::size_t i = 0; i < customers; ++i) {
      const OpportunityHistory c = opportunity_history_at(all.of(i), 6);
      frequency.push_back(c.frequency);
      recency.push_back(c.recency);
    }
  }
  [[nodiscard]] Opportunities histories() const {
    return Opportunities(
        {.frequency = frequency, .recency = recency, .opportunities = opportunities});
  }
};
const BgBb donors({.alpha = 1.204, .beta = 0.750, .gamma = 0.657, .delta = 2.783});

TEST(Equity, OnOpportunitiesIsWhatTheModelSaysOfEach) {
  const Donors seen(donors, 1000, 3);
  const auto model_fit = fit<BgBb>(seen.histories());
  ASSERT_TRUE(model_fit.usable());
  const std::vector<double> amounts(1000, 50.0);
  const auto equity = customer_equity(model_fit, seen.histories(), core::years(1), amounts,
                                      {.horizons = {core::years(5), forever}, .margin = 0.5});
  double five = 0, ever = 0;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    five += 25 * model_fit.model().discounted_purchases(seen.histories()[i], 5, 0.1);
    ever += 25 * model_fit.model().discounted_purchases(seen.histories()[i], 0.1);
  }
  EXPECT_NEAR(equity[0].together.value / five, 1, 1e-12);
  EXPECT_NEAR(equity[1].together.value / ever, 1, 1e-12);
  EXPECT_LT(equity[0].parameters.low, five);
  EXPECT_GT(equity[0].chance_error, 0);
  // A year and a half holds no whole number of years.
  EXPECT_THROW((void)customer_equity(model_fit, seen.histories(), core::years(1), amounts,
                                     {.horizons = {core::months(18)}}),
               std::domain_error);
  EXPECT_THROW((void)customer_equity(model_fit, seen.histories(), core::years(0), amounts),
               std::domain_error);
}

TEST(Equity, OfContractsIsWhatTheModelSaysOfEach) {
  const std::vector<double> t = {0, 1, 2, 3, 4, 5, 6, 7},
                            alive = {1000, 631, 468, 382, 326, 289, 262, 241};
  const auto model_fit = fit<Sbg>(Retention(CohortColumns{.t = t, .alive = alive}));
  ASSERT_TRUE(model_fit.usable());
  const std::vector<double> periods = {8, 1}, customers = {241, 500}, fees = {100, 80};
  const ContractMembers members({.period = periods, .customers = customers});
  const auto equity = customer_equity(model_fit, members, core::years(1), fees,
                                      {.horizons = {core::years(4), forever}});
  const Sbg model = model_fit.model();
  EXPECT_NEAR(equity[0].together.value,
              241 * 100 * model.discounted_residual_lifetime(8, 4, 0.1) +
                  500 * 80 * model.discounted_residual_lifetime(1, 4, 0.1),
              1e-7);
  EXPECT_NEAR(equity[1].value[0], 241 * 100 * model.discounted_residual_lifetime(8, 0.1), 1e-7);
  const double variance =
      241 * 1e4 * purchase_moments(model, ContractMember{8}, 4, 0.1).variance() +
      500 * 6400 * purchase_moments(model, ContractMember{1}, 4, 0.1).variance();
  EXPECT_NEAR(equity[0].chance_error / std::sqrt(variance), 1, 1e-11);
  EXPECT_LT(equity[0].parameters.low, equity[0].parameters.value);
}

// Bases that go on for five years, fitted to the first six.
TEST(Equity, IntervalsOnOpportunitiesHoldWhatComes) {
  constexpr int bases = 150;
  constexpr std::size_t customers = 400;
  int held = 0, made = 0;
  const std::vector<double> ones(customers, 1.0), ages(customers, 11.0);
  for (int b = 0; b < bases; ++b) {
    const auto seed = static_cast<std::uint64_t>(500 + b);
    const Donors seen(donors, customers, seed);
    const CustomerValues all = simulate_purchases(donors, ages, seed);
    double later = 0;
    for (std::size_t i = 0; i < customers; ++i) {
      for (const double at : all.of(i)) later += at > 6 ? std::pow(1.1, 6 - at) : 0;
    }
    const auto model_fit = fit<BgBb>(seen.histories());
    if (!model_fit.usable()) continue;
    ++made;
    const Equity equity = customer_equity(model_fit, seen.histories(), core::years(1), ones,
                                          {.horizons = {core::years(5)}})[0];
    held += later >= equity.together.low && later <= equity.together.high;
  }
  ASSERT_GE(made, 120);
  EXPECT_NEAR(1.0 * held / made, 0.9, 3 * std::sqrt(0.09 / made));
}

// Regular buyers seen for 27 to 39 weeks, and what they buy in the half year after that.
struct RegularBase {
  std::vector<double> frequency, recency, age, sum_log_intervals;
  double later = 0;  // purchases to come, discounted

  template <class Model>
  RegularBase(const Model& model, std::size_t customers, std::uint64_t seed, double delta) {
    for (std::size_t i = 0; i < customers; ++i) {
      age.push_back(27 + static_cast<double>(i % 85) / 7);
    }
    std::vector<double> ends = age;
    for (double& end : ends) end += 26;
    const CustomerValues times = simulate_purchases(model, ends, seed);
    for (std::size_t i = 0; i < customers; ++i) {
      const CustomerHistory c = history_at(times.of(i), age[i]);
      frequency.push_back(c.frequency);
      recency.push_back(c.recency);
      double logs = 0, before = 0;
      for (const double at : times.of(i)) {
        if (at > age[i]) {
          later += std::exp(-delta * (at - age[i]));
        } else {
          logs += std::log(at - before);
          before = at;
        }
      }
      sum_log_intervals.push_back(logs);
    }
  }
  [[nodiscard]] Histories histories() const {
    return {{.frequency = frequency,
             .recency = recency,
             .age = age,
             .sum_log_intervals = sum_log_intervals},
            core::weeks};
  }
};

// How often the interval of both doubts holds what bases go on to buy.
template <class Model>
void expect_intervals_that_hold(const Model& model) {
  constexpr int bases = 40;
  constexpr std::size_t customers = 120;
  const core::DiscountRate discount = core::DiscountRate::continuous(0.01, core::weeks);
  const std::vector<double> ones(customers, 1.0);
  FitOptions with_k;
  with_k.start = {1, 1, 1, 1, model.params().k};
  with_k.held = {false, false, false, false, true};
  int held = 0, made = 0;
  for (int b = 0; b < bases; ++b) {
    const RegularBase seen(model, customers, static_cast<std::uint64_t>(70 + b), 0.01);
    const Histories histories = seen.histories();
    const auto model_fit = fit<Model>(histories, with_k);
    if (!model_fit.usable()) continue;
    ++made;
    const Equity equity = customer_equity(model_fit, histories, ones,
                                          {.horizons = {core::weeks(26)}, .discount = discount})[0];
    held += seen.later >= equity.together.low && seen.later <= equity.together.high;
    if (b > 0) continue;
    const double deviation =
        std::sqrt(purchase_moments(model_fit.model(), histories[7], 26, 0.01).variance());
    EXPECT_NEAR(equity.deviation[7] / deviation, 1, 1e-9);
  }
  ASSERT_GE(made, 30);
  EXPECT_NEAR(1.0 * held / made, 0.9, 3 * std::sqrt(0.09 / made));
}

TEST(Equity, IntervalsHoldWhatRegularBuyersGoOnToBuy) {
  expect_intervals_that_hold(BgCnbdK({.r = 0.959, .alpha = 5.129, .a = 0.823, .b = 2.785, .k = 2}));
  expect_intervals_that_hold(MbgCnbdK({.r = 1.329, .alpha = 5.813, .a = 0.825, .b = 1.79, .k = 2}));
}

// Many bases from known models, each fitted and valued, then lived on for half a year: the interval
// of both holds what they spend as often as it says; that of the parameters alone does not.
TEST(EquitySlow, IntervalsHoldWhatTheBaseGoesOnToSpend) {
  constexpr int bases = 120;
  constexpr double t = 26;
  const core::DiscountRate discount = core::AnnualRate(0.10);
  const double delta = discount.continuous_per(core::weeks);
  int held = 0, held_by_parameters = 0, made = 0;
  for (int b = 0; b < bases; ++b) {
    const auto seed = static_cast<std::uint64_t>(1000 + b);
    const tests::SimulatedBase seen(tests::cdnow_mbg_nbd, 800, seed);
    std::vector<double> later = seen.age;
    for (double& age : later) age += t;
    const CustomerValues times = simulate_purchases(tests::cdnow_mbg_nbd, later, seed);
    std::vector<double> mean_seen;
    double spent = 0;
    for (std::size_t i = 0; i < later.size(); ++i) {
      const auto all = times.of(i);
      math::RandomStream stream(seed, i, 77);
      const auto amounts = draw_spends(tests::cdnow_gamma_gamma, all.size(), stream);
      const auto x = static_cast<std::size_t>(seen.frequency[i]);
      mean_seen.push_back(x == 0 ? NAN
                                 : std::accumulate(amounts.begin(),
                                                   amounts.begin() + static_cast<std::ptrdiff_t>(x),
                                                   0.0) /
                                       static_cast<double>(x));
      for (std::size_t j = x; j < all.size(); ++j) {
        spent += amounts[j] * std::exp(-delta * (all[j] - seen.age[i]));
      }
    }
    const auto purchases = fit<MbgNbd>(seen.histories());
    const Spends money({.frequency = seen.frequency, .monetary_value = mean_seen});
    const auto amounts = fit<GammaGamma>(money);
    if (!purchases.usable() || !amounts.usable()) continue;
    ++made;
    const Equity equity = customer_equity(purchases, seen.histories(), amounts, money,
                                          {.horizons = {core::weeks(t)}, .discount = discount})[0];
    held += spent >= equity.together.low && spent <= equity.together.high;
    held_by_parameters += spent >= equity.parameters.low && spent <= equity.parameters.high;
  }
  ASSERT_GE(made, 100);
  const double error = std::sqrt(0.9 * 0.1 / made);
  EXPECT_NEAR(1.0 * held / made, 0.9, 3 * error) << held_by_parameters << " by parameters alone";
  EXPECT_LT(held_by_parameters, held);
}

}  // namespace
}  // namespace rapport::clv
