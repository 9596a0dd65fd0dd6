#ifndef RAPPORT_RELATIONSHIP_TIERS_HPP
#define RAPPORT_RELATIONSHIP_TIERS_HPP

/// \file
/// Near and far: the tier of a customer, from the scores of an index over time.
///
/// An index is noisy. With one threshold, a customer whose score stands there changes tiers every
/// few days, and what the near ones are given comes and goes. So a tier is entered at one
/// threshold and left at a lower one, it is kept for a minimum stay, and a score may be too low for
/// some days of grace. Nobody waits to come nearer. A customer without a score is unknown, which
/// is not far: nothing is known of who has shown nothing yet.
///
/// A tier depends on the way to it, so its aggregate takes in observations in order and cannot
/// merge two customers: fold the joined scores anew.

#include <rapport/core/enum_names.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/fold/entry.hpp>
#include <rapport/relationship/micro.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {

using fold::DayNumber;

/// The place of a tier in its policy: 0 is the nearest.
using TierIndex = std::uint8_t;

/// The customer has no score, or never had one.
inline constexpr TierIndex unknown_tier = 0xff;

/// When a tier is entered and left.
struct Tier {
  std::string name;
  Micro enter = 0;       ///< a score of this or more enters the tier, in [0, 1]
  Micro leave = 0;       ///< a score below this may lose it, in [0, enter]
  int minimum_stay = 0;  ///< days after entering before it can be lost to a farther one
  int grace = 0;         ///< days that a score may be below `leave` before the tier is lost
};

/// A checked list of tiers from near to far. An immutable value.
class TierPolicy {
 public:
  /// The farthest tier takes whoever has a score: its thresholds are 0. `unknown_after` is for how
  /// many days a score may be missing before the tier is given up for unknown.
  /// \throws std::invalid_argument for fewer than two tiers or more than 255, a name that is empty,
  /// used twice or "unknown", or thresholds that do not fall from near to far; std::domain_error
  /// for a value outside its range. Each names the tier: `TierPolicy: tiers[1] "middle": ...`.
  explicit TierPolicy(std::vector<Tier> tiers, int unknown_after = 0);

  [[nodiscard]] const std::vector<Tier>& tiers() const noexcept { return tiers_; }
  [[nodiscard]] int unknown_after() const noexcept { return unknown_after_; }
  [[nodiscard]] TierIndex size() const noexcept { return static_cast<TierIndex>(tiers_.size()); }
  [[nodiscard]] TierIndex farthest() const noexcept { return static_cast<TierIndex>(size() - 1); }

  /// The name; "unknown" for any index that is no tier's.
  [[nodiscard]] std::string_view name(TierIndex tier) const noexcept;
  /// The tier of that name, unknown_tier for "unknown"; nothing for any other text.
  [[nodiscard]] std::optional<TierIndex> find(std::string_view name) const noexcept;

  /// The nearest tier that the score enters.
  [[nodiscard]] TierIndex entered_by(Micro score) const noexcept;
  /// The nearest tier that the score holds: the same by thresholds to leave.
  [[nodiscard]] TierIndex held_by(Micro score) const noexcept;

 private:
  std::vector<Tier> tiers_;
  int unknown_after_;
};

/// near, middle and far: entered at 0.60 and 0.30, left below 0.52 and 0.24, kept for 30 days, a
/// week of grace. A place to start from, to be tried on the store's own history (simulate).
[[nodiscard]] TierPolicy usual_tiers();

/// A score as of the end of a day; nothing where the index is unknown.
struct ScoreOn {
  DayNumber day = 0;
  std::optional<Micro> score = {};
};

/// Why a tier changed.
enum class ChangeReason : std::uint8_t {
  none,
  placed,   ///< a first score, or one after unknown: what the thresholds to enter say
  entered,  ///< the score reached the threshold to enter
  left,     ///< the score was below the threshold to leave
  no_score  ///< the score was missing
};

[[nodiscard]] constexpr auto names_of(ChangeReason) noexcept {
  return std::to_array<std::string_view>({"", "placed", "entered", "left", "no_score"});
}

/// What put a change off until the day on which it came.
enum class PutOff : std::uint8_t { nothing, minimum_stay, grace };

