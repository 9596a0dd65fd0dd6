#ifndef RAPPORT_SRC_CLV_POSTERIOR_PARTS_HPP
#define RAPPORT_SRC_CLV_POSTERIOR_PARTS_HPP

/// \file
/// What the samplers of the Bayesian models are made of: customers in order, chains run side by
/// side, customers' draws folded as they come.

#include <rapport/clv/histories.hpp>
#include <rapport/clv/posterior.hpp>
#include <rapport/math/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rapport::clv::posterior {

/// What streams are for. Chains add their number to the last two.
enum Purpose : std::uint32_t {
  base = 0,
  rows = 1,
  starts = 2,
  sweeps = 0x10000000,
  forecasts = 0x20000000
};

/// The stream of a chain itself.
[[nodiscard]] inline math::RandomStream chain_stream(std::uint64_t seed, std::size_t chain) {
  return math::RandomStream(seed, chain, Purpose::base);
}

/// The stream of a customer in one sweep (or draw) of one chain: a function of those numbers alone.
[[nodiscard]] inline math::RandomStream customer_stream(std::uint64_t seed, Purpose purpose,
                                                        std::size_t chain, std::size_t sweep,
                                                        std::size_t customer) {
  return math::RandomStream(seed, std::uint64_t{sweep} << 32 | customer,
                            purpose + static_cast<std::uint32_t>(chain));
}

/// Rows put in ascending order of their values, equal ones together.
struct Groups {
  std::vector<std::size_t> of_row;     ///< the group of each row
  std::vector<std::size_t> first_row;  ///< of each group, the first of its rows
  std::vector<double> count;           ///< customers of each group
  double customers = 0;

  [[nodiscard]] std::size_t size() const noexcept { return first_row.size(); }
};

/// Groups rows by all the columns, the first one first.
/// \pre the columns are of one size and free of NaN; `customers` is empty or of that size.
/// \throws std::invalid_argument for 2^32 rows or customers, or more.
[[nodiscard]] Groups group_rows(std::span<const std::span<const double>> columns,
                                std::span<const double> customers);

/// What a chain holds of a customer, at most: the logarithms of two rates, and where they stand in
/// their law.
using CustomerState = std::array<double, 4>;

/// Sums over the draws that were kept.
struct CustomerSums {
  double alive = 0, expected = 0, rate = 0, dropout = 0, regularity = 0;
};

/// Running summaries of the customers of one chain.
class CustomerFold {
 public:
  CustomerFold(std::size_t customers, const Options& options);

  /// True if the draw of that number is one that forecasts are drawn from.
  [[nodiscard]] bool forecasts(std::size_t draw) const noexcept;
  void add(std::size_t customer, double alive, double expected, double rate, double dropout,
           double regularity) noexcept {
    CustomerSums& sums = sums_[customer];
    sums.alive += alive;
    sums.expected += expected;
    sums.rate += rate;
    sums.dropout += dropout;
    sums.regularity += regularity;
  }
  /// \pre forecasts(draw).
  void add_count(std::size_t draw, std::size_t customer, std::uint64_t purchases) noexcept;

  [[nodiscard]] const CustomerSums& sums(std::size_t customer) const { return sums_[customer]; }
  [[nodiscard]] std::span<const std::uint32_t> counts(std::size_t customer) const noexcept {
    return std::span(counts_).subspan(customer * slots_, slots_);
  }
  [[nodiscard]] std::size_t slots() const noexcept { return slots_; }

  /// What it holds in memory.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return sums_.capacity() * sizeof(CustomerSums) + counts_.capacity() * sizeof(std::uint32_t);
  }

 private:
  [[nodiscard]] std::size_t slot(std::size_t draw) const noexcept { return draw * slots_ / draws_; }

  std::size_t draws_, slots_;
  std::vector<CustomerSums> sums_;
  std::vector<std::uint32_t> counts_;  // customer by customer
};

/// Customers in the order of the groups: `first[g]` is the first of group g, first.back() their
/// number.
[[nodiscard]] std::vector<std::size_t> first_customers(const Groups& groups);

/// What all chains together say, row by row. `draws` of each chain.
[[nodiscard]] Customers customers_of(const Groups& groups,
                                     std::span<const CustomerFold* const> folds, std::size_t draws,
                                     const Options& options, bool with_regularity);

