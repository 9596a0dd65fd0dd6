#ifndef RAPPORT_MATH_RANDOM_HPP
#define RAPPORT_MATH_RANDOM_HPP

/// \file
/// Random numbers by counting: the n-th number of a stream is a function of seed, stream and n
/// alone, so that a simulation that gives each customer a stream yields the same bytes in any order
/// and on any number of threads.
///
/// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw (2011), Parallel random numbers: as easy as
/// 1, 2, 3, Proceedings of SC'11, doi:10.1145/2063384.2063405.
///
/// The laws below come from Boost.Random, whose results are the same on every platform as far as
/// its mathematical functions are; those of the standard library differ between vendors.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace rapport::math {

/// Ten rounds of Philox4x32 on one counter: a bijection of the 128-bit counter for every key.
[[nodiscard]] std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                                         std::array<std::uint32_t, 2> key) noexcept;

/// A stream of 64-bit random numbers. Models std::uniform_random_bit_generator; copies continue
/// alike. Holds 2^33 numbers before it repeats.
class RandomStream {
 public:
  using result_type = std::uint64_t;

  /// Streams that differ in any of the three are independent. `purpose` keeps apart what one
  /// customer's stream is used for, such as times and amounts.
  explicit RandomStream(std::uint64_t seed, std::uint64_t stream = 0,
                        std::uint32_t purpose = 0) noexcept
      : key_{low(seed), high(seed)}, counter_{0, purpose, low(stream), high(stream)} {}

  [[nodiscard]] static constexpr result_type min() noexcept { return 0; }
  [[nodiscard]] static constexpr result_type max() noexcept {
    return std::numeric_limits<result_type>::max();
  }

  [[nodiscard]] result_type operator()() noexcept {
    if (used_ == block_.size()) {
      block_ = philox4x32_10(counter_, key_);
      ++counter_[0];
      used_ = 0;
    }
    const std::uint64_t value = block_[used_] | std::uint64_t{block_[used_ + 1]} << 32;
    used_ += 2;
    return value;
  }

 private:
  static constexpr std::uint32_t low(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(value);
  }
  static constexpr std::uint32_t high(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(value >> 32);
  }

  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  std::size_t used_ = 4;
};

/// Uniform in the open interval (0, 1), on the odd multiples of 2^-53.
[[nodiscard]] double draw_uniform(RandomStream& stream) noexcept;

/// Exponential with mean 1; > 0.
[[nodiscard]] double draw_exponential(RandomStream& stream);

/// Gamma with the given shape > 0 and rate (inverse scale) > 0. Rounds to 0 for tiny shapes, as the
/// law does.
[[nodiscard]] double draw_gamma(RandomStream& stream, double shape, double rate);

/// Beta with a, b > 0, in [0, 1]; right also for tiny a and b, where ratios of gamma variates are 0
/// over 0.
[[nodiscard]] double draw_beta(RandomStream& stream, double a, double b);

/// Binomial: successes among `trials` that each succeed with that probability. Constant time.
/// \pre trials is in [0, 2^53], probability in [0, 1].
[[nodiscard]] std::int64_t draw_binomial(RandomStream& stream, std::int64_t trials,
                                         double probability);

/// As many things as there are, drawn with replacement from kinds of which there are `counts`: how
/// many of each kind came out. One binomial a kind.
/// \pre Counts are integers >= 0 that add up to at most 2^53.
[[nodiscard]] std::vector<double> draw_resample(RandomStream& stream,
                                                std::span<const double> counts);

/// Dirichlet with those parameters >= 0, of which at least one is > 0: shares that sum to 1. A
/// share whose parameter is 0 is exactly 0. Right also for tiny parameters.
[[nodiscard]] std::vector<double> draw_dirichlet(RandomStream& stream,
                                                 std::span<const double> parameters);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_RANDOM_HPP
