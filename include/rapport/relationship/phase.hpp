#ifndef RAPPORT_RELATIONSHIP_PHASE_HPP
#define RAPPORT_RELATIONSHIP_PHASE_HPP

/// \file
/// Where a customer stands on the way that relationships go: to be shaped, developed, kept, and
/// won back. And how many went from each phase to each other between two dates.

#include <rapport/core/enum_names.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/time.hpp>
#include <rapport/fold/entry.hpp>
#include <rapport/record/ledger.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::relationship {

/// The phases, from before the first purchase to after the last.
enum class Phase : std::uint8_t {
  prospect,      ///< has bought nothing yet
  new_customer,  ///< has begun to buy a short time ago
  growing,       ///< buys for more than before
  kept,          ///< buys as before
  fading,        ///< silent for longer than usual for this customer
  dormant,       ///< silent for so long that a purchase would be a return
  won_back,      ///< has come back from dormancy, or after the end, a short time ago
  ended          ///< the contract has ended, and nothing was bought since
};

inline constexpr std::size_t phases_known = 8;

[[nodiscard]] constexpr auto names_of(Phase) noexcept {
  return std::to_array<std::string_view>(
      {"prospect", "new_customer", "growing", "kept", "fading", "dormant", "won_back", "ended"});
}

/// What the phases mean. Silence is counted in a customer's own gaps: the mean number of days
/// between purchase days, gaps of dormancy left out.
struct PhaseDefinition {
  double fading_after = 2;          ///< silent for more than so many own gaps
  double dormant_after = 4;         ///< the same
  double usual_gap = 90;            ///< days; the gap of a customer who has bought on one day alone
  double least_gap = 7;             ///< days; a shorter own gap counts as this
  std::uint32_t new_purchases = 3;  ///< new with at most so many purchase days
  int new_days = 90;                ///< and less than so many days since the first of them
  int won_back_days = 180;          ///< won back for so many days after the return
  int growth_window = 182;          ///< days of the two windows whose net spend is compared
  double growing_from = 1.25;       ///< growing if the later is at least so many times the earlier
};

/// \throws std::domain_error that names the first field without meaning: lengths and factors are
/// finite and > 0, dormant_after is at least fading_after.
void check(const PhaseDefinition& definition);

/// What a phase needs of one customer's purchases. Models Aggregate: whether a purchase ended a
/// dormancy depends on those before it. The two windows of growth hang on the day: the later one
/// ends with `today`, the earlier one before it begins.
struct PhaseHistory {
  struct State {
    fold::DayNumber first_day = 0;  ///< 0 while `days` is 0, as is last_day
    fold::DayNumber last_day = 0;
    std::uint32_t days = 0;                        ///< distinct days with a purchase
    std::uint32_t gaps = 0;                        ///< between them, but for those of dormancy
    std::uint64_t gap_days = 0;                    ///< their sum
    std::optional<fold::DayNumber> returned = {};  ///< last purchase day that ended a dormancy
    std::int64_t later = 0;                        ///< net spend in the later window, minor units
    std::int64_t earlier = 0;                      ///< in the earlier one

    friend constexpr bool operator==(const State&, const State&) = default;
  };

  PhaseDefinition definition = {};
  fold::DayNumber today = 0;

  void absorb(State& state, const fold::Entry& entry) const;

  /// The customer's own gap in days, as the definition bounds it.
  [[nodiscard]] double own_gap(const State& state) const noexcept;

  /// The phase at the end of `today`. `ends`: the day on which the contract ends, if one is known.
  [[nodiscard]] Phase phase(const State& state,
                            std::optional<fold::DayNumber> ends = {}) const noexcept;
};

/// Stands in columns where no end of a contract is known.
inline constexpr fold::DayNumber no_end = std::numeric_limits<fold::DayNumber>::max();

/// The phase of every customer at the end of the as-of day. `ends` holds for each customer the day
/// on which the contract ends, `no_end` where none is known; or nothing at all. O(rows).
/// \throws std::domain_error for a definition without meaning; std::invalid_argument for another
/// number of ends than customers.
[[nodiscard]] std::vector<Phase> phases(const record::LedgerView& ledger, core::AsOf as_of,
                                        const PhaseDefinition& definition = {},
                                        std::span<const fold::DayNumber> ends = {},
                                        const core::Threads& threads = {});

/// How many customers went from each phase to each other.
struct TransitionMatrix {
  using Row = std::array<std::uint64_t, phases_known>;
  std::array<Row, phases_known> counts = {};  ///< row: phase then, column: phase now

  [[nodiscard]] std::uint64_t operator()(Phase then, Phase now) const noexcept {
    return counts[static_cast<std::size_t>(then)][static_cast<std::size_t>(now)];
  }
  /// Customers in that phase then: the sum of a row.
  [[nodiscard]] std::uint64_t opening(Phase then) const noexcept;
  /// Customers in that phase now: the sum of a column.
  [[nodiscard]] std::uint64_t closing(Phase now) const noexcept;
  /// The share of a row; NaN if nobody was there.
  [[nodiscard]] double share(Phase then, Phase now) const noexcept;

  friend bool operator==(const TransitionMatrix&, const TransitionMatrix&) = default;
};

/// The matrix between two dates: element i of both is customer i. Who had not bought by the first
/// date was a prospect.
/// \throws std::invalid_argument for columns of two sizes.
[[nodiscard]] TransitionMatrix transition_matrix(std::span<const Phase> then,
                                                 std::span<const Phase> now);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_PHASE_HPP
