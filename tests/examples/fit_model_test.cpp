// fit_model as its users run it: options in, one JSON object, a file of predictions and an exit
// code out.

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"
#include "support/reference.hpp"

#include <sys/wait.h>

#include <algorithm>
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
          name("p.csv") + " --transactions '" + tests::data_file("apparel_transactions.csv") + "'" +
          covariates);
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  EXPECT_NEAR(fit.number("log_likelihood"), -5753.325734, 1e-5);
  EXPECT_NEAR(fit.number("purchase.high_season") / .719545, 1, 1e-4);
  EXPECT_NEAR(fit.number("dropout.channel") / .613759, 1, 1e-4);
  const tests::Table found(path("p.csv"));
  ASSERT_EQ(found.rows(), 600U);
  EXPECT_EQ(found.text(0, "customer_id"), "1");
  EXPECT_GT(found.number(0, "expected_purchases"), 1);
  const Outcome without =
      run("--model pareto_nbd --summary " + file("summary.csv", ten_customers) + covariates);
  EXPECT_NE(without.exit_code, 0);
  EXPECT_NE(without.err.find("give --transactions"), std::string::npos) << without.err;
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
