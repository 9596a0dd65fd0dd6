#include "beta_geometric_kernel.hpp"
#include "pareto_nbd_kernel.hpp"

#include <rapport/clv/batch.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>

#include <cmath>

namespace rapport::clv {
namespace {

BetaGeometricParameters kernel_parameters(const BgNbd& model) noexcept {
  const auto& [r, alpha, a, b] = model.params();
  return {r, alpha, a, b, 0};
}

BetaGeometricParameters kernel_parameters(const MbgNbd& model) noexcept {
  const auto& [r, alpha, a, b] = model.params();
  return {r, alpha, a, b, 1};
}

ParetoKernelParameters kernel_parameters(const ParetoNbd& model) noexcept {
  const auto& [r, alpha, s, beta] = model.params();
  return {r, alpha, s, beta};
}

// `kernel` fills a block; `ask` is the model's own answer, for the rows where the kernel has none.
template <class Kernel, class Ask>
void ask_kernel(const Histories& histories, std::span<double> result, const core::Threads& threads,
                const Kernel& kernel, const Ask& ask) {
  core::check_same_size(result.size(), histories.size(), "batch", "result");
  const auto& columns = histories.columns();
  core::for_blocks(threads, result.size(), batch_rows, [&](std::size_t begin, std::size_t end) {
    kernel({&columns.frequency[begin], &columns.recency[begin], &columns.age[begin], end - begin},
           &result[begin]);
    for (std::size_t row = begin; row < end; ++row) {
      if (std::isnan(result[row])) result[row] = ask(histories[row]);
    }
  });
}

template <class Model>
void alive_by_kernel(const Model& model, const Histories& histories, std::span<double> result,
                     const core::Threads& threads) {
  const auto p = kernel_parameters(model);
  const auto ask = [&](const CustomerHistory& c) { return model.probability_alive(c); };
  if (!p.moderate()) return ask_each(histories, result, threads, ask);
  ask_kernel(
      histories, result, threads,
      [&](const HistoryRows& rows, double* to) { alive_of_rows(rows, p, to); }, ask);
}

template <class Model>
void expected_by_kernel(const Model& model, const Histories& histories, double t,
                        std::span<double> result, const core::Threads& threads) {
  core::check_not_negative_finite(t, "expected_purchases", "t");
  const auto p = kernel_parameters(model);
  const auto ask = [&](const CustomerHistory& c) { return model.expected_purchases(c, t); };
  if (!p.moderate() || t == 0 || t > 1e100) return ask_each(histories, result, threads, ask);
  ask_kernel(
      histories, result, threads,
      [&](const HistoryRows& rows, double* to) { expected_of_rows(rows, p, t, to); }, ask);
}

}  // namespace

template <>
void probability_alive(const BgNbd& model, const Histories& histories, std::span<double> result,
                       const core::Threads& threads) {
  alive_by_kernel(model, histories, result, threads);
}

template <>
void probability_alive(const MbgNbd& model, const Histories& histories, std::span<double> result,
                       const core::Threads& threads) {
  alive_by_kernel(model, histories, result, threads);
}

template <>
void probability_alive(const ParetoNbd& model, const Histories& histories, std::span<double> result,
                       const core::Threads& threads) {
  alive_by_kernel(model, histories, result, threads);
}

template <>
void expected_purchases(const BgNbd& model, const Histories& histories, double t,
                        std::span<double> result, const core::Threads& threads) {
  expected_by_kernel(model, histories, t, result, threads);
}

template <>
void expected_purchases(const MbgNbd& model, const Histories& histories, double t,
                        std::span<double> result, const core::Threads& threads) {
  expected_by_kernel(model, histories, t, result, threads);
}

template <>
void expected_purchases(const ParetoNbd& model, const Histories& histories, double t,
                        std::span<double> result, const core::Threads& threads) {
  expected_by_kernel(model, histories, t, result, threads);
}

}  // namespace rapport::clv
