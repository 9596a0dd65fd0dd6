#include <rapport/relationship/two_way.hpp>

#include <rapport/core/enum_names.hpp>
#include <rapport/fold/aggregate.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant new_year{core::Day{2024y / 1 / 1}};
constexpr core::Instant year_end{core::Day{2025y / 1 / 1}};
constexpr record::Name delivery{1}, referrer{2};

const TwoWayGains year{.sight = record::Sight({.as_of = core::as_of("2024-12-31")}, core::Zone()),
                       .profit = {.begin = new_year, .end = year_end},
                       .delivery = delivery,
                       .referrer = referrer};

static_assert(fold::Invertible<TwoWayGains>);

TwoWay both(std::int64_t contribution, std::int64_t benefits) {
  return {.firm = {.account = {.revenue = contribution}},
          .customer = {.discounts = benefits},
          .records = 1};
}

TEST(R18_TwoWayValue, AContributionOf120WithoutBenefitsIsOneSidedForTheFirm) {
  TwoWay customer;
  year.absorb(customer,
              record::StoredTransaction{.stamp = {.at = new_year}, .amount = 200, .goods = 80});
  EXPECT_EQ(customer.firm.account.contribution(), 120);
  EXPECT_EQ(customer.customer.benefits(), 0);
  EXPECT_EQ(balance(customer), Balance::one_sided_firm);
  EXPECT_EQ(core::to_text(balance(customer)), "one_sided(firm)");
}

TEST(R18_TwoWayValue, AContributionOfMinus15WithBenefitsOf60IsOneSidedForTheCustomer) {
  TwoWay customer;
  year.absorb(customer, record::StoredTransaction{
                            .stamp = {.at = new_year}, .amount = 100, .goods = 75, .discount = 20});
  year.absorb(customer, record::Grant{.stamp = {.at = new_year}, .cost = 30});
  year.absorb(customer,
              record::RecoveryAction{
                  .stamp = {.at = new_year}, .kind = record::RecoveryKind::compensate, .cost = 10});
  EXPECT_EQ(customer.firm.account.contribution(), -15);
  EXPECT_EQ(customer.customer.benefits(), 60);
  EXPECT_EQ(balance(customer), Balance::one_sided_customer);
  EXPECT_EQ(core::to_text(balance(customer)), "one_sided(customer)");
}

TEST(R18_TwoWayValue, OneSidedRelationsOfABaseAreFoundFromBothEnds) {
  const std::vector<TwoWay> base = {both(120, 0), both(-15, 60), both(50, 50), {},
                                    both(-5, 0),  both(300, 0),  both(0, 90),  both(120, 0)};
  const OneSided found = one_sided(base);
  EXPECT_EQ(found.firm, (std::vector<std::uint32_t>{5, 0, 7}));
  EXPECT_EQ(found.customer, (std::vector<std::uint32_t>{6, 1}));
  EXPECT_EQ(balance(base[2]), Balance::mutual);
  EXPECT_EQ(balance(base[3]), Balance::unknown) << "no records are no evidence of anything";
  EXPECT_EQ(balance(base[4]), Balance::neither);
}

