// Gradients and Hessians against differences at 50 digits, scripts/reference/*_derivatives.py: of a
// base of one row, of a row of a likelihood made of others (mixtures, covariates), and of that with
// covariates. A base of many has the sum of its rows.

#include "clv/covariates_of.hpp"
#include "clv/row_likelihood.hpp"
#include "clv/row_sums.hpp"

#include <rapport/clv/amounts.hpp>
#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/sbg.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"
#include "support/derivatives.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;
using tests::expect_derivatives;

tests::Table reference_of(const std::string& name) {
  return tests::Table(tests::kept_file("clv/reference/" + name + "_derivatives.csv"));
}

testing::Message shown(std::string_view model, const CustomerHistory& c) {
  return testing::Message() << model << ' ' << c.frequency << ", " << c.recency << ", " << c.age;
}

// -- One row -------------------------------------------------------------------------------------

template <class Model>
void expect_beta_geometric_rows() {
  const tests::Table table = reference_of("beta_geometric");
  const auto names = tests::parameter_names<Model>();
  int rows = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (table.text(row, "model") != Model::name) continue;
    const auto model = tests::model_of_row<Model>(table, row);
    const CustomerHistory c = tests::history_of_row(table, row);
    SCOPED_TRACE(shown(Model::name, c));
    const auto& [r, alpha, a, b] = model.params();
    const double terms = 1 + std::abs(std::log(a / (b + c.frequency))) +
                         r * std::log1p(c.age / alpha) +
                         c.frequency * std::abs(std::log(alpha + c.age));
    {
      SCOPED_TRACE("as a base");
      expect_derivatives(log_likelihood_derivatives(model, tests::patterns_of(c)), table, row,
                         names, terms);
    }
    SCOPED_TRACE("as a row");
    const math::Jet<4> jet = row_log_likelihood(model, c);
    EXPECT_NEAR(jet.value, table.number(row, "ll"), 1e-12 * std::abs(table.number(row, "ll")));
    expect_derivatives(derivatives_of(jet), table, row, names, 1 + c.frequency);
    ++rows;
  }
  EXPECT_EQ(rows, 23);
}

TEST(RowDerivatives, OfBgNbdMatchFiftyDigits) { expect_beta_geometric_rows<BgNbd>(); }
TEST(RowDerivatives, OfMbgNbdMatchFiftyDigits) { expect_beta_geometric_rows<MbgNbd>(); }

TEST(RowDerivatives, OfNbdMatchFiftyDigits) {
  const tests::Table table = reference_of("nbd");
  ASSERT_EQ(table.rows(), 13U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto model = tests::model_of_row<Nbd>(table, row);
    const double x = table.number(row, "x");
    const double t = table.number(row, "T");
    const CustomerHistory c{x, x > 0 ? t : 0, t};
    SCOPED_TRACE(shown("NBD", c));
    expect_derivatives(log_likelihood_derivatives(model, tests::patterns_of(c)), table, row,
                       tests::parameter_names<Nbd>());
    expect_derivatives(derivatives_of(row_log_likelihood(model, c)), table, row,
                       tests::parameter_names<Nbd>());
  }
}

TEST(RowDerivatives, OfGammaGammaMatchFiftyDigits) {
  const tests::Table table = reference_of("gamma_gamma");
  ASSERT_EQ(table.rows(), 26U);
  const auto names = tests::parameter_names<GammaGamma>();
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto model = tests::model_of_row<GammaGamma>(table, row);
    const Column x{table.number(row, "x")};
    const Column mean{table.number(row, "mean")};
    const Column logs{table.number(row, "sum_log_amounts")};
    SCOPED_TRACE(testing::Message() << "Gamma-Gamma " << x[0] << " of " << mean[0]);
    if (std::isnan(logs[0])) {
      SCOPED_TRACE("their mean");
      expect_derivatives(log_likelihood_derivatives(model, SpendPatterns(Spends({x, mean}))), table,
                         row, names);
      expect_derivatives(derivatives_of(row_log_likelihood(model, x[0], mean[0])), table, row,
                         names);
    } else {
      SCOPED_TRACE("single amounts");
      expect_derivatives(
          log_likelihood_derivatives(model, AmountPatterns(Amounts({x, mean, logs}))), table, row,
          names);
    }
  }
}

TEST(RowDerivatives, OfSbgMatchFiftyDigits) {
  const tests::Table table = reference_of("sbg");
  ASSERT_EQ(table.rows(), 56U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const double tenure = table.number(row, "tenure");
    const bool churned = table.text(row, "customer") == "leaves";
    SCOPED_TRACE(testing::Message() << "sBG " << table.text(row, "customer") << ' ' << tenure);
    const auto jet = row_log_likelihood(tests::model_of_row<Sbg>(table, row), tenure, churned);
    expect_derivatives(derivatives_of(jet), table, row, tests::parameter_names<Sbg>());
  }
}

