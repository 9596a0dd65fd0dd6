#include <rapport/clv/nbd.hpp>

#include <gtest/gtest.h>

#include "support/bases.hpp"
#include "support/simulated_base.hpp"

#include <rapport/clv/forecast.hpp>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

static_assert(RepeatBuyingModel<Nbd>);

// The CDNOW estimates of golden 1.1; a period is a week.
const Nbd cdnow({.r = 0.3847662, .alpha = 12.07202});

TEST(Nbd, ByHand) {
  // r = 2, alpha = 3: the density of one purchase in 3 weeks is 2 * 3^2 / 6^3 at any time.
  const Nbd model({.r = 2, .alpha = 3});
  EXPECT_DOUBLE_EQ(model.log_likelihood({1, 1, 3}), std::log(1. / 12));
  EXPECT_DOUBLE_EQ(model.log_likelihood({0, 0, 3}), std::log(0.25));
  EXPECT_DOUBLE_EQ(model.expected_purchases(6), 4);
  EXPECT_DOUBLE_EQ(model.expected_purchases({1, 1, 3}, 6), 3);
  EXPECT_DOUBLE_EQ(model.expected_purchases({1, 1, 3}, 2, 8), 3);
  EXPECT_DOUBLE_EQ(model.purchase_rate({1, 1, 3}), 0.5);
  EXPECT_EQ(model.dropout_rate({1, 1, 3}), 0);
  EXPECT_DOUBLE_EQ(model.probability_of_no_purchase({1, 1, 3}, 6), 0.125);
  EXPECT_DOUBLE_EQ(model.probability_of_purchases(1, 3), 0.25);
  EXPECT_DOUBLE_EQ(model.discounted_purchases({1, 1, 3}, 0.25), 2);
}

TEST(Nbd, NobodyDropsOut) {
  for (const CustomerHistory& c : {CustomerHistory{0, 0, 39}, {3, 5, 39}, {1000, 10, 300}}) {
    EXPECT_EQ(cdnow.probability_alive(c), 1);
    EXPECT_EQ(cdnow.probability_alive(c, 1e6), 1);
    EXPECT_EQ(cdnow.log_probability_alive(c), 0);
    EXPECT_TRUE(std::isnan(cdnow.discounted_purchases(c, 0))) << "infinite";
  }
}

TEST(Nbd, WhenPurchasesWereSaysNothing) {
  EXPECT_EQ(cdnow.log_likelihood({3, 5, 39}), cdnow.log_likelihood({3, 38, 39}));
}

TEST(Nbd, LikelihoodAddsUpToTheProbabilityOfCounts) {
  // All orders of x purchase times in (0, T] have the same density: x! of them fill T^x.
  for (const unsigned n : {0U, 1U, 5U, 40U, 500U}) {
    const double x = n;
    const double log_density =
        n > 0 ? cdnow.log_likelihood({x, 10, 39}) : cdnow.log_likelihood({0, 0, 39});
    const double log_orders = x * std::log(39.) - std::lgamma(x + 1);
    EXPECT_NEAR(std::log(cdnow.probability_of_purchases(n, 39)), log_density + log_orders,
                1e-15 * (10 + std::abs(log_density) + std::abs(log_orders)));
  }
}

TEST(Nbd, CountsToComeAddUpToOneAndToTheMean) {
  const CustomerHistory c{7, 29, 39};
  double total = 0;
  double mean = 0;
  for (unsigned n = 0; n < 500; ++n) {
    total += cdnow.probability_of_purchases(c, n, 52);
    mean += n * cdnow.probability_of_purchases(c, n, 52);
  }
  EXPECT_NEAR(total, 1, 1e-13);
  EXPECT_NEAR(mean / cdnow.expected_purchases(c, 52), 1, 1e-12);
}

// Golden 1.1 and 1.3: maxima from independent likelihoods (numpy and scipy), the last digits of
// which set the tolerances.
TEST(Nbd, FitsCdnowAndGrocery) {
  RAPPORT_REQUIRE_DATA();
  const auto sample = fit<Nbd>(tests::cdnow().histories());
  EXPECT_EQ(sample.status, FitStatus::converged) << sample.message;
  EXPECT_NEAR(sample.log_likelihood, -9763.657615, 1e-5);
  EXPECT_NEAR(sample.params.r / 0.3847662, 1, 1e-4);
  EXPECT_NEAR(sample.params.alpha / 12.07202, 1, 1e-4);

  const tests::Base base = tests::summarise("grocery_transactions.csv", "2006-12-31");
  const Histories histories = base.histories();
  const auto grocery = fit<Nbd>(histories);
  EXPECT_EQ(grocery.status, FitStatus::converged) << grocery.message;
  EXPECT_NEAR(grocery.log_likelihood, -16376.863901, 1e-5);
  EXPECT_NEAR(grocery.params.r / 0.4203203, 1, 1e-4);
  EXPECT_NEAR(grocery.params.alpha / 5.245119, 1, 1e-4);

  // Golden 2.2: the holdout that a model without dropout expects, 3389 purchases being made.
  double sum = 0;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    sum += grocery.model().expected_purchases(histories[i], 52);
  }
  EXPECT_NEAR(sum, 6354.7456, 0.5);  // its 4 decimals are at estimates of 7 digits
  const Nbd model({.r = 0.4203203, .alpha = 5.245119});
  constexpr double of_one_to_five[] = {1.290, 2.199, 3.107, 4.015, 4.924};
  for (int x = 1; x <= 5; ++x) {
    EXPECT_NEAR(model.expected_purchases({1. * x, 12, 52}, 52), of_one_to_five[x - 1], 5e-4);
  }
}

