#include <rapport/relationship/habits.hpp>

#include <rapport/core/enum_names.hpp>
#include <rapport/math/censored_median.hpp>

#include <cmath>

namespace rapport::relationship {
namespace {

constexpr record::Name nothing_known{};

}  // namespace

HourBand hour_band(core::Instant at, const core::Zone& zone) noexcept {
  const core::Instant local = at + zone.offset_at(at);
  const auto of_day = local - std::chrono::floor<std::chrono::days>(local);
  return static_cast<HourBand>(of_day / std::chrono::hours{6});
}

void ContactHabits::absorb(State& state, const record::Interaction& interaction) const {
  if (interaction.direction != record::Direction::inbound) return;
  if (interaction.channel == nothing_known) return;
  if (replies_only && interaction.in_reply_to == 0) return;
  state.add({interaction.channel, hour_band(interaction.stamp.at, zone)});
}

Habit<record::Name> usual_channel(const ContactHabits::State& state, const HabitRule& rule) {
  fold::Tally<record::Name> channels;
  for (const auto& [key, count] : state.counts()) channels.add(key.channel, count);
  return habit(channels, rule);
}

Habit<HourBand> usual_hours(const ContactHabits::State& state, const HabitRule& rule) {
  fold::Tally<HourBand> hours;
  for (const auto& [key, count] : state.counts()) hours.add(key.hours, count);
  return habit(hours, rule);
}

void PurchaseHabits::absorb(State& state, const record::StoredTransaction& transaction) const {
  if (transaction.kind != record::TransactionKind::sale) return;
  if (transaction.role != record::Role::customer) return;
  if (transaction.category != nothing_known) state.categories.add(transaction.category);
  if (transaction.channel != nothing_known) state.channels.add(transaction.channel);
  state.hours.add(hour_band(transaction.stamp.at, zone));
  const auto edge = std::ranges::upper_bound(price_edges, transaction.amount);
  state.price_bands.add(static_cast<std::uint32_t>(edge - price_edges.begin()));
}

void PurchaseHabits::merge(State& state, const State& other) const {
  state.categories.merge(other.categories);
  state.channels.merge(other.channels);
  state.hours.merge(other.hours);
  state.price_bands.merge(other.price_bands);
}

void PurchaseHabits::unmerge(State& state, const State& part) const {
  state.categories.unmerge(part.categories);
  state.channels.unmerge(part.channels);
  state.hours.unmerge(part.hours);
  state.price_bands.unmerge(part.price_bands);
}

Habit<double> usual_interval(std::span<const fold::DayNumber> purchase_days,
                             const HabitRule& rule) {
  Habit<double> interval;
  std::vector<math::Duration> gaps;
  for (std::size_t i = 1; i < purchase_days.size(); ++i) {
    gaps.push_back({static_cast<double>(purchase_days[i]) - purchase_days[i - 1]});
  }
  interval.of = static_cast<std::uint32_t>(gaps.size());
  interval.value = math::censored_median(gaps);
  for (const math::Duration& gap : gaps) {
    interval.support += std::abs(gap.length - interval.value) <= interval.value / 2;
  }
  if (interval.of > 0 && interval.of >= rule.least_events &&
      interval.support >= rule.least_share * interval.of) {
    interval.status = core::Status::known;
  }
  return interval;
}

Habit<double> delivery_days(std::span<const record::Promise> promises, record::Name delivery,
                            const record::Sight& sight, const HabitRule& rule) {
  constexpr double day = 86400;
  Habit<double> days;
  std::vector<math::Duration> waits;
  for (const record::Promise& promise : promises) {
    if (promise.by != record::Side::firm || promise.kind != delivery) continue;
    if (!sight.sees(promise.stamp)) continue;
    const auto seen = [&](const std::optional<core::Instant>& at) {
      return at && sight.sees(*at, promise.settled_known.value_or(*at));
    };
    const bool received = seen(promise.kept_at);
    if (!received && seen(promise.waived_at)) continue;
    const core::Instant until = received ? *promise.kept_at : sight.now;
    waits.push_back({static_cast<double>((until - promise.stamp.at).count()) / day, received});
    days.support += received;
  }
  days.of = static_cast<std::uint32_t>(waits.size());
  days.value = math::censored_median(std::move(waits));
  if (days.support > 0 && days.support >= rule.least_events && !std::isnan(days.value)) {
    days.status = core::Status::known;
  }
  return days;
}

std::string to_text(const Habit<ChannelHour>& habit, std::string_view channel) {
  const std::string support = std::to_string(habit.support) + '/' + std::to_string(habit.of);
  if (!habit.usable()) return "abstained (" + support + ')';
  return std::string(channel)
      .append(", ")
      .append(core::to_text(habit.value.hours))
      .append(", ")
      .append(support);
}

}  // namespace rapport::relationship
