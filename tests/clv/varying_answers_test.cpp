#include <rapport/clv/varying_answers.hpp>

#include <rapport/clv/alive_path.hpp>
#include <rapport/clv/covariates.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/mbg_nbd_varying.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/pareto_nbd_varying.hpp>
#include <rapport/clv/simulate.hpp>

#include <gtest/gtest.h>

#include "support/recovery.hpp"
#include "support/seasons.hpp"
#include "support/varying_derivatives.hpp"

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

using tests::Seasons;

template <class Model>
struct Family;

template <>
struct Family<ParetoNbdVarying> {
  using Plain = ParetoNbd;
  static constexpr std::array<double, 4> base = {0.9, 8, 0.7, 6};
  static constexpr std::array<double, 4> short_lived = {0.9, 8, 3.5, 6};
  static constexpr const char* reference = "pareto_nbd";
};

template <>
struct Family<MbgNbdVarying> {
  using Plain = MbgNbd;
  static constexpr std::array<double, 4> base = {0.9, 8, 0.7, 2.5};
  static constexpr std::array<double, 4> short_lived = {0.9, 8, 3.5, 2.5};
  static constexpr const char* reference = "mbg_nbd";
};

// What both models with covariates that vary answer alike.
template <class M>
class VaryingAnswersOf : public testing::Test {
 protected:
  using Model = M;
  using Plain = typename Family<Model>::Plain;

  static Model model(const Coefficients& purchase, const Coefficients& dropout,
                     const std::array<double, 4>& base = Family<Model>::base) {
    return Model({base[0], base[1], base[2], base[3], purchase, dropout});
  }
  static Model seasonal() {
    return model({{"season", "kind"}, {0.6, -0.3}}, {{"season", "kind"}, {-0.8, 0.4}});
  }

  // Every answer is the plain model's. Horizons up to 7.5 are known.
  static void expect_the_plain_answers(const Model& model, const VaryingHistories& data,
                                       std::size_t row, const Plain& plain) {
    const CustomerHistory c = data.history(row);
    const auto expect = [](double actual, double expected, double tolerance = 1e-11) {
      EXPECT_NEAR(actual, expected, tolerance * std::abs(expected));
    };
    EXPECT_NEAR(model.log_likelihood(data, row), plain.log_likelihood(c), 1e-13);
    EXPECT_NEAR(model.log_probability_alive(data, row), plain.log_probability_alive(c), 1e-13);
    expect(model.probability_alive(data, row), plain.probability_alive(c), 1e-13);
    expect(model.purchase_rate(data, row), plain.purchase_rate(c));
    expect(model.dropout_rate(data, row), plain.dropout_rate(c));
    for (const double t : {0.0, 0.25, 7.5}) {
      SCOPED_TRACE(t);
      expect(model.probability_alive(data, row, t), plain.probability_alive(c, t), 1e-12);
      expect(model.expected_purchases(data, row, t), plain.expected_purchases(c, t), 1e-12);
      expect(model.expected_purchases(data, row, t / 3, t), plain.expected_purchases(c, t / 3, t));
      expect(model.discounted_purchases(data, row, t, 0.03),
             plain.discounted_purchases(c, t, 0.03));
      expect(model.probability_of_no_purchase(data, row, t), plain.probability_of_no_purchase(c, t),
             1e-12);
      for (const unsigned n : {0U, 1U, 2U, 6U, 7U, 20U, 60U}) {
        SCOPED_TRACE(n);
        expect(model.probability_of_purchases(data, row, n, t),
               plain.probability_of_purchases(c, n, t), 1e-10);
      }
    }
    for (const double delta : {0.002, 0.03, 1.0}) {
      expect(model.discounted_purchases(data, row, delta), plain.discounted_purchases(c, delta));
    }
    // For ever, if that is finite.
    const double ever = plain.discounted_purchases(c, 0);
    if (std::isnan(ever)) {
      EXPECT_TRUE(std::isnan(model.discounted_purchases(data, row, 0)));
    } else {
      expect(model.discounted_purchases(data, row, 0), ever);
    }
  }
};

using Models = testing::Types<ParetoNbdVarying, MbgNbdVarying>;
TYPED_TEST_SUITE(VaryingAnswersOf, Models);

