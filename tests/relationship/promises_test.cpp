#include <rapport/relationship/promises.hpp>

#include <rapport/core/business_hours.hpp>
#include <rapport/fold/aggregate.hpp>
#include <rapport/math/random.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;
using core::Day;
using core::Instant;
using record::Department;
using record::Promise;
using record::Side;
using record::Sight;

static_assert(fold::Aggregate<PromisesKept, Promise>);
static_assert(fold::Invertible<PromisesKept>);

constexpr Day day0{2024y / 1 / 1};
Instant at(int day, std::chrono::seconds time = 12h) {
  return day0 + std::chrono::days{day} + time;
}

Sight sight_at(int day, std::optional<int> known = {}) {
  const core::AsOf as_of = core::as_of(day0 + std::chrono::days{day});
  if (!known) return {{.as_of = as_of}, core::Zone()};
  return {{.as_of = as_of, .known = core::as_of(day0 + std::chrono::days{*known})}, core::Zone()};
}

Promise promise(int made, int due, std::optional<int> kept = {}) {
  Promise result{.stamp = {.at = at(made), .known = at(made)}, .due_at = at(due)};
  if (kept) result.kept_at = at(*kept);
  return result;
}

std::vector<Promise> promises(int kept, int broken) {
  std::vector<Promise> result;
  for (int i = 0; i < kept; ++i) result.push_back(promise(i, i + 2, i + 1));
  for (int i = 0; i < broken; ++i) result.push_back(promise(i, i + 2));
  return result;
}

PromisesKept::State counted(const std::vector<Promise>& promises, const PromisesKept& rule) {
  return fold::over(rule, promises);
}

TEST(R19_PromiseStatus, ChangesWithTheDateFromWhichItIsSeen) {
  const Promise late = promise(0, 10, 12);
  EXPECT_EQ(status(late, sight_at(9)), PromiseStatus::open);
  EXPECT_EQ(status(late, sight_at(10)), PromiseStatus::broken) << "due at noon of that day";
  EXPECT_EQ(status(late, sight_at(11)), PromiseStatus::broken);
  EXPECT_EQ(status(late, sight_at(12)), PromiseStatus::late);
  EXPECT_EQ(status(promise(0, 10, 10), sight_at(10)), PromiseStatus::kept) << "the very instant";
  EXPECT_EQ(status(promise(0, 10, 5), sight_at(4)), PromiseStatus::open);
  EXPECT_EQ(status(promise(0, 10, 5), sight_at(5)), PromiseStatus::kept) << "before it was due";
}

TEST(R19_PromiseStatus, HoldsToWhatWasKnown) {
  Promise told_later = promise(0, 10, 9);
  told_later.settled_known = at(30);
  EXPECT_EQ(status(told_later, sight_at(20)), PromiseStatus::broken);
  EXPECT_EQ(status(told_later, sight_at(20, 30)), PromiseStatus::kept) << "with hindsight";
  EXPECT_EQ(status(told_later, sight_at(8, 30)), PromiseStatus::open) << "hindsight, not foresight";
}

TEST(R19_PromiseStatus, WaivedIsNeitherKeptNorBroken) {
  Promise waived = promise(0, 10);
  waived.waived_at = at(8);
  EXPECT_EQ(status(waived, sight_at(7)), PromiseStatus::open);
  EXPECT_EQ(status(waived, sight_at(20)), PromiseStatus::waived);
  waived.kept_at = at(15);
  EXPECT_EQ(status(waived, sight_at(20)), PromiseStatus::waived) << "done though let go";
  waived.waived_at = at(16);
  EXPECT_EQ(status(waived, sight_at(20)), PromiseStatus::late) << "let go after it was done";
  waived.kept_at = at(9);
  EXPECT_EQ(status(waived, sight_at(20)), PromiseStatus::kept);
}