TEST(R18_TwoWayValue, AGiftIsOnceACostAndOnceAGainAndNeverRevenue) {
  TwoWay customer;
  year.absorb(customer, record::RecoveryAction{.stamp = {.at = new_year},
                                               .kind = record::RecoveryKind::compensate,
                                               .cost = 400'000});
  EXPECT_EQ(customer.firm.account, (economics::ProfitAndLoss{.recovery = 400'000}));
  EXPECT_EQ(customer.customer.recovery, 400'000);
  year.absorb(customer,
              record::RecoveryAction{
                  .stamp = {.at = new_year}, .kind = record::RecoveryKind::fix, .cost = 100});
  EXPECT_EQ(customer.firm.account.recovery, 400'100);
  EXPECT_EQ(customer.customer.recovery, 400'000) << "what fixing costs, the customer does not get";
}

TEST(TwoWay, TheRuleIsData) {
  TwoWay customer = both(120, 0);
  customer.customer.promises_kept = 3;
  EXPECT_EQ(balance(customer, {.promises_from = 3}), Balance::mutual);
  EXPECT_EQ(balance(customer, {.promises_from = 4}), Balance::one_sided_firm);
  EXPECT_EQ(balance(customer, {.contribution_from = 121}), Balance::neither);
  customer.firm.referrals = 1;
  EXPECT_EQ(balance(customer, {.contribution_from = 121, .referrals_from = 1}),
            Balance::one_sided_firm);
}

record::Promise promise(core::Instant due, std::optional<core::Instant> kept) {
  return {.stamp = {.at = due - 48h}, .kind = delivery, .due_at = due, .kept_at = kept};
}

TEST(TwoWay, PromisesOfTheFirmCountWhenTheyAreKeptOrFallDue) {
  const core::Instant due = new_year + 240h;
  TwoWay customer;
  year.absorb(customer, promise(due, due));             // in time, after two days
  year.absorb(customer, promise(due, due + 48h));       // late, after four days
  year.absorb(customer, promise(due, std::nullopt));    // broken
  year.absorb(customer, promise(year_end + 1h, {}));    // open: neither
  year.absorb(customer, promise(new_year - 1h, {}));    // fell due before the window
  year.absorb(customer, promise(due, year_end + 48h));  // not kept yet by then
  record::Promise unheard = promise(due, due);
  unheard.settled_known = year_end;  // nobody knew by then
  year.absorb(customer, unheard);
  record::Promise waived = promise(due, std::nullopt);
  waived.waived_at = due - 1h;
  year.absorb(customer, waived);
  record::Promise theirs = promise(due, due);
  theirs.by = record::Side::customer;
  year.absorb(customer, theirs);
  EXPECT_EQ(customer.customer.promises_kept, 1U);
  EXPECT_EQ(customer.customer.promises_missed, 4U);
  EXPECT_EQ(customer.customer.deliveries, 2U);
  EXPECT_EQ(customer.customer.delivery_days(), 3);
  EXPECT_EQ(customer.records, 5U);
  EXPECT_TRUE(std::isnan(CustomerGain{}.delivery_days()));
}

TEST(TwoWay, ReferralsAndWhatTheCustomerToldAreGainsOfTheFirm) {
  TwoWay customer;
  year.absorb(customer, record::PartyRelation{.stamp = {.at = new_year}, .as = referrer});
  year.absorb(customer, record::PartyRelation{.stamp = {.at = new_year}, .as = delivery});
  year.absorb(customer, record::KnowledgeItem{.stamp = {.at = new_year}});
  year.absorb(customer,
              record::KnowledgeItem{.stamp = {.at = new_year}, .basis = record::Basis::inferred});
  year.absorb(customer, record::KnowledgeItem{.stamp = {.at = year_end}});
  EXPECT_EQ(customer.firm.referrals, 1U);
  EXPECT_EQ(customer.firm.knowledge, 1U);
  EXPECT_EQ(customer.records, 2U);
}

TEST(TwoWay, LinkingAddsAndUnlinkingTakesAway) {
  const core::Instant due = new_year + 240h;
  TwoWay first, second;
  year.absorb(first, record::StoredTransaction{.stamp = {.at = due}, .amount = 7, .discount = 2});
  year.absorb(first, promise(due, due));
  year.absorb(second, record::Interaction{.stamp = {.at = due}, .cost = 5});
  year.absorb(second, record::Grant{.stamp = {.at = due}, .cost = 3});
  year.absorb(second, record::KnowledgeItem{.stamp = {.at = due}});
  year.absorb(second, promise(due, due + 1h));
  TwoWay linked = first;
  fold::merge(year, linked, second);
  EXPECT_EQ(linked.firm.account.contribution(), 7 - 5 - 3);
  EXPECT_EQ(linked.customer.benefits(), 5);
  EXPECT_EQ(linked.customer.deliveries, 2U);
  EXPECT_EQ(linked.records, 6U);
  TwoWay other_way = second;
  fold::merge(year, other_way, first);
  EXPECT_EQ(linked, other_way);
  fold::unmerge(year, linked, second);
  EXPECT_EQ(linked, first);
}

}  // namespace
}  // namespace rapport::relationship
