#include <rapport/clv/bdw.hpp>
#include <rapport/clv/contract.hpp>
#include <rapport/clv/discrete_weibull.hpp>
#include <rapport/clv/exponential_gamma.hpp>
#include <rapport/clv/sbg.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"
#include "support/derivatives.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;

static_assert(ContractModel<Sbg>);
static_assert(ContractModel<Bdw>);
static_assert(ContractModel<DiscreteWeibull>);
static_assert(ContractModel<ExponentialGamma>);
static_assert(!ContractModel<Retention>);

Retention cohort(const Column& t, const Column& alive) {
  return Retention(CohortColumns{.t = t, .alive = alive});
}

// Staying from renewal t to t + h, and leaving in between, at 50 digits.
template <class Model>
void expect_derivatives(const std::string& name, int stretches) {
  constexpr std::size_t k = Model::parameter_names.size();
  const tests::Table table(tests::kept_file("clv/reference/contract_derivatives.csv"));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < k; ++i) names.push_back("p" + std::to_string(i));
  int rows = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (table.text(row, "model") != name) continue;
    ++rows;
    const double t = table.number(row, "t");
    const double h = table.number(row, "h");
    const std::string& customer = table.text(row, "customer");
    SCOPED_TRACE(testing::Message() << name << ", t " << t << ", h " << h << ", " << customer);
    std::array<double, k> parameters;
    for (std::size_t i = 0; i < k; ++i) parameters[i] = table.number(row, names[i]);
    const Model model(std::bit_cast<typename Model::Params>(parameters));
    const Retention data = cohort({t, t + h}, {1, customer == "leaves" ? 0. : 1.});
    const auto found = log_likelihood_derivatives(model, data);
    EXPECT_NEAR(found.value, log_likelihood(model, data), 1e-15 * std::abs(found.value));
    const double value = table.number(row, "ll");
    EXPECT_NEAR(found.value, value, 1e-12 * std::abs(value));
    // A second derivative may be the small rest of large terms that cancel in the law itself, of
    // some hundred times what is left of them elsewhere.
    double largest = std::abs(value);
    for (const double slope : found.gradient) largest = std::max(largest, std::abs(slope));
    for (const double bend : found.hessian) largest = std::max(largest, std::abs(bend));
    tests::expect_derivatives(found, table, row, names, 500 * largest);
  }
  EXPECT_EQ(rows, 2 * stretches);
}

TEST(Contract, DerivativesMatchFiftyDigits) {
  expect_derivatives<Sbg>("Sbg", 20);
  expect_derivatives<Bdw>("Bdw", 20);
  expect_derivatives<DiscreteWeibull>("DiscreteWeibull", 15);
  expect_derivatives<ExponentialGamma>("ExponentialGamma", 15);
}

// Everything asked of every model, at ordinary and extreme parameters.
template <class Body>
void for_each_model(const Body& body) {
  body(Sbg({.668, 3.806}));
  body(Sbg({.0005, 3}));
  body(Sbg({500, 4500}));
  body(Bdw({.2142533, 1.426575, 1.723565}));
  body(Bdw({3, 8, .4}));
  body(DiscreteWeibull({.38, .57}));
  body(DiscreteWeibull({.001, 2}));
  body(ExponentialGamma({.7, 4.2}));
  body(ExponentialGamma({30, 900}));
}

