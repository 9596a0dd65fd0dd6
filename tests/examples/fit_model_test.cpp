// fit_model as its users run it: options in, one JSON object, a file of predictions and an exit
// code out.

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/sbg.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"
#include "support/reference.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport {
namespace {

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Outcome {
  int exit_code;
  std::string out, err;

  /// What follows `"key": ` for the first time.
  [[nodiscard]] std::string value(const std::string& key) const {
    const std::string name = "\"" + key + "\": ";
    const auto begin = out.find(name);
    if (begin == std::string::npos) return "no " + key;
    return out.substr(begin + name.size(), out.find_first_of(",}", begin) - begin - name.size());
  }
  [[nodiscard]] double number(const std::string& key) const {
    return std::strtod(value(key).c_str(), nullptr);
  }
};

class FitModel : public testing::Test {
 protected:
  void SetUp() override {
    if (std::string_view(RAPPORT_FIT_MODEL).empty()) {
      GTEST_SKIP() << "skipped: the example programs are not built";
    }
  }

  // The program runs in the tests' folder, where each test has files of its own.
  [[nodiscard]] static std::string name(const std::string& suffix) {
    return std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + "_" +
           suffix;
  }
  [[nodiscard]] static std::string path(const std::string& suffix) {
    return RAPPORT_TEST_FOLDER "/" + name(suffix);
  }
  [[nodiscard]] static std::string file(const std::string& suffix, const std::string& text) {
    std::ofstream(path(suffix), std::ios::binary) << text;
    return name(suffix);
  }

  [[nodiscard]] static Outcome run(const std::string& options) {
    const std::string command = "cd '" RAPPORT_TEST_FOLDER "' && '" RAPPORT_FIT_MODEL "' " +
                                options + " >" + name("out") + " 2>" + name("err");
    const int status = std::system(command.c_str());
    return {WEXITSTATUS(status), contents(path("out")), contents(path("err"))};
  }
};

// Weeks of ten customers; the columns stand in no particular order.
const std::string ten_customers =
    "T,customer_id,frequency,recency\n"
    "38,a,0,0\n30,b,2,12.5\n38.5,c,5,36\n27,d,1,3\n27,e,0,0\n"
    "33,f,1,20\n29,g,3,8\n31,h,0,0\n36,i,9,35\n30,j,1,1.25\n";

// One row a customer; columns in the order of what is asked.
const std::string forecast_columns =
    "p_alive,p_alive_low,p_alive_high,"
    "expected_purchases,expected_purchases_low,expected_purchases_high,"
    "discounted_purchases,discounted_purchases_low,discounted_purchases_high";

void expect_intervals(const tests::Table& table, const std::string& estimate) {
  for (std::size_t row = 0; row < table.rows(); ++row) {
    EXPECT_LT(table.number(row, estimate + "_low"), table.number(row, estimate)) << row;
    EXPECT_GT(table.number(row, estimate + "_high"), table.number(row, estimate)) << row;
  }
}

TEST_F(FitModel, WritesItsKeysInTheirOrder) {
  const Outcome fit = run("--model bg_nbd --params 0.243,4.414,0.793,2.426 --summary " +
                          file("summary.csv", ten_customers));
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  EXPECT_EQ(fit.err, "");
  std::size_t place = 0;
  for (const char* key :
       {"model",      "customers",   "patterns", "parameters",      "r",
        "alpha",      "a",           "b",        "standard_errors", "r",
        "alpha",      "a",           "b",        "log_likelihood",  "gradient_norm",
        "iterations", "evaluations", "status",   "usable",          "message",
        "seconds",    "read",        "fit",      "predict"}) {
    const auto found = fit.out.find("\"" + std::string(key) + "\": ", place);
    ASSERT_NE(found, std::string::npos) << key << " is not in its place in " << fit.out;
    place = found + 1;
  }
  EXPECT_EQ(std::count(fit.out.begin(), fit.out.end(), '\n'), 1);
  EXPECT_EQ(fit.value("model"), "\"bg_nbd\"");
  EXPECT_EQ(fit.value("customers"), "10");
  EXPECT_EQ(fit.value("alpha"), "4.4139999999999997") << "17 digits";
  EXPECT_EQ(fit.value("usable"), "true");
  EXPECT_EQ(fit.value("iterations"), "0");
}

TEST_F(FitModel, PredictsEachRowByTheModel) {
  const Outcome fit = run(
      "--model bg_nbd --params 0.243,4.414,0.793,2.426 --horizon 39 --discount 0.0027 --predict " +
      name("predictions.csv") + " --summary " + file("summary.csv", ten_customers));
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  const std::string text = contents(path("predictions.csv"));
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "log_likelihood,log_p_alive,p_alive,expected_purchases,new_customer_purchases,"
            "discounted_residual");
  const clv::BgNbd model({.r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426});
  const tests::Table table(path("predictions.csv"));
  ASSERT_EQ(table.rows(), 10U);
  const clv::CustomerHistory third{.frequency = 5, .recency = 36, .age = 38.5};
  // 17 digits give every double back.
  EXPECT_EQ(table.number(2, "log_likelihood"), model.log_likelihood(third));
  EXPECT_EQ(table.number(2, "log_p_alive"), model.log_probability_alive(third));
  EXPECT_EQ(table.number(2, "p_alive"), model.probability_alive(third));
  EXPECT_EQ(table.number(2, "expected_purchases"), model.expected_purchases(third, 39));
  EXPECT_EQ(table.number(2, "new_customer_purchases"), model.expected_purchases(39));
  EXPECT_EQ(table.number(2, "discounted_residual"), model.discounted_purchases(third, 0.0027));
  double sum = 0;
  for (const double each : table.numbers("log_likelihood")) sum += each;
  EXPECT_NEAR(fit.number("log_likelihood"), sum, 1e-12 * -sum);
}