TYPED_TEST(VaryingAnswersOf, DerivativesMatchFiftyDigits) {
  tests::expect_reference_derivatives<TypeParam>(Family<TypeParam>::reference);
}

TYPED_TEST(VaryingAnswersOf, WithoutCoefficientsTheModelIsThePlainOne) {
  const Seasons data = Seasons::usual();
  const auto& b = Family<TypeParam>::base;
  const typename TestFixture::Plain plain({b[0], b[1], b[2], b[3]});
  const TypeParam none = this->model({}, {});
  const TypeParam zero = this->model({{"season", "kind"}, {0, 0}}, {{"season", "kind"}, {0, 0}});
  for (std::size_t row = 0; row < data.size(); ++row) {
    SCOPED_TRACE(row);
    this->expect_the_plain_answers(none, data.histories(), row, plain);
    this->expect_the_plain_answers(zero, data.histories(), row, plain);
  }
}

TYPED_TEST(VaryingAnswersOf, ConstantCovariatesGiveTheStaticModelOfEachCustomer) {
  const Seasons data = Seasons::usual();
  const Coefficients purchase{{"kind"}, {0.5}};
  const Coefficients dropout{{"kind"}, {-0.75}};
  const auto& b = Family<TypeParam>::base;
  const WithCovariates<typename TestFixture::Plain> fixed({.base = {b[0], b[1], b[2], b[3]},
                                                           .purchase = purchase,
                                                           .dropout = dropout,
                                                           .beta_effect = BetaEffect::odds});
  for (std::size_t row = 0; row < data.size(); ++row) {
    SCOPED_TRACE(row);
    const std::vector<double> kind = {data.kind(row)};
    this->expect_the_plain_answers(this->model(purchase, dropout), data.histories(), row,
                                   fixed.model_of({.purchase = kind, .dropout = kind}));
  }
}

// The odds and rates move ahead, but too little to matter: the schemes for what changes, beside the
// plain model.
TYPED_TEST(VaryingAnswersOf, CovariatesThatHardlyChangeGiveThePlainAnswers) {
  const Seasons data = Seasons::usual();
  const auto& b = Family<TypeParam>::base;
  const typename TestFixture::Plain plain({b[0], b[1], b[2], b[3]});
  const TypeParam model = this->model({{"season"}, {1e-15}}, {{"season"}, {1e-15}});
  for (std::size_t row = 0; row < data.size(); ++row) {
    SCOPED_TRACE(row);
    this->expect_the_plain_answers(model, data.histories(), row, plain);
  }
}

TYPED_TEST(VaryingAnswersOf, ProbabilitiesOfCountsAddUpToOneAndHaveTheMean) {
  const Seasons data = Seasons::usual();
  const auto& d = data.histories();
  const TypeParam model = this->seasonal();
  for (std::size_t row = 0; row < data.size(); ++row) {
    SCOPED_TRACE(row);
    for (const double t : {0.5, 7.5}) {
      double sum = 0, mean = 0;
      for (unsigned n = 0; n < 150; ++n) {
        const double p = model.probability_of_purchases(d, row, n, t);
        EXPECT_GE(p, 0);
        sum += p;
        mean += n * p;
        if (n > 20 && p < 1e-15) break;
      }
      EXPECT_NEAR(sum, 1, 1e-11);
      EXPECT_NEAR(mean / model.expected_purchases(d, row, t), 1, 1e-10);
    }
    EXPECT_EQ(model.probability_of_purchases(d, row, 3, 0), 0);
    EXPECT_EQ(model.probability_of_purchases(d, row, 0, 7.5),
              model.probability_of_no_purchase(d, row, 7.5));
  }
}

