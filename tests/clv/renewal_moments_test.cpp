#include <rapport/clv/renewal_moments.hpp>

#include <rapport/clv/bdw.hpp>
#include <rapport/clv/discrete_weibull.hpp>
#include <rapport/clv/exponential_gamma.hpp>
#include <rapport/clv/sbg.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// The number K of renewals made tells all: among the next h it is min(K, h), and what they are
// worth is a geometric series.
template <class Model>
void expect_moments_of_the_tenure(const Model& model) {
  for (const double t : {1., 5.}) {
    for (const double h : {1., 2., 12., 300.}) {
      for (const double d : {0., 1e-7, 0.02, 0.5}) {
        double mean = 0, square = 0;
        for (double k = 0; k <= h; ++k) {
          const double reached = std::exp(model.log_conditional_survival(t - 1, k));
          const double p =
              k < h ? reached - std::exp(model.log_conditional_survival(t - 1, k + 1)) : reached;
          const double worth = d > 0 ? -std::expm1(-k * std::log1p(d)) / d * (1 + d) : k;
          mean += p * worth;
          square += p * worth * worth;
        }
        const auto moments = purchase_moments(model, ContractMember{t}, h, d);
        EXPECT_NEAR(moments.mean / mean, 1, 1e-11) << t << ' ' << h << ' ' << d;
        EXPECT_NEAR((moments.squares + 2 * moments.pairs) / square, 1, 1e-11);
      }
    }
    // Over all time: what is beyond 2,000 renewals is worth nothing.
    const auto ever = purchase_moments(model, ContractMember{t}, infinity, 0.03);
    const auto far = purchase_moments(model, ContractMember{t}, 2000, 0.03);
    EXPECT_NEAR(ever.mean / far.mean, 1, 1e-11);
    EXPECT_NEAR(ever.variance() / far.variance(), 1, 1e-11);
  }
}

TEST(RenewalMoments, AreThoseOfTheTenure) {
  expect_moments_of_the_tenure(Sbg({.alpha = 0.668, .beta = 3.806}));
  expect_moments_of_the_tenure(Bdw({.alpha = 0.26, .beta = 1.72, .c = 1.58}));
  expect_moments_of_the_tenure(DiscreteWeibull({.theta = 0.2, .c = 0.7}));
  expect_moments_of_the_tenure(ExponentialGamma({.r = 1.2, .alpha = 7}));
}

// theta ~ Beta(3, 1): S(k) = 6 / ((k + 1) (k + 2) (k + 3)), and the sum of (k - 1) S(k) over
// k >= 1 is 6 sum k / ((k + 1)(k + 2)(k + 3)) - 6 sum 1 / ((k + 1)(k + 2)(k + 3)) = 6/4 - 6/12.
TEST(RenewalMoments, ForEverByHand) {
  const auto moments =
      purchase_moments(Sbg({.alpha = 3, .beta = 1}), ContractMember{1}, infinity, 0);
  EXPECT_NEAR(moments.mean, 0.5, 1e-13);
  EXPECT_NEAR(moments.pairs, 1, 1e-11);
}

TEST(RenewalMoments, SayWhatIsInfinite) {
  const auto no_mean =
      purchase_moments(Sbg({.alpha = 0.7, .beta = 4}), ContractMember{2}, infinity, 0);
  EXPECT_TRUE(std::isnan(no_mean.mean) && std::isnan(no_mean.variance()));
  const auto no_variance =
      purchase_moments(Sbg({.alpha = 1.7, .beta = 4}), ContractMember{2}, infinity, 0);
  EXPECT_TRUE(std::isfinite(no_variance.mean) && std::isnan(no_variance.variance()));
  EXPECT_TRUE(std::isnan(
      purchase_moments(Bdw({.alpha = 1, .beta = 1, .c = 1.9}), ContractMember{1}, infinity, 0)
          .pairs));
  EXPECT_TRUE(std::isnan(
      purchase_moments(ExponentialGamma({.r = 2, .alpha = 1}), ContractMember{1}, infinity, 0)
          .pairs));
  EXPECT_TRUE(std::isfinite(
      purchase_moments(DiscreteWeibull({.theta = 0.1, .c = 0.5}), ContractMember{1}, infinity, 0)
          .pairs));
}

TEST(RenewalMoments, OfNoneOrOneRenewal) {
  const Sbg model({.alpha = 1, .beta = 3});
  EXPECT_EQ(purchase_moments(model, ContractMember{1}, 0, 0.1).mean, 0);
  const auto one = purchase_moments(model, ContractMember{1}, 1, 0.1);
  EXPECT_NEAR(one.mean, 0.75, 1e-15);
  EXPECT_NEAR(one.variance(), 0.75 * 0.25, 1e-15);
  EXPECT_THROW((void)purchase_moments(model, ContractMember{0}, 1, 0.1), std::domain_error);
  EXPECT_THROW((void)purchase_moments(model, ContractMember{1}, 1.5, 0.1), std::domain_error);
  EXPECT_THROW((void)purchase_moments(model, ContractMember{1}, -infinity, 0.1), std::domain_error);
  EXPECT_THROW((void)purchase_moments(model, ContractMember{1}, 1, -0.1), std::domain_error);
}

TEST(ContractMembers, RejectWhatCannotBe) {
  const std::vector<double> periods = {1, 2}, bad = {1, 0.5}, zero = {0, 1}, counts = {3, 0};
  const ContractMembers members({.period = periods, .customers = counts});
  EXPECT_EQ(members.size(), 2);
  EXPECT_EQ(members[1].period, 2);
  EXPECT_EQ(members.customers(0), 3);
  EXPECT_THROW(ContractMembers({.period = bad}), std::domain_error);
  EXPECT_THROW(ContractMembers({.period = zero}), std::domain_error);
  EXPECT_THROW(ContractMembers({.period = periods, .customers = bad}), std::domain_error);
  const std::vector<double> short_one = {1};
  EXPECT_THROW(ContractMembers({.period = periods, .customers = short_one}), std::invalid_argument);
}

}  // namespace
}  // namespace rapport::clv
