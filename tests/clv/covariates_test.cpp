#include <rapport/clv/covariates.hpp>

#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/likelihood_ratio.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/sbg.hpp>
#include <rapport/clv/simulate.hpp>

#include <gtest/gtest.h>

#include "support/apparel.hpp"
#include "support/recovery.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;

const tests::Apparel& apparel() {
  static const tests::Apparel data(false);
  return data;
}

Covariates who() {
  return Covariates(
      {.names = {"gender", "channel"}, .values = {apparel().gender, apparel().channel}});
}

void expect_parameters(const FitReport& fit, const Column& golden, double tolerance = 5e-4) {
  ASSERT_EQ(fit.parameters.size(), golden.size());
  for (std::size_t i = 0; i < golden.size(); ++i) {
    EXPECT_NEAR(fit.parameters[i] / golden[i], 1, tolerance) << fit.names[i];
  }
}

// golden.md 1.4, Pareto/NBD with static covariates on both processes.
TEST(Covariates, ReproduceTheGoldenFitOfParetoNbd) {
  RAPPORT_REQUIRE_DATA();
  const auto fit =
      fit_with_covariates<ParetoNbd>(apparel().histories(), {.purchase = who(), .dropout = who()});
  ASSERT_TRUE(fit.usable()) << fit.message;
  EXPECT_NEAR(fit.log_likelihood, -5821.062686, 1e-5);
  expect_parameters(fit,
                    {1.838967, 92.96295, .591304, 49.51309, .286135, .623930, -.641868, .789759});
  const std::vector<std::string_view> names = {"r",
                                               "alpha",
                                               "s",
                                               "beta",
                                               "purchase.gender",
                                               "purchase.channel",
                                               "dropout.gender",
                                               "dropout.channel"};
  EXPECT_EQ(fit.names, names);
  const Column errors = {.3457, 16.9749, .2603, 36.1445, .1041, .1049, .2956, .3058};
  const Column standard_errors = fit.standard_errors();
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_NEAR(standard_errors[i] / errors[i], 1, 2e-3) << fit.names[i];
  }
  EXPECT_NEAR(fit.aic(), 11658.1254, 1e-3);
  EXPECT_NEAR(fit.bic(), 11693.3008, 1e-3);
  EXPECT_NEAR(fit.objective, 5821.062686 / 600, 1e-8);
  EXPECT_NEAR(
      log_likelihood(fit.model(), apparel().histories(), {.purchase = who(), .dropout = who()}),
      fit.log_likelihood, 1e-8);
}

// golden.md 3.3: CLVTools at the parameters that it prints, which counts the first purchase too.
// Its last printed digit moves the answer by some 1e-4.
TEST(Covariates, PredictTheGoldenNewCustomer) {
  const std::vector<std::string> names = {"gender", "channel"};
  const WithCovariates<ParetoNbd> model({.base = {1.8387, 92.9435, .5913, 49.5050},
                                         .purchase = {names, {.2860, .6239}},
                                         .dropout = {names, {-.6428, .7902}}});
  const Column female = {1, 0};
  EXPECT_NEAR(1 + model.model_of({.purchase = female, .dropout = female}).expected_purchases(52),
              2.1942073897, 2e-4);
}

TEST(Covariates, ReproduceTheGoldenFitWithOneGender) {
  RAPPORT_REQUIRE_DATA();
  const auto free =
      fit_with_covariates<ParetoNbd>(apparel().histories(), {.purchase = who(), .dropout = who()});
  const auto equal = fit_with_covariates<ParetoNbd>(
      apparel().histories(), {.purchase = who(), .dropout = who()}, {.equal = {"gender"}});
  ASSERT_TRUE(equal.usable()) << equal.message;
  EXPECT_NEAR(equal.log_likelihood, -5826.534191, 1e-5);
  const std::vector<std::string_view> names = {
      "r", "alpha", "s", "beta", "both.gender", "purchase.channel", "dropout.channel"};
  EXPECT_EQ(equal.names, names);
  expect_parameters(equal, {1.79389, 94.73546, .428628, 59.06564, .328453, .638550, 1.023268});
  EXPECT_EQ(equal.params.purchase.values[0], equal.params.dropout.values[0]);
  const LikelihoodRatio test = likelihood_ratio(equal, free);
  EXPECT_EQ(test.degrees, 1);
  EXPECT_NEAR(test.statistic, 10.943, 1e-3);
  EXPECT_NEAR(test.p_value / .0009396, 1, 1e-3);
}