TEST(RowDerivatives, OfBgBbMatchFiftyDigits) {
  const tests::Table table = reference_of("bg_bb");
  ASSERT_EQ(table.rows(), 17U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const OpportunityHistory c{table.number(row, "x"), table.number(row, "t_x"),
                               table.number(row, "n")};
    SCOPED_TRACE(testing::Message()
                 << "BG/BB " << c.frequency << ", " << c.recency << ", " << c.opportunities);
    const auto jet = row_log_likelihood(tests::model_of_row<BgBb>(table, row), c);
    expect_derivatives(derivatives_of(jet), table, row, tests::parameter_names<BgBb>(), 1);
  }
}

template <class Model>
void expect_lifetime_rows(const std::string& file) {
  const tests::Table table = reference_of(file);
  ASSERT_GE(table.rows(), 12U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const CustomerHistory c = tests::history_of_row(table, row);
    SCOPED_TRACE(shown(Model::name, c));
    const auto jet = row_log_likelihood(tests::model_of_row<Model>(table, row), c);
    expect_derivatives(derivatives_of(jet), table, row, tests::parameter_names<Model>(),
                       1 + c.frequency);
  }
}

TEST(RowDerivatives, OfParetoNbdMatchFiftyDigits) { expect_lifetime_rows<ParetoNbd>("pareto_nbd"); }
TEST(RowDerivatives, OfGgompertzNbdMatchFiftyDigits) {
  expect_lifetime_rows<GgompertzNbd>("ggompertz_nbd");
}

// -- One row with covariates ---------------------------------------------------------------------

// Two covariates of the model's first process, one of its second.
template <class Model, class Data>
void expect_covariate_row(const tests::Table& table, std::size_t row, const Data& data,
                          double terms) {
  constexpr std::array<std::array<double, 1>, 3> z = {{{0.5}, {-1.25}, {2}}};
  constexpr auto processes = CovariateRule<Model>::processes;
  CovariateSets sets;
  const auto set_of = [&](Process process) -> Covariates& {
    return process == Process::purchase  ? sets.purchase
           : process == Process::dropout ? sets.dropout
                                         : sets.spend;
  };
  set_of(processes[0]) = Covariates({{"first", "second"}, {z[0], z[1]}});
  if (processes.size() > 1) set_of(processes.back()) = Covariates({{"third"}, {z[2]}});

  std::vector<std::string> names;
  Column at;
  const auto add = [&](const std::string& name, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      names.push_back(name + std::to_string(i));
      at.push_back(table.number(row, names.back()));
    }
  };
  add("p", Model::parameter_names.size());
  add("c", processes.size() + 1);
  const bool spread = table.text(row, "model").ends_with(" spread");
  const CovariateLikelihood<Model, Data> likelihood(data, sets,
                                                    spread ? BetaEffect::spread : BetaEffect::odds);
  SCOPED_TRACE(table.text(row, "model"));
  expect_derivatives(likelihood(at, 1), table, row, names, terms);
}

TEST(RowDerivatives, WithCovariatesMatchFiftyDigits) {
  const tests::Table table = reference_of("covariate");
  ASSERT_EQ(table.rows(), 19U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const CustomerHistory c = tests::history_of_row(table, row);
    const Column x{c.frequency}, t_x{c.recency}, t{c.age};
    const std::string model =
        table.text(row, "model").substr(0, table.text(row, "model").find(' '));
    const double terms = 1 + c.frequency;
    if (model == BgBb::name) {
      expect_covariate_row<BgBb>(table, row, Opportunities({x, t_x, t}), terms);
    } else if (model == Sbg::name) {
      expect_covariate_row<Sbg>(table, row, Tenures({x, t_x}), terms);
    } else if (model == GammaGamma::name) {
      expect_covariate_row<GammaGamma>(table, row, Spends({x, t_x}), terms);
    } else {
      const Histories data({x, t_x, t}, weeks);
      if (model == ParetoNbd::name) expect_covariate_row<ParetoNbd>(table, row, data, terms);
      if (model == GgompertzNbd::name) expect_covariate_row<GgompertzNbd>(table, row, data, terms);
      if (model == BgNbd::name) expect_covariate_row<BgNbd>(table, row, data, terms);
      if (model == MbgNbd::name) expect_covariate_row<MbgNbd>(table, row, data, terms);
    }
  }
}

// -- Many rows -----------------------------------------------------------------------------------

struct RandomBase {
  Column frequency, recency, age, monetary_value;

  [[nodiscard]] Patterns patterns() const {
    return Patterns(Histories({frequency, recency, age}, weeks));
  }
  [[nodiscard]] CustomerHistory operator[](std::size_t row) const {
    return {frequency[row], recency[row], age[row]};
  }
};

