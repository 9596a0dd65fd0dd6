#include <rapport/math/random.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

namespace rapport::math {
namespace {

static_assert(std::uniform_random_bit_generator<RandomStream>);

TEST(Philox, MatchesTheKnownAnswersOfItsAuthors) {
  // Random123, kat_vectors, philox4x32 with 10 rounds: counter, key, result.
  using Four = std::array<std::uint32_t, 4>;
  EXPECT_EQ(philox4x32_10({0, 0, 0, 0}, {0, 0}),
            (Four{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(
      philox4x32_10({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
      (Four{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      (Four{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomStream, BeginsWithTheBlockOfItsCounter) {
  RandomStream stream(0);
  EXPECT_EQ(stream(), 0xe169c58d6627e8d5u);
  EXPECT_EQ(stream(), 0x9b00dbd8bc57ac4cu);
}

TEST(RandomStream, StreamsThatDifferInAnythingShareNothing) {
  std::set<std::uint64_t> seen;
  for (const std::uint64_t seed : {0ull, 1ull, 1ull << 32}) {
    for (const std::uint64_t number : {0ull, 1ull, 1ull << 32}) {
      for (const std::uint32_t purpose : {0u, 1u}) {
        RandomStream stream(seed, number, purpose);
        for (int i = 0; i < 100; ++i) seen.insert(stream());
      }
    }
  }
  EXPECT_EQ(seen.size(), 3u * 3 * 2 * 100);
}

TEST(RandomStream, ACopyContinuesAlike) {
  RandomStream stream(7, 3);
  (void)stream();
  RandomStream copy = stream;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(copy(), stream());
}

struct Moments {
  double mean, variance;
};

template <class Draw>
Moments moments(int n, const Draw& draw) {
  RandomStream stream(2026, 1);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < n; ++i) {
    const double value = draw(stream);
    sum += value;
    squares += value * value;
  }
  const double mean = sum / n;
  return {mean, squares / n - mean * mean};
}

// Four standard errors of the mean, with a fixed seed; the variance within a few per cent.
void expect_moments(const Moments& seen, double mean, double variance, int n) {
  EXPECT_NEAR(seen.mean, mean, 4 * std::sqrt(variance / n));
  EXPECT_NEAR(seen.variance / variance, 1, 0.1);
}

TEST(Draw, HasTheMomentsOfItsLaw) {
  const int n = 100'000;
  expect_moments(moments(n, [](RandomStream& s) { return draw_uniform(s); }), 0.5, 1. / 12, n);
  expect_moments(moments(n, [](RandomStream& s) { return draw_exponential(s); }), 1, 1, n);
  for (const double shape : {0.243, 1.0, 5.5}) {
    SCOPED_TRACE(shape);
    expect_moments(moments(n, [=](RandomStream& s) { return draw_gamma(s, shape, 4.414); }),
                   shape / 4.414, shape / (4.414 * 4.414), n);
  }
  for (const auto& [a, b] : {std::pair{0.793, 2.426}, {3.0, 0.5}, {40.0, 90.0}, {0.01, 0.02}}) {
    SCOPED_TRACE(a);
    const double total = a + b;
    expect_moments(moments(n, [a = a, b = b](RandomStream& s) { return draw_beta(s, a, b); }),
                   a / total, a * b / (total * total * (total + 1)), n);
  }
}

TEST(Draw, BetaOfTinyParametersIsNeverNaN) {
  RandomStream stream(1);
  for (int i = 0; i < 10'000; ++i) {
    const double p = draw_beta(stream, 1e-4, 1e-4);
    ASSERT_TRUE(p >= 0 && p <= 1);
  }
}

TEST(Draw, DirichletSharesHaveTheMomentsOfTheirLaw) {
  const int n = 100'000;
  for (const std::vector<double>& parameters : {std::vector{6.0, 3.0, 1.0}, {0.02, 0.05, 0.01}}) {
    const double total = parameters[0] + parameters[1] + parameters[2];
    for (std::size_t j = 0; j < 3; ++j) {
      const double mean = parameters[j] / total;
      expect_moments(moments(n, [&](RandomStream& s) { return draw_dirichlet(s, parameters)[j]; }),
                     mean, mean * (1 - mean) / (total + 1), n);
    }
  }
}

TEST(Draw, DirichletSharesSumToOneAndAreZeroWhereTheParameterIs) {
  RandomStream stream(5);
  for (int i = 0; i < 1000; ++i) {
    const auto shares = draw_dirichlet(stream, std::vector{1e-4, 0.0, 2e-4, 1e-5});
    ASSERT_EQ(shares[1], 0);
    ASSERT_NEAR(shares[0] + shares[2] + shares[3], 1, 1e-15);
  }
}

TEST(Draw, BinomialHasTheMomentsOfItsLawAndNoSurpriseAtItsEnds) {
  const int n = 100'000;
  for (const auto& [trials, p] : {std::pair{7, 0.3}, {1000, 0.002}, {1000, 0.4}, {30, 0.97}}) {
    SCOPED_TRACE(trials * p);
    expect_moments(moments(n,
                           [trials = trials, p = p](RandomStream& s) {
                             return static_cast<double>(draw_binomial(s, trials, p));
                           }),
                   trials * p, trials * p * (1 - p), n);
  }
  RandomStream stream(1);
  EXPECT_EQ(draw_binomial(stream, 0, 0.5), 0);
  EXPECT_EQ(draw_binomial(stream, 9, 0), 0);
  EXPECT_EQ(draw_binomial(stream, 9, 1), 9);
  EXPECT_NEAR(static_cast<double>(draw_binomial(stream, 1'000'000'000'000, 0.5)) / 5e11, 1, 1e-5);
}

TEST(Draw, ResampleKeepsTheNumberOfThings) {
  RandomStream stream(8);
  const std::vector<double> counts = {3, 0, 1, 1e6, 2};
  for (int i = 0; i < 100; ++i) {
    const auto drawn = draw_resample(stream, counts);
    ASSERT_EQ(drawn[0] + drawn[2] + drawn[3] + drawn[4], 1'000'006);
    ASSERT_EQ(drawn[1], 0);
  }
  EXPECT_TRUE(draw_resample(stream, {}).empty());
}

TEST(Draw, UniformIsOpenAtBothEnds) {
  RandomStream stream(3);
  for (int i = 0; i < 100'000; ++i) {
    const double u = draw_uniform(stream);
    ASSERT_TRUE(u > 0 && u < 1);
  }
}

}  // namespace
}  // namespace rapport::math
