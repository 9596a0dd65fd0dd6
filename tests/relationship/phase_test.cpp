#include <rapport/fold/aggregate.hpp>
#include <rapport/math/random.hpp>
#include <rapport/relationship/phase.hpp>
#include <rapport/testing/laws.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace rapport::relationship {
namespace {

using fold::DayNumber;
using fold::Entry;

// A gap of 10 days: fading after 20 days of silence, dormant after 40; new for 30 days with at
// most 2 purchases; won back for 25 days; growth over windows of 100 days.
constexpr PhaseDefinition definition = {.fading_after = 2,
                                        .dormant_after = 4,
                                        .usual_gap = 10,
                                        .least_gap = 2,
                                        .new_purchases = 2,
                                        .new_days = 30,
                                        .won_back_days = 25,
                                        .growth_window = 100,
                                        .growing_from = 1.5};

Phase phase_of(const std::vector<DayNumber>& days, DayNumber today,
               std::optional<DayNumber> ends = {}) {
  const PhaseHistory rule{definition, today};
  PhaseHistory::State state;
  for (const DayNumber day : days) {
    if (day <= today) rule.absorb(state, {.day = day, .amount = 100});
  }
  return rule.phase(state, ends);
}

std::vector<DayNumber> every(DayNumber gap, DayNumber from, DayNumber to) {
  std::vector<DayNumber> days;
  for (DayNumber day = from; day <= to; day += gap) days.push_back(day);
  return days;
}

TEST(R17_Phase, APurchaseAfterDormancyMakesWonBackAndNotNew) {
  // Bought once, 200 days ago, and once again: two purchases, as a new customer has.
  EXPECT_EQ(phase_of({0, 200}, 199), Phase::dormant);
  EXPECT_EQ(phase_of({0, 200}, 200), Phase::won_back);
  EXPECT_EQ(phase_of({0, 200}, 220), Phase::won_back);
  EXPECT_EQ(phase_of({0, 200}, 221), Phase::fading);
}

TEST(R17_Phase, RowSumsOfTheMatrixAreTheOpeningCounts) {
  std::vector<Phase> then, now;
  std::array<std::uint64_t, phases_known> opening = {}, closing = {};
  for (std::uint64_t customer = 0; customer < 2000; ++customer) {
    math::RandomStream stream(17, customer);
    std::vector<DayNumber> days;
    DayNumber day = static_cast<DayNumber>(stream() % 300);
    while (day < 400) {
      days.push_back(day);
      day += 1 + static_cast<DayNumber>(stream() % (stream() % 5 == 0 ? 150 : 15));
    }
    then.push_back(phase_of(days, 200));
    now.push_back(phase_of(days, 380));
    ++opening[static_cast<std::size_t>(then.back())];
    ++closing[static_cast<std::size_t>(now.back())];
  }
  const TransitionMatrix matrix = transition_matrix(then, now);
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < phases_known; ++i) {
    const auto phase = static_cast<Phase>(i);
    EXPECT_EQ(matrix.opening(phase), opening[i]) << core::to_text(phase);
    EXPECT_EQ(matrix.closing(phase), closing[i]) << core::to_text(phase);
    all += matrix.opening(phase);
  }
  EXPECT_EQ(all, 2000U);
  EXPECT_GT(matrix(Phase::dormant, Phase::won_back), 0U);
  EXPECT_GT(matrix(Phase::prospect, Phase::kept), 0U);
  for (const Phase phase : {Phase::kept, Phase::fading, Phase::dormant}) {
    EXPECT_EQ(matrix(phase, Phase::prospect), 0U) << "nobody unlearns buying";
    EXPECT_EQ(matrix(phase, Phase::new_customer), 0U) << "nobody is new twice";
  }
}

TEST(Phase, WalksThroughALifeByHand) {
  EXPECT_EQ(phase_of({}, 100), Phase::prospect);
  const auto regular = every(10, 0, 500);
  EXPECT_EQ(phase_of(regular, 0), Phase::new_customer);
  EXPECT_EQ(phase_of(regular, 19), Phase::new_customer);
  EXPECT_EQ(phase_of(regular, 20), Phase::kept) << "a third purchase";
  EXPECT_EQ(phase_of({0, 15}, 30), Phase::kept) << "30 days since the first";
  EXPECT_EQ(phase_of(regular, 500), Phase::kept);
  EXPECT_EQ(phase_of(regular, 520), Phase::kept);
  EXPECT_EQ(phase_of(regular, 521), Phase::fading);
  EXPECT_EQ(phase_of(regular, 540), Phase::fading);
  EXPECT_EQ(phase_of(regular, 541), Phase::dormant);
  auto back = regular;
  back.push_back(600);
  EXPECT_EQ(phase_of(back, 600), Phase::won_back);
  for (const DayNumber day : {610, 620}) back.push_back(day);
  EXPECT_EQ(phase_of(back, 624), Phase::won_back);
  EXPECT_EQ(phase_of(back, 625), Phase::kept);
}

TEST(Phase, GrowsWithTheSpendOfTwoWindows) {
  // 10 purchases in the 100 days before, 15 or 14 in the last 100.
  const auto with = [](DayNumber gap, DayNumber from, int later) {
    std::vector<DayNumber> days = every(gap, from, 100);
    for (int i = 1; i <= later; ++i) days.push_back(104 + i * 6);
    return phase_of(days, 200);
  };
  EXPECT_EQ(with(10, 1, 15), Phase::growing) << "15 against 10";
  EXPECT_EQ(with(10, 1, 14), Phase::kept);
  EXPECT_EQ(with(10, 11, 15), Phase::kept) << "there for part of the earlier window alone";
}