TEST_F(FitModel, CountsARowForAllItsCustomers) {
  const std::string options = "--model mbg_nbd --params 0.5,6,0.9,1.6 --summary ";
  const Outcome counted = run(options + file("counted.csv",
                                             "frequency,recency,T,customers\n"
                                             "2,10,30,3\n0,0,20,1\n1,5,9,0\n"));
  const Outcome repeated = run(options + file("repeated.csv",
                                              "frequency,recency,T\n"
                                              "0,0,20\n2,10,30\n2,10,30\n2,10,30\n"));
  EXPECT_EQ(counted.value("customers"), "4");
  EXPECT_EQ(counted.value("patterns"), "2");
  EXPECT_EQ(counted.value("log_likelihood"), repeated.value("log_likelihood"));
}

TEST_F(FitModel, ExpectsThePopulationsMeanOfWhoeverBoughtNothing) {
  const Outcome fit = run("--model gamma_gamma --params 6.25,3.74,15.44 --predict " +
                          name("predictions.csv") + " --summary " +
                          file("summary.csv",
                               "frequency,monetary_value\n"
                               "2,22.35\n0,0\n0,nan\n0,\n1,-3\n"));
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  EXPECT_EQ(fit.value("customers"), "1");
  const clv::GammaGamma model({.p = 6.25, .q = 3.74, .gamma = 15.44});
  const tests::Table table(path("predictions.csv"));
  ASSERT_EQ(table.rows(), 5U);
  EXPECT_EQ(table.number(0, "log_likelihood"), model.log_likelihood(2, 22.35));
  EXPECT_EQ(table.number(0, "expected_spend"), model.expected_spend(2, 22.35));
  for (const std::size_t row : {1U, 2U, 3U}) {
    EXPECT_EQ(table.number(row, "expected_spend"), model.population_mean());
  }
  EXPECT_EQ(table.text(4, "expected_spend"), "nan");
}

TEST_F(FitModel, TellsOfTroubleInTheStatus) {
  const Outcome fit = run("--model bg_nbd --summary " +
                          file("summary.csv", "frequency,recency,T\n0,0,10\n0,0,20\n"));
  EXPECT_EQ(fit.exit_code, 0) << fit.err;
  EXPECT_EQ(fit.value("status"), "\"too_little_data\"");
  EXPECT_EQ(fit.value("usable"), "false");
  EXPECT_NE(fit.out.find("\"standard_errors\": {\"r\": null, "), std::string::npos) << fit.out;
}

TEST_F(FitModel, SaysInOneLineWhatToDo) {
  const std::string good = file("good.csv", ten_customers);
  const std::string header = "frequency,recency,T\n";
  const struct {
    std::string options, hint;
  } rows[] = {
      {"--summary " + good, "--model is missing"},
      {"--model bg_nbd", "--summary is missing"},
      {"--model bgnbd --summary " + good, "choose one of "},
      {"--model bg_nbd --sumary " + good, "there are: --model --summary"},
      {"--model bg_nbd --params 1,2,3 --summary " + good, "bg_nbd has 4 parameters"},
      {"--model bg_nbd --params 1,2,3,x --summary " + good, "must be a number"},
      {"--model bg_nbd --params 1,2,3,-4 --summary " + good, "must be finite and > 0"},
      {"--model bg_nbd --summary " + name("absent.csv"), "No such file"},
      {"--model bg_nbd --summary " + file("empty.csv", ""), "names the columns"},
      {"--model gamma_gamma --summary " + good, "monetary_value"},
      {"--model bg_nbd --summary " + file("text.csv", header + "1,2,3\n1,two,3\n"),
       "line 3, column 3, recency"},
      {"--model bg_nbd --summary " + file("short.csv", header + "1,2\n"), "line 2"},
      {"--model bg_nbd --summary " + file("nan.csv", header + "1,nan,3\n"), "recency of row 0"},
      {"--model bg_nbd --summary " + file("after.csv", header + "1,4,3\n"), "<= age"},
      {"--model bg_nbd --predict /nowhere/at/all.csv --summary " + good, "does the folder exist"},
  };
  for (const auto& [options, hint] : rows) {
    const Outcome fit = run(options);
    SCOPED_TRACE(options);
    EXPECT_NE(fit.exit_code, 0);
    EXPECT_EQ(fit.out, "");
    EXPECT_NE(fit.err.find(hint), std::string::npos) << fit.err;
    EXPECT_TRUE(fit.err.starts_with("fit_model: ")) << fit.err;
    EXPECT_EQ(std::count(fit.err.begin(), fit.err.end(), '\n'), 1) << fit.err;
  }
}

