#include <rapport/core/check.hpp>
#include <rapport/fold/cuts.hpp>
#include <rapport/fold/quantiles.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace rapport::fold {
namespace {

constexpr std::size_t cut_per_block = 1 << 16;
constexpr std::size_t most_bounds = 254;

}  // namespace

Cuts::Cuts(std::vector<double> lower_bounds) : bounds_(std::move(lower_bounds)) {
  if (bounds_.size() > most_bounds) {
    throw std::invalid_argument("Cuts: there are " + std::to_string(bounds_.size()) +
                                " bounds, but must be at most 254");
  }
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    if (std::isnan(bounds_[i]) || (i > 0 && bounds_[i] < bounds_[i - 1])) {
      throw std::invalid_argument("Cuts: bound " + std::to_string(i + 1) + " is " +
                                  core::to_text(bounds_[i]) +
                                  ", but must be a number not below the bound before it");
    }
  }
}

std::vector<Score> Cuts::operator()(std::span<const double> values,
                                    const core::Threads& threads) const {
  std::vector<Score> scores(values.size());
  core::for_blocks(threads, values.size(), cut_per_block, [&](auto begin, auto end) {
    for (auto i = begin; i < end; ++i) scores[i] = (*this)(values[i]);
  });
  return scores;
}

Cuts quantile_cuts(std::span<const double> values, int bins, const core::Threads& threads) {
  if (bins < 1 || bins > 255) {
    core::throw_domain_error("quantile_cuts", "bins", bins, "in [1, 255]");
  }
  std::vector<double> bounds = equal_parts(values, bins, threads);
  if (!bounds.empty() && std::isnan(bounds.front())) bounds.clear();
  return Cuts(std::move(bounds));
}

std::vector<std::uint64_t> count_scores(std::span<const Score> scores, int bins) {
  std::vector<std::uint64_t> counts(256);
  for (const Score score : scores) ++counts[score];
  counts.resize(static_cast<std::size_t>(bins) + 1);
  return counts;
}

int bins_used(std::span<const Score> scores, int bins) {
  const auto counts = count_scores(scores, bins);
  return static_cast<int>(
      std::count_if(counts.begin() + 1, counts.end(), [](auto count) { return count > 0; }));
}

std::vector<std::uint32_t> moved_between(std::span<const double> values, const Cuts& old_cuts,
                                         const Cuts& new_cuts) {
  std::vector<std::uint32_t> moved;
  if (old_cuts == new_cuts) return moved;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (old_cuts(values[i]) != new_cuts(values[i])) {
      moved.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return moved;
}

}  // namespace rapport::fold