TEST(Covariates, ReproduceTheGoldenFitWithPenalties) {
  RAPPORT_REQUIRE_DATA();
  const auto fit =
      fit_with_covariates<ParetoNbd>(apparel().histories(), {.purchase = who(), .dropout = who()},
                                     {.purchase_penalty = 0.1, .dropout_penalty = 0.2});
  ASSERT_TRUE(fit.usable()) << fit.message;
  EXPECT_NEAR(fit.objective, 9.731281, 1e-6);
  EXPECT_NEAR(fit.log_likelihood, -5833.327349, 2e-4);
  expect_parameters(
      fit, {1.737578, 69.79931, .533917, 39.73358, .171753, .236711, -.044384, .024643}, 1e-3);
  // A penalty tells something of its own: it narrows errors, and does not blow them up.
  const auto free =
      fit_with_covariates<ParetoNbd>(apparel().histories(), {.purchase = who(), .dropout = who()});
  for (std::size_t i = 4; i < 8; ++i) {
    EXPECT_LT(fit.standard_errors()[i], free.standard_errors()[i]) << fit.names[i];
  }
}

// golden.md 1.4: CLVTools ends at -5821.062833 with b near 1e-6. The Pareto/NBD is the limit b = 0.
TEST(Covariates, SayThatGgompertzNbdIsParetoNbdHere) {
  RAPPORT_REQUIRE_DATA();
  const auto fit = fit_with_covariates<GgompertzNbd>(apparel().histories(),
                                                     {.purchase = who(), .dropout = who()});
  EXPECT_FALSE(fit.usable());
  EXPECT_NEAR(fit.log_likelihood, -5821.0627, 2e-4) << fit.message;
  EXPECT_NE(fit.message.find("run to 0 together"), std::string::npos) << fit.message;
}

// golden.md 1.4: a and b run to infinity together, and no peer says so.
TEST(Covariates, SayThatTheSpreadOfBgNbdIsNotIdentified) {
  RAPPORT_REQUIRE_DATA();
  const auto fit =
      fit_with_covariates<BgNbd>(apparel().histories(), {.purchase = who(), .dropout = who()});
  EXPECT_EQ(fit.status, FitStatus::not_identified);
  EXPECT_FALSE(fit.usable());
  EXPECT_NEAR(fit.log_likelihood, -5839.862, 1e-3);
  EXPECT_NE(fit.message.find("a and b run to infinity together"), std::string::npos) << fit.message;
}

TEST(Covariates, AsOddsMeanSomethingWhereTheSpreadIsNotIdentified) {
  RAPPORT_REQUIRE_DATA();
  const CovariateSets sets{.purchase = who(), .dropout = who()};
  const CovariateOptions odds{.beta_effect = BetaEffect::odds};
  const auto simple = fit_with_covariates<BgNbd>(apparel().histories(), sets, odds);
  EXPECT_TRUE(simple.usable()) << simple.message;
  const auto modified = fit_with_covariates<MbgNbd>(apparel().histories(), sets, odds);
  EXPECT_TRUE(modified.usable()) << modified.message;
  // Better than every static model in golden.md.
  EXPECT_GT(modified.log_likelihood, -5819.73);
  EXPECT_EQ(modified.params.beta_effect, BetaEffect::odds);
}

// 300 customers of 40 weeks and their covariates: a constant, two that say something, one in units
// that are far from 1, and one that follows from others.
struct Base {
  Column age, group, year, income, twice, one, frequency, recency, spend, customers;