// The maxima that clv/fit_test holds, from independent likelihoods.
TEST_F(FitModel, FitsCdnow) {
  RAPPORT_REQUIRE_DATA();
  const struct {
    std::string model;
    double log_likelihood;
    std::vector<std::pair<std::string, double>> parameters;
  } rows[] = {
      {"bg_nbd", -9582.429207, {{"r", .2425945}, {"alpha", 4.413602}, {"b", 2.425907}}},
      {"mbg_nbd", -9582.135716, {{"r", .5248432}, {"alpha", 6.183086}, {"b", 1.614002}}},
      {"pareto_nbd", -9594.976179, {{"r", .5532771}, {"alpha", 10.57768}}},
      {"nbd", -9763.657615, {{"r", .3847662}, {"alpha", 12.07202}}},
      {"gamma_gamma", -4055.917695, {{"p", 6.249572}, {"q", 3.744225}, {"gamma", 15.44352}}},
  };
  for (const auto& row : rows) {
    const Outcome fit = run("--model " + row.model + " --threads 2 --predict " + name("p.csv") +
                            " --summary '" + tests::data_file("cdnow_summary.csv") + "'");
    ASSERT_EQ(fit.exit_code, 0) << fit.err;
    EXPECT_EQ(fit.value("status"), "\"converged\"");
    EXPECT_NEAR(fit.number("log_likelihood"), row.log_likelihood, 1e-5);
    for (const auto& [name, value] : row.parameters) {
      EXPECT_NEAR(fit.number(name) / value, 1, 1e-4) << row.model << ' ' << name;
    }
    EXPECT_EQ(tests::Table(path("p.csv")).rows(), 2357U);
  }
}

// The rows of a reference table that share parameters are one summary.
void write_block(const tests::Table& table, std::size_t begin, std::size_t end,
                 const std::string& path) {
  std::ofstream out(path);
  out << "frequency,recency,T\n";
  for (std::size_t i = begin; i < end; ++i) {
    out << table.text(i, "x") << ',' << table.text(i, "t_x") << ',' << table.text(i, "T") << '\n';
  }
}

TEST_F(FitModel, PredictsTheReferenceTables) {
  RAPPORT_REQUIRE_DATA();
  const std::pair<std::string, std::vector<std::string>> models[] = {
      {"bg_nbd", {"r", "alpha", "a", "b"}},
      {"mbg_nbd", {"r", "alpha", "a", "b"}},
      {"pareto_nbd", {"r", "alpha", "s", "beta"}},
  };
  for (const auto& [model, names] : models) {
    const tests::Table table(tests::data_file("reference_" + model + ".csv"));
    const auto params = [&table, &names = names](std::size_t row) {
      std::string list;
      for (const std::string& name : names)
        list += (list.empty() ? "" : ",") + table.text(row, name);
      return list;
    };
    for (std::size_t begin = 0, end = 0; begin < table.rows(); begin = end) {
      while (end < table.rows() && params(end) == params(begin)) ++end;
      write_block(table, begin, end, path("summary.csv"));
      const Outcome fit =
          run("--model " + model + " --params " + params(begin) + " --horizon 39 --predict " +
              name("predictions.csv") + " --summary " + name("summary.csv"));
      ASSERT_EQ(fit.exit_code, 0) << fit.err;
      const tests::Table found(path("predictions.csv"));
      ASSERT_EQ(found.rows(), end - begin);
      for (std::size_t i = begin; i < end; ++i) {
        const auto expect = [&](const char* cell, const char* column, double tolerance) {
          tests::expect_cell(table, i, cell, found.number(i - begin, column), tolerance);
        };
        expect("ll", "log_likelihood", 1e-12);
        expect("log_p_alive", "log_p_alive", 1e-12);
        expect("p_alive", "p_alive", 1e-12);
        expect("ce_39", "expected_purchases", 1e-10);
        expect("ue_39", "new_customer_purchases", 1e-10);
      }
    }
  }
}