TYPED_TEST(VaryingAnswersOf, ExpectationsAddUpAndDiscountsVanish) {
  const Seasons data = Seasons::usual();
  const auto& d = data.histories();
  const TypeParam model = this->seasonal();
  for (std::size_t row = 0; row < data.size(); ++row) {
    SCOPED_TRACE(row);
    EXPECT_EQ(model.expected_purchases(d, row, 0), 0);
    EXPECT_EQ(model.discounted_purchases(d, row, 7, 0), model.expected_purchases(d, row, 7));
    EXPECT_NEAR(model.discounted_purchases(d, row, 7, 1e-13) / model.expected_purchases(d, row, 7),
                1, 1e-11);
    EXPECT_NEAR(model.probability_alive(d, row, 0), model.probability_alive(d, row), 1e-15);
    EXPECT_NEAR(model.probability_of_no_purchase(d, row, 0), 1, 1e-14);
    double alive = 1, none = 1, expected = 0;
    for (double t = 0.5; t <= 7.5; t += 0.5) {
      EXPECT_LT(model.probability_alive(d, row, t), alive);
      EXPECT_LT(model.probability_of_no_purchase(d, row, t), none);
      expected += model.expected_purchases(d, row, t - 0.5, t);
      EXPECT_NEAR(expected / model.expected_purchases(d, row, t), 1, 1e-12);
      alive = model.probability_alive(d, row, t);
      none = model.probability_of_no_purchase(d, row, t);
      // Markov: whoever buys, buys once at least.
      EXPECT_LE(1 - none, expected);
    }
  }
}

// After the last known step its covariates stay: as if the grid said so for 100 weeks.
TYPED_TEST(VaryingAnswersOf, AnEndlessHorizonIsTheLimitOfLongOnes) {
  std::vector<double> season = {0, 1, 0.5, 0, 1, 1, 0.25};
  const std::vector<Seasons::Customer> customers = {{3, {0.5, 2.25}, 1}, {2, {}, 0.5}, {0, {}}};
  const Seasons data(season, customers);
  season.resize(100, 0.25);
  const Seasons longer(season, customers);
  const TypeParam model = this->seasonal();
  for (std::size_t row = 0; row < data.size(); ++row) {
    SCOPED_TRACE(row);
    const double limit = model.discounted_purchases(longer.histories(), row, 95, 0.4);
    EXPECT_NEAR(model.discounted_purchases(data.histories(), row, 0.4) / limit, 1, 1e-11);
    EXPECT_NEAR(model.discounted_purchases(longer.histories(), row, 0.4) / limit, 1, 1e-11);
    // All purchases ever: finite where lifetimes are short.
    const TypeParam brief =
        this->model({{"season"}, {0.6}}, {{"season"}, {-0.4}}, Family<TypeParam>::short_lived);
    const double ever = brief.discounted_purchases(data.histories(), row, 0);
    EXPECT_NEAR(brief.discounted_purchases(data.histories(), row, 1e-9) / ever, 1, 1e-5);
    EXPECT_LT(brief.expected_purchases(longer.histories(), row, 20), ever);
  }
}

TYPED_TEST(VaryingAnswersOf, RatesAreTheMeansOfTheirLaws) {
  const Seasons data = Seasons::usual();
  const auto& d = data.histories();
  const Coefficients purchase{{"season", "kind"}, {0.6, -0.3}};
  const Coefficients dropout{{"season", "kind"}, {-0.8, 0.4}};
  const auto base = Family<TypeParam>::base;
  const TypeParam model = this->model(purchase, dropout, base);
  auto more = base;
  ++more[0];
  const TypeParam shifted = this->model(purchase, dropout, more);
  // The mean of a Gamma(r, alpha) law under a likelihood is r / alpha times the likelihood with
  // r + 1 over that with r. Observation of the first two rows ends at a season of 0.125 and 0.
  for (const auto& [row, season] : {std::pair{0U, 0.125}, {1U, 0.0}}) {
    const double ratio = std::exp(shifted.log_likelihood(d, row) - model.log_likelihood(d, row));
    EXPECT_NEAR(model.purchase_rate(d, row) /
                    (base[0] / base[1] * ratio * std::exp(0.6 * season - 0.3 * data.kind(row))),
                1, 1e-12);
  }
}

