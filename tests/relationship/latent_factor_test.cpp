#include <rapport/math/normal.hpp>
#include <rapport/math/random.hpp>
#include <rapport/relationship/latent_factor.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::relationship {
namespace {

using Column = std::vector<double>;
using Columns = std::vector<Column>;

std::vector<std::span<const double>> spans(const Columns& columns) {
  return {columns.begin(), columns.end()};
}

LatentFactor fit(const Columns& columns) { return latent_factor(spans(columns)); }

double draw_normal(math::RandomStream& stream) {
  return math::normal_quantile(math::draw_uniform(stream));
}

/// Rows of one factor with these loadings, standardised in the population.
Columns simulated(std::size_t n, const std::vector<double>& loadings, std::uint64_t number) {
  math::RandomStream stream(34, number);
  Columns columns(loadings.size());
  for (std::size_t i = 0; i < n; ++i) {
    const double f = draw_normal(stream);
    for (std::size_t j = 0; j < loadings.size(); ++j) {
      const double own = std::sqrt(1 - loadings[j] * loadings[j]);
      columns[j].push_back(loadings[j] * f + own * draw_normal(stream));
    }
  }
  return columns;
}

/// The correlations that one factor with these loadings implies.
std::vector<double> implied(const std::vector<double>& loadings) {
  std::vector<double> matrix;
  for (std::size_t i = 0; i < loadings.size(); ++i) {
    for (std::size_t j = 0; j < loadings.size(); ++j) {
      matrix.push_back(i == j ? 1 : loadings[i] * loadings[j]);
    }
  }
  return matrix;
}

TEST(LatentFactor, OfThreeIndicatorsSolvesTheThreeCorrelations) {
  // loading_1^2 = r_12 r_13 / r_23 = 0.48 * 0.40 / 0.30 = 0.64, and so on.
  const LatentFactor factor =
      latent_factor(std::vector<double>{1, 0.48, 0.40, 0.48, 1, 0.30, 0.40, 0.30, 1}, 3, 500);
  ASSERT_EQ(factor.status, FactorStatus::fitted) << factor.message;
  const double loadings[] = {0.8, 0.6, 0.5};
  const double ratios[] = {0.8 / 0.36, 0.6 / 0.64, 0.5 / 0.75};
  const double d = 0.64 / 0.36 + 0.36 / 0.64 + 0.25 / 0.75;
  const double total = ratios[0] + ratios[1] + ratios[2];
  for (std::size_t j = 0; j < 3; ++j) {
    EXPECT_NEAR(factor.loadings[j], loadings[j], 1e-9);
    EXPECT_NEAR(factor.uniquenesses[j], 1 - loadings[j] * loadings[j], 1e-9);
    EXPECT_NEAR(factor.scoring[j], ratios[j] / (1 + d), 1e-9);
    EXPECT_NEAR(factor.weights[j], ratios[j] / total, 1e-9);
  }
  EXPECT_NEAR(factor.share_of_variance, (0.64 + 0.36 + 0.25) / 3, 1e-9);
  EXPECT_NEAR(factor.reliability, d / (1 + d), 1e-9);
  EXPECT_EQ(factor.degrees, 0);
  EXPECT_NEAR(factor.chi_squared, 0, 1e-9);
  EXPECT_TRUE(std::isnan(factor.p_value));
}

TEST(LatentFactor, MatchesRAndFortyDigitReferenceOnTheAbilityTests) {
  // Covariances of six tests of 112 people: R's data set ability.cov (D. J. Bartholomew 1987).
  // factanal(factors = 1) prints the loadings 0.682, 0.384, 0.502, 0.300, 0.877, 0.849 and a
  // chi-squared of 75.18 with 9 degrees; all digits are from scripts/reference/latent_factor.py.
  constexpr std::array<std::array<double, 6>, 6> covariance = {
      {{24.641, 5.991, 33.520, 6.023, 20.755, 29.701},
       {5.991, 6.700, 18.137, 1.782, 4.936, 7.204},
       {33.520, 18.137, 149.831, 19.424, 31.430, 50.753},
       {6.023, 1.782, 19.424, 12.711, 4.757, 9.075},
       {20.755, 4.936, 31.430, 4.757, 52.604, 66.762},
       {29.701, 7.204, 50.753, 9.075, 66.762, 135.292}}};
  std::vector<double> correlations;
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 6; ++j) {
      correlations.push_back(
          i == j ? 1 : covariance[i][j] / std::sqrt(covariance[i][i] * covariance[j][j]));
    }
  }
  const LatentFactor factor = latent_factor(correlations, 6, 112);
  ASSERT_TRUE(factor.usable()) << factor.message;
  const double loadings[] = {0.68220310754151087, 0.38395442674583718, 0.50181107294495701,
                             0.29978691120532063, 0.8765180490758382,  0.8486806728331693};
  const double uniquenesses[] = {0.53459892006070575, 0.85257899818227555, 0.74818564706983103,
                                 0.9101278078699732,  0.2317161096442865,  0.27974111555943905};
  for (std::size_t j = 0; j < 6; ++j) {
    EXPECT_NEAR(factor.loadings[j], loadings[j], 1e-9);
    EXPECT_NEAR(factor.uniquenesses[j], uniquenesses[j], 1e-9);
  }
  EXPECT_NEAR(factor.chi_squared, 75.179591300531749, 1e-9);
  EXPECT_EQ(factor.degrees, 9);
  EXPECT_NEAR(factor.p_value / 1.46e-12, 1, 0.01);  // as R prints it
  EXPECT_NEAR(factor.sampling_adequacy, 0.7320747028683173, 1e-12);
}

