#ifndef RAPPORT_FOLD_CUTS_HPP
#define RAPPORT_FOLD_CUTS_HPP

/// \file
/// Cuts that turn values into scores 1, 2, ..., and stay with the result, so that new data are
/// scored by the same cuts and a change of score is a change of the customer.

#include <rapport/core/parallel.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace rapport::fold {

/// A score: 1 for the lowest bin; 0 where there is none, because there is no value.
using Score = std::uint8_t;

/// The lower bounds of bins 2, 3, ...: a bound belongs to the bin above it. Equal values always
/// share a bin, and a greater value never has a lower score. Bounds may repeat: the bins between
/// equal bounds stay empty. The default is one bin for all.
class Cuts {
 public:
  Cuts() = default;
  /// \throws std::invalid_argument unless the bounds are ascending, not NaN, and at most 254.
  explicit Cuts(std::vector<double> lower_bounds);

  [[nodiscard]] const std::vector<double>& lower_bounds() const noexcept { return bounds_; }
  [[nodiscard]] int bins() const noexcept { return static_cast<int>(bounds_.size()) + 1; }

  /// 1 to bins(), or 0 for NaN.
  [[nodiscard]] Score operator()(double value) const noexcept {
    unsigned score = value == value;
    for (const double bound : bounds_) score += bound <= value;
    return static_cast<Score>(score);
  }

  [[nodiscard]] std::vector<Score> operator()(std::span<const double> values,
                                              const core::Threads& threads = {}) const;

  friend bool operator==(const Cuts&, const Cuts&) = default;

 private:
  std::vector<double> bounds_;
};

/// Cuts at the type-7 quantiles that make `bins` equal parts; NaN values take no part. Without any
/// value, one bin for all.
/// \throws std::domain_error unless bins is in [1, 255], or for an infinite value.
[[nodiscard]] Cuts quantile_cuts(std::span<const double> values, int bins,
                                 const core::Threads& threads = {});

/// How many scores of each kind there are: element 0 counts those without a score.
[[nodiscard]] std::vector<std::uint64_t> count_scores(std::span<const Score> scores, int bins);

/// How many bins have somebody in them: fewer than asked for where many values are equal.
[[nodiscard]] int bins_used(std::span<const Score> scores, int bins);

/// The rows whose score differs between the two cuts, ascending: they lie between an old bound and
/// a new one, touched or not. O(n).
[[nodiscard]] std::vector<std::uint32_t> moved_between(std::span<const double> values,
                                                       const Cuts& old_cuts, const Cuts& new_cuts);

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_CUTS_HPP