TEST(Contract, AnswersFitTogether) {
  for_each_model([](const auto& model) {
    SCOPED_TRACE(std::string(model.name));
    EXPECT_EQ(model.log_survival(0), 0);
    double left = 0;
    for (double t = 1; t <= 40; ++t) {
      SCOPED_TRACE(t);
      left += std::exp(model.log_pmf(t));
      EXPECT_NEAR(left + model.survival(t), 1, 1e-13);
      EXPECT_NEAR(model.retention_rate(t), model.survival(t) / model.survival(t - 1),
                  1e-12 * model.retention_rate(t));
      EXPECT_NEAR(model.probability_of_churn(t, 1), 1 - model.retention_rate(t), 1e-15);
      EXPECT_EQ(model.probability_of_churn(t, 0), 0);
      EXPECT_NEAR(model.probability_of_churn(t, 12),
                  1 - std::exp(model.log_survival(t + 11) - model.log_survival(t - 1)), 1e-13);
    }
    for (const double d : {0., 0.001, 0.1}) {
      SCOPED_TRACE(d);
      double sum = 0;
      for (double k = 1; k <= 300; ++k) {
        sum += std::exp(model.log_conditional_survival(4, k)) * std::pow(1 + d, 1 - k);
        if (k == 300 || k == 7 || k == 65) {
          EXPECT_NEAR(model.discounted_residual_lifetime(5, k, d), sum, 1e-12 * sum) << k;
        }
      }
      EXPECT_EQ(model.discounted_residual_lifetime(5, 0, d), 0);
      EXPECT_EQ(model.expected_residual_lifetime(5, 9),
                model.discounted_residual_lifetime(5, 9, 0));
    }
    const double all = model.discounted_residual_lifetime(3, 0.1);
    EXPECT_NEAR(model.discounted_residual_lifetime(3, 2000, 0.1), all, 1e-13 * all);
    EXPECT_NEAR(model.discounted_lifetime(0.1),
                1 + model.discounted_residual_lifetime(1, 0.1) / 1.1, 1e-14 * all);
    // The value of this renewal, and what is left after it.
    EXPECT_NEAR(all,
                model.retention_rate(3) * (1 + model.discounted_residual_lifetime(4, 0.1) / 1.1),
                1e-12 * all);
    const double mean = model.expected_residual_lifetime(3);
    EXPECT_EQ(std::isnan(mean), !model.finite_lifetime());
    EXPECT_EQ(std::isnan(model.expected_lifetime()), !model.finite_lifetime());
    if (model.finite_lifetime() && mean < 1e6) {
      EXPECT_NEAR(mean, model.retention_rate(3) * (1 + model.expected_residual_lifetime(4)),
                  1e-11 * mean);
    }
  });
}

TEST(Contract, NestedModelsAgree) {
  // c = 1 turns BdW into sBG; the general sums meet the closed forms.
  for (const Sbg::Params& p : {Sbg::Params{.668, 3.806}, {1.7, .3}, {40, 900}, {1.05, 2}}) {
    SCOPED_TRACE(p.alpha);
    const Sbg sbg(p);
    const Bdw bdw({p.alpha, p.beta, 1});
    for (const double t : {1., 2., 30., 5000.}) {
      EXPECT_NEAR(bdw.log_survival(t) / sbg.log_survival(t), 1, 1e-13);
      EXPECT_NEAR(bdw.dropout_rate(t), sbg.dropout_rate(t), 1e-15);
      EXPECT_NEAR(1 - sbg.retention_rate(t), sbg.dropout_rate(t), 1e-15);
      for (const double d : {1e-9, 1e-4, .01, 1.}) {
        EXPECT_NEAR(bdw.discounted_residual_lifetime(t, d) / sbg.discounted_residual_lifetime(t, d),
                    1, 2e-12)
            << d;
        EXPECT_NEAR(bdw.discounted_residual_lifetime(t, 1e6, d) /
                        sbg.discounted_residual_lifetime(t, 1e6, d),
                    1, 1e-12)
            << d;
      }
    }
    // Falls like a power of 1 - alpha: the closer to 0, the more is extrapolated.
    if (p.alpha > 1) {
      EXPECT_NEAR(bdw.expected_residual_lifetime(2) / sbg.expected_residual_lifetime(2), 1, 1e-11);
    }
  }
  // A beta law that narrows around one theta turns BdW into the discrete Weibull.
  const Bdw narrow({2e8, 8e8, 1.4});
  const DiscreteWeibull one({.2, 1.4});
  for (double t = 1; t < 20; ++t) {
    EXPECT_NEAR(narrow.log_survival(t) / one.log_survival(t), 1, 1e-6);
  }
}