TEST(Nbd, DerivativesAreThoseOfTheLikelihood) {
  const std::vector<double> x{0, 0, 1, 4, 4, 700}, t_x{0, 0, 3, 9, 30, 38},
      t{39, 2, 39, 30, 31, 39};
  const Histories histories({.frequency = x, .recency = t_x, .age = t}, weeks);
  const Patterns patterns(histories);
  for (const Nbd& model : {cdnow, Nbd({.r = 1e-3, .alpha = 500}), Nbd({.r = 4e4, .alpha = 7e5})}) {
    const double r = model.params().r;
    const double alpha = model.params().alpha;
    SCOPED_TRACE(r);
    const auto at = [&](double r_step, double alpha_step) {
      return log_likelihood_derivatives(
          Nbd({.r = r * std::exp(r_step), .alpha = alpha * std::exp(alpha_step)}), patterns);
    };
    const math::Derivatives here = at(0, 0);
    double sum = 0;
    for (std::size_t i = 0; i < histories.size(); ++i) sum += model.log_likelihood(histories[i]);
    EXPECT_NEAR(here.value, sum, 1e-14 * std::abs(sum) * 10);

    constexpr double step = 1e-4;  // differences err by its square
    const math::Derivatives up[] = {at(step, 0), at(0, step)};
    const math::Derivatives down[] = {at(-step, 0), at(0, -step)};
    const double scale = std::abs(here.gradient[0]) + std::abs(here.gradient[1]) + 1;
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_NEAR(here.gradient[i], (up[i].value - down[i].value) / (2 * step), 1e-6 * scale);
      for (std::size_t j = 0; j < 2; ++j) {
        EXPECT_NEAR(here.hessian[2 * i + j], (up[i].gradient[j] - down[i].gradient[j]) / (2 * step),
                    1e-6 * scale);
      }
    }
  }
}

TEST(Nbd, FindsItsParametersAgain) {
  const Nbd truth({.r = 0.8, .alpha = 9});
  const tests::SimulatedBase base(truth, 20000, 11);
  const auto found = fit<Nbd>(base.histories());
  ASSERT_TRUE(found.usable()) << found.message;
  const auto errors = found.standard_errors();
  EXPECT_NEAR(found.params.r, truth.params().r, 3 * errors[0]);
  EXPECT_NEAR(found.params.alpha, truth.params().alpha, 3 * errors[1]);
}

TEST(Nbd, SaysWhatSmallDataCannotTell) {
  const auto fit_of = [](std::vector<double> x, std::vector<double> t_x, std::vector<double> t) {
    return fit<Nbd>(Histories({.frequency = x, .recency = t_x, .age = t}, weeks));
  };
  const auto nobody = fit_of({}, {}, {});
  EXPECT_EQ(nobody.status, FitStatus::too_little_data);
  const auto one_timers = fit_of({0, 0, 0}, {0, 0, 0}, {39, 30, 12});
  EXPECT_EQ(one_timers.status, FitStatus::too_little_data);
  // Equal customers show no spread: Poisson at their rate.
  const auto equal = fit_of({4, 4, 4, 4}, {20, 30, 30, 35}, {40, 40, 40, 40});
  EXPECT_EQ(equal.status, FitStatus::not_identified);
  EXPECT_NE(equal.message.find("r and alpha run to infinity together"), std::string::npos)
      << equal.message;
  EXPECT_NEAR(equal.params.r / equal.params.alpha, 0.1, 1e-4);
  const auto one = fit_of({10000}, {38}, {39});
  EXPECT_EQ(one.status, FitStatus::not_identified) << one.message;
  for (const auto* found : {&one_timers, &equal, &one}) {
    EXPECT_TRUE(std::isfinite(found->params.r) && found->params.r > 0);
    EXPECT_TRUE(std::isfinite(found->params.alpha) && found->params.alpha > 0);
    EXPECT_TRUE(std::isfinite(found->log_likelihood));
  }
  const auto heavy = fit_of({10000, 0, 1, 3}, {38, 0, 5, 20}, {39, 39, 39, 39});
  EXPECT_EQ(heavy.status, FitStatus::converged) << heavy.message;
}

TEST(Nbd, ForecastsWithIntervals) {
  const tests::SimulatedBase base(cdnow, 500, 3);
  const auto found = fit<Nbd>(base.histories());
  ASSERT_TRUE(found.usable());
  const Forecast forecast = clv::forecast(found, base.histories());
  EXPECT_EQ(forecast.probability_alive.value[0], 1);
  EXPECT_GT(forecast.expected_purchases.value[0], forecast.expected_purchases.low[0]);
}

TEST(Nbd, RejectsParametersThatAreNotPositive) {
  EXPECT_THROW(Nbd({.r = 0, .alpha = 1}), std::domain_error);
  EXPECT_THROW(Nbd({.r = 1, .alpha = -1}), std::domain_error);
  EXPECT_THROW(Nbd({.r = INFINITY, .alpha = 1}), std::domain_error);
  EXPECT_THROW(Nbd({.r = 1, .alpha = std::nan("")}), std::domain_error);
  try {
    (void)Nbd({.r = 1, .alpha = -1});
    FAIL();
  } catch (const std::domain_error& error) {
    EXPECT_STREQ(error.what(), "Nbd: alpha is -1, but must be finite and > 0");
  }
}

}  // namespace
}  // namespace rapport::clv
