#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/clv/simulate.hpp>
#include <rapport/math/jet.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"
#include "support/derivatives.hpp"
#include "support/reference.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;

static_assert(RepeatBuyingAnswers<BgBb, OpportunityHistory>);
static_assert(!RepeatBuyingModel<BgBb>);

// The donations of Fader, Hardie and Shang (2010), at the rounded estimates that peers' tests use.
const BgBb donors({.alpha = 1.20, .beta = 0.75, .gamma = 0.66, .delta = 2.78});
// At the maximum likelihood, design notes "golden", section 1.6.
const BgBb fitted({.alpha = 1.203522, .beta = .7497164, .gamma = .6567183, .delta = 2.783443});

struct Base {
  Column frequency, recency, opportunities, customers = {};

  void add(double x, double t_x, double n, double count = 1) {
    frequency.push_back(x);
    recency.push_back(t_x);
    opportunities.push_back(n);
    customers.push_back(count);
  }
  [[nodiscard]] Opportunities histories() const {
    return Opportunities({frequency, recency, opportunities, customers});
  }
};

Base donations() {
  const tests::Table table(tests::data_file("donations_summary.csv"));
  return {table.numbers("frequency"), table.numbers("recency"), table.numbers("periods"),
          table.numbers("customers")};
}

Base simulated(const BgBb& model, std::size_t customers, std::uint64_t seed) {
  Base base;
  Column opportunities;
  for (std::size_t i = 0; i < customers; ++i) {
    opportunities.push_back(6 + static_cast<double>(i % 7));
  }
  const CustomerValues bought = simulate_purchases(model, opportunities, seed);
  for (std::size_t i = 0; i < customers; ++i) {
    const auto c = opportunity_history_at(bought.of(i), opportunities[i]);
    base.add(c.frequency, c.recency, c.opportunities);
  }
  return base;
}

// Every history of 0, 1 and 2 opportunities by hand, with p and theta known but for their laws:
// p ~ Beta(1, 1), theta ~ Beta(1, 2), E p = 1/2, E p^2 = 1/3, E(1 - theta) = 2/3,
// E(1 - theta)^2 = 1/2.
TEST(BgBb, LikelihoodByHand) {
  const BgBb model({.alpha = 1, .beta = 1, .gamma = 1, .delta = 2});
  const auto likelihood = [&](double x, double t_x, double n) {
    return std::exp(model.log_likelihood({x, t_x, n}));
  };
  EXPECT_DOUBLE_EQ(likelihood(0, 0, 0), 1);
  EXPECT_NEAR(likelihood(1, 1, 1), 1. / 3, 1e-15);             // 1/2 x 2/3
  EXPECT_NEAR(likelihood(0, 0, 1), 2. / 3, 1e-15);             // the rest
  EXPECT_NEAR(likelihood(2, 2, 2), 1. / 6, 1e-15);             // 1/3 x 1/2
  EXPECT_NEAR(likelihood(1, 2, 2), 1. / 12, 1e-15);            // (1/2 - 1/3) x 1/2
  EXPECT_NEAR(likelihood(1, 1, 2), 1. / 12 + 1. / 12, 1e-15);  // silent, or gone: 1/2 (2/3 - 1/2)
  EXPECT_NEAR(likelihood(0, 0, 2), 1 - 1. / 6 - 1. / 12 - 1. / 6, 1e-15);
  EXPECT_NEAR(model.probability_alive_at_end({1, 1, 2}), 0.5, 1e-15);
  EXPECT_NEAR(model.probability_alive({1, 1, 2}), 0.5 * 4 / 5, 1e-15);  // (delta + 2) / (3 + 2)
  EXPECT_EQ(model.probability_alive_at_end({2, 2, 2}), 1);
}

