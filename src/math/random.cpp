#include <rapport/math/random.hpp>

#include <rapport/math/special.hpp>

#include <boost/random/binomial_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rapport::math {
namespace {

// The log of a gamma variate of that shape and rate 1. Below 1 it comes from the law of shape + 1
// times a power of a uniform, which only in logs does not vanish.
double log_of_drawn_gamma(RandomStream& stream, double shape) {
  if (shape >= 1) return std::log(draw_gamma(stream, shape, 1));
  const double above = std::log(draw_gamma(stream, shape + 1, 1));
  return above + std::log(draw_uniform(stream)) / shape;
}

}  // namespace

std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                           std::array<std::uint32_t, 2> key) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(second),
               static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(first)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

double draw_uniform(RandomStream& stream) noexcept {
  return (static_cast<double>(stream() >> 12) + 0.5) * 0x1p-52;
}

double draw_exponential(RandomStream& stream) { return -std::log(draw_uniform(stream)); }

double draw_gamma(RandomStream& stream, double shape, double rate) {
  boost::random::gamma_distribution<double> law(shape, 1);
  return law(stream) / rate;
}

double draw_beta(RandomStream& stream, double a, double b) {
  const double log_x = log_of_drawn_gamma(stream, a);
  const double log_y = log_of_drawn_gamma(stream, b);
  return complement_of_log_odds(log_y - log_x);
}

std::int64_t draw_binomial(RandomStream& stream, std::int64_t trials, double probability) {
  if (trials == 0 || probability <= 0) return 0;
  if (probability >= 1) return trials;
  boost::random::binomial_distribution<std::int64_t, double> law(trials, probability);
  return law(stream);
}

std::vector<double> draw_resample(RandomStream& stream, std::span<const double> counts) {
  double rest = 0;
  for (const double count : counts) rest += count;
  auto left = static_cast<std::int64_t>(rest);
  std::vector<double> drawn(counts.size());
  for (std::size_t i = 0; i < counts.size() && left > 0; ++i) {
    // Of what is left to draw, the share that this kind has of the kinds that are left.
    const std::int64_t of_this = draw_binomial(stream, left, counts[i] / rest);
    drawn[i] = static_cast<double>(of_this);
    left -= of_this;
    rest -= counts[i];
  }
  return drawn;
}

std::vector<double> draw_dirichlet(RandomStream& stream, std::span<const double> parameters) {
  // In logs, and scaled by the greatest: the gamma variates of tiny parameters all vanish.
  std::vector<double> shares;
  shares.reserve(parameters.size());
  double greatest = -std::numeric_limits<double>::infinity();
  for (const double parameter : parameters) {
    shares.push_back(parameter > 0 ? log_of_drawn_gamma(stream, parameter)
                                   : -std::numeric_limits<double>::infinity());
    greatest = std::max(greatest, shares.back());
  }
  double total = 0;
  for (double& share : shares) total += share = std::exp(share - greatest);
  for (double& share : shares) share /= total;
  return shares;
}

}  // namespace rapport::math
