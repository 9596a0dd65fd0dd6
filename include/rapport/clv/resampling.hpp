#ifndef RAPPORT_CLV_RESAMPLING_HPP
#define RAPPORT_CLV_RESAMPLING_HPP

/// \file
/// Customers drawn again from a base, with replacement: what a bootstrap fits.
///
/// A base is its distinct rows with the number of customers of each, so a new base of as many
/// customers is the same rows with other numbers, drawn from a multinomial law: time and memory go
/// with the distinct rows, not with the customers.

#include <rapport/clv/histories.hpp>
#include <rapport/clv/opportunities.hpp>
#include <rapport/clv/retention.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/math/random.hpp>
#include <rapport/math/special.hpp>

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

/// The same of histories on opportunities, and of contracts.
[[nodiscard]] OpportunityPatterns with_counts(const OpportunityPatterns& patterns,
                                              std::span<const double> counts);
[[nodiscard]] Retention with_counts(const Retention& retention, std::span<const double> counts);

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

template <class Model>
[[nodiscard]] double log_likelihood_of_row(const Model& model, const OpportunityPatterns& patterns,
                                           std::size_t row) {
  return model.log_likelihood(patterns[row]);
}
template <class Model>
[[nodiscard]] double log_likelihood_of_row(const Model& model, const Retention& retention,
                                           std::size_t row) {
  const double entry = retention.entry()[row];
  const double passed = retention.passed()[row];
  const double left_by = retention.left_by()[row];
  const double stayed = model.log_conditional_survival(entry, passed - entry);
  if (!(left_by > 0)) return stayed;
  return stayed + math::log1m_exp(model.log_conditional_survival(passed, left_by - passed));
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