// Sixty-digit values, design notes "reference": all rows, to the tolerances of the conventions.
TEST(BgBb, MatchesAllReferenceRows) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("reference_bg_bb.csv"));
  ASSERT_EQ(table.rows(), 84U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto number = [&](const char* column) { return table.number(row, column); };
    const BgBb model({number("alpha"), number("beta"), number("gamma"), number("delta")});
    const OpportunityHistory c{number("x"), number("t_x"), number("n")};
    ASSERT_TRUE(valid(c));
    const auto expect = [&](const char* column, double value, double tolerance) {
      tests::expect_cell(table, row, column, value, tolerance);
    };
    expect("ll", model.log_likelihood(c), 1e-12);
    expect("p_alive_n", model.probability_alive_at_end(c), 1e-12);
    expect("p_alive_n1", model.probability_alive(c), 1e-12);
    expect("ce_1", model.expected_purchases(c, 1), 1e-12);
    expect("ce_10", model.expected_purchases(c, 10), 1e-12);
    expect("ce_100", model.expected_purchases(c, 100), 1e-12);
    expect("dert_1", model.discounted_purchases(c, 0.1), 1e-12);
    expect("dert_2", model.discounted_purchases(c, 0.01), 1e-12);
    expect("ue_1", model.expected_purchases(1), 1e-12);
    expect("ue_10", model.expected_purchases(10), 1e-12);
    expect("ue_100", model.expected_purchases(100), 1e-12);
  }
}

void expect_all(const char* what, const std::function<double(double)>& value, double first,
                const Column& expected, double relative = 1e-8) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double at = first + static_cast<double>(i);
    SCOPED_TRACE(testing::Message() << what << " at " << at);
    EXPECT_NEAR(value(at) / expected[i], 1, relative);
  }
}

// Design notes "golden", section 3.6: values marked R, to the digits printed there.
TEST(BgBb, MatchesPublishedDonors) {
  expect_all(
      "E(m) at the estimates", [](double m) { return fitted.expected_purchases(m); }, 1,
      {.49854264, .92334875, 1.2968737, 1.6323094, 1.9381373, 2.2201691, 2.482581, 2.7284864,
       2.9602756, 3.1798287, 3.3886539},
      3e-7);  // the estimates are given to seven digits
  const auto near = [](double value, double expected) {
    EXPECT_NEAR(value / expected, 1, 3e-7) << expected;
  };
  near(fitted.probability_alive({0, 0, 6}), .10813334);
  near(fitted.probability_alive({2, 4, 6}), .5896572);
  near(fitted.probability_alive({6, 6, 6}), .93043357);
  near(fitted.probability_alive_at_end({0, 0, 6}), .11621823);
  near(fitted.probability_alive_at_end({2, 4, 6}), .63374454);
  near(fitted.expected_purchases({0, 0, 6}, 5), .0728633629);
  near(fitted.expected_purchases({4, 5, 6}, 5), 2.03002393);
  near(fitted.expected_purchases({6, 6, 6}, 5), 3.75254414);
  near(fitted.expected_purchases({0, 0, 6}, 10), .130218126);
  near(fitted.expected_purchases({4, 5, 6}, 10), 3.62796751);

  EXPECT_NEAR(donors.log_likelihood({3, 4, 6}) / -5.06086817507057, 1, 1e-14);
  EXPECT_NEAR(donors.discounted_purchases({3, 4, 6}, .1) / 1.62137918584262, 1, 1e-13);
  EXPECT_NEAR(donors.expected_purchases({3, 4, 6}, 10) / 1.84081270241898, 1, 1e-13);
  expect_all(
      "P(X(6) = k)",
      [](double k) { return donors.probability_of_purchases(static_cast<unsigned>(k), 6); }, 0,
      {.3126834614, .1703954899, .1214302209, .1000471512, .09132439723, .09202134852, .1120979308},
      1e-9);
  expect_all(
      "DERT(x, 6, 6)",
      [](double x) {
        return donors.discounted_purchases({x, 6, 6}, .1);
      },
      1, {1.802044799, 2.621156071, 3.440267343, 4.259378615, 5.078489887, 5.897601159}, 1e-9);
  expect_all("E(m)", [](double m) { return donors.expected_purchases(m); }, 1,
             {.497316637, .920707828, 1.2927317, 1.62662891, 1.9309062, 2.2113893, 2.47226235,
              2.71664343, 2.9469256, 3.16499022});
  const BgBb unit({.alpha = 1.2, .beta = .75, .gamma = 1, .delta = 2.78});
  EXPECT_NEAR(unit.expected_purchases({4, 5, 6}, 5) / 1.63762481682475, 1, 1e-13);
}

