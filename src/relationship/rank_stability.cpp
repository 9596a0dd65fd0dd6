#include <rapport/relationship/rank_stability.hpp>

#include <rapport/core/check.hpp>
#include <rapport/fold/rank.hpp>
#include <rapport/math/random.hpp>
#include <rapport/relationship/micro.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>

namespace rapport::relationship {
namespace {

constexpr std::string_view rank_stability_place = "rank_stability";

using Columns = std::span<const std::span<const double>>;
using Scores = std::vector<Micro>;

void check(Columns indicators, std::span<const double> weights,
           const RankStabilityOptions& options) {
  core::check_positive_finite(options.concentration, rank_stability_place, "concentration");
  core::check_fraction(options.minimum_coverage, rank_stability_place, "minimum_coverage");
  if (!(options.top_share > 0 && options.top_share <= 1)) {
    core::throw_domain_error(rank_stability_place, "top_share", options.top_share, "in (0, 1]");
  }
  if (options.draws < 1)
    core::throw_domain_error(rank_stability_place, "draws", options.draws, ">= 1");
  if (indicators.empty()) {
    throw std::invalid_argument(std::string(rank_stability_place) + ": there is no indicator");
  }
  core::check_same_size(weights.size(), indicators.size(), rank_stability_place, "weights");
  double total = 0;
  for (const double weight : weights) {
    core::check_not_negative_finite(weight, rank_stability_place, "weight");
    total += weight;
  }
  if (!(std::abs(total - 1) <= 1e-6)) {
    throw std::invalid_argument(std::string(rank_stability_place) + ": the weights sum to " +
                                core::to_text(total) + ", but must sum to 1");
  }
  for (const auto column : indicators) {
    core::check_same_size(column.size(), indicators.front().size(), rank_stability_place,
                          "an indicator");
    for (const double value : column) {
      if (!std::isnan(value)) core::check_fraction(value, rank_stability_place, "indicator");
    }
  }
}

// As to_micro for values in [0, 1], but open to the vectoriser.
inline Micro micro(double value) {
  const double scaled = value * one;
  const auto whole = static_cast<Micro>(scaled);
  const double rest = scaled - whole;
  return whole + ((rest > 0.5) | ((rest == 0.5) & ((whole & 1) != 0)));
}

// The customers who have a score, their columns without gaps, and what to do about the gaps.
class IndicatorBase {
 public:
  IndicatorBase(Columns indicators, std::span<const double> weights, double minimum_coverage)
      : columns_(indicators.size()) {
    const std::size_t k = indicators.size();
    std::vector<char> known(k);
    for (std::size_t row = 0; row < indicators.front().size(); ++row) {
      double coverage = 0;
      for (std::size_t j = 0; j < k; ++j) {
        known[j] = !std::isnan(indicators[j][row]);
        if (known[j] != 0) coverage += weights[j];
      }
      // Weights that sum to 1 only nearly must not cost a complete row its score.
      const bool complete = std::find(known.begin(), known.end(), 0) == known.end();
      if (!(coverage > 0) || (!complete && coverage < minimum_coverage)) continue;
      if (!complete) {
        gap_rows_.push_back(rows_.size());
        gap_known_.insert(gap_known_.end(), known.begin(), known.end());
      }
      rows_.push_back(row);
      for (std::size_t j = 0; j < k; ++j) {
        columns_[j].push_back(known[j] != 0 ? indicators[j][row] : 0.0);
      }
    }
  }

  // The customers' rows.
  [[nodiscard]] const std::vector<std::size_t>& rows() const noexcept { return rows_; }

  void score(std::span<const double> weights, Scores& scores) const {
    scores.assign(rows_.size(), 0);
    for (std::size_t j = 0; j < columns_.size(); ++j) {
      const double weight = weights[j];
      const double* column = columns_[j].data();
      for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += micro(weight * column[i]);
    }
    for (std::size_t gap = 0; gap < gap_rows_.size(); ++gap) {
      const std::size_t i = gap_rows_[gap];
      const char* known = &gap_known_[gap * columns_.size()];
      double coverage = 0;
      for (std::size_t j = 0; j < columns_.size(); ++j) coverage += known[j] != 0 ? weights[j] : 0;
      scores[i] = 0;
      if (!(coverage > 0)) continue;  // drawn weights of next to nothing
      for (std::size_t j = 0; j < columns_.size(); ++j) {
        if (known[j] != 0) scores[i] += micro(weights[j] / coverage * columns_[j][i]);
      }
    }
  }