// Cohorts of golden.md 1.7: eight years of regular customers.
TEST_F(FitModel, FitsContracts) {
  const std::string cohort = file("regular.csv",
                                  "t,alive\n0,1000\n1,631\n2,468\n3,382\n4,326\n5,289\n"
                                  "6,262\n7,241\n");
  const struct {
    std::string model;
    double log_likelihood;
  } rows[] = {{"sbg", -1680.265188}, {"bdw", -1679.602833}, {"discrete_weibull", -1688.520240}};
  for (const auto& row : rows) {
    const Outcome fit = run("--model " + row.model + " --discount 0.1 --predict " +
                            name("predictions.csv") + " --summary " + cohort);
    ASSERT_EQ(fit.exit_code, 0) << fit.err;
    EXPECT_EQ(fit.value("status"), "\"converged\"");
    EXPECT_NEAR(fit.number("log_likelihood"), row.log_likelihood, 1e-5) << row.model;
    const tests::Table found(path("predictions.csv"));
    ASSERT_EQ(found.rows(), 8U);
    EXPECT_EQ(found.text(0, "log_survival"), "0");
    EXPECT_EQ(found.text(0, "retention"), "nan");
    EXPECT_GT(found.number(7, "retention"), found.number(1, "retention")) << row.model;
    EXPECT_GT(found.number(7, "discounted_residual_lifetime"),
              found.number(1, "discounted_residual_lifetime"));
  }
}

TEST_F(FitModel, EvaluatesContractsByTheirYearsAlone) {
  const Outcome fit = run("--model sbg --params 3.8,15.2 --discount 0.1 --predict " +
                          name("predictions.csv") + " --summary " + file("t.csv", "t\n1\n2\n5\n"));
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  const tests::Table found(path("predictions.csv"));
  EXPECT_NEAR(found.number(1, "retention"), 16.2 / 20, 1e-14);
  // golden.md 3.7: in the period t, whose renewal is still to come.
  EXPECT_NEAR(found.number(0, "discounted_residual_lifetime"), 3.3098184, 1e-7);
  EXPECT_NEAR(found.number(1, "discounted_residual_lifetime"), 3.4510003, 1e-7);
}

TEST_F(FitModel, FitsWhoBuysOnGivenOpportunities) {
  RAPPORT_REQUIRE_DATA();
  const Outcome fit = run("--model bg_bb --horizon 5 --predict " + name("predictions.csv") +
                          " --summary '" + tests::data_file("donations_summary.csv") + "'");
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  EXPECT_NEAR(fit.number("log_likelihood"), -33225.581274, 1e-5);
  EXPECT_EQ(fit.value("customers"), "11104");
  EXPECT_EQ(tests::Table(path("predictions.csv")).rows(), 22U);
}

TEST_F(FitModel, TakesTheIntervalsOfRegularBuyers) {
  const std::string regular = file("regular.csv",
                                   "frequency,recency,T,sum_log_intervals\n"
                                   "3,12,14,4.1\n2,8.5,9,2.9\n4,15.5,20,5.4\n0,0,9,0\n");
  const Outcome given = run("--model mbg_cnbd_k --params 1.3,2.8,0.4,0.8,2 --summary " + regular);
  ASSERT_EQ(given.exit_code, 0) << given.err;
  EXPECT_EQ(given.value("k"), "2");
  EXPECT_NE(given.value("log_likelihood"), "null");
  const Outcome worth =
      run("--equity --model mbg_cnbd_k --params 1.3,2.8,0.4,0.8,2 --summary " + regular);
  ASSERT_EQ(worth.exit_code, 0) << worth.err;
  EXPECT_NE(worth.out.find("\"forever\": {\"value\": "), std::string::npos) << worth.out;
  const Outcome chance{0, worth.out.substr(worth.out.find("\"chance\"")), ""};
  EXPECT_GT(chance.number("error"), 0);  // parameters that were given are certain
  const Outcome without = run("--model mbg_cnbd_k --summary " + file("summary.csv", ten_customers));
  EXPECT_NE(without.exit_code, 0);
  EXPECT_NE(without.err.find("sum_log_intervals"), std::string::npos) << without.err;
}

TEST_F(FitModel, ComparesModelsBesideRulesWithoutOne) {
  RAPPORT_REQUIRE_DATA();
  const Outcome table = run("--compare bg_nbd,mbg_nbd,pareto_nbd,nbd --horizon 39 --summary '" +
                            tests::data_file("cdnow_summary.csv") + "'");
  ASSERT_EQ(table.exit_code, 0) << table.err;
  // golden.md 1.1 and 2.1.
  for (const char* text : {"-9582.429", "-9582.136", "-9594.976", "-9763.658", "AIC", "BIC",
                           "1,653.4", "1,576.7", "1,665.5", "own rate", "hiatus", "1,882.0"}) {
    EXPECT_NE(table.out.find(text), std::string::npos) << text << " is not in\n" << table.out;
  }
}