// Design notes "golden", section 1.6: fit of the published table of counts.
TEST(BgBb, FitsTheDonations) {
  RAPPORT_REQUIRE_DATA();
  const auto fit = clv::fit<BgBb>(donations().histories());
  EXPECT_EQ(fit.status, FitStatus::converged) << fit.message;
  EXPECT_NEAR(fit.log_likelihood, -33225.581274, 1e-5);
  const Column parameters = {1.203522, .7497164, .6567183, 2.783443};
  const Column errors = {.069391, .029448, .05101, .32082};
  const Column standard_errors = fit.standard_errors();
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(fit.parameters[i] / parameters[i], 1, 1e-6) << fit.names[i];
    EXPECT_NEAR(standard_errors[i] / errors[i], 1, 1e-4) << fit.names[i];
  }
  EXPECT_EQ(fit.customers, 11104);
  EXPECT_EQ(fit.patterns, 22U);
  EXPECT_FALSE(fit.period);
  // Heterogeneity as the BTYD vignette prints it: p .6162, theta .1909.
  EXPECT_NEAR(fit.params.alpha / (fit.params.alpha + fit.params.beta), .6162, 5e-5);
  EXPECT_NEAR(fit.params.gamma / (fit.params.gamma + fit.params.delta), .1909, 5e-5);
}

TEST(BgBb, FitOfCountedRowsIsThatOfSingleOnes) {
  Base counted, single;
  const auto add = [&](double x, double t_x, double n, int customers) {
    counted.add(x, t_x, n, customers);
    for (int i = 0; i < customers; ++i) single.add(x, t_x, n);
  };
  add(0, 0, 4, 40), add(1, 1, 4, 13), add(2, 2, 4, 9), add(2, 4, 4, 5), add(4, 4, 4, 12);
  add(0, 0, 7, 30), add(3, 5, 7, 8), add(7, 7, 7, 6), add(1, 2, 7, 10), add(2, 3, 5, 4);
  single.customers.clear();
  const auto a = clv::fit<BgBb>(counted.histories());
  const auto b = clv::fit<BgBb>(single.histories(), {.threads = 3});
  EXPECT_EQ(a.parameters, b.parameters);
  EXPECT_EQ(a.log_likelihood, b.log_likelihood);
  EXPECT_EQ(a.working_covariance, b.working_covariance);
}

TEST(BgBb, DerivativesMatchFiftyDigits) {
  const tests::Table table(tests::kept_file("clv/reference/bg_bb_derivatives.csv"));
  ASSERT_EQ(table.rows(), 17U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto model = tests::model_of_row<BgBb>(table, row);
    Base base;
    base.add(table.number(row, "x"), table.number(row, "t_x"), table.number(row, "n"));
    tests::expect_derivatives(
        log_likelihood_derivatives(model, OpportunityPatterns(base.histories())), table, row,
        tests::parameter_names<BgBb>(), 1 + table.number(row, "n"));  // a term an opportunity
  }
}

TEST(BgBb, LikelihoodOfABaseIsTheSumOverItsCustomers) {
  Base base;
  double sum = 0;
  const auto add = [&](double x, double t_x, double n, double count) {
    base.add(x, t_x, n, count);
    sum += count * donors.log_likelihood({x, t_x, n});
  };
  for (const double t_x : {3., 4., 9., 60., 61., 899.}) add(3, t_x, 900, t_x);
  add(0, 0, 900, 5), add(0, 0, 0, 7), add(1, 1, 1, 2), add(900, 900, 900, 2), add(1, 1, 900, 3);
  for (double n = 1; n < 80; ++n) add(1, 1, n, 1);
  const OpportunityPatterns patterns(base.histories());
  const auto found = log_likelihood_derivatives(donors, patterns);
  EXPECT_NEAR(found.value / sum, 1, 1e-13);
  const auto threaded = log_likelihood_derivatives(donors, patterns, 4);
  EXPECT_EQ(found.value, threaded.value);
  EXPECT_EQ(found.gradient, threaded.gradient);
  EXPECT_EQ(found.hessian, threaded.hessian);
}

TEST(BgBb, LikelihoodHoldsWhereEveryProbabilityUnderflows) {
  // Bought 5000 times in a row, then nothing for 9000 opportunities.
  const OpportunityHistory c{5000, 5000, 14000};
  const double value = donors.log_likelihood(c);
  EXPECT_TRUE(std::isfinite(value));
  EXPECT_EQ(donors.probability_alive(c), 0);
  EXPECT_TRUE(std::isfinite(donors.log_probability_alive(c)));
  EXPECT_LT(donors.log_probability_alive(c), -9000);
  EXPECT_EQ(donors.expected_purchases(c, 10), 0);
  Base base;
  base.add(c.frequency, c.recency, c.opportunities);
  const auto found = log_likelihood_derivatives(donors, OpportunityPatterns(base.histories()));
  EXPECT_NEAR(found.value / value, 1, 1e-12);  // a product of 9000 rounded factors
  for (const double h : found.hessian) EXPECT_TRUE(std::isfinite(h));
}

