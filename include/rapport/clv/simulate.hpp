#ifndef RAPPORT_CLV_SIMULATE_HPP
#define RAPPORT_CLV_SIMULATE_HPP

/// \file
/// Customers made up by a model: to see whether a fit finds its parameters again, how wide its
/// errors are, and to fill a demonstration.
///
/// Customer i depends on the seed and on i alone: more customers, another order of work or another
/// number of threads leave the first ones as they were.

#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/math/random.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace rapport::clv {

/// Some values for each of many customers, one customer's after the other's.
struct CustomerValues {
  std::vector<std::size_t> begin = {0};  ///< where customer i's begin; one more entry ends the last
  std::vector<double> values;

  [[nodiscard]] std::size_t customers() const noexcept { return begin.size() - 1; }

  /// Customer i's values. \pre i < customers().
  [[nodiscard]] std::span<const double> of(std::size_t i) const noexcept {
    return std::span(values).subspan(begin[i], begin[i + 1] - begin[i]);
  }
};

/// draw(age, stream) for each age, on the stream (seed, i).
/// \throws std::domain_error unless every age is finite and >= 0.
[[nodiscard]] CustomerValues simulate_each(
    std::span<const double> ages, std::uint64_t seed, const Threads& threads,
    const std::function<std::vector<double>(double age, math::RandomStream& stream)>& draw);

/// Repeat purchase times of one customer for each age: draw_purchases(model, age, stream), which
/// the model's header has.
/// \throws std::domain_error unless every age is finite and >= 0.
template <class Model>
[[nodiscard]] CustomerValues simulate_purchases(const Model& model, std::span<const double> ages,
                                                std::uint64_t seed, const Threads& threads = {}) {
  return simulate_each(ages, seed, threads, [&](double age, math::RandomStream& stream) {
    return draw_purchases(model, age, stream);
  });
}

/// Amounts of `purchases[i]` purchases for each i: draw_spends on the stream (seed, i), with a
/// purpose of its own, so that one seed serves both times and amounts.
[[nodiscard]] CustomerValues simulate_spends(const GammaGamma& model,
                                             std::span<const std::size_t> purchases,
                                             std::uint64_t seed, const Threads& threads = {});

/// What a model sees at `age` of a customer with these repeat purchase times; later ones do not
/// count. \pre `times` is ascending.
[[nodiscard]] CustomerHistory history_at(std::span<const double> times, double age) noexcept;

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_SIMULATE_HPP
