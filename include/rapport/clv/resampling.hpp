#ifndef RAPPORT_CLV_RESAMPLING_HPP
#define RAPPORT_CLV_RESAMPLING_HPP

/// \file
/// Customers drawn again from a base, with replacement: what a bootstrap fits.
///
/// A base is its distinct rows with the number of customers of each, so a new base of as many
/// customers is the same rows with other numbers, drawn from a multinomial law: time and memory go
/// with the distinct rows, not with the customers.

#include <rapport/clv/histories.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/math/random.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace rapport::clv {

/// The same rows with other numbers of customers, one a row; rows of 0 customers are left out. Of
/// the logarithms of intervals, of which patterns know the sum of all alone, each row gets its
/// share: right for parameters at a given k, not for telling one k from another.
/// \throws std::invalid_argument for another number of counts; std::domain_error unless they are
/// integers >= 0.
[[nodiscard]] Patterns with_counts(const Patterns& patterns, std::span<const double> counts);
/// The same of spends; none is left out as uninformative.
[[nodiscard]] SpendPatterns with_counts(const SpendPatterns& patterns,
                                        std::span<const double> counts);

/// Purchases that enter the mean of a row. \pre row < patterns.size().
[[nodiscard]] double frequency_of_row(const SpendPatterns& patterns, std::size_t row);

/// Log-likelihood of one customer of a row, in nats. \pre row < data.size().
template <class Model>
[[nodiscard]] double log_likelihood_of_row(const Model& model, const Patterns& patterns,
                                           std::size_t row) {
  return model.log_likelihood(patterns[row]);
}
template <class Model>
[[nodiscard]] double log_likelihood_of_row(const Model& model, const SpendPatterns& patterns,
                                           std::size_t row) {
  return model.log_likelihood(frequency_of_row(patterns, row), patterns.mean()[row]);
}

/// Data that a bootstrap can draw again: distinct rows, count()[row] customers of each, and the two
/// functions above, found where the type is declared.
template <class Data>
concept Resamplable = requires(const Data& data, std::span<const double> counts) {
  { data.size() } -> std::convertible_to<std::size_t>;
  { data.count() } -> std::convertible_to<std::span<const double>>;
  { with_counts(data, counts) } -> std::same_as<Data>;
};

/// As many customers as the base has, drawn from it with replacement.
template <Resamplable Data>
[[nodiscard]] Data resample(const Data& data, math::RandomStream& stream) {
  return with_counts(data, math::draw_resample(stream, data.count()));
}

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_RESAMPLING_HPP