TEST(BgBb, ProbabilitiesOfHistoriesAddUpToOne) {
  for (const BgBb& model : {donors, BgBb({.05, .04, .03, .07}), BgBb({300, 700, 20, 900})}) {
    double sum = 0;
    for (double x = 0; x <= 9; ++x) {
      for (double t_x = x; t_x <= (x > 0 ? 9 : 0); ++t_x) {
        // So many histories have x purchases and the last one at t_x.
        const double histories =
            x > 0 ? std::exp(std::lgamma(t_x) - std::lgamma(x) - std::lgamma(t_x - x + 1)) : 1;
        sum += histories * std::exp(model.log_likelihood({x, t_x, 9}));
      }
    }
    EXPECT_NEAR(sum, 1, 1e-13);
  }
}

TEST(BgBb, CountsAddUpToOneAndHaveTheirMean) {
  const BgBb models[] = {donors, BgBb({.05, .04, .03, .07}), BgBb({30, 70, 2, 90}),
                         BgBb({.01, 50, .2, .01}), BgBb({2, 3, 1, 5})};
  for (const BgBb& model : models) {
    for (const double m : {0., 1., 12., 150.}) {
      for (const OpportunityHistory c : {OpportunityHistory{}, {0, 0, 6}, {3, 4, 6}, {6, 6, 6}}) {
        SCOPED_TRACE(testing::Message()
                     << model.params().alpha << ", m " << m << ", x " << c.frequency);
        double sum = 0, mean = 0;
        for (unsigned k = 0; k <= m; ++k) {
          const double p = model.probability_of_purchases(c, k, m);
          sum += p;
          mean += k * p;
        }
        EXPECT_NEAR(sum, 1, 1e-12);
        EXPECT_NEAR(mean, model.expected_purchases(c, m), 1e-11 * (1e-3 + mean));
        EXPECT_EQ(model.probability_of_purchases(c, static_cast<unsigned>(m) + 1, m), 0);
      }
    }
  }
}

TEST(BgBb, NoPurchaseIsTheHistoryOfNone) {
  for (const double m : {0., 1., 30., 999., 1000., 1001., 5000.}) {
    SCOPED_TRACE(m);
    EXPECT_NEAR(donors.probability_of_no_purchase({}, m),
                std::exp(donors.log_likelihood({0, 0, m})), 1e-13);
    // L(x, t_x, n + m) = L(x, t_x, n) P(none in m more).
    EXPECT_NEAR(donors.probability_of_no_purchase({3, 4, 6}, m),
                std::exp(donors.log_likelihood({3, 4, 6 + m}) - donors.log_likelihood({3, 4, 6})),
                1e-13);
  }
}

TEST(BgBb, ExpectationsAddUpAndDiscountFromThem) {
  const OpportunityHistory c{3, 4, 6};
  for (const BgBb& model : {donors, BgBb({.8, 1.5, 1, 3}), BgBb({300, 700, 20, 900})}) {
    EXPECT_NEAR(model.expected_purchases(c, 5) + model.expected_purchases(c, 5, 400),
                model.expected_purchases(c, 400), 1e-13 * model.expected_purchases(c, 400));
    EXPECT_EQ(model.expected_purchases(c, 0), 0);
    EXPECT_EQ(model.expected_purchases(c, 7, 7), 0);
    EXPECT_NEAR(model.expected_purchases(c, 0, 9), model.expected_purchases(c, 9), 1e-15);
    EXPECT_EQ(model.discounted_purchases(c, 30, 0), model.expected_purchases(c, 30));
    // The next purchase is the probability of being active then, times the mean chance of p.
    EXPECT_NEAR(model.expected_purchases(c, 1),
                model.probability_alive(c) * (model.params().alpha + 3) /
                    (model.params().alpha + model.params().beta + 6),
                1e-14);
    double sum = 0;
    for (double k = 1; k <= 300; ++k) {
      sum += model.expected_purchases(c, k - 1, k) * std::pow(1.02, -k);
    }
    EXPECT_NEAR(model.discounted_purchases(c, 300, 0.02), sum, 1e-13 * sum);
    EXPECT_NEAR(model.discounted_purchases(c, 1e6, 0.02), model.discounted_purchases(c, 0.02),
                1e-13 * model.discounted_purchases(c, 0.02));
    EXPECT_NEAR(model.probability_alive(c, 0), model.probability_alive(c), 1e-15);
    EXPECT_LT(model.probability_alive(c, 1), model.probability_alive(c));
  }
  EXPECT_TRUE(std::isnan(donors.discounted_purchases(c, 0)));  // gamma < 1: buys for ever
  const BgBb short_lived({.alpha = 1, .beta = 1, .gamma = 3, .delta = 4});
  EXPECT_NEAR(short_lived.discounted_purchases(c, 0), short_lived.expected_purchases(c, 0x1p53),
              1e-12);
}