TEST(R19_PromiseStatus, DueTimesComeFromBusinessHours) {
  using namespace std::chrono;
  const BusinessHours office(
      core::BusinessHours::Week().on({Monday, Tuesday, Wednesday, Thursday, Friday}, {{9h, 17h}}));
  const Instant asked = Day{2024y / 6 / 7} + 16h + 30min;  // a Friday
  Promise call_back{.stamp = {.at = asked, .known = asked}, .due_at = office.add(asked, 1h)};
  const auto as_of = [](Day day) { return Sight({.as_of = core::as_of(day)}, core::Zone()); };
  EXPECT_EQ(call_back.due_at, Day{2024y / 6 / 10} + 9h + 30min);
  EXPECT_EQ(status(call_back, as_of(Day{2024y / 6 / 9})), PromiseStatus::open);
  EXPECT_EQ(status(call_back, as_of(Day{2024y / 6 / 10})), PromiseStatus::broken);
  call_back.kept_at = Day{2024y / 6 / 10} + 9h + 29min;
  EXPECT_EQ(status(call_back, as_of(Day{2024y / 6 / 10})), PromiseStatus::kept);
}

TEST(R19_Reliability, EighteenOfTwentyStandAboveOneOfOne) {
  const PromisesKept rule{sight_at(100)};
  const auto many = counted(promises(18, 2), rule);
  const auto one = counted(promises(1, 0), rule);
  const Reliability known = reliability(many);
  EXPECT_NEAR(known.rate.value, 0.864, 5e-4);
  EXPECT_NEAR(known.rate.low, 0.729, 5e-4);
  EXPECT_NEAR(known.rate.high, 0.960, 5e-4);
  EXPECT_EQ(known.rate.n, 20U);
  EXPECT_EQ(known.effective_n, 20);
  EXPECT_EQ(known.rate.status, core::Status::estimated);
  EXPECT_NEAR(reliability(one).rate.value, 0.667, 5e-4);
  EXPECT_NEAR(reliability(one).rate.low, 0.224, 5e-4);
  EXPECT_NEAR(reliability(one).rate.high, 0.975, 5e-4);
  EXPECT_GT(reliable_at_least(many), reliable_at_least(one));
  EXPECT_EQ(to_text(many, known), "18 of 20 promises kept, 2 broken: 0.86 (0.73-0.96)");
}

TEST(R19_Reliability, WithoutPromisesIsThePriorAndUnknownToAnIndex) {
  const Reliability none = reliability({});
  EXPECT_EQ(none.rate.status, core::Status::prior);
  EXPECT_EQ(none.rate.value, 0.5);
  EXPECT_TRUE(std::isnan(reliable_at_least({})));
  EXPECT_EQ(to_text(PromisesKept::State{}, none), "no promise was due");
}

TEST(R19_Reliability, OfBothSidesByDepartmentAndKind) {
  std::vector<Promise> all = promises(3, 1);
  for (Promise& p : all) p.department = Department::service, p.kind = {7};
  Promise payment = promise(0, 30, 20);
  payment.by = Side::customer;
  payment.kind = {9};
  all.push_back(payment);
  Promise sale = promise(0, 5, 9);
  sale.department = Department::sales;
  all.push_back(sale);
  all.push_back(promise(500, 501));  // not made yet

  const Sight sight = sight_at(100);
  const auto table = promise_table(all, sight);
  ASSERT_EQ(table.size(), 3U);
  EXPECT_EQ(table[0].department, Department::sales);
  EXPECT_EQ(table[0].promises.late, 1U);
  EXPECT_EQ(table[1].department, Department::service);
  EXPECT_EQ(table[1].kind, record::Name{7});
  EXPECT_EQ(table[1].promises.kept, 3U);
  EXPECT_EQ(table[1].promises.broken, 1U);
  EXPECT_NEAR(table[1].reliability.rate.value, 4.0 / 6, 1e-15);
  EXPECT_EQ(table[2].by, Side::customer);
  EXPECT_EQ(table[2].promises.kept, 1U);

  EXPECT_EQ(counted(all, {sight, {.by = Side::customer}}).judged(), 1U);
  EXPECT_EQ(counted(all, {sight, {.department = Department::sales}}).judged(), 1U);
  EXPECT_EQ(counted(all, {sight, {.kind = record::Name{7}}}).judged(), 4U);
  EXPECT_EQ(counted(all, {sight}).judged(), 5U);

  auto shuffled = all;
  std::reverse(shuffled.begin(), shuffled.end());
  const auto again = promise_table(shuffled, sight, {}, 30);
  const auto weighted = promise_table(all, sight, {}, 30);
  for (std::size_t i = 0; i < again.size(); ++i) {
    EXPECT_EQ(again[i].promises, weighted[i].promises) << "to the last bit in any order";
  }
}