TEST(LatentFactor, OfEqualCorrelationsHasTheAdequacyThatOneComputesByHand) {
  // All correlations 1/2: with the third held they are (1/2) / (1 + 1/2) = 1/3, so the adequacy is
  // (1/4) / (1/4 + 1/9) = 9/13.
  const LatentFactor factor =
      latent_factor(std::vector<double>{1, 0.5, 0.5, 0.5, 1, 0.5, 0.5, 0.5, 1}, 3, 500);
  EXPECT_NEAR(factor.sampling_adequacy, 9. / 13, 1e-14);
  for (const double adequacy : factor.adequacies) EXPECT_NEAR(adequacy, 9. / 13, 1e-14);
  for (const double weight : factor.weights) EXPECT_NEAR(weight, 1. / 3, 1e-9);
}

TEST(LatentFactor, OfCorrelationsThatItImpliesFitsThemExactly) {
  const std::vector<double> loadings = {0.9, 0.75, 0.6, 0.5, 0.35, 0.2, 0.8, 0.4};
  const LatentFactor factor = latent_factor(implied(loadings), 8, 10'000);
  ASSERT_TRUE(factor.usable()) << factor.message;
  for (std::size_t j = 0; j < 8; ++j) EXPECT_NEAR(factor.loadings[j], loadings[j], 1e-8);
  EXPECT_NEAR(factor.chi_squared, 0, 1e-8);
  EXPECT_NEAR(factor.p_value, 1, 1e-8);
  EXPECT_LT(factor.worst_residual, 1e-8);
}

TEST(LatentFactor, HasAStationaryPointAtItsLoadings) {
  // At the maximum the implied variances are 1: loading^2 + uniqueness, for each indicator.
  const LatentFactor factor = fit(simulated(400, {0.8, 0.7, 0.5, 0.6, 0.3}, 1));
  ASSERT_TRUE(factor.usable());
  for (std::size_t j = 0; j < 5; ++j) {
    EXPECT_NEAR(factor.loadings[j] * factor.loadings[j] + factor.uniquenesses[j], 1, 1e-9);
  }
}

TEST(LatentFactor, TurnsTheLoadingOfAnIndicatorThatIsTurned) {
  Columns columns = simulated(1000, {0.8, 0.7, 0.6, 0.5}, 2);
  const LatentFactor before = fit(columns);
  for (double& value : columns[1]) value = 1 - value;
  const LatentFactor after = fit(columns);
  ASSERT_TRUE(before.usable() && after.usable());
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_NEAR(after.loadings[j], (j == 1 ? -1 : 1) * before.loadings[j], 1e-9);
  }
  EXPECT_EQ(after.weights[1], 0);
  EXPECT_NEAR(std::accumulate(after.weights.begin(), after.weights.end(), 0.0), 1, 1e-15);
  const std::string names[] = {"a", "b", "c", "d"};
  const std::string text = to_text(after, names);
  EXPECT_NE(text.find("negative: weight set to 0"), std::string::npos) << text;
}