[[nodiscard]] constexpr auto names_of(PutOff) noexcept {
  return std::to_array<std::string_view>({"", "minimum_stay", "grace"});
}

/// One change of tier.
struct TierChange {
  DayNumber day = 0;
  TierIndex from = unknown_tier;
  TierIndex to = unknown_tier;
  ChangeReason reason = ChangeReason::none;
  PutOff put_off = PutOff::nothing;
  Micro score = unknown_score;  ///< on that day
  Micro threshold = 0;          ///< that the score reached or fell below; 0 if it was missing

  friend constexpr bool operator==(const TierChange&, const TierChange&) = default;
};

/// "2015-03-01: near to middle, since 0.5 is below 0.52; put off by the minimum stay of 30 days".
[[nodiscard]] std::string to_text(const TierChange& change, const TierPolicy& policy);

/// Where a customer stands after some observations.
struct TierState {
  DayNumber day = 0;                            ///< of the last observation; 0 without one
  DayNumber since = 0;                          ///< of the observation that gave the tier
  std::optional<DayNumber> below_since = {};    ///< first day in a row with a score below `leave`
  std::optional<DayNumber> missing_since = {};  ///< first day in a row without a score
  TierIndex tier = unknown_tier;
  std::uint32_t observations = 0;
  std::uint32_t changes = 0;  ///< placements among them
  TierChange last_change = {};

  friend constexpr bool operator==(const TierState&, const TierState&) = default;
};

/// The tier of one customer. Models Aggregate for ScoreOn. A tier changes on days of observation
/// alone: what fell due between two of them comes with the second, if its score still says so.
struct TierMachine {
  using State = TierState;
  TierPolicy policy;

  /// \pre observation.day >= state.day, unless there was none before.
  void absorb(State& state, const ScoreOn& observation) const;
};

/// The first days on which an observation could change a tier. A day stands for the score that it
/// would take: to come nearer one that enters, to go farther one below the threshold to leave on
/// that day and on all days before it.
struct NextChange {
  std::optional<DayNumber> nearer;   ///< nothing in the nearest tier
  std::optional<DayNumber> farther;  ///< nothing in the farthest tier or unknown
  bool pending = false;  ///< the last score was too low: `farther` comes unless it rises

  /// The earlier of the two; nothing before the first observation.
  [[nodiscard]] std::optional<DayNumber> first() const noexcept;
};

/// When the tier of a customer in that state can change next.
[[nodiscard]] NextChange next_change(const TierPolicy& policy, const TierState& state);

/// Scores of many customers over time: those of customer i are [offsets[i], offsets[i + 1]) of the
/// two other columns, on ascending days; unknown_score where the index was unknown.
struct ScoreSeries {
  std::span<const std::uint64_t> offsets;  ///< customers + 1, from 0 to the number of scores
  std::span<const DayNumber> days;
  std::span<const Micro> scores;

  [[nodiscard]] std::size_t customers() const noexcept {
    return offsets.empty() ? 0 : offsets.size() - 1;
  }
};

/// Where every customer stands at the end of the series. O(scores).
/// \throws std::invalid_argument for columns of other sizes, offsets that fall, or days of one
/// customer that do not ascend; std::domain_error for a score outside [0, 1].
[[nodiscard]] std::vector<TierState> tiers_of(const TierPolicy& policy, const ScoreSeries& series,
                                              const core::Threads& threads = {});

/// Every change of every customer, by customer and day.
struct TierChanges {
  std::vector<std::uint64_t> offsets;  ///< customers + 1
  std::vector<TierChange> changes;
};

/// The same with all changes and their reasons. Throws as tiers_of does.
[[nodiscard]] TierChanges tier_changes(const TierPolicy& policy, const ScoreSeries& series);

/// One more day for every customer: `scores[i]` is that of `states[i]`. O(customers).
/// \throws std::invalid_argument for another number of scores, or a day before that of a state;
/// std::domain_error for a score outside [0, 1].
[[nodiscard]] std::vector<TierState> advance(const TierPolicy& policy,
                                             std::vector<TierState> states, DayNumber day,
                                             std::span<const Micro> scores,
                                             const core::Threads& threads = {});

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_TIERS_HPP
