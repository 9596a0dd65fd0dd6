#include <rapport/relationship/provenance.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace rapport::relationship {
namespace {

const WeighedBy council{"the sales council", as_of("2024-11-01").day()};

TEST(R34_Provenance, OfComparisonsKeepsTheConsistencyRatio) {
  const AhpWeights weights =
      ahp_weights(std::vector<double>{1, 3, 5, 1. / 3, 1, 2, 1. / 5, 1. / 2, 1}, 3);
  const Provenance provenance = provenance_of(weights, council);
  EXPECT_EQ(provenance.weights, WeightSource::ahp);
  EXPECT_EQ(provenance.by, "the sales council");
  EXPECT_EQ(provenance.date, as_of("2024-11-01").day());
  EXPECT_EQ(provenance.consistency_ratio, weights.consistency_ratio);
  EXPECT_FALSE(provenance.features_as_of || provenance.outcome);
}

TEST(R34_Provenance, OfAnEstimateKeepsItsDays) {
  std::vector<double> indicator;
  std::vector<double> outcome;
  for (int i = 0; i < 200; ++i) {
    indicator.push_back(i < 100 ? 0 : 1);
    outcome.push_back(i < 30 || i >= 140 ? 1 : 0);
  }
  const OutcomeSample sample{{"has_it"},
                             {indicator},
                             outcome,
                             as_of("2024-03-31"),
                             as_of("2024-04-01").day(),
                             as_of("2024-09-30").day()};
  const Provenance provenance = provenance_of(estimate_weights(sample), council);
  EXPECT_EQ(provenance.weights, WeightSource::estimated);
  EXPECT_EQ(provenance.features_as_of, as_of("2024-03-31").day());
  ASSERT_TRUE(provenance.outcome);
  EXPECT_EQ(provenance.outcome->first, as_of("2024-04-01").day());
  EXPECT_EQ(provenance.outcome->last, as_of("2024-09-30").day());
  EXPECT_FALSE(provenance.consistency_ratio);
}

TEST(R34_Provenance, OfALatentFactorKeepsTheDayOfItsIndicators) {
  const LatentFactor factor =
      latent_factor(std::vector<double>{1, 0.48, 0.40, 0.48, 1, 0.30, 0.40, 0.30, 1}, 3, 500);
  const Provenance provenance = provenance_of(factor, as_of("2024-03-31"), council);
  EXPECT_EQ(provenance.weights, WeightSource::latent);
  EXPECT_EQ(provenance.features_as_of, as_of("2024-03-31").day());
  EXPECT_FALSE(provenance.consistency_ratio || provenance.outcome);
}

TEST(Provenance, DoesNotExistForWeightsThatDoNot) {
  EXPECT_THROW((void)provenance_of(EstimatedWeights{}, council), std::invalid_argument);
  EXPECT_THROW((void)provenance_of(LatentFactor{}, as_of("2024-03-31"), council),
               std::invalid_argument);
}

}  // namespace
}  // namespace rapport::relationship