// Sums by mpmath at 40 digits: plain ones, and Hurwitz' zeta function for the exponential-gamma.
TEST(Contract, LongSumsMatchFortyDigits) {
  const Bdw bdw({.2142533, 1.426575, 1.723565});
  EXPECT_NEAR(bdw.discounted_residual_lifetime(4, .1) / 7.146348268134609489, 1, 1e-13);
  EXPECT_NEAR(bdw.discounted_residual_lifetime(4, .01) / 36.340656281192184901, 1, 1e-13);
  EXPECT_NEAR(DiscreteWeibull({.2, .5}).expected_residual_lifetime(1) / 39.710613459886843802, 1,
              1e-13);
  EXPECT_NEAR(ExponentialGamma({1.5, 4}).expected_residual_lifetime(2) / 9.5248574488208718034, 1,
              1e-12);
  EXPECT_NEAR(ExponentialGamma({3.2, 20}).expected_residual_lifetime(7) / 11.328432714414828318, 1,
              1e-13);
  EXPECT_NEAR(ExponentialGamma({1.05, 3}).expected_residual_lifetime(1) / 59.528845406227526698, 1,
              1e-12);
}

TEST(Contract, ElasticityOfValueByRetention) {
  // One rate for all: (1 + d) / (1 + d - r).
  EXPECT_NEAR(DiscreteWeibull({.2, 1}).retention_elasticity(3, .1), 1.1 / (1.1 - .8), 1e-13);
  for_each_model([](const auto& model) {
    SCOPED_TRACE(std::string(model.name));
    double value = 0, slope = 0;
    for (double k = 1; k <= 2000; ++k) {
      const double term = std::exp(model.log_conditional_survival(1, k)) * std::pow(1.05, -k);
      value += term;
      slope += k * term;
    }
    EXPECT_NEAR(model.retention_elasticity(2, .05) / (slope / value), 1, 1e-12);
    EXPECT_THROW((void)model.retention_elasticity(2, 0), std::domain_error);
    EXPECT_THROW((void)model.retention_elasticity(0, .1), std::domain_error);
  });
}