TEST(BgBb, LongHorizonsKeepTheirDigits) {
  // b / (a - 1) (1 - (b + 1)_m / (a + b)_m) with a = .66, b = 8.78, m = 10^6 by mpmath at 40
  // digits, and the sum with d = 1e-4.
  const OpportunityHistory c{6, 6, 6};
  const double share = 7.2 / 7.95;
  EXPECT_NEAR(donors.expected_purchases(c, 1e6) / share / 1309.8959596847256654, 1, 1e-13);
  EXPECT_NEAR(donors.discounted_purchases(c, 1e6, 1e-4) / share / 223.36991988358743778, 1, 1e-13);
  EXPECT_GT(donors.probability_of_purchases(c, 1000, 1e6), 0);
}

TEST(BgBb, CrossesGammaOfOneWithoutASeam) {
  const OpportunityHistory c{2, 4, 6};
  const auto at = [&](double gamma) {
    return BgBb({.alpha = 0.8, .beta = 1.5, .gamma = gamma, .delta = 3}).expected_purchases(c, 52);
  };
  for (int step = -20; step <= 20; ++step) {
    EXPECT_NEAR(at(1 + step * 1e-12) / at(1), 1, 3e-12 * std::abs(step) + 2e-15);
  }
}

TEST(BgBb, PosteriorMeansFollowTheData) {
  // Without opportunities they are the prior's.
  EXPECT_NEAR(donors.purchase_rate({}), 1.2 / 1.95, 1e-15);
  EXPECT_NEAR(donors.dropout_rate({}), .66 / 3.44, 1e-15);
  // Active throughout, both laws are betas.
  EXPECT_NEAR(donors.purchase_rate({4, 6, 6}), 5.2 / 7.95, 1e-14);
  EXPECT_NEAR(donors.dropout_rate({4, 6, 6}), .66 / 9.44, 1e-14);
  EXPECT_NEAR(donors.product_moment({4, 6, 6}, 2, 1), 5.2 / 7.95 * 6.2 / 8.95 * .66 / 9.44, 1e-14);
  EXPECT_EQ(donors.product_moment({2, 4, 6}, 0, 0), 1);
  // The longer the silence, the likelier a dropout, and the less of it is put down to p.
  EXPECT_GT(donors.dropout_rate({2, 2, 6}), donors.dropout_rate({2, 4, 6}));
  // The mean over all histories is the prior's mean.
  double mean = 0;
  for (double x = 0; x <= 5; ++x) {
    for (double t_x = x; t_x <= (x > 0 ? 5 : 0); ++t_x) {
      const double ways =
          x > 0 ? std::exp(std::lgamma(t_x) - std::lgamma(x) - std::lgamma(t_x - x + 1)) : 1;
      mean +=
          ways * std::exp(donors.log_likelihood({x, t_x, 5})) * donors.dropout_rate({x, t_x, 5});
    }
  }
  EXPECT_NEAR(mean, .66 / 3.44, 1e-14);
}

TEST(BgBb, RejectsParametersThatAreNotPositive) {
  EXPECT_THROW(BgBb({0, 1, 1, 1}), std::domain_error);
  EXPECT_THROW(BgBb({1, -1, 1, 1}), std::domain_error);
  EXPECT_THROW(BgBb({1, 1, std::nan(""), 1}), std::domain_error);
  EXPECT_THROW(BgBb({1, 1, 1, std::numeric_limits<double>::infinity()}), std::domain_error);
}