TEST(LatentFactor, SumsLoadingsToNothingNegative) {
  Columns columns = simulated(1000, {0.8, 0.7, 0.6, 0.5}, 3);
  const LatentFactor before = fit(columns);
  for (Column& column : columns) {
    for (double& value : column) value = -value;
  }
  const LatentFactor after = fit(columns);
  for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(after.loadings[j], before.loadings[j], 1e-9);
}

TEST(LatentFactor, GivesWeightsInTheIndicatorsOwnUnits) {
  // The index must order customers alike, whatever the units: weight times unit stays.
  Columns columns = simulated(1000, {0.8, 0.7, 0.6, 0.5}, 4);
  const LatentFactor before = fit(columns);
  for (double& value : columns[2]) value = 0.1 * value + 3;
  const LatentFactor after = fit(columns);
  EXPECT_NEAR(after.loadings[2], before.loadings[2], 1e-9);
  const double total =
      before.weights[0] + before.weights[1] + 10 * before.weights[2] + before.weights[3];
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_NEAR(after.weights[j], (j == 2 ? 10 : 1) * before.weights[j] / total, 1e-8);
  }
}

TEST(LatentFactor, FollowsTheIndicatorsThroughAnyOrder) {
  const Columns columns = simulated(500, {0.8, 0.7, 0.6, 0.5}, 5);
  const LatentFactor before = fit(columns);
  const LatentFactor after = fit({columns[2], columns[0], columns[3], columns[1]});
  const std::size_t order[] = {2, 0, 3, 1};
  for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(after.weights[j], before.weights[order[j]], 1e-9);
}

TEST(LatentFactor, RecoversTheLoadingsBehindASimulation) {
  // Loadings of 20,000 rows have standard errors below 0.008.
  const std::vector<double> loadings = {0.85, 0.7, 0.6, 0.5, 0.3};
  const LatentFactor factor = fit(simulated(20'000, loadings, 6));
  ASSERT_TRUE(factor.usable());
  for (std::size_t j = 0; j < 5; ++j) EXPECT_NEAR(factor.loadings[j], loadings[j], 0.03);
  EXPECT_GT(factor.p_value, 0.01);
}

TEST(LatentFactor, RejectsOneFactorAsOftenAsChanceDoes) {
  // 1,000 simulations: the standard error of a share near 0.10 is 0.0095.
  int rejected = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const LatentFactor factor = fit(simulated(200, {0.8, 0.7, 0.6, 0.5, 0.6}, 100 + i));
    if (factor.p_value < 0.10) ++rejected;
  }
  EXPECT_NEAR(rejected / 1000., 0.10, 0.03);
}

TEST(LatentFactor, FindsTheFaultOfTwoFactors) {
  // Two groups of three that have nothing in common.
  const Columns first = simulated(500, {0.8, 0.7, 0.6}, 7);
  const Columns second = simulated(500, {0.8, 0.7, 0.6}, 8);
  const LatentFactor factor = fit({first[0], first[1], first[2], second[0], second[1], second[2]});
  EXPECT_LT(factor.p_value, 1e-6);
  EXPECT_GT(factor.worst_residual, 0.3);
}

TEST(LatentFactor, CallsAHeywoodCaseByItsName) {
  // loading_1^2 would be 0.8 * 0.8 / 0.5 = 1.28.
  const LatentFactor factor =
      latent_factor(std::vector<double>{1, 0.8, 0.8, 0.8, 1, 0.5, 0.8, 0.5, 1}, 3, 500);
  EXPECT_EQ(factor.status, FactorStatus::heywood) << factor.message;
  EXPECT_NEAR(factor.uniquenesses[0], least_uniqueness, 1e-12);
  EXPECT_TRUE(std::isfinite(factor.loadings[0]));
  EXPECT_TRUE(std::isnan(factor.weights[0]));
  EXPECT_EQ(factor.message,
            "the uniqueness of indicator 1 runs to 0 (a Heywood case): the factor is that "
            "indicator, or there is none");
}

TEST(LatentFactor, IsNotFoundWhereNothingIsInCommon) {
  std::vector<double> identity(25, 0.0);
  for (std::size_t i = 0; i < 5; ++i) identity[i * 6] = 1;
  EXPECT_EQ(latent_factor(identity, 5, 1000).status, FactorStatus::no_factor);
  // In samples as often as the test of Bartlett says: 5 % are mistaken for something.
  int found = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    if (fit(simulated(200, {0, 0, 0, 0}, 5000 + i)).status != FactorStatus::no_factor) ++found;
  }
  EXPECT_NEAR(found / 1000., 0.05, 0.025);
}