// Up to `most` purchases, few customers having many.
RandomBase random_base(std::uint64_t seed, std::size_t rows, double most) {
  std::mt19937_64 engine(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  RandomBase base;
  for (std::size_t i = 0; i < rows; ++i) {
    const double x = std::floor(most * std::pow(uniform(engine), 3));
    const double age = std::ceil(100 * uniform(engine));
    base.frequency.push_back(x);
    base.age.push_back(age);
    base.recency.push_back(x > 0 ? age * (0.01 + 0.99 * uniform(engine)) : 0);
    base.monetary_value.push_back(std::exp(4 * uniform(engine)));
  }
  return base;
}

// Each number is the sum of those of `jet_of_row` to the rounding of its parts.
template <std::size_t K, class JetOfRow>
void expect_sum(const math::Derivatives& found, std::size_t rows, const JetOfRow& jet_of_row) {
  math::Jet<K> sum, sizes;
  for (std::size_t i = 0; i < rows; ++i) {
    const math::Jet<K> jet = jet_of_row(i);
    sum += jet;
    sizes.value += std::abs(jet.value);
    for (std::size_t k = 0; k < K; ++k) sizes.gradient[k] += std::abs(jet.gradient[k]);
    for (std::size_t k = 0; k < sizes.hessian.size(); ++k) {
      sizes.hessian[k] += std::abs(jet.hessian[k]);
    }
  }
  constexpr double rounding = 1e-12;
  EXPECT_NEAR(found.value, sum.value, rounding * sizes.value);
  for (std::size_t i = 0; i < K; ++i) {
    EXPECT_NEAR(found.gradient[i], sum.gradient[i], rounding * sizes.gradient[i]) << i;
    for (std::size_t j = i; j < K; ++j) {
      EXPECT_NEAR(found.hessian[i * K + j], sum.second(i, j), rounding * sizes.second(i, j))
          << i << ' ' << j;
    }
  }
}

template <class Model>
void expect_base_is_its_rows(const std::vector<typename Model::Params>& parameters) {
  constexpr std::size_t k = Model::parameter_names.size();
  for (const double most : {12.0, 6000.0}) {
    const RandomBase base = random_base(1, 60, most);
    for (const auto& params : parameters) {
      const auto values = std::bit_cast<std::array<double, k>>(params);
      SCOPED_TRACE(testing::Message() << Model::name << ", first parameter " << values[0]
                                      << ", up to " << most << " purchases");
      const Model model(params);
      expect_sum<k>(log_likelihood_derivatives(model, base.patterns()), base.age.size(),
                    [&](std::size_t i) { return row_log_likelihood(model, base[i]); });
    }
  }
}

const std::vector<BgNbd::Params> beta_geometric_parameters = {
    {0.243, 4.414, 0.793, 2.426},  // CDNOW
    {2.5, 40, 0.05, 0.02},        {1, 1, 1, 1}, {30, 500, 0.3, 80}, {0.01, 0.2, 20, 3},
};

TEST(LogLikelihoodDerivatives, OfManyAreTheSumsOverTheirRows) {
  expect_base_is_its_rows<BgNbd>(beta_geometric_parameters);
  std::vector<MbgNbd::Params> modified;
  for (const auto& p : beta_geometric_parameters) modified.push_back({p.r, p.alpha, p.a, p.b});
  expect_base_is_its_rows<MbgNbd>(modified);
  expect_base_is_its_rows<Nbd>({{0.385, 12}, {1, 1}, {30, 500}, {0.01, 0.2}});
}

TEST(LogLikelihoodDerivatives, OfManyMeansAreTheSumsOverTheirRows) {
  const RandomBase base = random_base(3, 60, 40);
  const SpendPatterns patterns(Spends({base.frequency, base.monetary_value}));
  for (const GammaGamma::Params& params : std::vector<GammaGamma::Params>{
           {6.25, 3.74, 15.44}, {0.3, 0.7, 2}, {1, 1, 1}, {80, 40, 300}}) {
    SCOPED_TRACE(params.p);
    const GammaGamma model(params);
    expect_sum<3>(log_likelihood_derivatives(model, patterns), base.age.size(), [&](std::size_t i) {
      const double x = base.frequency[i];
      return x == 0 ? math::Jet<3>() : row_log_likelihood(model, x, base.monetary_value[i]);
    });
  }
}

TEST(LogLikelihoodDerivatives, AreTheSumOfTheModelsOwnLikelihoods) {
  const RandomBase base = random_base(4, 500, 300);
  const BgNbd bg({.r = 0.7, .alpha = 9, .a = 0.4, .b = 3});
  const MbgNbd mbg({.r = 0.7, .alpha = 9, .a = 0.4, .b = 3});
  double sums[2] = {};
  for (std::size_t i = 0; i < base.age.size(); ++i) {
    sums[0] += bg.log_likelihood(base[i]);
    sums[1] += mbg.log_likelihood(base[i]);
  }
  EXPECT_NEAR(log_likelihood_derivatives(bg, base.patterns()).value / sums[0], 1, 1e-13);
  EXPECT_NEAR(log_likelihood_derivatives(mbg, base.patterns()).value / sums[1], 1, 1e-13);
}

TEST(LogLikelihoodDerivatives, OfNobodyAreZero) {
  const auto d = log_likelihood_derivatives(BgNbd({1, 1, 1, 1}), RandomBase{}.patterns());
  EXPECT_EQ(d.value, 0);
  EXPECT_EQ(d.gradient, Column(4));
  EXPECT_EQ(d.hessian, Column(16));
}

}  // namespace
}  // namespace rapport::clv