TEST(Contract, RejectsPeriodsHorizonsAndRatesThatAreNone) {
  const Sbg model({1, 2});
  for (const double t : {0., -1., 1.5, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_THROW((void)model.log_pmf(t), std::domain_error);
    EXPECT_THROW((void)model.retention_rate(t), std::domain_error);
    EXPECT_THROW((void)model.probability_of_churn(t, 3), std::domain_error);
    EXPECT_THROW((void)model.discounted_residual_lifetime(t, 0.1), std::domain_error);
    if (t != 0) {
      EXPECT_THROW((void)model.log_survival(t), std::domain_error);
      EXPECT_THROW((void)model.probability_of_churn(1, t), std::domain_error);
      EXPECT_THROW((void)model.discounted_residual_lifetime(1, t, 0.1), std::domain_error);
    }
  }
  EXPECT_THROW((void)model.discounted_lifetime(-0.1), std::domain_error);
  EXPECT_THROW((void)model.discounted_residual_lifetime(1, std::nan("")), std::domain_error);
  EXPECT_THROW((void)Sbg({0, 1}), std::domain_error);
  EXPECT_THROW((void)Sbg({1, std::nan("")}), std::domain_error);
  EXPECT_THROW((void)Bdw({1, 1, 0}), std::domain_error);
  EXPECT_THROW((void)DiscreteWeibull({1, 1}), std::domain_error);
  EXPECT_THROW((void)DiscreteWeibull({0, 1}), std::domain_error);
  EXPECT_THROW((void)DiscreteWeibull({.5, -1}), std::domain_error);
  EXPECT_THROW((void)ExponentialGamma({-1, 1}), std::domain_error);
  EXPECT_THROW((void)ExponentialGamma({1, 0}), std::domain_error);
}

// What survives within the age of each customer is seen, no more.
template <class Model>
Retention simulated(const Model& model, std::size_t customers, std::uint64_t seed) {
  Column tenure = simulate_tenures(model, customers, seed, 2), churned;
  for (std::size_t i = 0; i < customers; ++i) {
    const double age = 4 + static_cast<double>(i % 9);
    churned.push_back(tenure[i] <= age ? 1 : 0);
    tenure[i] = std::min(tenure[i], age);
  }
  return Retention(TenureColumns{.tenure = tenure, .churned = churned});
}

template <class Model>
void expect_recovery(const typename Model::Params& params, const Column& truth) {
  const Retention data = simulated(Model(params), 20000, 11);
  const auto fit = clv::fit<Model>(data);
  SCOPED_TRACE(std::string(Model::name));
  ASSERT_EQ(fit.status, FitStatus::converged) << fit.message;
  const Column errors = fit.standard_errors();
  for (std::size_t i = 0; i < truth.size(); ++i) {
    EXPECT_NEAR(fit.parameters[i], truth[i], 3 * errors[i]) << fit.names[i];
  }
  EXPECT_NEAR(fit.log_likelihood, log_likelihood(fit.model(), data),
              1e-12 * std::abs(fit.log_likelihood));
}

TEST(ContractSlow, FitsFindTheParametersOfSimulationsAgain) {
  expect_recovery<Sbg>({.7, 1.9}, {.7, 1.9});
  expect_recovery<Bdw>({.4, .9, 1.4}, {.4, .9, 1.4});
  expect_recovery<DiscreteWeibull>({.3, .8}, {.3, .8});
  expect_recovery<ExponentialGamma>({1.2, 5}, {1.2, 5});
}

TEST(Contract, SimulatedTenuresFollowTheLaw) {
  const Bdw model({.4, .9, 1.4});
  const Column few = simulate_tenures(model, 10, 5), many = simulate_tenures(model, 4000, 5, 3);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
  for (double t = 1; t < 6; ++t) {
    double alive = 0;
    for (const double tenure : many) alive += tenure > t ? 1 : 0;
    const double expected = model.survival(t);
    EXPECT_NEAR(alive / 4000, expected, 4 * std::sqrt(expected * (1 - expected) / 4000)) << t;
  }
}

TEST(ContractFit, CountedCohortsAndSingleCustomersFitAlike) {
  Column tenure, churned;
  const Column alive = {60, 41, 33, 28};
  for (double t = 1; t < 4; ++t) {
    const auto at = static_cast<std::size_t>(t);
    for (double i = alive[at]; i < alive[at - 1]; ++i) tenure.push_back(t), churned.push_back(1);
  }
  for (double i = 0; i < alive.back(); ++i) tenure.push_back(3), churned.push_back(0);
  const auto single = fit<Sbg>(Retention(TenureColumns{.tenure = tenure, .churned = churned}));
  const auto counted = fit<Sbg>(cohort({0, 1, 2, 3}, alive), {.threads = 2});
  EXPECT_EQ(single.parameters, counted.parameters);
  EXPECT_EQ(single.log_likelihood, counted.log_likelihood);
  EXPECT_EQ(single.customers, 60);
}

template <class Model>
FitStatus status_of(const Retention& data) {
  const auto fit = clv::fit<Model>(data);
  EXPECT_TRUE(std::isfinite(fit.log_likelihood));
  for (const double p : fit.parameters) EXPECT_TRUE(std::isfinite(p) && p > 0);
  EXPECT_FALSE(fit.message.empty());
  (void)fit.model();
  return fit.status;
}

template <class Model>
void expect_honest_ends() {
  using enum FitStatus;
  SCOPED_TRACE(std::string(Model::name));
  EXPECT_EQ(status_of<Model>(cohort({}, {})), too_little_data);
  EXPECT_EQ(status_of<Model>(cohort({0}, {10})), too_little_data);
  EXPECT_EQ(status_of<Model>(cohort({0, 1, 2}, {10, 10, 10})), too_little_data);  // nobody left
  EXPECT_EQ(status_of<Model>(cohort({0, 1}, {10, 0})), too_little_data);  // all left at once
  EXPECT_EQ(status_of<Model>(cohort({0, 1}, {10, 6})), not_identified);   // one renewal
  const Retention one = Retention(TenureColumns{.tenure = Column{5}, .churned = Column{1}});
  EXPECT_NE(status_of<Model>(one), numeric_failure);
}

TEST(ContractFit, EndsHonestlyOnDegenerateData) {
  expect_honest_ends<Sbg>();
  expect_honest_ends<Bdw>();
  expect_honest_ends<DiscreteWeibull>();
  expect_honest_ends<ExponentialGamma>();
}

TEST(ContractFit, OneRenewalIsARidgeAndNoFailure) {
  // Rounding hides what is left to gain along the ridge: the slope there is no failure to climb.
  for (double left = 1; left < 40; ++left) {
    const Retention data = cohort({0, 1}, {40, 40 - left});
    EXPECT_EQ(clv::fit<ExponentialGamma>(data).status, FitStatus::not_identified) << left;
    EXPECT_EQ(clv::fit<Sbg>(data).status, FitStatus::not_identified) << left;
  }
}

TEST(ContractFit, SaysThatEqualCustomersHaveNoSpread) {
  // Everyone leaves with a chance of one half at each renewal: alpha and beta run to infinity, at
  // a ratio that is known.
  const auto fit = clv::fit<Sbg>(cohort({0, 1, 2, 3, 4}, {1600, 800, 400, 200, 100}));
  EXPECT_EQ(fit.status, FitStatus::not_identified);
  EXPECT_NE(fit.message.find("alpha and beta run to infinity together"), std::string::npos)
      << fit.message;
  EXPECT_NEAR(fit.parameters[0] / fit.parameters[1], 1, 1e-6);
  // The discrete Weibull says the same in its own words.
  const auto alike = clv::fit<DiscreteWeibull>(cohort({0, 1, 2, 3, 4}, {1600, 800, 400, 200, 100}));
  EXPECT_EQ(alike.status, FitStatus::converged);
  EXPECT_NEAR(alike.params.theta, .5, 1e-8);
  EXPECT_NEAR(alike.params.c, 1, 1e-8);
}

// As c runs to infinity, t^c overflows: derivatives go on from their asymptotes, to within what is
// neglected there.
TEST(ContractFit, HasDerivativesWherePowersOfTimeOverflow) {
  const Retention data(
      TenureColumns{.tenure = Column{1, 2, 3, 30, 500, 9000}, .churned = Column{1, 1, 0, 1, 1, 0}});
  for (const double c : {2.0, 40.0, 83.0, 84.0, 133.0, 400.0, 1e5}) {
    SCOPED_TRACE(c);
    const double alpha = 0.7 / c;
    const Column at{alpha, 2 * alpha, c};
    const auto found = log_likelihood_derivatives(Bdw({at[0], at[1], at[2]}), data);
    for (std::size_t i = 0; i < 3; ++i) {
      constexpr double step = 1e-4;
      Column up = at, down = at;
      up[i] *= std::exp(step);
      down[i] *= std::exp(-step);
      const Bdw above({up[0], up[1], up[2]}), below({down[0], down[1], down[2]});
      const double slope = (log_likelihood(above, data) - log_likelihood(below, data)) / (2 * step);
      EXPECT_NEAR(found.gradient[i], slope, 1e-6) << "gradient " << i;
      const auto higher = log_likelihood_derivatives(above, data);
      const auto lower = log_likelihood_derivatives(below, data);
      for (std::size_t k = 0; k < 3; ++k) {
        const double bend = (higher.gradient[k] - lower.gradient[k]) / (2 * step);
        EXPECT_NEAR(found.hessian[3 * i + k], bend, 1e-6) << "Hessian " << i << ' ' << k;
      }
    }
  }
}

}  // namespace
}  // namespace rapport::clv