TEST_F(FitModel, ComparesFitsAloneWithoutAHoldOut) {
  const Outcome table =
      run("--compare bg_nbd,mbg_nbd --summary " + file("summary.csv", ten_customers));
  ASSERT_EQ(table.exit_code, 0) << table.err;
  EXPECT_NE(table.out.find("mbg_nbd"), std::string::npos);
  EXPECT_EQ(table.out.find("own rate"), std::string::npos);
}

TEST_F(FitModel, GivesEachCustomerTheirCovariates) {
  const std::string summary = " --summary " + file("summary.csv", ten_customers);
  // The rows of the two files need not be in one order.
  const std::string covariates = file(
      "covariates.csv", "club,customer_id\n1,j\n0,a\n1,b\n1,c\n0,d\n0,e\n1,f\n0,g\n0,h\n1,i\n");
  const Outcome fit =
      run("--model pareto_nbd --purchase-covariates club --penalty 0.1 "
          "--predict " +
          name("p.csv") + " --covariates " + covariates + summary);
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  EXPECT_GT(fit.number("purchase.club"), 0) << fit.out;
  EXPECT_EQ(tests::Table(path("p.csv")).rows(), 10U);
  const struct {
    std::string options, hint;
  } wrong[] = {
      {"--model pareto_nbd --covariates " + covariates + " --dropout-covariates age",
       "there is no covariate 'age', but there are club"},
      {"--model bdw --covariates " + covariates, "takes no covariates"},
      {"--model bg_nbd --covariates " + file("few.csv", "customer_id,club\na,1\n"),
       "customer b of the summary is not in"},
      {"--model bg_nbd --covariates " + file("twice.csv", "customer_id,club\na,1\na,0\n"), "twice"},
  };
  for (const auto& [options, hint] : wrong) {
    const Outcome refused = run(options + summary);
    EXPECT_NE(refused.exit_code, 0) << options;
    EXPECT_NE(refused.err.find(hint), std::string::npos) << refused.err;
  }
}

// golden.md 1.4, the well-posed anchor.
TEST_F(FitModel, FitsCovariatesThatChangeOverTime) {
  RAPPORT_REQUIRE_DATA();
  const std::string covariates =
      " --covariates '" + tests::data_file("apparel_dynamic_covariates.csv") + "'";
  const Outcome fit =
      run("--model pareto_nbd --dropout-covariates gender,channel --as-of 2006-12-31 --horizon 104 "
          "--predict " +
          name("p.csv") + " --forecast " + name("f.csv") + " --transactions '" +
          tests::data_file("apparel_transactions.csv") + "'" + covariates);
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  EXPECT_NEAR(fit.number("log_likelihood"), -5753.325734, 1e-5);
  EXPECT_NEAR(fit.number("purchase.high_season") / .719545, 1, 1e-4);
  EXPECT_NEAR(fit.number("dropout.channel") / .613759, 1, 1e-4);
  const tests::Table found(path("p.csv"));
  ASSERT_EQ(found.rows(), 600U);
  EXPECT_EQ(found.text(0, "customer_id"), "1");
  EXPECT_GT(found.number(0, "expected_purchases"), 1);
  const tests::Table forecast(path("f.csv"));
  EXPECT_EQ(forecast.text(0, "customer_id"), "1");
  EXPECT_EQ(forecast.numbers("expected_purchases"), found.numbers("expected_purchases"));
  expect_intervals(forecast, "expected_purchases");
  const Outcome without =
      run("--model pareto_nbd --summary " + file("summary.csv", ten_customers) + covariates);
  EXPECT_NE(without.exit_code, 0);
  EXPECT_NE(without.err.find("give --transactions"), std::string::npos) << without.err;
}