/// Draws of each chain that forecasts are drawn from.
[[nodiscard]] std::size_t forecast_draws_of_a_chain(const Options& options) noexcept;

/// Type-7 quantile. \pre `ascending` is sorted and not empty.
[[nodiscard]] double quantile(std::span<const double> ascending, double p);

/// `value` between equal-tailed quantiles.
[[nodiscard]] core::Estimate between_quantiles(std::vector<double> draws, double value,
                                               double level);

/// The least count that is not exceeded with probability p. \pre sorted, not empty.
[[nodiscard]] std::uint32_t count_quantile(std::span<const std::uint32_t> ascending, double p);

/// Columns of that many rows that say nothing.
[[nodiscard]] Customers abstained(std::size_t rows, double level);

/// What there is to say without customers.
[[nodiscard]] Posterior without_customers(const Histories& histories, const Options& options);

/// The horizon in the unit of the histories. \throws std::domain_error unless finite and >= 0.
[[nodiscard]] double horizon_of(const Options& options, core::Period period);

/// The mean time until the end of a horizon that a customer who is active now remains so, for a
/// constant rate of leaving: (1 - e^-h mu) / mu, h for mu = 0.
[[nodiscard]] inline double time_active(double dropout, double horizon) {
  const double left = dropout * horizon;
  return left > 0 ? -std::expm1(-left) / left * horizon : horizon;
}

/// Report on draws of groups of customers.
[[nodiscard]] Report report_on(const Draws& draws, const Groups& groups, core::Period period,
                               double level);

/// Runs chains side by side: warm-up, then draws. A chain has
///   sweep(number, warming)       one sweep; numbers count from 0
///   keep(draw, out)              after a sweep that is kept: writes its parameters to `out`
template <class Chain>
[[nodiscard]] Draws run_chains(std::vector<Chain>& chains, std::vector<std::string> names,
                               const Options& options) {
  Draws draws{std::move(names), options.chains, static_cast<std::size_t>(options.draws), {}};
  const std::size_t parameters = draws.names.size();
  draws.values.resize(parameters * chains.size() * draws.draws);
  const auto warmup = static_cast<std::uint32_t>(options.warmup);
  const auto thin = static_cast<std::uint32_t>(options.thin);
  const std::uint32_t total = warmup + static_cast<std::uint32_t>(options.draws) * thin;
  const auto advance = [&](std::size_t c, std::uint32_t sweep) {
    chains[c].sweep(sweep, sweep < warmup);
    if (sweep < warmup || (sweep - warmup + 1) % thin != 0) return;
    const std::size_t draw = (sweep - warmup) / thin;
    std::vector<double> values(parameters);
    chains[c].keep(draw, std::span<double>(values));
    for (std::size_t i = 0; i < parameters; ++i) {
      draws.values[(i * chains.size() + c) * draws.draws + draw] = values[i];
    }
  };
  const std::uint32_t stretch = std::max(1u, total / 100);
  for (std::uint32_t begin = 0; begin < total; begin += stretch) {
    options.watch.report({"sampling", begin, total});
    const std::uint32_t end = std::min(total, begin + stretch);
    options.threads.run(chains.size(), [&](std::size_t c) {
      for (std::uint32_t sweep = begin; sweep < end; ++sweep) advance(c, sweep);
    });
  }
  options.watch.report({"sampling", total, total});
  return draws;
}

/// Runs chains that fold their own customers, and says what they found.
template <class Chain>
[[nodiscard]] Posterior finish(std::vector<Chain>& chains, std::vector<std::string> names,
                               const Groups& groups, const Histories& histories,
                               const Options& options, bool with_regularity) {
  Posterior result;
  result.draws = run_chains(chains, std::move(names), options);
  result.report = report_on(result.draws, groups, histories.period(), options.level);
  std::vector<const CustomerFold*> folds;
  for (const Chain& chain : chains) folds.push_back(&chain.fold());
  result.customers = customers_of(groups, folds, result.draws.draws, options, with_regularity);
  return result;
}

}  // namespace rapport::clv::posterior

#endif  // RAPPORT_SRC_CLV_POSTERIOR_PARTS_HPP
