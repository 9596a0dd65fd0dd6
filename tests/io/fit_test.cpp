#include <rapport/io/fit.hpp>

#include <rapport/clv/bdw.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/cnbd_k.hpp>
#include <rapport/clv/fingerprint.hpp>
#include <rapport/clv/forecast.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/retention.hpp>
#include <rapport/clv/sbg.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/simulated_base.hpp"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <system_error>

namespace rapport::io {
namespace {

const tests::SimulatedBase base(tests::cdnow_mbg_nbd, 800, 7);
const clv::Patterns patterns(base.histories());
const clv::Fit<clv::MbgNbd> fitted = clv::fit<clv::MbgNbd>(patterns);

// A fit by hand; edits of it are what the tests of refusal read.
const std::string small = R"({
  "format": "rapport fit",
  "version": 1,
  "model": "NBD of ours",
  "period": "week",
  "parameters": [
    {"name": "r", "value": 0.5, "coordinate": "logarithm", "held": false},
    {"name": "m", "value": -2, "coordinate": "linear", "held": true}
  ],
  "covariance": [
    [0.25, 0],
    [0, 0]
  ],
  "log_likelihood": -12.5,
  "gradient_norm": 1e-09,
  "status": "converged",
  "message": "converged",
  "customers": 10,
  "left_out": 0,
  "patterns": 4,
  "iterations": 3,
  "evaluations": 4,
  "data": null
}
)";

