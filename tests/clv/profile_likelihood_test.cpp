#include <rapport/clv/profile_likelihood.hpp>

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"
#include "support/simulated_base.hpp"

#include <cmath>
#include <stdexcept>

namespace rapport::clv {
namespace {

// Made when first asked for: each test is a process of its own.
const tests::FittedBase& shared() {
  static const tests::FittedBase made(3000, 7);
  return made;
}

// scripts/reference/profile_likelihood.py: another likelihood, another search, to some 1e-4.
TEST(ProfileLikelihood, MeetsAnIndependentSearchOnCdnow) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table table(tests::data_file("cdnow_summary.csv"));
  const auto x = table.numbers("frequency"), t_x = table.numbers("recency"), t = table.numbers("T");
  const Patterns cdnow(Histories({.frequency = x, .recency = t_x, .age = t}, core::weeks));
  const auto bg = fit<BgNbd>(cdnow);
  ASSERT_TRUE(bg.usable()) << bg.message;
  constexpr struct {
    const char* name;
    double low, high;
  } rows[] = {
      {"r", 0.22284472127025778, 0.2642252719351308},
      {"a", 0.5506829532682884, 1.204953449266078},
      {"b", 1.5491564880828297, 4.0831302252910895},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto found = profile_interval(bg, cdnow, row.name);
    EXPECT_EQ(found.low_end, ProfileEnd::found);
    EXPECT_EQ(found.high_end, ProfileEnd::found);
    EXPECT_NEAR(found.estimate.low / row.low, 1, 2e-4);
    EXPECT_NEAR(found.estimate.high / row.high, 1, 2e-4);
    EXPECT_EQ(found.estimate.value, bg.estimate(row.name).value);
    EXPECT_TRUE(found.message.empty()) << found.message;
    EXPECT_LE(found.fits, 14);
  }
}

// What an end is: the likelihood has fallen by half the quantile of chi-squared, 2.7055 at 0.90.
TEST(ProfileLikelihood, EndsWhereTheLikelihoodHasFallenFarEnough) {
  ASSERT_TRUE(shared().fitted.usable()) << shared().fitted.message;
  for (const std::string_view name : shared().fitted.names) {
    SCOPED_TRACE(name);
    const auto found = profile_interval(shared().fitted, shared().patterns, name);
    ASSERT_TRUE(found.usable()) << found.message;
    const std::vector<double> ends = {found.estimate.low, found.estimate.high};
    const auto curve = profile_curve(shared().fitted, shared().patterns, name, ends);
    for (const auto& point : curve) {
      EXPECT_NEAR(shared().fitted.log_likelihood - point.log_likelihood, 2.705543454095404 / 2,
                  1e-5);
    }
    EXPECT_GT(curve[0].slope, 0);
    EXPECT_LT(curve[1].slope, 0);
  }
}

// Many customers: the likelihood is nearly quadratic, and the two intervals nearly one.
TEST(ProfileLikelihood, IsCloseToWaldsIntervalInLargeSamples) {
  const auto wald = shared().fitted.estimate("r");
  const auto profile = profile_interval(shared().fitted, shared().patterns, "r").estimate;
  const double width = wald.high - wald.low;
  EXPECT_NEAR(profile.low, wald.low, 0.1 * width);
  EXPECT_NEAR(profile.high, wald.high, 0.1 * width);
  EXPECT_EQ(profile.level, 0.90);
  EXPECT_EQ(profile.covers, core::Covers::parameter);
}

TEST(ProfileLikelihood, OfAHigherLevelIsWider) {
  const auto narrow =
      profile_interval(shared().fitted, shared().patterns, "b", {.level = 0.5}).estimate;
  const auto wide =
      profile_interval(shared().fitted, shared().patterns, "b", {.level = 0.99}).estimate;
  EXPECT_LT(wide.low, narrow.low);
  EXPECT_GT(wide.high, narrow.high);
}

// Nobody is lost: everyone has bought right up to the end. The chance to drop out may be as small
// as you like, so a has no lower end and b no upper one.
TEST(ProfileLikelihood, HasNoEndWhereTheDataSetNoLimit) {
  std::vector<double> x, t_x, t;
  for (int i = 0; i < 300; ++i) {
    x.push_back(3 + i % 9);
    t.push_back(40);
    t_x.push_back(40 - 0.1 * (i % 5));
  }
  const Patterns loyal(Histories({.frequency = x, .recency = t_x, .age = t}, core::weeks));
  const auto lost = fit<BgNbd>(loyal);
  ASSERT_FALSE(lost.usable());
  const auto a = profile_interval(lost, loyal, "a");
  EXPECT_EQ(a.low_end, ProfileEnd::unbounded) << a.message;
  EXPECT_EQ(a.estimate.low, 0);
  const auto b = profile_interval(lost, loyal, "b");
  EXPECT_EQ(b.high_end, ProfileEnd::unbounded) << b.message;
  EXPECT_EQ(b.estimate.high, INFINITY);
  EXPECT_NE(b.message.find("no upper limit"), std::string::npos) << b.message;
}

// A law whose parameter cannot exceed 1, where its likelihood is greatest: -(2 - m)^2 / 2.
TEST(ProfileLikelihood, EndsAtTheBoundaryOfTheModel) {
  FitReport report;
  report.names = {"m"};
  report.parameters = {1};
  report.coordinates = {Coordinate::linear};
  report.log_likelihood = -0.5;
  report.customers = 10;
  report.status = FitStatus::at_boundary;
  report.held = {true};
  const HeldFit refit = [](double value, std::span<const double>) {
    if (value > 1) throw std::domain_error("m is too large");
    return ProfilePoint{.value = value,
                        .log_likelihood = -(2 - value) * (2 - value) / 2,
                        .slope = 2 - value,
                        .parameters = {value},
                        .status = FitStatus::converged};
  };
  const auto found = find_profile_interval(report, 0, refit, {});
  EXPECT_EQ(found.high_end, ProfileEnd::boundary) << found.message;
  EXPECT_NEAR(found.estimate.high, 1, 1e-8);
  EXPECT_EQ(found.low_end, ProfileEnd::found);
  // (2 - m)^2 - 1 = 2.7055
  EXPECT_NEAR(found.estimate.low, 2 - std::sqrt(1 + 2.705543454095404), 1e-6);
  EXPECT_NE(found.message.find("no value beyond 1"), std::string::npos) << found.message;
  EXPECT_LT(found.fits, 60);
}

TEST(ProfileLikelihood, SaysSoIfTheFitWasNotAtItsMaximum) {
  Fit<MbgNbd> short_of_it = shared().fitted;
  short_of_it.log_likelihood -= 10;
  const auto found = profile_interval(short_of_it, shared().patterns, "r");
  EXPECT_FALSE(found.usable());
  EXPECT_NE(found.message.find("not at its maximum"), std::string::npos) << found.message;
}

TEST(ProfileLikelihood, HasNothingToSayWithoutData) {
  const Patterns nobody(Histories({}, core::weeks));
  const auto none = fit<MbgNbd>(nobody);
  const auto found = profile_interval(none, nobody, "r");
  EXPECT_FALSE(found.usable());
  EXPECT_EQ(found.estimate.status, core::Status::abstained);
  EXPECT_EQ(found.fits, 0);
}

TEST(ProfileLikelihood, ServesSpendModelsToo) {
  const std::vector<double> means = shared().base.mean_amounts(tests::cdnow_gamma_gamma, 3);
  const SpendPatterns spends(
      Spends({.frequency = shared().base.frequency, .monetary_value = means}));
  const auto spend = fit<GammaGamma>(spends);
  const auto found = profile_interval(spend, spends, "q");
  ASSERT_TRUE(found.usable()) << found.message;
  EXPECT_LT(found.estimate.low, spend.params.q);
  EXPECT_GT(found.estimate.high, spend.params.q);
}

TEST(ProfileLikelihood, IsTheSameBytesForAnyNumberOfThreads) {
  const auto one =
      profile_interval(shared().fitted, shared().patterns, "a", {.threads = 1}).estimate;
  const auto many =
      profile_interval(shared().fitted, shared().patterns, "a", {.threads = 3}).estimate;
  EXPECT_EQ(one.low, many.low);
  EXPECT_EQ(one.high, many.high);
}

TEST(ProfileLikelihood, RejectsNamesAndLevelsThatAreNone) {
  EXPECT_THROW((void)profile_interval(shared().fitted, shared().patterns, "s"),
               std::invalid_argument);
  EXPECT_THROW((void)profile_interval(shared().fitted, shared().patterns, "r", {.level = 1}),
               std::domain_error);
  EXPECT_EQ(to_text(ProfileEnd::unbounded), "unbounded");
}

TEST(ProfileLikelihood, StopsWhenTheHostAsksItTo) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW((void)profile_interval(shared().fitted, shared().patterns, "r",
                                      {.watch = {.stop = stop.get_token()}}),
               core::Cancelled);
}

}  // namespace
}  // namespace rapport::clv