TEST_F(FitModel, ForecastsEveryCustomerWithIntervals) {
  RAPPORT_REQUIRE_DATA();
  const std::string file = tests::data_file("cdnow_summary.csv");
  const Outcome fit =
      run("--model mbg_nbd --horizon 39 --annual-discount 0 --predict " + name("p.csv") +
          " --forecast " + name("f.csv") + " --summary '" + file + "'");
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  const std::string text = contents(path("f.csv"));
  EXPECT_EQ(text.substr(0, text.find('\n')), forecast_columns + ",purchases_low,purchases_high");
  const tests::Table found(path("f.csv"));
  const tests::Table predicted(path("p.csv"));
  ASSERT_EQ(found.rows(), 2357U);
  for (const char* column : {"p_alive", "expected_purchases"}) {
    EXPECT_EQ(found.numbers(column), predicted.numbers(column)) << column;
    expect_intervals(found, column);
  }
  EXPECT_EQ(found.text(0, "purchases_low"), "0");
  // golden.md 2.1: what the hold-out of 39 weeks was expected to bring, when nothing is discounted.
  EXPECT_NEAR(fit.number("discounted_purchases"), 1576.7, 0.05);
  const std::string forecast = fit.out.substr(fit.out.find("\"forecast\""));
  EXPECT_LT(fit.out.find("\"message\""), fit.out.find("\"forecast\""));
  EXPECT_NE(forecast.find("\"horizon\": 39, \"period\": \"week\", \"annual_discount\": 0, "),
            std::string::npos)
      << forecast;
}

TEST_F(FitModel, ForecastsGivenParametersWithoutDoubtAboutThem) {
  const Outcome fit =
      run("--model bg_nbd --params 0.243,4.414,0.793,2.426 --horizon 39 --forecast " +
          name("f.csv") + " --summary " + file("summary.csv", ten_customers));
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  EXPECT_EQ(fit.value("status"), "\"given\"");
  const tests::Table found(path("f.csv"));
  const clv::BgNbd model({.r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426});
  const double expected =
      model.expected_purchases({.frequency = 5, .recency = 36, .age = 38.5}, 39);
  EXPECT_EQ(found.number(2, "expected_purchases"), expected);
  EXPECT_EQ(found.number(2, "expected_purchases_low"), expected);
  EXPECT_LT(found.number(2, "purchases_low"), expected) << "chance remains";
  EXPECT_GT(found.number(2, "purchases_high"), expected);
}

TEST_F(FitModel, ForecastsAndValuesWhoBuysOnGivenOpportunities) {
  RAPPORT_REQUIRE_DATA();
  const std::string summary =
      " --summary '" + tests::data_file("donations_summary.csv") + "' --model bg_bb";
  const Outcome years =
      run("--horizon 5 --annual-discount 0.1 --equity --forecast " + name("f.csv") + summary);
  ASSERT_EQ(years.exit_code, 0) << years.err;
  const tests::Table found(path("f.csv"));
  ASSERT_EQ(found.rows(), 22U);
  expect_intervals(found, "p_alive");
  expect_intervals(found, "discounted_purchases");
  // Rows stand for many customers: both sums are over these.
  EXPECT_NE(years.out.find("\"of\": \"purchases\""), std::string::npos) << years.out;
  const auto value = years.out.find("\"within_horizon\": {\"value\": ");
  ASSERT_NE(value, std::string::npos) << years.out;
  EXPECT_NEAR(
      std::strtod(years.out.c_str() + value + 28, nullptr) / years.number("discounted_purchases"),
      1, 1e-12);
  // A year each unless said otherwise.
  const Outcome weeks = run("--horizon 5 --period week --forecast " + name("w.csv") + summary);
  EXPECT_GT(weeks.number("discounted_purchases"), years.number("discounted_purchases"));
  const Outcome half = run("--horizon 2.5 --forecast " + name("h.csv") + summary);
  EXPECT_NE(half.exit_code, 0);
}

TEST_F(FitModel, StatesWhatABaseIsWorthWithParametersAndChanceApart) {
  RAPPORT_REQUIRE_DATA();
  const std::string cdnow = " --summary '" + tests::data_file("cdnow_summary.csv") + "'";
  for (const char* model : {"nbd", "pareto_nbd", "bg_nbd", "mbg_nbd"}) {
    const Outcome fit =
        run("--equity --horizon 39 --margin 0.5 --model " + std::string(model) + cdnow);
    ASSERT_EQ(fit.exit_code, 0) << fit.err;
    const std::size_t begin = fit.out.find("\"equity\": {\"of\": \"money\"");
    ASSERT_NE(begin, std::string::npos) << fit.out;
    const std::size_t ever = fit.out.find("\"forever\"");
    ASSERT_NE(ever, std::string::npos) << fit.out;
    const Outcome within{0, fit.out.substr(begin, ever - begin), ""};
    const Outcome forever{0, fit.out.substr(ever), ""};
    for (const Outcome& each : {within, forever}) {
      SCOPED_TRACE(each.out);
      for (const char* key : {"parameters", "chance", "together"}) {
        EXPECT_NE(each.out.find("\"" + std::string(key) + "\": {\"error\": "), std::string::npos);
      }
      EXPECT_GT(each.number("error"), 0);
      EXPECT_LT(each.number("low"), each.number("value"));
      EXPECT_GT(each.number("high"), each.number("value"));
    }
    EXPECT_EQ(within.value("margin"), "0.5");
    EXPECT_GT(forever.number("value"), within.number("value")) << model;
  }
}