  explicit Base(std::size_t size, std::uint64_t seed = 11, double purchase = 0.5,
                double dropout = -0.6) {
    for (std::size_t i = 0; i < size; ++i) {
      const double g = i % 3 == 0 ? 1 : 0;
      age.push_back(20 + static_cast<double>(i % 21));
      group.push_back(g);
      year.push_back(2001 + static_cast<double>(i % 7));
      income.push_back(20000 + 1000 * static_cast<double>(i % 37));
      twice.push_back(2 * g + 1);
      one.push_back(1);
      math::RandomStream stream(seed, i);
      const MbgNbd model({.r = 0.9,
                          .alpha = 8 * std::exp(-purchase * g),
                          .a = 0.7 * std::exp(dropout * g),
                          .b = 2.5});
      const auto times = draw_purchases(model, age.back(), stream);
      frequency.push_back(static_cast<double>(times.size()));
      recency.push_back(times.empty() ? 0 : times.back());
      const GammaGamma spends({.p = 6, .q = 4, .gamma = 15 * std::exp(0.4 * g)});
      const auto amounts = draw_spends(spends, times.size() + 1, stream);
      spend.push_back(std::accumulate(amounts.begin(), amounts.end(), 0.0) /
                      static_cast<double>(amounts.size()));
    }
  }

  [[nodiscard]] Histories histories() const {
    return {{frequency, recency, age, customers}, core::weeks};
  }
  [[nodiscard]] Column purchases() const {
    Column result = frequency;
    for (double& x : result) ++x;
    return result;
  }
  [[nodiscard]] Covariates groups() const { return Covariates({{"group"}, {group}}); }

  // Donors who could give in each of 10 years, and whether they were asked in person.
  struct Donors {
    Column frequency, recency, years, asked;

    explicit Donors(std::size_t size) : years(size, 10) {
      for (std::size_t i = 0; i < size; ++i) {
        asked.push_back(i % 2 == 0 ? 1 : 0);
        math::RandomStream stream(5, i);
        const BgBb model({.alpha = 1.2 * std::exp(0.5 * asked.back()),
                          .beta = 0.75,
                          .gamma = 0.66 * std::exp(-0.4 * asked.back()),
                          .delta = 2.8});
        const auto bought = draw_purchases(model, 10, stream);
        frequency.push_back(static_cast<double>(bought.size()));
        recency.push_back(bought.empty() ? 0 : bought.back());
      }
    }
    [[nodiscard]] Opportunities opportunities() const {
      return Opportunities({frequency, recency, years});
    }
  };
};

template <class Model>
void expect_the_plain_fit(const Base& base) {
  const auto plain = fit<Model>(base.histories());
  const auto none = fit_with_covariates<Model>(base.histories(), {});
  ASSERT_TRUE(none.usable()) << none.message;
  EXPECT_NEAR(none.log_likelihood, plain.log_likelihood, 1e-8);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(none.parameters[i] / plain.parameters[i], 1, 1e-6);
    EXPECT_NEAR(none.standard_errors()[i] / plain.standard_errors()[i], 1, 1e-6);
  }
}

TEST(Covariates, WithoutAnyTheFitIsThePlainOne) {
  const Base base(1500);
  expect_the_plain_fit<ParetoNbd>(base);
  expect_the_plain_fit<BgNbd>(base);
  expect_the_plain_fit<MbgNbd>(base);
  const Base::Donors donors(2000);
  const auto plain_donors = fit<BgBb>(donors.opportunities());
  const auto all_donors = fit_with_covariates<BgBb>(donors.opportunities(), {});
  ASSERT_TRUE(all_donors.usable()) << all_donors.message;
  EXPECT_NEAR(all_donors.log_likelihood, plain_donors.log_likelihood, 1e-8);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(all_donors.standard_errors()[i] / plain_donors.standard_errors()[i], 1, 1e-6);
  }
  const Column purchases = base.purchases();
  const Spends spends({purchases, base.spend});
  const auto plain = fit<GammaGamma>(spends);
  const auto none = fit_with_covariates<GammaGamma>(spends, {});
  ASSERT_TRUE(none.usable()) << none.message;
  EXPECT_NEAR(none.log_likelihood, plain.log_likelihood, 1e-8);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(none.standard_errors()[i] / plain.standard_errors()[i], 1, 1e-6);
  }
}

// Contracts of which half are watched for 6 renewals and half for 3, and whether they pay by year.
struct Contracts {
  Column tenure, churned, yearly;

  explicit Contracts(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      yearly.push_back(i % 3 == 0 ? 1 : 0);
      math::RandomStream stream(8, i);
      const double watched = i % 2 == 0 ? 6 : 3;
      const double left =
          draw_tenure(Sbg({.alpha = 0.8 * std::exp(-0.7 * yearly.back()), .beta = 2}), stream);
      tenure.push_back(std::min(left, watched));
      churned.push_back(left <= watched ? 1 : 0);
    }
  }
};

