#include <rapport/relationship/habits.hpp>

#include <rapport/fold/aggregate.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;

constexpr record::Name sms{1}, phone{2}, delivery{3}, bread{4}, dairy{5};
constexpr core::Instant may{core::Day{2024y / 5 / 1}};
const record::Sight sight({.as_of = core::as_of("2024-12-31")}, core::Zone());

static_assert(fold::Invertible<ContactHabits>);
static_assert(fold::Aggregate<ContactHabits, record::Interaction>);
static_assert(fold::Invertible<PurchaseHabits>);

record::Interaction reply(record::Name channel, core::Instant at) {
  return {.stamp = {.at = at},
          .direction = record::Direction::inbound,
          .channel = channel,
          .in_reply_to = 1};
}

TEST(R62_Personal, NineOfElevenRepliesBySmsAfterSixAreSmsInTheEvening) {
  std::vector<record::Interaction> replies;
  for (int day = 0; day < 9; ++day) replies.push_back(reply(sms, may + 24h * day + 18h + 20min));
  replies.push_back(reply(phone, may + 19h));
  replies.push_back(reply(sms, may + 10h));
  const auto contacts = fold::over(ContactHabits{.replies_only = true}, replies);
  const Habit<ChannelHour> usual = habit(contacts);
  EXPECT_TRUE(usual.usable());
  EXPECT_EQ(usual.value, (ChannelHour{sms, HourBand::evening}));
  EXPECT_EQ(to_text(usual, "SMS"), "SMS, evening, 9/11");
  EXPECT_EQ(usual_channel(contacts).value, sms);
  EXPECT_EQ(usual_channel(contacts).support, 10U);
  EXPECT_EQ(usual_hours(contacts).value, HourBand::evening);
  EXPECT_EQ(usual_hours(contacts).support, 10U);
}

TEST(R62_Personal, OneOfOneIsNoHabit) {
  const auto contacts =
      fold::over(ContactHabits{}, std::vector<record::Interaction>{reply(sms, may + 19h)});
  EXPECT_EQ(habit(contacts).status, core::Status::abstained);
  EXPECT_EQ(to_text(habit(contacts), "SMS"), "abstained (1/1)");
}

TEST(Habits, HoursAreThoseOnTheClocksOfTheZone) {
  EXPECT_EQ(hour_band(may, {}), HourBand::night);
  EXPECT_EQ(hour_band(may + 6h, {}), HourBand::morning);
  EXPECT_EQ(hour_band(may + 12h - 1s, {}), HourBand::morning);
  EXPECT_EQ(hour_band(may + 12h, {}), HourBand::afternoon);
  EXPECT_EQ(hour_band(may + 18h, {}), HourBand::evening);
  EXPECT_EQ(hour_band(may + 24h - 1s, {}), HourBand::evening);
  const core::Zone tehran = core::Zone::fixed(3h + 30min);
  EXPECT_EQ(hour_band(may + 14h + 30min, tehran), HourBand::evening);
  EXPECT_EQ(hour_band(may + 20h + 30min, tehran), HourBand::night);
  EXPECT_EQ(hour_band(core::Instant{-1s}, {}), HourBand::evening) << "before 1970 too";
}

TEST(Habits, OfContactsAreTheCustomersOwn) {
  const ContactHabits rule{.replies_only = true};
  ContactHabits::State state;
  record::Interaction contact = reply(sms, may);
  contact.direction = record::Direction::outbound;
  rule.absorb(state, contact);
  rule.absorb(state, reply({}, may));
  contact = reply(sms, may);
  contact.in_reply_to = 0;
  rule.absorb(state, contact);
  EXPECT_EQ(state.total(), 0U);
  ContactHabits{}.absorb(state, contact);
  EXPECT_EQ(state.total(), 1U);
}

