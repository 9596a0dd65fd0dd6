#ifndef RAPPORT_CLV_BATCH_HPP
#define RAPPORT_CLV_BATCH_HPP

/// \file
/// What a model with known parameters says of every customer of a base, by column and without
/// intervals: forecast.hpp has these.
///
///   std::vector<double> alive(histories.size());
///   clv::probability_alive(model, histories, alive, 2);
///
/// Each value is that of the model's member of the same name, to 1e-12 of itself, and the same
/// bytes for any order of the rows and any number of threads. BG/NBD, MBG/NBD and Pareto/NBD have
/// kernels that take eight customers at once for the first two questions; all else asks row by row.

#include <rapport/clv/histories.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/parallel.hpp>

#include <cstddef>
#include <span>

namespace rapport::clv {

class BgNbd;
class MbgNbd;
class ParetoNbd;

/// Rows that a thread fetches at once.
inline constexpr std::size_t batch_rows = 4096;

/// result[row] = ask(histories[row]). \throws std::invalid_argument if the sizes differ.
template <class Ask>
void ask_each(const Histories& histories, std::span<double> result, const core::Threads& threads,
              const Ask& ask) {
  core::check_same_size(result.size(), histories.size(), "batch", "result");
  core::for_blocks(threads, result.size(), batch_rows, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) result[row] = ask(histories[row]);
  });
}

/// Probability that each customer is active at the end of observation.
/// \throws std::invalid_argument if `result` has another size than the histories; so do all here.
template <class Model>
void probability_alive(const Model& model, const Histories& histories, std::span<double> result,
                       const core::Threads& threads = 1) {
  ask_each(histories, result, threads, [&](const auto& c) { return model.probability_alive(c); });
}

/// Mean number of purchases of each in (age, age + t].
/// \throws std::domain_error unless t is finite and >= 0.
template <class Model>
void expected_purchases(const Model& model, const Histories& histories, double t,
                        std::span<double> result, const core::Threads& threads = 1) {
  ask_each(histories, result, threads,
           [&](const auto& c) { return model.expected_purchases(c, t); });
}

/// The same, each purchase weighed with exp(-delta (its time - age)).
/// \throws std::domain_error unless t and delta are finite and >= 0.
template <class Model>
void discounted_purchases(const Model& model, const Histories& histories, double t, double delta,
                          std::span<double> result, const core::Threads& threads = 1) {
  ask_each(histories, result, threads,
           [&](const auto& c) { return model.discounted_purchases(c, t, delta); });
}

/// The same over all time; NaN where that is infinite.
/// \throws std::domain_error unless delta is finite and >= 0.
template <class Model>
void discounted_purchases(const Model& model, const Histories& histories, double delta,
                          std::span<double> result, const core::Threads& threads = 1) {
  ask_each(histories, result, threads,
           [&](const auto& c) { return model.discounted_purchases(c, delta); });
}

template <>
void probability_alive(const BgNbd& model, const Histories& histories, std::span<double> result,
                       const core::Threads& threads);
template <>
void probability_alive(const MbgNbd& model, const Histories& histories, std::span<double> result,
                       const core::Threads& threads);
template <>
void probability_alive(const ParetoNbd& model, const Histories& histories, std::span<double> result,
                       const core::Threads& threads);
template <>
void expected_purchases(const BgNbd& model, const Histories& histories, double t,
                        std::span<double> result, const core::Threads& threads);
template <>
void expected_purchases(const MbgNbd& model, const Histories& histories, double t,
                        std::span<double> result, const core::Threads& threads);
template <>
void expected_purchases(const ParetoNbd& model, const Histories& histories, double t,
                        std::span<double> result, const core::Threads& threads);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_BATCH_HPP