TEST(R19_Reliability, RecentPromisesWeighMoreIfAsked) {
  // Two broken a hundred days ago, two kept just now.
  std::vector<Promise> turned = {promise(0, 0), promise(0, 0), promise(90, 100, 99),
                                 promise(90, 100, 99)};
  for (Promise& p : turned) p.due_at += 12h;  // midnight: ages are whole days
  const Sight sight = sight_at(100);
  const auto state = counted(turned, {sight, {}, 100});
  EXPECT_EQ(state.judged(), 4U);
  const Reliability known = reliability(state);
  EXPECT_NEAR(known.effective_n, 3, 1e-9) << "a half-life ago counts half";
  EXPECT_EQ(known.rate.n, 4U);
  EXPECT_NEAR(known.rate.value, 3.0 / 5, 1e-9);
  EXPECT_NEAR(reliability(counted(turned, {sight})).rate.value, 3.0 / 6, 1e-15);
  EXPECT_NEAR(reliability(counted({promise(90, 130, 99)}, {sight, {}, 1})).effective_n, 1, 1e-9)
      << "kept before it was due";
}

TEST(Reliability, LateMayCountForAPart) {
  const auto state = counted({promise(0, 2, 1), promise(0, 2, 3)}, {sight_at(10)});
  EXPECT_EQ(reliability(state).rate.value, 0.5);
  EXPECT_EQ(reliability(state, {.late_credit = 1}).rate.value, 0.75);
  EXPECT_EQ(reliability(state, {.late_credit = 0.5}).rate.value, 0.625);
  EXPECT_EQ(to_text(state, reliability(state)), "1 of 2 promises kept, 1 late: 0.50 (0.14-0.86)");
}

TEST(Reliability, RejectsOptionsWithoutMeaning) {
  EXPECT_THROW((void)reliability({}, {.late_credit = 2}), std::domain_error);
  EXPECT_THROW((void)reliability({}, {.prior = {0, 1}}), std::domain_error);
  EXPECT_THROW((void)reliability({}, {.level = 1}), std::domain_error);
  EXPECT_THROW((void)promise_table({}, sight_at(0), {}, 0), std::domain_error);
}

TEST(PromisesKept, ObeyTheLawsOfTheirVerbs) {
  rc::check("merge joins any two, unmerge takes apart", [] {
    const PromisesKept rule{sight_at(50), {}, *rc::gen::element(10.0, INFINITY)};
    PromisesKept::State all, first, second;
    for (int i = *rc::gen::inRange(0, 12); i > 0; --i) {
      Promise p = promise(*rc::gen::inRange(0, 60), *rc::gen::inRange(0, 60));
      if (*rc::gen::arbitrary<bool>()) p.kept_at = at(*rc::gen::inRange(0, 60));
      if (*rc::gen::arbitrary<bool>()) p.waived_at = at(*rc::gen::inRange(0, 60));
      p.by = *rc::gen::element(Side::firm, Side::customer);
      rule.absorb(all, p);
      rule.absorb(*rc::gen::arbitrary<bool>() ? first : second, p);
    }
    PromisesKept::State joined = first;
    rule.merge(joined, second);
    RC_ASSERT(joined == all);
    rule.unmerge(joined, second);
    RC_ASSERT(joined == first);
  });
}

TEST(R19_Reliability, NinetyPercentIntervalsCoverNineOfTenRates) {
  // Rates from the prior, promises kept by the rate. 8,000 runs: a standard error of 0.34 points.
  for (const auto& [prior, n] :
       {std::pair{math::BetaPrior{1, 1}, 20}, {math::BetaPrior{8, 2}, 5}}) {
    int covered = 0;
    constexpr int runs = 8000;
    for (int run = 0; run < runs; ++run) {
      math::RandomStream stream(19, static_cast<std::uint64_t>(run));
      const double rate = math::draw_beta(stream, prior.a, prior.b);
      int kept = 0;
      for (int i = 0; i < n; ++i) kept += math::draw_uniform(stream) < rate;
      const auto state = counted(promises(kept, n - kept), {sight_at(100)});
      const core::Estimate estimate = reliability(state, {.prior = prior}).rate;
      covered += estimate.low <= rate && rate <= estimate.high;
    }
    EXPECT_GE(covered, 0.87 * runs);
    EXPECT_LE(covered, 0.93 * runs);
  }
}

}  // namespace
}  // namespace rapport::relationship