TEST(Habits, OfPurchasesAreCategoryChannelHourAndPrice) {
  const PurchaseHabits rule{.price_edges = {1'000, 5'000}};
  std::vector<record::StoredTransaction> sales;
  for (int i = 0; i < 6; ++i) {
    sales.push_back({.stamp = {.at = may + 24h * i + 8h},
                     .amount = 1'000 * (i + 1),
                     .channel = phone,
                     .category = i < 4 ? bread : dairy});
  }
  PurchaseHabits::State state = fold::over(rule, sales);
  EXPECT_EQ(habit(state.categories).value, bread);
  EXPECT_EQ(habit(state.categories).support, 4U);
  EXPECT_EQ(habit(state.channels).support, 6U);
  EXPECT_EQ(habit(state.hours).value, HourBand::morning);
  EXPECT_EQ(habit(state.price_bands).value, 1U) << "from 1,000 and below 5,000";
  EXPECT_EQ(habit(state.price_bands).support, 4U);

  PurchaseHabits::State other;
  rule.absorb(other, sales.front());
  sales.front().kind = record::TransactionKind::goods_return;
  rule.absorb(other, sales.front());
  sales.back().role = record::Role::supplier;
  rule.absorb(other, sales.back());
  EXPECT_EQ(other.hours.total(), 1U);
  const PurchaseHabits::State before = state;
  fold::merge(rule, state, other);
  EXPECT_EQ(state.hours.total(), 7U);
  fold::unmerge(rule, state, other);
  EXPECT_EQ(state, before);
}

TEST(Habits, TheUsualIntervalIsTheMedianGap) {
  const std::vector<fold::DayNumber> weekly = {0, 7, 14, 22, 28, 35, 90};
  const Habit<double> interval = usual_interval(weekly);
  EXPECT_TRUE(interval.usable());
  EXPECT_EQ(interval.value, 7);
  EXPECT_EQ(interval.support, 5U) << "all but the gap of 55 days";
  EXPECT_EQ(interval.of, 6U);
  EXPECT_FALSE(usual_interval(std::vector<fold::DayNumber>{0, 7}).usable());
  EXPECT_FALSE(usual_interval({}).usable());
  const std::vector<fold::DayNumber> irregular = {0, 1, 2, 100, 101, 300, 600};
  EXPECT_FALSE(usual_interval(irregular).usable()) << "gaps of 1, 1, 98, 1, 199 and 300 days";
}

record::Promise promise(int made, std::optional<int> kept) {
  record::Promise result{.stamp = {.at = may + 24h * made}, .kind = delivery, .due_at = sight.now};
  if (kept) result.kept_at = may + 24h * *kept;
  return result;
}

TEST(R62_Personal, DeliveryTimeGoesFromPromiseToReceipt) {
  std::vector<record::Promise> promises = {promise(0, 2), promise(10, 13), promise(20, 23),
                                           promise(30, 34), promise(40, 45)};
  Habit<double> days = delivery_days(promises, delivery, sight);
  EXPECT_TRUE(days.usable());
  EXPECT_EQ(days.value, 3);
  EXPECT_EQ(days.support, 5U);
  for (int i = 0; i < 3; ++i) promises.push_back(promise(50, std::nullopt));
  days = delivery_days(promises, delivery, sight);
  EXPECT_EQ(days.value, 4.5) << "deliveries that never came are not left out: half are over at 4";
  EXPECT_EQ(days.of, 8U);
  for (int i = 0; i < 3; ++i) promises.push_back(promise(50, std::nullopt));
  EXPECT_FALSE(delivery_days(promises, delivery, sight).usable()) << "most are under way";
}

TEST(Habits, DeliveriesCountByWhatCanBeSeen) {
  std::vector<record::Promise> promises(5, promise(0, 2));
  promises[0].kind = bread;
  promises[1].by = record::Side::customer;
  promises[2].settled_known = sight.known;  // received, but not known yet
  promises[3].kept_at.reset();
  promises[3].waived_at = may;
  const Habit<double> days = delivery_days(promises, delivery, sight, {.least_events = 1});
  EXPECT_EQ(days.of, 2U);
  EXPECT_EQ(days.support, 1U);
}

}  // namespace
}  // namespace rapport::relationship