TEST(Covariates, OfContractsMoveTheOddsToLeave) {
  const Contracts contracts(3000);
  const Tenures tenures({contracts.tenure, contracts.churned});
  const auto plain = fit<Sbg>(Retention(TenureColumns{contracts.tenure, contracts.churned}));
  const auto none = fit_with_covariates<Sbg>(tenures, {});
  ASSERT_TRUE(none.usable()) << none.message;
  EXPECT_NEAR(none.log_likelihood, plain.log_likelihood, 1e-8);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(none.standard_errors()[i] / plain.standard_errors()[i], 1, 1e-6);
  }
  const Covariates yearly({{"yearly"}, {contracts.yearly}});
  const auto fit = fit_with_covariates<Sbg>(tenures, {.dropout = yearly});
  ASSERT_TRUE(fit.usable()) << fit.message;
  EXPECT_EQ(fit.names[2], "dropout.yearly");
  const Column truth = {0.8, 2, -0.7};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(fit.parameters[i], truth[i], 3 * fit.standard_errors()[i]) << fit.names[i];
  }
  EXPECT_THROW((void)fit_with_covariates<Sbg>(tenures, {.purchase = yearly}),
               std::invalid_argument);
  Column bad = contracts.churned;
  bad[0] = 2;
  EXPECT_THROW(Tenures({contracts.tenure, bad}), std::domain_error);
}

TEST(Covariates, AModelOfACustomerIsThePlainModelWithItsParameters) {
  const WithCovariates<MbgNbd> odds({.base = {1, 2, 3, 4},
                                     .purchase = {{"x", "y"}, {0.5, -1}},
                                     .dropout = {{"x"}, {0.25}},
                                     .beta_effect = BetaEffect::odds});
  const Column xy = {2, 3};
  const Column x = {2};
  const MbgNbd moved = odds.model_of({.purchase = xy, .dropout = x});
  EXPECT_EQ(moved.params().r, 1);
  EXPECT_NEAR(moved.params().alpha, 2 * std::exp(2.0), 1e-14);
  EXPECT_NEAR(moved.params().a, 3 * std::exp(0.5), 1e-14);
  EXPECT_EQ(moved.params().b, 4);
  auto params = odds.params();
  params.beta_effect = BetaEffect::spread;
  const MbgNbd spread = WithCovariates<MbgNbd>(params).model_of({.purchase = xy, .dropout = x});
  EXPECT_NEAR(spread.params().a / spread.params().b, 0.75, 1e-15);
  const WithCovariates<GammaGamma> spend({.base = {6, 4, 15}, .spend = {{"x"}, {0.25}}});
  EXPECT_NEAR(spend.model_of({.spend = x}).population_mean(), 30 * std::exp(0.5), 1e-13);
  // A positive coefficient means more of it.
  const WithCovariates<ParetoNbd> pareto(
      {.base = {1, 2, 3, 4}, .purchase = {{"x"}, {0.5}}, .dropout = {{"x"}, {0.5}}});
  EXPECT_LT(pareto.model_of({.purchase = x, .dropout = x}).params().alpha, 2);
  EXPECT_LT(pareto.model_of({.purchase = x, .dropout = x}).params().beta, 4);
}

TEST(Covariates, UnitsAndOffsetsDoNotMatter) {
  const Base base(1500);
  Column shifted = base.group;
  for (double& g : shifted) g = 200 + g;  // far from zero
  Column scaled = base.group;
  for (double& g : scaled) g *= 1e6;
  const auto fit_by = [&](const Column& column) {
    const Covariates x({{"group"}, {column}});
    return fit_with_covariates<ParetoNbd>(base.histories(), {.purchase = x, .dropout = x});
  };
  const auto usual = fit_by(base.group);
  const auto offset = fit_by(shifted);
  const auto large = fit_by(scaled);
  ASSERT_TRUE(usual.usable()) << usual.message;
  ASSERT_TRUE(offset.usable()) << offset.message;
  ASSERT_TRUE(large.usable()) << large.message;
  EXPECT_NEAR(offset.log_likelihood, usual.log_likelihood, 1e-7);
  EXPECT_NEAR(large.log_likelihood, usual.log_likelihood, 1e-7);
  for (std::size_t i = 4; i < 6; ++i) {
    EXPECT_NEAR(offset.parameters[i], usual.parameters[i], 1e-6);
    EXPECT_NEAR(large.parameters[i] * 1e6, usual.parameters[i], 1e-6);
    EXPECT_NEAR(offset.standard_errors()[i] / usual.standard_errors()[i], 1, 1e-5);
    EXPECT_NEAR(large.standard_errors()[i] * 1e6 / usual.standard_errors()[i], 1, 1e-5);
  }
}