TEST(LatentFactor, AbstainsWithoutEnoughEvidence) {
  Columns columns = simulated(39, {0.8, 0.7, 0.6, 0.5}, 9);
  const LatentFactor few = fit(columns);
  EXPECT_EQ(few.status, FactorStatus::too_few_rows);
  EXPECT_EQ(few.message, "there are 39 rows, but 4 indicators need 40");
  EXPECT_TRUE(std::isnan(few.loadings[0]));
  columns = simulated(100, {0.8, 0.7, 0.6, 0.5}, 9);
  columns[1].assign(100, 0.5);
  EXPECT_EQ(fit(columns).status, FactorStatus::constant_indicator);
  for (std::size_t i = 0; i < 100; ++i) columns[1][i] = columns[0][i] - 2 * columns[2][i];
  EXPECT_EQ(fit(columns).status, FactorStatus::collinear);
}

TEST(LatentFactor, LeavesOutRowsThatAreNotKnownAndCountsThem) {
  Columns columns = simulated(200, {0.8, 0.7, 0.6}, 10);
  const LatentFactor before = fit(columns);
  for (std::size_t j = 0; j < 3; ++j) {
    columns[j].push_back(j == 1 ? std::numeric_limits<double>::quiet_NaN() : 0.5);
  }
  const LatentFactor after = fit(columns);
  EXPECT_EQ(after.n, 200u);
  EXPECT_EQ(after.left_out, 1u);
  EXPECT_EQ(after.weights, before.weights);
}

TEST(LatentFactor, PrintsLoadingsWeightsAndFit) {
  const std::string names[] = {"length", "frequency", "depth"};
  const LatentFactor factor =
      latent_factor(std::vector<double>{1, 0.48, 0.40, 0.48, 1, 0.30, 0.40, 0.30, 1}, 3, 500);
  EXPECT_EQ(to_text(factor, names),
            "500 customers; left out: 0 with an unknown indicator\n"
            "length     loading 0.800, uniqueness 0.360, weight 0.581\n"
            "frequency  loading 0.600, uniqueness 0.640, weight 0.245\n"
            "depth      loading 0.500, uniqueness 0.750, weight 0.174\n"
            "share of variance 0.417, Kaiser-Meyer-Olkin 0.63, worst residual 0.000\n");
}

TEST(LatentFactor, RejectsWhatIsNoMatrixOfCorrelations) {
  EXPECT_THROW((void)latent_factor(std::vector{1., 0.5, 0.5, 1.}, 2, 100), std::invalid_argument);
  EXPECT_THROW((void)latent_factor(std::vector{1., 0.5, 0.5, 1.}, 3, 100), std::invalid_argument);
  std::vector<double> matrix = implied({0.8, 0.7, 0.6});
  matrix[1] = 0.55;
  EXPECT_THROW((void)latent_factor(matrix, 3, 100), std::invalid_argument);
  matrix[1] = 1.5;
  EXPECT_THROW((void)latent_factor(matrix, 3, 100), std::domain_error);
  matrix = implied({0.8, 0.7, 0.6});
  matrix[4] = 0.9;
  EXPECT_THROW((void)latent_factor(matrix, 3, 100), std::invalid_argument);
}

TEST(LatentFactor, RejectsColumnsThatMakeNoSense) {
  EXPECT_THROW((void)fit(simulated(100, {0.8, 0.7}, 1)), std::invalid_argument);
  Columns columns = simulated(100, {0.8, 0.7, 0.6}, 1);
  columns[2].pop_back();
  EXPECT_THROW((void)fit(columns), std::invalid_argument);
  columns[2].push_back(std::numeric_limits<double>::infinity());
  EXPECT_THROW((void)fit(columns), std::domain_error);
  EXPECT_THROW((void)to_text(LatentFactor{}, std::vector<std::string>{"a"}), std::invalid_argument);
}

}  // namespace
}  // namespace rapport::relationship