TEST(BgBb, RejectsHorizonsAndRatesThatAreNone) {
  for (const double m : {-1., 0.5, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_THROW((void)donors.expected_purchases({}, m), std::domain_error);
    EXPECT_THROW((void)donors.expected_purchases({}, m, 9), std::domain_error);
    EXPECT_THROW((void)donors.probability_alive({}, m), std::domain_error);
    EXPECT_THROW((void)donors.probability_of_purchases(1, m), std::domain_error);
    EXPECT_THROW((void)donors.discounted_purchases({}, m, 0.1), std::domain_error);
  }
  EXPECT_THROW((void)donors.expected_purchases({}, 3, 2), std::domain_error);
  EXPECT_THROW((void)donors.discounted_purchases({}, 5, -0.1), std::domain_error);
  EXPECT_THROW((void)donors.discounted_purchases({}, std::nan("")), std::domain_error);
}

TEST(BgBbFit, SaysWhyThereIsTooLittle) {
  Base base;
  EXPECT_EQ(clv::fit<BgBb>(base.histories()).status, FitStatus::too_little_data);
  base.add(0, 0, 0, 100);
  EXPECT_EQ(clv::fit<BgBb>(base.histories()).status, FitStatus::too_little_data);
  base.add(0, 0, 6, 100);
  const auto fit = clv::fit<BgBb>(base.histories());
  EXPECT_EQ(fit.status, FitStatus::too_little_data);
  EXPECT_NE(fit.message.find("no customer has a repeat purchase"), std::string::npos);
  for (const double p : fit.parameters) EXPECT_TRUE(std::isfinite(p) && p > 0);
}

TEST(BgBbFit, EndsHonestlyOnDegenerateBases) {
  const auto fitted_to = [](const std::vector<std::array<double, 4>>& rows) {
    Base base;
    for (const auto& [x, t_x, n, count] : rows) base.add(x, t_x, n, count);
    const auto fit = clv::fit<BgBb>(base.histories());
    EXPECT_TRUE(std::isfinite(fit.log_likelihood));
    for (const double p : fit.parameters) EXPECT_TRUE(std::isfinite(p) && p > 0);
    EXPECT_FALSE(fit.message.empty());
    return fit;
  };
  using enum FitStatus;
  EXPECT_EQ(fitted_to({{6, 6, 6, 50}}).status, not_identified);                 // always bought
  EXPECT_EQ(fitted_to({{3, 4, 6, 1}}).status, not_identified);                  // one customer
  EXPECT_EQ(fitted_to({{1, 1, 1, 30}, {0, 0, 1, 70}}).status, not_identified);  // one opportunity
  EXPECT_EQ(fitted_to({{3, 5, 6, 500}}).status, not_identified);                // all alike
  EXPECT_NE(fitted_to({{0, 0, 20000, 10}, {10000, 20000, 20000, 1}}).status, numeric_failure);
}

TEST(BgBbSlow, FitFindsTheParametersOfASimulationAgain) {
  const Base base = simulated(donors, 20000, 7);
  const auto fit = clv::fit<BgBb>(base.histories(), {.threads = 2});
  ASSERT_EQ(fit.status, FitStatus::converged) << fit.message;
  const Column truth = {1.20, 0.75, 0.66, 2.78};
  const Column errors = fit.standard_errors();
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(fit.parameters[i], truth[i], 3 * errors[i]) << fit.names[i];
  }
}

TEST(BgBb, SimulatedHistoriesCanHappenAndDependOnTheirOwnNumbersAlone) {
  const Column few(10, 8), many(200, 8);
  const auto a = simulate_purchases(donors, few, 3);
  const auto b = simulate_purchases(donors, many, 3, 2);
  double bought = 0;
  for (std::size_t i = 0; i < many.size(); ++i) {
    const auto c = opportunity_history_at(b.of(i), 8);
    EXPECT_TRUE(valid(c));
    bought += c.frequency;
    if (i < few.size()) {
      EXPECT_TRUE(std::equal(a.of(i).begin(), a.of(i).end(), b.of(i).begin(), b.of(i).end()));
    }
    // What was seen after 5 opportunities does not know of later ones.
    const auto earlier = opportunity_history_at(b.of(i), 5);
    EXPECT_TRUE(valid(earlier));
    EXPECT_LE(earlier.frequency, c.frequency);
  }
  EXPECT_NEAR(bought / 200, donors.expected_purchases(8), 0.6);  // 3 standard errors
}

}  // namespace
}  // namespace rapport::clv