TYPED_TEST(VaryingAnswersOf, ThePathOfBeingAliveIsWhatWasKnownAtEachTime) {
  const Seasons data = Seasons::usual();
  const auto& d = data.histories();
  const TypeParam model = this->seasonal();
  constexpr std::size_t row = 4;  // purchases at 1.5, 2.5, 4, 6.25 and 9, which is its age
  const std::vector<double> at = {0, 1, 1.5, 3.75, 8, 9, 10, 12};
  const auto path = model.alive_path(d, row, at);
  const Seasons young({0, 0, 0.5, 1, 1, -0.25, -0.25, 0, 2, 0, 0, 0.125, 0.125, 1},
                      {{3.75, {1.5, 2.5}, 1, 2.5}});
  EXPECT_NEAR(path[3], model.probability_alive(young.histories(), 0), 1e-15);
  EXPECT_EQ(path[5], model.probability_alive(d, row));
  EXPECT_EQ(path[7], model.probability_alive(d, row, 3));
  EXPECT_LT(path[1], path[0]);
  EXPECT_GT(path[6], path[7]);
  // Without coefficients it is the plain path.
  const auto& b = Family<TypeParam>::base;
  const auto plain = alive_path(typename TestFixture::Plain({b[0], b[1], b[2], b[3]}),
                                {.purchases = {1.5, 2.5, 4, 6.25, 9}, .age = 9}, at);
  const auto same = this->model({}, {}).alive_path(d, row, at);
  for (std::size_t i = 0; i < at.size(); ++i) EXPECT_NEAR(same[i], plain[i], 1e-13);
  const double bad = -1;
  EXPECT_THROW((void)model.alive_path(d, row, {&bad, 1}), std::domain_error);
}

TYPED_TEST(VaryingAnswersOf, SimulatedNewCustomersBuyAsExpected) {
  const Seasons data({0, 0, 0.5, 1, 1, 0, 0, 2, 0, 0, 1, 1}, {{0, {}}});
  const auto& d = data.histories();
  const TypeParam model = this->seasonal();
  constexpr double horizon = 11.5;
  constexpr int customers = 200000;
  double bought = 0, squares = 0, worth = 0, late = 0;
  std::array<double, 8> counts{};
  for (int i = 0; i < customers; ++i) {
    math::RandomStream stream(7, static_cast<std::uint64_t>(i));
    const auto times = draw_purchases(model, d, 0, horizon, stream);
    const auto n = static_cast<double>(times.size());
    bought += n;
    squares += n * n;
    if (times.size() < counts.size()) ++counts[times.size()];
    for (const double time : times) {
      worth += std::exp(-0.1 * time);
      late += time > 6.25 ? 1 : 0;
    }
  }
  const double mean = bought / customers;
  const double error = std::sqrt((squares / customers - mean * mean) / customers);
  EXPECT_NEAR(mean, model.expected_purchases(d, 0, horizon), 4 * error);
  EXPECT_NEAR(late / customers, model.expected_purchases(d, 0, 6.25, horizon), 4 * error);
  EXPECT_NEAR(worth / customers, model.discounted_purchases(d, 0, horizon, 0.1), 4 * error);
  for (unsigned n = 0; n < counts.size(); ++n) {
    const double p = model.probability_of_purchases(d, 0, n, horizon);
    EXPECT_NEAR(counts[n] / customers, p, 4 * std::sqrt(p / customers)) << n;
  }
}

TYPED_TEST(VaryingAnswersOf, HeavyBuyersAndRunawayCoefficientsStayFinite) {
  std::vector<double> times;
  for (int i = 1; i <= 1000; ++i) times.push_back(0.012 * i);
  const Seasons data({0, 0, 0.5, 1, 1, 0, 0, 2, 0, 0, 1, 1, 0, 0, 0, 1, 1},
                     {{13, times}, {13, {}}});
  const auto& d = data.histories();
  for (const double dropout : {-800.0, -30.0, 0.0, 30.0}) {
    SCOPED_TRACE(dropout);
    const TypeParam model = this->model({{"season"}, {0.5}}, {{"season"}, {dropout}});
    EXPECT_TRUE(std::isfinite(log_likelihood_derivatives(model, d).gradient[5]));
    for (std::size_t row = 0; row < 2; ++row) {
      EXPECT_TRUE(std::isfinite(model.log_likelihood(d, row)));
      const double alive = model.probability_alive(d, row);
      EXPECT_TRUE(alive >= 0 && alive <= 1) << alive;
      EXPECT_TRUE(std::isfinite(model.purchase_rate(d, row)));
      EXPECT_TRUE(std::isfinite(model.dropout_rate(d, row)));
      EXPECT_TRUE(std::isfinite(model.expected_purchases(d, row, 3)));
      EXPECT_TRUE(std::isfinite(model.discounted_purchases(d, row, 3, 0.1)));
      // Odds of e^30 take the plain future seconds over all time.
      if (dropout < 30) {
        EXPECT_TRUE(std::isfinite(model.discounted_purchases(d, row, 0.1)));
      }
      EXPECT_TRUE(std::isfinite(model.probability_of_purchases(d, row, 2, 3)));
      EXPECT_LE(model.probability_of_no_purchase(d, row, 3), 1);
    }
  }
}