std::string with(const std::string& from, const std::string& to) {
  std::string text = small;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void expect_refused(const std::string& json, const std::string& place, const std::string& words) {
  SCOPED_TRACE(words);
  try {
    static_cast<void>(read_fit(json));
    ADD_FAILURE() << "was read";
  } catch (const FitError& error) {
    EXPECT_EQ(error.place(), place);
    EXPECT_NE(error.text().find(words), std::string::npos) << error.text();
  }
}

TEST(StoredFit, ReadsAndWritesByHand) {
  const StoredFit fit = read_fit(small);
  EXPECT_EQ(fit.model, "NBD of ours");
  EXPECT_EQ(fit.names, (std::vector<std::string>{"r", "m"}));
  EXPECT_EQ(fit.report.parameters, (std::vector<double>{0.5, -2}));
  EXPECT_EQ(fit.report.coordinates[1], clv::Coordinate::linear);
  EXPECT_EQ(fit.report.held, (std::vector<bool>{false, true}));
  EXPECT_EQ(fit.report.working_covariance, (std::vector<double>{0.25, 0, 0, 0}));
  EXPECT_TRUE(fit.report.usable());
  EXPECT_EQ(fit.report.period, core::weeks);
  EXPECT_EQ(fit.report.free_parameters(), 1);
  EXPECT_FALSE(fit.data);
  EXPECT_EQ(write_fit(fit), small);
}

TEST(StoredFit, ReadsBackBitForBitAndPredictsTheSame) {
  ASSERT_TRUE(fitted.usable()) << fitted.message;
  const std::string json = write_fit(fitted, clv::fingerprint(patterns));
  const auto again = read_fit<clv::MbgNbd>(json);
  EXPECT_EQ(again.parameters, fitted.parameters);
  EXPECT_EQ(again.params.alpha, fitted.params.alpha);
  EXPECT_EQ(again.working_covariance, fitted.working_covariance);
  EXPECT_EQ(again.log_likelihood, fitted.log_likelihood);
  EXPECT_EQ(again.gradient_norm, fitted.gradient_norm);
  EXPECT_EQ(again.names, fitted.names);
  EXPECT_EQ(again.message, fitted.message);
  EXPECT_EQ(again.customers, fitted.customers);
  EXPECT_EQ(again.evaluations, fitted.evaluations);
  EXPECT_EQ(again.period, fitted.period);
  EXPECT_EQ(read_fit(json).data, clv::fingerprint(patterns));
  const auto before = clv::forecast(fitted, base.histories());
  const auto after = clv::forecast(again, base.histories());
  EXPECT_EQ(after.expected_purchases.high, before.expected_purchases.high);
}

TEST(StoredFit, KeepsWhatIsNotKnownUnknown) {
  const clv::Patterns nobody(clv::Histories({}, core::days));
  const auto none = clv::fit<clv::BgNbd>(nobody);
  const auto again = read_fit<clv::BgNbd>(write_fit(none));
  EXPECT_EQ(again.status, clv::FitStatus::too_little_data);
  EXPECT_TRUE(std::isnan(again.working_covariance[0]));
  EXPECT_EQ(again.message, none.message);
  EXPECT_EQ(again.period, core::days);
}

TEST(StoredFit, ServesModelsWithoutAPeriodAndWithHeldParameters) {
  const std::vector<double> means = base.mean_amounts(tests::cdnow_gamma_gamma, 3);
  const auto spend = clv::fit<clv::GammaGamma>(
      clv::Spends({.frequency = base.frequency, .monetary_value = means}));
  const auto again = read_fit<clv::GammaGamma>(write_fit(spend));
  EXPECT_FALSE(again.period);
  EXPECT_EQ(again.left_out, spend.left_out);
  EXPECT_EQ(again.params.q, spend.params.q);

  clv::FitOptions options{.start = fitted.parameters, .held = {true, false, false, false}};
  const auto held = clv::fit<clv::MbgNbd>(patterns, options);
  EXPECT_EQ(read_fit<clv::MbgNbd>(write_fit(held)).held, held.held);
}

template <class Model>
void expect_reads_back(const clv::Fit<Model>& fit) {
  SCOPED_TRACE(Model::name);
  const auto again = read_fit<Model>(write_fit(fit));
  EXPECT_EQ(again.parameters, fit.parameters);
  EXPECT_EQ(again.status, fit.status);
  if (fit.usable()) {
    EXPECT_EQ(again.standard_errors(), fit.standard_errors());
  }
}

// Positive parameters and others, held ones, fits on a boundary and such that ran out.
TEST(StoredFit, OfEveryKindOfModelReadsBack) {
  expect_reads_back(clv::fit<clv::Nbd>(patterns));
  expect_reads_back(clv::fit<clv::BgNbd>(patterns));
  expect_reads_back(clv::fit<clv::ParetoNbd>(patterns));
  expect_reads_back(clv::fit<clv::GgompertzNbd>(patterns));

  std::vector<double> logs;
  for (std::size_t i = 0; i < base.frequency.size(); ++i) {
    const double x = base.frequency[i];
    logs.push_back(x > 0 ? x * std::log(base.recency[i] / x) - 0.2 * x : 0);
  }
  expect_reads_back(
      clv::fit<clv::MbgCnbdK>(clv::Patterns(clv::Histories({.frequency = base.frequency,
                                                            .recency = base.recency,
                                                            .age = base.age,
                                                            .sum_log_intervals = logs},
                                                           core::weeks))));
  const std::vector<double> t = {0, 1, 2, 3, 4}, alive = {1000, 631, 468, 382, 326};
  const clv::Retention retention(clv::CohortColumns{.t = t, .alive = alive});
  expect_reads_back(clv::fit<clv::Sbg>(retention));
  expect_reads_back(clv::fit<clv::Bdw>(retention));
}

TEST(StoredFit, OfAnotherModelIsRefused) {
  const std::string json = write_fit(fitted);
  try {
    static_cast<void>(read_fit<clv::BgNbd>(json));
    FAIL();
  } catch (const FitError& error) {
    EXPECT_EQ(error.place(), "/model");
    EXPECT_NE(std::string(error.what()).find("MBG/NBD, not of BG/NBD"), std::string::npos);
  }
  StoredFit renamed = stored(fitted);
  std::swap(renamed.names[0], renamed.names[1]);
  EXPECT_THROW((void)fit_of<clv::MbgNbd>(renamed), FitError);
  StoredFit huge = stored(fitted);
  huge.report.parameters[0] = 0;
  EXPECT_THROW((void)fit_of<clv::MbgNbd>(huge), FitError);
}

TEST(StoredFit, SaysWhereAndWhatIsWrong) {
  expect_refused(with("rapport fit", "other"), "/format", "is not \"rapport fit\"");
  expect_refused(with("\"version\": 1", "\"version\": 2"), "/version", "known here is 1");
  expect_refused(with("\"week\"", "\"fortnight\""), "/period", "none of these");
  expect_refused(with("0.5,", "-0.5,"), "/parameters/0/value", "must be > 0");
  expect_refused(with("\"linear\"", "\"square\""), "/parameters/1/coordinate", "none of these");
  expect_refused(with("\"m\"", "\"r\""), "/parameters/1/name", "twice");
  expect_refused(with("\"m\"", "\"\""), "/parameters/1/name", "empty");
  expect_refused(with("[0.25, 0],", "[0.25, 0], [0, 0],"), "/covariance", "has 3 elements");
  expect_refused(with("[0.25, 0],", "[0.25],"), "/covariance/0", "has 1 elements");
  expect_refused(with("[0.25, 0],", "[0.25, 0.1],"), "/covariance/0/1", "mirror");
  expect_refused(with("[0.25, 0],", "[-1, 0],"), "/covariance", "positive definite");
  expect_refused(with("[0, 0]", "[0, 3]"), "/covariance/1/1", "held");
  expect_refused(with("[\n    [0.25, 0],\n    [0, 0]\n  ]", "null"), "/covariance", "usable");
  expect_refused(with("\"converged\"", "\"done\""), "/status", "none of these");
  expect_refused(with("\"customers\": 10", "\"customers\": 1.5"), "/customers", "whole number");
  expect_refused(with("\"iterations\": 3", "\"iterations\": 3e9"), "/iterations", "whole number");
  expect_refused(with("\"data\": null", "\"data\": 5"), "/data", "must be a text");
  expect_refused(with("\"data\": null", "\"date\": null"), "/date", "no such member");
  expect_refused(with(",\n  \"data\": null", ""), "", "lacks the member \"data\"");
  expect_refused(with("\"data\": null", "\"data\": null, \"data\": null"), "/data", "twice");
  expect_refused(with("-12.5", "1e999"), "/log_likelihood", "too large");
  expect_refused(with("-12.5", "NaN"), "/log_likelihood", "line 14");
  expect_refused(with("\"parameters\": [", "\"parameters\": [[],"), "/parameters/0",
                 "must be an object");
}

TEST(StoredFit, CutAnywhereIsAnErrorAndNothingElse) {
  // But for the line break at the end.
  for (std::size_t length = 0; length + 2 < small.size(); ++length) {
    ASSERT_THROW((void)read_fit(std::string_view(small).substr(0, length)), FitError) << length;
  }
}

TEST(StoredFit, HasLimits) {
  std::string depth;
  for (int i = 0; i < 32; ++i) depth += "/0";
  expect_refused(std::string(2000, '['), depth, "nested");
  expect_refused(small + std::string(1 << 20, ' '), "", "more than 1048576 bytes");
  std::string many = "{\"name\": \"p0\", \"value\": 1, \"coordinate\": \"linear\", \"held\": true}";
  for (int i = 1; i < 65; ++i) {
    many += ", {\"name\": \"p" + std::to_string(i) +
            "\", \"value\": 1, \"coordinate\": \"linear\", \"held\": true}";
  }
  const auto begin = small.find('[') + 1, end = small.find(']');
  expect_refused(small.substr(0, begin) + many + small.substr(end), "/parameters", "1 to 64");
}

TEST(StoredFit, IsNotWrittenIfItCouldNotBeRead) {
  StoredFit fit = read_fit(small);
  fit.report.parameters[0] = NAN;
  EXPECT_THROW((void)write_fit(fit), FitError);
  fit = read_fit(small);
  fit.names[0] = "\xFF";
  EXPECT_THROW((void)write_fit(fit), FitError);
  fit = read_fit(small);
  fit.names.pop_back();
  EXPECT_THROW((void)write_fit(fit), FitError);
}

TEST(StoredFit, OfAFileNamesIt) {
  const std::string path = testing::TempDir() + "rapport_fit_test.json";
  std::ofstream(path) << small;
  EXPECT_EQ(write_fit(read_fit_file(path)), small);
  std::ofstream(path) << "{";
  try {
    static_cast<void>(read_fit_file(path));
    FAIL();
  } catch (const FitError& error) {
    EXPECT_EQ(std::string(error.what()).find(path + ": fit"), 0) << error.what();
  }
  std::remove(path.c_str());
  EXPECT_THROW((void)read_fit_file(path), std::system_error);
}

RC_GTEST_PROP(StoredFit, EveryNumberReadsBackAsItWas, (double value, double variance)) {
  RC_PRE(std::isfinite(value) && std::isfinite(variance) && variance > 0);
  StoredFit fit = read_fit(small);
  fit.report.parameters[1] = value;
  fit.report.log_likelihood = -value;
  fit.report.working_covariance[0] = variance;
  const StoredFit again = read_fit(write_fit(fit));
  RC_ASSERT(again.report.parameters[1] == value);
  RC_ASSERT(again.report.log_likelihood == -value);
  RC_ASSERT(again.report.working_covariance[0] == variance);
}

}  // namespace
}  // namespace rapport::io
