#ifndef RAPPORT_SRC_CLV_ROW_SUMS_HPP
#define RAPPORT_SRC_CLV_ROW_SUMS_HPP

/// \file
/// How kernels add up a likelihood over rows: in blocks that depend on the rows alone, so that the
/// sum is the same bytes for any number of threads.

#include <rapport/clv/histories.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/math/jet.hpp>
#include <rapport/math/newton.hpp>

#include <cstddef>
#include <vector>

namespace rapport::clv {

/// Rows a block: enough work for a thread to fetch, few enough blocks to add up.
inline constexpr std::size_t likelihood_grain = 4096;

/// A jet as the optimiser takes it.
template <std::size_t K>
[[nodiscard]] math::Derivatives derivatives_of(const math::Jet<K>& sum) {
  math::Derivatives result{
      sum.value, {sum.gradient.begin(), sum.gradient.end()}, std::vector<double>(K * K)};
  for (std::size_t i = 0; i < K; ++i) {
    for (std::size_t j = i; j < K; ++j) {
      result.hessian[i * K + j] = result.hessian[j * K + i] = sum.second(i, j);
    }
  }
  return result;
}

/// The sum of body(begin, end), a Jet<K>, over blocks of [0, size), in the order of the blocks.
template <std::size_t K, class Body>
[[nodiscard]] math::Jet<K> sum_blocks(const core::Threads& threads, std::size_t size,
                                      const Body& body) {
  math::Jet<K> total;
  for (const auto& block : core::map_blocks(threads, size, likelihood_grain, body)) total += block;
  return total;
}

/// The sum of row(history), a Jet<K>, over all customers: each pattern once, times its count.
template <std::size_t K, class Row>
[[nodiscard]] math::Derivatives sum_over(const Patterns& patterns, const core::Threads& threads,
                                         const Row& row) {
  return derivatives_of(
      sum_blocks<K>(threads, patterns.size(), [&](std::size_t begin, std::size_t end) {
        math::Jet<K> total;
        for (std::size_t i = begin; i < end; ++i) {
          total.add(patterns.count()[i], row(patterns[i]));
        }
        return total;
      }));
}

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_ROW_SUMS_HPP