TEST_F(FitModel, ValuesTheRenewalsToCome) {
  const std::string given = "--model sbg --params 3.8,15.2 --annual-discount 0.1 --equity ";
  // 60 of one cohort have renewed twice, 30 of another once.
  const Outcome cohorts =
      run(given + "--summary " +
          file("cohorts.csv", "cohort,t,alive\n1,0,100\n1,1,80\n1,2,60\n2,0,40\n2,1,30\n"));
  ASSERT_EQ(cohorts.exit_code, 0) << cohorts.err;
  const clv::Sbg model({.alpha = 3.8, .beta = 15.2});
  const double expected = 60 * model.discounted_residual_lifetime(3, 0.1) +
                          30 * model.discounted_residual_lifetime(2, 0.1);
  EXPECT_NEAR(cohorts.number("value") / expected, 1, 1e-12);
  EXPECT_EQ(cohorts.value("of"), "\"renewals\"");
  EXPECT_EQ(cohorts.value("infinite_variance"), "false");
  const Outcome members = run(
      given + "--horizon 1 --summary " +
      file("members.csv", "t,churned,customers,monetary_value\n2,0,60,10\n3,1,40,10\n1,0,30,20\n"));
  ASSERT_EQ(members.exit_code, 0) << members.err;
  EXPECT_EQ(members.value("of"), "\"money\"");
  // Within one period: the renewal that is due now.
  EXPECT_NEAR(members.number("value"),
              600 * model.retention_rate(3) + 600 * model.retention_rate(2), 1e-9);
  const Outcome unknown = run(given + "--summary " + file("t.csv", "t\n1\n"));
  EXPECT_NE(unknown.exit_code, 0);
  EXPECT_NE(unknown.err.find("give alive, or churned"), std::string::npos) << unknown.err;
}

TEST_F(FitModel, FitsSpendingToSingleAmounts) {
  const std::string transactions =
      file("transactions.csv",
           "customer_id,date,amount\nb,2024-01-01,10\nb,2024-01-08,20\nb,2024-02-01,5\n"
           "b,2024-02-01,7\nb,2024-03-01,90\na,2024-01-05,30\nc,2024-01-09,8\n"
           "c,2024-02-09,4\n");
  const Outcome fit =
      run("--model gamma_gamma --params 2,3,40 --as-of 2024-02-15 --predict " + name("p.csv") +
          " --forecast " + name("f.csv") + " --transactions " + transactions);
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  EXPECT_EQ(fit.value("customers"), "2");
  const clv::GammaGamma model({.p = 2, .q = 3, .gamma = 40});
  const tests::Table found(path("p.csv"));
  ASSERT_EQ(found.rows(), 3U);
  std::vector<std::string> keys;
  for (std::size_t row = 0; row < found.rows(); ++row) {
    keys.push_back(found.text(row, "customer_id"));
    if (keys.back() == "a") {
      EXPECT_EQ(found.text(row, "log_likelihood"), "0");
      EXPECT_EQ(found.number(row, "expected_spend"), model.population_mean());
    } else if (keys.back() == "b") {
      // 20, then 5 and 7 on one day; the first day is left out, as is what came after the as-of
      // day.
      EXPECT_NEAR(found.number(row, "log_likelihood"),
                  model.log_likelihood(2, 16, std::log(20.0) + std::log(12.0)), 1e-12);
      EXPECT_EQ(found.number(row, "expected_spend"), model.expected_spend(2, 16));
    }
  }
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(tests::Table(path("f.csv")).numbers("expected_spend"), found.numbers("expected_spend"));
}

TEST_F(FitModel, LearnsMoreFromSingleAmountsThanFromTheirMeans) {
  RAPPORT_REQUIRE_DATA();
  const Outcome means = run("--model gamma_gamma --forecast " + name("f.csv") + " --summary '" +
                            tests::data_file("cdnow_summary.csv") + "'");
  const Outcome single = run("--model gamma_gamma --as-of 1997-09-30 --transactions '" +
                             tests::data_file("cdnow_sample_transactions.csv") + "'");
  ASSERT_EQ(single.exit_code, 0) << single.err;
  EXPECT_EQ(single.value("customers"), means.value("customers"));
  const auto error_of_p = [](const Outcome& fit) {
    return Outcome{0, fit.out.substr(fit.out.find("standard_errors")), ""}.number("p");
  };
  EXPECT_LT(error_of_p(single), 0.2 * error_of_p(means));
  expect_intervals(tests::Table(path("f.csv")), "expected_spend");
}

