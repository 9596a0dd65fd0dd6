#ifndef RAPPORT_RELATIONSHIP_PROMISES_HPP
#define RAPPORT_RELATIONSHIP_PROMISES_HPP

/// \file
/// Were promises kept? The status of one at any date, and how far a side's word can be relied on.

#include <rapport/core/enum_names.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/time.hpp>
#include <rapport/math/beta.hpp>
#include <rapport/record/promise.hpp>
#include <rapport/record/stamp.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {

/// Where a promise stands.
enum class PromiseStatus : std::uint8_t {
  open,    ///< not due yet, and not settled
  kept,    ///< by its due time
  late,    ///< kept, after its due time
  broken,  ///< its due time passed and it was not kept
  waived,  ///< the other side let it go before it was kept
};

[[nodiscard]] constexpr auto names_of(PromiseStatus) noexcept {
  return std::to_array<std::string_view>({"open", "kept", "late", "broken", "waived"});
}

/// The status as of a date, by what was known then: that it was kept or waived counts only if
/// that was so, and was known, by the dates of `sight`.
/// \pre sight.sees(promise.stamp)
[[nodiscard]] PromiseStatus status(const record::Promise& promise,
                                   const record::Sight& sight) noexcept;

/// When the promise was kept, in time or late, if that was so, and was known, by the dates of
/// `sight`.
[[nodiscard]] std::optional<core::Instant> kept_by(const record::Promise& promise,
                                                   const record::Sight& sight) noexcept;

/// Which promises are meant: those of one side, and if asked of one department or kind only.
struct PromiseScope {
  record::Side by = record::Side::firm;
  std::optional<record::Department> department = {};
  std::optional<record::Name> kind = {};

  [[nodiscard]] bool holds(const record::Promise& promise) const noexcept {
    return promise.by == by && (!department || promise.department == *department) &&
           (!kind || promise.kind == *kind);
  }
  friend bool operator==(const PromiseScope&, const PromiseScope&) = default;
};

/// Promises by outcome. The status depends on the date, so the rule holds the date: a state is that
/// of one Sight, and promises that it does not see change nothing. Models Invertible: weights are
/// whole multiples of 2^-32, so that sums of them are exact.
struct PromisesKept {
  record::Sight sight;
  PromiseScope scope = {};
  /// After so many days since its due time a promise counts half; by default all count alike. Those
  /// kept before they were due count as of today.
  double half_life_days = std::numeric_limits<double>::infinity();

  struct State {
    std::uint32_t open = 0, kept = 0, late = 0, broken = 0, waived = 0;
    /// Weights of the promises that were kept, late and broken, in 2^-32.
    std::uint64_t kept_weight = 0, late_weight = 0, broken_weight = 0;

    /// Promises whose outcome is known and the promising side's doing.
    [[nodiscard]] std::uint64_t judged() const noexcept {
      return std::uint64_t{kept} + late + broken;
    }
    friend constexpr bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const record::Promise& promise) const;
  void merge(State& state, const State& other) const noexcept;
  void unmerge(State& state, const State& part) const noexcept;
};

/// How reliability is judged. Plain data, to be stated beside the result.
struct ReliabilityOptions {
  /// What is believed of a side that has promised nothing: by default any rate is as likely.
  math::BetaPrior prior = {};
  double late_credit = 0;  ///< what a promise kept late counts of one kept, in [0, 1]
  double level = 0.90;
};

/// How likely a side is to keep its next promise.
struct Reliability {
  /// The posterior's mean and equal-tailed interval. `n` is the number of promises judged; without
  /// any the status is `prior`. Rank by `rate.low`: eighteen kept of twenty stand above one of one.
  core::Estimate rate = {};
  /// Promises that the posterior rests on: `n`, or the sum of their weights where old ones count
  /// less. The interval is then the wider.
  double effective_n = 0;
};

/// \throws std::domain_error unless the options are valid.
[[nodiscard]] Reliability reliability(const PromisesKept::State& promises,
                                      const ReliabilityOptions& options = {});

/// One customer's promises as a number for ranks and indices: the lower bound of the interval. NaN,
/// so unknown, if no promise was judged.
[[nodiscard]] double reliable_at_least(const PromisesKept::State& promises,
                                       const ReliabilityOptions& options = {});

/// The reliability of one side, department and kind.
struct PromiseRecord {
  record::Side by = record::Side::firm;
  record::Department department = record::Department::unknown;
  record::Name kind = {};
  PromisesKept::State promises = {};
  Reliability reliability = {};
};

/// Every combination of side, department and kind that occurs among the promises in sight, of one
/// customer or of a whole base, in that order. O(n log n) time; the order of `promises` does not
/// matter. \throws std::domain_error unless the options are valid and half_life_days is > 0.
[[nodiscard]] std::vector<PromiseRecord> promise_table(
    std::span<const record::Promise> promises, const record::Sight& sight,
    const ReliabilityOptions& options = {},
    double half_life_days = std::numeric_limits<double>::infinity());

/// "18 of 20 promises kept, 1 late, 1 broken: 0.86 (0.73-0.96)".
[[nodiscard]] std::string to_text(const PromisesKept::State& promises,
                                  const Reliability& reliability);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_PROMISES_HPP