TEST(Phase, CountsReturnsAgainstGrowthButNotAsPurchases) {
  const PhaseHistory rule{definition, 10};
  PhaseHistory::State state;
  rule.absorb(state, {.day = 0, .amount = -5, .kind = record::TransactionKind::refund});
  EXPECT_EQ(rule.phase(state), Phase::prospect);
  rule.absorb(state, {.day = 1, .amount = 0});
  EXPECT_EQ(rule.phase(state), Phase::new_customer);
  EXPECT_EQ(state.later, -5);
}

TEST(Phase, OwnGapsLeaveDormancyOut) {
  const PhaseHistory rule{definition, 1000};
  const auto state = fold::over(
      rule, std::vector<Entry>{{.day = 0}, {.day = 10}, {.day = 300}, {.day = 310}, {.day = 310}});
  EXPECT_EQ(rule.own_gap(state), 10);
  EXPECT_EQ(state.returned, 300);
  EXPECT_EQ(state.days, 4U);
  const auto daily =
      fold::over(rule, std::vector<Entry>{{.day = 0}, {.day = 1}, {.day = 2}, {.day = 3}});
  EXPECT_EQ(rule.own_gap(daily), 2) << "the least gap";
}

TEST(Phase, EndsWithTheContractUnlessSomethingIsBoughtAfterIt) {
  const auto regular = every(10, 0, 200);
  EXPECT_EQ(phase_of(regular, 205, 206), Phase::kept);
  EXPECT_EQ(phase_of(regular, 205, 205), Phase::ended);
  EXPECT_EQ(phase_of(regular, 205, 200), Phase::ended);
  EXPECT_EQ(phase_of(regular, 205, 195), Phase::won_back);
  EXPECT_EQ(phase_of({}, 205, 195), Phase::prospect);
}

TEST(Phase, IsWonBackOnlyAfterADayOfDormancy) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    math::RandomStream stream(seed);
    std::vector<DayNumber> days = {0};
    for (int i = 0; i < 8; ++i) {
      days.push_back(days.back() + 1 + static_cast<DayNumber>(stream() % 80));
    }
    Phase before = Phase::prospect;
    for (DayNumber today = 0; today < 300; ++today) {
      const Phase phase = phase_of(days, today);
      if (phase == Phase::won_back && before != Phase::won_back && before != Phase::fading) {
        EXPECT_EQ(before, Phase::dormant) << seed << ", day " << today;
      }
      if (before == Phase::dormant) {
        EXPECT_TRUE(phase == Phase::dormant || phase == Phase::won_back);
      }
      before = phase;
    }
  }
}

TEST(Phase, ObeysTheLawOfItsVerb) {
  const auto report = testing::check_laws(PhaseHistory{definition, 10});
  EXPECT_TRUE(report.ok()) << report.text();
  static_assert(!fold::Consecutive<PhaseHistory>);
}

struct Order {
  int buyer;
  core::Day on;
  std::int64_t amount;
};

TEST(Phase, OfALedgerHoldsItsWindowAndItsEnds) {
  const core::Day today = fold::day_of(1000);
  const auto before = [&](int days) { return today - std::chrono::days{days}; };
  const std::vector<Order> orders = {
      {1, before(5), 10},  {2, before(900), 10}, {3, today + std::chrono::days{1}, 10},
      {4, before(900), 1}, {4, before(3), 1},    {5, before(2), 1}};
  const record::Ledger ledger = record::ledger_of(
      orders, {.customer = &Order::buyer, .time = &Order::on, .amount = &Order::amount});
  EXPECT_EQ(phases(ledger, as_of(today)),
            (std::vector<Phase>{Phase::new_customer, Phase::dormant, Phase::prospect,
                                Phase::won_back, Phase::new_customer}));
  const std::vector<DayNumber> ends = {no_end, no_end, no_end, 998, 999};
  const auto ended = phases(ledger, as_of(today), {}, ends, 2);
  EXPECT_EQ(ended[3], Phase::ended);
  EXPECT_EQ(ended[4], Phase::ended);
  EXPECT_EQ(ended[1], Phase::dormant);
  EXPECT_THROW((void)phases(ledger, as_of(today), {}, std::vector<DayNumber>{1}),
               std::invalid_argument);
}

TEST(Phase, RefusesADefinitionWithoutMeaning) {
  EXPECT_NO_THROW(check(PhaseDefinition{}));
  for (const PhaseDefinition& wrong : {PhaseDefinition{.fading_after = 0},
                                       {.fading_after = 5, .dormant_after = 4},
                                       {.dormant_after = std::nan("")},
                                       {.usual_gap = -1},
                                       {.least_gap = 0},
                                       {.new_days = -1},
                                       {.won_back_days = -1},
                                       {.growth_window = 0},
                                       {.growing_from = std::numeric_limits<double>::infinity()}}) {
    EXPECT_THROW(check(wrong), std::domain_error);
  }
}

TEST(TransitionMatrix, CountsByHand) {
  const std::vector<Phase> then = {Phase::kept, Phase::kept, Phase::dormant};
  const std::vector<Phase> now = {Phase::kept, Phase::fading, Phase::won_back};
  const TransitionMatrix matrix = transition_matrix(then, now);
  EXPECT_EQ(matrix(Phase::kept, Phase::fading), 1U);
  EXPECT_EQ(matrix.share(Phase::kept, Phase::kept), 0.5);
  EXPECT_EQ(matrix.share(Phase::dormant, Phase::won_back), 1);
  EXPECT_TRUE(std::isnan(matrix.share(Phase::ended, Phase::ended)));
  EXPECT_EQ(transition_matrix({}, {}), TransitionMatrix{});
  EXPECT_THROW((void)transition_matrix(then, {}), std::invalid_argument);
}

}  // namespace
}  // namespace rapport::relationship
