#ifndef RAPPORT_RELATIONSHIP_HABITS_HPP
#define RAPPORT_RELATIONSHIP_HABITS_HPP

/// \file
/// How a customer likes it: usual channel and time of day, interval between purchases, categories,
/// prices, and how long deliveries to them take. Each habit says what it rests on, and abstains
/// where that is too little.

#include <rapport/core/zone.hpp>
#include <rapport/fold/entry.hpp>
#include <rapport/fold/tally.hpp>
#include <rapport/record/interaction.hpp>
#include <rapport/record/promise.hpp>
#include <rapport/record/stored_transaction.hpp>
#include <rapport/relationship/habit.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {

/// A quarter of the day on the clocks of a zone.
enum class HourBand : std::uint8_t {
  night,      ///< from 00:00
  morning,    ///< from 06:00
  afternoon,  ///< from 12:00
  evening,    ///< from 18:00
};

[[nodiscard]] constexpr auto names_of(HourBand) noexcept {
  return std::to_array<std::string_view>({"night", "morning", "afternoon", "evening"});
}

/// The quarter in which an instant falls on the clocks of that zone.
[[nodiscard]] HourBand hour_band(core::Instant at, const core::Zone& zone) noexcept;

/// A channel at a time of day.
struct ChannelHour {
  record::Name channel = {};
  HourBand hours = HourBand::night;

  friend constexpr auto operator<=>(const ChannelHour&, const ChannelHour&) = default;
};

/// When and over which channels a customer speaks to the firm. Inbound interactions count; those
/// over no known channel do not. Models Invertible; absorbs events in any order.
struct ContactHabits {
  using State = fold::Tally<ChannelHour>;

  core::Zone zone = {};
  bool replies_only = false;  ///< only what answers the firm

  void absorb(State& state, const record::Interaction& interaction) const;
  void merge(State& state, const State& other) const { state.merge(other); }
  void unmerge(State& state, const State& part) const { state.unmerge(part); }
};

/// Channel and time of day each by itself; both at once is `habit(state)`.
[[nodiscard]] Habit<record::Name> usual_channel(const ContactHabits::State& state,
                                                const HabitRule& rule = {});
[[nodiscard]] Habit<HourBand> usual_hours(const ContactHabits::State& state,
                                          const HabitRule& rule = {});

/// What, where, when and at which price a customer buys. Sales count one by one. Models Invertible;
/// absorbs events in any order.
struct PurchaseHabits {
  struct State {
    fold::Tally<record::Name> categories;  ///< where known
    fold::Tally<record::Name> channels;    ///< where known
    fold::Tally<HourBand> hours;
    fold::Tally<std::uint32_t> price_bands;  ///< how many of the edges are at or below the amount

    friend bool operator==(const State&, const State&) = default;
  };

  core::Zone zone = {};
  std::vector<std::int64_t> price_edges = {};  ///< minor units, ascending

  void absorb(State& state, const record::StoredTransaction& transaction) const;
  void merge(State& state, const State& other) const;
  void unmerge(State& state, const State& part) const;
};

/// Median days between successive purchase days. Gaps that differ from it by at most half of it are
/// its support. O(n log n).
/// \pre the days are ascending and distinct.
[[nodiscard]] Habit<double> usual_interval(std::span<const fold::DayNumber> purchase_days,
                                           const HabitRule& rule = {});

/// Median days from promise to receipt of the firm's promises of the kind `delivery` made to one
/// customer; those not received yet count as lasting at least until now (math::censored_median).
/// Support are the received ones, of all that were not waived. Abstained if fewer than
/// `rule.least_events` were received, or most are still under way.
[[nodiscard]] Habit<double> delivery_days(std::span<const record::Promise> promises,
                                          record::Name delivery, const record::Sight& sight,
                                          const HabitRule& rule = {});

/// "sms, evening, 9/11", or "abstained (1/1)". `channel` is the text of the habit's channel.
[[nodiscard]] std::string to_text(const Habit<ChannelHour>& habit, std::string_view channel);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_HABITS_HPP