 private:
  std::vector<std::size_t> rows_;
  std::vector<std::vector<double>> columns_;
  std::vector<std::size_t> gap_rows_;
  std::vector<char> gap_known_;  // one row a gap row, one flag a column
};

// The least score in the top; reorders.
Micro cut_of(Scores& scores, double top_share) {
  // A product such as 0.1 x 30 may be a hair above 3.
  const double exact = top_share * static_cast<double>(scores.size());
  const auto size = static_cast<std::ptrdiff_t>(std::ceil(exact * (1 - 1e-12)));
  const auto last = scores.begin() + std::max<std::ptrdiff_t>(size, 1) - 1;
  std::nth_element(scores.begin(), last, scores.end(), std::greater<>());
  return *last;
}

// Ranks from 1, the mean of them where scores are equal. Counts where that beats sorting.
std::vector<double> ranks_of(const Scores& scores) {
  const auto [least, greatest] = std::minmax_element(scores.begin(), scores.end());
  const Micro lowest = *least;
  const auto range = static_cast<std::size_t>(*greatest - lowest) + 1;
  if (range / 16 > scores.size()) {
    return fold::ranks(std::vector<double>(scores.begin(), scores.end()));
  }
  std::vector<std::uint32_t> counts(range, 0);
  const auto place_of = [&](Micro score) { return static_cast<std::size_t>(score - lowest); };
  for (const Micro score : scores) ++counts[place_of(score)];
  std::vector<double> rank_at(range);
  double below = 0;
  for (std::size_t i = 0; i < range; ++i) {
    rank_at[i] = below + (counts[i] + 1.0) / 2;
    below += counts[i];
  }
  std::vector<double> ranks(scores.size());
  std::transform(scores.begin(), scores.end(), ranks.begin(),
                 [&](Micro score) { return rank_at[place_of(score)]; });
  return ranks;
}

// Ranks minus their mean, and the square root of the sum of squares.
struct Centred {
  std::vector<double> ranks;
  double length = 0;
};

Centred centred_ranks(const Scores& scores) {
  Centred result{ranks_of(scores), 0};
  const double mean = (static_cast<double>(scores.size()) + 1) / 2;
  double squares = 0;
  for (double& rank : result.ranks) {
    rank -= mean;
    squares += rank * rank;
  }
  result.length = std::sqrt(squares);
  return result;
}

// 0 where all scores of one side are equal.
double correlation(const Centred& a, const Centred& b) {
  if (a.length == 0 || b.length == 0) return 0;
  const double product = std::inner_product(a.ranks.begin(), a.ranks.end(), b.ranks.begin(), 0.0);
  return std::clamp(product / a.length / b.length, -1.0, 1.0);
}

}  // namespace

RankStability rank_stability(Columns indicators, std::span<const double> weights,
                             const RankStabilityOptions& options) {
  check(indicators, weights, options);
  RankStability result;
  result.share_in_top.assign(indicators.front().size(), std::numeric_limits<double>::quiet_NaN());
  result.in_top.assign(indicators.front().size(), 0);
  const IndicatorBase base(indicators, weights, options.minimum_coverage);
  const std::size_t scored = base.rows().size();
  result.scored = scored;
  if (scored == 0) return result;

  Scores stated;
  base.score(weights, stated);
  Scores selection = stated;
  const Micro stated_cut = cut_of(selection, options.top_share);
  const Centred stated_ranks = centred_ranks(stated);

  std::vector<double> parameters(weights.begin(), weights.end());
  for (double& parameter : parameters) parameter *= options.concentration;
  const auto draws = static_cast<std::size_t>(options.draws);
  // Whole numbers: they add up to the same in any order.
  std::vector<std::atomic<std::uint32_t>> times_in_top(scored);
  std::vector<double> correlations(draws);
  constexpr std::size_t draws_per_block = 8;
  core::for_blocks(options.threads, draws, draws_per_block,
                   [&](std::size_t begin, std::size_t end) {
                     Scores scores;
                     Scores reordered;
                     for (std::size_t draw = begin; draw < end; ++draw) {
                       math::RandomStream stream(options.seed, draw);
                       base.score(math::draw_dirichlet(stream, parameters), scores);
                       reordered = scores;
                       const Micro cut = cut_of(reordered, options.top_share);
                       for (std::size_t i = 0; i < scored; ++i) {
                         if (scores[i] >= cut)
                           times_in_top[i].fetch_add(1, std::memory_order_relaxed);
                       }
                       correlations[draw] = correlation(stated_ranks, centred_ranks(scores));
                     }
                   });

  double kept = 0;
  for (std::size_t i = 0; i < scored; ++i) {
    const std::size_t row = base.rows()[i];
    const double share = static_cast<double>(times_in_top[i].load()) / static_cast<double>(draws);
    result.share_in_top[row] = share;
    if (stated[i] < stated_cut) continue;
    result.in_top[row] = 1;
    ++result.top_size;
    kept += share;
  }
  result.kept = kept / static_cast<double>(result.top_size);
  if (stated_ranks.length > 0) {
    result.mean_rank_correlation =
        std::accumulate(correlations.begin(), correlations.end(), 0.0) / static_cast<double>(draws);
    result.least_rank_correlation = *std::min_element(correlations.begin(), correlations.end());
  }
  return result;
}

}  // namespace rapport::relationship