TEST(Covariates, GiveEveryQuantityAnInterval) {
  const Base base(1500);
  const CovariateSets sets{.purchase = base.groups(), .dropout = base.groups()};
  const auto fit =
      fit_with_covariates<MbgNbd>(base.histories(), sets, {.beta_effect = BetaEffect::odds});
  ASSERT_TRUE(fit.usable()) << fit.message;
  // A parameter itself, and a coefficient as the factor that it is.
  const auto alpha =
      estimate_of(fit, Quantity::positive, [](const auto& m) { return m.params().base.alpha; });
  const core::Estimate known = fit.estimate("alpha");
  EXPECT_NEAR(alpha.low / known.low, 1, 1e-7);
  EXPECT_NEAR(alpha.high / known.high, 1, 1e-7);
  const auto factor = estimate_of(fit, Quantity::positive, [](const auto& m) {
    return std::exp(m.params().dropout.values[0]);
  });
  EXPECT_NEAR(factor.low, std::exp(fit.estimate("dropout.group").low), 1e-7);
  const auto alive = estimate_of(fit, Quantity::probability, [&](const auto& m) {
    return m.model_of(sets, 0).probability_alive(base.histories()[0]);
  });
  EXPECT_LT(0, alive.low);
  EXPECT_LT(alive.low, alive.value);
  EXPECT_LT(alive.value, alive.high);
  EXPECT_LT(alive.high, 1);
  // Shared coefficients move together.
  const auto equal = fit_with_covariates<MbgNbd>(
      base.histories(), sets, {.equal = {"group"}, .beta_effect = BetaEffect::odds});
  const auto same = estimate_of(equal, Quantity::positive, [](const auto& m) {
    return std::exp(m.params().dropout.values[0] - m.params().purchase.values[0]);
  });
  EXPECT_EQ(same.low, 1);
  EXPECT_EQ(same.high, 1);
  EXPECT_THROW((void)coefficient_index(fit, "purchase", "age"), std::invalid_argument);
}

TEST(Covariates, EqualRowsOrdersAndThreadsGiveTheSameBytes) {
  Base base(900);
  const Covariates groups = base.groups();
  const auto one = fit_with_covariates<MbgNbd>(base.histories(), {.purchase = groups});
  const auto three =
      fit_with_covariates<MbgNbd>(base.histories(), {.purchase = groups}, {.threads = 3});
  EXPECT_EQ(one.parameters, three.parameters);
  EXPECT_EQ(one.working_covariance, three.working_covariance);
  Base turned = base;
  for (Column* column : {&turned.frequency, &turned.recency, &turned.age, &turned.group}) {
    std::reverse(column->begin(), column->end());
  }
  const auto backwards =
      fit_with_covariates<MbgNbd>(turned.histories(), {.purchase = turned.groups()});
  EXPECT_EQ(one.parameters, backwards.parameters);
  EXPECT_EQ(one.log_likelihood, backwards.log_likelihood);
  // Each customer twice, as rows or as counts.
  Base counted = base;
  counted.customers.assign(900, 2);
  Base doubled = base;
  for (Column* column : {&doubled.frequency, &doubled.recency, &doubled.age, &doubled.group}) {
    column->insert(column->end(), column->begin(), column->begin() + 900);
  }
  const auto by_count =
      fit_with_covariates<MbgNbd>(counted.histories(), {.purchase = counted.groups()});
  const auto by_row =
      fit_with_covariates<MbgNbd>(doubled.histories(), {.purchase = doubled.groups()});
  EXPECT_EQ(by_count.parameters, by_row.parameters);
  EXPECT_EQ(by_count.patterns, one.patterns);
}