TYPED_TEST(VaryingAnswersOf, FitsAreTheSameBytesForThreadsAndOrdersOfRows) {
  const auto data = Seasons::simulated(this->seasonal(), 300, 40, 52);
  const CovariateNames names{.purchase = {"season"}, .dropout = {"kind"}};
  const auto one = fit_varying<TypeParam>(data.histories(), names);
  const auto three = fit_varying<TypeParam>(data.histories(), names, {.threads = 3});
  const auto turned = fit_varying<TypeParam>(data.reversed().histories(), names);
  EXPECT_EQ(one.parameters, three.parameters);
  EXPECT_EQ(one.parameters, turned.parameters);
  EXPECT_EQ(one.log_likelihood, turned.log_likelihood);
  EXPECT_EQ(one.working_covariance, turned.working_covariance);
}

TYPED_TEST(VaryingAnswersOf, RejectsWhatIsNoModel) {
  using Params = typename TypeParam::Params;
  const auto params = [](const std::array<double, 4>& b, const Coefficients& purchase,
                         const Coefficients& dropout) {
    return Params{b[0], b[1], b[2], b[3], purchase, dropout};
  };
  const Coefficients x{{"x"}, {0}};
  EXPECT_NO_THROW(TypeParam(params({1, 1, 1, 1}, x, {})));
  for (std::size_t i = 0; i < 4; ++i) {
    std::array<double, 4> bad = {1, 1, 1, 1};
    bad[i] = 0;
    EXPECT_THROW(TypeParam(params(bad, x, {})), std::domain_error);
  }
  EXPECT_THROW(TypeParam(params({1, 1, 1, 1}, {{"x"}, {std::nan("")}}, {})), std::domain_error);
  EXPECT_THROW(TypeParam(params({1, 1, 1, 1}, {}, {{}, {1}})), std::invalid_argument);
  const Seasons data = Seasons::usual();
  const auto& d = data.histories();
  EXPECT_THROW((void)this->model(x, {}).log_likelihood(d, 0), std::invalid_argument);
  const TypeParam model = this->seasonal();
  EXPECT_THROW((void)model.expected_purchases(d, 0, -1), std::domain_error);
  EXPECT_THROW((void)model.expected_purchases(d, 0, 1e6), std::domain_error);
  EXPECT_THROW((void)model.expected_purchases(d, 0, 2, 1), std::domain_error);
  EXPECT_THROW((void)model.probability_alive(d, 0, std::nan("")), std::domain_error);
  EXPECT_THROW((void)model.probability_of_purchases(d, 0, 1, 1e6), std::domain_error);
  EXPECT_THROW((void)model.discounted_purchases(d, 0, 1, -1), std::domain_error);
  EXPECT_THROW((void)model.discounted_purchases(d, 0, -1), std::domain_error);
}

template <class M>
class VaryingAnswersOfSlow : public VaryingAnswersOf<M> {};
TYPED_TEST_SUITE(VaryingAnswersOfSlow, Models);

TYPED_TEST(VaryingAnswersOfSlow, FitsOfManySimulatedBasesHoldTheTruth) {
  const TypeParam model = this->seasonal();
  const auto& b = Family<TypeParam>::base;
  tests::Recovery recovery({b[0], b[1], b[2], b[3], 0.6, -0.3, -0.8, 0.4});
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    const auto data = Seasons::simulated(model, 1000, 40, 52, seed);
    const auto fit = fit_varying<TypeParam>(
        data.histories(), {.purchase = {"season", "kind"}, .dropout = {"season", "kind"}},
        {.threads = 2});
    recovery.add(fit, log_likelihood_derivatives(model, data.histories(), 2).value);
  }
  recovery.expect_the_truth();
}

}  // namespace
}  // namespace rapport::clv