TEST_F(FitModel, SaysOfWhichModelsNoForecastOrWorthIsKnown) {
  const std::string ten = " --summary " + file("summary.csv", ten_customers);
  const std::string years = " --summary " + file("years.csv", "t,alive\n0,9\n1,5\n2,4\n");
  const struct {
    std::string options, hint;
  } rows[] = {
      {"--model bg_nbd --forecast f.csv" + ten, "--forecast needs a --horizon"},
      {"--model bg_nbd --period decade --equity" + ten, "decade"},
      {"--model bg_nbd --equity --covariates x.csv" + ten, "models without covariates"},
      {"--compare bg_nbd,nbd --equity" + ten, "one model that is fitted"},
      {"--model pareto_nbd --mcmc --equity" + ten, "one model that is fitted"},
      {"--model sbg --horizon 1 --forecast f.csv" + years, "--equity counts the renewals"},
      {"--model bg_nbd --transactions x.csv", "or with gamma_gamma"},
  };
  for (const auto& [options, hint] : rows) {
    const Outcome fit = run(options);
    SCOPED_TRACE(options);
    EXPECT_NE(fit.exit_code, 0);
    EXPECT_NE(fit.err.find(hint), std::string::npos) << fit.err;
    EXPECT_EQ(std::count(fit.err.begin(), fit.err.end(), '\n'), 1) << fit.err;
  }
}

TEST_F(FitModel, ForecastsWithConstantCovariates) {
  RAPPORT_REQUIRE_DATA();
  // Twenty times the same ten customers, so that there are enough to learn from.
  std::string summary = "customer_id,frequency,recency,T\n";
  std::string opportunities = "customer_id,frequency,recency,periods\n";
  std::string covariates = "customer_id,club\n";
  const char* histories[] = {"0,0,38",  "2,12.5,30", "5,36,38.5", "1,3,27",  "0,0,27",
                             "1,20,33", "3,8,29",    "0,0,31",    "9,35,36", "1,1.25,30"};
  const char* seasons[] = {"0,0,8", "2,5,8", "5,7,8", "1,1,8", "0,0,8",
                           "1,6,8", "3,4,8", "0,0,8", "8,8,8", "1,2,8"};
  for (int i = 0; i < 200; ++i) {
    const std::string key = std::to_string(i) + ",";
    summary += key + histories[i % 10] + "\n";
    opportunities += key + seasons[i % 10] + "\n";
    covariates += key + (i % 3 == 0 ? "1" : "0") + "\n";
  }
  const std::string club = " --covariates " + file("covariates.csv", covariates) +
                           " --purchase-covariates club --dropout-covariates club --penalty 0.01";
  const std::pair<std::string, std::string> models[] = {
      {"pareto_nbd", file("summary.csv", summary)},
      {"mbg_nbd", name("summary.csv")},
      {"bg_bb", file("opportunities.csv", opportunities)},
  };
  for (const auto& [model, data] : models) {
    const Outcome fit = run("--model " + model + club + " --horizon 10 --predict " + name("p.csv") +
                            " --forecast " + name("f.csv") + " --summary " + data);
    ASSERT_EQ(fit.exit_code, 0) << fit.err;
    const tests::Table found(path("f.csv"));
    ASSERT_EQ(found.rows(), 200U);
    EXPECT_EQ(found.numbers("expected_purchases"),
              tests::Table(path("p.csv")).numbers("expected_purchases"))
        << model;
    if (fit.value("usable") == "true") {
      expect_intervals(found, "expected_purchases");
      EXPECT_LT(fit.number("low"), fit.number("discounted_purchases"));
      EXPECT_GT(fit.number("high"), fit.number("discounted_purchases"));
    }
    EXPECT_GT(fit.number("discounted_purchases"), 0) << fit.out;
  }
}

TEST_F(FitModel, SamplesTheSameForAnyNumberOfThreads) {
  const std::string options =
      "--model pareto_nbd --mcmc --chains 2 --warmup 50 --draws 50 "
      "--horizon 10 --summary " +
      file("summary.csv", ten_customers);
  const Outcome one = run(options + " --predict " + name("one.csv"));
  const Outcome two = run(options + " --threads 2 --predict " + name("two.csv"));
  ASSERT_EQ(one.exit_code, 0) << one.err;
  EXPECT_EQ(one.out.substr(0, one.out.find("\"seconds\"")),
            two.out.substr(0, two.out.find("\"seconds\"")));
  EXPECT_EQ(contents(path("one.csv")), contents(path("two.csv")));
  EXPECT_EQ(tests::Table(path("one.csv")).rows(), 10U);
  EXPECT_EQ(one.value("draws"), "100");
  const Outcome other = run("--model bg_nbd --mcmc --summary " + name("summary.csv"));
  EXPECT_NE(other.exit_code, 0);
  EXPECT_NE(other.err.find("--mcmc knows pareto_nbd"), std::string::npos) << other.err;
}

}  // namespace
}  // namespace rapport