TEST(Covariates, ThoseThatSayNothingOfTheirOwnAreHeldAndNamed) {
  const Base base(600);
  const Covariates many(
      {{"one", "group", "twice", "year"}, {base.one, base.group, base.twice, base.year}});
  const auto fit = fit_with_covariates<MbgNbd>(base.histories(), {.purchase = many});
  EXPECT_EQ(fit.status, FitStatus::not_identified);
  EXPECT_EQ(fit.message,
            "purchase.one, purchase.twice held at 0: constant, or a combination of the covariates "
            "before; not identified by these data");
  EXPECT_EQ(fit.params.purchase.values[0], 0);
  EXPECT_EQ(fit.params.purchase.values[2], 0);
  const Covariates few({{"group", "year"}, {base.group, base.year}});
  const auto enough = fit_with_covariates<MbgNbd>(base.histories(), {.purchase = few});
  ASSERT_TRUE(enough.usable()) << enough.message;
  EXPECT_NEAR(fit.log_likelihood, enough.log_likelihood, 1e-7);
  EXPECT_EQ(fit.free_parameters(), 6U);
  // A penalty decides between them.
  const auto penalised =
      fit_with_covariates<MbgNbd>(base.histories(), {.purchase = many}, {.purchase_penalty = 1e-3});
  EXPECT_TRUE(penalised.usable()) << penalised.message;
  EXPECT_EQ(penalised.free_parameters(), 8U);
  // What is a combination of others in one process is none where they share a coefficient.
  const Covariates both({{"group", "twice"}, {base.group, base.twice}});
  const auto shared =
      fit_with_covariates<MbgNbd>(base.histories(), {.purchase = both, .dropout = base.groups()},
                                  {.equal = {"group"}, .beta_effect = BetaEffect::odds});
  EXPECT_TRUE(shared.usable()) << shared.message;
}

TEST(Covariates, ThatSeparateAreNamedAsRunningToInfinity) {
  // Nobody of the group has dropped out: all of them bought on the last day.
  Base base(600);
  for (std::size_t i = 0; i < base.age.size(); ++i) {
    base.group[i] = i % 5 == 0 ? 1 : 0;
    if (base.group[i] == 0) continue;
    base.frequency[i] = std::max(base.frequency[i], 2.0);
    base.recency[i] = base.age[i];
  }
  const auto fit = fit_with_covariates<ParetoNbd>(
      base.histories(), {.purchase = base.groups(), .dropout = base.groups()});
  EXPECT_EQ(fit.status, FitStatus::not_identified);
  EXPECT_NE(fit.message.find("dropout.group runs to minus infinity"), std::string::npos)
      << fit.message;
  EXPECT_LT(fit.parameters[5], -5);
  for (const double p : fit.parameters) EXPECT_TRUE(std::isfinite(p));
  EXPECT_TRUE(std::isfinite(fit.log_likelihood));
}

TEST(Covariates, AnswerWhereThereIsTooLittle) {
  const Base none(0);
  EXPECT_EQ(fit_with_covariates<ParetoNbd>(none.histories(), {}).status,
            FitStatus::too_little_data);
  Base once(20);
  std::fill(once.frequency.begin(), once.frequency.end(), 0);
  std::fill(once.recency.begin(), once.recency.end(), 0);
  const auto nobody = fit_with_covariates<MbgNbd>(once.histories(), {.purchase = once.groups()});
  EXPECT_EQ(nobody.status, FitStatus::too_little_data);
  EXPECT_TRUE(std::isfinite(nobody.parameters[4]));
  for (const std::size_t size : {1U, 2U, 3U, 5U}) {
    SCOPED_TRACE(size);
    Base few(size);
    few.frequency.front() = 10000;
    few.recency.front() = few.age.front();
    const auto fit = fit_with_covariates<ParetoNbd>(few.histories(), {.purchase = few.groups()});
    for (const double p : fit.parameters) EXPECT_TRUE(std::isfinite(p)) << fit.message;
    EXPECT_FALSE(fit.message.empty());
  }
}

// Forty bases of each kind, and all parameters jointly: one base may well be 3 standard errors off.
TEST(CovariatesSlow, FitsOfManySimulatedBasesHoldTheTruth) {
  using Truth = WithCovariates<MbgNbd>::Params;
  const Truth truth{.base = {0.9, 8, 0.7, 2.5},
                    .purchase = {{"group"}, {0.5}},
                    .dropout = {{"group"}, {-0.6}},
                    .beta_effect = BetaEffect::odds};
  tests::Recovery recovery({0.9, 8, 0.7, 2.5, 0.5, -0.6});
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const Base base(3000, seed);
    const CovariateSets sets{.purchase = base.groups(), .dropout = base.groups()};
    const auto fit =
        fit_with_covariates<MbgNbd>(base.histories(), sets, {.beta_effect = BetaEffect::odds});
    recovery.add(fit, log_likelihood(WithCovariates<MbgNbd>(truth), base.histories(), sets));
  }
  recovery.expect_the_truth();
}

