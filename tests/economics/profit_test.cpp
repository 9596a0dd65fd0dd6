#include <rapport/economics/profit.hpp>

#include <rapport/fold/aggregate.hpp>
#include <rapport/fold/store.hpp>
#include <rapport/math/random.hpp>
#include <rapport/record/store_builder.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rapport::economics {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant march{core::Day{2024y / 3 / 1}};
constexpr core::Instant april{core::Day{2024y / 4 / 1}};

static_assert(fold::Invertible<Profit>);
static_assert(fold::Aggregate<Profit, record::StoredTransaction>);
static_assert(fold::Aggregate<Profit, record::Interaction>);
static_assert(fold::Aggregate<Profit, record::RecoveryAction>);
static_assert(fold::Aggregate<Profit, record::Grant>);

record::StoredTransaction sale(std::int64_t amount, std::int64_t goods, core::Instant at = march) {
  return {.stamp = {.at = at}, .amount = amount, .goods = goods};
}

TEST(R16_ProfitableCustomers, AnAccountGoesFromRevenueToContribution) {
  // 4,000 minutes of a team cost 200,000: 50 a minute.
  const Profit profit{.time_cost = {.amount = 200'000, .minutes = 4'000}};
  ProfitAndLoss account;
  profit.absorb(account, sale(100'000, 60'000));
  profit.absorb(account, record::StoredTransaction{.amount = -10'000,
                                                   .kind = record::TransactionKind::goods_return,
                                                   .goods = -6'000});
  profit.absorb(account,
                record::StoredTransaction{.amount = -500, .kind = record::TransactionKind::refund});
  profit.absorb(account, record::Interaction{.minutes = 30, .cost = 200});
  profit.absorb(account, record::RecoveryAction{.cost = 4'000});
  profit.absorb(account, record::Grant{.cost = 1'000});
  EXPECT_EQ(account, (ProfitAndLoss{.revenue = 100'000,
                                    .returns = 10'500,
                                    .goods = 54'000,
                                    .contact_time = 1'500,
                                    .contacts = 200,
                                    .recovery = 4'000,
                                    .privileges = 1'000}));
  EXPECT_EQ(account.activity_cost(), 6'700);
  EXPECT_EQ(account.contribution(), 100'000 - 10'500 - 54'000 - 6'700);
}

TEST(Profit, CountsTheHalfOpenWindowAndTheRoleOfACustomerAlone) {
  const Profit profit{.begin = march, .end = april};
  ProfitAndLoss account;
  profit.absorb(account, sale(1, 0, march));
  profit.absorb(account, sale(10, 0, april));
  profit.absorb(account, sale(100, 0, march - 1s));
  record::StoredTransaction bought_from = sale(1000, 0, march);
  bought_from.role = record::Role::supplier;
  profit.absorb(account, bought_from);
  EXPECT_EQ(account, (ProfitAndLoss{.revenue = 1}));
}

TEST(Profit, TimeIsRoundedHalfToEvenFromTheExactRatio) {
  const TimeCost half{.amount = 1, .minutes = 2};
  EXPECT_EQ(half.of(0), 0);
  EXPECT_EQ(half.of(1), 0);
  EXPECT_EQ(half.of(2), 1);
  EXPECT_EQ(half.of(3), 2);
  EXPECT_EQ(half.of(5), 2);
  const TimeCost third{.amount = 1, .minutes = 3};
  EXPECT_EQ(third.of(1), 0);
  EXPECT_EQ(third.of(2), 1);
  EXPECT_EQ((TimeCost{.amount = 200'000'000, .minutes = 4'000}.of(3'600)), 180'000'000);
  EXPECT_EQ(TimeCost{}.of(1'000'000), 0);
}

TEST(Profit, RefusesRatiosWithoutMeaningAndSumsBeyondSixtyFourBits) {
  EXPECT_THROW((void)(TimeCost{.amount = -1}.of(1)), std::domain_error);
  EXPECT_THROW((void)(TimeCost{.amount = 1, .minutes = 0}.of(1)), std::domain_error);
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_THROW((void)(TimeCost{.amount = most}.of(2)), std::overflow_error);
  EXPECT_EQ((TimeCost{.amount = most, .minutes = 2}.of(2)), most);
  ProfitAndLoss account{.revenue = most};
  EXPECT_THROW(Profit{}.absorb(account, sale(1, 0)), std::overflow_error);
  EXPECT_EQ(account.revenue, most);
  EXPECT_THROW((void)(ProfitAndLoss{.goods = most, .contacts = most}.contribution()),
               std::overflow_error);
  EXPECT_EQ((ProfitAndLoss{.revenue = most, .returns = most, .goods = most, .contacts = -most})
                .contribution(),
            0)
      << "what is in range as a whole is not refused half way";
}

using Event = std::variant<record::StoredTransaction, record::Interaction, record::RecoveryAction,
                           record::Grant>;

Event random_event(math::RandomStream& stream) {
  const auto amount = static_cast<std::int64_t>(stream() % 1000);
  switch (stream() % 5) {
    case 0: return sale(amount, amount / 2);
    case 1:
      return record::StoredTransaction{.amount = -amount,
                                       .kind = record::TransactionKind::goods_return};
    case 2:
      return record::Interaction{.minutes = static_cast<std::uint32_t>(amount), .cost = amount};
    case 3: return record::RecoveryAction{.cost = amount};
    default: return record::Grant{.cost = amount};
  }
}

TEST(Profit, AccountsOfCustomersSumToTheBaseAndLinkingAndUnlinkingChangesNothing) {
  const Profit profit{.time_cost = {.amount = 7, .minutes = 3}};
  math::RandomStream stream(3);
  std::vector<ProfitAndLoss> customers(20);
  ProfitAndLoss base;
  for (int i = 0; i < 1000; ++i) {
    std::visit(
        [&](const auto& event) {
          profit.absorb(customers[stream() % customers.size()], event);
          profit.absorb(base, event);
        },
        random_event(stream));
  }
  EXPECT_EQ(total(customers), base);
  std::int64_t contributions = 0;
  for (const ProfitAndLoss& customer : customers) contributions += customer.contribution();
  EXPECT_EQ(contributions, base.contribution());

  ProfitAndLoss linked = customers[0];
  fold::merge(profit, linked, customers[1]);
  EXPECT_EQ(linked.contribution(), customers[0].contribution() + customers[1].contribution());
  fold::unmerge(profit, linked, customers[1]);
  EXPECT_EQ(linked, customers[0]);
  EXPECT_EQ(total({}), ProfitAndLoss{});
}

TEST(Profit, OfAStoreIsThatOfItsTransactionsContactsAndGrants) {
  record::StoreBuilder builder;
  const auto stamp = [&](std::string_view who) {
    return record::Stamp{.source = builder.source(who), .at = march};
  };
  (void)builder.add(record::StoredTransaction{.stamp = stamp("a"), .amount = 100, .goods = 60});
  (void)builder.add(record::Interaction{.stamp = stamp("b"), .minutes = 5, .cost = 2});
  (void)builder.add(record::Grant{.stamp = stamp("b"), .cost = 3});
  (void)builder.add(record::StoredTransaction{.stamp = stamp("c"), .amount = 7});
  builder.link(std::string_view("a"), std::string_view("b"));
  const record::Store store = std::move(builder).build();
  const record::StoreView view(store, {.as_of = core::as_of("2024-12-31")});
  const auto [accounts] = fold::StoreFold(view).each_customer({}, Profit{.time_cost = {2, 1}});
  ASSERT_EQ(accounts.size(), 2U);
  EXPECT_EQ(accounts[0].contribution(), 100 - 60 - 10 - 2 - 3) << "a and b are one customer";
  EXPECT_EQ(accounts[1].contribution(), 7);
}

}  // namespace
}  // namespace rapport::economics