TEST(CovariatesSlow, FindTheParametersOfASimulation) {
  const Base base(20000);
  const Column purchases = base.purchases();
  const auto spend =
      fit_with_covariates<GammaGamma>(Spends({purchases, base.spend}), {.spend = base.groups()});
  ASSERT_TRUE(spend.usable()) << spend.message;
  const Column spend_truth = {6, 4, 15, 0.4};
  for (std::size_t i = 0; i < spend_truth.size(); ++i) {
    EXPECT_NEAR(spend.parameters[i], spend_truth[i], 3 * spend.standard_errors()[i])
        << spend.names[i];
  }
  EXPECT_EQ(spend.names[3], "spend.group");
  const Base::Donors donors(20000);
  const Covariates asked({{"asked"}, {donors.asked}});
  const auto giving =
      fit_with_covariates<BgBb>(donors.opportunities(), {.purchase = asked, .dropout = asked});
  ASSERT_TRUE(giving.usable()) << giving.message;
  const Column giving_truth = {1.2, 0.75, 0.66, 2.8, 0.5, -0.4};
  for (std::size_t i = 0; i < giving_truth.size(); ++i) {
    EXPECT_NEAR(giving.parameters[i], giving_truth[i], 3 * giving.standard_errors()[i])
        << giving.names[i];
  }
}

TEST(Covariates, RejectsMistakes) {
  const Base base(10);
  const Base shorter(9);
  EXPECT_THROW(Covariates({{"x"}, {}}), std::invalid_argument);
  EXPECT_THROW(Covariates({{""}, {base.group}}), std::invalid_argument);
  EXPECT_THROW(Covariates({{"x", "x"}, {base.group, base.year}}), std::invalid_argument);
  EXPECT_THROW(Covariates({{"x", "y"}, {base.group, shorter.year}}), std::invalid_argument);
  Column bad = base.group;
  bad[3] = std::nan("");
  EXPECT_THROW(Covariates({{"x"}, {bad}}), std::domain_error);
  const auto fit = [&](const CovariateSets& sets, const CovariateOptions& options = {}) {
    return fit_with_covariates<MbgNbd>(base.histories(), sets, options);
  };
  EXPECT_THROW((void)fit({.purchase = shorter.groups()}), std::invalid_argument);
  EXPECT_THROW((void)fit({.spend = base.groups()}), std::invalid_argument);
  EXPECT_THROW((void)fit({.purchase = base.groups()}, {.equal = {"group"}}), std::invalid_argument);
  EXPECT_THROW((void)fit({.purchase = base.groups()}, {.purchase_penalty = -1}), std::domain_error);
  using Params = WithCovariates<MbgNbd>::Params;
  EXPECT_THROW(WithCovariates<MbgNbd>(Params{.base = {1, 1, 0, 1}}), std::domain_error);
  EXPECT_THROW(WithCovariates<MbgNbd>(Params{.base = {1, 1, 1, 1}, .spend = {{"x"}, {1}}}),
               std::invalid_argument);
  EXPECT_THROW(WithCovariates<MbgNbd>(Params{.base = {1, 1, 1, 1}, .dropout = {{"x"}, {}}}),
               std::invalid_argument);
  EXPECT_THROW(
      WithCovariates<MbgNbd>(Params{.base = {1, 1, 1, 1}, .dropout = {{"x"}, {std::nan("")}}}),
      std::domain_error);
  const WithCovariates<MbgNbd> model(Params{.base = {1, 1, 1, 1}, .purchase = {{"x"}, {1}}});
  EXPECT_THROW((void)model.model_of({}), std::invalid_argument);
  EXPECT_THROW((void)model.model_of({.purchase = base.groups()}, 0), std::invalid_argument);
  const Column huge = {1e6};
  EXPECT_THROW((void)model.model_of({.purchase = huge}), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
